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

/* A stage-2 or external fault; FAR is of the guest's access, also when its own table walk failed.
 */
static void decode_fault(const struct a64_syndrome *in, enum trap_access access, struct trap *out)
{
    /* FSC, FnV and S1PTW are at the same place for instructions and data. */
    unsigned fsc = (unsigned)REG_GET(ISS_DABT, DFSC, in->esr);
    enum fault_class class = classify(fsc);
    bool walk = REG_GET(ISS_DABT, S1PTW, in->esr) != 0;

    out->kind = TRAP_S2_FAULT;
    out->fault.gpa = a64_gpa_of(in->far, in->hpfar);
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

static void decode_smc(uint64_t esr, struct trap *out)
{
    out->kind = TRAP_HYPERCALL;
    out->call.immediate = (uint32_t)REG_GET(ISS_CALL, imm16, esr);
    out->call.smc = true;
}

void a64_decode(const struct a64_syndrome *in, struct trap *out)
{
    uint64_t esr = in->esr;

    if (REG_GET(ESR_ELx, EC, esr) == ESR_EC_SYS64) {
        a64_decode_sys64(esr, out);
        return;
    }
    if (a64_is_decoded_access(esr)) {
        a64_decode_access(esr, in->far, in->hpfar, out);
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
        a64_decode_wait(esr, out);
        break;
    case ESR_EC_FP:
        out->kind = TRAP_FP;
        break;
    case ESR_EC_HVC64:
        a64_decode_hvc(esr, out);
        break;
    case ESR_EC_SMC64:
        decode_smc(esr, out);
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
