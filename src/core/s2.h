/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A VM's guest-physical address space: which host page each guest page is, with which right.
 * Maps with the largest blocks that fit. The entry format is the architecture's (arch_s2_*).
 */
#pragma once

#include "core/lock.h"
#include "core/pt.h"
#include "lib/err.h"
#include "lib/types.h"

/* software mark: the page belongs to an image mapped in place and was not yet written to */
#define S2_MARK_PRISTINE 1

struct s2 {
    struct spinlock lock;
    struct pt pt;
    uint16_t vmid;
};

struct s2_mapping {
    hpa_t hpa;           /* of the byte asked for */
    uint64_t size_bytes; /* of the block that maps it */
    struct pt_attr attr;
};

/* An empty space. VMID is unique among live VMs. ERR_NO_MEMORY. */
enum err s2_init(struct s2 *s2, uint16_t vmid) __must_check;
/*
 * Map [gpa, gpa + size) to [hpa, ...); all page-aligned. ERR_EXISTS if a page of it is mapped
 * (nothing is changed then), ERR_RANGE past the format's width, ERR_NO_MEMORY (what was mapped is
 * unmapped again). Takes s2->lock.
 */
enum err s2_map(struct s2 *s2, gpa_t gpa, hpa_t hpa, uint64_t size_bytes,
                struct pt_attr attr) __must_check;
/* Unmap; holes are no error. Splits blocks that cross the ends. ERR_NO_MEMORY for a split. */
enum err s2_unmap(struct s2 *s2, gpa_t gpa, uint64_t size_bytes) __must_check;
/* Change rights and marks of what is mapped in the range. ERR_NOT_FOUND on a hole. */
enum err s2_protect(struct s2 *s2, gpa_t gpa, uint64_t size_bytes,
                    struct pt_attr attr) __must_check;
/* What GPA maps to; ERR_NOT_FOUND. */
enum err s2_lookup(struct s2 *s2, gpa_t gpa, struct s2_mapping *out) __must_check;
/* Free all table pages; no vCPU of it runs. */
void s2_destroy(struct s2 *s2);
