/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual CLINT's registers. Must not know a VM or a vCPU. */
#include "vdev/vclint.h"

#include "lib/bits.h"
#include "lib/string.h"

/* The memory map. */
enum {
    MSIP_BASE = 0x0,
    MSIP_STRIDE = 4,
    MTIMECMP_BASE = 0x4000,
    MTIMECMP_STRIDE = 8,
    MTIME = 0xbff8,
};

static void set_software(struct vclint *clint, uint32_t hart, bool level)
{
    uint32_t bit = bit32(hart);

    if (((clint->software & bit) != 0) == level)
        return;
    clint->software ^= bit;
    clint->config.set_software(clint->config.owner, hart, level);
}

static void set_deadline(struct vclint *clint, uint32_t hart, uint64_t deadline_ticks)
{
    clint->deadline_ticks[hart] = deadline_ticks;
    clint->config.set_deadline(clint->config.owner, hart, deadline_ticks);
}

static uint64_t low_half(uint64_t value)
{
    return value & low_bits(32);
}

/* A word at OFFSET, a multiple of 4. What is not there reads as 0. */
static uint32_t read_word(const struct vclint *clint, uint32_t offset, uint64_t now)
{
    uint32_t hart = (offset - MTIMECMP_BASE) / MTIMECMP_STRIDE;
    unsigned shift = offset % 8 == 4 ? 32 : 0;

    if (offset < MTIMECMP_BASE)
        return offset / MSIP_STRIDE < clint->config.hart_count
                   ? clint->software >> (offset / MSIP_STRIDE) & 1
                   : 0;
    if (offset >= MTIME)
        return (uint32_t)(now >> shift);
    return hart < clint->config.hart_count ? (uint32_t)(clint->deadline_ticks[hart] >> shift) : 0;
}

static void write_word(struct vclint *clint, uint32_t offset, uint32_t value)
{
    uint32_t hart = (offset - MTIMECMP_BASE) / MTIMECMP_STRIDE;
    uint64_t old;

    if (offset < MTIMECMP_BASE) {
        if (offset / MSIP_STRIDE < clint->config.hart_count)
            set_software(clint, offset / MSIP_STRIDE, (value & 1) != 0);
    } else if (offset < MTIME && hart < clint->config.hart_count) {
        old = clint->deadline_ticks[hart];
        set_deadline(clint, hart,
                     offset % 8 == 4 ? (uint64_t)value << 32 | low_half(old)
                                     : (old & ~low_bits(32)) | value);
    }
}

/* Both halves at once, as a deadline must be: else it could pass in between. */
static void write_double(struct vclint *clint, uint32_t offset, uint64_t value)
{
    uint32_t hart = (offset - MTIMECMP_BASE) / MTIMECMP_STRIDE;

    if (offset >= MTIMECMP_BASE && offset < MTIME) {
        if (hart < clint->config.hart_count)
            set_deadline(clint, hart, value);
        return;
    }
    write_word(clint, offset, (uint32_t)value);
    write_word(clint, offset + 4, (uint32_t)(value >> 32));
}

static uint64_t read(const struct vclint *clint, uint32_t offset, bool both, uint64_t now)
{
    uint64_t low = read_word(clint, offset, now);

    return both ? low | (uint64_t)read_word(clint, offset + 4, now) << 32 : low;
}

bool vclint_mmio(void *device, struct mmio_access *access)
{
    struct vclint *clint = device;
    uint32_t offset = (uint32_t)access->offset;
    bool both = access->size_bytes == 8;
    uint64_t now;

    if ((access->size_bytes != 4 && !both) || access->offset >= VCLINT_SIZE ||
        !is_aligned(offset, access->size_bytes))
        return false;
    now = clint->config.time(clint->config.owner);
    spin_lock(&clint->lock);
    if (!access->write)
        access->value = read(clint, offset, both, now);
    else if (both)
        write_double(clint, offset, access->value);
    else
        write_word(clint, offset, (uint32_t)access->value);
    spin_unlock(&clint->lock);
    return true;
}

void vclint_reset(struct vclint *clint)
{
    spin_lock(&clint->lock);
    for (uint32_t i = 0; i < clint->config.hart_count; i++) {
        set_software(clint, i, false);
        set_deadline(clint, i, UINT64_MAX);
    }
    spin_unlock(&clint->lock);
}

void vclint_init(struct vclint *clint, const struct vclint_config *config)
{
    memset(clint, 0, sizeof(*clint));
    clint->config = *config;
    for (uint32_t i = 0; i < VCLINT_HART_MAX; i++)
        clint->deadline_ticks[i] = UINT64_MAX;
}
