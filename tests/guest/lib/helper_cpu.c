/* SPDX-License-Identifier: Apache-2.0 */
/* The loop of helper_cpu.h. It polls, so that it needs no interrupt to be told something. */
#include "guest/lib/helper_cpu.h"

#include "guest/lib/gic.h"
#include "guest/lib/irq_log.h"
#include "guest/lib/smp.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/timer.h"

#define HELPER 1u

typedef void work_fn(void);
static work_fn *work;
static uint32_t ready, leave;

static void loop(void *unused)
{
    gic_init_cpu();
    irq_unmask();
    __atomic_store_n(&ready, 1, __ATOMIC_RELEASE);
    while (!__atomic_load_n(&leave, __ATOMIC_ACQUIRE)) {
        work_fn *fn = __atomic_load_n(&work, __ATOMIC_ACQUIRE);
        if (fn != NULL) {
            fn();
            __atomic_store_n(&work, NULL, __ATOMIC_RELEASE);
        }
    }
    irq_mask();
    gic_interface_enable(false);
}

bool helper_start(void)
{
    ready = leave = 0;
    return machine.cpu_count > HELPER && cpu_run(HELPER, loop, NULL) &&
           WAIT_UNTIL(__atomic_load_n(&ready, __ATOMIC_ACQUIRE));
}

void helper_stop(void)
{
    __atomic_store_n(&leave, 1, __ATOMIC_RELEASE);
    cpu_wait_off(HELPER);
}

bool helper_run(void (*fn)(void))
{
    __atomic_store_n(&work, fn, __ATOMIC_RELEASE);
    return WAIT_UNTIL(__atomic_load_n(&work, __ATOMIC_ACQUIRE) == NULL);
}
