/* SPDX-License-Identifier: Apache-2.0 */
/* Time in the tests: it passes when the test says so. */
#include "arch/arch.h"
#include "arch/host/host_mem.h"

uint64_t host_counter;

uint64_t arch_counter(void)
{
    return host_counter;
}

uint64_t arch_counter_hz(void)
{
    return 1000000000;
}
