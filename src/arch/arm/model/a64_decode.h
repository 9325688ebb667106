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

/* The part of a64_decode for ESR_EC_SYS64, here so that the hottest road can have it inline. */
static __always_inline void a64_decode_sys64(uint64_t esr, struct trap *out)
{
    unsigned rt = (unsigned)REG_GET(ISS_SYS64, Rt, esr);

    out->kind = TRAP_SYSREG;
    out->insn_bytes = 4;
    out->reg = rt == A64_REG_ZR ? TRAP_REG_NONE : (uint8_t)rt;
    out->write = REG_GET(ISS_SYS64, Direction, esr) == 0;
    out->value = 0;
    out->syndrome = esr;
    out->sysreg.key = A64_SYSREG(REG_GET(ISS_SYS64, Op0, esr), REG_GET(ISS_SYS64, Op1, esr),
                                 REG_GET(ISS_SYS64, CRn, esr), REG_GET(ISS_SYS64, CRm, esr),
                                 REG_GET(ISS_SYS64, Op2, esr));
}
