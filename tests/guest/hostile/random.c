/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers and values; see hostile.h. */
#include "guest/hostile/hostile.h"
#include "guest/lib/smp.h"

static uint64_t states[GUEST_CPU_MAX];

void random_seed(uint64_t seed)
{
    states[cpu_index()] = seed * 0x9e3779b97f4a7c15ULL | 1;
    for (unsigned i = 0; i < 8; i++)
        random64();
}

/* xorshift64*: never 0 inside. */
uint64_t random64(void)
{
    uint64_t *state = &states[cpu_index()];
    uint64_t x = *state;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * 0x2545f4914f6cdd1dULL;
}

uint64_t random_device(void)
{
    switch (random_below(8)) {
    case 0:
    case 1:
        return machine.gicd + random_below(0x1000);
    case 2: /* identification, or GICv3's routing */
        return machine.gicd + random_below(0x10000);
    case 3:
    case 4:
        if (machine.gic_version == 2)
            return machine.gicc + random_below(0x2000);
        return machine.gicr + random_below(0x20000 * machine.cpu_count);
    case 5:
        if (machine.gic_version == 2)
            return machine.gicd + 0x400 + random_below(0xb00);
        return machine.gicr + 0x10000 + random_below(0x1000);
    case 6: /* the console's is its first user's; the others stay off it */
        if (cpu_index() == 0)
            return machine.uart + (one_in(16) ? 0 : 4 + random_below(0x1000 - 4));
        return machine.uart + 0x1000 + random_below(0x1000);
    default:
        return random64() & low_bits(one_in(2) ? 30 : 48);
    }
}

uint64_t random_value(void)
{
    switch (random_below(8)) {
    case 0:
        return 0;
    case 1:
        return ~0ULL;
    case 2:
        return random_below(256);
    case 3:
        return random_device();
    case 4:
        return bit64(random_below(64));
    case 5:
        return (uint32_t)random64();
    default:
        return random64();
    }
}
