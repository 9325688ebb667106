/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What single operations cost on ARMv7, in ticks of the virtual counter: under QEMU's `-icount
 * shift=0` with a counter of 1 GHz a tick is an instruction, hypervisor and guest together. Prints
 * `name value` lines, the mean of many rounds, the loop around the operation subtracted.
 */
#include "guest/lib/arm/guest.h"

#define LOOP_ROUNDS  1000u
#define EVENT_ROUNDS 100u
#define SGI_BENCH    9u
#define PPI_TIMER    27u

#define TIME_LOOP(body)                                  \
    ({                                                   \
        uint64_t start_ = counter();                     \
        for (uint32_t i_ = LOOP_ROUNDS; i_ != 0; i_--) { \
            __asm__ volatile("" ::: "memory");           \
            body;                                        \
        }                                                \
        counter() - start_;                              \
    })

static uint64_t loop_overhead;
static uint64_t tick_ns; /* the counter's period: a tick may be many instructions */

static void report(const char *name, uint64_t ticks, uint32_t count)
{
    uint64_t tenths = ticks * tick_ns * 10 / count;

    print("%s %U.%U\n", name, tenths / 10, tenths % 10);
}

static void report_loop(const char *name, uint64_t ticks)
{
    report(name, ticks - MIN(ticks, loop_overhead), LOOP_ROUNDS);
}

static volatile uint32_t handled;
static volatile uint64_t vector_time;

static void handle(uint32_t intid, enum exception how)
{
    vector_time = counter();
    if (intid == PPI_TIMER)
        CP_WRITE(p15, 0, c14, c3, 1, 0); /* CNTV_CTL */
    handled++;
}

static void bench_sgi(void)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < EVENT_ROUNDS; i++) {
        uint32_t before = handled;
        uint64_t start = counter();

        mmio_write(GICD + GICD_SGIR, GICD_SGIR_SELF | SGI_BENCH);
        while (handled == before)
            ;
        sum += vector_time - start;
    }
    report("sgi_self", sum, EVENT_ROUNDS);
}

static void bench_timer(const char *name, bool asleep)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < EVENT_ROUNDS; i++) {
        uint32_t before = handled;
        uint64_t at = counter() + 200000 / tick_ns;

        CP_WRITE64(3, c14, at);          /* CNTV_CVAL */
        CP_WRITE(p15, 0, c14, c3, 1, 1); /* CNTV_CTL */
        while (handled == before)
            if (asleep)
                __asm__ volatile("wfi" ::: "memory");
        sum += vector_time - at;
    }
    report(name, sum, EVENT_ROUNDS);
}

void guest_main(void)
{
    tick_ns = 1000000000 / CP_READ(p15, 0, c14, c0, 0);
    print("ticks_per_second %u\n", CP_READ(p15, 0, c14, c0, 0));
    gic_init();
    loop_overhead = TIME_LOOP();
    report_loop("hvc_psci_version", TIME_LOOP(hvc(PSCI_VERSION, 0, 0, 0)));
    report_loop("actlr_read", TIME_LOOP(CP_READ(p15, 0, c1, c0, 1)));
    report_loop("gicd_read", TIME_LOOP(mmio_read(GICD + GICD_TYPER)));
    report_loop("gicd_isenabler_write", TIME_LOOP(mmio_write(GICD + GICD_ISENABLER + 4, 0)));
    report_loop("uart_read", TIME_LOOP(mmio_read(UART + UART_FR)));
    report_loop("cntp_ctl_read", TIME_LOOP(CP_READ(p15, 0, c14, c2, 1)));
    report_loop("cntvct_read", TIME_LOOP(CP_READ64(1, c14)));
    irq_set_handler(handle);
    gic_enable(SGI_BENCH);
    gic_enable(PPI_TIMER);
    irq_unmask();
    bench_sgi();
    bench_timer("timer_spin", false);
    bench_timer("timer_wfi", true);
    print("done\n");
    hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
}
