/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What single operations cost on ARMv7, in ticks of the virtual counter: under QEMU's `-icount
 * shift=0` with a counter of 1 GHz a tick is an instruction, hypervisor and guest together. Prints
 * `name value` lines, the mean of many rounds, the loop around the operation subtracted. The same
 * binary runs bare, which gives the machine's own share. `row=NAME` on the command line: that
 * alone, for a profile; `times=N`: so many times the rounds.
 */
#include "guest/lib/arm/guest.h"
#include "guest/lib/text.h"

#define TIME_BEGIN() counter()
#include "../rows.h"

#define SGI_BENCH 9u
#define PPI_TIMER 27u
/* Far enough ahead to be asleep or spinning when it comes. */
#define TIMER_AHEAD_NS 200000u
#define LOST_NS        1000000000u

extern uint64_t bench_vector_time;
uint64_t bench_vector_time;
void bench_vectors_use(void); /* bench.S */

static uint64_t loop_overhead;
static uint32_t times;

static void report(const char *name, uint64_t ticks, uint32_t count)
{
    uint64_t tenths = ticks * 10 / count;

    print("%s %U.%U\n", name, tenths / 10, tenths % 10);
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
    register uint32_t r0 __asm__("r0") = PSCI_VERSION;

    __asm__ volatile(".arch_extension virt\n\thvc #0"
                     : "+r"(r0)
                     :
                     : "r1", "r2", "r3", "r12", "memory");
}

static void bench_loops(void)
{
    uint32_t typer = GICD + GICD_TYPER, enable = GICD + GICD_ISENABLER + 4, flags = UART + UART_FR;

    loop_overhead = TIME_LOOP();
    BENCH_LOOP("hvc_psci_version", hvc_once());
    BENCH_LOOP("actlr_read", CP_READ(p15, 0, c1, c0, 1));
    BENCH_LOOP("gicd_read", mmio_read(typer));
    BENCH_LOOP("gicd_isenabler_write", mmio_write(enable, 0));
    BENCH_LOOP("uart_read", mmio_read(flags));
    BENCH_LOOP("cntp_ctl_read", CP_READ(p15, 0, c14, c2, 1));
    BENCH_LOOP("cntvct_read", CP_READ64(1, c14));
}

static volatile uint32_t handled;

static void handle(uint32_t intid, enum exception how)
{
    if (intid == PPI_TIMER)
        CP_WRITE(p15, 0, c14, c3, 1, 0); /* CNTV_CTL */
    handled++;
}

/* True if it came in time. */
static bool wait_handled(uint32_t before)
{
    uint64_t end = counter() + LOST_NS;

    while (handled == before && counter() < end)
        ;
    return handled != before;
}

static void bench_sgi_self(void)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < EVENT_ROUNDS; i++) {
        uint32_t before = handled;
        register uint32_t value __asm__("r2") = GICD_SGIR_SELF | SGI_BENCH;
        register uint32_t at __asm__("r3") = GICD + GICD_SGIR;
        uint64_t start;

        /* Only the write lies between the two readings. */
        __asm__ volatile("" : "+r"(at), "+r"(value));
        start = counter();
        mmio_write(at, value);
        if (!wait_handled(before)) {
            print("sgi_self lost\n");
            return;
        }
        sum += bench_vector_time - start;
    }
    report("sgi_self", sum, EVENT_ROUNDS);
}

/* From the deadline to the vector, the CPU busy or in WFI when it comes. */
static void bench_timer(const char *name, bool asleep)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < EVENT_ROUNDS; i++) {
        uint32_t before = handled;
        uint64_t at = counter() + TIMER_AHEAD_NS, end = at + LOST_NS;

        CP_WRITE64(3, c14, at);          /* CNTV_CVAL */
        CP_WRITE(p15, 0, c14, c3, 1, 1); /* CNTV_CTL */
        while (handled == before && counter() < end)
            if (asleep)
                __asm__ volatile("wfi" ::: "memory");
        if (handled == before) {
            print("%s lost\n", name);
            return;
        }
        sum += bench_vector_time - at;
    }
    report(name, sum, EVENT_ROUNDS);
}

void guest_main(void)
{
    times = (uint32_t)text_argument(machine.bootargs, "times", 1);
    print("ticks_per_second %u\n", CP_READ(p15, 0, c14, c0, 0));
    gic_init();
    bench_loops();
    irq_set_handler(handle);
    gic_enable(SGI_BENCH);
    gic_enable(PPI_TIMER);
    bench_vectors_use();
    irq_unmask();
    if (wanted("sgi_self"))
        bench_sgi_self();
    if (wanted("timer_spin"))
        bench_timer("timer_spin", false);
    if (wanted("timer_wfi"))
        bench_timer("timer_wfi", true);
    irq_mask();
    print("done\n");
    hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
}
