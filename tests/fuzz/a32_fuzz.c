/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ARMv7: syndromes to traps, rows of coprocessor registers, conditions and injection. Every answer
 * is complete and in range, and does not depend on what was there before.
 */
#include <string.h>

#include "arch/arm/model/a32_access.h"
#include "arch/arm/model/a32_decode.h"
#include "arch/arm/model/a32_id.h"
#include "arch/arm/model/a32_inject.h"
#include "arch/arm/model/a32_regnum.h"
#include "arch/arm/model/a32_regs.h"
#include "arch/arm/model/a32_sysreg.h"
#include "core/reg_row.h"
#include "core/vm.h"
#include "lib/panic.h"
#include "tests/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct vm vm = {.vcpu_count = 2};
static struct vcpu vcpu = {.vm = &vm};

static void check_decode(const struct a32_syndrome *in, struct trap *t)
{
    struct trap other;

    memset(t, 0, sizeof(*t));
    memset(&other, 0xff, sizeof(other));
    other.write = false; /* a bool of 0xff is no bool */
    a32_decode(in, t);
    a32_decode(in, &other);
    BUG_ON(t->kind != other.kind || t->insn_bytes != other.insn_bytes || t->reg != other.reg ||
           t->write != other.write || t->value != other.value);
    BUG_ON(t->kind >= TRAP_KIND_COUNT || t->syndrome != in->hsr);
    BUG_ON(t->insn_bytes != 0 && t->insn_bytes != 2 && t->insn_bytes != 4);
    BUG_ON(t->reg != TRAP_REG_NONE && t->reg > A32_NUMBER_PC);
    switch (t->kind) {
    case TRAP_MMIO:
        BUG_ON(!is_pow2(t->mmio.size_bytes) || t->mmio.size_bytes > 8);
        BUG_ON(t->mmio.gpa.raw >> 40 != 0 || t->mmio.gpa.raw != other.mmio.gpa.raw);
        break;
    case TRAP_S2_FAULT:
        BUG_ON(t->fault.gpa.raw >> 40 != 0 || t->fault.gpa.raw != other.fault.gpa.raw);
        BUG_ON(t->fault.external && t->fault.permission);
        break;
    case TRAP_SYSREG:
        BUG_ON(t->sysreg.key >= REG_INDEX_KEYS || t->sysreg.key != other.sysreg.key);
        break;
    default:
        break;
    }
}

/* Of any word, in each instruction set: registers that an emulated access may move. */
static void check_access(uint32_t insn)
{
    for (unsigned set = 0; set < 3; set++) {
        struct a32_access a;
        bool is = set == 0 ? a32_access_of_arm(insn, &a) : a32_access_of_thumb(insn, set == 2, &a);

        if (!is)
            continue;
        BUG_ON(a.registers == 0 || a.registers >> A32_ACCESS_REGISTERS != 0);
        BUG_ON(a.base >= A32_NUMBER_PC || (a.indexed && a.index >= A32_NUMBER_PC));
        BUG_ON(!is_pow2(a.size_bytes) || a.size_bytes > 4 || a.amount >= 32);
        BUG_ON(a.writeback && (a.registers >> a.base & 1) != 0);
    }
}

/* An exception for the guest leads to one of its vectors, in the mode for it, interrupts masked. */
static void check_inject(const struct a32_syndrome *in, struct input *input)
{
    struct a32_exc exc = {.pc = in->pc,
                          .cpsr = in->cpsr,
                          .sctlr = (uint32_t)input_value(input),
                          .vbar = (uint32_t)input_value(input),
                          .ttbcr = (uint32_t)input_value(input)};
    struct a32_abort abort = {
        .gva = in->far, .fetch = input_u8(input) & 1, .write = input_u8(input) & 1};
    uint32_t base = (exc.sctlr & SCTLR_V) != 0 ? A32_HIVECS : exc.vbar;

    if (input_u8(input) & 1)
        a32_inject_abort(&exc, &abort);
    else
        a32_inject_undef(&exc, input_below(input, 3) * 2);
    BUG_ON(exc.pc - base >= A32_VECTOR_TABLE_BYTES || (exc.cpsr & CPSR_I) == 0);
    BUG_ON(REG_GET(CPSR, M, exc.cpsr) != (exc.abort ? A32_MODE_ABT : A32_MODE_UND));
    BUG_ON(exc.spsr != in->cpsr || (exc.cpsr & (CPSR_IT2 | (uint32_t)CPSR_IT0)) != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool ready;
    struct input in = {data, size};
    struct a32_syndrome syndrome = {.hsr = (uint32_t)input_bytes(&in, 4),
                                    .far = (uint32_t)input_value(&in),
                                    .cpsr = (uint32_t)input_bytes(&in, 4)};
    struct trap trap;

    if (!ready) {
        struct a32_host_ids host = {.mvfr0 = 0x10110222};

        a32_id_init(&host);
        a32_sysreg_init();
        ready = true;
    }
    syndrome.hpfar = (uint32_t)input_value(&in);
    if (a32_hpfar_missing(syndrome.hsr))
        syndrome.hpfar = a32_hpfar_of_par(input_value(&in));
    syndrome.pc = (uint32_t)input_value(&in);
    check_access(syndrome.far);
    check_decode(&syndrome, &trap);
    (void)a32_condition_holds(syndrome.hsr, syndrome.cpsr);
    BUG_ON((a32_cpsr_stepped(syndrome.cpsr) ^ syndrome.cpsr) & ~(uint32_t)(CPSR_IT2 | CPSR_IT0));
    vcpu.arch.a32.gprs.cpsr = syndrome.cpsr;
    a32_reg_write(&vcpu, trap.reg, a32_reg_read(&vcpu, trap.reg));
    if (trap.kind == TRAP_SYSREG) {
        trap.value = input_value(&in);
        BUG_ON(a32_sysreg_access(&vcpu, &trap) > TRAP_UNDEF);
    }
    check_inject(&syndrome, &in);
    return 0;
}
