/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/riscv/model/rv_pmp.h"

#include "arch/riscv/model/rv_mcsr.h"
#include "lib/bits.h"

/* Registers hold bits 55 to 2 of an address. */
#define ADDR_SHIFT       2u
#define ADDR_BITS        low_bits(RV_PMP_ADDR_BITS)
#define RV_PMP_ADDR_BITS 54u
/* Granularity G: 2^(G + 2) bytes (3.7.1). */
#define GRAIN_BITS (PAGE_SHIFT - ADDR_SHIFT)

/* pmpcfg holds eight entries in each even register. */
#define CFG_PER_REGISTER 8u

static unsigned mode_of(uint8_t cfg)
{
    return (unsigned)REG_GET(RV_PMPCFG, A, cfg);
}

/* An entry that is locked may not be changed until reset, nor the lower bound of one that is a
 * range (3.7.1.2). */
static bool is_locked(const struct rv_machine *machine, unsigned index)
{
    const uint8_t *cfg = machine->pmpcfg;

    if (cfg[index] & RV_PMPCFG_L)
        return true;
    return index + 1 < RV_PMP_COUNT && (cfg[index + 1] & RV_PMPCFG_L) &&
           mode_of(cfg[index + 1]) == RV_PMP_TOR;
}

/* ---- registers */

uint64_t rv_pmp_cfg_read(const struct rv_state *rv, unsigned index)
{
    unsigned first = index / 2 * CFG_PER_REGISTER;
    uint64_t value = 0;

    for (unsigned i = 0; i < CFG_PER_REGISTER && first + i < RV_PMP_COUNT; i++)
        value |= (uint64_t)rv->priv.machine.pmpcfg[first + i] << (8 * i);
    return value;
}

/* What is stored for CFG: four bytes cannot be selected with this granularity, and write without
 * read is reserved: then the field is as it was. */
static uint8_t legal(uint8_t cfg, uint8_t old)
{
    cfg &= (uint8_t)(RV_PMPCFG_R | RV_PMPCFG_W | RV_PMPCFG_X | RV_PMPCFG_A | RV_PMPCFG_L);
    if (mode_of(cfg) == RV_PMP_NA4)
        cfg = (uint8_t)REG_SET(RV_PMPCFG, A, cfg, mode_of(old));
    if ((cfg & (RV_PMPCFG_R | RV_PMPCFG_W)) == RV_PMPCFG_W)
        cfg &= (uint8_t)~RV_PMPCFG_W;
    return cfg;
}

bool rv_pmp_cfg_write(struct rv_state *rv, unsigned index, uint64_t value)
{
    uint8_t *cfg = rv->priv.machine.pmpcfg;
    unsigned first = index / 2 * CFG_PER_REGISTER;
    bool changed = false;

    for (unsigned i = 0; i < CFG_PER_REGISTER && first + i < RV_PMP_COUNT; i++) {
        uint8_t *entry = &cfg[first + i], new = legal((uint8_t)(value >> (8 * i)), *entry);

        if ((*entry & RV_PMPCFG_L) || new == *entry)
            continue;
        *entry = new;
        changed = true;
    }
    return changed;
}

/* Bits below the granularity (3.7.1): all ones but the highest for a power of two, else zeros. */
uint64_t rv_pmp_addr_read(const struct rv_state *rv, unsigned index)
{
    uint64_t value;

    if (index >= RV_PMP_COUNT)
        return 0;
    value = rv->priv.machine.pmpaddr[index];
    if (mode_of(rv->priv.machine.pmpcfg[index]) == RV_PMP_NAPOT)
        return value | low_bits(GRAIN_BITS - 1);
    return value & ~low_bits(GRAIN_BITS);
}

bool rv_pmp_addr_write(struct rv_state *rv, unsigned index, uint64_t value)
{
    struct rv_machine *machine = &rv->priv.machine;

    if (index >= RV_PMP_COUNT || is_locked(machine, index) ||
        machine->pmpaddr[index] == (value & ADDR_BITS))
        return false;
    machine->pmpaddr[index] = value & ADDR_BITS;
    return true;
}

/* ---- rights */

/* Pages are counted, so that nothing overflows. First page of entry INDEX, and the one behind. */
static void range_of(const struct rv_machine *machine, unsigned index, uint64_t *first,
                     uint64_t *end)
{
    uint64_t page = machine->pmpaddr[index] >> GRAIN_BITS;
    uint64_t low = machine->pmpaddr[index] | low_bits(GRAIN_BITS - 1);
    unsigned ones;

    *first = *end = 0;
    switch (mode_of(machine->pmpcfg[index])) {
    case RV_PMP_TOR:
        *first = index == 0 ? 0 : machine->pmpaddr[index - 1] >> GRAIN_BITS;
        *end = page;
        break;
    case RV_PMP_NAPOT:
        /* N ones at the end: 2^(N + 3) bytes. */
        ones = bit_lowest(~low);
        ones = MIN(ones + 1 - GRAIN_BITS, RV_PMP_ADDR_BITS - GRAIN_BITS);
        *first = page & ~low_bits(ones);
        *end = *first + bit64(ones);
        break;
    default:
        break;
    }
}

static uint8_t rights_of(uint8_t cfg)
{
    return (uint8_t)((cfg & RV_PMPCFG_R ? PT_READ : 0) | (cfg & RV_PMPCFG_W ? PT_WRITE : 0) |
                     (cfg & RV_PMPCFG_X ? PT_EXEC : 0));
}

uint8_t rv_pmp_rights(const struct rv_state *rv, uint8_t mode, gpa_t gpa, uint64_t size_bytes,
                      bool *uniform)
{
    const uint8_t all = PT_READ | PT_WRITE | PT_EXEC;
    const struct rv_machine *machine = &rv->priv.machine;
    const uint64_t from = gpa.raw >> PAGE_SHIFT, to = from + (size_bytes >> PAGE_SHIFT);

    *uniform = true;
    if (!rv->priv.has_machine)
        return all;
    for (unsigned i = 0; i < RV_PMP_COUNT; i++) {
        uint64_t first, end;

        range_of(machine, i, &first, &end);
        if (to <= first || end <= from || first >= end)
            continue;
        /* The first that matches any of it decides (3.7.1.3). */
        if (from < first || end < to)
            *uniform = false;
        if (from < first) /* not for the first page */
            continue;
        if (mode == RV_PRIVILEGE_MACHINE && !(machine->pmpcfg[i] & RV_PMPCFG_L))
            return all;
        return rights_of(machine->pmpcfg[i]);
    }
    return mode == RV_PRIVILEGE_MACHINE ? all : 0;
}
