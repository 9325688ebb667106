/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual Generic Interrupt Controller, version 2 or 3 as the host has it (GIC Architecture
 * Specification, Arm IHI 0048B for v2, IHI 0069H for v3 and v4). Distributor and redistributors are
 * emulated; the CPU interface is the hardware's virtual one, driven through list registers.
 *
 * State lives in one record per interrupt. Of the interrupts pending or active for a vCPU, the most
 * urgent are in its list registers. While a vCPU is loaded, its list registers are the truth for
 * these, and stay in the hardware over traps that do not touch the vGIC; vgic_fold reads them back
 * when something asks. Nothing here knows a vcpu, an exception level or asm: the hardware is a
 * table of functions.
 *
 * Locks: one per VM (vgic->lock), taken in every public function. kick() is called with it held.
 */
#pragma once

#include "core/lock.h"
#include "core/mmio.h"
#include "core/virq.h"
#include "lib/err.h"
#include "lib/types.h"

#define VGIC_CPU_MAX   8
#define VGIC_SPI_FIRST 32
#define VGIC_INTID_MAX 1020 /* first special INTID */
#define VGIC_LR_MAX    16

#define VGIC_APR_MAX 4
struct vgic_image {
    uint32_t vmcr; /* GICH_VMCR, ICH_VMCR_EL2 */
    uint32_t apr[2]
                [VGIC_APR_MAX]; /* active priorities, a row for each group; v2 has group 0 only */
};

/* The virtual interface of the physical CPU we are on. LR values are in the version's own format.
 */
struct vgic_hw {
    uint8_t version;   /* 2 or 3 */
    uint8_t lr_count;  /* 1 to 16 */
    uint8_t apr_count; /* active-priority registers a group: v2 1; v3 1, 2 or 4 */
    bool dir_traps;    /* v3 with ICH_VTR_EL2.TDS: writes to ICC_DIR_EL1 that trap (TDIR) reach
                          vgic_deactivate */
    uint64_t (*lr_read)(unsigned index);
    void (*lr_write)(unsigned index, uint64_t value);
    /* If the interrupt of that list register is neither pending nor active, make it pending again;
     * false: it is. */
    bool (*lr_renew)(unsigned index);
    /* GICH_ELRSR, ICH_ELRSR_EL2: bit set = LR holds no valid interrupt. Sees earlier lr_writes (v3:
     * an ISB first). */
    uint64_t (*empty_lrs)(void);
    void (*hcr_write)(uint32_t value); /* GICH_HCR, ICH_HCR_EL2 */
    uint32_t (*hcr_read)(void);        /* for EOIcount */
    uint32_t (*vmcr_read)(void);
    /* Everything else of the virtual interface, from the hardware and back. */
    void (*image_save)(struct vgic_image *image);
    void (*image_load)(const struct vgic_image *image);
    /*
     * Optional: the input of level-sensitive PIRQ, of this CPU when below 32, is high. With it, a
     * pending interrupt whose physical one has ceased (a timer masked before its interrupt was
     * taken) is withdrawn whenever the list registers are read back.
     */
    bool (*phys_pending)(uint32_t pirq);
    /* Set or clear the active state of physical interrupt PIRQ (of this CPU when below 32). */
    void (*phys_active)(uint32_t pirq, bool active);
};

struct vgic;
struct vgic_cpu;

struct vgic_config {
    const struct vgic_hw *hw;
    uint32_t cpu_count; /* 1 to VGIC_CPU_MAX */
    uint32_t spi_count; /* rounded up to a multiple of 32, at most 988 */
    const uint64_t
        *mpidrs; /* each vCPU's affinity (MPIDR_EL1 layout), for v3 routing and GICR_TYPER */
    /* vCPU CPU has something new to take and is not the one calling: wake or interrupt it. May be
     * called under the lock; must not call back. */
    void (*kick)(void *owner, uint32_t cpu);
    /*
     * Optional. Return when vCPU CPU, which may be loaded on another physical CPU, has been through
     * vgic_flush or vgic_save there (or is not loaded: nothing to do). Called without the lock,
     * from an MMIO handler, where the guest must see the truth of, or rely on a change to, an
     * interrupt in another vCPU's list register. Two CPUs may call for each other at the same time:
     * whoever waits must serve the other. NULL: such changes take effect soon after a kick.
     */
    void (*sync)(void *owner, uint32_t cpu);
    void *owner;
};

/* Bytes to allocate for a vGIC of CONFIG, zeroed, 64-aligned. */
size_t vgic_size(const struct vgic_config *config);
/* Set up in MEMORY of vgic_size bytes, reset state. ERR_RANGE for counts out of range. */
enum err vgic_init(struct vgic *vgic, const struct vgic_config *config) __must_check;
/* Architectural reset; connected lines keep their level. No vCPU is loaded. */
void vgic_reset(struct vgic *vgic);
struct vgic_cpu *vgic_cpu_of(struct vgic *vgic, uint32_t cpu);
/* For virq_line. */
struct virq_controller *vgic_controller(struct vgic *vgic);

/* MMIO handlers; device is the vgic. v2: GICD (4 KiB). v3: GICD (64 KiB), GICR (128 KiB a vCPU,
 * contiguous). */
mmio_handler_fn vgic_v2_dist_mmio, vgic_v3_dist_mmio, vgic_v3_redist_mmio;

/* CPU becomes / ceases to be the one whose interface is in the hardware of this physical CPU. */
void vgic_load(struct vgic_cpu *cpu);
void vgic_save(struct vgic_cpu *cpu);
/* CPU is loaded here: put what became pending since into list registers (after a kick, a
 * maintenance interrupt). */
void vgic_flush(struct vgic_cpu *cpu);
/* The maintenance interrupt (EOI, EOI count, no pending, group enables): CPU is loaded here. */
void vgic_maintenance(struct vgic_cpu *cpu);
/* A trapped write to ICC_DIR_EL1 (hw->dir_traps): CPU, loaded here, deactivates INTID. Any INTID is
 * fine. */
void vgic_deactivate(struct vgic_cpu *cpu, uint32_t intid);

/* Set an input line (level or edge as configured); cpu is ignored for SPIs. A bad INTID is our bug.
 */
void vgic_set_level(struct vgic *vgic, uint32_t cpu, uint32_t intid, bool level);
/* A write to ICC_SGI1R_EL1 (v3) by CPU. ICC_ASGI1R and SGI0R go to group 0: see the implementation.
 */
void vgic_sgi1r(struct vgic_cpu *cpu, uint64_t value, bool group0);
/*
 * INTID of CPU (or SPI) is backed by physical interrupt PIRQ: list registers get the hardware bit,
 * so the guest's deactivation deactivates PIRQ without an exit. vgic_hw_fired: PIRQ was
 * acknowledged and priority-dropped on this physical CPU, where CPU is loaded, and is now active:
 * make the virtual one pending. While a vCPU is not loaded, a private PIRQ's active state is taken
 * off the physical CPU and put back by vgic_load.
 */
void vgic_map_hw(struct vgic *vgic, uint32_t cpu, uint32_t intid, uint32_t pirq);
void vgic_hw_fired(struct vgic_cpu *cpu, uint32_t intid);
/* CPU not loaded: its hardware-backed line fired while away (a timer's deadline passed). */
void vgic_hw_fired_away(struct vgic_cpu *cpu, uint32_t intid);

/* An enabled, pending, not active interrupt of sufficient priority is there, its group enabled: WFI
 * must return. CPU is loaded here or nowhere. */
bool vgic_pending(struct vgic_cpu *cpu);
