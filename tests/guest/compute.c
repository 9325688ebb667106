/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that works for `seconds=N` (bootargs, default 10) of virtual time and checks itself all
 * the while: memory against a generator, time, FP and SIMD registers, EL1 system registers. For
 * several VMs on one CPU: what a world switch forgets shows here. Interrupts stay masked; progress
 * is printed each 10 s.
 */
#include "guest/lib/guest.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/text.h"
#include "guest/lib/timer.h"
#include "guest/lib/workload.h"

#define SECONDS_DEFAULT  10u
#define PROGRESS_SECONDS 10u

static void compute(void)
{
    uint64_t hz = counter_hz();
    uint64_t seconds = text_argument(machine.bootargs, "seconds", SECONDS_DEFAULT);
    uint64_t start = counter(), next = PROGRESS_SECONDS;
    /* Seeds differ between VMs, so that one's state found in another is seen. */
    uint64_t seed = start;

    irq_mask();
    workload_start();
    while (workload_clock() < start + seconds * hz) {
        workload_round(seed);
        seed += WORKLOAD_SEED_STEP;
        if (workload.last_time - start >= next * hz) {
            print("%lu s: %lu rounds\n", next, workload.rounds);
            next += PROGRESS_SECONDS;
        }
    }
    print("%lu rounds in %lu s, longest gap %lu us\n", workload.rounds, seconds,
          workload.longest_gap * 1000000 / hz);
    workload_check();
}

void guest_main(void)
{
    static const struct test tests[] = {TEST(compute)};
    check_run(tests, ARRAY_SIZE(tests));
}
