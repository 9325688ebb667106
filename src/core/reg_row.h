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
    REG_FN,     /* a function */
};

struct reg_row;
/* Read or write by function: TRAP->write and TRAP->value as in trap.h. */
typedef enum trap_result reg_fn(struct vcpu *vcpu, const struct reg_row *row, struct trap *trap);

struct reg_row {
    uint32_t key;
    uint8_t access;  /* enum reg_access: what is missing is undefined */
    uint8_t kind;    /* enum reg_kind */
    uint16_t offset; /* REG_STATE: bytes into the register file */
    uint64_t reset;
    uint64_t write_mask; /* REG_STATE: bits a write can change */
    reg_fn *fn;
    const char *name;
};

/* Keys are 16 bits: 256 pages of 256. A page's byte is 0 (none) or 1 + index into `pages`. */
#define REG_INDEX_PAGES 40
struct reg_table {
    const struct reg_row *rows; /* ascending, unique keys below 65536 */
    uint32_t count;             /* below 65535 */
    uint8_t directory[256];
    uint16_t pages[REG_INDEX_PAGES][256]; /* 1 + row, 0 for none */
    uint32_t page_count;
};

/* Build the index. ERR_INVALID if keys are unsorted, equal or too large; ERR_NO_MEMORY if pages run
 * out. */
enum err reg_table_init(struct reg_table *table, const struct reg_row *rows,
                        uint32_t count) __must_check;
/* The row of KEY, NULL if there is none. */
static inline const struct reg_row *reg_table_find(const struct reg_table *table, uint32_t key)
{
    uint32_t page = key < 65536 ? table->directory[key >> 8] : 0;
    uint32_t slot = page != 0 ? table->pages[page - 1][key & 0xff] : 0;
    return slot != 0 ? &table->rows[slot - 1] : NULL;
}
/*
 * Do the access that TRAP describes. FILE is the vCPU's register file (REG_STATE offsets point
 * into it, as uint64_t). An access the row does not allow answers TRAP_UNDEF.
 */
enum trap_result reg_row_access(struct vcpu *vcpu, void *file, const struct reg_row *row,
                                struct trap *trap);
/* Write every REG_STATE row's reset value into FILE. */
void reg_table_reset(const struct reg_table *table, void *file);
