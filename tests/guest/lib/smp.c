/* SPDX-License-Identifier: Apache-2.0 */
/* CPUs and their stacks; see smp.h. */
#include "guest/lib/smp.h"

#include "guest/lib/mmu.h"
#include "guest/lib/power.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/timer.h"

/* entry.S begins on the first of them. */
extern char stacks[GUEST_CPU_MAX][STACK_BYTES];
char stacks[GUEST_CPU_MAX][STACK_BYTES] __aligned(16);

/* What entry.S reads at CPU_ON, with the MMU off, in this order. */
struct secondary {
    uint64_t stack_top;
    void (*main)(void *);
    struct secondary *self;
    struct mmu_registers mmu;
    void (*fn)(void *);
    void *argument;
    uint32_t begun;
} __aligned(64);

static_assert(offsetof(struct secondary, mmu) == 24, "entry.S");

static struct secondary secondaries[GUEST_CPU_MAX];
void secondary_entry(void);

unsigned cpu_index(void)
{
    uint64_t affinity = READ_SYSREG(mpidr_el1) & MPIDR_AFFINITY;

    for (unsigned i = 0; i < machine.cpu_count; i++) {
        if (machine.cpus[i] == affinity)
            return i;
    }
    return 0;
}

static void secondary_main(void *self)
{
    struct secondary *s = self;

    __atomic_store_n(&s->begun, 1, __ATOMIC_RELEASE);
    s->fn(s->argument);
    psci_call(PSCI_CPU_OFF, 0, 0, 0);
}

int32_t cpu_start(unsigned cpu, void (*fn)(void *), void *argument)
{
    struct secondary *s = &secondaries[cpu];

    *s = (struct secondary){
        .stack_top = (uint64_t)stacks[cpu] + STACK_BYTES,
        .main = secondary_main,
        .self = s,
        .mmu = mmu_registers(),
        .fn = fn,
        .argument = argument,
    };
    for (uint64_t at = (uint64_t)s; at < (uint64_t)(s + 1); at += 16)
        __asm__ volatile("dc cvac, %0" ::"r"(at) : "memory");
    barrier_sync();
    return psci_call(PSCI_CPU_ON, machine.cpus[cpu], (uint64_t)secondary_entry, (uint64_t)s);
}

bool cpu_wait_off(unsigned cpu)
{
    return WAIT_UNTIL(psci_call(PSCI_AFFINITY_INFO, machine.cpus[cpu], 0, 0) == PSCI_OFF);
}

bool cpu_run(unsigned cpu, void (*fn)(void *), void *argument)
{
    return cpu_start(cpu, fn, argument) == PSCI_SUCCESS &&
           WAIT_UNTIL(__atomic_load_n(&secondaries[cpu].begun, __ATOMIC_ACQUIRE) != 0);
}
