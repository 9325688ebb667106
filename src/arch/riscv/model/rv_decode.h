/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a trap of a guest means: cause and its registers to struct trap (Privileged Architecture
 * 18.6). Pure: instructions are fetched before, by whoever can.
 */
#pragma once

#include "arch/riscv/model/rv_csr.h"
#include "arch/riscv/model/rv_insn.h"
#include "core/trap.h"

/* What the hardware says of a trap. */
struct rv_syndrome {
    uint64_t cause; /* scause of an exception */
    uint64_t tval, htval, htinst;
    uint64_t pc;
    uint32_t insn; /* the instruction, if rv_insn_needed */
    bool fp_off;   /* the floating-point unit was off for the guest, by us */
};

static inline bool rv_is_guest_page_fault(uint64_t cause)
{
    return cause == RV_CAUSE_LOAD_GUEST_PAGE || cause == RV_CAUSE_STORE_GUEST_PAGE ||
           cause == RV_CAUSE_FETCH_GUEST_PAGE;
}
/* Hardware may leave the instruction out of htinst and stval (18.6.3, 10.1.9): it must be fetched
 * from the guest's PC. */
static inline bool rv_insn_needed(const struct rv_syndrome *syndrome)
{
    switch (syndrome->cause) {
    case RV_CAUSE_LOAD_GUEST_PAGE:
    case RV_CAUSE_STORE_GUEST_PAGE:
        return syndrome->htinst == 0;
    case RV_CAUSE_ILLEGAL:
    case RV_CAUSE_VIRTUAL:
        return syndrome->tval == 0;
    default:
        return false;
    }
}
/* The guest-physical address of a guest-page fault (18.2.12): htval leaves out two bits. */
static inline gpa_t rv_fault_gpa(const struct rv_syndrome *syndrome)
{
    return GPA((syndrome->htval << 2) | (syndrome->tval & 3));
}

/* What rv_decode says of an ECALL, the most frequent trap. */
static __always_inline void rv_decode_call(struct trap *trap)
{
    trap->kind = TRAP_HYPERCALL;
    trap->insn_bytes = 4;
    trap->reg = TRAP_REG_NONE;
    trap->write = false;
    trap->value = 0;
    trap->call.immediate = 0;
    trap->call.smc = false;
    trap->syndrome = RV_CAUSE_ECALL_VS;
}
/* Fill TRAP. A load or store is decoded as if a device were there: what is memory, the caller
 * knows. */
void rv_decode(const struct rv_syndrome *syndrome, struct trap *trap);
/* TRAP, a decoded load or store, as the fault that it is where there is no device. */
void rv_decode_as_fault(const struct rv_syndrome *syndrome, struct trap *trap);
