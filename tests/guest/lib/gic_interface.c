/* SPDX-License-Identifier: Apache-2.0 */
/* The CPU interface (memory-mapped in version 2, system registers in 3) and SGIs. IHI 0048B 4.4,
 * IHI 0069H 12.2. */
#include "guest/lib/gic_interface.h"

#include "guest/lib/gic.h"
#include "guest/lib/machine.h"
#include "guest/lib/mmio.h"
#include "guest/lib/smp.h"
#include "guest/lib/sysreg.h"
#include "lib/bits.h"

enum { ICC_SRE_EL1_SRE = 1, ICC_IGRPEN1_EL1_ENABLE = 1 };

static bool split_eoi[GUEST_CPU_MAX];

static uint32_t gicc_read(uint32_t offset)
{
    return mmio_read32(machine.gicc + offset);
}
static void gicc_write(uint32_t offset, uint32_t value)
{
    mmio_write32(machine.gicc + offset, value);
}

void gic_interface_enable(bool on)
{
    if (machine.gic_version == 3) {
        WRITE_SYSREG(icc_igrpen1_el1, on ? ICC_IGRPEN1_EL1_ENABLE : 0);
        barrier_context();
    } else {
        gicc_write(GICC_CTLR, (on ? GICC_CTLR_EnableGrp0 : 0) |
                                  (split_eoi[cpu_index()] ? GICC_CTLR_EOImode : 0));
    }
}

void gic_set_eoi_mode(bool split)
{
    split_eoi[cpu_index()] = split;
    if (machine.gic_version == 3) {
        WRITE_SYSREG(icc_ctlr_el1, split ? ICC_CTLR_EL1_EOImode : 0);
        barrier_context();
    } else {
        gic_interface_enable(true);
    }
}

void gic_interface_init(void)
{
    if (machine.gic_version == 3) {
        WRITE_SYSREG(icc_sre_el1, ICC_SRE_EL1_SRE);
        barrier_context();
        WRITE_SYSREG(icc_bpr1_el1, 0);
    } else {
        gicc_write(GICC_BPR, 0);
    }
    gic_set_pmr(GIC_PMR_OPEN);
    gic_set_eoi_mode(false);
    gic_interface_enable(true);
}

void gic_set_pmr(uint8_t priority)
{
    if (machine.gic_version == 3) {
        WRITE_SYSREG(icc_pmr_el1, priority);
        barrier_context();
    } else {
        gicc_write(GICC_PMR, priority);
    }
}
uint8_t gic_pmr(void)
{
    return (uint8_t)(machine.gic_version == 3 ? READ_SYSREG(icc_pmr_el1) : gicc_read(GICC_PMR));
}
uint32_t gic_ack(void)
{
    if (machine.gic_version == 2)
        return gicc_read(GICC_IAR);
    uint32_t iar = (uint32_t)READ_SYSREG(icc_iar1_el1);
    barrier_sync();
    return iar;
}
void gic_eoi(uint32_t iar)
{
    if (machine.gic_version == 3) {
        WRITE_SYSREG(icc_eoir1_el1, iar);
        barrier_context();
    } else {
        gicc_write(GICC_EOIR, iar);
    }
}
void gic_deactivate(uint32_t iar)
{
    if (machine.gic_version == 3) {
        WRITE_SYSREG(icc_dir_el1, iar);
        barrier_context();
    } else {
        gicc_write(GICC_DIR, iar);
    }
}
uint8_t gic_running_priority(void)
{
    return (uint8_t)(machine.gic_version == 3 ? READ_SYSREG(icc_rpr_el1) : gicc_read(GICC_RPR));
}
uint32_t gic_highest_pending(void)
{
    return machine.gic_version == 3 ? (uint32_t)READ_SYSREG(icc_hppir1_el1) : gicc_read(GICC_HPPIR);
}

/* SGI INTID to the CPUs of MASK (indices), or by a filter. */
static void send_v2(uint32_t intid, uint32_t mask, uint32_t filter)
{
    mmio_write32(machine.gicd + GICD_SGIR,
                 (uint32_t)(REG_PUT(GICD_SGIR, INTID, intid) |
                            REG_PUT(GICD_SGIR, CPUTargetList, mask) |
                            REG_PUT(GICD_SGIR, TargetListFilter, filter)));
}
static void send_v3(uint64_t value)
{
    WRITE_SYSREG(icc_sgi1r_el1, value);
    barrier_context();
}
static uint64_t sgi1r_to(uint32_t intid, uint64_t mpidr)
{
    return REG_PUT(ICC_SGI1R_EL1, INTID, intid) |
           REG_PUT(ICC_SGI1R_EL1, TargetList, bit64(REG_GET(MPIDR_EL1, Aff0, mpidr) % 16)) |
           REG_PUT(ICC_SGI1R_EL1, RS, REG_GET(MPIDR_EL1, Aff0, mpidr) / 16) |
           REG_PUT(ICC_SGI1R_EL1, Aff1, REG_GET(MPIDR_EL1, Aff1, mpidr)) |
           REG_PUT(ICC_SGI1R_EL1, Aff2, REG_GET(MPIDR_EL1, Aff2, mpidr)) |
           REG_PUT(ICC_SGI1R_EL1, Aff3, REG_GET(MPIDR_EL1, Aff3, mpidr));
}

void gic_sgi(uint32_t intid, unsigned cpu)
{
    barrier_sync();
    if (machine.gic_version == 3)
        send_v3(sgi1r_to(intid, machine.cpus[cpu]));
    else
        send_v2(intid, bit32(cpu), SGIR_FILTER_LIST);
}
void gic_sgi_self(uint32_t intid)
{
    barrier_sync();
    if (machine.gic_version == 3)
        send_v3(sgi1r_to(intid, machine.cpus[cpu_index()]));
    else
        send_v2(intid, 0, SGIR_FILTER_SELF);
}
void gic_sgi_others(uint32_t intid)
{
    barrier_sync();
    if (machine.gic_version == 3)
        send_v3(REG_PUT(ICC_SGI1R_EL1, INTID, intid) | ICC_SGI1R_EL1_IRM);
    else
        send_v2(intid, 0, SGIR_FILTER_OTHERS);
}
void gic_sgi_both(uint32_t intid)
{
    barrier_sync();
    if (machine.gic_version == 3)
        send_v3(sgi1r_to(intid, machine.cpus[0]) | sgi1r_to(intid, machine.cpus[1]));
    else
        send_v2(intid, bit32(0) | bit32(1), SGIR_FILTER_LIST);
}
