/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trap travels one straight way: entry.S saves registers, the architecture's decode (pure) makes
 * a `struct trap` of the syndrome, trap_dispatch() calls one handler by kind, the handler answers
 * with an `enum trap_result`, and the architecture's finish writes the destination register, moves
 * the PC or injects. No handler moves the PC. What nobody handles is injected into the guest.
 */
#pragma once

#include "lib/types.h"

struct vcpu;

enum trap_kind {
    TRAP_UNKNOWN,   /* nothing we know: the guest gets its undefined-instruction exception */
    TRAP_MMIO,      /* a decoded load or store to an address that is no memory */
    TRAP_S2_FAULT,  /* stage-2 fault that is not a decoded load or store */
    TRAP_SYSREG,    /* system register, CSR or coprocessor access */
    TRAP_HYPERCALL, /* HVC, SMC, ECALL */
    TRAP_WAIT,      /* WFI, WFE and their likes */
    TRAP_FP,        /* floating point or vector state is not loaded */
    TRAP_INSN,      /* another trapped instruction (cache by set/way, debug, ...) */
    TRAP_KIND_COUNT,
};

/* A handler that answers TRAP_UNDEF or TRAP_ABORT has changed nothing. */
enum trap_result {
    TRAP_DONE,  /* emulated: write the destination register, if any, and step over */
    TRAP_RETRY, /* execute the instruction again; also: the handler set PC and registers itself
                   (power off) */
    TRAP_UNDEF, /* inject undefined / illegal instruction */
    TRAP_ABORT, /* inject a synchronous external abort (access fault) for the address */
    TRAP_KILL,  /* this VM cannot go on; the handler has logged why */
};

enum trap_access { TRAP_READ, TRAP_WRITE, TRAP_FETCH };

/* Register number that reads as 0 and ignores writes; any other that the architecture does not have
 * (31 on AArch64, which is XZR) means the same. */
#define TRAP_REG_NONE 0xff

struct trap {
    enum trap_kind kind;
    uint8_t insn_bytes; /* to step over: 2 or 4; 0 when the PC is already past it */
    uint8_t reg;        /* general register moved, TRAP_REG_NONE for none */
    bool write;         /* guest register to device or system register */
    uint64_t value;     /* in: what is written; out: what is read, before narrowing */
    union {
        struct {
            gpa_t gpa;
            gva_t gva;
            uint32_t size_bytes; /* 1, 2, 4, 8 */
            bool sign_extend;    /* to reg_bits */
            uint8_t reg_bits;    /* 32 or 64: width of the destination */
        } mmio;
        struct {
            gpa_t gpa;
            gva_t gva;
            enum trap_access access;
            bool permission; /* mapped, but the right is missing; else not mapped */
            bool gva_valid;
            bool on_table_walk; /* the guest's own page table lies there */
            bool external; /* no fault of stage 2, the memory system refused: gpa says nothing */
            bool cache_maintenance; /* by address, not an access to data */
        } fault;
        struct {
            uint32_t key; /* the architecture's encoding of the register: an index into its rows */
            uint64_t written; /* RISC-V: what an access that both reads and writes left there */
        } sysreg;
        struct {
            uint32_t immediate;
            bool smc; /* by SMC: the PC still points at it; by HVC or ECALL: past it or at it, see
                         decode */
        } call;
        struct {
            bool event;   /* WFE */
            bool timeout; /* WFIT, WFET */
        } wait;
    };
    uint64_t syndrome; /* raw, for the log and the trace */
};

typedef enum trap_result trap_handler_fn(struct vcpu *vcpu, struct trap *trap);

/* Calling the handler: core/trap_dispatch.h. */
/* The name of KIND for statistics and last words. */
const char *trap_kind_name(enum trap_kind kind);
