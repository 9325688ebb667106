/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exception entry to PL1 as arithmetic: new CPSR, vector, link register, fault status. Must not
 * know why. Arm ARM DDI 0406C, B1.9.4 "Undefined Instruction exception", B1.9.7 "Prefetch Abort
 * exception", B1.9.8 "Data Abort exception".
 */
#include "arch/arm/model/a32_inject.h"

#include "arch/arm/model/a32_regs.h"

#define HVC_BYTES 4

static void enter(struct a32_exc *exc, enum a32_mode mode, enum a32_vector vector)
{
    uint32_t cleared = (uint32_t)(CPSR_M | CPSR_IT2 | CPSR_IT0 | CPSR_J | CPSR_T | CPSR_E);
    uint32_t base = (exc->sctlr & SCTLR_V) != 0 ? A32_HIVECS : exc->vbar;

    exc->spsr = exc->cpsr;
    exc->cpsr = (exc->cpsr & ~cleared) | (uint32_t)mode | CPSR_I;
    exc->cpsr |= (uint32_t)REG_PUT(CPSR, T, REG_GET(SCTLR, TE, exc->sctlr));
    exc->cpsr |= (uint32_t)REG_PUT(CPSR, E, REG_GET(SCTLR, EE, exc->sctlr));
    exc->pc = base + (uint32_t)vector;
}

void a32_inject_undef(struct a32_exc *exc, unsigned insn_bytes)
{
    bool thumb = (exc->cpsr & CPSR_T) != 0;
    uint32_t insn = insn_bytes == 0 ? exc->pc - HVC_BYTES : exc->pc;

    exc->abort = exc->data_fault = exc->fetch_fault = false;
    exc->lr = insn + (thumb ? 2 : 4);
    enter(exc, A32_MODE_UND, A32_VECTOR_UNDEF);
}

static uint32_t fault_status(const struct a32_exc *exc, uint32_t fs, uint32_t status)
{
    return (exc->ttbcr & (uint32_t)TTBCR_EAE) != 0 ? (uint32_t)DFSR_LPAE | status : fs;
}

static void enter_abort(struct a32_exc *exc, bool fetch)
{
    exc->abort = true;
    exc->data_fault = !fetch;
    exc->fetch_fault = fetch;
    exc->lr = exc->pc + (fetch ? 4 : 8);
    enter(exc, A32_MODE_ABT, fetch ? A32_VECTOR_PREFETCH : A32_VECTOR_DATA);
    exc->cpsr |= CPSR_A;
}

void a32_inject_abort(struct a32_exc *exc, const struct a32_abort *abort)
{
    exc->far = abort->gva;
    exc->fsr = fault_status(exc, A32_FS_EXTERNAL, A32_STATUS_EXTERNAL);
    if (!abort->fetch && abort->write)
        exc->fsr |= DFSR_WnR;
    enter_abort(exc, abort->fetch);
}

void a32_inject_debug(struct a32_exc *exc)
{
    exc->far = exc->pc; /* IFAR is UNKNOWN then */
    exc->fsr = fault_status(exc, A32_FS_DEBUG, A32_STATUS_DEBUG);
    enter_abort(exc, true);
}
