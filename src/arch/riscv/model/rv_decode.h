/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a trap of a guest means: cause and its registers to struct trap (Privileged Architecture
 * 18.6). Pure: instructions are fetched before, by whoever can.
 */
#pragma once

#include "arch/riscv/model/rv_csr.h"
#include "arch/riscv/model/rv_insn.h"
#include "core/trap.h"

/*
 * htinst (18.6.3): bit 0 clear and not zero is a walk of the guest's own tables; else the
 * instruction with the offset of the faulting part in place of rs1, always in its 32-bit form, and
 * bit 1 clear if it was one of 16 bits.
 */
#define HTINST_WALK_READ  0x3000u /* of a guest whose entries have 64 bits (table 39) */
#define HTINST_WALK_WRITE 0x3020u
/* clang-format off */
#define HTINST_FIELDS(F) \
    F(HTINST, IS_INSN, 0, 0) F(HTINST, WIDE, 1, 1) F(HTINST, REST_a, 14, 2) \
    F(HTINST, OFFSET, 19, 15) F(HTINST, REST_b, 63, 20)
/* clang-format on */
REG_DEFINE64(HTINST, HTINST_FIELDS);

/* What the hardware says of a trap. */
struct rv_syndrome {
    uint64_t cause; /* scause of an exception */
    uint64_t tval, htval, htinst;
    uint64_t pc;
    uint32_t insn;   /* the instruction, if rv_insn_needed */
    bool fp_off;     /* the floating-point unit was off for the guest, by us */
    bool vector_off; /* and the vector unit, which guests have */
    bool user;       /* it was in U-mode */
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
/* A guest-page fault of the hart's own access to the guest's tables. */
static inline bool rv_is_table_walk(const struct rv_syndrome *syndrome)
{
    return syndrome->htinst != 0 && (syndrome->htinst & HTINST_IS_INSN) == 0;
}
/* The guest-physical address of a guest-page fault (18.2.12): htval leaves out two bits, which are
 * those of the guest's address, or 0 for an entry of its tables. */
static inline gpa_t rv_fault_gpa(const struct rv_syndrome *syndrome)
{
    return GPA((syndrome->htval << 2) | (rv_is_table_walk(syndrome) ? 0 : syndrome->tval & 3));
}
/* What was tried, by the cause of an exception of memory. */
enum trap_access rv_access_of(uint64_t cause);

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
/*
 * The same of a load or store that htinst tells of, but for its address: all of it there, by an
 * instruction whose 32-bit form is plain. False: rv_decode says what it is.
 */
static __always_inline bool rv_decode_plain(uint64_t htinst, bool write, struct trap *trap)
{
    uint64_t funct3 = REG_GET(RV_INSN, FUNCT3, htinst), opcode = write ? RV_OP_STORE : RV_OP_LOAD;
    /* Bit 1 is clear if it was an instruction of 16 bits. */
    uint64_t mask = (RV_INSN_OPCODE | HTINST_OFFSET) & ~(uint64_t)HTINST_WIDE;

    trap->kind = TRAP_MMIO;
    trap->insn_bytes = (uint8_t)(2 + (htinst & HTINST_WIDE));
    trap->reg = (uint8_t)(write ? REG_GET(RV_INSN, RS2, htinst) : REG_GET(RV_INSN, RD, htinst));
    trap->write = write;
    trap->mmio.size_bytes = (uint8_t)(1u << (funct3 & 3));
    trap->mmio.sign_extend = funct3 < 4;
    trap->mmio.reg_bits = 64;
    /* Which does not exist (a load without sign of 64 bits, stores without) does not trap so. */
    return (htinst & mask) == (opcode & mask);
}
/* The load that htinst tells of is of a word, with its sign: LW. */
static __always_inline bool rv_is_word(uint64_t htinst)
{
    return REG_GET(RV_INSN, FUNCT3, htinst) == RV_FUNCT3_LW;
}
/* Fill TRAP. A load or store is decoded as if a device were there: what is memory, the caller
 * knows. */
void rv_decode(const struct rv_syndrome *syndrome, struct trap *trap);
/* TRAP, a decoded load or store, as the fault that it is where there is no device. */
void rv_decode_as_fault(const struct rv_syndrome *syndrome, struct trap *trap);
