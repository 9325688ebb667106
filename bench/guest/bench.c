/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What single operations cost, in ticks of the virtual counter: under QEMU's `-icount shift=0` with
 * a counter of 1 GHz a tick is an instruction, hypervisor and guest together. Prints `name value`
 * lines, the mean of many rounds, the loop around the operation subtracted. The same
 * binary runs bare, which gives the machine's own share. `row=NAME` on the command line: that
 * alone, for a profile.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/mmio.h"
#include "guest/lib/mmu.h"
#include "guest/lib/pl011.h"
#include "guest/lib/smp.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/text.h"
#include "guest/lib/timer.h"

#define TIME_BEGIN() counter()
#include "rows.h"

#define SGI_BENCH 9u
#define SGI_REPLY 10u
/* Far enough ahead to be asleep or spinning when it comes. */
#define TIMER_AHEAD_US 200u

extern uint64_t bench_vector_time[GUEST_CPU_MAX];
uint64_t bench_vector_time[GUEST_CPU_MAX];
extern char bench_vectors[], vectors[];

static uint64_t loop_overhead;
static uint32_t times;

/* Where bench.S puts the time of CPU. */
static unsigned aff0(unsigned cpu)
{
    return (unsigned)REG_GET(MPIDR_EL1, Aff0, machine.cpus[cpu]) % GUEST_CPU_MAX;
}

static void report(const char *name, uint64_t ticks, uint32_t count)
{
    uint64_t tenths = ticks * 10 / count;
    print("%s %lu.%lu\n", name, tenths / 10, tenths % 10);
}
static void report_loop(const char *name, uint64_t ticks)
{
    report(name, ticks - MIN(ticks, loop_overhead), LOOP_ROUNDS);
}

static bool wanted(const char *name)
{
    return row_is_wanted(machine.bootargs, name);
}

static void hvc_once(void)
{
    register uint64_t x0 __asm__("x0") = PSCI_VERSION;
    __asm__ volatile("hvc #0"
                     : "+r"(x0)
                     :
                     : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
                       "x13", "x14", "x15", "x16", "x17", "memory");
}

static void bench_loops(void)
{
    uint64_t gicd_typer = machine.gicd + GICD_TYPER;
    uint64_t gicd_enable = machine.gicd + GICD_ISENABLER + 4;
    uint64_t uart_flags = machine.uart + UARTFR;

    loop_overhead = TIME_LOOP();
    if (!machine.psci_by_smc)
        BENCH_LOOP("hvc_psci_version", hvc_once());
    BENCH_LOOP("id_register_read", READ_SYSREG(id_aa64mmfr0_el1));
    BENCH_LOOP("gicd_read", mmio_read32(gicd_typer));
    BENCH_LOOP("gicd_isenabler_write", mmio_write32(gicd_enable, 0));
    BENCH_LOOP("uart_read", mmio_read32(uart_flags));
    BENCH_LOOP("cntp_ctl_read", READ_SYSREG(cntp_ctl_el0));
    BENCH_LOOP("cntvct_read", READ_SYSREG(cntvct_el0));
}

static uint32_t handled[GUEST_CPU_MAX];

static void handle(struct exception_frame *frame)
{
    uint32_t iar = gic_ack();

    if (gic_intid(iar) == machine.timer_virt_intid)
        WRITE_SYSREG(cntv_ctl_el0, 0);
    if (gic_intid(iar) == INTID_SPURIOUS)
        return;
    gic_eoi(iar);
    __atomic_add_fetch(&handled[cpu_index()], 1, __ATOMIC_RELEASE);
    if (cpu_index() == 1)
        gic_sgi(SGI_REPLY, 0);
}

static uint32_t handled_by(unsigned cpu)
{
    return __atomic_load_n(&handled[cpu], __ATOMIC_ACQUIRE);
}

/* Only the write lies between the two readings. */
static uint64_t sgi_to_self_from(void)
{
    uint64_t start;

    if (machine.gic_version == 3) {
        uint64_t value = REG_PUT(ICC_SGI1R_EL1, INTID, SGI_BENCH) |
                         REG_PUT(ICC_SGI1R_EL1, TargetList, bit64(aff0(0)));
        start = counter();
        WRITE_SYSREG(icc_sgi1r_el1, value);
    } else {
        uint64_t at = machine.gicd + GICD_SGIR;
        uint32_t value = (uint32_t)(REG_PUT(GICD_SGIR, INTID, SGI_BENCH) |
                                    REG_PUT(GICD_SGIR, TargetListFilter, SGIR_FILTER_SELF));
        start = counter();
        mmio_write32(at, value);
    }
    barrier_context();
    return start;
}

static void bench_sgi_self(void)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < EVENT_ROUNDS; i++) {
        uint32_t before = handled_by(0);
        uint64_t start = sgi_to_self_from();
        if (!WAIT_UNTIL(handled_by(0) != before)) {
            print("sgi_self lost\n");
            return;
        }
        sum += bench_vector_time[aff0(0)] - start;
    }
    report("sgi_self", sum, EVENT_ROUNDS);
}

static void timer_arm(uint64_t at)
{
    WRITE_SYSREG(cntv_cval_el0, at);
    WRITE_SYSREG(cntv_ctl_el0, CNT_CTL_ENABLE);
    barrier_context();
}

/* From the deadline to the vector, the CPU busy or in WFI when it comes. */
static void bench_timer(const char *name, bool asleep)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < EVENT_ROUNDS; i++) {
        uint32_t before = handled_by(0);
        uint64_t at = counter() + ticks_of_us(TIMER_AHEAD_US);
        timer_arm(at);
        uint64_t end = at + ticks_of_us(WAIT_MAX_US);
        while (handled_by(0) == before && counter() < end) {
            if (asleep)
                wait_for_interrupt();
        }
        if (handled_by(0) == before) {
            print("%s lost\n", name);
            return;
        }
        sum += bench_vector_time[aff0(0)] - at;
    }
    report(name, sum, EVENT_ROUNDS);
}

static uint32_t second_leaves, second_ready;

static void second(void *unused)
{
    gic_init_cpu();
    gic_enable(SGI_BENCH);
    WRITE_SYSREG(vbar_el1, (uint64_t)bench_vectors);
    irq_unmask();
    __atomic_store_n(&second_ready, 1, __ATOMIC_RELEASE);
    while (!__atomic_load_n(&second_leaves, __ATOMIC_ACQUIRE))
        wait_for_interrupt();
    irq_mask();
    WRITE_SYSREG(vbar_el1, (uint64_t)vectors);
    barrier_context();
}

/*
 * From the write on CPU 0, which then waits in WFI, to the vector on CPU 1, which waited in WFI:
 * the work of both CPUs, as they take turns when instructions are counted. The timer is there for
 * an interrupt that is lost.
 */
static void bench_ipi(void)
{
    uint64_t sum = 0;
    bool lost = false;

    for (uint32_t i = 0; i < EVENT_ROUNDS && !lost; i++) {
        uint32_t before = handled_by(1), replies = handled_by(0);
        timer_arm(counter() + ticks_of_us(WAIT_MAX_US));
        uint64_t start = counter();
        gic_sgi(SGI_BENCH, 1);
        while (handled_by(0) == replies)
            wait_for_interrupt();
        lost = handled_by(1) == before;
        sum += bench_vector_time[aff0(1)] - start;
    }
    WRITE_SYSREG(cntv_ctl_el0, 0);
    if (lost)
        print("ipi lost\n");
    else
        report("ipi", sum, EVENT_ROUNDS);
}

static void bench_second_cpu(void)
{
    if (machine.cpu_count < 2 || !cpu_run(1, second, NULL) ||
        !WAIT_UNTIL(__atomic_load_n(&second_ready, __ATOMIC_ACQUIRE)))
        return;
    gic_enable(SGI_REPLY);
    delay_us(TIMER_AHEAD_US);
    bench_ipi();
    __atomic_store_n(&second_leaves, 1, __ATOMIC_RELEASE);
    gic_sgi(SGI_BENCH, 1); /* out of WFI */
    cpu_wait_off(1);
}

void guest_main(void)
{
    mmu_init();
    times = (uint32_t)text_argument(machine.bootargs, "times", 1);
    print("ticks_per_second %lu\n", counter_hz());
    gic_init();
    bench_loops();
    irq_set_handler(handle);
    gic_enable(SGI_BENCH);
    gic_enable(machine.timer_virt_intid);
    WRITE_SYSREG(vbar_el1, (uint64_t)bench_vectors);
    barrier_context();
    irq_unmask();
    if (wanted("sgi_self"))
        bench_sgi_self();
    if (wanted("timer_spin"))
        bench_timer("timer_spin", false);
    if (wanted("timer_wfi"))
        bench_timer("timer_wfi", true);
    if (wanted("ipi"))
        bench_second_cpu();
    irq_mask();
    print("done\n");
}
