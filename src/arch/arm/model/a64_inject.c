/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exception entry to EL1 as arithmetic: new PSTATE, vector, syndrome. Must not know why. Arm ARM
 * DDI 0487, J1 AArch64.TakeException, D1.3.1 "Exception vectors".
 */
#include "arch/arm/model/a64_inject.h"

#include "arch/arm/model/a64_regs.h"

/* The vector table: four sources of four kinds; synchronous is the first of each four. */
enum vector_offset {
    VECTOR_EL1t = 0x000,
    VECTOR_EL1h = 0x200,
    VECTOR_EL0_A64 = 0x400,
    VECTOR_EL0_A32 = 0x600,
};

static bool from_el1(uint64_t pstate)
{
    uint64_t mode = REG_GET(SPSR_ELx, M, pstate);

    return mode == SPSR_M_EL1t || mode == SPSR_M_EL1h;
}

static enum vector_offset vector_of(uint64_t pstate)
{
    uint64_t mode = REG_GET(SPSR_ELx, M, pstate);

    if ((mode & SPSR_M_AARCH32) != 0)
        return VECTOR_EL0_A32;
    if (mode == SPSR_M_EL1h)
        return VECTOR_EL1h;
    return mode == SPSR_M_EL1t ? VECTOR_EL1t : VECTOR_EL0_A64;
}

/*
 * Of the old PSTATE the condition flags, DIT and PAN live on. TCO, ALLINT, PM and EXLOCK belong
 * to features that guests do not have; SPAN and DSSBS read as RES1 and RES0 where PAN and SSBS do
 * not exist.
 */
static uint64_t pstate_on_entry(uint64_t old, uint64_t sctlr)
{
    uint64_t kept =
        (uint64_t)SPSR_ELx_N | SPSR_ELx_Z | SPSR_ELx_C | SPSR_ELx_V | SPSR_ELx_DIT | SPSR_ELx_PAN;
    uint64_t entry = (old & kept) | REG_PUT(SPSR_ELx, M, SPSR_M_EL1h) | SPSR_ELx_D | SPSR_ELx_A |
                     SPSR_ELx_I | SPSR_ELx_F;

    if ((sctlr & SCTLR_EL1_SPAN) == 0)
        entry |= SPSR_ELx_PAN;
    if ((sctlr & SCTLR_EL1_DSSBS) != 0)
        entry |= SPSR_ELx_SSBS;
    return entry;
}

void a64_inject_sync(struct a64_exc *exc, uint64_t esr, bool has_far, uint64_t far)
{
    uint64_t old = exc->spsr;

    exc->esr_el1 = esr;
    exc->elr_el1 = exc->pc;
    exc->spsr_el1 = old;
    if (has_far)
        exc->far_el1 = far;
    exc->spsr = pstate_on_entry(old, exc->sctlr);
    exc->pc = align_down(exc->vbar, A64_VECTOR_TABLE_BYTES) + (uint64_t)vector_of(old);
}

void a64_inject_undef(struct a64_exc *exc, unsigned insn_bytes)
{
    uint64_t esr = REG_PUT(ESR_ELx, EC, ESR_EC_UNKNOWN);

    if (insn_bytes == 0)
        exc->pc -= A64_INSN_BYTES;
    if (insn_bytes != 2)
        esr |= ESR_ELx_IL;
    a64_inject_sync(exc, esr, false, 0);
}

void a64_inject_abort(struct a64_exc *exc, const struct a64_abort *abort)
{
    bool same = from_el1(exc->spsr);
    uint64_t esr = ESR_ELx_IL | REG_PUT(ISS_DABT, DFSC, FSC_EXTERNAL);

    if (abort->fetch)
        esr |= REG_PUT(ESR_ELx, EC, same ? ESR_EC_IABT_SAME : ESR_EC_IABT_LOWER);
    else
        esr |= REG_PUT(ESR_ELx, EC, same ? ESR_EC_DABT_SAME : ESR_EC_DABT_LOWER);
    if (!abort->fetch && abort->write)
        esr |= ISS_DABT_WnR;
    if (!abort->gva_valid)
        esr |= ISS_DABT_FnV;
    a64_inject_sync(exc, esr, abort->gva_valid, abort->gva.raw);
}
