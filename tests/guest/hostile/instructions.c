/* SPDX-License-Identifier: Apache-2.0 */
/* Random instructions, system registers and device accesses: Arm ARM DDI 0487, C4.1 and F3, F4 for
 * the encodings. */
#include "guest/hostile/hostile.h"
#include "guest/lib/sysreg.h"

/* The upper bits that make a random word one of a kind. */
#define A64_SYSTEM      0xd5000000u /* MSR, MRS, SYS, hints, barriers: bits 31 to 22 */
#define A64_SYSTEM_MASK 0xffc00000u
#define A64_MSR         0xd5100000u
#define A64_MSR_MASK    0xfff00000u
#define A64_LOAD        0x08000000u /* loads and stores: bits 27 and 25 */
#define A64_LOAD_MASK   0x0a000000u
#define A64_EXCEPTION   0xd4000000u /* SVC, HVC, SMC, BRK, HLT, DCPS */
#define A64_FP          0x0e000000u
#define A64_BRANCH      0x14000000u
#define A64_RN_SHIFT    5u
#define A64_RN_MASK     0x3e0u
#define A32_COPROCESSOR 0xee000010u /* MCR and MRC of coprocessor 14 or 15, always */
#define T32_COPROCESSOR 0x0010ee00u

/* The register that holds the address of a load or store. */
#define BASE_REGISTER 1u

#define KEY(op0, op1, crn, crm, op2) \
    ((op0) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)
#define KEY_MASK  KEY(3u, 7u, 15u, 15u, 7u)
#define READ_BIT  0x00200000u
#define KEY_COUNT 0x10000u

static uint32_t merge(uint32_t fixed, uint32_t mask)
{
    return ((uint32_t)random64() & ~mask) | fixed;
}

/* The vectors stand on these: TCR, TTBRs, MAIR and their like, VBAR, SCTLR. */
static bool is_ground(uint32_t word)
{
    uint32_t crn = word >> 12 & 15, crm = word >> 8 & 15, op1 = word >> 16 & 7;

    if ((word & A64_MSR_MASK) != A64_MSR || (word & KEY(1u, 0, 0, 0, 0)) == 0 || op1 != 0)
        return false;
    return crn == 2 || crn == 10 || ((crn == 1 || crn == 12) && crm == 0);
}

static uint32_t random_a64(void)
{
    switch (random_below(8)) {
    case 0:
    case 1:
        return merge(A64_LOAD | BASE_REGISTER << A64_RN_SHIFT, A64_LOAD_MASK | A64_RN_MASK);
    case 2:
    case 3:
        return merge(A64_SYSTEM, A64_SYSTEM_MASK);
    case 4:
        return one_in(2) ? merge(A64_EXCEPTION, 0xff000000u) : merge(A64_BRANCH, 0x1c000000u);
    case 5:
        return merge(A64_FP, 0x0e000000u);
    default:
        return (uint32_t)random64();
    }
}

static uint32_t random_word(enum sample_mode mode)
{
    uint32_t word;

    switch (mode) {
    case SAMPLE_A32:
        return one_in(2) ? merge(A32_COPROCESSOR | 0xe00u, 0xff000e10u) : (uint32_t)random64();
    case SAMPLE_T32:
        return one_in(2) ? merge(T32_COPROCESSOR | 0x0e000000u, 0x0e10ff00u) : (uint32_t)random64();
    default:
        do
            word = random_a64();
        while (mode == SAMPLE_EL1 && is_ground(word));
        return word;
    }
}

void attack_instructions(uint32_t count)
{
    /* CPUs without AArch32 at EL0 have less to attack. */
    bool has_a32 = (READ_SYSREG(id_aa64pfr0_el1) & 0xf) == 2;
    struct sample sample;

    for (uint32_t i = 0; i < count * 4; i++) {
        sample.mode = (enum sample_mode)random_below(has_a32 ? SAMPLE_MODES : SAMPLE_A32);
        sample.word = random_word(sample.mode);
        sample_fill(&sample);
        sample_run(&sample);
    }
}

static void access_key(struct sample *sample, uint32_t index, bool read)
{
    uint32_t word = A64_SYSTEM | (read ? READ_BIT : 0) | (index << 5 & KEY_MASK);

    if (is_ground(word))
        return;
    sample->word = word; /* Rt is x0 */
    sample->x[0] = random_value();
    sample_run(sample);
}

/* Every key there is; of one key in as many as COUNT leaves time for, chosen by the seed. */
void attack_sysregs(uint32_t count)
{
    uint32_t step = MAX(KEY_COUNT / (count * 8), 1u);
    struct sample sample;

    sample_fill(&sample);
    for (uint32_t index = random_below(step); index < KEY_COUNT; index += step) {
        sample.mode = one_in(8) ? SAMPLE_EL0 : SAMPLE_EL1;
        access_key(&sample, index, true);
        access_key(&sample, index, false);
    }
}

void attack_mmio(uint32_t count)
{
    struct sample sample = {.mode = SAMPLE_EL1};

    for (uint32_t i = 0; i < count * 4; i++) {
        uint64_t address = random_device();

        sample.word = merge(A64_LOAD | BASE_REGISTER << A64_RN_SHIFT, A64_LOAD_MASK | A64_RN_MASK);
        /* Mostly the plain forms, which a hypervisor emulates: size, load or store, immediate
         * offset 0. */
        if (!one_in(4))
            sample.word = 0x39000000u | random_below(4) << 30 | random_below(4) << 22 |
                          BASE_REGISTER << A64_RN_SHIFT | random_below(32);
        sample_fill(&sample);
        if (one_in(4))
            address &= ~7ULL;
        sample.x[BASE_REGISTER] =
            address < GIB(1) ? address : window_to(address) + address % PAGE_SIZE;
        sample_run(&sample);
    }
}
