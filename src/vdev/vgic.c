/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a vGIC: set-up, reset, loading and saving a vCPU's interface, input lines,
 * hardware-backed interrupts, and what a waiting vCPU asks (IHI 0048B, ch. 5; IHI 0069H, ch. 6).
 * Every function here takes the lock and leaves the work to vgic_irq.c (state) and vgic_list.c
 * (list registers). Must not know a register's offset.
 */
#include "lib/panic.h"
#include "lib/string.h"
#include "vdev/vgic_gicd.h"
#include "vdev/vgic_state.h"

static uint32_t bank_count(const struct vgic_config *config)
{
    return 1 + (uint32_t)align_up(config->spi_count, 32) / 32;
}

static size_t cpus_offset(void)
{
    return (size_t)align_up(sizeof(struct vgic), 64);
}

static size_t spis_offset(const struct vgic_config *config)
{
    return cpus_offset() + (size_t)align_up(config->cpu_count * sizeof(struct vgic_cpu), 64);
}

size_t vgic_size(const struct vgic_config *config)
{
    return spis_offset(config) + (bank_count(config) - 1) * sizeof(struct vgic_bank);
}

static void controller_set_level(struct virq_controller *controller, uint32_t cpu, uint32_t number,
                                 bool level)
{
    vgic_set_level(container_of(controller, struct vgic, controller), cpu, number, level);
}

static const struct virq_controller_ops controller_ops = {.set_level = controller_set_level};

static uint32_t typer_of(const struct vgic *vgic)
{
    enum { INTID_BITS = 10 };
    uint64_t lines = REG_PUT(GICD_TYPER, ITLinesNumber, vgic->bank_count - 1);
    if (vgic_is_v2(vgic))
        return (uint32_t)(lines | REG_PUT(GICD_TYPER, CPUNumber, vgic->config.cpu_count - 1));
    return (uint32_t)(lines | REG_PUT(GICD_TYPER, IDbits, INTID_BITS - 1) |
                      REG_PUT(GICD_TYPER, A3V, vgic->has_aff3) | REG_PUT(GICD_TYPER, RSS, 1));
}

enum err vgic_init(struct vgic *vgic, const struct vgic_config *config)
{
    const struct vgic_hw *hw = config->hw;
    if (hw->version != 2 && hw->version != 3)
        return ERR_UNSUPPORTED;
    if (config->cpu_count == 0 || config->cpu_count > VGIC_CPU_MAX ||
        config->spi_count > VGIC_INTID_MAX - VGIC_SPI_FIRST || hw->lr_count == 0 ||
        hw->lr_count > VGIC_LR_MAX || hw->apr_count > VGIC_APR_MAX)
        return ERR_RANGE;
    memset(vgic, 0, vgic_size(config));
    vgic->controller.ops = &controller_ops;
    vgic->hw = hw;
    vgic->config = *config;
    vgic->config.mpidrs = NULL; /* taken over here */
    vgic->bank_count = bank_count(config);
    vgic->all_lrs = (uint32_t)low_bits(hw->lr_count);
    vgic->cpus = (struct vgic_cpu *)((char *)vgic + cpus_offset());
    vgic->spis = (struct vgic_bank *)((char *)vgic + spis_offset(config));
    vgic->simple_affinity = true;
    for (uint32_t n = 0; n < config->cpu_count; n++) {
        struct vgic_cpu *cpu = &vgic->cpus[n];
        uint64_t mpidr = config->mpidrs != NULL ? config->mpidrs[n] : n;
        cpu->vgic = vgic;
        cpu->index = cpu->bank.owner = n;
        cpu->affinity = (uint32_t)(REG_GET(MPIDR_AFFINITY, Aff3, mpidr) << 24 |
                                   REG_GET(MPIDR_AFFINITY, Aff210, mpidr));
        vgic->simple_affinity &= cpu->affinity == n;
        vgic->has_aff3 |= REG_GET(MPIDR_AFFINITY, Aff3, mpidr) != 0;
    }
    for (uint32_t n = 1; n < vgic->bank_count; n++)
        vgic->spis[n - 1].index = n;
    vgic->typer = typer_of(vgic);
    vgic->iidr = VGIC_IIDR;
    vgic_reset(vgic);
    return ERR_NONE;
}

/* Reset state but for what is wired: lines and physical interrupts. */
static void reset_bank(struct vgic *vgic, struct vgic_bank *bank)
{
    struct vgic_bank old = *bank;
    if (bank->index != 0)
        for (uint32_t m = bank->phys; m != 0; m &= m - 1)
            vgic->hw->phys_active(bank->irqs[bit_lowest(m)].pirq, false);
    memset(bank, 0, sizeof *bank);
    bank->index = old.index;
    bank->existing =
        old.index == VGIC_INTID_MAX / 32 ? (uint32_t)low_bits(VGIC_INTID_MAX % 32) : ~0u;
    bank->owner = old.owner;
    bank->line = old.line;
    bank->hw = old.hw;
    for (unsigned i = 0; i < 32; i++) {
        bank->irqs[i].pirq = old.irqs[i].pirq;
        bank->irqs[i].cpu = (uint8_t)old.owner;
    }
    if (bank->index == 0) {
        bank->edge = VGIC_SGIS;
        if (vgic_is_v2(vgic))
            bank->enabled = VGIC_SGIS; /* for good, as the GIC-400's are */
    }
}

void vgic_reset(struct vgic *vgic)
{
    spin_lock(&vgic->lock);
    vgic->ctlr = vgic->open_group0 = vgic->open_group1 = 0;
    for (uint32_t n = 0; n < vgic->config.cpu_count; n++) {
        struct vgic_cpu *cpu = &vgic->cpus[n];
        BUG_ON(cpu->loaded);
        reset_bank(vgic, &cpu->bank);
        cpu->asleep = true;
        cpu->await = cpu->release = 0;
        cpu->queued_banks = 0;
        memset(&cpu->image, 0, sizeof cpu->image);
        memset(cpu->queued, 0, sizeof cpu->queued);
    }
    for (uint32_t n = 1; n < vgic->bank_count; n++)
        reset_bank(vgic, &vgic->spis[n - 1]);
    spin_unlock(&vgic->lock);
}

struct vgic_cpu *vgic_cpu_of(struct vgic *vgic, uint32_t cpu)
{
    BUG_ON(cpu >= vgic->config.cpu_count);
    return &vgic->cpus[cpu];
}

struct virq_controller *vgic_controller(struct vgic *vgic)
{
    return &vgic->controller;
}

/* ---- the interface in the hardware */

/* Private physical interrupts belong to whoever is loaded: give or take their active states. */
static void set_private_phys(struct vgic_cpu *cpu, bool active)
{
    for (uint32_t m = cpu->bank.phys; m != 0; m &= m - 1)
        cpu->vgic->hw->phys_active(cpu->bank.irqs[bit_lowest(m)].pirq, active);
}

static __noinline void load_more(struct vgic_cpu *cpu)
{
    struct vgic *vgic = cpu->vgic;
    spin_lock(&vgic->lock);
    cpu->loaded = true;
    set_private_phys(cpu, true);
    cpu->hcr = 0; /* written in any case */
    vgic_lr_refill(cpu);
    spin_unlock(&vgic->lock);
}

void vgic_load(struct vgic_cpu *cpu)
{
    const struct vgic_hw *hw = cpu->vgic->hw;
    BUG_ON(cpu->loaded);
    hw->image_load(&cpu->image);
    /*
     * Without the lock: who queues something after this look kicks after that; and only here, where
     * its timer fires, do its private interrupts get a physical one.
     */
    if (unlikely((read_once(cpu->queued_banks) | read_once(cpu->release) |
                  read_once(cpu->bank.phys)) != 0)) {
        load_more(cpu);
        return;
    }
    __atomic_store_n(&cpu->loaded, true, __ATOMIC_RELAXED);
    cpu->hcr = ICH_HCR_EL2_En;
    hw->hcr_write(cpu->hcr);
}

void vgic_save(struct vgic_cpu *cpu)
{
    struct vgic *vgic = cpu->vgic;
    const struct vgic_hw *hw = vgic->hw;
    spin_lock(&vgic->lock);
    BUG_ON(!cpu->loaded);
    vgic_lr_release(cpu);
    vgic_lr_take_eoi_count(cpu);
    if (cpu->used_lrs != 0)
        for (uint32_t m = vgic_lr_fold_all(cpu); m != 0; m &= m - 1)
            hw->lr_write(bit_lowest(m), 0);
    set_private_phys(cpu, false);
    hw->image_save(&cpu->image);
    /* Enabled alone, without list registers, it does nothing, and the next to come has it so. */
    if (cpu->hcr != ICH_HCR_EL2_En)
        hw->hcr_write(0);
    cpu->hcr = 0;
    cpu->loaded = false;
    spin_unlock(&vgic->lock);
}

void vgic_flush(struct vgic_cpu *cpu)
{
    BUG_ON(!cpu->loaded);
    /* Without the lock: who adds something after this look kicks after that. */
    if (cpu->stale_lrs == 0 && cpu->release == 0 && cpu->queued_banks == 0 &&
        cpu->hcr == ICH_HCR_EL2_En)
        return;
    spin_lock(&cpu->vgic->lock);
    if (!vgic_lr_revive(cpu))
        vgic_lr_refill(cpu);
    spin_unlock(&cpu->vgic->lock);
}

void vgic_maintenance(struct vgic_cpu *cpu)
{
    spin_lock(&cpu->vgic->lock);
    BUG_ON(!cpu->loaded);
    vgic_lr_take_eoi_count(cpu);
    vgic_lr_reclaim(cpu);
    vgic_lr_refill(cpu);
    spin_unlock(&cpu->vgic->lock);
}

void vgic_deactivate(struct vgic_cpu *cpu, uint32_t intid)
{
    struct vgic *vgic = cpu->vgic;
    if (intid >= vgic->bank_count * 32)
        return;
    struct vgic_bank *bank = vgic_bank(cpu, intid / 32);
    unsigned i = intid % 32;
    spin_lock(&vgic->lock);
    BUG_ON(!cpu->loaded);
    bool owned = bank->irqs[i].cpu == cpu->index;
    if (owned && (bank->in_lr & bit32(i))) {
        /* As the hardware would have done, had the write not trapped. */
        bank->drop_active |= bit32(i);
        bool phys = cpu->hw_lrs & bit32(bank->irqs[i].lr);
        vgic_irq_begin(cpu, bank, i);
        if (phys && (bank->phys & bit32(i)) && !(vgic_pending_word(bank) & bit32(i)))
            vgic_irq_release(vgic, cpu, bank, i);
        vgic_irq_end(vgic, cpu, bank, i);
    } else if (owned && (bank->active & bit32(i))) {
        vgic_lr_deactivate(cpu, bank, i);
        vgic_lr_refill(cpu);
    }
    spin_unlock(&vgic->lock);
}

/* ---- inputs */

/* The record of INTID of CPU; *I is its index in the bank. A bad INTID is our bug. */
static struct vgic_bank *input_bank(struct vgic *vgic, uint32_t cpu, uint32_t intid, unsigned *i)
{
    BUG_ON(intid < VGIC_SGI_COUNT || intid >= VGIC_INTID_MAX || intid / 32 >= vgic->bank_count);
    BUG_ON(intid < VGIC_SPI_FIRST && cpu >= vgic->config.cpu_count);
    *i = intid % 32;
    return vgic_bank(&vgic->cpus[intid < VGIC_SPI_FIRST ? cpu : 0], intid / 32);
}

void vgic_set_level(struct vgic *vgic, uint32_t cpu, uint32_t intid, bool level)
{
    unsigned i;
    struct vgic_bank *bank = input_bank(vgic, cpu, intid, &i);
    uint32_t bit = bit32(i);
    spin_lock(&vgic->lock);
    bool old = bank->line & bit;
    bank->line = level ? bank->line | bit : bank->line & ~bit;
    if (old != level) {
        if (level)
            bank->latch |= bank->edge & bit;
        vgic_irqs_changed(vgic, NULL, bank, bit);
    } else if (!level && (bank->phys & ~bank->in_lr & bank->latch & bit)) {
        bank->latch &= ~bit; /* hardware-backed, and withdrawn before it was taken */
        vgic_irqs_changed(vgic, NULL, bank, bit);
    }
    spin_unlock(&vgic->lock);
}

void vgic_map_hw(struct vgic *vgic, uint32_t cpu, uint32_t intid, uint32_t pirq)
{
    unsigned i;
    struct vgic_bank *bank = input_bank(vgic, cpu, intid, &i);
    BUG_ON(pirq >= VGIC_INTID_MAX);
    spin_lock(&vgic->lock);
    bank->hw |= bit32(i);
    bank->irqs[i].pirq = (uint16_t)pirq;
    spin_unlock(&vgic->lock);
}

/* Both ways to fire; HERE is NULL if the vCPU is away. */
static void hw_fired(struct vgic_cpu *cpu, struct vgic_cpu *here, uint32_t intid)
{
    struct vgic *vgic = cpu->vgic;
    unsigned i;
    struct vgic_bank *bank = input_bank(vgic, cpu->index, intid, &i);
    const struct vgic_irq *irq = &bank->irqs[i];
    uint32_t bit = bit32(i);
    BUG_ON(!(bank->hw & bit));
    if (here == NULL && (bank->phys & bit))
        return; /* until the guest has ended the last one, the physical interrupt could not fire
                   either */
    if (bank->in_lr & bit) {
        struct vgic_cpu *owner = &vgic->cpus[irq->cpu];
        if (owner == here)
            vgic_lr_fold(owner, irq->lr);
        else if (owner->hw_lrs & bit32(irq->lr))
            vgic_lr_forget(owner, irq->lr); /* it fired anew, so the last one is over there */
    }
    bank->phys |= bit;
    bank->latch |= bit;
    if (bank->index == 0)
        cpu->release &= ~bit;
    vgic_irq_end(vgic, here, bank, i);
}

void vgic_hw_fired(struct vgic_cpu *cpu, uint32_t intid)
{
    struct vgic_bank *bank = &cpu->bank;
    spin_lock(&cpu->vgic->lock);
    BUG_ON(!cpu->loaded);
    if (intid < VGIC_SPI_FIRST && (cpu->hw_lrs & bit32(bank->irqs[intid].lr)) &&
        vgic_lr_reoffer(cpu, bank, intid))
        bank->phys |= bit32(intid);
    else
        hw_fired(cpu, cpu, intid);
    spin_unlock(&cpu->vgic->lock);
}

void vgic_hw_fired_away(struct vgic_cpu *cpu, uint32_t intid)
{
    spin_lock(&cpu->vgic->lock);
    BUG_ON(cpu->loaded);
    hw_fired(cpu, NULL, intid);
    spin_unlock(&cpu->vgic->lock);
}

/* ---- WFI */

static bool queue_has_work(struct vgic_cpu *cpu, uint32_t vmcr)
{
    uint32_t pmr = (uint32_t)REG_GET(ICH_VMCR_EL2, VPMR, vmcr);
    uint32_t open0 = vmcr & ICH_VMCR_EL2_VENG0 ? ~0u : 0;
    uint32_t open1 = vmcr & ICH_VMCR_EL2_VENG1 ? ~0u : 0;
    for (uint32_t b = cpu->queued_banks; b != 0; b &= b - 1) {
        const struct vgic_bank *bank = vgic_bank(cpu, bit_lowest(b));
        uint32_t m = cpu->queued[bank->index] & ~bank->active;
        for (m &= (bank->group1 & open1) | (~bank->group1 & open0); m != 0; m &= m - 1)
            if (bank->irqs[bit_lowest(m)].priority < pmr)
                return true;
    }
    return false;
}

/*
 * CPU, loaded here, has nothing queued and nothing but empty list registers. Without the lock:
 * what comes after this look brings a kick, and nobody else uses list registers of this CPU.
 */
static bool has_nothing(const struct vgic_cpu *cpu)
{
    return (read_once(cpu->stale_lrs) | read_once(cpu->release) | read_once(cpu->queued_banks)) ==
               0 &&
           (read_once(cpu->used_lrs) & ~(uint32_t)cpu->vgic->hw->empty_lrs()) == 0;
}

bool vgic_pending(struct vgic_cpu *cpu)
{
    struct vgic *vgic = cpu->vgic;
    if (cpu->loaded && has_nothing(cpu))
        return false;
    spin_lock(&vgic->lock);
    bool found = false;
    if (cpu->loaded) {
        uint32_t vmcr = vgic->hw->vmcr_read();
        if (cpu->stale_lrs != 0 || cpu->release != 0)
            vgic_lr_refill(cpu);
        found = vgic_lr_has_work(cpu, vmcr) || queue_has_work(cpu, vmcr);
    } else {
        found = queue_has_work(cpu, cpu->image.vmcr);
    }
    spin_unlock(&vgic->lock);
    return found;
}
