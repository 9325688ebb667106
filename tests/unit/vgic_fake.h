/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two physical CPUs' virtual CPU interfaces, as the manuals describe them (IHI 0048B, 5.2 and 5.3;
 * IHI 0069H, 6.2 and 12.4), and the guest's side of them: acknowledge, end, deactivate. Works on
 * the real list-register formats. Included by one test file at a time.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/bits.h"
#include "vdev/vgic.h"
#include "vdev/vgic_gicd.h"
#include "vdev/vgic_lr.h"

#define FAKE_CPUS     2
#define FAKE_SPURIOUS 1023u

struct fake_if {
    uint64_t lrs[VGIC_LR_MAX];
    uint32_t hcr, vmcr;
    uint32_t apr; /* one bit for each of 32 priority levels, both groups */
    bool phys_active[32];
    struct vgic_cpu *loaded;
};

static struct fake_if fake_ifs[FAKE_CPUS];
static bool fake_spi_active[VGIC_INTID_MAX];
static unsigned fake_here; /* the physical CPU we are on */
static unsigned fake_lr_writes, fake_lr_reads, fake_kicks, fake_syncs, fake_maintenances;
static uint32_t fake_kicked;    /* vCPUs */
static int fake_accessing = -1; /* the vCPU that performs an MMIO access; -1: none */
static struct vgic_hw fake_hw;
static struct vgic *fake_vgic;
static struct vgic_config fake_config;

static inline bool fake_v2(void)
{
    return fake_hw.version == 2;
}
static inline unsigned fake_lr_state(uint64_t lr)
{
    return (unsigned)(fake_v2() ? REG_GET(GICH_LR, State, lr) : REG_GET(ICH_LR_EL2, State, lr));
}
static inline uint64_t fake_lr_set_state(uint64_t lr, unsigned state)
{
    return fake_v2() ? REG_SET(GICH_LR, State, lr, state) : REG_SET(ICH_LR_EL2, State, lr, state);
}
static inline bool fake_lr_hw(uint64_t lr)
{
    return fake_v2() ? lr & GICH_LR_HW : lr & ICH_LR_EL2_HW;
}
static inline bool fake_lr_eoi(uint64_t lr)
{
    return !fake_lr_hw(lr) && (fake_v2() ? lr & GICH_LR_SW_EOI : lr & ICH_LR_SW_EOI);
}
static inline bool fake_lr_group1(uint64_t lr)
{
    return fake_v2() ? lr & GICH_LR_Grp1 : lr & ICH_LR_EL2_Group;
}
static inline unsigned fake_lr_priority(uint64_t lr)
{
    return (unsigned)(fake_v2() ? REG_GET(GICH_LR, Priority, lr) << 3
                                : REG_GET(ICH_LR_EL2, Priority, lr));
}
/* What IAR says: on v2 with the sender of an SGI in bits 12 to 10. */
static inline uint32_t fake_lr_iar(uint64_t lr)
{
    if (!fake_v2())
        return (uint32_t)REG_GET(ICH_LR_EL2, vINTID, lr);
    uint32_t intid = (uint32_t)REG_GET(GICH_LR, VirtualID, lr);
    return fake_lr_hw(lr) ? intid : intid | (uint32_t)REG_GET(GICH_LR_SW, CPUID, lr) << 10;
}

static uint64_t fake_lr_read(unsigned index)
{
    assert_true(index < fake_hw.lr_count);
    fake_lr_reads++;
    return fake_ifs[fake_here].lrs[index];
}

static void fake_lr_write(unsigned index, uint64_t value)
{
    assert_true(index < fake_hw.lr_count);
    fake_lr_writes++;
    /* The architecture has no such state. */
    if (fake_lr_hw(value))
        assert_int_not_equal(fake_lr_state(value), VGIC_LR_PENDING_ACTIVE);
    fake_ifs[fake_here].lrs[index] = value;
}

static bool fake_lr_renew(unsigned index)
{
    uint64_t *lr = &fake_ifs[fake_here].lrs[index];

    assert_true(index < fake_hw.lr_count);
    if (fake_lr_state(*lr) != VGIC_LR_INVALID)
        return false;
    fake_lr_writes++;
    *lr |= fake_v2() ? REG_PUT(GICH_LR, State, VGIC_LR_PENDING)
                     : REG_PUT(ICH_LR_EL2, State, VGIC_LR_PENDING);
    return true;
}

static uint64_t fake_empty_lrs(void)
{
    uint64_t empty = 0;
    for (unsigned n = 0; n < fake_hw.lr_count; n++) {
        uint64_t lr = fake_ifs[fake_here].lrs[n];
        if (fake_lr_state(lr) == 0 && !fake_lr_eoi(lr))
            empty |= bit64(n);
    }
    return empty;
}

static void fake_hcr_write(uint32_t value)
{
    fake_ifs[fake_here].hcr = value;
}
static uint32_t fake_hcr_read(void)
{
    return fake_ifs[fake_here].hcr;
}
static uint32_t fake_vmcr_read(void)
{
    return fake_ifs[fake_here].vmcr;
}
static void fake_image_save(struct vgic_image *image)
{
    image->vmcr = fake_ifs[fake_here].vmcr;
    image->apr[0][0] = fake_ifs[fake_here].apr;
}
static void fake_image_load(const struct vgic_image *image)
{
    fake_ifs[fake_here].vmcr = image->vmcr;
    fake_ifs[fake_here].apr = image->apr[0][0];
}
static void fake_phys_active(uint32_t pirq, bool active)
{
    assert_true(pirq < VGIC_INTID_MAX);
    if (pirq < 32)
        fake_ifs[fake_here].phys_active[pirq] = active;
    else
        fake_spi_active[pirq] = active;
}

static void fake_kick(void *owner, uint32_t cpu)
{
    assert_ptr_equal(owner, &fake_vgic);
    assert_true(cpu < fake_config.cpu_count);
    assert_int_not_equal(cpu, fake_accessing); /* never the one calling */
    fake_kicks++;
    fake_kicked |= bit32(cpu);
}

/* On the physical CPU where vCPU CPU is loaded, if any, do what its request asks. */
static void fake_flush(uint32_t cpu)
{
    unsigned was = fake_here;
    for (unsigned n = 0; n < FAKE_CPUS; n++)
        if (fake_ifs[n].loaded == vgic_cpu_of(fake_vgic, cpu)) {
            fake_here = n;
            vgic_flush(fake_ifs[n].loaded);
        }
    fake_here = was;
    fake_kicked &= ~bit32(cpu);
}

static void fake_sync(void *owner, uint32_t cpu)
{
    int accessing = fake_accessing;
    fake_syncs++;
    assert_ptr_equal(owner, &fake_vgic);
    fake_accessing = -1;
    fake_flush(cpu);
    fake_accessing = accessing;
}

static void fake_load(unsigned pcpu, uint32_t cpu)
{
    fake_here = pcpu;
    fake_ifs[pcpu].loaded = vgic_cpu_of(fake_vgic, cpu);
    vgic_load(fake_ifs[pcpu].loaded);
}

static inline void fake_save(unsigned pcpu)
{
    fake_here = pcpu;
    vgic_save(fake_ifs[pcpu].loaded);
    fake_ifs[pcpu].loaded = NULL;
    assert_int_equal(fake_ifs[pcpu].hcr & ~ICH_HCR_EL2_En, 0);
    for (unsigned n = 0; n < fake_hw.lr_count; n++)
        assert_true(fake_empty_lrs() & bit64(n));
}

/* Is a maintenance interrupt signalled on this CPU? GICH_MISR, ICH_MISR_EL2. */
static bool fake_misr(void)
{
    const struct fake_if *f = &fake_ifs[fake_here];
    bool eoi = false, pending = false;
    if (!(f->hcr & ICH_HCR_EL2_En))
        return false;
    for (unsigned n = 0; n < fake_hw.lr_count; n++) {
        eoi |= fake_lr_state(f->lrs[n]) == 0 && fake_lr_eoi(f->lrs[n]);
        pending |= fake_lr_state(f->lrs[n]) == VGIC_LR_PENDING;
    }
    return eoi || ((f->hcr & ICH_HCR_EL2_NPIE) && !pending) ||
           ((f->hcr & ICH_HCR_EL2_LRENPIE) && REG_GET(ICH_HCR_EL2, EOIcount, f->hcr) != 0) ||
           ((f->hcr & ICH_HCR_EL2_VGrp0EIE) && (f->vmcr & ICH_VMCR_EL2_VENG0)) ||
           ((f->hcr & ICH_HCR_EL2_VGrp0DIE) && !(f->vmcr & ICH_VMCR_EL2_VENG0)) ||
           ((f->hcr & ICH_HCR_EL2_VGrp1EIE) && (f->vmcr & ICH_VMCR_EL2_VENG1)) ||
           ((f->hcr & ICH_HCR_EL2_VGrp1DIE) && !(f->vmcr & ICH_VMCR_EL2_VENG1));
}

/* What happens before a guest instruction: requests of other CPUs, maintenance interrupts. */
static void fake_settle(void)
{
    unsigned was = fake_here;
    for (unsigned round = 0;; round++) {
        bool quiet = true;
        assert_true(round < 8); /* else a storm */
        for (uint32_t cpu = 0; cpu < fake_config.cpu_count; cpu++)
            if (fake_kicked & bit32(cpu)) {
                fake_flush(cpu);
                quiet = false;
            }
        for (fake_here = 0; fake_here < FAKE_CPUS; fake_here++)
            if (fake_ifs[fake_here].loaded != NULL && fake_misr()) {
                fake_maintenances++;
                vgic_maintenance(fake_ifs[fake_here].loaded);
                quiet = false;
            }
        if (quiet)
            break;
    }
    fake_here = was;
}

/* ---- the guest on physical CPU PCPU */

static inline unsigned fake_running(const struct fake_if *f)
{
    return f->apr != 0 ? bit_lowest(f->apr) * 8 : 0x100;
}

/* The list register that IAR would take; -1 for none. */
static int fake_highest(unsigned pcpu)
{
    const struct fake_if *f = &fake_ifs[pcpu];
    int best = -1;
    if (!(f->hcr & ICH_HCR_EL2_En))
        return -1;
    for (unsigned n = 0; n < fake_hw.lr_count; n++) {
        uint64_t lr = f->lrs[n];
        uint32_t enable = fake_lr_group1(lr) ? ICH_VMCR_EL2_VENG1 : ICH_VMCR_EL2_VENG0;
        if (fake_lr_state(lr) != VGIC_LR_PENDING || !(f->vmcr & enable))
            continue;
        if (best < 0 || fake_lr_priority(lr) < fake_lr_priority(f->lrs[best]))
            best = (int)n;
    }
    if (best >= 0 && (fake_lr_priority(f->lrs[best]) >= REG_GET(ICH_VMCR_EL2, VPMR, f->vmcr) ||
                      fake_lr_priority(f->lrs[best]) >= fake_running(f)))
        return -1;
    return best;
}

/* An interrupt in two list registers is UNPREDICTABLE. */
static void fake_check_lrs(const struct fake_if *f)
{
    for (unsigned n = 0; n < fake_hw.lr_count; n++)
        for (unsigned k = 0; k < n; k++)
            if (fake_lr_state(f->lrs[n]) != 0 && fake_lr_state(f->lrs[k]) != 0)
                assert_int_not_equal(fake_lr_iar(f->lrs[n]) & 0x3ff,
                                     fake_lr_iar(f->lrs[k]) & 0x3ff);
}

static inline uint32_t fake_ack(unsigned pcpu)
{
    fake_settle();
    struct fake_if *f = &fake_ifs[pcpu];
    fake_check_lrs(f);
    int best = fake_highest(pcpu);
    if (best < 0)
        return FAKE_SPURIOUS;
    f->apr |= bit32(fake_lr_priority(f->lrs[best]) / 8);
    f->lrs[best] = fake_lr_set_state(f->lrs[best], VGIC_LR_ACTIVE);
    return fake_lr_iar(f->lrs[best]);
}

static void fake_dir(unsigned pcpu, uint32_t iar)
{
    struct fake_if *f = &fake_ifs[pcpu];
    for (unsigned n = 0; n < fake_hw.lr_count; n++) {
        uint64_t *lr = &f->lrs[n];
        unsigned state = fake_lr_state(*lr);
        if (!(state & VGIC_LR_ACTIVE) || fake_lr_iar(*lr) != iar)
            continue;
        *lr = fake_lr_set_state(*lr, state & ~(unsigned)VGIC_LR_ACTIVE);
        if (fake_lr_hw(*lr)) {
            uint32_t pirq = (uint32_t)(fake_v2() ? REG_GET(GICH_LR, PhysicalID, *lr)
                                                 : REG_GET(ICH_LR_EL2, pINTID, *lr));
            bool *active = pirq < 32 ? &f->phys_active[pirq] : &fake_spi_active[pirq];
            assert_true(*active);
            *active = false;
        }
        return;
    }
    uint64_t count = REG_GET(ICH_HCR_EL2, EOIcount, f->hcr);
    f->hcr = (uint32_t)REG_SET(ICH_HCR_EL2, EOIcount, f->hcr, count + 1);
}

static inline void fake_eoi(unsigned pcpu, uint32_t iar)
{
    struct fake_if *f = &fake_ifs[pcpu];
    assert_int_not_equal(f->apr, 0);
    f->apr &= f->apr - 1;
    if (!(f->vmcr & ICH_VMCR_EL2_VEOIM))
        fake_dir(pcpu, iar);
    fake_settle();
}

/* ---- the guest's accesses, by the vCPU loaded on physical CPU PCPU */

enum fake_device { FAKE_GICD, FAKE_GICR };

static bool fake_access(unsigned pcpu, enum fake_device device, struct mmio_access *m)
{
    uint32_t cpu = 0;
    while (vgic_cpu_of(fake_vgic, cpu) != fake_ifs[pcpu].loaded)
        cpu++;
    m->vcpu = cpu;
    fake_here = pcpu;
    fake_accessing = (int)cpu;
    bool done = device == FAKE_GICR ? vgic_v3_redist_mmio(fake_vgic, m)
                : fake_v2()         ? vgic_v2_dist_mmio(fake_vgic, m)
                                    : vgic_v3_dist_mmio(fake_vgic, m);
    fake_accessing = -1;
    return done;
}

static void fake_write_sized(unsigned pcpu, enum fake_device device, uint64_t offset,
                             unsigned size_bytes, uint64_t value)
{
    struct mmio_access m = {
        .offset = offset, .value = value, .size_bytes = (uint8_t)size_bytes, .write = true};
    assert_true(fake_access(pcpu, device, &m));
}

static uint64_t fake_read_sized(unsigned pcpu, enum fake_device device, uint64_t offset,
                                unsigned size_bytes)
{
    struct mmio_access m = {
        .offset = offset, .value = 0xdeadbeef, .size_bytes = (uint8_t)size_bytes};
    assert_true(fake_access(pcpu, device, &m));
    return m.value;
}

static inline void gicd_write(unsigned pcpu, uint64_t offset, uint64_t value)
{
    fake_write_sized(pcpu, FAKE_GICD, offset, 4, value);
}
static inline uint32_t gicd_read(unsigned pcpu, uint64_t offset)
{
    return (uint32_t)fake_read_sized(pcpu, FAKE_GICD, offset, 4);
}

/* A private register at OFFSET of vCPU CPU, wherever the version has it, accessed by PCPU (v2: CPU
 * is there). */
#define FAKE_SGI_FRAME(cpu) ((uint64_t)(cpu)*0x20000 + 0x10000)
static inline void private_write(unsigned pcpu, uint32_t cpu, uint64_t offset, uint64_t value)
{
    if (fake_v2())
        gicd_write(pcpu, offset, value);
    else
        fake_write_sized(pcpu, FAKE_GICR, FAKE_SGI_FRAME(cpu) + offset, 4, value);
}
static inline uint32_t private_read(unsigned pcpu, uint32_t cpu, uint64_t offset)
{
    if (fake_v2())
        return gicd_read(pcpu, offset);
    return (uint32_t)fake_read_sized(pcpu, FAKE_GICR, FAKE_SGI_FRAME(cpu) + offset, 4);
}
/* A register with BITS for each interrupt: the field of INTID as seen by PCPU, where vCPU CPU is.
 */
static inline void irq_write(unsigned pcpu, uint32_t cpu, uint64_t base, uint32_t intid)
{
    uint64_t offset = base + intid / 32 * 4;
    if (intid < 32)
        private_write(pcpu, cpu, offset, bit32(intid % 32));
    else
        gicd_write(pcpu, offset, bit32(intid % 32));
}
static inline bool irq_read(unsigned pcpu, uint32_t cpu, uint64_t base, uint32_t intid)
{
    uint64_t offset = base + intid / 32 * 4;
    uint32_t word = intid < 32 ? private_read(pcpu, cpu, offset) : gicd_read(pcpu, offset);
    return word & bit32(intid % 32);
}
static inline void irq_priority(unsigned pcpu, uint32_t cpu, uint32_t intid, uint8_t priority)
{
    if (intid < 32 && !fake_v2())
        fake_write_sized(pcpu, FAKE_GICR, FAKE_SGI_FRAME(cpu) + 0x400 + intid, 1, priority);
    else
        fake_write_sized(pcpu, FAKE_GICD, 0x400 + intid, 1, priority);
}
static inline void irq_route(unsigned pcpu, uint32_t intid, uint32_t cpu)
{
    if (fake_v2())
        fake_write_sized(pcpu, FAKE_GICD, 0x800 + intid, 1, bit32(cpu));
    else
        fake_write_sized(pcpu, FAKE_GICD, 0x6000 + 8 * intid, 8, cpu);
}
static inline void send_sgi(unsigned pcpu, uint32_t target, uint32_t sgi)
{
    fake_here = pcpu;
    if (fake_v2())
        gicd_write(pcpu, 0xf00, REG_PUT(GICD_SGIR, CPUTargetList, bit32(target)) | sgi);
    else
        vgic_sgi1r(fake_ifs[pcpu].loaded,
                   REG_PUT(ICC_SGI1R_EL1, TargetList, bit32(target)) |
                       REG_PUT(ICC_SGI1R_EL1, INTID, sgi),
                   false);
}

#define ISENABLER  0x100
#define ICENABLER  0x180
#define ISPENDR    0x200
#define ICPENDR    0x280
#define ISACTIVER  0x300
#define ICACTIVER  0x380
#define IPRIORITYR 0x400
#define ITARGETSR  0x800
#define ICFGR      0xc00
#define IROUTER    0x6000

/* A fresh vGIC of VERSION, CPU_COUNT vCPUs with Aff0 as their index, LR_COUNT list registers. */
static void fake_new(uint8_t version, uint32_t cpu_count, uint8_t lr_count, uint32_t spi_count)
{
    static const uint64_t mpidrs[VGIC_CPU_MAX] = {0, 1, 2, 3, 4, 5, 6, 7};
    memset(fake_ifs, 0, sizeof fake_ifs);
    memset(fake_spi_active, 0, sizeof fake_spi_active);
    fake_here = fake_kicked = 0;
    fake_hw = (struct vgic_hw){
        .version = version,
        .lr_count = lr_count,
        .apr_count = 1,
        .lr_read = fake_lr_read,
        .lr_write = fake_lr_write,
        .lr_renew = fake_lr_renew,
        .empty_lrs = fake_empty_lrs,
        .hcr_write = fake_hcr_write,
        .hcr_read = fake_hcr_read,
        .vmcr_read = fake_vmcr_read,
        .image_save = fake_image_save,
        .image_load = fake_image_load,
        .phys_active = fake_phys_active,
    };
    fake_config = (struct vgic_config){
        .hw = &fake_hw,
        .cpu_count = cpu_count,
        .spi_count = spi_count,
        .mpidrs = mpidrs,
        .kick = fake_kick,
        .sync = fake_sync,
        .owner = &fake_vgic,
    };
    free(fake_vgic);
    size_t size = vgic_size(&fake_config);
    fake_vgic = aligned_alloc(64, (size + 63) & ~(size_t)63);
    assert_int_equal(vgic_init(fake_vgic, &fake_config), ERR_NONE);
}

/* As fake_new; vCPU n is loaded on physical CPU n, both groups are open everywhere, all priorities
 * 0xa0. */
static inline void fake_boot(uint8_t version, uint32_t cpu_count, uint8_t lr_count)
{
    fake_new(version, cpu_count, lr_count, 64);
    for (unsigned n = 0; n < FAKE_CPUS && n < cpu_count; n++) {
        fake_load(n, n);
        fake_ifs[n].vmcr =
            (uint32_t)(ICH_VMCR_EL2_VENG0 | ICH_VMCR_EL2_VENG1 | REG_PUT(ICH_VMCR_EL2, VPMR, 0xf8));
        for (uint32_t intid = 0; intid < 32; intid++)
            irq_priority(n, n, intid, 0xa0);
    }
    gicd_write(0, 0, 3);
    for (uint32_t intid = 32; intid < 96; intid++) {
        irq_priority(0, 0, intid, 0xa0);
        irq_route(0, intid, 0);
    }
}
