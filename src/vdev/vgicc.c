/* SPDX-License-Identifier: Apache-2.0 */
#include "vdev/vgicc.h"

#include "lib/bits.h"
#include "vdev/vgic_gicd.h"
#include "vdev/vgic_lr.h"

/* Registers as the virtual machine sees them (IHI 0048B, 5.5). */
enum {
    GICV_CTLR = 0x000,
    GICV_PMR = 0x004,
    GICV_BPR = 0x008,
    GICV_IAR = 0x00c,
    GICV_EOIR = 0x010,
    GICV_RPR = 0x014,
    GICV_HPPIR = 0x018,
    GICV_ABPR = 0x01c,
    GICV_AIAR = 0x020,
    GICV_AEOIR = 0x024,
    GICV_AHPPIR = 0x028,
    GICV_APR0 = 0x0d0,
    GICV_IIDR = 0x0fc,
    GICV_DIR = 0x1000,
};

#define GICV_CTLR_FIELDS(F)        \
    F(GICV_CTLR, EnableGrp0, 0, 0) \
    F(GICV_CTLR, EnableGrp1, 1, 1) \
    F(GICV_CTLR, AckCtl, 2, 2)     \
    F(GICV_CTLR, FIQEn, 3, 3)      \
    F(GICV_CTLR, CBPR, 4, 4)       \
    F(GICV_CTLR, RES0_a, 8, 5)     \
    F(GICV_CTLR, EOImode, 9, 9)    \
    F(GICV_CTLR, RES0_b, 31, 10)
REG_DEFINE32(GICV_CTLR, GICV_CTLR_FIELDS);

/* IAR, EOIR and DIR. */
#define GICV_IAR_FIELDS(F)     \
    F(GICV_IAR, INTID, 9, 0)   \
    F(GICV_IAR, CPUID, 12, 10) \
    F(GICV_IAR, RES0_a, 31, 13)
REG_DEFINE32(GICV_IAR, GICV_IAR_FIELDS);

#define GICV_IIDR_FIELDS(F)           \
    F(GICV_IIDR, Implementer, 11, 0)  \
    F(GICV_IIDR, Revision, 15, 12)    \
    F(GICV_IIDR, ArchVersion, 19, 16) \
    F(GICV_IIDR, ProductID, 31, 20)
REG_DEFINE32(GICV_IIDR, GICV_IIDR_FIELDS);

/* CTLR's bits are VMCR's lowest: all with a bit in both, at the same place. */
#define CTLR_BITS                                                                                  \
    ((uint32_t)(GICV_CTLR_EnableGrp0 | GICV_CTLR_EnableGrp1 | GICV_CTLR_AckCtl | GICV_CTLR_FIQEn | \
                GICV_CTLR_CBPR | GICV_CTLR_EOImode))

#define SGI_COUNT     16u
#define INTID_SPECIAL 1020u
#define NONE_OF_GROUP 1022u /* one is pending, but of the group that the other register takes */
#define NONE          1023u

/* Binary points are no less than these, whatever is written (5.5.3, 5.5.8). */
#define MIN_BPR  (PRIORITY_LOW_BITS - 1)
#define MIN_ABPR PRIORITY_LOW_BITS

/* The virtual interface has 32 levels of priority, five bits (5.2.3), each its own level of
 * preemption. Here a priority is that number. */
#define PRIORITY_BITS     5u
#define PRIORITY_LOW_BITS (8u - PRIORITY_BITS) /* of the eight that registers have */
#define IDLE              bit32(PRIORITY_BITS)

static unsigned state_of(uint32_t lr)
{
    return (unsigned)REG_GET(GICH_LR, State, lr);
}

/* Done with, but for the maintenance interrupt that was asked for (GICH_EISR). */
static bool ended(uint32_t lr)
{
    return state_of(lr) == VGIC_LR_INVALID && (lr & GICH_LR_HW) == 0 && (lr & GICH_LR_SW_EOI) != 0;
}

uint32_t vgicc_empty_lrs(const struct vgicc *gicc)
{
    uint32_t empty = 0;

    for (unsigned i = 0; i < VGICC_LR_COUNT; i++)
        if (state_of(gicc->lr[i]) == VGIC_LR_INVALID && !ended(gicc->lr[i]))
            empty |= bit32(i);
    return empty;
}

/* ---- priorities */

static uint32_t running(const struct vgicc *gicc)
{
    return gicc->apr != 0 ? bit_lowest(gicc->apr) : IDLE;
}

/* Binary points: the lowest bit of the eight that counts for preemption is one above (3.3.3); for
 * group 1 with a register of its own it is that bit itself. */
static uint32_t group_priority(const struct vgicc *gicc, uint32_t lr)
{
    bool aliased = (lr & GICH_LR_Grp1) != 0 && (gicc->vmcr & ICH_VMCR_EL2_VCBPR) == 0;
    uint32_t point = aliased ? (uint32_t)REG_GET(ICH_VMCR_EL2, VBPR1, gicc->vmcr)
                             : (uint32_t)REG_GET(ICH_VMCR_EL2, VBPR0, gicc->vmcr) + 1;
    uint32_t subpriority_bits = point > PRIORITY_LOW_BITS ? point - PRIORITY_LOW_BITS : 0;

    return (uint32_t)align_down(REG_GET(GICH_LR, Priority, lr), bit32(subpriority_bits));
}

/* The list register with the most urgent pending interrupt of an enabled group; -1: none. */
static int highest_pending(const struct vgicc *gicc)
{
    int best = -1;

    if ((gicc->hcr & ICH_HCR_EL2_En) == 0)
        return -1;
    for (unsigned i = 0; i < VGICC_LR_COUNT; i++) {
        uint32_t lr = gicc->lr[i];
        uint32_t open = lr & GICH_LR_Grp1 ? ICH_VMCR_EL2_VENG1 : ICH_VMCR_EL2_VENG0;

        if (state_of(lr) == VGIC_LR_PENDING && (gicc->vmcr & open) != 0 &&
            (best < 0 ||
             REG_GET(GICH_LR, Priority, lr) < REG_GET(GICH_LR, Priority, gicc->lr[best])))
            best = (int)i;
    }
    return best;
}

/* The same if it may interrupt now: above the mask, and above what runs. */
static int highest_signalled(const struct vgicc *gicc)
{
    int best = highest_pending(gicc);

    if (best < 0)
        return -1;
    uint32_t priority = (uint32_t)REG_GET(GICH_LR, Priority, gicc->lr[best]);
    uint32_t mask = (uint32_t)REG_GET(ICH_VMCR_EL2, VPMR, gicc->vmcr) >> PRIORITY_LOW_BITS;
    return priority < mask && group_priority(gicc, gicc->lr[best]) < running(gicc) ? best : -1;
}

/* ---- signals */

static bool is_maintained(const struct vgicc *gicc)
{
    uint32_t hcr = gicc->hcr, vmcr = gicc->vmcr;
    unsigned valid = 0;
    bool eoi = false, pending = false;

    if ((hcr & ICH_HCR_EL2_En) == 0)
        return false;
    for (unsigned i = 0; i < VGICC_LR_COUNT; i++) {
        unsigned state = state_of(gicc->lr[i]);
        eoi |= ended(gicc->lr[i]);
        pending |= state == VGIC_LR_PENDING;
        valid += state != VGIC_LR_INVALID;
    }
    return eoi || ((hcr & ICH_HCR_EL2_UIE) && valid <= 1) ||
           ((hcr & ICH_HCR_EL2_LRENPIE) && REG_GET(ICH_HCR_EL2, EOIcount, hcr) != 0) ||
           ((hcr & ICH_HCR_EL2_NPIE) && !pending) ||
           (hcr & (vmcr & ICH_VMCR_EL2_VENG0 ? ICH_HCR_EL2_VGrp0EIE : ICH_HCR_EL2_VGrp0DIE)) ||
           (hcr & (vmcr & ICH_VMCR_EL2_VENG1 ? ICH_HCR_EL2_VGrp1EIE : ICH_HCR_EL2_VGrp1DIE));
}

uint32_t vgicc_signals(const struct vgicc *gicc)
{
    uint32_t signals = is_maintained(gicc) ? VGICC_MAINTENANCE : 0;
    int best = highest_signalled(gicc);

    if (best < 0)
        return signals;
    bool fiq = (gicc->lr[best] & GICH_LR_Grp1) == 0 && (gicc->vmcr & ICH_VMCR_EL2_VFIQEn) != 0;
    return signals | (fiq ? VGICC_FIQ : VGICC_IRQ);
}

/* ---- acknowledge, end, deactivate */

static uint32_t interrupt_of(uint32_t lr)
{
    uint32_t intid = (uint32_t)REG_GET(GICH_LR, VirtualID, lr);

    return lr & GICH_LR_HW
               ? intid
               : intid | (uint32_t)REG_PUT(GICV_IAR, CPUID, REG_GET(GICH_LR_SW, CPUID, lr));
}

/* What IAR (not ALIASED) or AIAR may take of the one in list register INDEX (4.4.4, 4.4.12). */
static uint32_t visible(const struct vgicc *gicc, int index, bool aliased)
{
    if (index < 0)
        return NONE;
    bool group1 = (gicc->lr[index] & GICH_LR_Grp1) != 0;
    if (aliased && !group1)
        return NONE;
    if (!aliased && group1 && (gicc->vmcr & ICH_VMCR_EL2_VAckCtl) == 0)
        return NONE_OF_GROUP;
    return interrupt_of(gicc->lr[index]);
}

static uint32_t acknowledge(struct vgicc *gicc, bool aliased)
{
    int index = highest_signalled(gicc);
    uint32_t interrupt = visible(gicc, index, aliased);

    if (REG_GET(GICV_IAR, INTID, interrupt) >= INTID_SPECIAL)
        return interrupt;
    gicc->apr |= bit32(group_priority(gicc, gicc->lr[index]));
    gicc->lr[index] = REG_SET(GICH_LR, State, gicc->lr[index], VGIC_LR_ACTIVE);
    return interrupt;
}

static void deactivate(struct vgicc *gicc, uint32_t interrupt, uint32_t *pirq)
{
    uint32_t intid = (uint32_t)REG_GET(GICV_IAR, INTID, interrupt);

    for (unsigned i = 0; i < VGICC_LR_COUNT; i++) {
        uint32_t lr = gicc->lr[i];
        bool same = intid < SGI_COUNT ? interrupt_of(lr) == interrupt
                                      : REG_GET(GICH_LR, VirtualID, lr) == intid;
        if (!same || (state_of(lr) & VGIC_LR_ACTIVE) == 0)
            continue;
        gicc->lr[i] = REG_SET(GICH_LR, State, lr, state_of(lr) & ~(unsigned)VGIC_LR_ACTIVE);
        if (lr & GICH_LR_HW)
            *pirq = (uint32_t)REG_GET(GICH_LR, PhysicalID, lr);
        return;
    }
    uint32_t count = (uint32_t)REG_GET(ICH_HCR_EL2, EOIcount, gicc->hcr);
    gicc->hcr = (uint32_t)REG_SET(ICH_HCR_EL2, EOIcount, gicc->hcr,
                                  (count + 1) & low_bits(ICH_HCR_EL2_EOIcount_WIDTH));
}

/* One that drops no priority is not counted either (5.3.2, EOICount). */
static void end(struct vgicc *gicc, uint32_t interrupt, uint32_t *pirq)
{
    if (gicc->apr == 0 || REG_GET(GICV_IAR, INTID, interrupt) >= INTID_SPECIAL)
        return;
    gicc->apr &= gicc->apr - 1;
    if ((gicc->vmcr & ICH_VMCR_EL2_VEOIM) == 0)
        deactivate(gicc, interrupt, pirq);
}

/* ---- registers */

static uint32_t read_register(struct vgicc *gicc, uint32_t offset)
{
    switch (offset) {
    case GICV_CTLR:
        return gicc->vmcr & CTLR_BITS;
    case GICV_PMR:
        return (uint32_t)REG_GET(ICH_VMCR_EL2, VPMR, gicc->vmcr);
    case GICV_BPR:
        return MAX((uint32_t)REG_GET(ICH_VMCR_EL2, VBPR0, gicc->vmcr), MIN_BPR);
    case GICV_ABPR:
        return MAX((uint32_t)REG_GET(ICH_VMCR_EL2, VBPR1, gicc->vmcr), MIN_ABPR);
    case GICV_IAR:
    case GICV_AIAR:
        return acknowledge(gicc, offset == GICV_AIAR);
    case GICV_HPPIR:
    case GICV_AHPPIR:
        return visible(gicc, highest_pending(gicc), offset == GICV_AHPPIR);
    case GICV_RPR:
        return gicc->apr != 0 ? running(gicc) << PRIORITY_LOW_BITS : (uint32_t)low_bits(8);
    case GICV_APR0:
        return gicc->apr;
    case GICV_IIDR:
        return (
            uint32_t)(REG_PUT(GICV_IIDR, Implementer, REG_GET(GICD_IIDR, Implementer, VGIC_IIDR)) |
                      REG_PUT(GICV_IIDR, ArchVersion, 2) |
                      REG_PUT(GICV_IIDR, ProductID, REG_GET(GICD_IIDR, ProductID, VGIC_IIDR)));
    default:
        return 0;
    }
}

static void write_register(struct vgicc *gicc, uint32_t offset, uint32_t value, uint32_t *pirq)
{
    switch (offset) {
    case GICV_CTLR:
        gicc->vmcr = (gicc->vmcr & ~CTLR_BITS) | (value & CTLR_BITS);
        break;
    case GICV_PMR:
        /* Bits below those of a priority are RAZ/WI. */
        gicc->vmcr = (uint32_t)REG_SET(ICH_VMCR_EL2, VPMR, gicc->vmcr,
                                       align_down(value & low_bits(8), bit32(PRIORITY_LOW_BITS)));
        break;
    case GICV_BPR:
        gicc->vmcr = (uint32_t)REG_SET(ICH_VMCR_EL2, VBPR0, gicc->vmcr,
                                       value & low_bits(ICH_VMCR_EL2_VBPR0_WIDTH));
        break;
    case GICV_ABPR:
        gicc->vmcr = (uint32_t)REG_SET(ICH_VMCR_EL2, VBPR1, gicc->vmcr,
                                       value & low_bits(ICH_VMCR_EL2_VBPR1_WIDTH));
        break;
    case GICV_EOIR:
    case GICV_AEOIR:
        end(gicc, value, pirq);
        break;
    case GICV_APR0:
        gicc->apr = value;
        break;
    case GICV_DIR:
        /* Without EOImode it is UNPREDICTABLE: nothing. */
        if ((gicc->vmcr & ICH_VMCR_EL2_VEOIM) != 0 &&
            REG_GET(GICV_IAR, INTID, value) < INTID_SPECIAL)
            deactivate(gicc, value, pirq);
        break;
    default:
        break;
    }
}

bool vgicc_access(struct vgicc *gicc, struct mmio_access *access, uint32_t *pirq)
{
    *pirq = VGICC_NO_PIRQ;
    if (access->size_bytes != 4 || access->offset % 4 != 0)
        return false;
    if (access->write)
        write_register(gicc, access->offset, (uint32_t)access->value, pirq);
    else
        access->value = read_register(gicc, access->offset);
    return true;
}
