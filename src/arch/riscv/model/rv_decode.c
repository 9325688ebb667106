/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/riscv/model/rv_decode.h"

enum trap_access rv_access_of(uint64_t cause)
{
    switch (cause) {
    case RV_CAUSE_FETCH_GUEST_PAGE:
    case RV_CAUSE_FETCH_ACCESS:
    case RV_CAUSE_FETCH_PAGE:
        return TRAP_FETCH;
    case RV_CAUSE_STORE_GUEST_PAGE:
    case RV_CAUSE_STORE_ACCESS:
    case RV_CAUSE_STORE_PAGE:
        return TRAP_WRITE;
    default:
        return TRAP_READ;
    }
}

void rv_decode_as_fault(const struct rv_syndrome *syndrome, struct trap *trap)
{
    trap->kind = TRAP_S2_FAULT;
    trap->insn_bytes = 0;
    trap->reg = TRAP_REG_NONE;
    trap->write = false;
    trap->fault = (typeof(trap->fault)){
        .gpa = rv_fault_gpa(syndrome),
        .gva = GVA(syndrome->tval),
        .gva_valid = true,
        .access = rv_access_of(syndrome->cause),
        .on_table_walk = rv_is_table_walk(syndrome),
    };
}

/* A load or store that htinst or the fetched instruction tells of, all of it at the address. */
static bool decode_mmio(const struct rv_syndrome *syndrome, struct trap *trap)
{
    bool transformed = syndrome->htinst != 0;
    uint32_t insn = transformed ? (uint32_t)syndrome->htinst | HTINST_WIDE : syndrome->insn;
    struct rv_access access;

    if (transformed && (syndrome->htinst & HTINST_OFFSET) != 0)
        return false;
    if (!rv_insn_access(insn, &access) ||
        access.write != (syndrome->cause == RV_CAUSE_STORE_GUEST_PAGE))
        return false;
    trap->kind = TRAP_MMIO;
    if (transformed)
        trap->insn_bytes = syndrome->htinst & HTINST_WIDE ? 4 : 2;
    else
        trap->insn_bytes = (uint8_t)rv_insn_bytes(insn);
    trap->reg = access.reg != 0 ? access.reg : TRAP_REG_NONE;
    trap->write = access.write;
    trap->mmio = (typeof(trap->mmio)){
        .gpa = rv_fault_gpa(syndrome),
        .gva = GVA(syndrome->tval),
        .size_bytes = access.size_bytes,
        .sign_extend = access.sign_extend,
        .reg_bits = 64,
    };
    return true;
}

static void decode_guest_page_fault(const struct rv_syndrome *syndrome, struct trap *trap)
{
    if (syndrome->cause == RV_CAUSE_FETCH_GUEST_PAGE || rv_is_table_walk(syndrome) ||
        !decode_mmio(syndrome, trap))
        rv_decode_as_fault(syndrome, trap);
}

/* Instructions that only a hypervisor's settings keep the guest from (18.6.1, table 36). */
static void decode_virtual(const struct rv_syndrome *syndrome, uint32_t insn, struct trap *trap)
{
    struct rv_csr_insn csr;

    trap->syndrome = insn;
    trap->insn_bytes = 4;
    if (insn == RV_INSN_WFI && syndrome->user) {
        /* Illegal there unless it ends within a bounded time (10.1.1, 3.3.3). */
        trap->kind = TRAP_INSN;
    } else if (insn == RV_INSN_WFI || insn == RV_INSN_WRS_NTO) {
        trap->kind = TRAP_WAIT;
        trap->wait = (typeof(trap->wait)){.event = insn != RV_INSN_WFI};
    } else if (rv_insn_csr(insn, &csr)) {
        trap->kind = TRAP_SYSREG;
        trap->reg = csr.rd != 0 ? csr.rd : TRAP_REG_NONE;
        trap->write = csr.writes;
        trap->sysreg.key = csr.number;
    } else {
        trap->kind = TRAP_INSN;
    }
}

void rv_decode(const struct rv_syndrome *syndrome, struct trap *trap)
{
    uint32_t insn = syndrome->tval != 0 ? (uint32_t)syndrome->tval : syndrome->insn;

    trap->kind = TRAP_UNKNOWN;
    trap->insn_bytes = 0;
    trap->reg = TRAP_REG_NONE;
    trap->write = false;
    trap->value = 0;
    trap->syndrome = syndrome->cause;
    switch (syndrome->cause) {
    case RV_CAUSE_ECALL_VS:
        rv_decode_call(trap);
        break;
    case RV_CAUSE_LOAD_GUEST_PAGE:
    case RV_CAUSE_STORE_GUEST_PAGE:
    case RV_CAUSE_FETCH_GUEST_PAGE:
        decode_guest_page_fault(syndrome, trap);
        break;
    case RV_CAUSE_VIRTUAL:
        decode_virtual(syndrome, insn, trap);
        break;
    case RV_CAUSE_ILLEGAL:
        /* Some vector instructions use both units. */
        if ((syndrome->fp_off && (rv_insn_is_fp(insn) || rv_insn_is_vector(insn))) ||
            (syndrome->vector_off && rv_insn_is_vector(insn)))
            trap->kind = TRAP_FP;
        break;
    default:
        break;
    }
}
