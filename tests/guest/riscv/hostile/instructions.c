/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random instructions, registers and device accesses (Volume I, 24.1 and 26.8 for the encodings;
 * Volume II, chapter 2 and table 36).
 */
#include "guest/riscv/hostile/hostile.h"

#define OP_SYSTEM 0x73u
#define ECALL     0x00000073u
#define CSR_COUNT 4096u
enum { STVEC = 0x105, SSCRATCH = 0x140, SATP = 0x180 };
/* The register that holds the address of a load or store. */
#define BASE 11u

static uint32_t csr_word(uint32_t csr, uint32_t funct3)
{
    return csr << 20 | random_below(32) << 15 | funct3 << 12 | random_below(32) << 7 | OP_SYSTEM;
}

/* The vector stands on these: a supervisor may read them only. */
static bool is_ground(uint32_t word)
{
    uint32_t csr = word >> 20, funct3 = word >> 12 & 7, source = word >> 15 & 31;

    if ((word & 0x7f) != OP_SYSTEM || (funct3 & 3) == 0 ||
        (csr != STVEC && csr != SSCRATCH && csr != SATP))
        return false;
    return (funct3 & 3) == 1 || source != 0;
}

/* Fences, returns, the hypervisor's loads and stores: SYSTEM with funct3 0 or 4. */
static uint32_t privileged_word(void)
{
    static const uint8_t funct7[] = {0x00, 0x08, 0x09, 0x0b, 0x0c, 0x11, 0x13, 0x18, 0x30, 0x31,
                                     0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x51, 0x61, 0x70, 0x71};
    uint32_t word = (uint32_t)funct7[random_below(ARRAY_SIZE(funct7))] << 25;

    word |= random_below(32) << 20 | random_below(32) << 15 | (one_in(2) ? 0 : 4u << 12);
    return word | (one_in(2) ? 0 : random_below(32) << 7) | OP_SYSTEM;
}

static uint32_t random_word(void)
{
    static const uint32_t whole[] = {ECALL,
                                     0x00100073 /* ebreak */,
                                     0x10500073 /* wfi */,
                                     0x10200073 /* sret */,
                                     0x30200073,
                                     0x70200073 /* mnret */,
                                     0x00d00073 /* wrs.nto */,
                                     0x01d00073 /* wrs.sto */,
                                     0x0000100f /* fence.i */,
                                     0x0100000f /* pause */,
                                     0x0000200f /* cbo.inval */,
                                     0x0020200f /* cbo.flush */,
                                     0x0040200f /* cbo.zero */};

    switch (random_below(8)) {
    case 0:
        return whole[random_below(ARRAY_SIZE(whole))] | (one_in(4) ? random_below(32) << 15 : 0);
    case 1:
        return privileged_word();
    case 2:
        return csr_word(random_below(CSR_COUNT), 1 + random_below(7));
    case 3: /* 16 bits */
        return (uint32_t)random64() & ~(one_in(2) ? 1u : 2u);
    case 4: { /* loads, stores, atomics, floating point and vector ones */
        static const uint8_t opcodes[] = {0x03, 0x23, 0x2f, 0x07, 0x27, 0x0f};
        uint32_t word = (uint32_t)random64() & ~0x000f807fu;

        return word | BASE << 15 | opcodes[random_below(ARRAY_SIZE(opcodes))];
    }
    case 5: { /* arithmetic on registers we may not have */
        static const uint8_t opcodes[] = {0x53, 0x57, 0x43, 0x47, 0x77, 0x0b, 0x2b, 0x5b, 0x7b};

        return ((uint32_t)random64() & ~0x7fu) | opcodes[random_below(ARRAY_SIZE(opcodes))];
    }
    default:
        return (uint32_t)random64() | 3u;
    }
}

void attack_instructions(uint64_t *x)
{
    bool supervisor = one_in(2);
    uint32_t word;

    do
        word = random_word();
    while (supervisor && is_ground(word));
    x[BASE] = one_in(2) ? random_device() : x[BASE];
    sample_run(word, x, supervisor);
}

/* All of them, in turn, from a place that the seed chooses. */
void attack_csrs(uint64_t *x)
{
    static uint32_t next[HARTS];
    uint32_t *csr = &next[hart_index()];

    if (*csr == 0)
        *csr = random_below(CSR_COUNT);
    *csr += 1 + random_below(4);
    for (uint32_t funct3 = 1; funct3 < 8; funct3++) {
        uint32_t word = csr_word(*csr % CSR_COUNT, funct3);
        bool supervisor = !one_in(4);

        if (funct3 == 2 || funct3 == 6) /* once only read, once set all */
            word &= funct3 == 2 ? ~(31u << 15) : ~0u;
        if (!supervisor || !is_ground(word))
            sample_run(word, x, supervisor);
    }
    if (one_in(16))
        sample_heal();
}

static uint32_t access_word(void)
{
    uint32_t funct3 = random_below(one_in(4) ? 8 : 4) << 12, reg = random_below(32);

    switch (random_below(8)) {
    case 0: /* atomics */
        return ((uint32_t)random64() & 0xfe000000u) | reg << 20 | BASE << 15 |
               (2 + random_below(2)) << 12 | random_below(32) << 7 | 0x2fu;
    case 1: /* floating point */
        return BASE << 15 | funct3 | reg << 7 | (one_in(2) ? 0x07u : 0x27u);
    case 2: { /* c.lw, c.ld, c.sw, c.sd and Zcb's, from a1 */
        static const uint16_t forms[] = {0x4000, 0x6000, 0xc000, 0xe000,
                                         0x8000, 0x8400, 0x8800, 0x8c00};

        return forms[random_below(ARRAY_SIZE(forms))] | (BASE - 8) << 7 | random_below(8) << 2;
    }
    case 3: /* a block of the cache */
        return random_below(5) << 20 | BASE << 15 | 2u << 12 | 0x0fu;
    case 4:
    case 5:
        return reg << 20 | BASE << 15 | funct3 | 0x23u;
    default:
        return BASE << 15 | funct3 | reg << 7 | 0x03u;
    }
}

void attack_devices(uint64_t *x)
{
    uint64_t address = random_device();

    x[BASE] = one_in(4) ? address : address & ~(one_in(2) ? 3ULL : 7ULL);
    if (one_in(16))
        x[BASE] = 0x82000000u - random_below(8); /* half memory, half nothing */
    sample_run(access_word(), x, !one_in(4));
}
