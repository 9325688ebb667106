/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One engine for the registers of distributor and redistributors, and the registers with some bits
 * for each interrupt, which are the same in GICv2 and GICv3 (IHI 0048B, 4.3; IHI 0069H, 12.9
 * and 12.11). Must not touch list registers: vgic_irq.c does what a change asks for.
 */
#include "vdev/vgic_regs.h"
#include "lib/panic.h"
#include "vdev/vgic_gicd.h"

/* Which interrupts the access to ROW is about. False: none that exist. */
static bool address(struct vgic_access *a, const struct vgic_row *row, unsigned size_bytes,
                    bool private_only)
{
    unsigned log2_bits = bit_lowest(row->bits);
    uint32_t intid = (a->offset - row->base) * 8 >> log2_bits;
    uint32_t index = intid / 32;
    a->first = intid % 32;
    a->mask = (uint32_t)low_bits(MAX(size_bytes * 8 >> log2_bits, 1u)) << a->first;
    if (index == 0 && a->frame != NULL)
        a->bank = &a->frame->bank;
    else if (index == 0 || private_only || index >= a->vgic->bank_count)
        return false;
    else
        a->bank = vgic_bank(a->here, index);
    a->mask &= a->bank->existing;
    return a->mask != 0;
}

/*
 * Another CPU's list registers may know better than the records. Let go of the lock until those
 * CPUs have been through vgic_flush; the caller holds it again afterwards.
 */
static __noinline void wait_for_others(struct vgic_cpu *here) NO_LOCK_ANALYSIS
{
    struct vgic *vgic = here->vgic;
    uint32_t cpus = here->await;
    here->await = 0;
    spin_unlock(&vgic->lock);
    if (vgic->config.sync != NULL)
        for (; cpus != 0; cpus &= cpus - 1)
            vgic->config.sync(vgic->config.owner, bit_lowest(cpus));
    spin_lock(&vgic->lock);
}

/* Bring the records of the interrupts addressed up to date. */
static void get_truth(const struct vgic_access *a)
{
    BUG_ON(a->bank == NULL); /* only rows with bits for each interrupt have `truth` */
    vgic_await(a->here, a->bank, a->mask);
    vgic_irqs_changed(a->vgic, a->here, a->bank,
                      a->mask & (a->bank->in_lr | vgic_fired_word(a->bank)));
    if (a->here->await != 0)
        wait_for_others(a->here);
}

static uint64_t row_read(const struct vgic_row *row, const struct vgic_access *a, bool half)
{
    if (row->read == NULL)
        return 0;
    if (row->truth)
        get_truth(a);
    uint64_t value = row->read(a);
    if (!half)
        return value;
    return a->offset & 4 ? value >> 32 : (uint32_t)value;
}

static void row_write(const struct vgic_row *row, const struct vgic_access *a, bool half,
                      uint64_t value)
{
    if (row->write == NULL)
        return;
    if (half) {
        uint64_t old = row->read(a);
        value = a->offset & 4 ? value << 32 | (uint32_t)old
                              : (old & ~(uint64_t)UINT32_MAX) | (uint32_t)value;
    }
    row->write(a, value);
    if (a->here->await != 0)
        wait_for_others(a->here);
}

const struct vgic_row vgic_reserved = {.name = "reserved", .sizes = 4};
const struct vgic_row vgic_nowhere = {.name = "nowhere"};

__no_stack_protector bool vgic_row_access_state(struct vgic *vgic, const struct vgic_row *row,
                                                struct mmio_access *m, uint32_t offset,
                                                struct vgic_cpu *frame, bool private_only)
{
    struct vgic_access a = {
        .vgic = vgic, .here = &vgic->cpus[m->vcpu], .frame = frame, .offset = offset};
    bool half = (row->sizes & 8) && m->size_bytes == 4;
    if (m->vcpu >= vgic->config.cpu_count)
        return false;
    if (!m->write)
        m->value = 0;
    if (row->bits != 0 && !address(&a, row, m->size_bytes, private_only))
        return true;
    spin_lock(&vgic->lock);
    if (m->write)
        row_write(row, &a, half, m->value);
    else
        m->value = row_read(row, &a, half);
    spin_unlock(&vgic->lock);
    return true;
}

/*
 * Which interrupts an access at OFFSET to a row of single bits is about: all that `address` finds
 * out lies in the offset. False: none that exist.
 */
static __always_inline bool address_bits(struct vgic_access *a, struct vgic *vgic, uint32_t vcpu,
                                         uint32_t offset, struct vgic_cpu *frame, bool private_only)
{
    uint32_t index = offset % bit32(VGIC_FIELD_SHIFT) / sizeof(uint32_t);

    if (index == 0 ? frame == NULL : private_only || index >= vgic->bank_count)
        return false;
    a->vgic = vgic;
    a->here = &vgic->cpus[vcpu];
    a->bank = index == 0 ? &frame->bank : &vgic->spis[index - 1];
    a->mask = a->bank->existing;
    return true;
}

__no_stack_protector bool vgic_row_read_bits(struct vgic *vgic, const struct vgic_row *row,
                                             struct mmio_access *m, uint32_t offset,
                                             struct vgic_cpu *frame, bool private_only)
{
    struct vgic_access a;

    if (unlikely(m->vcpu >= vgic->config.cpu_count))
        return false;
    m->value = 0;
    if (!address_bits(&a, vgic, m->vcpu, offset, frame, private_only))
        return true;
    /* What one word says needs no lock. */
    if (!row->truth) {
        m->value = row->read(&a);
        return true;
    }
    spin_lock(&vgic->lock);
    m->value = row_read(row, &a, false);
    spin_unlock(&vgic->lock);
    return true;
}

__no_stack_protector bool vgic_row_write_bits(struct vgic *vgic, const struct vgic_row *row,
                                              struct mmio_access *m, uint32_t offset,
                                              struct vgic_cpu *frame, bool private_only)
{
    struct vgic_access a;

    if (unlikely(m->vcpu >= vgic->config.cpu_count))
        return false;
    if (!address_bits(&a, vgic, m->vcpu, offset, frame, private_only))
        return true;
    spin_lock(&vgic->lock);
    row->write(&a, m->value);
    if (unlikely(a.here->await != 0))
        wait_for_others(a.here);
    spin_unlock(&vgic->lock);
    return true;
}

/* `truth` and halves are for those that `address` is for. */
__no_stack_protector bool vgic_row_write_word(struct vgic *vgic, const struct vgic_row *row,
                                              struct mmio_access *m, uint32_t offset,
                                              struct vgic_cpu *frame)
{
    struct vgic_access a;

    if (m->vcpu >= vgic->config.cpu_count)
        return false;
    if (row->write == NULL)
        return true;
    a.vgic = vgic;
    a.here = &vgic->cpus[m->vcpu];
    a.frame = frame;
    a.bank = NULL;
    a.offset = offset;
    spin_lock(&vgic->lock);
    row->write(&a, m->value);
    if (a.here->await != 0)
        wait_for_others(a.here);
    spin_unlock(&vgic->lock);
    return true;
}

/* ---- one bit */

static void changed(const struct vgic_access *a, uint32_t mask)
{
    if (unlikely(mask != 0))
        vgic_irqs_changed(a->vgic, a->here, a->bank, mask);
}

/* Those of MASK that are, or may be, on their way: others are changed by their words alone. */
static uint32_t busy(const struct vgic_bank *bank, uint32_t mask)
{
    return mask & (vgic_pending_word(bank) | bank->in_lr);
}

static uint64_t igroupr_read(const struct vgic_access *a)
{
    return a->bank->group1;
}

static void igroupr_write(const struct vgic_access *a, uint64_t value)
{
    uint32_t flip = (a->bank->group1 ^ (uint32_t)value) & a->mask;
    a->bank->group1 ^= flip;
    changed(a, busy(a->bank, flip));
}

static uint64_t enabler_read(const struct vgic_access *a)
{
    return a->bank->enabled;
}

static void isenabler_write(const struct vgic_access *a, uint64_t value)
{
    uint32_t rise = (uint32_t)value & a->mask & ~a->bank->enabled;
    a->bank->enabled |= rise;
    changed(a, busy(a->bank, rise));
}

static void icenabler_write(const struct vgic_access *a, uint64_t value)
{
    uint32_t fall = (uint32_t)value & a->mask & a->bank->enabled;
    if (a->bank->index == 0 && vgic_is_v2(a->vgic))
        fall &= ~VGIC_SGIS;
    a->bank->enabled &= ~fall;
    vgic_await(a->here, a->bank, fall);
    changed(a, busy(a->bank, fall));
}

static uint64_t pendr_read(const struct vgic_access *a)
{
    return vgic_pending_word(a->bank) | a->bank->offered;
}

/* On GICv2 the pending states of SGIs have registers of their own. */
static uint32_t pendr_writable(const struct vgic_access *a)
{
    return a->bank->index == 0 && vgic_is_v2(a->vgic) ? a->mask & ~VGIC_SGIS : a->mask;
}

static void ispendr_write(const struct vgic_access *a, uint64_t value)
{
    uint32_t set = (uint32_t)value & pendr_writable(a);
    a->bank->latch |= set;
    changed(a, set);
}

static void icpendr_write(const struct vgic_access *a, uint64_t value)
{
    uint32_t clear = (uint32_t)value & pendr_writable(a) & (a->bank->latch | a->bank->in_lr);
    a->bank->latch &= ~clear;
    a->bank->drop_pending |= clear & a->bank->in_lr;
    vgic_await(a->here, a->bank, clear);
    changed(a, clear);
}

static uint64_t activer_read(const struct vgic_access *a)
{
    return a->bank->active;
}

static void isactiver_write(const struct vgic_access *a, uint64_t value)
{
    struct vgic_bank *bank = a->bank;
    uint32_t set = (uint32_t)value & a->mask;
    uint32_t held = set & bank->in_lr, fresh = set & ~bank->in_lr & ~bank->active;
    bank->make_active |= held;
    bank->drop_active &= ~held;
    vgic_await(a->here, bank, held);
    /* One that is queued is active there; another, with nobody to deactivate it but us, here. */
    for (uint32_t m = fresh; m != 0; m &= m - 1) {
        struct vgic_irq *irq = &bank->irqs[bit_lowest(m)];
        bool queued = a->vgic->cpus[irq->cpu].queued[bank->index] & bit32(bit_lowest(m));
        if (!queued && bank->index != 0)
            irq->cpu = (uint8_t)a->here->index;
    }
    bank->active |= fresh;
    changed(a, held | fresh);
}

static void icactiver_write(const struct vgic_access *a, uint64_t value)
{
    struct vgic_bank *bank = a->bank;
    uint32_t clear = (uint32_t)value & a->mask;
    uint32_t held = clear & bank->in_lr, fresh = clear & ~bank->in_lr & bank->active;
    bank->drop_active |= held;
    bank->make_active &= ~held;
    vgic_await(a->here, bank, held);
    bank->active &= ~fresh;
    changed(a, held | fresh);
}

const struct vgic_row vgic_igroupr =
    VGIC_ROW("IGROUPR", igroupr_read, igroupr_write, 0x080, 1, 4, false);
const struct vgic_row vgic_isenabler =
    VGIC_ROW("ISENABLER", enabler_read, isenabler_write, 0x100, 1, 4, false);
const struct vgic_row vgic_icenabler =
    VGIC_ROW("ICENABLER", enabler_read, icenabler_write, 0x180, 1, 4, false);
const struct vgic_row vgic_ispendr =
    VGIC_ROW("ISPENDR", pendr_read, ispendr_write, 0x200, 1, 4, true);
const struct vgic_row vgic_icpendr =
    VGIC_ROW("ICPENDR", pendr_read, icpendr_write, 0x280, 1, 4, true);
const struct vgic_row vgic_isactiver =
    VGIC_ROW("ISACTIVER", activer_read, isactiver_write, 0x300, 1, 4, true);
const struct vgic_row vgic_icactiver =
    VGIC_ROW("ICACTIVER", activer_read, icactiver_write, 0x380, 1, 4, true);

/* ---- two bits and eight */

static uint64_t ipriorityr_read(const struct vgic_access *a)
{
    uint64_t value = 0;
    for (uint32_t m = a->mask; m != 0; m &= m - 1) {
        unsigned i = bit_lowest(m);
        value |= (uint64_t)a->bank->irqs[i].priority << (i - a->first) * 8;
    }
    return value;
}

static void ipriorityr_write(const struct vgic_access *a, uint64_t value)
{
    uint32_t moved = 0;
    for (uint32_t m = a->mask; m != 0; m &= m - 1) {
        unsigned i = bit_lowest(m);
        uint8_t priority = (uint8_t)(value >> (i - a->first) * 8) & VGIC_PRIORITY;
        if (priority != a->bank->irqs[i].priority)
            moved |= bit32(i);
        a->bank->irqs[i].priority = priority;
    }
    changed(a, busy(a->bank, moved));
}

/* Bit 1 of each field is the property: edge-triggered. Bit 0 is RES0. */
#define ICFGR_EDGE 2u

static uint64_t icfgr_read(const struct vgic_access *a)
{
    uint64_t value = 0;
    for (uint32_t m = a->mask & a->bank->edge; m != 0; m &= m - 1)
        value |= (uint64_t)ICFGR_EDGE << (bit_lowest(m) - a->first) * 2;
    return value;
}

static void icfgr_write(const struct vgic_access *a, uint64_t value)
{
    uint32_t edge = 0;
    for (uint32_t m = a->mask; m != 0; m &= m - 1)
        if (value >> (bit_lowest(m) - a->first) * 2 & ICFGR_EDGE)
            edge |= bit32(bit_lowest(m));
    uint32_t flip = (a->bank->edge ^ edge) & a->mask;
    if (a->bank->index == 0)
        flip &= ~VGIC_SGIS;
    a->bank->edge ^= flip;
    changed(a, flip & (a->bank->line | a->bank->latch | a->bank->in_lr));
}

const struct vgic_row vgic_ipriorityr =
    VGIC_ROW("IPRIORITYR", ipriorityr_read, ipriorityr_write, 0x400, 8, 1 | 4, false);
const struct vgic_row vgic_icfgr = VGIC_ROW("ICFGR", icfgr_read, icfgr_write, 0xc00, 2, 4, false);

/* ---- who we are */

/* From offset 0xfd0 (v2) or 0xffd0 (v3): PIDR4 to 7, PIDR0 to 3, CIDR0 to 3. */
static uint64_t pidr_read(const struct vgic_access *a)
{
    enum { PIDR2 = 6 };
    static const uint8_t ids[VGIC_ID_BYTES / 4] = {0x04, 0, 0,    0,    0x90, 0xb4,
                                                   0x0b, 0, 0x0d, 0xf0, 0x05, 0xb1};
    uint32_t n = (a->offset % 0x1000 - (0x1000 - VGIC_ID_BYTES)) / 4;
    uint64_t revision = n == PIDR2 ? REG_PUT(GICD_PIDR2, ArchRev, a->vgic->hw->version) : 0;
    return ids[n] | revision;
}

const struct vgic_row vgic_iidr = {.name = "IIDR", .word = offsetof(struct vgic, iidr), .sizes = 4};
const struct vgic_row vgic_pidr = {.name = "PIDR", .read = pidr_read, .sizes = 4};
