/* SPDX-License-Identifier: Apache-2.0 */
/* Access to CSRs by the manual's name, and fences. Names are numbers: assemblers differ in which
 * they know. */
#pragma once

#include "arch/riscv/model/rv_csr.h"
#include "lib/types.h"

/* For tests, make UNTOLD=1: a hart that says as little of a guest-page fault as it may (18.2.12,
 * 18.6.3). */
#ifdef CONFIG_UNTOLD
#define CSR_IS_SILENT(number) ((number) == CSR_htval || (number) == CSR_htinst)
#else
#define CSR_IS_SILENT(number) false
#endif

/* Accesses to CSRs are not moved over each other or over memory accesses. */
#define csr_read(name)                                                               \
    ({                                                                               \
        uint64_t value_;                                                             \
        __asm__ volatile("csrr %0, %1" : "=r"(value_) : "i"(CSR_##name) : "memory"); \
        CSR_IS_SILENT(CSR_##name) ? 0 : value_;                                      \
    })
#define csr_write(name, value)                                                        \
    do {                                                                              \
        uint64_t written_ = (value);                                                  \
        __asm__ volatile("csrw %0, %1" ::"i"(CSR_##name), "rK"(written_) : "memory"); \
    } while (0)
#define csr_set(name, bits)                                                       \
    do {                                                                          \
        uint64_t set_ = (bits);                                                   \
        __asm__ volatile("csrs %0, %1" ::"i"(CSR_##name), "rK"(set_) : "memory"); \
    } while (0)
#define csr_clear(name, bits)                                                         \
    do {                                                                              \
        uint64_t cleared_ = (bits);                                                   \
        __asm__ volatile("csrc %0, %1" ::"i"(CSR_##name), "rK"(cleared_) : "memory"); \
    } while (0)

#define sfence_vma() __asm__ volatile("sfence.vma" ::: "memory")
#define fence_i()    __asm__ volatile("fence.i" ::: "memory")
#define fence_all()  __asm__ volatile("fence rw, rw" ::: "memory")
/* What devices and memory show is ordered as well. */
#define fence_io() __asm__ volatile("fence iorw, iorw" ::: "memory")
