/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names for what a guest did: registers (Arm ARM DDI 0487, D18) and exception classes (D19.2
 * "ESR_EL1"). Must not decide anything.
 */
#include "arch/arm/model/a64_trace.h"

#include "arch/arm/model/a64_decode.h"
#include "arch/arm/model/a64_id.h"
#include "arch/arm/model/a64_inject.h"
#include "arch/arm/model/a64_sysreg.h"
#include "arch/arm/model/a64_vtimer.h"
#include "arch/arm/model/arm_call_text.h"
#include "core/pcpu.h"
#include "lib/fmt.h"
#include "lib/panic.h"

/* A register that no row names, as assemblers write it: S3_0_C1_C2_3. */
static void name_sysreg(uint32_t key, char *name, size_t size)
{
    const char *known = a64_sysreg_name(key);

    if (known != NULL)
        fmt_print(name, size, "%s", known);
    else
        fmt_print(name, size, "S%u_%u_C%u_C%u_%u", (unsigned)REG_GET(A64_KEY, Op0, key),
                  (unsigned)REG_GET(A64_KEY, Op1, key), (unsigned)REG_GET(A64_KEY, CRn, key),
                  (unsigned)REG_GET(A64_KEY, CRm, key), (unsigned)REG_GET(A64_KEY, Op2, key));
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
    if (trap->write || !a64_id_host_value(key, &host))
        return fmt_print(text, size, "%s %s = 0x%llx", trap->write ? "writes" : "reads", name,
                         (unsigned long long)trap->value);
    return fmt_print(text, size, "reads %s = 0x%llx (host 0x%llx)", name,
                     (unsigned long long)trap->value, (unsigned long long)host);
}

int a64_trap_text(const struct trace_record *record, char *text, size_t size)
{
    switch (record->trap.kind) {
    case TRAP_SYSREG:
        return sysreg_text(record, text, size);
    case TRAP_HYPERCALL:
        return arm_call_text(record, text, size);
    default:
        return fmt_print(text, size, "executes %s", a64_exception_name(record->trap.syndrome));
    }
}

void a64_exit_trap(const struct exit_record *exit, struct trap *trap)
{
    struct a64_syndrome syndrome = {.esr = exit->syndrome, .far = exit->fault, .pc = exit->pc};

    *trap = (struct trap){.kind = TRAP_UNKNOWN};
    a64_decode(&syndrome, trap);
}

const char *a64_exception_name(uint64_t esr)
{
    switch (REG_GET(ESR_ELx, EC, esr)) {
    case ESR_EC_UNKNOWN:
        return "an undefined instruction";
    case ESR_EC_FP:
        return "a floating-point instruction while CPACR_EL1 forbids it";
    case ESR_EC_SVE:
        return "an SVE instruction, which guests do not have";
    case ESR_EC_SME:
        return "an SME instruction, which guests do not have";
    case ESR_EC_PAUTH:
        return "a pointer authentication instruction";
    case ESR_EC_ILLEGAL_STATE:
        return "an illegal execution state";
    case ESR_EC_SVC64:
        return "an SVC";
    case ESR_EC_HVC64:
        return "an HVC";
    case ESR_EC_SMC64:
        return "an SMC";
    case ESR_EC_SYS64:
        return "a system register access";
    case ESR_EC_IABT_LOWER:
    case ESR_EC_IABT_SAME:
        return "an instruction abort";
    case ESR_EC_PC_ALIGNMENT:
        return "a jump to an address that is no multiple of 4";
    case ESR_EC_DABT_LOWER:
    case ESR_EC_DABT_SAME:
        return "a data abort";
    case ESR_EC_SP_ALIGNMENT:
        return "a stack pointer that is not aligned";
    case ESR_EC_FP64:
        return "a floating-point exception";
    case ESR_EC_SERROR:
        return "an SError";
    case ESR_EC_BREAKPOINT_LOWER:
    case ESR_EC_BREAKPOINT_SAME:
    case ESR_EC_STEP_LOWER:
    case ESR_EC_STEP_SAME:
    case ESR_EC_WATCHPOINT_LOWER:
    case ESR_EC_WATCHPOINT_SAME:
        return "a debug exception";
    case ESR_EC_BRK64:
        return "a BRK instruction";
    default:
        return "an exception of a class we do not name";
    }
}

void a64_view(const struct a64_gprs *gprs, const struct a64_el1 *el1,
              const struct a64_emulated *emulated, uint64_t cntvoff, uint64_t now,
              struct guest_view *view)
{
    uint64_t virtual = a64_vtimer_deadline(el1, cntvoff);
    uint64_t physical = a64_timer_deadline(emulated->cntp_ctl, emulated->cntp_cval);
    bool taken = el1->esr != 0 || el1->elr_el1 != 0;

    *view = (struct guest_view){
        .pc = gprs->pc,
        .return_address = gprs->x[30],
        .vectors = el1->vbar,
        .in_vectors = taken && gprs->pc - el1->vbar < A64_VECTOR_TABLE_BYTES,
        .masked = (gprs->spsr & SPSR_ELx_I) != 0,
        .timer_set = (virtual != TIMER_NEVER && virtual > now) ||
                     (physical != TIMER_NEVER && physical > now),
        .timer_over = virtual <= now || physical <= now,
        .exception_pc = el1->elr_el1,
        .exception = taken ? a64_exception_name(el1->esr) : NULL,
    };
}
