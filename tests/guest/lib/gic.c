/* SPDX-License-Identifier: Apache-2.0 */
/* The driver of gic.h: the distributor's part, common to versions 2 and 3. IHI 0048B 4.3, IHI
 * 0069H 12.9, 12.11. */
#include "guest/lib/gic.h"

#include "guest/lib/gic_interface.h"
#include "guest/lib/machine.h"
#include "guest/lib/mmio.h"
#include "guest/lib/smp.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/timer.h"
#include "lib/bits.h"

#define ALL_ONES   0xffffffffu
#define EACH(byte) ((byte)*0x01010101u)

/* The register of the bit-per-interrupt bank at OFFSET that has INTID, and its bit there. */
static uint64_t bit_register(uint32_t intid, uint32_t offset)
{
    return gic_frame(intid) + offset + intid / 32 * 4;
}
static void bit_write(uint32_t intid, uint32_t offset)
{
    mmio_write32(bit_register(intid, offset), bit32(intid % 32));
}
static bool bit_read(uint32_t intid, uint32_t offset)
{
    return mmio_read32(bit_register(intid, offset)) & bit32(intid % 32);
}

static uint64_t redistributor(void)
{
    uint64_t affinity = READ_SYSREG(mpidr_el1) & MPIDR_AFFINITY;
    /* GICR_TYPER has Aff3 next to the others. */
    uint64_t wanted = REG_GET(MPIDR_EL1, Aff3, affinity) << 24 | (affinity & low_bits(24));

    for (uint64_t at = machine.gicr;; at += GICR_STRIDE) {
        uint64_t typer = mmio_read64(at + GICR_TYPER);
        if (REG_GET(GICR_TYPER, Affinity_Value, typer) == wanted || (typer & GICR_TYPER_Last))
            return at;
    }
}

uint64_t gic_frame(uint32_t intid)
{
    static uint64_t redistributors[GUEST_CPU_MAX];
    unsigned cpu = cpu_index();

    if (machine.gic_version == 2 || intid >= INTID_SPI_MIN)
        return machine.gicd;
    if (redistributors[cpu] == 0)
        redistributors[cpu] = redistributor();
    return redistributors[cpu] + GICR_SGI_FRAME;
}

static void wait_for_writes(void)
{
    if (machine.gic_version == 3)
        WAIT_UNTIL(!(mmio_read32(machine.gicd + GICD_CTLR) & GICD_CTLR_RWP));
}

uint32_t gic_intid_count(void)
{
    uint32_t lines =
        (uint32_t)REG_GET(GICD_TYPER, ITLinesNumber, mmio_read32(machine.gicd + GICD_TYPER));
    return MIN((lines + 1) * 32, 1020u);
}

void gic_group_enable(bool on)
{
    uint32_t ctlr = machine.gic_version == 3 ? GICD_CTLR_ARE | (on ? GICD_CTLR_EnableGrp1 : 0)
                                             : (on ? GICD_CTLR_EnableGrp0 : 0);
    mmio_write32(machine.gicd + GICD_CTLR, ctlr);
    wait_for_writes();
}

/* The 32 interrupts from FIRST on: disabled, nothing pending or active, of our group, default
 * priority. */
static void reset_block(uint32_t first)
{
    mmio_write32(bit_register(first, GICD_ICENABLER), ALL_ONES);
    wait_for_writes();
    mmio_write32(bit_register(first, GICD_ICPENDR), ALL_ONES);
    mmio_write32(bit_register(first, GICD_ICACTIVER), ALL_ONES);
    if (machine.gic_version == 3)
        mmio_write32(bit_register(first, GICD_IGROUPR), ALL_ONES);
    for (uint32_t i = first; i < first + 32; i += 4)
        mmio_write32(gic_frame(first) + GICD_IPRIORITYR + i, EACH(GIC_PRIORITY_DEFAULT));
    if (machine.gic_version == 2 && first == 0) {
        for (uint32_t sgi = 0; sgi < INTID_SGI_MAX; sgi += 4)
            mmio_write32(machine.gicd + GICD_CPENDSGIR + sgi, ALL_ONES);
    }
}

void gic_init_cpu(void)
{
    if (machine.gic_version == 3) {
        uint64_t waker = gic_frame(0) - GICR_SGI_FRAME + GICR_WAKER;
        mmio_write32(waker, mmio_read32(waker) & ~(uint32_t)GICR_WAKER_ProcessorSleep);
        WAIT_UNTIL(!(mmio_read32(waker) & GICR_WAKER_ChildrenAsleep));
    }
    reset_block(0);
    gic_interface_init();
}

void gic_init(void)
{
    gic_group_enable(false);
    for (uint32_t first = INTID_SPI_MIN; first + 32 <= gic_intid_count(); first += 32) {
        reset_block(first);
        for (uint32_t i = first; i < first + 32; i++)
            gic_route(i, cpu_index());
        for (uint32_t i = first; i < first + 32; i += 16)
            mmio_write32(machine.gicd + GICD_ICFGR + i / 4, 0);
    }
    gic_init_cpu();
    gic_group_enable(true);
}

void gic_enable(uint32_t intid)
{
    bit_write(intid, GICD_ISENABLER);
}
void gic_disable(uint32_t intid)
{
    bit_write(intid, GICD_ICENABLER);
    wait_for_writes();
}
bool gic_is_enabled(uint32_t intid)
{
    return bit_read(intid, GICD_ISENABLER);
}
void gic_set_pending(uint32_t intid)
{
    bit_write(intid, GICD_ISPENDR);
}
void gic_clear_pending(uint32_t intid)
{
    bit_write(intid, GICD_ICPENDR);
}
bool gic_is_pending(uint32_t intid)
{
    return bit_read(intid, GICD_ISPENDR);
}
void gic_set_active(uint32_t intid)
{
    bit_write(intid, GICD_ISACTIVER);
}
void gic_clear_active(uint32_t intid)
{
    bit_write(intid, GICD_ICACTIVER);
}
bool gic_is_active(uint32_t intid)
{
    return bit_read(intid, GICD_ISACTIVER);
}

void gic_set_priority(uint32_t intid, uint8_t priority)
{
    mmio_write8(gic_frame(intid) + GICD_IPRIORITYR + intid, priority);
}
uint8_t gic_priority(uint32_t intid)
{
    return mmio_read8(gic_frame(intid) + GICD_IPRIORITYR + intid);
}

/* Two bits an interrupt, the upper one says edge. */
void gic_set_edge(uint32_t intid, bool edge)
{
    uint64_t at = gic_frame(intid) + GICD_ICFGR + intid / 16 * 4;
    uint32_t bit = bit32(intid % 16 * 2 + 1);
    uint32_t value = mmio_read32(at) & ~bit;

    mmio_write32(at, value | (edge ? bit : 0));
}
bool gic_is_edge(uint32_t intid)
{
    return mmio_read32(gic_frame(intid) + GICD_ICFGR + intid / 16 * 4) & bit32(intid % 16 * 2 + 1);
}

void gic_route(uint32_t intid, unsigned cpu)
{
    if (machine.gic_version == 2)
        mmio_write8(machine.gicd + GICD_ITARGETSR + intid, (uint8_t)bit32(cpu));
    else
        mmio_write64(machine.gicd + GICD_IROUTER + 8ULL * intid, machine.cpus[cpu]);
}
