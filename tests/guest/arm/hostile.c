/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ARMv7 guest that tries everything on both CPUs: random instructions in A32 and T32, every
 * coprocessor register, calls, device accesses of every form, and in the end itself. It checks
 * nothing: that its hypervisor lives on and its neighbour sees nothing of it is checked beside it
 * (neighbour.c, tests/system/arm.sh). Arm ARM DDI 0406C, A5 and A6 for the encodings.
 */
#include "guest/lib/arm/guest.h"
#include "guest/lib/text.h"

#include "lib/bits.h"

#define ROUNDS         4u
#define COUNT          200u
#define WATCHDOG_HZ    500u
#define PPI_VTIMER     27u
#define CPUS           2u
#define MODE_USR       0x10u
#define MODE_SVC       0x13u
#define CPSR_T         0x20u
#define CPSR_MASKED    0x1c0u /* A, I, F */
#define GICC_APR       0xd0u
#define GICD_ICACTIVER 0x380u
#define ALL_ONES       UINT32_MAX
/* What surrounds a sample: UDF in both instruction sets, read either way. */
#define TRAP_A32 0xe7f000f0u
#define TRAP_T32 0xdededede
/* Far from the image, which lies where memory begins. */
#define MEMORY        0x40000000u
#define SCRATCH       0x40800000u
#define SCRATCH_BYTES 0x00100000u
#define NOWHERE       0x10000000u
#define CODE(cpu)     (SCRATCH + 2 * SCRATCH_BYTES + (cpu)*SCRATCH_BYTES)
#define CODE_WORDS    64u

unsigned sample_enter(const uint32_t *r, uint32_t pc, uint32_t cpsr); /* hostile.S */
extern char hostile_vectors[];

/* How a sample ended, by the vector that it took. */
static volatile unsigned ends[CPUS][EXC_NONE];
static uint32_t states[CPUS];

static unsigned cpu_index(void)
{
    return CP_READ(p15, 0, c0, c0, 5) & (CPUS - 1);
}

/* xorshift32 */
static uint32_t random32(void)
{
    uint32_t *state = &states[cpu_index()], x = *state;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    return x * 0x9e3779b1u;
}

static uint32_t random_below(uint32_t limit)
{
    return (uint32_t)((uint64_t)random32() * limit >> 32);
}

static bool one_in(uint32_t n)
{
    return random_below(n) == 0;
}

static uint32_t random_device(void)
{
    switch (random_below(4)) {
    case 0:
        return GICC + random_below(0x2000);
    case 1: /* the console is the first CPU's */
        return UART + (cpu_index() == 0 && one_in(16) ? 0 : 4 + random_below(0xffc));
    case 2:
        return one_in(2) ? NOWHERE + random_below(0x10000) : random32() & 0x3fffffff;
    default:
        return GICD + random_below(0x1000);
    }
}

static uint32_t any_value(void)
{
    switch (random_below(6)) {
    case 0:
        return random_below(256);
    case 1:
        return 1u << random_below(32);
    case 2:
        return random_device();
    case 3:
        return random32() & ~0x40000000u; /* no memory of ours */
    default:
        return SCRATCH + random_below(SCRATCH_BYTES);
    }
}

/* Nothing that points near our own image, lest the sample change the test. */
static uint32_t random_value(void)
{
    uint32_t value;

    do
        value = any_value();
    while (value - (MEMORY - SCRATCH_BYTES) < 2 * SCRATCH_BYTES);
    return value;
}

/* What earlier samples left in the interrupt controller and the timer. */
static void heal(void)
{
    CP_WRITE(p15, 0, c14, c3, 1, 0);
    mmio_write(GICC + GICC_APR, 0);
    mmio_write(GICD + GICD_ICACTIVER, ALL_ONES);
    mmio_write(GICD + GICD_IGROUPR, 0);
    mmio_write(GICD + GICD_IPRIORITYR + (PPI_VTIMER & ~3u), 0);
    gic_init();
    gic_enable(PPI_VTIMER);
}

static void watchdog_start(void)
{
    CP_WRITE64(3, c14, counter() + CP_READ(p15, 0, c14, c0, 0) / WATCHDOG_HZ);
    CP_WRITE(p15, 0, c14, c3, 1, 1);
    barrier();
}

/* One instruction with registers R, in MODE and instruction set. */
static void run(uint32_t word, const uint32_t *r, uint32_t cpsr)
{
    volatile uint32_t *code = (uint32_t *)(uintptr_t)CODE(cpu_index());
    uint32_t trap = (cpsr & CPSR_T) != 0 ? TRAP_T32 : TRAP_A32;
    unsigned end;

    for (unsigned i = 0; i < CODE_WORDS; i++)
        code[i] = trap;
    code[CODE_WORDS / 2] = word;
    barrier();
    CP_WRITE(p15, 0, c7, c5, 0, 0); /* ICIALLU */
    barrier();
    end = sample_enter(r, (uint32_t)(uintptr_t)&code[CODE_WORDS / 2], cpsr);
    ends[cpu_index()][end]++;
}

static void fill(uint32_t *r)
{
    for (unsigned i = 0; i < 13; i++)
        r[i] = random_value();
}

/* ---- phases */

/*
 * Any word that has no 15 where most instructions have a register, which would be the PC, and no
 * 14, which would be it in a pair: QEMU's translator ends itself at some of its unpredictable uses.
 */
static uint32_t random_word(bool thumb)
{
    static const uint8_t arm[] = {0, 8, 12, 16}, t32[] = {0, 16, 24, 28};
    const uint8_t *fields = thumb ? t32 : arm;
    uint32_t word = random32();

    for (unsigned i = 0; i < ARRAY_SIZE(arm); i++)
        if ((word >> fields[i] & 15) >= 14)
            word ^= 8u << fields[i];
    return word;
}

/* In User mode, where the watchdog ends what loops. */
static void attack_instructions(uint32_t *r)
{
    bool thumb;

    if (one_in(16))
        heal();
    watchdog_start();
    thumb = one_in(2);
    run(random_word(thumb), r, MODE_USR | (thumb ? CPSR_T : 0));
}

/* MCR of what the vectors stand on: SCTLR, translation, VBAR. */
static bool is_ground(uint32_t word)
{
    uint32_t crn = word >> 16 & 15, coprocessor = word >> 8 & 15;

    return coprocessor == 15 && (crn == 1 || crn == 2 || crn == 12 || crn == 13);
}

static void attack_coprocessors(uint32_t *r)
{
    uint32_t coprocessor = one_in(4) ? random_below(16) : 14 + random_below(2), word;
    bool read = one_in(2);

    switch (random_below(8)) {
    case 0: /* MCRR, MRRC */
        word = 0xec400000u | (random32() & 0x770ffu);
        read = true; /* of any kind: which half of TTBR is which does not matter without MMU */
        word |= one_in(2) ? 0x00100000u : 0;
        break;
    case 1: /* LDC, STC */
        word = 0xed800000u | (random32() & 0x70f0ffu) | 0x10000u;
        read = true;
        break;
    default:
        word = 0xee000010u | (random32() & 0x00efc0efu) | random_below(13) << 12 |
               (read ? 0x00100000u : 0);
        break;
    }
    word |= coprocessor << 8;
    if (read || !is_ground(word))
        run(word, r, MODE_SVC | CPSR_MASKED);
}

static bool ends_the_vm(uint32_t function)
{
    switch (function & ~0x40000000u) {
    case 0x84000001: /* CPU_SUSPEND */
    case PSCI_CPU_OFF:
    case PSCI_SYSTEM_OFF:
    case PSCI_SYSTEM_RESET:
    case 0x8400000c: /* CPU_DEFAULT_SUSPEND */
    case 0x8400000e: /* SYSTEM_SUSPEND */
    case 0x84000012: /* SYSTEM_RESET2 */
        return true;
    default:
        return false;
    }
}

static void attack_calls(uint32_t *r)
{
    uint32_t hvc_word = 0xe1400070u, smc_word = 0xe1600070u;

    r[0] = one_in(4) ? random32() : PSCI_VERSION + random_below(32);
    if (one_in(4))
        r[0] |= 0x40000000u;
    if (ends_the_vm(r[0]))
        return;
    if (one_in(8))
        hvc_word |= (random32() & 0xfffu) << 8;
    run(one_in(2) ? hvc_word : smc_word, r, MODE_SVC | CPSR_MASKED);
}

/* Every form of load and store, the base register a device's address. */
static void attack_devices(uint32_t *r)
{
    uint32_t word;

    r[1] = random_device() & (one_in(4) ? ALL_ONES : ~3u);
    switch (random_below(4)) {
    case 0: /* LDM, STM, without the PC */
        word = 0xe8810000u | (random32() & 0x01305fffu);
        break;
    case 1: /* halfwords, pairs, signed */
        word = 0xe14100b0u | (random32() & 0x00b0c06fu);
        break;
    case 2: /* exclusives, SWP */
        word = 0xe1010090u | (random32() & 0x00f0cf07u);
        break;
    default:
        word = 0xe5810000u | (random32() & 0x00500000u) | random_below(13) << 12;
        break;
    }
    run(word, r, MODE_SVC | CPSR_MASKED);
}

/* The same in Thumb code: what a syndrome does not describe, the hypervisor reads and decodes. */
static void attack_devices_in_thumb(uint32_t *r)
{
    uint32_t first, second = random32() & 0xffff;

    r[1] = random_device() & (one_in(4) ? ALL_ONES : ~3u);
    switch (random_below(4)) {
    case 0: /* LDM, STM; without the PC */
        first = 0xe881 | (random32() & 0x130);
        second &= 0x5fff;
        break;
    case 1: /* LDRD, STRD, exclusives; SP and PC are not moved */
        first = 0xe841 | (random32() & 0x1b0);
        second &= 0xbbff;
        break;
    case 2: /* of 16 bits: LDM, STM */
        first = 0xc100 | (random32() & 0x8ff);
        break;
    default: /* words and less, with write-back */
        first = 0xf801 | (random32() & 0x170);
        second &= 0xbfff;
        break;
    }
    run(first | second << 16, r, MODE_SVC | CPSR_MASKED | CPSR_T);
}

static void attack(uint32_t from)
{
    static void (*const phases[])(uint32_t *) = {attack_instructions, attack_coprocessors,
                                                 attack_calls, attack_devices,
                                                 attack_devices_in_thumb};
    uint32_t r[13];

    states[cpu_index()] = from;
    CP_WRITE(p15, 0, c12, c0, 0, (uint32_t)(uintptr_t)hostile_vectors);
    barrier();
    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned phase = 0; phase < ARRAY_SIZE(phases); phase++) {
            heal();
            for (unsigned i = 0; i < COUNT; i++) {
                fill(r);
                phases[(phase + cpu_index() * 2) % ARRAY_SIZE(phases)](r);
            }
            heal();
        }
}

/* ---- the end: what it stands on is taken away */

static void attack_itself(void)
{
    uint32_t control = random32();

    switch (random_below(3)) {
    case 0:
        CP_WRITE(p15, 0, c12, c0, 0, NOWHERE);
        break;
    case 1:
        CP_WRITE64(0, c2, random32());
        CP_WRITE64(1, c2, random32());
        break;
    default:
        CP_WRITE(p15, 0, c2, c0, 2, random32());
        break;
    }
    CP_WRITE(p15, 0, c1, c0, 0, control | 1);
    barrier();
    __asm__ volatile("udf #0");
}

static uint32_t seed; /* `seed=N` on the command line; not 0 */
static volatile bool first_done, second_done;

static void second(void)
{
    attack(seed ^ 0xc0ffeeu);
    second_done = true;
    while (!first_done)
        ;
    for (;;)
        attack_itself();
}

static void wait_ms(uint32_t ms)
{
    uint64_t until = counter() + (uint64_t)ms * (CP_READ(p15, 0, c14, c0, 0) / 1000);

    while (!second_done && counter() < until)
        ;
}

void guest_main(void)
{
    seed = (uint32_t)text_argument(machine.bootargs, "seed", 1);
    print("hostile: seed=%u\n", seed);
    gic_init();
    second_cpu(second, false);
    attack(seed);
    wait_ms(20000);
    print("\nhostile: %u and %u undefined, %u and %u aborted, %u and %u interrupted, %s\n",
          ends[0][EXC_UNDEF], ends[1][EXC_UNDEF], ends[0][EXC_DATA], ends[1][EXC_DATA],
          ends[0][EXC_IRQ], ends[1][EXC_IRQ], second_done ? "both done" : "the second is lost");
    second_done = false;
    first_done = true;
    wait_ms(300);
    hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
}
