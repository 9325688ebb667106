/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers of distributor and redistributors are rows; vgic_regs.c performs an access to one.
 * Private to vgic*.c.
 */
#pragma once

#include "core/mmio.h"
#include "vdev/vgic_state.h"

/* An access as a row's functions see it. */
struct vgic_access {
    struct vgic *vgic;
    struct vgic_cpu *here;  /* the accessing vCPU */
    struct vgic_cpu *frame; /* whose private interrupts are addressed; NULL on the v3 distributor */
    struct vgic_bank
        *bank;       /* rows with `bits`: the interrupts addressed are those of `mask` in it, */
    uint32_t mask;   /* which leaves out those that do not exist */
    unsigned first;  /* whose first field is that of this one */
    uint32_t offset; /* in the frame */
};

struct vgic_row {
    const char *name;
    /* NULL reads as zero. */
    uint64_t (*read)(const struct vgic_access *access);
    /* NULL ignores writes. */
    void (*write)(const struct vgic_access *access, uint64_t value);
    uint16_t base; /* rows with `bits`: where the field of INTID 0 is */
    uint8_t bits;  /* for each interrupt: 1, 2, 8 or 64; 0: no such register */
    uint8_t
        sizes;  /* sum of the access sizes allowed; with 8 in it the row reads and writes 64 bits */
    bool truth; /* a read needs what list registers know */
    uint16_t word; /* if not 0, where in struct vgic it is read: never changes, needs no lock */
};

/* clang-format off */
#define VGIC_ROW(name_, read_, write_, base_, bits_, sizes_, truth_)                         \
    { .name = (name_), .read = (read_), .write = (write_), .base = (base_), .bits = (bits_), \
      .sizes = (sizes_), .truth = (truth_) }
/* clang-format on */

/* A 4 KiB page of bits-per-interrupt registers has a row for each 128 bytes, words a row for
 * each 4. */
#define VGIC_FIELD_ROWS  32
#define VGIC_FIELD_SHIFT 7
#define VGIC_WORD_ROWS   32 /* the first 128 bytes of a distributor */

/* Where the identification registers are, in the last bytes of a frame; the rows answer any frame
 * size. */
#define VGIC_ID_BYTES 0x30

extern const struct vgic_row vgic_reserved; /* RAZ/WI by words */
extern const struct vgic_row vgic_nowhere;  /* beyond the frame: has no access */

/* For vgic_row_access: size and alignment are right. They take vgic->lock. _bits: `bits` is 1;
 * _word: it is 0, and the row is not of 64 bits. */
bool vgic_row_access_state(struct vgic *vgic, const struct vgic_row *row, struct mmio_access *m,
                           uint32_t offset, struct vgic_cpu *frame, bool private_only);
bool vgic_row_read_bits(struct vgic *vgic, const struct vgic_row *row, struct mmio_access *m,
                        uint32_t offset, struct vgic_cpu *frame, bool private_only);
bool vgic_row_write_bits(struct vgic *vgic, const struct vgic_row *row, struct mmio_access *m,
                         uint32_t offset, struct vgic_cpu *frame, bool private_only);
bool vgic_row_write_word(struct vgic *vgic, const struct vgic_row *row, struct mmio_access *m,
                         uint32_t offset, struct vgic_cpu *frame);

/*
 * Perform M, at OFFSET in a frame, on ROW; NULL stands for a reserved register. False: not an
 * access that ROW has. FRAME as in struct vgic_access. PRIVATE_ONLY: there are no SPIs in this
 * frame.
 */
static __always_inline bool vgic_row_access(struct vgic *vgic, const struct vgic_row *row,
                                            struct mmio_access *m, uint32_t offset,
                                            struct vgic_cpu *frame, bool private_only)
{
    if (unlikely(row == NULL))
        row = &vgic_reserved;
    if (unlikely(!(row->sizes & m->size_bytes) || !is_aligned(offset, m->size_bytes)))
        return false;
    if (row->word != 0 && !m->write) {
        m->value = *(const uint32_t *)((const char *)vgic + row->word);
        return true;
    }
    if (row->bits == 1 && m->write)
        return vgic_row_write_bits(vgic, row, m, offset, frame, private_only);
    if (row->bits == 1)
        return vgic_row_read_bits(vgic, row, m, offset, frame, private_only);
    if (row->bits == 0 && m->write)
        return vgic_row_write_word(vgic, row, m, offset, frame);
    return vgic_row_access_state(vgic, row, m, offset, frame, private_only);
}

/* Rows that GICv2's and GICv3's distributors and redistributors have in common, at the same
 * offsets. */
extern const struct vgic_row vgic_igroupr, vgic_isenabler, vgic_icenabler, vgic_ispendr,
    vgic_icpendr, vgic_isactiver, vgic_icactiver, vgic_ipriorityr, vgic_icfgr, vgic_iidr, vgic_pidr;
