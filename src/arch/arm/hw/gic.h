/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's Generic Interrupt Controller, version 2 (IHI 0048B) or 3 and later (IHI 0069H).
 * Interrupts are taken with EOImode 1: the priority drop and the deactivation are two steps, so
 * that a guest can do the second.
 */
#pragma once

#include "core/board.h"
#include "core/pcpu.h"
#include "lib/err.h"
#include "lib/types.h"
#include "vdev/vgic.h"

/* Software-generated interrupt that carries our requests between CPUs. */
#define GIC_SGI_REQUEST 0
#define GIC_NO_IRQ      1023
#define GIC_INTID_MASK  0x3ffu
#define GIC_PPI_FIRST   16
#define GIC_SPI_FIRST   32

/* The private interrupts a guest's virtual timers have (the same on every Arm machine by
 * convention). */
#define ARM_PPI_VTIMER 27
#define ARM_PPI_PTIMER 30

struct gic_ops {
    const struct vgic_hw *vgic; /* what is best for guests; it has a maintenance interrupt: */
    bool maintains;
    /* The virtual CPU interface in software and a guest's accesses to it, with its vgic as device;
     * NULL: there is no such. */
    const struct vgic_hw *vgic_emulated;
    mmio_handler_fn *gicc_mmio;
    void (*init_cpu)(
        struct pcpu *pcpu); /* this CPU's interface, redistributor, virtual interface */
    /* Acknowledge the most urgent interrupt and drop its priority: IAR, whose INTID is
     * GIC_INTID_MASK of it. 1020 and above: none is pending. */
    uint32_t (*take)(void);
    void (*deactivate)(uint32_t iar);
    void (*enable)(uint32_t irq, bool edge);
    void (*disable)(uint32_t irq);
    void (*before_wait)(void); /* called before the CPU sleeps; may be NULL */
    void (*send_sgi)(uint32_t sgi, const struct pcpu *target);
};
extern const struct gic_ops *gic;

/* What the version drivers offer to gic_init: regions are the node's reg entries, in order. */
struct gic_regions {
    struct hpa_range reg[8];
    uint32_t count;
    uint32_t redistributor_regions; /* v3 */
    uint64_t redistributor_stride;
};
const struct gic_ops *gicv2_init(const struct gic_regions *regions);
const struct gic_ops *gicv3_init(const struct gic_regions *regions);
/* The port's: what it can drive, up to a NULL. */
struct gic_driver {
    const char *compatible;
    const struct gic_ops *(*init)(const struct gic_regions *regions);
};
extern const struct gic_driver gic_drivers[];

/* Find the GIC in FDT, initialise the distributor. A sentence for the user on failure, NULL on
 * success. Boot CPU. */
const char *gic_init(const void *fdt);
/* This CPU's part; every CPU. */
void gic_init_cpu(struct pcpu *pcpu);
/* The port's: the virtual interrupts of the guest that is loaded here, without the GIC's help. */
void arm_virtual_interrupts(bool irq, bool fiq);
/* GICv2's virtual CPU interface, mapped into guests where their GICC is. */
extern hpa_t gic_vcpu_interface;
