/* SPDX-License-Identifier: Apache-2.0 */
/* Calls, interrupts, tables, floods: what exits in quantity, or leads the walks astray. */
#include "guest/riscv/hostile/hostile.h"

enum { EXT_NACL = 0x4e41434c, EXT_STA = 0x535441, EXT_CPPC = 0x43505043, EXT_LEGACY_SHUTDOWN = 8 };
enum { HSM_SUSPEND_FUNCTION = 3, SUSPEND_NON_RETENTIVE = 0x80000000 };

bool with_fences;

/* ---- calls */

/* Those that would end the attack. */
static bool ends_the_hart(uint64_t extension, uint64_t function)
{
    return (extension == EXT_SRST && function == 0) ||
           (extension == EXT_HSM && function == HSM_STOP) ||
           (extension == EXT_HSM && function == HSM_SUSPEND_FUNCTION) ||
           extension == EXT_LEGACY_SHUTDOWN;
}

static uint64_t argument(void)
{
    switch (random_below(4)) {
    case 0:
        return random_below(4);
    case 1:
        return one_in(2) ? UINT64_MAX : 1ULL << 31;
    case 2:
        return 0x80000000u + random_below(MIB(33));
    default:
        return random_value();
    }
}

/* Sleeps, until the timer or the other hart's interrupt. */
static void suspend(void)
{
    unsigned hart = hart_index();

    timer_set(counter() + COUNTER_HZ / WATCHDOG_HZ);
    if (one_in(2))
        (void)sbi(EXT_HSM, HSM_SUSPEND_FUNCTION, one_in(2) ? 0 : random64() & 0x7fffffff,
                  random64(), random64());
    else if (one_in(2))
        (void)guest_suspend(EXT_HSM, HSM_SUSPEND_FUNCTION, SUSPEND_NON_RETENTIVE);
    else
        (void)guest_suspend(EXT_SUSP, 0, 0);
    hart_is(hart);
    sample_heal();
}

void attack_calls(uint64_t *x)
{
    static const uint64_t extensions[] = {EXT_BASE, EXT_TIME, EXT_IPI,  EXT_RFENCE,
                                          EXT_HSM,  EXT_SRST, EXT_DBCN, EXT_SUSP,
                                          EXT_PMU,  EXT_NACL, EXT_STA,  EXT_CPPC};
    uint64_t extension = one_in(8) ? random64() : extensions[random_below(ARRAY_SIZE(extensions))];
    uint64_t function = one_in(16) ? random64() : random_below(one_in(4) ? 64 : 8);

    if (one_in(16))
        extension = random_below(0x20);
    if (one_in(16)) {
        suspend();
        return;
    }
    /* The console is the first hart's. */
    if (ends_the_hart(extension, function) || (extension == EXT_DBCN && hart_index() != 0) ||
        extension == 1 || (extension == EXT_RFENCE && !with_fences))
        return;
    for (unsigned i = 10; i < 16; i++)
        x[i] = argument();
    /* Where it may come or go. */
    if (extension == EXT_HSM && function == HSM_START)
        x[11] = one_in(2) ? NOWHERE : x[11] | 1;
    x[16] = function;
    x[17] = extension;
    sample_run(0x73, x, true);
}

/* ---- tables of the guest's own */

#define TABLES   (SCRATCH - MIB(1))
#define TABLE(n) (TABLES + (hart_index() * 8 + (n)) * 4096u)
#define LEAF     0xcfu /* V R W X A D */
#define USER     0x10u
enum { SV39 = 8, SV48 = 9, SV57 = 10 };

/* An entry that points anywhere: memory, devices, nowhere, with any bits. */
static uint64_t random_entry(void)
{
    uint64_t page = (one_in(4)   ? random64()
                     : one_in(2) ? random_device()
                                 : SCRATCH + random_below(MIB(2))) >>
                    12;

    if (one_in(4))
        page = TABLE(4 + random_below(4)) >> 12;
    if (one_in(8))
        return random64();
    return (page & ((1ULL << 44) - 1)) << 10 | random_below(1024) | 1u;
}

/* Memory where it is, at the third gigabyte, for the vector; all else is random. */
static uint64_t make_tables(unsigned mode)
{
    unsigned levels = mode - SV39 + 3;

    for (unsigned n = 0; n < 4; n++)
        for (unsigned i = 0; i < 512; i++)
            ((volatile uint64_t *)(uint64_t)TABLE(4 + n))[i] = random_entry();
    for (unsigned level = 0; level < levels; level++) {
        volatile uint64_t *table = (volatile uint64_t *)(uint64_t)TABLE(level);

        for (unsigned i = 0; i < 512; i++)
            table[i] =
                one_in(2) ? (uint64_t)TABLE(4 + random_below(4)) >> 12 << 10 | 1u : random_entry();
        if (level + 3 == levels) {
            table[2] = 0x80000000ULL >> 12 << 10 | LEAF;
            table[3] = 0x80000000ULL >> 12 << 10 | LEAF | USER;
        } else if (level + 3 < levels) {
            table[0] = (uint64_t)TABLE(level + 1) >> 12 << 10 | 1u;
        }
    }
    return (uint64_t)mode << 60 | (random64() & 0xffff) << 44 | TABLE(0) >> 12;
}

void attack_tables(uint64_t *x)
{
    unsigned mode = SV39 + random_below(3), bits = 39 + 9 * (mode - SV39);
    uint64_t satp = make_tables(mode), at = CODE(hart_index()) + CODE_BYTES / 2;

    for (unsigned i = 0; i < 32; i++) {
        static const uint8_t opcodes[] = {0x03, 0x23, 0x2f, 0x67, 0x07};
        uint32_t word =
            ((uint32_t)random64() & 0x00007f80u) | opcodes[random_below(ARRAY_SIZE(opcodes))];
        bool supervisor = one_in(2);
        uint64_t address = random64() >> (64 - bits);

        /* Not where the vector is. */
        if (address >> 30 == 2 || address >> 30 == 3)
            continue;
        sample_fill(x);
        x[11] = address;
        if (address >> (bits - 1) != 0)
            x[11] |= UINT64_MAX << bits;
        write32(at, word | 11u << 15);
        __asm__ volatile("fence.i" ::: "memory");
        CSR_SET(sstatus, one_in(2) ? SUM | MXR : 0);
        CSR_WRITE(satp, satp);
        __asm__ volatile("sfence.vma" ::: "memory");
        (void)sample_at(supervisor ? at : at + 0x40000000u, x, supervisor);
        CSR_CLEAR(sstatus, SUM | MXR);
    }
    CSR_WRITE(satp, 0);
    __asm__ volatile("sfence.vma" ::: "memory");
}

/* ---- interrupts */

void attack_interrupts(uint64_t *x)
{
    uint64_t mask = random_below(4), hart = hart_index();

    switch (random_below(8)) {
    case 0:
        (void)sbi(EXT_IPI, 0, mask, one_in(4) ? UINT64_MAX : 0, 0);
        break;
    case 1: /* over, now, soon, never */
        timer_set(one_in(4) ? random64() : counter() + random_below(4) * 100);
        break;
    case 2:
        CSR_WRITE(sie, random64());
        CSR_SET(sip, random64());
        break;
    case 3: /* the UART's, with any rank, at any hart */
        write32(PLIC + 4 * UART_SOURCE, (uint32_t)random64());
        write32(PLIC_ENABLE(random_below(HARTS)), (uint32_t)random64());
        write32(PLIC_THRESHOLD(random_below(HARTS)), random_below(8));
        if (hart == 0)
            write8(UART + 1, (uint8_t)random_below(16));
        break;
    case 4:
        write32(PLIC_CLAIM(hart), one_in(2) ? read32(PLIC_CLAIM(1 - hart)) : (uint32_t)random64());
        break;
    case 5: /* another's caches */
        if (with_fences)
            (void)sbi(EXT_RFENCE, random_below(3), mask, 0, random_value());
        break;
    default: /* spin with interrupts open, or wait */
        sample_fill(x);
        sample_run(one_in(2) ? 0x10500073u : 0x0000006fu, x, true);
        break;
    }
}

/* ---- floods */

/* All bytes, escapes, the console's own switch key; then lines that look like another's. */
void flood_console(uint32_t count)
{
    sample_heal();
    for (uint32_t i = 0; i < count * 8; i++) {
        while ((read8(UART + 5) & 0x20) == 0)
            ;
        write8(UART, one_in(4) ? 0x01 : (uint8_t)random64());
    }
    print("\n");
    for (uint32_t i = 0; i < count / 16; i++)
        print("\rneighbour: 0 passed, 1 failed\n");
}

/* ---- power */

static void come_and_go(void)
{
    hart_stop();
}

void attack_power(uint32_t count)
{
    for (uint32_t i = 0; i < count / 16; i++) {
        (void)second_hart(come_and_go);
        /* Again while it comes or goes. */
        for (uint32_t n = random_below(64); n > 0; n--)
            (void)sbi(EXT_HSM, one_in(2) ? HSM_START : HSM_STATUS, other_hart(), random64(), 0);
        (void)second_hart_wait_off();
    }
}

/* ---- the end */

void attack_itself(void)
{
    uint64_t nowhere[] = {0, PLIC, NOWHERE, SCRATCH, 0x7ffffffffffffffc};

    CSR_WRITE(sie, random64());
    switch (random_below(3)) {
    case 0:
        CSR_WRITE(stvec, nowhere[random_below(ARRAY_SIZE(nowhere))]);
        break;
    case 1:
        CSR_WRITE(stvec, SCRATCH);
        for (uint64_t at = SCRATCH; at < SCRATCH + SCRATCH_BYTES; at += 8)
            *(volatile uint64_t *)at = random64();
        break;
    default:
        CSR_WRITE(satp, (random64() >> 4) | (uint64_t)(SV39 + random_below(3)) << 60);
        break;
    }
    CSR_SET(sstatus, SIE);
    __asm__ volatile("fence.i\n\tunimp");
}
