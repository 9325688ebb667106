/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one door to guest memory. Each page is checked: it lies in the VM's RAM, is mapped, and
 * has the right asked for; a copy that fails on a later page has written the earlier ones.
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

struct vm;

/* Copy SIZE bytes out of / into the guest. ERR_RANGE if any byte wraps or is not the VM's RAM. */
enum err guest_mem_read(struct vm *vm, gpa_t from, void *to, uint64_t size_bytes) __must_check;
enum err guest_mem_write(struct vm *vm, gpa_t to, const void *from,
                         uint64_t size_bytes) __must_check;
/*
 * The 64 bits at AT, a multiple of 8, in one piece, while the guest may write there. Exchange puts
 * VALUE there if they are *EXPECTED still, else they come back in *EXPECTED with ERR_BUSY.
 * ERR_RANGE as above. Where: to be read, and again for as long as stage 2 maps the page as it does
 * and arch_guest_ptr's answer is good; NULL for ERR_RANGE.
 */
const uint64_t *guest_mem_where_u64(struct vm *vm, gpa_t at);
enum err guest_mem_exchange_u64(struct vm *vm, gpa_t at, uint64_t *expected,
                                uint64_t value) __must_check;
/* Zero SIZE bytes of the guest's RAM. */
enum err guest_mem_zero(struct vm *vm, gpa_t to, uint64_t size_bytes) __must_check;
/*
 * The 16 bits at AT, a multiple of 2, in one piece. What is read after a load is not older than it,
 * what was written before a store is seen with it. ERR_RANGE as above.
 */
enum err guest_mem_load_u16(struct vm *vm, gpa_t at, uint16_t *value) __must_check;
enum err guest_mem_store_u16(struct vm *vm, gpa_t at, uint16_t value) __must_check;
