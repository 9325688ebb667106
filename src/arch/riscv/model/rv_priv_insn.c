/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Privileged instructions of an emulated vCPU (Privileged Architecture 3.3, 10.2, 11 "Svinval").
 * Owns which are legal where, and what they do to the state.
 */
#include "arch/riscv/model/rv_insn.h"
#include "arch/riscv/model/rv_isa.h"
#include "arch/riscv/model/rv_priv.h"
#include "arch/riscv/model/rv_priv_impl.h"
#include "core/vcpu.h"
#include "lib/bits.h"

/* In S-mode BIT of mstatus keeps machine mode's word; in U-mode it is never allowed. */
static bool may_in_supervisor(const struct rv_state *rv, uint64_t bit)
{
    if (rv->priv.mode == RV_PRIVILEGE_SUPERVISOR)
        return (rv->priv.machine.mstatus & bit) == 0;
    return rv->priv.mode == RV_PRIVILEGE_MACHINE;
}

/* 3.1.6.1, 3.3.2 */
static enum trap_result sret(struct rv_state *rv)
{
    uint64_t status = rv_priv_status(rv);
    uint8_t mode = status & MSTATUS_SPP ? RV_PRIVILEGE_SUPERVISOR : RV_PRIVILEGE_USER;

    if (!may_in_supervisor(rv, MSTATUS_TSR))
        return TRAP_UNDEF;
    rv_priv_set_status(rv, REG_PUT(MSTATUS, SIE, REG_GET(MSTATUS, SPIE, status)) | MSTATUS_SPIE,
                       MSTATUS_SIE | MSTATUS_SPIE | MSTATUS_SPP | MSTATUS_MPRV);
    rv->gprs.pc = rv->super.sepc;
    rv_priv_set_mode(rv, mode);
    return TRAP_RETRY;
}

static enum trap_result mret(struct rv_state *rv)
{
    uint64_t status = rv_priv_status(rv);
    uint8_t mode = (uint8_t)REG_GET(MSTATUS, MPP, status);

    if (rv->priv.mode != RV_PRIVILEGE_MACHINE)
        return TRAP_UNDEF;
    rv_priv_set_status(rv,
                       REG_PUT(MSTATUS, MIE, REG_GET(MSTATUS, MPIE, status)) | MSTATUS_MPIE |
                           REG_PUT(MSTATUS, MPP, RV_PRIVILEGE_USER),
                       MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP |
                           (mode != RV_PRIVILEGE_MACHINE ? MSTATUS_MPRV : 0));
    rv->gprs.pc = rv->priv.machine.mepc;
    rv_priv_set_mode(rv, mode);
    return TRAP_RETRY;
}

/* In U-mode it would have to end within a bounded time: it is illegal at once there, and in S-mode
 * under TW (3.1.6.5, 3.3.3). */
static enum trap_result wfi(struct rv_state *rv)
{
    if (!may_in_supervisor(rv, MSTATUS_TW))
        return TRAP_UNDEF;
    rv->priv.effects |= RV_EFFECT_WAIT;
    return TRAP_DONE;
}

/* A second flush that was not acted on yet: what both say, and more. */
static void add_flush(struct rv_state *rv, struct rv_flush flush)
{
    struct rv_flush *sum = &rv->priv.flush;

    if (!(rv->priv.effects & RV_EFFECT_FLUSH)) {
        *sum = flush;
    } else {
        sum->all_addresses |= flush.all_addresses || flush.gva != sum->gva;
        sum->all_asids |= flush.all_asids || flush.asid != sum->asid;
    }
    rv->priv.effects |= RV_EFFECT_FLUSH;
}

/* 10.2.1: x0 for a register means all of them. */
static enum trap_result sfence_vma(struct rv_state *rv, uint32_t insn)
{
    uint64_t rs1 = REG_GET(RV_INSN, RS1, insn), rs2 = REG_GET(RV_INSN, RS2, insn);

    if (!may_in_supervisor(rv, MSTATUS_TVM))
        return TRAP_UNDEF;
    add_flush(rv, (struct rv_flush){
                      .all_addresses = rs1 == 0,
                      .all_asids = rs2 == 0,
                      .gva = rv->gprs.x[rs1],
                      .asid = (uint16_t)(rv->gprs.x[rs2] & low_bits(rv->priv.caps->asid_bits)),
                  });
    return TRAP_DONE;
}

/* Those that order SINVAL.VMA, which has done its work when it is over (11.1): not even TVM traps
 * them. */
static enum trap_result inval_fence(const struct rv_state *rv)
{
    return rv->priv.mode == RV_PRIVILEGE_USER ? TRAP_UNDEF : TRAP_DONE;
}

static enum trap_result with_operands(struct rv_state *rv, uint32_t insn, bool svinval)
{
    if (REG_GET(RV_INSN, OPCODE, insn) != RV_OP_SYSTEM || REG_GET(RV_INSN, FUNCT3, insn) != 0 ||
        REG_GET(RV_INSN, RD, insn) != 0)
        return TRAP_UNDEF;
    switch (REG_GET(RV_INSN, FUNCT7, insn)) {
    case RV_FUNCT7_SFENCE_VMA:
        return sfence_vma(rv, insn);
    case RV_FUNCT7_SINVAL_VMA:
        return svinval ? sfence_vma(rv, insn) : TRAP_UNDEF;
    default:
        return TRAP_UNDEF;
    }
}

static enum trap_result csr(struct vcpu *vcpu, uint32_t insn)
{
    uint64_t rd = REG_GET(RV_INSN, RD, insn);
    struct trap trap = {.kind = TRAP_SYSREG, .syndrome = insn};
    enum trap_result result = rv_priv_csr(vcpu, &trap);

    if (result == TRAP_DONE && rd != 0)
        vcpu->arch.rv.gprs.x[rd] = trap.value;
    return result;
}

enum trap_result rv_priv_insn(struct vcpu *vcpu, uint32_t insn)
{
    struct rv_state *rv = &vcpu->arch.rv;
    bool svinval = rv_isa_has(rv->priv.caps->isa, RV_EXT_svinval);

    if (REG_GET(RV_INSN, OPCODE, insn) == RV_OP_SYSTEM && REG_GET(RV_INSN, FUNCT3, insn) != 0)
        return csr(vcpu, insn);
    switch (insn) {
    case RV_INSN_SRET:
        return sret(rv);
    case RV_INSN_MRET:
        return mret(rv);
    case RV_INSN_WFI:
        return wfi(rv);
    case RV_INSN_SFENCE_W_INVAL:
    case RV_INSN_SFENCE_INVAL_IR:
        return svinval ? inval_fence(rv) : TRAP_UNDEF;
    default:
        return with_operands(rv, insn, svinval);
    }
}
