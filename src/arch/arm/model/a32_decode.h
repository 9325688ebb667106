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
#include "lib/bits.h"
#include "lib/types.h"

/* Numbers of general registers in an instruction. */
enum { A32_NUMBER_SP = 13, A32_NUMBER_LR = 14, A32_NUMBER_PC = 15 };
#define A32_COND_ALWAYS 0xeu

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

static __always_inline uint32_t a32_key_of_iss(uint32_t hsr, enum a32_key_space space)
{
    uint32_t numbers = hsr >> ISS_CP32_CRn_SHIFT & (uint32_t)low_bits(10);

    return (uint32_t)REG_PUT(A32_KEY, Space, space) | numbers << A32_KEY_CRn_SHIFT |
           (uint32_t)REG_GET(ISS_CP32, CRm, hsr);
}

/* The page from HPFAR, the byte in it from the fault address: both are of the same access. */
static __always_inline gpa_t a32_gpa_of(uint32_t far, uint32_t hpfar)
{
    return GPA(REG_GET(HPFAR_EL2, FIPA, hpfar) << PAGE_SHIFT | (far & (PAGE_SIZE - 1)));
}

/* A load or store, described in the syndrome, to an address that stage 2 does not map: a device's.
 */
static __always_inline bool a32_is_decoded_access(uint32_t hsr)
{
    uint32_t mask =
        (uint32_t)ESR_ELx_EC | ISS_DABT_ISV | ISS_DABT_S1PTW | ISS_DABT_CM | FSC_KIND_MASK;

    return (hsr & mask) ==
           ((uint32_t)REG_PUT(ESR_ELx, EC, ESR_EC_DABT_LOWER) | ISS_DABT_ISV | FSC_TRANSLATION);
}

/* One that the syndrome does not describe: several registers, write-back, an exclusive (B3.13.6).
 */
static inline bool a32_is_undescribed_access(uint32_t hsr)
{
    uint32_t mask =
        (uint32_t)ESR_ELx_EC | ISS_DABT_ISV | ISS_DABT_S1PTW | ISS_DABT_CM | FSC_KIND_MASK;

    return (hsr & mask) == ((uint32_t)REG_PUT(ESR_ELx, EC, ESR_EC_DABT_LOWER) | FSC_TRANSLATION);
}

/*
 * The classes that guests cause all the time, inline, to be one piece with what handles them. The
 * condition of each is the caller's: a32_is_decoded_access, ESR_EC_CP15_32, ESR_EC_HVC32.
 */
static __always_inline void a32_decode_access(uint32_t hsr, uint32_t far, uint32_t hpfar,
                                              struct trap *out)
{
    out->kind = TRAP_MMIO;
    out->insn_bytes = (uint8_t)(2u << REG_GET(ESR_ELx, IL, hsr));
    out->reg = REG_GET(ISS_DABT, SRT, hsr) & A32_NUMBER_PC;
    out->write = REG_GET(ISS_DABT, WnR, hsr) != 0;
    out->value = 0;
    out->syndrome = hsr;
    out->mmio.gpa = a32_gpa_of(far, hpfar);
    out->mmio.gva = GVA(far);
    out->mmio.size_bytes = (uint8_t)(1u << REG_GET(ISS_DABT, SAS, hsr));
    out->mmio.sign_extend = REG_GET(ISS_DABT, SSE, hsr) != 0;
    out->mmio.reg_bits = 32;
}

static __always_inline void a32_decode_cp32(uint32_t hsr, enum a32_key_space space,
                                            struct trap *out)
{
    out->kind = TRAP_SYSREG;
    out->insn_bytes = 4; /* there is no narrow one */
    out->reg = REG_GET(ISS_CP32, Rt, hsr);
    out->write = REG_GET(ISS_CP32, Direction, hsr) == 0;
    out->value = 0;
    out->syndrome = hsr;
    out->sysreg.key = a32_key_of_iss(hsr, space);
}

static __always_inline void a32_decode_hvc(uint32_t hsr, struct trap *out)
{
    out->kind = TRAP_HYPERCALL;
    out->insn_bytes = 0;
    out->reg = TRAP_REG_NONE;
    out->write = false;
    out->value = 0;
    out->syndrome = hsr;
    out->call.immediate = (uint32_t)REG_GET(ISS_CALL, imm16, hsr);
    out->call.smc = false;
}

/* The second register of a 64-bit coprocessor access, whose syndrome is HSR. */
static inline unsigned a32_second_reg(uint32_t hsr)
{
    return (unsigned)REG_GET(ISS_CP64, Rt2, hsr);
}
/* KEY is of an MCRR or MRRC: two registers move. */
static __always_inline bool a32_is_wide(uint32_t key)
{
    return REG_GET(A32_KEY, Space, key) == A32_WIDE;
}

/*
 * Some trapped instructions are conditional, and an implementation may trap them though the
 * condition fails (B1.14.1 "General information about traps to the hypervisor"): then they do
 * nothing.
 */
bool a32_condition_holds(uint32_t hsr, uint32_t cpsr);
/* The common case of that: the syndrome says "always". */
static __always_inline bool a32_is_unconditional(uint32_t hsr)
{
    return (hsr & (uint32_t)(ISS_CP32_CV | ISS_CP32_COND)) ==
           (uint32_t)(ISS_CP32_CV | REG_PUT(ISS_CP32, COND, A32_COND_ALWAYS));
}
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
 * HSR tells of a debug exception, which HDCR.TDE routes here: guests have no debug registers, so it
 * is a BKPT. ARMv7 reports a prefetch abort; a later CPU in AArch32 state has a class for it.
 */
static inline bool a32_is_debug_exception(uint32_t hsr)
{
    uint64_t class = REG_GET(ESR_ELx, EC, hsr);

    return class == ESR_EC_BKPT32 ||
           (class == ESR_EC_IABT_LOWER && REG_GET(ISS_DABT, DFSC, hsr) == FSC_DEBUG);
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
