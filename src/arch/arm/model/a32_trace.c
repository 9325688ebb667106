/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names for what a guest did: coprocessor registers (Arm ARM DDI 0406C, B3.17) and exceptions
 * (B1.8). Must not decide anything.
 */
#include "arch/arm/model/a32_trace.h"

#include "arch/arm/model/a32_decode.h"
#include "arch/arm/model/a32_id.h"
#include "arch/arm/model/a32_inject.h"
#include "arch/arm/model/a32_regs.h"
#include "arch/arm/model/a32_sysreg.h"
#include "arch/arm/model/a64_vtimer.h"
#include "arch/arm/model/arm_call_text.h"
#include "core/pcpu.h"
#include "lib/fmt.h"

/* A register that no row names, as assemblers write it: p15, 0, c1, c2, 3. */
static void name_sysreg(uint32_t key, char *name, size_t size)
{
    static const char *const spaces[] = {"p15", "p14", NULL, "p10"};
    const char *known = a32_sysreg_name(key);
    uint64_t space = REG_GET(A32_KEY, Space, key);

    if (known != NULL)
        fmt_print(name, size, "%s", known);
    else if (space == A32_WIDE)
        fmt_print(name, size, "p%u, %u, c%u", REG_GET(A32_KEY, Op2, key) != 0 ? 14u : 15u,
                  (unsigned)(REG_GET(A32_KEY, CRn, key) * 8 + REG_GET(A32_KEY, Op1, key)),
                  (unsigned)REG_GET(A32_KEY, CRm, key));
    else
        fmt_print(name, size, "%s, %u, c%u, c%u, %u", spaces[space],
                  (unsigned)REG_GET(A32_KEY, Op1, key), (unsigned)REG_GET(A32_KEY, CRn, key),
                  (unsigned)REG_GET(A32_KEY, CRm, key), (unsigned)REG_GET(A32_KEY, Op2, key));
}

static int sysreg_text(const struct trace_record *record, char *text, size_t size)
{
    const struct trap *trap = &record->trap;
    uint32_t key = trap->sysreg.key;
    char name[32];
    uint64_t host;

    name_sysreg(key, name, sizeof(name));
    if (!record->outcome_known || (!trap->write && record->result != TRAP_DONE))
        return fmt_print(text, size, "%s %s", trap->write ? "writes" : "reads", name);
    if (trap->write || !a32_id_host_value(key, &host))
        return fmt_print(text, size, "%s %s = 0x%llx", trap->write ? "writes" : "reads", name,
                         (unsigned long long)trap->value);
    return fmt_print(text, size, "reads %s = 0x%llx (host 0x%llx)", name,
                     (unsigned long long)trap->value, (unsigned long long)host);
}

/* What the exception class of HSR is, as the guest would see it. */
static const char *class_text(uint64_t hsr)
{
    switch (REG_GET(ESR_ELx, EC, hsr)) {
    case ESR_EC_UNKNOWN:
        return "an undefined instruction";
    case ESR_EC_FP:
        return "an instruction of a coprocessor that guests do not have";
    case ESR_EC_CP14_LS:
        return "a load or store of a debug register";
    case HSR_EC_BXJ:
        return "a BXJ instruction";
    case ESR_EC_SVC32:
        return "an SVC";
    case ESR_EC_HVC32:
        return "an HVC";
    case ESR_EC_SMC32:
        return "an SMC";
    case ESR_EC_BKPT32:
        return "a BKPT instruction";
    case ESR_EC_IABT_LOWER:
        return a32_is_debug_exception((uint32_t)hsr) ? "a BKPT instruction" : "a prefetch abort";
    case ESR_EC_DABT_LOWER:
        return "a data abort";
    default:
        return "an exception of a class we do not name";
    }
}

int a32_trap_text(const struct trace_record *record, char *text, size_t size)
{
    switch (record->trap.kind) {
    case TRAP_SYSREG:
        return sysreg_text(record, text, size);
    case TRAP_HYPERCALL:
        if (REG_GET(ESR_ELx, EC, record->trap.syndrome) == ESR_EC_SVC32 &&
            record->trap.call.immediate != 0)
            return fmt_print(text, size, "executes SVC #0x%x", record->trap.call.immediate);
        return arm_call_text(record, text, size);
    default:
        return fmt_print(text, size, "executes %s", class_text(record->trap.syndrome));
    }
}

void a32_exit_trap(const struct exit_record *exit, struct trap *trap)
{
    struct a32_syndrome syndrome = {
        .hsr = (uint32_t)exit->syndrome, .far = (uint32_t)exit->fault, .pc = (uint32_t)exit->pc};

    *trap = (struct trap){.kind = TRAP_UNKNOWN};
    a32_decode(&syndrome, trap);
}

/* The guest's own exception that it is in, by its mode: what it was, and where. */
static void view_exception(const struct a32_gprs *gprs, const struct a32_pl1 *pl1,
                           struct guest_view *view)
{
    bool thumb = (pl1->banked[A32_SPSR_und] & CPSR_T) != 0;

    switch (REG_GET(CPSR, M, gprs->cpsr)) {
    case A32_MODE_UND:
        view->exception = "an undefined instruction";
        view->exception_pc = pl1->banked[A32_LR_und] - (thumb ? 2 : 4);
        break;
    case A32_MODE_ABT:
        /* Which of the two says the vector, while it is still there. */
        if (view->in_vectors && gprs->pc - view->vectors == A32_VECTOR_PREFETCH) {
            view->exception = "a prefetch abort";
            view->exception_pc = pl1->banked[A32_LR_abt] - 4;
        } else {
            view->exception = "an abort";
            view->exception_pc = pl1->banked[A32_LR_abt] - 8;
        }
        break;
    default:
        break;
    }
}

/* LR of the mode it is in; Hyp mode keeps that of User and System mode. */
static uint32_t return_address(const struct a32_gprs *gprs, const struct a32_pl1 *pl1)
{
    switch (REG_GET(CPSR, M, gprs->cpsr)) {
    case A32_MODE_SVC:
        return pl1->banked[A32_LR_svc];
    case A32_MODE_ABT:
        return pl1->banked[A32_LR_abt];
    case A32_MODE_UND:
        return pl1->banked[A32_LR_und];
    case A32_MODE_IRQ:
        return pl1->banked[A32_LR_irq];
    case A32_MODE_FIQ:
        return pl1->banked[A32_LR_fiq];
    default:
        return gprs->lr;
    }
}

void a32_view(const struct a32_gprs *gprs, const struct a32_pl1 *pl1,
              const struct a32_emulated *emulated, uint64_t cntvoff, uint64_t now,
              struct guest_view *view)
{
    uint64_t virtual = a64_timer_host_deadline(pl1->cntv_ctl, pl1->cntv_cval, cntvoff);
    uint64_t physical = a64_timer_deadline(emulated->cntp_ctl, emulated->cntp_cval);
    uint32_t vectors = (pl1->sctlr & SCTLR_V) != 0 ? A32_HIVECS : pl1->vbar;

    *view = (struct guest_view){
        .pc = gprs->pc,
        .return_address = return_address(gprs, pl1),
        .vectors = vectors,
        /* Nothing of the guest's is taken to the first of them, so who is at 0 has jumped there. */
        .in_vectors = gprs->pc - vectors - A32_VECTOR_UNDEF <
                      A32_VECTOR_TABLE_BYTES - (uint32_t)A32_VECTOR_UNDEF,
        .masked = (gprs->cpsr & CPSR_I) != 0,
        .timer_set = (virtual != TIMER_NEVER && virtual > now) ||
                     (physical != TIMER_NEVER && physical > now),
        .timer_over = virtual <= now || physical <= now,
    };
    view_exception(gprs, pl1, view);
}
