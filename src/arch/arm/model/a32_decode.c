/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Syndrome to trap: one case for each exception class that can reach us with our settings of HCR,
 * HSTR, HCPTR and HDCR. Must not decide what to do about it. Arm ARM DDI 0406C, B3.13.6 "Use of the
 * HSR".
 */
#include "arch/arm/model/a32_decode.h"

#include "arch/arm/model/a32_regs.h"

enum fault_class {
    FAULT_UNMAPPED,   /* translation */
    FAULT_PERMISSION, /* mapped, right missing */
    FAULT_EXTERNAL,   /* everything else: no matter of stage 2 */
};

static enum fault_class classify(unsigned fsc)
{
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

/* A stage-2 or external fault; the address is of the guest's access, also when its own walk failed.
 */
static void decode_fault(const struct a32_syndrome *in, enum trap_access access, struct trap *out)
{
    enum fault_class class = classify((unsigned)REG_GET(ISS_DABT, DFSC, in->hsr));
    bool walk = REG_GET(ISS_DABT, S1PTW, in->hsr) != 0;

    out->kind = TRAP_S2_FAULT;
    out->fault.gpa = a32_gpa_of(in->far, in->hpfar);
    if (walk) /* the low bits are not the table's */
        out->fault.gpa.raw = align_down(out->fault.gpa.raw, PAGE_SIZE);
    out->fault.gva = GVA(in->far);
    out->fault.access = access;
    out->fault.permission = class == FAULT_PERMISSION;
    out->fault.gva_valid = true;
    out->fault.on_table_walk = walk;
    out->fault.external = class == FAULT_EXTERNAL;
    out->fault.cache_maintenance = access != TRAP_FETCH && REG_GET(ISS_DABT, CM, in->hsr) != 0;
}

static void decode_cp64(uint32_t hsr, bool cp14, struct trap *out)
{
    out->kind = TRAP_SYSREG;
    out->reg = REG_GET(ISS_CP64, Rt, hsr);
    out->write = REG_GET(ISS_CP64, Direction, hsr) == 0;
    out->sysreg.key = A32_KEY_WIDE(cp14, REG_GET(ISS_CP64, Opc1, hsr), REG_GET(ISS_CP64, CRm, hsr));
}

/* VFP and Advanced SIMD, whose state may not be loaded; what other coprocessors there are is
 * hidden. */
static void decode_hcptr(uint32_t hsr, struct trap *out)
{
    uint64_t coproc = REG_GET(ISS_HCPTR, coproc, hsr);

    if (REG_GET(ISS_HCPTR, TA, hsr) != 0 || coproc == 10 || coproc == 11)
        out->kind = TRAP_FP;
}

/* Its immediate is for nobody: the syndrome does not tell it. */
static void decode_smc(struct trap *out)
{
    out->kind = TRAP_HYPERCALL;
    out->call.immediate = 0;
    out->call.smc = true;
}

void a32_decode(const struct a32_syndrome *in, struct trap *out)
{
    uint32_t hsr = in->hsr;

    out->kind = TRAP_UNKNOWN;
    out->insn_bytes = REG_GET(ESR_ELx, IL, hsr) != 0 ? 4 : 2;
    out->reg = TRAP_REG_NONE;
    out->write = false;
    out->value = 0;
    out->syndrome = hsr;

    if (a32_is_decoded_access(hsr)) {
        a32_decode_access(hsr, in->far, in->hpfar, out);
        return;
    }
    switch (REG_GET(ESR_ELx, EC, hsr)) {
    case ESR_EC_WFX:
        out->kind = TRAP_WAIT;
        out->wait.event = (REG_GET(ISS_WFX, TI, hsr) & WFX_WFE) != 0;
        out->wait.timeout = false;
        break;
    case ESR_EC_CP15_32:
        a32_decode_cp32(hsr, A32_CP15, out);
        break;
    case ESR_EC_CP15_64:
        decode_cp64(hsr, false, out);
        break;
    case ESR_EC_CP14_32:
        a32_decode_cp32(hsr, A32_CP14, out);
        break;
    case ESR_EC_CP14_64:
        decode_cp64(hsr, true, out);
        break;
    case ESR_EC_FP:
        decode_hcptr(hsr, out);
        break;
    case ESR_EC_CP10_ID:
        a32_decode_cp32(hsr, A32_CP10, out);
        break;
    case ESR_EC_HVC32:
        a32_decode_hvc(hsr, out);
        break;
    case ESR_EC_SVC32: /* of a program without a kernel (HCR.TGE): its HVC */
        a32_decode_hvc(hsr, out);
        break;
    case ESR_EC_SMC32:
        decode_smc(out);
        break;
    case ESR_EC_IABT_LOWER:
        if (!a32_is_debug_exception(hsr))
            decode_fault(in, TRAP_FETCH, out);
        break;
    case ESR_EC_DABT_LOWER:
        decode_fault(in, REG_GET(ISS_DABT, WnR, hsr) != 0 ? TRAP_WRITE : TRAP_READ, out);
        break;
    default:
        /* LDC and STC of debug registers, BXJ: undefined for the guest. BKPT: its own exception
         * (a32_trap.c). Undefined instructions come with HCR.TGE only. */
        break;
    }
}

uint32_t a32_hpfar_of_par(uint64_t par)
{
    return (uint32_t)REG_PUT(HPFAR_EL2, FIPA, REG_GET(PAR32, PA, par));
}

/* ITSTATE: the condition and, in five bits, how many instructions follow (A2.5.2). */
#define IT_FIELDS(F)  \
    F(IT, MASK, 3, 0) \
    F(IT, COND, 7, 4)
REG_DEFINE_(IT, IT_FIELDS, 8);
#define IT_SHIFTED 0x1fu /* what moves at each step */

static uint32_t it_of(uint32_t cpsr)
{
    return (uint32_t)(REG_GET(CPSR, IT2, cpsr) << CPSR_IT0_WIDTH | REG_GET(CPSR, IT0, cpsr));
}

uint32_t a32_cpsr_stepped(uint32_t cpsr)
{
    uint32_t it = it_of(cpsr);

    if (it == 0)
        return cpsr;
    if ((it & (IT_MASK >> 1)) == 0) /* that was the last one */
        it = 0;
    else
        it = (it & ~IT_SHIFTED) | (it << 1 & IT_SHIFTED);
    cpsr = (uint32_t)REG_SET(CPSR, IT2, cpsr, it >> CPSR_IT0_WIDTH);
    return (uint32_t)REG_SET(CPSR, IT0, cpsr, it);
}

/* The condition of a trapped instruction. */
static unsigned condition_of(uint32_t hsr, uint32_t cpsr)
{
    /* Only the classes of trapped instructions have one; those of v7's SMC and HVC have not. */
    if (REG_GET(ESR_ELx, EC, hsr) == ESR_EC_UNKNOWN || REG_GET(ESR_ELx, EC, hsr) > ESR_EC_CP14_64)
        return A32_COND_ALWAYS;
    if (REG_GET(ISS_CP32, CV, hsr) != 0)
        return (unsigned)REG_GET(ISS_CP32, COND, hsr);
    /* Thumb instructions may leave it to IT. */
    if ((cpsr & CPSR_T) != 0 && it_of(cpsr) != 0)
        return (unsigned)REG_GET(IT, COND, it_of(cpsr));
    return A32_COND_ALWAYS;
}

bool a32_condition_holds(uint32_t hsr, uint32_t cpsr)
{
    unsigned condition = condition_of(hsr, cpsr);
    bool n = (cpsr & (uint32_t)CPSR_N) != 0, z = (cpsr & CPSR_Z) != 0;
    bool c = (cpsr & CPSR_C) != 0, v = (cpsr & CPSR_V) != 0, result;

    if (likely(condition >= A32_COND_ALWAYS))
        return true;
    switch (condition / 2) {
    case 0: /* EQ, NE */
        result = z;
        break;
    case 1: /* CS, CC */
        result = c;
        break;
    case 2: /* MI, PL */
        result = n;
        break;
    case 3: /* VS, VC */
        result = v;
        break;
    case 4: /* HI, LS */
        result = c && !z;
        break;
    case 5: /* GE, LT */
        result = n == v;
        break;
    default: /* GT, LE */
        result = n == v && !z;
        break;
    }
    return (condition & 1) != 0 ? !result : result;
}
