/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Syndrome to trap: one case for each exception class that can reach us with our settings of
 * HCR_EL2, CPTR_EL2 and MDCR_EL2. Must not decide what to do about it. Arm ARM DDI 0487, D19.2
 * "ESR_EL2".
 */
#include "arch/arm/model/a64_decode.h"

#include "arch/arm/model/a64_regs.h"

enum fault_class {
    FAULT_UNMAPPED,   /* translation, or an address beyond stage 2 */
    FAULT_PERMISSION, /* mapped, right missing */
    FAULT_EXTERNAL,   /* everything else: no matter of stage 2 */
};

/* DFSC and IFSC share their codes. */
static enum fault_class classify(unsigned fsc)
{
    if (fsc == FSC_TRANSLATION_MINUS1 || fsc == FSC_ADDRESS_SIZE_MINUS1)
        return FAULT_UNMAPPED;
    switch (fsc & FSC_KIND_MASK) {
    case FSC_ADDRESS_SIZE:
    case FSC_TRANSLATION:
    case FSC_ACCESS_FLAG: /* ours are always set, so there is no such entry */
        return FAULT_UNMAPPED;
    case FSC_PERMISSION:
        return FAULT_PERMISSION;
    default:
        return FAULT_EXTERNAL;
    }
}

static uint8_t reg_of(uint64_t number)
{
    return number == A64_REG_ZR ? TRAP_REG_NONE : (uint8_t)number;
}

/* The page from HPFAR, the byte in it from FAR: both are addresses of the same access. */
static gpa_t gpa_of(const struct a64_syndrome *in)
{
    return GPA(REG_GET(HPFAR_EL2, FIPA, in->hpfar) << PAGE_SHIFT | (in->far & (PAGE_SIZE - 1)));
}

/* A stage-2 or external fault; FAR is of the guest's access, also when its own table walk failed.
 */
static void decode_fault(const struct a64_syndrome *in, enum trap_access access, struct trap *out)
{
    /* FSC, FnV and S1PTW are at the same place for instructions and data. */
    unsigned fsc = (unsigned)REG_GET(ISS_DABT, DFSC, in->esr);
    enum fault_class class = classify(fsc);
    bool walk = REG_GET(ISS_DABT, S1PTW, in->esr) != 0;

    out->kind = TRAP_S2_FAULT;
    out->fault.gpa = gpa_of(in);
    if (walk) /* FAR's low bits are not the table's */
        out->fault.gpa.raw = align_down(out->fault.gpa.raw, PAGE_SIZE);
    out->fault.gva = GVA(in->far);
    out->fault.access = access;
    out->fault.permission = class == FAULT_PERMISSION;
    out->fault.gva_valid = fsc != FSC_EXTERNAL || REG_GET(ISS_DABT, FnV, in->esr) == 0;
    out->fault.on_table_walk = walk;
    out->fault.external = class == FAULT_EXTERNAL;
    out->fault.cache_maintenance = access != TRAP_FETCH && REG_GET(ISS_DABT, CM, in->esr) != 0;
}

/* A load or store, described in the syndrome, to an address that stage 2 does not map: a device's.
 */
static __always_inline bool is_decoded_access(uint64_t esr)
{
    uint64_t mask = ESR_ELx_EC | ISS_DABT_ISV | ISS_DABT_S1PTW | ISS_DABT_CM | FSC_KIND_MASK;

    return (esr & mask) ==
           (REG_PUT(ESR_ELx, EC, ESR_EC_DABT_LOWER) | ISS_DABT_ISV | FSC_TRANSLATION);
}

static __always_inline void decode_access(const struct a64_syndrome *in, struct trap *out)
{
    uint64_t esr = in->esr;

    out->kind = TRAP_MMIO;
    out->insn_bytes = REG_GET(ESR_ELx, IL, esr) != 0 ? 4 : 2;
    out->reg = reg_of(REG_GET(ISS_DABT, SRT, esr));
    out->write = REG_GET(ISS_DABT, WnR, esr) != 0;
    out->value = 0;
    out->syndrome = esr;
    out->mmio.gpa = gpa_of(in);
    out->mmio.gva = GVA(in->far);
    out->mmio.size_bytes = (uint8_t)(1u << REG_GET(ISS_DABT, SAS, esr));
    out->mmio.sign_extend = REG_GET(ISS_DABT, SSE, esr) != 0;
    out->mmio.reg_bits = REG_GET(ISS_DABT, SF, esr) != 0 ? 64 : 32;
}

static void decode_wait(uint64_t esr, struct trap *out)
{
    uint64_t ti = REG_GET(ISS_WFX, TI, esr);

    out->kind = TRAP_WAIT;
    out->wait.event = ti == WFX_WFE || ti == WFX_WFET;
    out->wait.timeout = ti == WFX_WFIT || ti == WFX_WFET;
    if (!out->wait.timeout)
        return;
    /* The deadline is in a register. If the syndrome does not say in which: 0, which is over. */
    out->write = true;
    if (REG_GET(ISS_WFX, RV, esr) != 0)
        out->reg = reg_of(REG_GET(ISS_WFX, RN, esr));
}

static void decode_call(uint64_t esr, bool smc, struct trap *out)
{
    out->kind = TRAP_HYPERCALL;
    out->call.immediate = (uint32_t)REG_GET(ISS_CALL, imm16, esr);
    out->call.smc = smc;
    if (!smc)
        out->insn_bytes = 0;
}

void a64_decode(const struct a64_syndrome *in, struct trap *out)
{
    uint64_t esr = in->esr;

    if (likely(REG_GET(ESR_ELx, EC, esr) == ESR_EC_SYS64)) {
        a64_decode_sys64(esr, out);
        return;
    }
    if (likely(is_decoded_access(esr))) {
        decode_access(in, out);
        return;
    }
    out->kind = TRAP_UNKNOWN;
    out->insn_bytes = REG_GET(ESR_ELx, IL, esr) != 0 ? 4 : 2;
    out->reg = TRAP_REG_NONE;
    out->write = false;
    out->value = 0;
    out->syndrome = esr;

    switch (REG_GET(ESR_ELx, EC, esr)) {
    case ESR_EC_WFX:
        decode_wait(esr, out);
        break;
    case ESR_EC_FP:
        out->kind = TRAP_FP;
        break;
    case ESR_EC_HVC64:
        decode_call(esr, false, out);
        break;
    case ESR_EC_SMC64:
        decode_call(esr, true, out);
        break;
    case ESR_EC_IABT_LOWER:
        decode_fault(in, TRAP_FETCH, out);
        break;
    case ESR_EC_DABT_LOWER:
        decode_fault(in, REG_GET(ISS_DABT, WnR, esr) != 0 ? TRAP_WRITE : TRAP_READ, out);
        break;
    default:
        /*
         * SVE, SME, pointer authentication, LS64, MOPS and ERET traps: features we do not show,
         * undefined for the guest. AArch32 coprocessor accesses by EL0 and debug exceptions are not
         * routed here.
         */
        break;
    }
}

uint64_t a64_hpfar_of_par(uint64_t par)
{
    return REG_PUT(HPFAR_EL2, FIPA, REG_GET(PAR_EL1, PA, par));
}
