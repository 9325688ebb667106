/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One instruction at a time, in the middle of a page of traps. At EL1 it runs with SP_EL0, so
 * whatever it does to its stack pointer the vectors still have theirs; a timer ends it if it loops.
 * Only what the vectors themselves stand on is kept out of its reach: see attack_itself.
 */
#include "guest/hostile/hostile.h"
#include "guest/lib/gic.h"
#include "guest/lib/mmio.h"
#include "guest/lib/mmu.h"
#include "guest/lib/smp.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/timer.h"

/* Each CPU's part of the address space: one page for code in A64, A32 and T32, memory, and a
 * window. */
#define CPU_VA(cpu)  (MMU_TEST_VA + (cpu) * (uint64_t)MIB(64))
#define CODE_VA      MIB(8)
#define MEMORY_VA    MIB(32)
#define WINDOW_VA    MIB(48)
#define USER_GICD_VA MIB(56)
#define CODE_STEP    MIB(1)
#define MEMORY_BYTES KIB(64)
#define CPUS         2u

/* What surrounds a sample: BRK #0, UDF #0, two of T32's UDF #222. */
enum { TRAP_A64 = 0xd4200000, TRAP_A32 = 0xe7f000f0, TRAP_T32 = 0xdededede };
/* PSTATE of AArch32 User mode, with T32. */
enum { SPSR_M_A32_USER = 0x10, SPSR_T = 0x20, SPSR_M_EL1T = 4 };
#define WATCHDOG_US 3000u
/* Samples between thorough repairs. */
#define HEAL_EVERY 128u

enum code { CODE_A64, CODE_A32, CODE_T32, CODES };

static uint32_t code_pages[CPUS][CODES][PAGE_SIZE / 4] __aligned(4096);
static uint8_t memory_pages[CPUS][MEMORY_BYTES] __aligned(4096);
static struct sample_counts counts[CPUS];
static uint32_t since_heal[CPUS];

/* As sample_enter wants it. */
struct entry {
    uint64_t x[SAMPLE_REGISTERS];
    uint64_t sp, pc, pstate;
};
void sample_enter(struct entry *entry);

static unsigned cpu_slot(void)
{
    return cpu_index() % CPUS;
}

bool sample_setup(void)
{
    static const uint32_t traps[CODES] = {TRAP_A64, TRAP_A32, TRAP_T32};
    bool ok = true;

    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        for (unsigned c = 0; c < CODES; c++) {
            for (unsigned i = 0; i < PAGE_SIZE / 4; i++)
                code_pages[cpu][c][i] = traps[c];
            mmu_publish_code(code_pages[cpu][c], PAGE_SIZE);
            ok = ok && mmu_map(CPU_VA(cpu) + CODE_VA + c * CODE_STEP, (uint64_t)code_pages[cpu][c],
                               PAGE_SIZE, MMU_USER_CODE);
        }
        ok = ok &&
             mmu_map(CPU_VA(cpu) + MEMORY_VA, (uint64_t)memory_pages[cpu], MEMORY_BYTES, MMU_USER);
        ok = ok && mmu_map(CPU_VA(cpu) + USER_GICD_VA, machine.gicd, KIB(64), MMU_USER);
        /* Makes the window's tables, which are then only written by their CPU. */
        ok = ok && mmu_map(CPU_VA(cpu) + WINDOW_VA, 0, PAGE_SIZE, MMU_DEVICE);
    }
    return ok;
}

uint64_t window_to(uint64_t page)
{
    static const enum mmu_kind kinds[] = {MMU_DEVICE, MMU_NORMAL, MMU_USER};
    uint64_t va = CPU_VA(cpu_slot()) + WINDOW_VA;

    mmu_unmap(va, PAGE_SIZE);
    mmu_map(va, align_down(page, PAGE_SIZE) & low_bits(48), PAGE_SIZE,
            kinds[random_below(ARRAY_SIZE(kinds))]);
    return va;
}

/* Nothing that points into our own image, lest the sample change the test. */
static bool is_safe(uint64_t value)
{
    return !range_within(value, 1, machine.image.base - MIB(1), machine.image.bytes + MIB(2));
}

static uint64_t pointer(void)
{
    uint64_t base = CPU_VA(cpu_slot());

    switch (random_below(8)) {
    case 0:
        return random_device();
    case 1:
        return base + USER_GICD_VA + random_below(0x1000);
    case 2:
        return base + CODE_VA + random_below(CODES) * CODE_STEP + random_below(PAGE_SIZE);
    case 3:
        return base + MEMORY_VA + MEMORY_BYTES - random_below(32); /* over the end */
    default:
        return base + MEMORY_VA + (random_below(MEMORY_BYTES) & (one_in(2) ? ~15u : ~0u));
    }
}

void sample_fill(struct sample *sample)
{
    for (unsigned i = 0; i < SAMPLE_REGISTERS; i++) {
        do
            sample->x[i] = one_in(2) ? pointer() : random_value();
        while (!is_safe(sample->x[i]));
    }
    sample->sp = pointer();
}

/* What interrupts have come are taken and ended, what is active is no longer. */
static void drain_interrupts(void)
{
    for (unsigned i = 0; i < 64; i++) {
        uint32_t iar = gic_ack();
        if (gic_intid(iar) >= 1020)
            break;
        if (gic_intid(iar) >= INTID_SGI_MAX && gic_intid(iar) != machine.timer_virt_intid)
            gic_disable(gic_intid(iar));
        gic_eoi(iar);
        gic_deactivate(iar);
    }
    for (unsigned i = 0; i < 64 && gic_running_priority() < 0xf8; i++)
        gic_eoi(machine.timer_virt_intid);
}

void sample_heal(void)
{
    WRITE_SYSREG(cntv_ctl_el0, 0);
    WRITE_SYSREG(cntp_ctl_el0, 0);
    barrier_context();
    gic_group_enable(true);
    mmio_write32(machine.gicd + GICD_ICENABLER + 4, ~0u);
    mmio_write32(machine.gicd + GICD_ICPENDR + 4, ~0u);
    mmio_write32(machine.gicd + GICD_ICACTIVER + 4, ~0u);
    gic_init_cpu();
    drain_interrupts();
    gic_enable(machine.timer_virt_intid);
    since_heal[cpu_slot()] = 0;
}

/* Before each sample: what a single one can have changed and the next relies on. */
static void prepare(void)
{
    if (++since_heal[cpu_slot()] >= HEAL_EVERY)
        sample_heal();
    WRITE_SYSREG(mdscr_el1, 0);
    WRITE_SYSREG(cpacr_el1, CPACR_EL1_FPEN);
    WRITE_SYSREG(cntkctl_el1, 3);
    gic_set_pmr(GIC_PMR_OPEN);
    gic_interface_enable(true);
    WRITE_SYSREG(cntv_tval_el0, ticks_of_us(WATCHDOG_US));
    WRITE_SYSREG(cntv_ctl_el0, CNT_CTL_ENABLE);
    barrier_context();
}

static void count_end(const struct fault *fault)
{
    struct sample_counts *n = &counts[cpu_slot()];
    bool synchronous = fault->vector % 4 == 0;

    if (fault->vector % 4 == 1) {
        n->interrupted++;
        drain_interrupts();
        return;
    }
    switch (esr_class(fault->esr)) {
    case EC_BRK64:
        n->completed += synchronous;
        break;
    case EC_UNKNOWN:
        n->undefined += synchronous;
        break;
    case EC_DABORT_LOWER:
    case EC_DABORT_SAME:
    case EC_IABORT_LOWER:
    case EC_IABORT_SAME:
        n->aborted += synchronous;
        break;
    default:
        n->other++;
        break;
    }
}

static void enter(void *entry)
{
    sample_enter(entry);
}

void sample_run(const struct sample *sample)
{
    static const uint8_t codes[SAMPLE_MODES] = {
        [SAMPLE_EL1] = CODE_A64,
        [SAMPLE_EL0] = CODE_A64,
        [SAMPLE_A32] = CODE_A32,
        [SAMPLE_T32] = CODE_T32,
    };
    static const uint64_t modes[SAMPLE_MODES] = {
        [SAMPLE_EL1] = SPSR_M_EL1T,
        [SAMPLE_EL0] = SPSR_M_EL0T,
        [SAMPLE_A32] = SPSR_M_A32_USER,
        [SAMPLE_T32] = SPSR_M_A32_USER | SPSR_T,
    };
    unsigned cpu = cpu_slot(), middle = PAGE_SIZE / 4 / 2;
    unsigned code = codes[sample->mode];
    uint32_t *at = &code_pages[cpu][code][middle];
    struct entry entry = {
        .sp = sample->sp,
        .pc = CPU_VA(cpu) + CODE_VA + code * CODE_STEP + middle * 4,
        .pstate = modes[sample->mode] | (one_in(2) ? 0 : SPSR_EL1_D),
    };
    struct fault fault = {0};

    for (unsigned i = 0; i < SAMPLE_REGISTERS; i++)
        entry.x[i] = sample->x[i];
    at[0] = sample->word;
    mmu_publish_code(at, 4);
    prepare();
    expect_fault(enter, &entry, &fault);
    count_end(&fault);
}

struct sample_counts sample_counts(void)
{
    struct sample_counts sum = {0};

    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        sum.completed += counts[cpu].completed;
        sum.undefined += counts[cpu].undefined;
        sum.aborted += counts[cpu].aborted;
        sum.interrupted += counts[cpu].interrupted;
        sum.other += counts[cpu].other;
    }
    return sum;
}
