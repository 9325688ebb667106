/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads and stores that no syndrome describes: every Thumb instruction of 16 bits, many of 32 in
 * both sets, encodings as an assembler writes them, and what each does to a device, registers and
 * base. The core's dispatch is a stand-in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/arm/model/a32_access.h"
#include "arch/arm/model/a32_emulate.h"
#include "arch/arm/model/a32_regnum.h"
#include "arch/arm/model/a32_regs.h"
#include "arch/arm/model/a32_trap.h"
#include "arch/host/a32_hook_record.h"
#include "core/vm.h"

#define PC     0x8000u
#define DEVICE 0x22000000u
#define BASE   (DEVICE + 0x800)
#define MANY   8000000u

static const struct vm_config config;
static struct vm vm = {.vcpu_count = 1, .config = &config};
static struct vcpu vcpu = {.vm = &vm};
static struct a32_gprs *const gprs = &vcpu.arch.a32.gprs;
static struct a32_pl1 *const pl1 = &vcpu.arch.a32.pl1;

/* ---- the core */

enum trap_result trap_dispatch_other(struct vcpu *v, struct trap *trap)
{
    return TRAP_ABORT;
}
enum trap_result arch_trap_sysreg(struct vcpu *v, struct trap *trap)
{
    return TRAP_UNDEF;
}
enum trap_result arch_trap_call(struct vcpu *v, struct trap *trap)
{
    return TRAP_UNDEF;
}
void vm_stop(struct vm *stopped, enum vm_stop_reason reason) {}

/* Each byte reads as its offset's low ones; what is written stays. */
static uint8_t device_bytes[PAGE_SIZE];
static unsigned accesses, refuse_at; /* the one that the device refuses, from 1 */

static bool device(void *unused, struct mmio_access *access)
{
    if (++accesses == refuse_at)
        return false;
    if (access->write)
        memcpy(&device_bytes[access->offset], &access->value, access->size_bytes);
    else
        memcpy(&access->value, &device_bytes[access->offset], access->size_bytes);
    return true;
}

static uint32_t word_at(uint32_t va)
{
    uint32_t word;

    memcpy(&word, &device_bytes[va - DEVICE], sizeof(word));
    return word;
}

static int start(void **state)
{
    memset(&vcpu.arch, 0, sizeof(vcpu.arch));
    memset(&a32_hook_record, 0, sizeof(a32_hook_record));
    memset(&vm.mmio, 0, sizeof(vm.mmio));
    for (unsigned i = 0; i < PAGE_SIZE; i++)
        device_bytes[i] = (uint8_t)(i ^ i >> 8);
    for (unsigned i = 0; i < 13; i++)
        gprs->r[i] = 0x1000u * i;
    pl1->banked[A32_LR_svc] = 0xe000;
    gprs->pc = PC;
    gprs->cpsr = A32_MODE_SVC;
    accesses = refuse_at = 0;
    assert_int_equal(mmio_bus_add(&vm.mmio, &(struct mmio_region){.base = GPA(DEVICE),
                                                                  .size_bytes = PAGE_SIZE,
                                                                  .handler = device}),
                     ERR_NONE);
    return 0;
}

/* The guest executes INSN of BYTES at PC, and the access to VA fails. */
static enum trap_result execute(uint32_t insn, unsigned bytes, bool thumb, uint32_t va)
{
    struct a32_syndrome syndrome = {
        .hsr = (uint32_t)REG_PUT(ESR_ELx, EC, ESR_EC_DABT_LOWER) | (FSC_TRANSLATION + 3),
        .far = va,
        .hpfar = (uint32_t)REG_PUT(HPFAR_EL2, FIPA, va >> PAGE_SHIFT),
        .pc = PC,
    };
    struct trap trap;

    if (thumb && bytes == 4) /* in memory its first halfword comes first */
        insn = insn << 16 | insn >> 16;
    a32_hook_record.code_va = PC;
    a32_hook_record.code_bytes = bytes;
    memcpy(a32_hook_record.code, &insn, bytes);
    gprs->pc = PC;
    gprs->cpsr = A32_MODE_SVC | (thumb ? (uint32_t)CPSR_T : 0);
    syndrome.cpsr = gprs->cpsr;
    return a32_trap_handle(&vcpu, &syndrome, &trap);
}
static enum trap_result arm(uint32_t insn, uint32_t va)
{
    return execute(insn, 4, false, va);
}
static enum trap_result thumb(uint32_t insn, uint32_t va)
{
    return execute(insn, insn > UINT16_MAX ? 4 : 2, true, va);
}

static uint32_t reg(unsigned number)
{
    return a32_reg_read(&vcpu, number);
}
static void set(unsigned number, uint32_t value)
{
    a32_reg_write(&vcpu, number, value);
}

/* ---- decoding */

#define SP A32_NUMBER_SP
#define LR A32_NUMBER_LR

#define LOAD(size, list, number, ...)                                                      \
    {                                                                                      \
        .load = true, .size_bytes = size, .registers = list, .base = number, ##__VA_ARGS__ \
    }
#define STORE(size, list, number, ...)                                     \
    {                                                                      \
        .size_bytes = size, .registers = list, .base = number, __VA_ARGS__ \
    }

static void test_encodings(void **state)
{
    static const struct {
        uint32_t insn;
        char set; /* A, T: 16 bits, W: of 32 */
        struct a32_access want;
    } rows[] = {
        /* ldr r1, [r2], #4; ldr r1, [r2, #-8]!; strb r3, [r4], #-1 */
        {0xe4921004, 'A', LOAD(4, 1 << 1, 2, .writeback = true, .step = 4)},
        {0xe5321008, 'A', LOAD(4, 1 << 1, 2, .writeback = true, .start = -8, .step = -8)},
        {0xe4443001, 'A', STORE(1, 1 << 3, 4, .writeback = true, .step = -1)},
        /* ldrh r5, [r6], #2; ldrsb r5, [r6, #1]!; ldrsh r7, [r8], #-2; strh r1, [r2, r3]! */
        {0xe0d650b2, 'A', LOAD(2, 1 << 5, 6, .writeback = true, .step = 2)},
        {0xe1f650d1, 'A',
         LOAD(1, 1 << 5, 6, .sign_extend = true, .writeback = true, .start = 1, .step = 1)},
        {0xe05870f2, 'A', LOAD(2, 1 << 7, 8, .sign_extend = true, .writeback = true, .step = -2)},
        {0xe1a210b3, 'A',
         STORE(2, 1 << 1, 2, .writeback = true, .indexed = true, .index_first = true, .index = 3)},
        /* ldr r0, [r1, r2, lsl #2]!; ldr r0, [r1], -r2, asr #3 */
        {0xe7b10102, 'A',
         LOAD(4, 1 << 0, 1, .writeback = true, .indexed = true, .index_first = true, .index = 2,
              .amount = 2)},
        {0xe61101c2, 'A',
         LOAD(4, 1 << 0, 1, .writeback = true, .indexed = true, .subtract = true, .index = 2,
              .shift = A32_SHIFT_ASR, .amount = 3)},
        /* ldrd r4, [r2]; ldrd r4, [r2, #8]!; strd r6, [r1], #-8; ldrd r0, [r2, r3] */
        {0xe1c240d0, 'A', LOAD(4, 3 << 4, 2)},
        {0xe1e240d8, 'A', LOAD(4, 3 << 4, 2, .writeback = true, .start = 8, .step = 8)},
        {0xe04160f8, 'A', STORE(4, 3 << 6, 1, .writeback = true, .step = -8)},
        {0xe18200d3, 'A', LOAD(4, 3, 2, .indexed = true, .index_first = true, .index = 3)},
        /* ldm r0!, {r1-r3, r12}; ldmib r0, {r1, r2}; stmda r0, {r4, lr}; stmdb r0!, {r4-r11} */
        {0xe8b0100e, 'A', LOAD(4, 0x100e, 0, .writeback = true, .step = 16)},
        {0xe9900006, 'A', LOAD(4, 0x6, 0, .start = 4, .step = 8)},
        {0xe8004010, 'A', STORE(4, 0x4010, 0, .start = -4, .step = -8)},
        {0xe9200ff0, 'A', STORE(4, 0xff0, 0, .writeback = true, .start = -32, .step = -32)},
        /* ldmia r0!, {r1, r2}; ldmia r1, {r1, r2}; push {r0, r1, lr}; pop {r2, r3} */
        {0xc806, 'T', LOAD(4, 0x6, 0, .writeback = true, .step = 8)},
        {0xc906, 'T', LOAD(4, 0x6, 1, .step = 8)},
        {0xb503, 'T', STORE(4, 0x4003, SP, .writeback = true, .start = -12, .step = -12)},
        {0xbc0c, 'T', LOAD(4, 0xc, SP, .writeback = true, .step = 8)},
        /* ldr.w r1, [r2], #4; ldr.w r1, [r2, #-4]!; ldrsh.w r5, [r6], #2; strh.w r1, [sp, #2]! */
        {0xf8521b04, 'W', LOAD(4, 1 << 1, 2, .writeback = true, .step = 4)},
        {0xf8521d04, 'W', LOAD(4, 1 << 1, 2, .writeback = true, .start = -4, .step = -4)},
        {0xf9365b02, 'W', LOAD(2, 1 << 5, 6, .sign_extend = true, .writeback = true, .step = 2)},
        {0xf82d1f02, 'W', STORE(2, 1 << 1, SP, .writeback = true, .start = 2, .step = 2)},
        /* ldrd r5, r4, [r2, #8]; ldrd r4, r5, [r2], #-8; strd r1, r2, [r3, #1020]! */
        {0xe9d25402, 'W', LOAD(4, 3 << 4, 2, .descending = true, .start = 8, .step = 8)},
        {0xe8724502, 'W', LOAD(4, 3 << 4, 2, .writeback = true, .step = -8)},
        {0xe9e312ff, 'W', STORE(4, 0x6, 3, .writeback = true, .start = 1020, .step = 1020)},
        /* ldmia.w r8!, {r0-r7, lr}; stmdb r8!, {r0, r1}; ldmdb r8, {r0, r9} */
        {0xe8b840ff, 'W', LOAD(4, 0x40ff, 8, .writeback = true, .step = 36)},
        {0xe9280003, 'W', STORE(4, 0x3, 8, .writeback = true, .start = -8, .step = -8)},
        {0xe9180201, 'W', LOAD(4, 0x201, 8, .start = -8, .step = -8)},
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct a32_access *want = &rows[i].want;
        struct a32_access got;

        assert_true(rows[i].set == 'A'
                        ? a32_access_of_arm(rows[i].insn, &got)
                        : a32_access_of_thumb(rows[i].insn, rows[i].set == 'W', &got));
        if (got.load != want->load || got.sign_extend != want->sign_extend ||
            got.size_bytes != want->size_bytes || got.insn_bytes != (rows[i].set == 'T' ? 2 : 4) ||
            got.registers != want->registers || got.descending != want->descending ||
            got.base != want->base || got.writeback != want->writeback ||
            got.indexed != want->indexed || got.index_first != want->index_first ||
            got.subtract != want->subtract || got.index != want->index ||
            got.shift != want->shift || got.amount != want->amount || got.start != want->start ||
            got.step != want->step)
            fail_msg("0x%x is decoded as something else", rows[i].insn);
    }
}

static void test_refused_encodings(void **state)
{
    static const uint32_t arm_insns[] = {
        0x01831f92, /* strexeq r1, r2, [r3] */
        0xe1932f9f, /* ldrex r2, [r3] */
        0xe1031092, /* swp r1, r2, [r3] */
        0xe4b21004, /* ldrt r1, [r2], #4 */
        0xe8908002, /* ldm r0, {r1, pc} */
        0xe8d00006, /* ldm r0, {r1, r2}^ */
        0xe8900000, /* ldm r0, {} */
        0xe491f004, /* ldr pc, [r1], #4 */
        0xe59f1004, /* ldr r1, [pc, #4] */
        0xe4922004, /* ldr r2, [r2], #4 */
        0xe8b00003, /* ldm r0!, {r0, r1} */
        0xe1c2e0d0, /* ldrd lr, [r2] */
        0xe1c250d0, /* ldrd r5, [r2] */
        0xe18200d1, /* ldrd r0, [r2, r1] */
        0xed910b00, /* vldr d0, [r1] */
        0xf5d1f000, /* pld [r1] */
        0xe0010293, /* mul */
        0xe6bf0071, /* sxth r0, r1 */
    };
    static const uint32_t wide_insns[] = {
        0xf8521e04, /* ldrt r1, [r2, #4] */
        0xe8521f00, /* ldrex r1, [r2] */
        0xe8d3127f, /* ldrexd r1, r2, [r3] */
        0xe8d0f001, /* tbb [r0, r1] */
        0xf851fb04, /* ldr.w pc, [r1], #4 */
        0xf8d21004, /* ldr.w r1, [r2, #4]: the syndrome describes it */
        0xe8b28006, /* ldm r2!, {r1, r2, pc} */
        0xe8900001, /* ldm r0, {r0} */
        0xf802d901, /* strb.w sp, [r2], #-1 */
        0xe9d24402, /* ldrd r4, r4, [r2, #8] */
    };
    static const uint16_t narrow_insns[] = {0xbd04 /* pop {r2, pc} */, 0xc300 /* stm r3!, {} */,
                                            0xc308 /* stm r3!, {r3} */, 0xb662 /* cpsie i */};
    struct a32_access access;

    for (size_t i = 0; i < ARRAY_SIZE(arm_insns); i++)
        assert_false(a32_access_of_arm(arm_insns[i], &access));
    for (size_t i = 0; i < ARRAY_SIZE(wide_insns); i++)
        assert_false(a32_access_of_thumb(wide_insns[i], true, &access));
    for (size_t i = 0; i < ARRAY_SIZE(narrow_insns); i++)
        assert_false(a32_access_of_thumb(narrow_insns[i], false, &access));
}

/* What every answer keeps to, whatever the instruction. */
static bool is_sound(const struct a32_access *a)
{
    bool base_in = (a->registers >> a->base & 1) != 0;

    return (a->size_bytes == 1 || a->size_bytes == 2 || a->size_bytes == 4) && a->registers != 0 &&
           a->registers >> 15 == 0 && a->base < 15 && (!a->indexed || a->index < 15) &&
           !(a->writeback && base_in) && (!a->sign_extend || (a->load && a->size_bytes < 4)) &&
           a->amount < 32 && a->step > -4096 && a->step < 4096 && a->start > -4096 &&
           a->start < 4096 && (a->registers & (a->registers - 1) ? a->size_bytes == 4 : true);
}

static void test_every_narrow_thumb(void **state)
{
    unsigned accepted = 0;
    struct a32_access access;

    for (uint32_t insn = 0; insn <= UINT16_MAX; insn++)
        if (a32_access_of_thumb(insn, false, &access)) {
            bool multiple = insn >> 12 == 0xc, push = insn >> 9 == 0x5a, pop = insn >> 9 == 0x5e;

            accepted++;
            if (!is_sound(&access) || access.insn_bytes != 2 || (!multiple && !push && !pop))
                fail_msg("0x%x", insn);
        }
    /* LDM: all lists but the empty; STM: those without the base; PUSH but of nothing; POP without
     * PC. */
    assert_int_equal(accepted, 8 * 255 + 8 * 127 + 511 + 255);
}

static void test_many_words(void **state)
{
    uint32_t word = 1, accepted = 0;
    struct a32_access access;

    for (uint32_t i = 0; i < MANY; i++) {
        word = word * 1664525u + 1013904223u;
        /* Where loads and stores are, more often than not. */
        if (a32_access_of_arm(i & 1 ? word : (word & 0x0fffffff) | 0xe0000000, &access)) {
            accepted++;
            assert_true(is_sound(&access) && access.insn_bytes == 4 && word >> 26 != 0x3f);
        }
        if (a32_access_of_thumb((word & 0x1fffffff) | 0xe0000000, true, &access)) {
            accepted++;
            assert_true(is_sound(&access) && access.insn_bytes == 4 && !access.indexed);
        }
    }
    assert_true(accepted > MANY / 16);
}

/* ---- doing it */

static void test_writeback(void **state)
{
    set(2, BASE);
    assert_int_equal(arm(0xe4921004, BASE), TRAP_DONE); /* ldr r1, [r2], #4 */
    assert_int_equal(reg(1), word_at(BASE));
    assert_int_equal(reg(2), BASE + 4);
    assert_int_equal(gprs->pc, PC + 4);
    assert_int_equal(arm(0xe5321008, BASE - 4), TRAP_DONE); /* ldr r1, [r2, #-8]! */
    assert_int_equal(reg(1), word_at(BASE - 4));
    assert_int_equal(reg(2), BASE - 4);
    set(4, BASE + 1);
    set(3, 0x11223344);
    assert_int_equal(arm(0xe4443001, BASE + 1), TRAP_DONE); /* strb r3, [r4], #-1 */
    assert_int_equal(device_bytes[BASE + 1 - DEVICE], 0x44);
    assert_int_equal(reg(4), BASE);
    assert_int_equal(vcpu.stats.traps[TRAP_MMIO] > 0, 1);
}

static void test_signs(void **state)
{
    device_bytes[BASE + 1 - DEVICE] = 0x80;
    set(6, BASE);
    assert_int_equal(arm(0xe1f650d1, BASE + 1), TRAP_DONE); /* ldrsb r5, [r6, #1]! */
    assert_int_equal(reg(5), 0xffffff80);
    set(8, BASE);
    assert_int_equal(arm(0xe05870f2, BASE), TRAP_DONE); /* ldrsh r7, [r8], #-2 */
    assert_int_equal(reg(7), 0xffff8000 | device_bytes[BASE - DEVICE]);
    assert_int_equal(reg(8), BASE - 2);
}

static void test_index(void **state)
{
    set(1, BASE);
    set(2, 3);
    assert_int_equal(arm(0xe7b10102, BASE + 12), TRAP_DONE); /* ldr r0, [r1, r2, lsl #2]! */
    assert_int_equal(reg(0), word_at(BASE + 12));
    assert_int_equal(reg(1), BASE + 12);
    set(2, (uint32_t)-64);
    assert_int_equal(arm(0xe61101c2, BASE + 12), TRAP_DONE); /* ldr r0, [r1], -r2, asr #3 */
    assert_int_equal(reg(1), BASE + 20);
    set(2, 8);
    assert_int_equal(arm(0xe7b10062, BASE + 24), TRAP_DONE); /* ldr r0, [r1, r2, rrx]! */
    assert_int_equal(reg(1), BASE + 24);
    set(2, 0x40000000);
    assert_int_equal(arm(0xe7b101e2, BASE + 24 + 0x8000000), TRAP_ABORT); /* ror #3: elsewhere */
    set(1, BASE);
    set(2, 0x80000000);
    assert_int_equal(arm(0xe6910fa2, BASE), TRAP_DONE); /* ldr r0, [r1], r2, lsr #31 */
    assert_int_equal(reg(1), BASE + 1);
    set(1, BASE);
    assert_int_equal(arm(0xe6910042, BASE), TRAP_DONE); /* asr #32 */
    assert_int_equal(reg(1), BASE - 1);
    set(1, BASE);
    assert_int_equal(arm(0xe6910022, BASE), TRAP_DONE); /* lsr #32 */
    assert_int_equal(reg(1), BASE);
}

static void test_several(void **state)
{
    set(0, BASE);
    assert_int_equal(arm(0xe8b0100e, BASE), TRAP_DONE); /* ldm r0!, {r1-r3, r12} */
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(reg(1 + i), word_at(BASE + 4 * i));
    assert_int_equal(reg(12), word_at(BASE + 12));
    assert_int_equal(reg(0), BASE + 16);
    set(0, BASE);
    assert_int_equal(arm(0xe8004010, BASE - 4), TRAP_DONE); /* stmda r0, {r4, lr} */
    assert_int_equal(word_at(BASE - 4), 0x4000);
    assert_int_equal(word_at(BASE), 0xe000);
    assert_int_equal(reg(0), BASE);
    assert_int_equal(arm(0xe9200ff0, BASE - 32), TRAP_DONE); /* stmdb r0!, {r4-r11} */
    assert_int_equal(word_at(BASE - 32), 0x4000);
    assert_int_equal(word_at(BASE - 4), 0xb000);
    assert_int_equal(reg(0), BASE - 32);
    set(2, BASE);
    assert_int_equal(arm(0xe1e240d8, BASE + 8), TRAP_DONE); /* ldrd r4, [r2, #8]! */
    assert_int_equal(reg(4), word_at(BASE + 8));
    assert_int_equal(reg(5), word_at(BASE + 12));
}

static void test_thumb(void **state)
{
    set(SP, BASE);
    set(0, 0xaaaa);
    assert_int_equal(thumb(0xb503, BASE - 12), TRAP_DONE); /* push {r0, r1, lr} */
    assert_int_equal(word_at(BASE - 12), 0xaaaa);
    assert_int_equal(word_at(BASE - 4), 0xe000);
    assert_int_equal(reg(SP), BASE - 12);
    assert_int_equal(gprs->pc, PC + 2);
    set(1, BASE);
    assert_int_equal(thumb(0xc906, BASE), TRAP_DONE); /* ldmia r1, {r1, r2} */
    assert_int_equal(reg(1), word_at(BASE));
    set(2, BASE);
    assert_int_equal(thumb(0xe9d25402, BASE + 8), TRAP_DONE); /* ldrd r5, r4, [r2, #8] */
    assert_int_equal(reg(5), word_at(BASE + 8));
    assert_int_equal(reg(4), word_at(BASE + 12));
    assert_int_equal(gprs->pc, PC + 4);
}

/* Nothing but what was stored before has changed. */
static void test_refusals(void **state)
{
    set(0, BASE);
    refuse_at = 2;
    assert_int_equal(arm(0xe8b0100e, BASE), TRAP_ABORT); /* ldm r0!, {r1-r3, r12} */
    assert_int_equal(reg(1), 0x1000);
    assert_int_equal(reg(0), BASE);
    assert_int_equal(pl1->dfar, BASE + 4);
    assert_int_equal(accesses, 2);
    refuse_at = 0;
    /* Over the page's end; at a place that the registers do not say; not aligned. */
    set(0, DEVICE + PAGE_SIZE - 8);
    assert_int_equal(arm(0xe8b0100e, DEVICE + PAGE_SIZE - 8), TRAP_ABORT);
    assert_int_equal(arm(0xe8b0100e, BASE), TRAP_ABORT);
    set(0, BASE + 2);
    assert_int_equal(arm(0xe8b0100e, BASE + 2), TRAP_ABORT);
    assert_int_equal(accesses, 2);
    /* Code that is gone, or ends within the instruction. */
    set(2, BASE);
    assert_int_equal(execute(0xe4921004, 0, false, BASE), TRAP_ABORT);
    assert_int_equal(execute(0x5402e9d2, 2, true, BASE + 8), TRAP_ABORT);
    assert_int_equal(arm(0xe1932f9f, BASE), TRAP_ABORT); /* ldrex */
    assert_int_equal(accesses, 2);
    assert_int_equal(a32_hook_record.undescribed_count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_encodings, start),
        cmocka_unit_test_setup(test_refused_encodings, start),
        cmocka_unit_test_setup(test_every_narrow_thumb, start),
        cmocka_unit_test_setup(test_many_words, start),
        cmocka_unit_test_setup(test_writeback, start),
        cmocka_unit_test_setup(test_signs, start),
        cmocka_unit_test_setup(test_index, start),
        cmocka_unit_test_setup(test_several, start),
        cmocka_unit_test_setup(test_thumb, start),
        cmocka_unit_test_setup(test_refusals, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
