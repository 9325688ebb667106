/* SPDX-License-Identifier: Apache-2.0 */
/* Loads and stores by hand: see a32_emulate.h. DDI 0406C, A8.4 "Shifts applied to a register". */
#include "arch/arm/model/a32_emulate.h"

#include "arch/arm/model/a32_hooks.h"
#include "arch/arm/model/a32_regnum.h"
#include "arch/arm/model/a32_regs.h"
#include "arch/arm/model/a32_trap.h"
#include "core/trap_dispatch.h"

bool a32_access_fetch(struct vcpu *vcpu, const struct a32_syndrome *syndrome,
                      struct a32_access *access)
{
    uint32_t insn;
    uint16_t first, second;

    if ((syndrome->cpsr & CPSR_J) != 0) /* ThumbEE, Jazelle */
        return false;
    if ((syndrome->cpsr & CPSR_T) == 0)
        return a32_hook_fetch(vcpu, syndrome->pc, &insn, sizeof(insn)) &&
               a32_access_of_arm(insn, access);
    if (!a32_hook_fetch(vcpu, syndrome->pc, &first, sizeof(first)))
        return false;
    if (!a32_is_wide_thumb(first))
        return a32_access_of_thumb(first, false, access);
    /* The other half may be in another page. */
    return a32_hook_fetch(vcpu, syndrome->pc + sizeof(first), &second, sizeof(second)) &&
           a32_access_of_thumb((uint32_t)first << 16 | second, true, access);
}

/* The index register, shifted; CPSR's carry is for RRX. */
static uint32_t index_value(struct vcpu *vcpu, const struct a32_access *access)
{
    uint32_t value = a32_reg_read(vcpu, access->index), amount = access->amount;
    bool carry = (vcpu->arch.a32.gprs.cpsr & CPSR_C) != 0;

    switch (access->shift) {
    case A32_SHIFT_LSL:
        return value << amount;
    case A32_SHIFT_LSR: /* by 0 means by 32 */
        return amount != 0 ? value >> amount : 0;
    case A32_SHIFT_ASR:
        return (uint32_t)((int32_t)value >> (amount != 0 ? amount : 31));
    default: /* ROR; by 0: RRX */
        return amount != 0 ? value >> amount | value << (32 - amount)
                           : value >> 1 | (uint32_t)carry << 31;
    }
}

/* Of the first register, and what the base moves by. */
static uint32_t first_address(struct vcpu *vcpu, const struct a32_access *access, uint32_t *step)
{
    uint32_t base = a32_reg_read(vcpu, access->base), index;

    if (!access->indexed) {
        *step = (uint32_t)access->step;
        return base + (uint32_t)access->start;
    }
    index = index_value(vcpu, access);
    *step = access->subtract ? 0u - index : index;
    return access->index_first ? base + *step : base;
}

/* One register's part, TRAP, at offset AT of its page. */
static void describe(struct trap *trap, const struct a32_syndrome *syndrome,
                     const struct a32_access *access, uint32_t va)
{
    trap->kind = TRAP_MMIO;
    trap->insn_bytes = access->insn_bytes;
    trap->write = !access->load;
    trap->value = 0;
    trap->syndrome = syndrome->hsr;
    trap->mmio.gpa = a32_gpa_of(va, syndrome->hpfar);
    trap->mmio.gva = GVA(va);
    trap->mmio.size_bytes = access->size_bytes;
    trap->mmio.sign_extend = access->sign_extend;
    trap->mmio.reg_bits = 32;
}

static unsigned take_register(const struct a32_access *access, uint16_t *left)
{
    unsigned number =
        access->descending ? bit_highest((uint32_t)*left) : bit_lowest((uint32_t)*left);

    *left &= (uint16_t)~bit32(number);
    return number;
}

enum trap_result a32_access_do(struct vcpu *vcpu, const struct a32_syndrome *syndrome,
                               const struct a32_access *access, struct trap *trap)
{
    uint32_t step, va = first_address(vcpu, access, &step), values[A32_ACCESS_REGISTERS];
    uint32_t bytes = access->size_bytes * (uint32_t)bit_count(access->registers);
    enum trap_result result = TRAP_ABORT;
    uint16_t left = access->registers;
    unsigned count = 0;

    describe(trap, syndrome, access, va);
    trap->reg =
        (uint8_t)(access->descending ? bit_highest((uint32_t)left) : bit_lowest((uint32_t)left));
    /* The first register's address is the one that failed, and all are in its page. */
    if (va != syndrome->far || va % access->size_bytes != 0 || va % PAGE_SIZE + bytes > PAGE_SIZE)
        return TRAP_ABORT;
    vcpu->stats.traps[TRAP_MMIO]++;
    for (; left != 0; va += access->size_bytes, count++) {
        unsigned number = take_register(access, &left);
        struct trap part;

        describe(&part, syndrome, access, va);
        if (!access->load)
            part.value = a32_stored_value(a32_reg_read(vcpu, number), access->size_bytes);
        result = trap_mmio(vcpu, &part);
        if (count == 0)
            trap->value = part.value;
        if (result != TRAP_DONE) {
            trap->mmio = part.mmio;
            return result;
        }
        values[count] = a32_loaded_value(&part);
    }
    left = access->registers;
    for (unsigned i = 0; access->load && i < count; i++)
        a32_reg_write(vcpu, take_register(access, &left), values[i]);
    if (access->writeback)
        a32_reg_write(vcpu, access->base, a32_reg_read(vcpu, access->base) + step);
    a32_step_over(&vcpu->arch.a32.gprs, access->insn_bytes);
    return result;
}
