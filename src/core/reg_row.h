/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Emulated registers are rows, not code. A row says what a register is; four of the five kinds
 * need no function. The same rows give reset values, trace names, save and restore, and the
 * documentation. Look-up is a two-level index built once from the sorted rows.
 */
#pragma once

#include "core/trap.h"
#include "lib/err.h"
#include "lib/types.h"

enum reg_access { REG_RO = 1, REG_WO = 2, REG_RW = 3 };

enum reg_kind {
    REG_CONST,  /* reads as the reset value; writes, if allowed, are ignored */
    REG_STATE,  /* storage at `offset` in the vCPU's register file; writes keep what the mask allows
                 */
    REG_RAZ_WI, /* reads as 0, writes ignored */
    REG_HIDDEN, /* does not exist for the guest: undefined */
    REG_FN,     /* functions */
};

struct reg_row;
/* Write *VALUE, or read it. */
typedef enum trap_result reg_fn(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                uint64_t *value);
/* Read what always can be. */
typedef uint64_t reg_read_fn(const struct vcpu *vcpu);

struct reg_row {
    uint32_t key;
    uint8_t access;  /* enum reg_access: what is missing is undefined */
    uint8_t kind;    /* enum reg_kind */
    uint16_t offset; /* REG_STATE: bytes into the register file */
    union {
        uint64_t reset;
        reg_read_fn *read; /* REG_FN: instead of `fn`, or NULL */
    };
    uint64_t write_mask; /* REG_STATE: bits a write can change */
    reg_fn *fn;
    const char *name;
};

/*
 * Keys are 16 bits: 4096 pages of 16, of which only those with rows exist. A page's byte in the
 * directory is 0 (none) or 1 + index into `pages`. About 9 KiB, of which a look-up touches two
 * lines.
 */
#define REG_INDEX_PAGE_BITS  4
#define REG_INDEX_PAGE_KEYS  (1u << REG_INDEX_PAGE_BITS)
#define REG_INDEX_KEYS       65536u
#define REG_INDEX_PAGE_COUNT (REG_INDEX_KEYS / REG_INDEX_PAGE_KEYS)
#define REG_INDEX_PAGES      160 /* of them, those with rows, at most */
#define REG_INDEX_UNIT       8u  /* bytes; a row is a multiple of it */
struct reg_table {
    const struct reg_row *rows; /* unique keys below REG_INDEX_KEYS */
    uintptr_t before;           /* the address of one before them */
    uint32_t count;             /* below 65535 */
    uint32_t page_count;        /* the empty one included */
    uint8_t directory[REG_INDEX_PAGE_COUNT];
    uint16_t pages[REG_INDEX_PAGES][REG_INDEX_PAGE_KEYS]; /* units from `before`, 0: none */
};

/*
 * Build the index; ROWS must outlive TABLE. ERR_INVALID if keys are equal or too large, or a
 * row cannot work (REG_FN without function, no access, a kind that does not exist);
 * ERR_NO_MEMORY if pages run out.
 */
enum err reg_table_init(struct reg_table *table, const struct reg_row *rows,
                        uint32_t count) __must_check;

/* The row of PAGE * REG_INDEX_PAGE_KEYS + SLOT, NULL if there is none. */
static __always_inline const struct reg_row *reg_table_at(const struct reg_table *table,
                                                          uint32_t page, uint32_t slot)
{
    const struct reg_row *row;
    uint32_t units = table->pages[table->directory[page]][slot];

    if (unlikely(units == 0))
        return NULL;
    row = (const struct reg_row *)(table->before + (size_t)units * REG_INDEX_UNIT);
    if (row == NULL)
        __builtin_unreachable();
    return row;
}

/* The row of KEY, NULL if there is none. */
static __always_inline const struct reg_row *reg_table_find(const struct reg_table *table,
                                                            uint32_t key)
{
    if (unlikely(key >= REG_INDEX_KEYS))
        return NULL;
    return reg_table_at(table, key >> REG_INDEX_PAGE_BITS, key % REG_INDEX_PAGE_KEYS);
}

/*
 * Do the access that TRAP describes. FILE is the vCPU's register file (REG_STATE offsets point
 * into it, as uint64_t). An access the row does not allow answers TRAP_UNDEF.
 */
static __always_inline enum trap_result reg_row_access(struct vcpu *vcpu, void *file,
                                                       const struct reg_row *row, struct trap *trap)
{
    enum trap_result result;
    uint64_t *state, value;

    if (unlikely((row->access & (trap->write ? REG_WO : REG_RO)) == 0))
        return TRAP_UNDEF;
    if (likely(row->kind == REG_CONST)) {
        if (!trap->write)
            trap->value = row->reset;
        return TRAP_DONE;
    }
    switch (row->kind) {
    case REG_STATE:
        state = (uint64_t *)((char *)file + row->offset);
        if (trap->write)
            *state = (*state & ~row->write_mask) | (trap->value & row->write_mask);
        else
            trap->value = *state;
        return TRAP_DONE;
    case REG_RAZ_WI:
        if (!trap->write)
            trap->value = 0;
        return TRAP_DONE;
    case REG_FN:
        if (!trap->write && row->read != NULL) {
            trap->value = row->read(vcpu);
            return TRAP_DONE;
        }
        value = trap->value; /* TRAP itself stays in the caller's registers */
        result = row->fn(vcpu, row, trap->write, &value);
        trap->value = value;
        return result;
    default:
        return TRAP_UNDEF;
    }
}

/* Write every REG_STATE row's reset value into FILE. */
void reg_table_reset(const struct reg_table *table, void *file);
