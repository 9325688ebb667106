/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a vGIC is made of; private to vgic*.c. Interrupts come in banks of 32, one bit of a word for
 * each yes-or-no property, because the manual's registers are such words: most register accesses
 * are one operation on a word, and "which of these 32 can be delivered" is four.
 *
 * An interrupt's life: pending (latch, or its line while level-sensitive), enabled and its group
 * enabled makes it deliverable; deliverable or active, it is *queued* for a vCPU or sits in one of
 * its list registers (in_lr). A vCPU that is not loaded has nothing in list registers. While in a
 * list register:
 *   - `latch` moved into the list register (`offered`); a latch set meanwhile is new, fold merges
 * the two;
 *   - `active` is as of the last fold;
 *   - only the physical CPU it is loaded on may fold it. Everybody else changes the words here,
 * posts an order (drop_pending, drop_active, make_active: applied by that fold), marks the list
 * register stale, and kicks.
 *
 * All under vgic->lock.
 */
#pragma once

#include "lib/bits.h"
#include "vdev/vgic.h"
#include "vdev/vgic_lr.h"

#define VGIC_BANK_MAX  32 /* bank 0: private, the rest SPIs */
#define VGIC_SGI_COUNT 16
#define VGIC_SGIS      0xffffu /* bits of the SGIs in a private bank */
#define VGIC_PRIORITY  0xf8u   /* implemented bits of a priority: 32 levels */

struct vgic_irq {
    uint64_t route;   /* SPI on v3: GICD_IROUTER */
    uint16_t pirq;    /* if bank->hw */
    uint8_t priority; /* GICD_IPRIORITYR */
    uint8_t targets;  /* SPI on v2: GICD_ITARGETSR */
    uint8_t cpu;      /* vCPU whose queue or list register holds it, on which it is active */
    uint8_t lr;       /* which one, if in_lr */
    uint8_t sources;  /* SGI on v2: CPUs that sent it, not counting what the list register offers */
    uint8_t source;   /* SGI on v2: sender of the one in the list register or active */
};

struct vgic_bank {
    uint32_t index;    /* INTIDs 32 * index to 32 * index + 31 */
    uint32_t owner;    /* bank 0: the vCPU */
    uint32_t existing; /* 1020 and up are none */
    uint32_t enabled, group1, edge;
    uint32_t line;    /* input level */
    uint32_t latch;   /* pending until acknowledged: edges, software-set, SGIs */
    uint32_t offered; /* pending in the list register from the latch */
    uint32_t active, in_lr;
    uint32_t plain; /* in a list register that was written pending, no EOI asked for, nothing
                       changed since but perhaps the latch of an SGI */
    uint32_t hw;    /* backed by a physical interrupt */
    uint32_t phys;  /* which is active, on behalf of this one */
    uint32_t drop_pending, drop_active, make_active;
    struct vgic_irq irqs[32];
};

struct vgic_cpu {
    struct vgic *vgic;
    uint32_t index;
    uint32_t affinity; /* Aff3.Aff2.Aff1.Aff0 */
    bool loaded;
    bool asleep;             /* GICR_WAKER.ProcessorSleep */
    uint32_t await;          /* vCPUs this one's access must wait for, by config.sync */
    uint32_t release;        /* private interrupts whose pirq to deactivate when next on its CPU */
    uint32_t used_lrs;       /* list registers that hold an interrupt as far as we know */
    uint32_t stale_lrs;      /* of these, to be folded and written anew */
    uint32_t eoi_lrs;        /* of these, written with the EOI maintenance bit */
    uint32_t hw_lrs;         /* of these, written with HW */
    uint32_t hcr;            /* last written */
    struct vgic_image image; /* while not loaded */
    uint32_t queued_banks;   /* which words of `queued` are not 0 */
    uint32_t queued[VGIC_BANK_MAX];
    uint16_t lr_intids[VGIC_LR_MAX];
    struct vgic_bank bank;
};

struct vgic {
    struct virq_controller controller; /* ops->set_level */
    struct spinlock lock;
    const struct vgic_hw *hw;
    struct vgic_config config;
    uint32_t ctlr;                     /* the two enable bits of GICD_CTLR */
    uint32_t open_group0, open_group1; /* all ones if enabled */
    uint32_t typer, iidr;              /* GICD_TYPER; GICD_IIDR, GICR_IIDR */
    uint32_t bank_count;
    uint32_t all_lrs;
    bool has_aff3;
    bool simple_affinity; /* vCPU n has affinity n */
    struct vgic_cpu *cpus;
    struct vgic_bank *spis; /* bank 1 first */
};

static __always_inline bool vgic_is_v2(const struct vgic *vgic)
{
    return vgic->hw->version == 2;
}
/* Bank INDEX below bank_count, as vCPU CPU sees it. */
static __always_inline struct vgic_bank *vgic_bank(struct vgic_cpu *cpu, uint32_t index)
{
    return index == 0 ? &cpu->bank : &cpu->vgic->spis[index - 1];
}
static __always_inline uint32_t vgic_pending_word(const struct vgic_bank *bank)
{
    return bank->latch | (bank->line & ~bank->edge);
}
/* Private, backed by a physical interrupt that has fired, not taken yet and in no list register. */
static __always_inline uint32_t vgic_fired_word(const struct vgic_bank *bank)
{
    return bank->index != 0 ? 0
                            : bank->hw & bank->phys & bank->latch & ~bank->active & ~bank->in_lr;
}
/* Pending, enabled, group enabled; those in a list register count only what is new. */
static __always_inline uint32_t vgic_deliverable_word(const struct vgic *vgic,
                                                      const struct vgic_bank *bank)
{
    uint32_t open = (bank->group1 & vgic->open_group1) | (~bank->group1 & vgic->open_group0);
    return vgic_pending_word(bank) & bank->enabled & open;
}
/* The physical interrupt behind level-sensitive I, of the CPU we are on, is not asserted any more.
 */
static inline bool vgic_phys_has_ceased(const struct vgic *vgic, const struct vgic_bank *bank,
                                        unsigned i)
{
    return !(bank->edge & bit32(i)) && vgic->hw->phys_pending != NULL &&
           !vgic->hw->phys_pending(bank->irqs[i].pirq);
}
static __always_inline bool vgic_is_v2_sgi(const struct vgic *vgic, const struct vgic_bank *bank,
                                           unsigned i)
{
    return bank->index == 0 && i < VGIC_SGI_COUNT && vgic_is_v2(vgic);
}

/* ---- vgic_list.c: CPU is loaded here, in all but vgic_lr_forget */
/* Read LR back into its interrupt, which keeps the list register until settled. */
void vgic_lr_fold(struct vgic_cpu *cpu, unsigned lr);
/* Write interrupt I of BANK, folded or in no list register, to LR. It is deliverable or active, or
 * about to be looked at again. */
void vgic_lr_put(struct vgic_cpu *cpu, unsigned lr, struct vgic_bank *bank, unsigned i);
/*
 * The common case, made short: private interrupt I of CPU was in a list register and is over, and
 * nothing is new but that its latch is set (not by the caller). True: offered again as it was.
 * False: not that case.
 */
static __always_inline bool vgic_lr_reoffer(struct vgic_cpu *cpu, struct vgic_bank *bank,
                                            unsigned i)
{
    uint32_t bit = bit32(i);

    if (unlikely(!(bank->plain & bit) || !cpu->vgic->hw->lr_renew(bank->irqs[i].lr)))
        return false;
    bank->offered |= bit;
    bank->active &= ~bit;
    return true;
}
/*
 * CPU's list registers that are stale for an SGI of another vCPU, nothing else having changed and
 * the last one being over, offer theirs again. True: there is nothing else for vgic_lr_refill.
 */
bool vgic_lr_revive(struct vgic_cpu *cpu);
/* LR, folded, holds nothing any more. */
void vgic_lr_retire(struct vgic_cpu *cpu, unsigned lr);
/* CPU loaded anywhere: the hardware has finished with LR for certain. */
void vgic_lr_forget(struct vgic_cpu *cpu, unsigned lr);
/* Queue and list registers: as much as fits, the most urgent first; maintenance interrupts as
 * needed. */
void vgic_lr_refill(struct vgic_cpu *cpu);
/* Fold and queue all. The list registers that hold something no more, but still do in the hardware.
 */
uint32_t vgic_lr_fold_all(struct vgic_cpu *cpu) __must_check;
/* Take what the hardware has finished with out of the list registers, or offer it again. */
void vgic_lr_reclaim(struct vgic_cpu *cpu);
/* Deactivations counted by the hardware for interrupts that are in no list register. */
void vgic_lr_take_eoi_count(struct vgic_cpu *cpu);
/* Interrupt I, active and in CPU's queue, was deactivated. */
void vgic_lr_deactivate(struct vgic_cpu *cpu, struct vgic_bank *bank, unsigned i);
/* A list register holds a pending interrupt that VMCR lets through. */
bool vgic_lr_has_work(struct vgic_cpu *cpu, uint32_t vmcr);
/* Deactivate physical interrupts as other CPUs asked. */
void vgic_lr_release(struct vgic_cpu *cpu);

/* ---- vgic_irq.c: HERE is the vCPU loaded on this physical CPU, NULL or not loaded if unknown */
/*
 * Around a change of interrupt I: begin brings the record up to date if it is in a list register
 * here; end lets the change take effect: queues, list registers, kicks.
 */
void vgic_irq_begin(struct vgic_cpu *here, struct vgic_bank *bank, unsigned i);
void vgic_irq_end(struct vgic *vgic, struct vgic_cpu *here, struct vgic_bank *bank, unsigned i);
/* Both, for those of MASK whose words changed. */
void vgic_irqs_changed(struct vgic *vgic, struct vgic_cpu *here, struct vgic_bank *bank,
                       uint32_t mask);
/* Queue interrupt I, in no list register, where it belongs. Its vCPU; NULL if it belongs nowhere.
 */
struct vgic_cpu *vgic_irq_queue(struct vgic *vgic, struct vgic_cpu *here, struct vgic_bank *bank,
                                unsigned i);
/* The vCPU that interrupt I goes to when it becomes pending; NULL if its routing names none. */
struct vgic_cpu *vgic_irq_route(struct vgic *vgic, const struct vgic_bank *bank, unsigned i);
/* The folded interrupt of LR: written anew, or out of it and queued if it belongs elsewhere. CPU is
 * loaded here. */
void vgic_irq_settle_lr(struct vgic_cpu *cpu, unsigned lr);
void vgic_irq_dequeue(struct vgic_cpu *cpu, struct vgic_bank *bank, unsigned i);
/* I's physical interrupt is deactivated by software. */
void vgic_irq_release(struct vgic *vgic, struct vgic_cpu *here, struct vgic_bank *bank, unsigned i);
/* SGI number SGI from HERE to the vCPUs that have a bit in TARGETS. */
void vgic_irq_send_sgi(struct vgic_cpu *here, uint32_t targets, unsigned sgi);
/* GICD_CTLR's enable bits were written. */
void vgic_set_ctlr(struct vgic_cpu *here, uint32_t value);
/* The access of HERE must not complete before other CPUs took note of changes to MASK. */
void vgic_await(struct vgic_cpu *here, const struct vgic_bank *bank, uint32_t mask);
void vgic_kick(struct vgic *vgic, const struct vgic_cpu *cpu);
