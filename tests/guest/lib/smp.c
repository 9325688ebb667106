/* SPDX-License-Identifier: Apache-2.0 */
/* CPUs and their stacks; see smp.h. */
#include "guest/lib/smp.h"

#include "guest/lib/sysreg.h"

extern char stacks[GUEST_CPU_MAX][STACK_BYTES];
char stacks[GUEST_CPU_MAX][STACK_BYTES] __aligned(16);

unsigned cpu_index(void)
{
    uint64_t affinity = READ_SYSREG(mpidr_el1) & MPIDR_AFFINITY;

    for (unsigned i = 0; i < machine.cpu_count; i++) {
        if (machine.cpus[i] == affinity)
            return i;
    }
    return 0;
}
