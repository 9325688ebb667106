/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens to an interrupt when something about it changes: whose it is, whether it waits in a
 * queue, goes to a list register or comes out of one, and who must be told (IHI 0048B, 3.2; IHI
 * 0069H, 4.1: interrupt handling state machine). Must not know registers' offsets nor list-register
 * formats.
 *
 * All functions: vgic->lock held.
 */
#include "vdev/vgic_gicd.h"
#include "vdev/vgic_state.h"

void vgic_kick(struct vgic *vgic, const struct vgic_cpu *cpu)
{
    vgic->config.kick(vgic->config.owner, cpu->index);
}

void vgic_await(struct vgic_cpu *here, const struct vgic_bank *bank, uint32_t mask)
{
    for (mask &= bank->in_lr; mask != 0; mask &= mask - 1) {
        uint32_t owner = bank->irqs[bit_lowest(mask)].cpu;
        if (owner != here->index)
            here->await |= bit32(owner);
    }
}

void vgic_irq_release(struct vgic *vgic, struct vgic_cpu *here, struct vgic_bank *bank, unsigned i)
{
    bank->phys &= ~bit32(i);
    if (bank->index != 0) {
        vgic->hw->phys_active(bank->irqs[i].pirq, false);
        return;
    }
    struct vgic_cpu *owner = &vgic->cpus[bank->owner];
    if (!owner->loaded)
        return; /* vgic_save took it off the physical CPU */
    if (owner == here) {
        vgic->hw->phys_active(bank->irqs[i].pirq, false);
    } else {
        owner->release |= bit32(i);
        vgic_kick(vgic, owner);
    }
}

/* The vCPU that a pending SPI is for; NULL if its routing names none. */
static struct vgic_cpu *spi_target(struct vgic *vgic, const struct vgic_irq *irq)
{
    if (vgic_is_v2(vgic)) {
        if (vgic->config.cpu_count == 1)
            return &vgic->cpus[0];
        /* Of several targets one is to take it: we choose the lowest. */
        return irq->targets != 0 ? &vgic->cpus[bit_lowest(irq->targets)] : NULL;
    }
    if (irq->route & GICD_IROUTER_IRM) {
        for (uint32_t n = 0; n < vgic->config.cpu_count; n++)
            if (!vgic->cpus[n].asleep)
                return &vgic->cpus[n];
        return &vgic->cpus[0];
    }
    uint32_t affinity = (uint32_t)(REG_GET(GICD_IROUTER, Aff3, irq->route) << 24 |
                                   REG_GET(GICD_IROUTER, Aff210, irq->route));
    for (uint32_t n = 0; n < vgic->config.cpu_count; n++)
        if (vgic->cpus[n].affinity == affinity)
            return &vgic->cpus[n];
    return NULL;
}

struct vgic_cpu *vgic_irq_route(struct vgic *vgic, const struct vgic_bank *bank, unsigned i)
{
    return bank->index == 0 ? &vgic->cpus[bank->owner] : spi_target(vgic, &bank->irqs[i]);
}

/*
 * Where interrupt I, folded, belongs now: NULL if there is nothing to deliver nor to deactivate, or
 * nobody to deliver it to. An active one stays where it is active.
 */
static struct vgic_cpu *target_of(struct vgic *vgic, struct vgic_cpu *here, struct vgic_bank *bank,
                                  unsigned i)
{
    struct vgic_irq *irq = &bank->irqs[i];
    uint32_t bit = bit32(i);
    if (bank->active & bit)
        return &vgic->cpus[irq->cpu];
    /* A line that software cleared would stay dead: let it fire again if it is still asserted. */
    if ((bank->phys & bit) && !(vgic_pending_word(bank) & bit))
        vgic_irq_release(vgic, here, bank, i);
    if (!(vgic_deliverable_word(vgic, bank) & bit))
        return NULL;
    struct vgic_cpu *target = bank->index == 0 ? &vgic->cpus[bank->owner] : spi_target(vgic, irq);
    if (target != NULL)
        irq->cpu = (uint8_t)target->index;
    return target;
}

static void enqueue(struct vgic_cpu *cpu, const struct vgic_bank *bank, unsigned i)
{
    cpu->queued[bank->index] |= bit32(i);
    cpu->queued_banks |= bit32(bank->index);
}

void vgic_irq_dequeue(struct vgic_cpu *cpu, struct vgic_bank *bank, unsigned i)
{
    cpu->queued[bank->index] &= ~bit32(i);
    if (cpu->queued[bank->index] == 0)
        cpu->queued_banks &= ~bit32(bank->index);
}

struct vgic_cpu *vgic_irq_queue(struct vgic *vgic, struct vgic_cpu *here, struct vgic_bank *bank,
                                unsigned i)
{
    struct vgic_cpu *target = target_of(vgic, here, bank, i);
    if (target == NULL)
        return NULL;
    enqueue(target, bank, i);
    if (target != here && (vgic_deliverable_word(vgic, bank) & bit32(i)))
        vgic_kick(vgic, target);
    return target;
}

void vgic_irq_settle_lr(struct vgic_cpu *cpu, unsigned lr)
{
    uint32_t intid = cpu->lr_intids[lr];
    struct vgic_bank *bank = vgic_bank(cpu, intid / 32);
    unsigned i = intid % 32;
    if (target_of(cpu->vgic, cpu, bank, i) == cpu) {
        vgic_lr_put(cpu, lr, bank, i);
    } else {
        vgic_lr_retire(cpu, lr);
        (void)vgic_irq_queue(cpu->vgic, cpu, bank, i);
    }
}

void vgic_irq_begin(struct vgic_cpu *here, struct vgic_bank *bank, unsigned i)
{
    const struct vgic_irq *irq = &bank->irqs[i];
    if (here == NULL || !here->loaded)
        return;
    if (bank->in_lr & bit32(i)) {
        if (irq->cpu == here->index)
            vgic_lr_fold(here, irq->lr);
    } else if ((vgic_fired_word(bank) & bit32(i)) && bank->owner == here->index &&
               vgic_phys_has_ceased(here->vgic, bank, i)) {
        bank->latch &= ~bit32(i);
        vgic_irq_release(here->vgic, here, bank, i);
    }
}

void vgic_irq_end(struct vgic *vgic, struct vgic_cpu *here, struct vgic_bank *bank, unsigned i)
{
    const struct vgic_irq *irq = &bank->irqs[i];
    struct vgic_cpu *owner = &vgic->cpus[irq->cpu];
    bool loaded_here = here != NULL && here->loaded;
    if (bank->in_lr & bit32(i)) {
        if (loaded_here && owner == here) {
            vgic_irq_settle_lr(here, irq->lr);
            if (here->queued_banks != 0)
                vgic_lr_refill(here);
        } else {
            bank->plain &= ~bit32(i);
            owner->stale_lrs |= bit32(irq->lr);
            vgic_kick(vgic, owner);
        }
        return;
    }
    bool was_queued = (owner->queued[bank->index] & bit32(i)) != 0;
    if (was_queued)
        vgic_irq_dequeue(owner, bank, i);
    if (loaded_here) {
        uint32_t free_lrs = vgic->all_lrs & ~here->used_lrs;
        if (free_lrs != 0 && target_of(vgic, here, bank, i) == here)
            vgic_lr_put(here, bit_lowest(free_lrs), bank, i);
        else if (vgic_irq_queue(vgic, here, bank, i) == here || (was_queued && owner == here))
            vgic_lr_refill(here);
    } else {
        (void)vgic_irq_queue(vgic, NULL, bank, i);
    }
}

__noinline void vgic_irqs_changed(struct vgic *vgic, struct vgic_cpu *here, struct vgic_bank *bank,
                                  uint32_t mask)
{
    for (; mask != 0; mask &= mask - 1) {
        unsigned i = bit_lowest(mask);
        vgic_irq_begin(here, bank, i);
        vgic_irq_end(vgic, here, bank, i);
    }
}

static __noinline void send_sgi_anyhow(struct vgic_cpu *here, struct vgic_cpu *target, unsigned sgi)
{
    struct vgic_bank *bank = &target->bank;

    vgic_irq_begin(here, bank, sgi);
    bank->latch |= bit32(sgi);
    if (vgic_is_v2(target->vgic))
        bank->irqs[sgi].sources |= (uint8_t)bit32(here->index);
    vgic_irq_end(target->vgic, here, bank, sgi);
}

static __noinline void send_sgi_here(struct vgic_cpu *here, unsigned sgi)
{
    struct vgic_bank *bank = &here->bank;

    /* On v2 the list register names the sender. On v3 `source` is always 0, and of no meaning. */
    if ((vgic_is_v2(here->vgic) && bank->irqs[sgi].source != here->index) ||
        !vgic_lr_reoffer(here, bank, sgi))
        send_sgi_anyhow(here, here, sgi);
}

static __noinline void send_sgi_away(struct vgic_cpu *here, struct vgic_cpu *target, unsigned sgi)
{
    struct vgic_bank *bank = &target->bank;
    struct vgic_irq *irq = &bank->irqs[sgi];

    if (!(bank->plain & bit32(sgi))) {
        send_sgi_anyhow(here, target, sgi);
        return;
    }
    /* Nothing is new but this: its own CPU sees to it (vgic_lr_revive). */
    target->stale_lrs |= bit32(irq->lr);
    bank->latch |= bit32(sgi);
    if (vgic_is_v2(target->vgic))
        irq->sources |= (uint8_t)bit32(here->index);
    vgic_kick(target->vgic, target);
}

static __always_inline void send_sgi(struct vgic_cpu *here, uint32_t index, unsigned sgi)
{
    if (index == here->index)
        send_sgi_here(here, sgi);
    else
        send_sgi_away(here, &here->vgic->cpus[index], sgi);
}

static __noinline void send_sgi_to_several(struct vgic_cpu *here, uint32_t targets, unsigned sgi)
{
    for (; targets != 0; targets &= targets - 1)
        send_sgi(here, bit_lowest(targets), sgi);
}

void vgic_irq_send_sgi(struct vgic_cpu *here, uint32_t targets, unsigned sgi)
{
    if (unlikely((targets & (targets - 1)) != 0))
        send_sgi_to_several(here, targets, sgi);
    else if (targets != 0)
        send_sgi(here, bit_lowest(targets), sgi);
}

void vgic_set_ctlr(struct vgic_cpu *here, uint32_t value)
{
    struct vgic *vgic = here->vgic;
    value &= GICD_CTLR_EnableGrp0 | GICD_CTLR_EnableGrp1;
    if (value == vgic->ctlr)
        return;
    vgic->ctlr = value;
    vgic->open_group0 = value & GICD_CTLR_EnableGrp0 ? ~0u : 0;
    vgic->open_group1 = value & GICD_CTLR_EnableGrp1 ? ~0u : 0;
    for (uint32_t n = 0; n < vgic->config.cpu_count; n++) {
        struct vgic_bank *bank = &vgic->cpus[n].bank;
        vgic_await(here, bank, bank->in_lr);
        vgic_irqs_changed(vgic, here, bank, vgic_pending_word(bank) | bank->in_lr);
    }
    for (uint32_t n = 1; n < vgic->bank_count; n++) {
        struct vgic_bank *bank = vgic_bank(here, n);
        vgic_await(here, bank, bank->in_lr);
        vgic_irqs_changed(vgic, here, bank, vgic_pending_word(bank) | bank->in_lr);
    }
}
