/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "What did the guest do?": turns the syndrome of an exception taken to Hyp mode into a `struct
 * trap`. Pure: needs no register of the guest; the caller fills trap->value where trap->write is
 * set. Arm ARM DDI 0406C, B3.13 "Reporting exceptions taken to the Non-secure PL2 mode".
 */
#pragma once

#include "arch/arm/model/a32_hsr.h"
#include "arch/arm/model/a32_keys.h"
#include "core/trap.h"
#include "lib/types.h"

struct a32_syndrome {
    uint32_t hsr, far, hpfar; /* far: HIFAR of a prefetch abort, else HDFAR */
    uint32_t pc, cpsr;        /* ELR_hyp, SPSR_hyp */
};

/*
 * Describe the exception IN, which is no asynchronous abort (a32_is_async_abort). Every syndrome
 * gives a valid kind; what is unknown, or belongs to a feature that guests are not shown, is
 * TRAP_UNKNOWN. Members of the union that the kind does not have are not written. insn_bytes is 0
 * for HVC: ELR_hyp is past it. HPFAR must have been made valid before, see a32_hpfar_missing.
 */
void a32_decode(const struct a32_syndrome *in, struct trap *out);

/* The second register of a 64-bit coprocessor access, whose syndrome is HSR. */
static inline unsigned a32_second_reg(uint32_t hsr)
{
    return (unsigned)REG_GET(ISS_CP64, Rt2, hsr);
}
/* A trap of an MCRR or MRRC: two registers move. */
static __always_inline bool a32_is_wide(uint32_t hsr)
{
    return REG_GET(ESR_ELx, EC, hsr) == ESR_EC_CP15_64 ||
           REG_GET(ESR_ELx, EC, hsr) == ESR_EC_CP14_64;
}

/*
 * Some trapped instructions are conditional, and an implementation may trap them though the
 * condition fails (B1.14.1 "General information about traps to the hypervisor"): then they do
 * nothing.
 */
bool a32_condition_holds(uint32_t hsr, uint32_t cpsr);
/* CPSR after the instruction: IT moves on (A2.5.2 "ITSTATE"). */
uint32_t a32_cpsr_stepped(uint32_t cpsr);

/* HSR tells of an asynchronous abort, which HCR.AMO routes here: nobody's instruction. */
static inline bool a32_is_async_abort(uint32_t hsr)
{
    return REG_GET(ESR_ELx, EC, hsr) == ESR_EC_DABT_LOWER &&
           (REG_GET(ISS_DABT, DFSC, hsr) == FSC_ASYNC_EXTERNAL ||
            REG_GET(ISS_DABT, DFSC, hsr) == FSC_ASYNC_PARITY);
}

/*
 * The hardware leaves HPFAR UNKNOWN for a permission fault that is not on a table walk. If so for
 * HSR, translate the address with ATS1CPR and give a32_decode the result of a32_hpfar_of_par; if
 * PAR.F is set the guest has changed its tables meanwhile: run it again.
 */
static __always_inline bool a32_hpfar_missing(uint32_t hsr)
{
    uint32_t either = (uint32_t)REG_PUT(ESR_ELx, EC, ESR_EC_IABT_LOWER ^ ESR_EC_DABT_LOWER);
    uint32_t mask = ((uint32_t)ESR_ELx_EC & ~either) | ISS_DABT_S1PTW | FSC_KIND_MASK;

    return (hsr & mask) == ((uint32_t)REG_PUT(ESR_ELx, EC, ESR_EC_IABT_LOWER) | FSC_PERMISSION);
}
uint32_t a32_hpfar_of_par(uint64_t par);
