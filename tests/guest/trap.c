/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What traps must leave alone and what they must answer: ID registers, registers a guest has not,
 * HVC and SMC, and emulated loads of every size into every register. Arm ARM DDI 0487 D19, D24;
 * SMCCC (DEN 0028F) 5.2.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/mmio.h"
#include "guest/lib/mmu.h"
#include "guest/lib/pl011.h"
#include "guest/lib/sysreg.h"

#define REGISTER_COUNT 31
#define MRS_X0(op0, op1, crn, crm, op2)                                                    \
    (0xd5200000u | (uint32_t)(op0) << 19 | (uint32_t)(op1) << 16 | (uint32_t)(crn) << 12 | \
     (uint32_t)(crm) << 8 | (uint32_t)(op2) << 5)
#define MSR_X0(op0, op1, crn, crm, op2) (MRS_X0(op0, op1, crn, crm, op2) & ~0x00200000u)
#define RET                             0xd65f03c0u
#define HVC_UNKNOWN                     0xc600ff00u /* vendor hypervisor range, of no one */

/* A place to assemble one instruction and a return. */
static uint32_t code[2] __aligned(64);

/* Run INSTRUCTION, which may use x0 only; x0 before it is 0, after it *RESULT. True if it faulted.
 */
static void run_code(void *result)
{
    uint64_t (*function)(uint64_t) = (uint64_t(*)(uint64_t))(uintptr_t)code;
    *(uint64_t *)result = function(0);
}
static bool faults(uint32_t instruction, uint64_t *result, struct fault *fault)
{
    code[0] = instruction;
    code[1] = RET;
    mmu_publish_code(code, sizeof(code));
    return expect_fault(run_code, result, fault);
}

/* INSTRUCTION is undefined, and says so of itself. */
static void check_undefined(uint32_t instruction)
{
    struct fault fault = {0};
    uint64_t result;

    if (!CHECK(faults(instruction, &result, &fault))) {
        print("  instruction 0x%x did not fault\n", instruction);
        return;
    }
    CHECK_EQ(esr_class(fault.esr), EC_UNKNOWN);
    CHECK_EQ(REG_GET(ESR_EL1, ISS, fault.esr), 0);
    CHECK_EQ(REG_GET(ESR_EL1, IL, fault.esr), 1);
    CHECK_EQ(fault.elr, (uint64_t)code);
    CHECK_EQ(fault.x0, 0);
}

/* The whole ID space, allocated or not, reads (DDI 0487, D19.1.1: unallocated ones as zero). */
static void id_registers_read(void)
{
    for (unsigned crm = 0; crm <= 7; crm++) {
        for (unsigned op2 = 0; op2 <= 7; op2++) {
            struct fault fault;
            uint64_t value;
            if (crm == 0 && op2 != 0 && op2 != 5 && op2 != 6)
                continue; /* CRm 0 holds MIDR, MPIDR, REVIDR only */
            if (!CHECK(!faults(MRS_X0(3, 0, 0, crm, op2), &value, &fault)))
                print("  S3_0_C0_C%u_%u faults, ESR 0x%lx\n", crm, op2, fault.esr);
        }
    }
}

static void id_registers_are_read_only(void)
{
    check_undefined(MSR_X0(3, 0, 0, 0, 0));
    check_undefined(MSR_X0(3, 0, 0, 4, 0));
    check_undefined(MSR_X0(3, 0, 0, 7, 0));
}

static void id_registers_make_sense(void)
{
    uint64_t midr = READ_SYSREG(midr_el1);
    uint64_t mpidr = READ_SYSREG(mpidr_el1);
    uint64_t pfr0 = READ_SYSREG(id_aa64pfr0_el1);

    CHECK(midr != 0);
    CHECK_EQ(midr >> 32, 0);
    CHECK_EQ(mpidr & MPIDR_EL1_RES1_a, MPIDR_EL1_RES1_a);
    CHECK_EQ(mpidr & MPIDR_EL1_U, 0);
    CHECK_EQ(mpidr & MPIDR_AFFINITY, machine.cpus[0]);
    CHECK(sign_extend(pfr0, 4) != 0);                          /* EL0 is implemented */
    CHECK(sign_extend(pfr0 >> 4, 4) != 0);                     /* and EL1 */
    CHECK((READ_SYSREG(id_aa64mmfr0_el1) >> 28 & 0xf) != 0xf); /* 4 KiB pages */
    CHECK(READ_SYSREG(ctr_el0) != 0);
    CHECK(READ_SYSREG(cntfrq_el0) >= 1000000);
    if (machine.is_vm)
        CHECK_EQ(pfr0 >> 8 & 0xf, 0); /* no EL2 for a guest */
}

static void el2_registers_are_undefined(void)
{
    static const struct {
        uint8_t op1, crn, crm, op2;
    } names[] = {
        {4, 1, 0, 0},   /* SCTLR_EL2 */
        {4, 1, 1, 0},   /* HCR_EL2 */
        {4, 1, 1, 1},   /* MDCR_EL2 */
        {4, 1, 1, 2},   /* CPTR_EL2 */
        {4, 2, 0, 0},   /* TTBR0_EL2 */
        {4, 2, 1, 0},   /* VTTBR_EL2 */
        {4, 2, 1, 2},   /* VTCR_EL2 */
        {4, 4, 0, 1},   /* ELR_EL2 */
        {4, 5, 2, 0},   /* ESR_EL2 */
        {4, 6, 0, 4},   /* HPFAR_EL2 */
        {4, 12, 0, 0},  /* VBAR_EL2 */
        {4, 12, 11, 0}, /* ICH_HCR_EL2 */
        {4, 12, 12, 0}, /* ICH_LR0_EL2 */
        {4, 14, 0, 3},  /* CNTVOFF_EL2 */
        {6, 1, 0, 0},   /* SCTLR_EL3 */
        {6, 1, 1, 0},   /* SCR_EL3 */
        {5, 1, 0, 0},   /* SCTLR_EL12 */
        {5, 14, 3, 1},  /* CNTV_CTL_EL02 */
    };

    for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
        check_undefined(MRS_X0(3, names[i].op1, names[i].crn, names[i].crm, names[i].op2));
        check_undefined(MSR_X0(3, names[i].op1, names[i].crn, names[i].crm, names[i].op2));
    }
}

/* A CPU may have these though the ID registers hide them: nothing of it is a guest's, or it would
 * see another's (the class of XSA-351). */
static void hidden_features_are_undefined(void)
{
    static const struct {
        uint8_t op0, op1, crn, crm, op2;
    } names[] = {
        {3, 0, 10, 4, 0}, /* LORSA_EL1 */
        {3, 0, 10, 4, 3}, /* LORC_EL1 */
        {3, 0, 10, 4, 7}, /* LORID_EL1 */
        {3, 0, 5, 3, 0},  /* ERRIDR_EL1 */
        {3, 0, 5, 3, 1},  /* ERRSELR_EL1 */
        {3, 0, 5, 4, 1},  /* ERXCTLR_EL1 */
        {3, 0, 1, 2, 1},  /* TRFCR_EL1 */
        {3, 0, 9, 9, 0},  /* PMSCR_EL1 */
        {3, 0, 9, 10, 0}, /* PMBLIMITR_EL1 */
        {3, 0, 9, 11, 0}, /* TRBLIMITR_EL1 */
        {3, 3, 13, 2, 0}, /* AMCR_EL0 */
        {3, 3, 13, 2, 3}, /* AMUSERENR_EL0 */
        {3, 3, 13, 4, 0}, /* AMEVCNTR00_EL0 */
        {3, 3, 13, 6, 0}, /* AMEVTYPER00_EL0 */
        {2, 1, 0, 1, 0},  /* TRCPRGCTLR */
        {3, 3, 9, 12, 0}, /* PMCR_EL0 */
        {3, 3, 9, 13, 0}, /* PMCCNTR_EL0 */
        {3, 0, 2, 1, 0},  /* APIAKEYLO_EL1 */
        {3, 0, 1, 2, 0},  /* ZCR_EL1 */
        {3, 0, 1, 2, 6},  /* SMCR_EL1 */
        {3, 0, 2, 0, 3},  /* TCR2_EL1 */
        {3, 0, 10, 2, 3}, /* PIR_EL1 */
        {3, 0, 13, 0, 7}, /* SCXTNUM_EL1 */
        {3, 3, 13, 0, 7}, /* SCXTNUM_EL0 */
        {3, 3, 13, 0, 5}, /* TPIDR2_EL0 */
        {3, 0, 1, 0, 5},  /* RGSR_EL1 */
        {3, 0, 1, 0, 6},  /* GCR_EL1 */
        {3, 0, 5, 6, 0},  /* TFSR_EL1 */
        {3, 0, 10, 5, 0}, /* MPAM1_EL1 */
        {3, 3, 2, 5, 1},  /* GCSPR_EL0 */
    };

    if (!machine.is_vm)
        SKIP("what a CPU has, it has");
    /* Not by EL1's own traps. */
    uint64_t cpacr = READ_SYSREG(cpacr_el1);
    WRITE_SYSREG(cpacr_el1, cpacr | CPACR_EL1_FPEN | CPACR_EL1_ZEN | CPACR_EL1_SMEN);
    barrier_context();
    for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
        check_undefined(
            MRS_X0(names[i].op0, names[i].op1, names[i].crn, names[i].crm, names[i].op2));
    WRITE_SYSREG(cpacr_el1, cpacr);
    barrier_context();
}

static void unknown_registers_are_undefined(void)
{
    check_undefined(MRS_X0(3, 3, 4, 7, 7));
    check_undefined(MRS_X0(3, 2, 9, 3, 1));
    check_undefined(MRS_X0(3, 0, 13, 5, 5));
    check_undefined(MSR_X0(3, 0, 13, 5, 5));
    check_undefined(MRS_X0(2, 7, 3, 3, 3));
    check_undefined(0x00000000u); /* UDF #0 */
}

void trap_around_hvc(const uint64_t in[REGISTER_COUNT], uint64_t out[REGISTER_COUNT]);

static void hvc_unknown_says_not_supported(void)
{
    CHECK_EQ(hvc_call(HVC_UNKNOWN, 0, 0, 0), ~0ULL);
    CHECK_EQ((uint32_t)hvc_call(0x8400ffffu, 0, 0, 0), UINT32_MAX);
    CHECK_EQ((uint32_t)hvc_call(0, 0, 0, 0), UINT32_MAX);
}

static void registers_survive_hvc(void)
{
    uint64_t in[REGISTER_COUNT], out[REGISTER_COUNT];
    unsigned first_kept = 4; /* x0 to x3 carry results */

    for (unsigned i = 0; i < REGISTER_COUNT; i++)
        in[i] = 0x1111000022220000ULL * (i + 1) + i;
    in[0] = PSCI_VERSION;
    trap_around_hvc(in, out);
    CHECK((uint32_t)out[0] >= 0x10000);
    for (unsigned i = first_kept; i < REGISTER_COUNT; i++) {
        if (!CHECK_EQ(out[i], in[i]))
            print("  x%u changed\n", i);
    }
}

static void pc_and_flags_survive_hvc(void)
{
    uint64_t nzcv = 0, count = 0;

    /* An HVC that is skipped or repeated would change the count. */
    __asm__ volatile("mov x0, %2\n"
                     "mov x9, #0xa0000000\n"
                     "msr nzcv, x9\n"
                     "add %1, %1, #1\n"
                     "hvc #0\n"
                     "add %1, %1, #2\n"
                     "mrs %0, nzcv\n"
                     : "=&r"(nzcv), "+&r"(count)
                     : "r"((uint64_t)PSCI_VERSION)
                     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
                       "x12", "x13", "x14", "x15", "x16", "x17", "cc", "memory");
    CHECK_EQ(nzcv, 0xa0000000);
    CHECK_EQ(count, 3);
}

static void smc_is_like_hvc(void)
{
    if (!machine.is_vm)
        SKIP("SMC is undefined on a machine without EL3");
    CHECK_EQ(smc_call(PSCI_VERSION, 0, 0, 0), hvc_call(PSCI_VERSION, 0, 0, 0));
    CHECK_EQ(smc_call(HVC_UNKNOWN, 0, 0, 0), ~0ULL);
}

typedef void load_table_fn(uint64_t address, uint64_t result[REGISTER_COUNT + 1]);
load_table_fn load_ldrb, load_ldrh, load_ldr_w, load_ldr_x, load_ldrsb_w, load_ldrsb_x,
    load_ldrsh_w, load_ldrsh_x, load_ldrsw_x;

static void check_loads(load_table_fn *loads, uint64_t address, uint64_t expected)
{
    uint64_t result[REGISTER_COUNT + 1] = {0};

    loads(address, result);
    for (unsigned i = 0; i < REGISTER_COUNT; i++) {
        if (!CHECK_EQ(result[i], expected))
            print("  into register %u\n", i);
    }
    CHECK_EQ(result[REGISTER_COUNT], 0);
}

/* GICD_IPRIORITYR is byte-accessible, so its bytes make every sign of a load visible. */
static void loads_into_every_register(void)
{
    uint64_t at = machine.gicd + GICD_IPRIORITYR + 40;
    /* Priorities with only the upper bits, which every GIC implements. */
    uint32_t word = 0xf080a070;

    REQUIRE(machine.gicd != 0);
    mmio_write32(at, word);
    REQUIRE(mmio_read32(at) == word);
    check_loads(load_ldr_w, at, word);
    check_loads(load_ldrsw_x, at, 0xfffffffff080a070);
    check_loads(load_ldrb, at + 1, 0xa0);
    check_loads(load_ldrsb_w, at + 1, 0xffffffa0);
    check_loads(load_ldrsb_x, at + 1, 0xffffffffffffffa0);
    check_loads(load_ldrb, at, 0x70);
    check_loads(load_ldrsb_x, at, 0x70);
    mmio_write32(at, 0);
}

static void stores_from_every_register(void)
{
    void store_str_w(uint64_t address, const uint64_t values[], uint64_t read_back[]);
    uint64_t at = machine.gicd + GICD_IPRIORITYR + 40;
    uint64_t values[REGISTER_COUNT], read_back[REGISTER_COUNT];

    /* Only the upper four bits of each priority, which every GIC implements. */
    for (unsigned i = 0; i < REGISTER_COUNT; i++)
        values[i] = 0xdead000000000000ULL | ((i + 1) * 0x10305070u & 0xf0f0f0f0u);
    store_str_w(at, values, read_back);
    for (unsigned i = 0; i < REGISTER_COUNT; i++) {
        if (!CHECK_EQ(read_back[i], (uint32_t)values[i]))
            print("  from register %u\n", i);
    }
    mmio_write32(at, 0);
    __asm__ volatile("str wzr, [%0]" ::"r"(at) : "memory");
    CHECK_EQ(mmio_read32(at), 0);
}

/* The UART's registers answer to all sizes: FR is constant while nothing is sent, its upper part 0.
 */
static void halfword_loads(void)
{
    REQUIRE(machine.uart != 0);
    uint64_t id = machine.uart + UARTPeriphID0;
    uint64_t cr = machine.uart + UARTCR;
    uint32_t before = mmio_read32(cr);

    check_loads(load_ldrh, id, 0x11);
    check_loads(load_ldrsh_w, id, 0x11);
    mmio_write32(cr, before | UARTCR_CTSEn);
    check_loads(load_ldrh, cr, (uint16_t)(before | UARTCR_CTSEn));
    check_loads(load_ldrsh_w, cr, (uint32_t)(int16_t)(before | UARTCR_CTSEn));
    check_loads(load_ldrsh_x, cr, (uint64_t)(int16_t)(before | UARTCR_CTSEn));
    mmio_write32(cr, before);
}

/* GICD_IROUTER and GICR_TYPER take 64-bit accesses. */
static void doubleword_loads(void)
{
    if (machine.gic_version != 3)
        SKIP("GICv2 has no 64-bit register");
    uint64_t at = machine.gicd + GICD_IROUTER + 8 * 40;
    gic_group_enable(false); /* sets ARE, without which there is no GICD_IROUTER */
    uint64_t before = mmio_read64(at);
    mmio_write64(at, GICD_IROUTER_IRM);
    check_loads(load_ldr_x, at, GICD_IROUTER_IRM);
    mmio_write64(at, before);
    check_loads(load_ldr_x, at, before);
}

static void fp_traps_stay_in_the_guest(void)
{
    /* FP traps are the guest's own choice: CPACR_EL1.FPEN = 0 must fault to EL1, not further. */
    struct fault fault;
    uint64_t result, cpacr = READ_SYSREG(cpacr_el1);

    WRITE_SYSREG(cpacr_el1, 0);
    barrier_context();
    if (CHECK(faults(0x9e670000u, &result, &fault))) /* FMOV D0, X0 */
        CHECK_EQ(esr_class(fault.esr), EC_FP);
    WRITE_SYSREG(cpacr_el1, cpacr);
    barrier_context();
}

void guest_main(void)
{
    static const struct test tests[] = {
        TEST(id_registers_read),
        TEST(id_registers_are_read_only),
        TEST(id_registers_make_sense),
        TEST(el2_registers_are_undefined),
        TEST(hidden_features_are_undefined),
        TEST(unknown_registers_are_undefined),
        TEST(hvc_unknown_says_not_supported),
        TEST(registers_survive_hvc),
        TEST(pc_and_flags_survive_hvc),
        TEST(smc_is_like_hvc),
        TEST(loads_into_every_register),
        TEST(stores_from_every_register),
        TEST(halfword_loads),
        TEST(doubleword_loads),
        TEST(fp_traps_stay_in_the_guest),
    };
    check_run(tests, ARRAY_SIZE(tests));
}
