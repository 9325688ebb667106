/* SPDX-License-Identifier: Apache-2.0 */
/*
 * List registers: what an interrupt looks like in one, reading it back, and who gets one when there
 * are more interrupts than list registers (IHI 0048B, 5.2 and 5.3; IHI 0069H, 6.3 and 12.4). CPU is
 * loaded on this physical CPU in all functions. Must not decide whose an interrupt is: vgic_irq.c
 * does.
 *
 * Exits at EOI are asked for only where something must follow: a level-sensitive line that was high
 * when the list register was last written (a device that lowers it has trapped and so clears the
 * request), a GICv2 SGI with further senders. When not all fits, NPIE calls us when nothing pending
 * is left in list registers, LRENPIE when an interrupt without one was deactivated.
 *
 * All functions: vgic->lock held.
 */
#include "lib/panic.h"
#include "vdev/vgic_state.h"

static uint64_t encode(const struct vgic *vgic, uint32_t intid, const struct vgic_irq *irq,
                       bool group1, enum vgic_lr_state state, bool hw, bool eoi)
{
    if (vgic_is_v2(vgic))
        return REG_PUT(GICH_LR, VirtualID, intid) | REG_PUT(GICH_LR, Grp1, group1) |
               REG_PUT(GICH_LR, Priority, irq->priority >> (8 - GICH_LR_Priority_WIDTH)) |
               REG_PUT(GICH_LR, State, state) | REG_PUT(GICH_LR, HW, hw) |
               (hw ? REG_PUT(GICH_LR, PhysicalID, irq->pirq)
                   : REG_PUT(GICH_LR_SW, CPUID, irq->source) | REG_PUT(GICH_LR_SW, EOI, eoi));
    return REG_PUT(ICH_LR_EL2, vINTID, intid) | REG_PUT(ICH_LR_EL2, Group, group1) |
           REG_PUT(ICH_LR_EL2, Priority, irq->priority) | REG_PUT(ICH_LR_EL2, State, state) |
           REG_PUT(ICH_LR_EL2, HW, hw) |
           (hw ? REG_PUT(ICH_LR_EL2, pINTID, irq->pirq) : REG_PUT(ICH_LR_SW, EOI, eoi));
}

static enum vgic_lr_state read_state(const struct vgic *vgic, unsigned lr)
{
    uint64_t value = vgic->hw->lr_read(lr);
    return (enum vgic_lr_state)(vgic_is_v2(vgic) ? REG_GET(GICH_LR, State, value)
                                                 : REG_GET(ICH_LR_EL2, State, value));
}

/* A list register offers one sender's SGI at a time. True if it can offer one now. */
static bool offer_sgi(struct vgic_bank *bank, unsigned i, bool active, bool *more)
{
    struct vgic_irq *irq = &bank->irqs[i];
    if (!active)
        irq->source = (uint8_t)bit_lowest(irq->sources);
    bool offer = (irq->sources & bit32(irq->source)) != 0;
    irq->sources &= (uint8_t)~bit32(irq->source);
    if (irq->sources == 0)
        bank->latch &= ~bit32(i);
    *more = irq->sources != 0;
    return offer;
}

void vgic_lr_put(struct vgic_cpu *cpu, unsigned lr, struct vgic_bank *bank, unsigned i)
{
    struct vgic *vgic = cpu->vgic;
    struct vgic_irq *irq = &bank->irqs[i];
    uint32_t bit = bit32(i), lr_bit = bit32(lr);
    bool active = bank->active & bit;
    bool pending = vgic_deliverable_word(vgic, bank) & bit;
    bool hw = (bank->phys & bit) != 0, eoi = false;

    if (active && pending && (hw || vgic_irq_route(vgic, bank, i) != cpu)) {
        /* With HW there is no such state; rerouted, the new one is not ours. It waits for EOI. */
        hw = pending = false;
        eoi = true;
    } else if (pending && vgic_is_v2_sgi(vgic, bank, i)) {
        pending = offer_sgi(bank, i, active, &eoi);
        bank->offered |= pending ? bit : 0;
    } else if (pending) {
        bank->offered |= bank->latch & bit;
        bank->latch &= ~bit;
        eoi = !hw && (bank->line & ~bank->edge & bit);
    }
    enum vgic_lr_state state =
        (enum vgic_lr_state)((pending ? VGIC_LR_PENDING : 0) | (active ? VGIC_LR_ACTIVE : 0));
    /*
     * Neither, if one write changed several and this one's turn is still to come
     * (vgic_irqs_changed): then no deactivation reaches the physical interrupt by way of this list
     * register.
     */
    if (state == VGIC_LR_INVALID)
        hw = false;
    uint32_t intid = bank->index * 32 + i;
    vgic->hw->lr_write(lr, encode(vgic, intid, irq, bank->group1 & bit, state, hw, eoi));

    bank->in_lr |= bit;
    irq->lr = (uint8_t)lr;
    irq->cpu = (uint8_t)cpu->index;
    cpu->lr_intids[lr] = (uint16_t)intid;
    cpu->used_lrs |= lr_bit;
    cpu->stale_lrs &= ~lr_bit;
    cpu->hw_lrs = hw ? cpu->hw_lrs | lr_bit : cpu->hw_lrs & ~lr_bit;
    cpu->eoi_lrs = eoi ? cpu->eoi_lrs | lr_bit : cpu->eoi_lrs & ~lr_bit;
    if (state == VGIC_LR_PENDING && !eoi)
        bank->plain |= bit;
}

/* LR holds nothing any more; the hardware's image of it is the caller's affair. */
static void drop(struct vgic_cpu *cpu, unsigned lr)
{
    uint32_t intid = cpu->lr_intids[lr], lr_bit = bit32(lr);
    struct vgic_bank *bank = vgic_bank(cpu, intid / 32);
    bank->in_lr &= ~bit32(intid % 32);
    bank->plain &= ~bit32(intid % 32);
    cpu->used_lrs &= ~lr_bit;
    cpu->stale_lrs &= ~lr_bit;
    cpu->hw_lrs &= ~lr_bit;
    cpu->eoi_lrs &= ~lr_bit;
}

void vgic_lr_retire(struct vgic_cpu *cpu, unsigned lr)
{
    cpu->vgic->hw->lr_write(lr, 0);
    drop(cpu, lr);
}

void vgic_lr_forget(struct vgic_cpu *cpu, unsigned lr)
{
    uint32_t intid = cpu->lr_intids[lr], bit = bit32(intid % 32);
    struct vgic_bank *bank = vgic_bank(cpu, intid / 32);
    bank->offered &= ~bit;
    bank->active &= ~bit;
    drop(cpu, lr);
}

/* One of them. */
static bool revive(struct vgic_cpu *cpu, unsigned lr)
{
    uint32_t intid = cpu->lr_intids[lr], bit = bit32(intid % 32);
    struct vgic_bank *bank = vgic_bank(cpu, intid / 32);
    struct vgic_irq *irq = &bank->irqs[intid % 32];

    if (!(bank->latch & bit))
        return false;
    /* On v2 the list register names the sender. */
    if (vgic_is_v2_sgi(cpu->vgic, bank, intid % 32) && irq->sources != bit32(irq->source))
        return false;
    if (!vgic_lr_reoffer(cpu, bank, intid % 32))
        return false;
    bank->latch &= ~bit;
    irq->sources = 0;
    cpu->stale_lrs &= ~bit32(lr);
    return true;
}

bool vgic_lr_revive(struct vgic_cpu *cpu)
{
    while (cpu->stale_lrs != 0)
        if (!revive(cpu, bit_lowest(cpu->stale_lrs)))
            return false;
    return cpu->release == 0 && cpu->queued_banks == 0 && cpu->hcr == ICH_HCR_EL2_En;
}

/*
 * LR was still pending when read back and the physical interrupt behind it has ceased, so the
 * virtual one ceases too, and the physical one is free to fire again. True if so.
 */
static bool withdraw(struct vgic_cpu *cpu, unsigned lr, const struct vgic_bank *bank, unsigned i)
{
    if (!(cpu->hw_lrs & bit32(lr)) || !vgic_phys_has_ceased(cpu->vgic, bank, i))
        return false;
    cpu->vgic->hw->phys_active(bank->irqs[i].pirq, false);
    return true;
}

static void fold_state(struct vgic_cpu *cpu, unsigned lr, enum vgic_lr_state state)
{
    uint32_t intid = cpu->lr_intids[lr], bit = bit32(intid % 32);
    struct vgic_bank *bank = vgic_bank(cpu, intid / 32);
    struct vgic_irq *irq = &bank->irqs[intid % 32];
    if (state == VGIC_LR_PENDING && withdraw(cpu, lr, bank, intid % 32))
        state = VGIC_LR_INVALID;
    bool active = state & VGIC_LR_ACTIVE;

    if ((state & VGIC_LR_PENDING) && (bank->offered & ~bank->drop_pending & bit)) {
        bank->latch |= bit;
        if (vgic_is_v2_sgi(cpu->vgic, bank, intid % 32))
            irq->sources |= (uint8_t)bit32(irq->source);
    }
    bank->offered &= ~bit;
    bank->plain &= ~bit;
    if (cpu->hw_lrs & bit32(lr)) {
        if (state == VGIC_LR_INVALID)
            bank->phys &= ~bit; /* the guest's deactivation went through to it */
    } else if ((bank->phys & bank->active & bit) && !active) {
        vgic_irq_release(cpu->vgic, cpu, bank, intid % 32);
    }
    active = (active && !(bank->drop_active & bit)) || (bank->make_active & bit);
    bank->active = active ? bank->active | bit : bank->active & ~bit;
    bank->drop_pending &= ~bit;
    bank->drop_active &= ~bit;
    bank->make_active &= ~bit;
    cpu->hw_lrs &= ~bit32(lr);
}

void vgic_lr_fold(struct vgic_cpu *cpu, unsigned lr)
{
    fold_state(cpu, lr, read_state(cpu->vgic, lr));
}

uint32_t vgic_lr_fold_all(struct vgic_cpu *cpu)
{
    uint32_t used = cpu->used_lrs;
    for (uint32_t m = used; m != 0; m &= m - 1) {
        unsigned lr = bit_lowest(m);
        uint32_t intid = cpu->lr_intids[lr];
        vgic_lr_fold(cpu, lr);
        drop(cpu, lr);
        (void)vgic_irq_queue(cpu->vgic, cpu, vgic_bank(cpu, intid / 32), intid % 32);
    }
    return used;
}

void vgic_lr_reclaim(struct vgic_cpu *cpu)
{
    /* One that waits for its EOI to be noticed does not count as empty for the hardware. */
    uint32_t empty = (uint32_t)cpu->vgic->hw->empty_lrs() & ~cpu->eoi_lrs;
    for (uint32_t m = cpu->used_lrs & (empty | cpu->eoi_lrs); m != 0; m &= m - 1) {
        unsigned lr = bit_lowest(m);
        fold_state(cpu, lr, empty & bit32(lr) ? VGIC_LR_INVALID : read_state(cpu->vgic, lr));
        vgic_irq_settle_lr(cpu, lr);
    }
}

void vgic_lr_release(struct vgic_cpu *cpu)
{
    for (uint32_t m = cpu->release; m != 0; m &= m - 1)
        cpu->vgic->hw->phys_active(cpu->bank.irqs[bit_lowest(m)].pirq, false);
    cpu->release = 0;
}

/* The most urgent active interrupt in CPU's queue. Its bank, NULL if there is none. */
static struct vgic_bank *queued_active(struct vgic_cpu *cpu, unsigned *index)
{
    struct vgic_bank *best = NULL;
    for (uint32_t b = cpu->queued_banks; b != 0; b &= b - 1) {
        struct vgic_bank *bank = vgic_bank(cpu, bit_lowest(b));
        for (uint32_t m = cpu->queued[bank->index] & bank->active; m != 0; m &= m - 1) {
            unsigned i = bit_lowest(m);
            if (best == NULL || bank->irqs[i].priority < best->irqs[*index].priority) {
                best = bank;
                *index = i;
            }
        }
    }
    return best;
}

void vgic_lr_deactivate(struct vgic_cpu *cpu, struct vgic_bank *bank, unsigned i)
{
    bank->active &= ~bit32(i);
    if (bank->phys & bit32(i))
        vgic_irq_release(cpu->vgic, cpu, bank, i);
    vgic_irq_dequeue(cpu, bank, i);
    (void)vgic_irq_queue(cpu->vgic, cpu, bank, i);
}

void vgic_lr_take_eoi_count(struct vgic_cpu *cpu)
{
    if (!(cpu->hcr & ICH_HCR_EL2_LRENPIE))
        return;
    uint64_t count = REG_GET(ICH_HCR_EL2, EOIcount, cpu->vgic->hw->hcr_read());
    if (count == 0)
        return;
    cpu->vgic->hw->hcr_write(cpu->hcr); /* its EOIcount is 0 */
    /* Deactivations come in the order of running priority: innermost first. */
    for (; count != 0; count--) {
        unsigned i;
        struct vgic_bank *bank = queued_active(cpu, &i);
        if (bank == NULL)
            return;
        vgic_lr_deactivate(cpu, bank, i);
    }
}

static unsigned queued_count(const struct vgic_cpu *cpu)
{
    unsigned count = 0;
    for (uint32_t b = cpu->queued_banks; b != 0; b &= b - 1)
        count += bit_count(cpu->queued[bit_lowest(b)]);
    return count;
}

static bool queue_fits(const struct vgic_cpu *cpu)
{
    uint32_t free_lrs = cpu->vgic->all_lrs & ~cpu->used_lrs;
    uint32_t banks = cpu->queued_banks, first = cpu->queued[bit_lowest(banks)];

    /* One interrupt, most of the time. */
    if (likely((banks & (banks - 1)) == 0 && (first & (first - 1)) == 0))
        return free_lrs != 0;
    return queued_count(cpu) <= bit_count(free_lrs);
}

/* Everything in the queue gets a list register. */
static void drain(struct vgic_cpu *cpu)
{
    while (cpu->queued_banks != 0) {
        struct vgic_bank *bank = vgic_bank(cpu, bit_lowest(cpu->queued_banks));
        unsigned i = bit_lowest(cpu->queued[bank->index]);
        vgic_irq_dequeue(cpu, bank, i);
        vgic_lr_put(cpu, bit_lowest(cpu->vgic->all_lrs & ~cpu->used_lrs), bank, i);
    }
}

/* A candidate for a list register. Lower ranks go first. */
struct pick {
    uint32_t rank;
    uint16_t intid;
    bool active;
};
#define RANK_CLOSED \
    0x200u /* its group is disabled in the virtual CPU interface: must not block others */

static struct pick pick_of(const struct vgic_bank *bank, unsigned i, uint32_t vmcr)
{
    bool active = bank->active & bit32(i);
    uint32_t open = bank->group1 & bit32(i) ? ICH_VMCR_EL2_VENG1 : ICH_VMCR_EL2_VENG0;
    return (struct pick){
        .rank = bank->irqs[i].priority * 2u + !active + (vmcr & open ? 0 : RANK_CLOSED),
        .intid = (uint16_t)(bank->index * 32 + i),
        .active = active,
    };
}

/* Keep BEST, *COUNT of at most MAX, sorted with PICK in it. */
static void pick_insert(struct pick *best, unsigned *count, unsigned max, struct pick pick)
{
    unsigned at = *count;
    BUG_ON(max == 0);
    if (at == max) {
        if (pick.rank >= best[max - 1].rank)
            return;
        at--;
    } else {
        (*count)++;
    }
    for (; at > 0 && best[at - 1].rank > pick.rank; at--)
        best[at] = best[at - 1];
    best[at] = pick;
}

/*
 * More than list registers can hold: the most urgent get them. One always goes to a pending
 * interrupt if there is any, lest active ones whose handlers wait for others keep them out.
 */
static void spill(struct vgic_cpu *cpu)
{
    struct vgic *vgic = cpu->vgic;
    uint32_t vmcr = vgic->hw->vmcr_read();
    uint32_t cleared = vgic_lr_fold_all(cpu);
    struct pick best[VGIC_LR_MAX], pending[1];
    unsigned count = 0, pending_count = 0;
    bool has_pending = false;

    for (uint32_t b = cpu->queued_banks; b != 0; b &= b - 1) {
        struct vgic_bank *bank = vgic_bank(cpu, bit_lowest(b));
        for (uint32_t m = cpu->queued[bank->index]; m != 0; m &= m - 1) {
            struct pick pick = pick_of(bank, bit_lowest(m), vmcr);
            pick_insert(best, &count, vgic->hw->lr_count, pick);
            if (!pick.active)
                pick_insert(pending, &pending_count, 1, pick);
        }
    }
    for (unsigned n = 0; n < count; n++)
        has_pending |= !best[n].active;
    if (!has_pending && pending_count != 0)
        best[count - 1] = pending[0];

    for (unsigned n = 0; n < count; n++) {
        struct vgic_bank *bank = vgic_bank(cpu, best[n].intid / 32);
        vgic_irq_dequeue(cpu, bank, best[n].intid % 32);
        vgic_lr_put(cpu, n, bank, best[n].intid % 32);
    }
    for (uint32_t m = cleared & ~cpu->used_lrs; m != 0; m &= m - 1)
        vgic->hw->lr_write(bit_lowest(m), 0);
}

bool vgic_lr_has_work(struct vgic_cpu *cpu, uint32_t vmcr)
{
    uint32_t pmr = (uint32_t)REG_GET(ICH_VMCR_EL2, VPMR, vmcr);
    uint32_t full = cpu->used_lrs & ~(uint32_t)cpu->vgic->hw->empty_lrs();
    for (uint32_t m = full; m != 0; m &= m - 1) {
        unsigned lr = bit_lowest(m);
        uint32_t intid = cpu->lr_intids[lr];
        const struct vgic_bank *bank = vgic_bank(cpu, intid / 32);
        uint32_t open = bank->group1 & bit32(intid % 32) ? ICH_VMCR_EL2_VENG1 : ICH_VMCR_EL2_VENG0;
        if ((vmcr & open) && bank->irqs[intid % 32].priority < pmr &&
            read_state(cpu->vgic, lr) == VGIC_LR_PENDING)
            return true;
    }
    return false;
}

/* Which maintenance interrupts what stayed in the queue needs. */
static uint32_t wanted_hcr(struct vgic_cpu *cpu)
{
    const struct vgic *vgic = cpu->vgic;
    uint32_t hcr = ICH_HCR_EL2_En, active = 0, pending = 0;
    if (cpu->queued_banks == 0)
        return hcr;
    for (uint32_t b = cpu->queued_banks; b != 0; b &= b - 1) {
        const struct vgic_bank *bank = vgic_bank(cpu, bit_lowest(b));
        active |= cpu->queued[bank->index] & bank->active;
        pending |= cpu->queued[bank->index] & ~bank->active;
    }
    if (active != 0)
        hcr |= ICH_HCR_EL2_LRENPIE | (vgic->hw->dir_traps ? ICH_HCR_EL2_TDIR : 0);
    if (pending != 0) {
        /* The order among them depends on which groups are enabled. */
        uint32_t vmcr = vgic->hw->vmcr_read();
        hcr |= ICH_HCR_EL2_NPIE;
        hcr |= vmcr & ICH_VMCR_EL2_VENG0 ? ICH_HCR_EL2_VGrp0DIE : ICH_HCR_EL2_VGrp0EIE;
        hcr |= vmcr & ICH_VMCR_EL2_VENG1 ? ICH_HCR_EL2_VGrp1DIE : ICH_HCR_EL2_VGrp1EIE;
    }
    return hcr;
}

void vgic_lr_refill(struct vgic_cpu *cpu)
{
    vgic_lr_release(cpu);
    vgic_lr_take_eoi_count(cpu);
    while (cpu->stale_lrs != 0) {
        unsigned lr = bit_lowest(cpu->stale_lrs);
        vgic_lr_fold(cpu, lr);
        vgic_irq_settle_lr(cpu, lr);
    }
    if (cpu->queued_banks != 0) {
        if (!queue_fits(cpu))
            vgic_lr_reclaim(cpu);
        if (queue_fits(cpu))
            drain(cpu);
        else
            spill(cpu);
    }
    uint32_t hcr = wanted_hcr(cpu);
    if (hcr != cpu->hcr) {
        cpu->hcr = hcr;
        cpu->vgic->hw->hcr_write(hcr);
    }
}
