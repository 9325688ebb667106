/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "What did the guest do?": turns the syndrome of an exception from EL1 or EL0 to EL2 into a
 * `struct trap`. Pure: needs no register of the guest; the caller fills trap->value where
 * trap->write is set. Arm ARM DDI 0487, D19.2 "ESR_EL2", "HPFAR_EL2", D1.3 "Exceptions".
 */
#pragma once

#include "arch/arm/model/a64_esr.h"
#include "arch/arm/model/a64_sysreg_keys.h"
#include "core/trap.h"
#include "lib/types.h"

struct a64_syndrome {
    uint64_t esr, far, hpfar; /* of EL2 */
    uint64_t pc, spsr;        /* ELR_EL2, SPSR_EL2 */
};

/*
 * Describe the exception IN. Every syndrome gives a valid kind; what is unknown, or belongs to a
 * feature that guests are not shown, is TRAP_UNKNOWN. Members of the union that the kind does not
 * have are not written. insn_bytes is 0 for HVC: ELR_EL2 is past it.
 * HPFAR must have been made valid before, see a64_hpfar_missing.
 */
void a64_decode(const struct a64_syndrome *in, struct trap *out);

/*
 * The hardware leaves HPFAR_EL2 UNKNOWN for a permission fault that is not on a table walk. If so
 * for ESR, translate FAR with AT S1E1R and give a64_decode the result of a64_hpfar_of_par; if
 * PAR_EL1.F is set the guest has changed its tables meanwhile: run it again.
 */
static __always_inline bool a64_hpfar_missing(uint64_t esr)
{
    uint64_t either = REG_PUT(ESR_ELx, EC, ESR_EC_IABT_LOWER ^ ESR_EC_DABT_LOWER);
    uint64_t mask = (ESR_ELx_EC & ~either) | ISS_DABT_S1PTW | FSC_KIND_MASK;

    return (esr & mask) == (REG_PUT(ESR_ELx, EC, ESR_EC_IABT_LOWER) | FSC_PERMISSION);
}
uint64_t a64_hpfar_of_par(uint64_t par);

/* The page from HPFAR, the byte in it from FAR: both are addresses of the same access. */
static __always_inline gpa_t a64_gpa_of(uint64_t far, uint64_t hpfar)
{
    return GPA(REG_GET(HPFAR_EL2, FIPA, hpfar) << PAGE_SHIFT | (far & (PAGE_SIZE - 1)));
}

/* A load or store, described in the syndrome, to an address that stage 2 does not map: a device's.
 */
static __always_inline bool a64_is_decoded_access(uint64_t esr)
{
    uint64_t mask = ESR_ELx_EC | ISS_DABT_ISV | ISS_DABT_S1PTW | ISS_DABT_CM | FSC_KIND_MASK;

    return (esr & mask) ==
           (REG_PUT(ESR_ELx, EC, ESR_EC_DABT_LOWER) | ISS_DABT_ISV | FSC_TRANSLATION);
}

/*
 * The classes that guests cause all the time, inline, to be one piece with what handles them. The
 * condition of each is the caller's: ESR_EC_SYS64, a64_is_decoded_access, ESR_EC_HVC64, ESR_EC_WFX.
 */
static __always_inline void a64_decode_sys64(uint64_t esr, struct trap *out)
{
    out->kind = TRAP_SYSREG;
    out->insn_bytes = 4;
    out->reg = (uint8_t)REG_GET(ISS_SYS64, Rt, esr);
    out->write = REG_GET(ISS_SYS64, Direction, esr) == 0;
    out->value = 0;
    out->syndrome = esr;
    out->sysreg.key = a64_key_of_iss(esr);
}

static __always_inline void a64_decode_access(uint64_t esr, uint64_t far, uint64_t hpfar,
                                              struct trap *out)
{
    out->kind = TRAP_MMIO;
    out->insn_bytes = (uint8_t)(2u << REG_GET(ESR_ELx, IL, esr));
    out->reg = (uint8_t)REG_GET(ISS_DABT, SRT, esr);
    out->mmio.size_bytes = 1u << REG_GET(ISS_DABT, SAS, esr);
    out->mmio.sign_extend = REG_GET(ISS_DABT, SSE, esr) != 0;
    out->mmio.reg_bits = (uint8_t)(32u << REG_GET(ISS_DABT, SF, esr));
    out->write = REG_GET(ISS_DABT, WnR, esr) != 0;
    out->value = 0;
    out->syndrome = esr;
    out->mmio.gpa = a64_gpa_of(far, hpfar);
    out->mmio.gva = GVA(far);
}

static __always_inline void a64_decode_wait(uint64_t esr, struct trap *out)
{
    uint64_t ti = REG_GET(ISS_WFX, TI, esr);

    out->kind = TRAP_WAIT;
    out->insn_bytes = (uint8_t)(2u << REG_GET(ESR_ELx, IL, esr));
    out->reg = TRAP_REG_NONE;
    out->write = false;
    out->value = 0;
    out->syndrome = esr;
    out->wait.event = ti == WFX_WFE || ti == WFX_WFET;
    out->wait.timeout = ti == WFX_WFIT || ti == WFX_WFET;
    if (!out->wait.timeout)
        return;
    /* The deadline is in a register. If the syndrome does not say in which: 0, which is over. */
    out->write = true;
    if (REG_GET(ISS_WFX, RV, esr) != 0)
        out->reg = (uint8_t)REG_GET(ISS_WFX, RN, esr);
}

static __always_inline void a64_decode_hvc(uint64_t esr, struct trap *out)
{
    out->kind = TRAP_HYPERCALL;
    out->insn_bytes = 0;
    out->reg = TRAP_REG_NONE;
    out->write = false;
    out->value = 0;
    out->syndrome = esr;
    out->call.immediate = (uint32_t)REG_GET(ISS_CALL, imm16, esr);
    out->call.smc = false;
}
