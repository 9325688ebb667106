/* SPDX-License-Identifier: Apache-2.0 */
/* Traps from their registers: guest-page faults by htinst and by the fetched instruction, virtual
 * and illegal instructions, every cause. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "arch/riscv/model/rv_decode.h"

#define GPA_HIGH 0x10000004ULL
#define GVA_AT   0xffffffc600001004ULL

static struct trap decode(struct rv_syndrome syndrome)
{
    struct trap trap = {0};

    rv_decode(&syndrome, &trap);
    return trap;
}

static struct rv_syndrome fault(uint64_t cause, uint64_t htinst, uint32_t insn)
{
    return (struct rv_syndrome){
        .cause = cause,
        .tval = GVA_AT + 1,
        .htval = GPA_HIGH >> 2,
        .htinst = htinst,
        .insn = insn,
    };
}

static void a_call(void **state)
{
    struct trap trap = decode((struct rv_syndrome){.cause = RV_CAUSE_ECALL_VS});

    assert_int_equal(trap.kind, TRAP_HYPERCALL);
    assert_int_equal(trap.insn_bytes, 4);
    assert_int_equal(trap.reg, TRAP_REG_NONE);
}

static void a_load_by_htinst(void **state)
{
    /* lbu a3, 5(a0), with the offset of the faulting part, 0, for rs1. */
    struct trap trap = decode(fault(RV_CAUSE_LOAD_GUEST_PAGE, 0x00004683, 0));

    assert_int_equal(trap.kind, TRAP_MMIO);
    assert_int_equal(trap.insn_bytes, 4);
    assert_int_equal(trap.reg, 13);
    assert_false(trap.write);
    assert_int_equal(trap.mmio.size_bytes, 1);
    assert_false(trap.mmio.sign_extend);
    assert_int_equal(trap.mmio.gpa.raw, GPA_HIGH + 1); /* htval has no low bits */
    assert_int_equal(trap.mmio.gva.raw, GVA_AT + 1);
}

static void a_compressed_store_by_htinst(void **state)
{
    /* sw a3, 0(x0) of 32 bits, with bit 1 clear: it was one of 16. */
    struct trap trap = decode(fault(RV_CAUSE_STORE_GUEST_PAGE, 0x00d02023 & ~2u, 0));

    assert_int_equal(trap.kind, TRAP_MMIO);
    assert_int_equal(trap.insn_bytes, 2);
    assert_int_equal(trap.reg, 13);
    assert_true(trap.write);
    assert_int_equal(trap.mmio.size_bytes, 4);
}

static void by_the_fetched_instruction(void **state)
{
    struct rv_syndrome syndrome = fault(RV_CAUSE_LOAD_GUEST_PAGE, 0, 0x4114 /* c.lw a3, 0(a0) */);
    struct trap trap;

    assert_true(rv_insn_needed(&syndrome));
    trap = decode(syndrome);
    assert_int_equal(trap.kind, TRAP_MMIO);
    assert_int_equal(trap.insn_bytes, 2);
    assert_int_equal(trap.reg, 13);
    assert_true(trap.mmio.sign_extend);
    syndrome.htinst = 0x3000;
    assert_false(rv_insn_needed(&syndrome));
}

/* Low bits of the guest's address are none of an entry's in its tables. */
static void the_address_of_a_table(void **state)
{
    struct rv_syndrome syndrome = fault(RV_CAUSE_LOAD_GUEST_PAGE, HTINST_WALK_READ, 0);

    assert_int_equal(decode(syndrome).fault.gpa.raw, GPA_HIGH);
    syndrome.htinst = 0;
    assert_int_equal(rv_fault_gpa(&syndrome).raw, GPA_HIGH + 1);
}

static void a_load_to_x0_writes_nothing(void **state)
{
    struct trap trap = decode(fault(RV_CAUSE_LOAD_GUEST_PAGE, 0x00002003, 0));

    assert_int_equal(trap.kind, TRAP_MMIO);
    assert_int_equal(trap.reg, TRAP_REG_NONE);
}

/* What is no plain load or store at its address is a fault with its address. */
static void what_is_not_emulated(void **state)
{
    static const struct {
        uint64_t cause, htinst;
        uint32_t insn;
        enum trap_access access;
        bool walk;
    } cases[] = {
        {RV_CAUSE_LOAD_GUEST_PAGE, 0x3000, 0, TRAP_READ, true},
        {RV_CAUSE_STORE_GUEST_PAGE, 0x3020, 0, TRAP_WRITE, true},
        {RV_CAUSE_FETCH_GUEST_PAGE, 0x3000, 0, TRAP_FETCH, true},
        {RV_CAUSE_FETCH_GUEST_PAGE, 0, 0, TRAP_FETCH, false},
        {RV_CAUSE_LOAD_GUEST_PAGE, 0x00024683, 0, TRAP_READ, false},   /* a second part: offset 4 */
        {RV_CAUSE_LOAD_GUEST_PAGE, 0, 0x0005368b, TRAP_READ, false},   /* no load */
        {RV_CAUSE_STORE_GUEST_PAGE, 0, 0x00b6252f, TRAP_WRITE, false}, /* amoadd.w */
        {RV_CAUSE_STORE_GUEST_PAGE, 0, 0x00054683, TRAP_WRITE, false}, /* a load that stores? */
        {RV_CAUSE_LOAD_GUEST_PAGE, 0, 0x00053507, TRAP_READ, false},   /* fld */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct trap trap = decode(fault(cases[i].cause, cases[i].htinst, cases[i].insn));

        assert_int_equal(trap.kind, TRAP_S2_FAULT);
        assert_int_equal(trap.fault.access, cases[i].access);
        assert_int_equal(trap.fault.on_table_walk, cases[i].walk);
        assert_int_equal(trap.fault.gpa.raw, GPA_HIGH + !cases[i].walk);
        assert_int_equal(trap.fault.gva.raw, GVA_AT + 1);
        assert_int_equal(trap.reg, TRAP_REG_NONE);
        assert_int_equal(trap.insn_bytes, 0);
    }
}

static struct trap virtual(uint32_t insn)
{
    return decode((struct rv_syndrome){.cause = RV_CAUSE_VIRTUAL, .tval = insn});
}

static void virtual_instructions(void **state)
{
    struct trap trap = virtual(0x10500073);

    assert_int_equal(trap.kind, TRAP_WAIT);
    assert_int_equal(trap.insn_bytes, 4);
    assert_false(trap.wait.event);
    trap = virtual(RV_INSN_WRS_NTO);
    assert_int_equal(trap.kind, TRAP_WAIT);
    assert_true(trap.wait.event);
    trap = virtual(0xc00026f3); /* csrr a3, cycle */
    assert_int_equal(trap.kind, TRAP_SYSREG);
    assert_int_equal(trap.sysreg.key, CSR_cycle);
    assert_int_equal(trap.reg, 13);
    assert_false(trap.write);
    trap = virtual(0x60051073); /* csrw hstatus, a0 */
    assert_int_equal(trap.kind, TRAP_SYSREG);
    assert_int_equal(trap.reg, TRAP_REG_NONE);
    assert_true(trap.write);
    trap = virtual(0x62000073); /* hfence.gvma */
    assert_int_equal(trap.kind, TRAP_INSN);
    /* Where stval does not tell it is the fetched one. */
    /* In U-mode WFI is illegal, and so waits for nobody. */
    trap =
        decode((struct rv_syndrome){.cause = RV_CAUSE_VIRTUAL, .tval = RV_INSN_WFI, .user = true});
    assert_int_equal(trap.kind, TRAP_INSN);
    trap = decode((struct rv_syndrome){.cause = RV_CAUSE_VIRTUAL, .insn = 0x10500073});
    assert_int_equal(trap.kind, TRAP_WAIT);
}

static void illegal_instructions(void **state)
{
    struct rv_syndrome syndrome = {.cause = RV_CAUSE_ILLEGAL, .tval = 0x02b57553 /* fadd.d */};

    assert_int_equal(decode(syndrome).kind, TRAP_UNKNOWN); /* its own FS is off */
    syndrome.fp_off = true;
    assert_int_equal(decode(syndrome).kind, TRAP_FP);
    syndrome.tval = 0xc0001073; /* unimp */
    assert_int_equal(decode(syndrome).kind, TRAP_UNKNOWN);
}

/* Whatever registers hold, the answer is one of ours and names a register that exists. */
static void every_cause(void **state)
{
    uint64_t random = 0x9e3779b97f4a7c15;

    for (uint64_t cause = 0; cause < 64; cause++) {
        for (unsigned i = 0; i < 20000; i++) {
            struct rv_syndrome syndrome = {.cause = cause};
            struct trap trap;

            random = random * 6364136223846793005 + 1442695040888963407;
            syndrome.tval = random >> (i % 60);
            syndrome.htval = random * 3;
            syndrome.htinst = i % 3 == 0 ? 0 : (random >> 13) % 0x100000000;
            syndrome.insn = (uint32_t)(random >> 29);
            syndrome.fp_off = i & 1;
            syndrome.vector_off = i & 2;
            trap = decode(syndrome);
            if (trap.kind >= TRAP_KIND_COUNT || (trap.reg >= 32 && trap.reg != TRAP_REG_NONE) ||
                trap.reg == 0 || (trap.insn_bytes & 1) || trap.insn_bytes > 4)
                fail_msg("cause %u: kind %d reg %u", (unsigned)cause, trap.kind, trap.reg);
            if (trap.kind == TRAP_MMIO &&
                (!rv_is_guest_page_fault(cause) || trap.mmio.size_bytes == 0 ||
                 trap.mmio.size_bytes > 8 || trap.insn_bytes == 0))
                fail_msg("cause %u: a broken access", (unsigned)cause);
        }
    }
}

/* Every load and store that htinst can tell of is the same by the short way; and nothing else is
 * taken for one. */
static void the_short_way_decodes_the_same(void **state)
{
    for (uint32_t low = 0; low < 0x20000; low++) {
        /* opcode, rd, funct3, and rs2 in its place; the offset is 0, or not */
        uint64_t htinst = (low & 0x7fff) | (uint64_t)(low >> 7 & 31) << 20 | (low >> 15 & 3) << 15;
        uint64_t funct3 = htinst >> 12 & 7;

        for (unsigned write = 0; write < 2; write++) {
            uint64_t cause = write ? RV_CAUSE_STORE_GUEST_PAGE : RV_CAUSE_LOAD_GUEST_PAGE;
            struct trap plain = {0}, trap;

            if (htinst == 0 || funct3 >= (write ? 4 : 7))
                continue;
            trap = decode(fault(cause, htinst, 0));
            assert_int_equal(rv_decode_plain(htinst, write, &plain), trap.kind == TRAP_MMIO);
            if (trap.kind != TRAP_MMIO)
                continue;
            assert_int_equal(plain.reg, trap.reg == TRAP_REG_NONE ? 0 : trap.reg);
            assert_int_equal(plain.insn_bytes, trap.insn_bytes);
            assert_int_equal(plain.write, trap.write);
            assert_int_equal(plain.mmio.size_bytes, trap.mmio.size_bytes);
            assert_true(plain.mmio.size_bytes == 8 ||
                        plain.mmio.sign_extend == (trap.mmio.sign_extend || write));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call),
        cmocka_unit_test(a_load_by_htinst),
        cmocka_unit_test(a_compressed_store_by_htinst),
        cmocka_unit_test(by_the_fetched_instruction),
        cmocka_unit_test(the_address_of_a_table),
        cmocka_unit_test(a_load_to_x0_writes_nothing),
        cmocka_unit_test(what_is_not_emulated),
        cmocka_unit_test(virtual_instructions),
        cmocka_unit_test(illegal_instructions),
        cmocka_unit_test(the_short_way_decodes_the_same),
        cmocka_unit_test(every_cause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
