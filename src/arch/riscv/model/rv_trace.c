/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names for what a guest did: CSRs, causes (Privileged Architecture, tables 11 and 33) and SBI
 * calls (SBI 2.0). Must not decide anything.
 */
#include "arch/riscv/model/rv_trace.h"

#include "arch/riscv/model/rv_csr_rows.h"
#include "arch/riscv/model/rv_decode.h"
#include "arch/riscv/model/rv_priv.h"
#include "arch/riscv/model/rv_sbi.h"
#include "arch/riscv/model/rv_transfer.h"
#include "core/pcpu.h"
#include "lib/fmt.h"

static int csr_text(const struct trace_record *record, char *text, size_t size)
{
    static const char *const ops[] = {"accesses", "csrrw", "csrrs", "csrrc"};
    const struct trap *trap = &record->trap;
    const char *known = rv_csr_name(trap->sysreg.key);
    struct rv_csr_insn csr;
    char name[24];

    if (known == NULL)
        known = rv_priv_csr_name(trap->sysreg.key);
    if (known != NULL)
        fmt_print(name, sizeof(name), "%s", known);
    else
        fmt_print(name, sizeof(name), "CSR 0x%03x", trap->sysreg.key);
    (void)rv_insn_csr((uint32_t)trap->syndrome, &csr);
    if (!record->outcome_known || record->result != TRAP_DONE)
        return fmt_print(text, size, "%s %s", ops[csr.op], name);
    if (!csr.writes)
        return fmt_print(text, size, "reads %s = 0x%llx", name, (unsigned long long)trap->value);
    if (!csr.reads)
        return fmt_print(text, size, "%s %s = 0x%llx", ops[csr.op], name,
                         (unsigned long long)trap->sysreg.written);
    return fmt_print(text, size, "%s %s = 0x%llx, which was 0x%llx", ops[csr.op], name,
                     (unsigned long long)trap->sysreg.written, (unsigned long long)trap->value);
}

/* args: a7 and a6, which name the call, then a0 and a1. */
static const struct call_name {
    uint32_t extension, function;
    uint8_t arg_count;
    const char *name;
} call_names[] = {
    {SBI_BASE, SBI_BASE_SPEC_VERSION, 0, "get_spec_version"},
    {SBI_BASE, SBI_BASE_IMPL_ID, 0, "get_impl_id"},
    {SBI_BASE, SBI_BASE_IMPL_VERSION, 0, "get_impl_version"},
    {SBI_BASE, SBI_BASE_PROBE, 1, "probe_extension"},
    {SBI_BASE, SBI_BASE_MVENDORID, 0, "get_mvendorid"},
    {SBI_BASE, SBI_BASE_MARCHID, 0, "get_marchid"},
    {SBI_BASE, SBI_BASE_MIMPID, 0, "get_mimpid"},
    {SBI_TIME, 0, 1, "set_timer"},
    {SBI_IPI, 0, 2, "send_ipi"},
    {SBI_RFENCE, SBI_RFENCE_I, 2, "remote_fence_i"},
    {SBI_RFENCE, SBI_RFENCE_VMA, 2, "remote_sfence_vma"},
    {SBI_RFENCE, SBI_RFENCE_VMA_ASID, 2, "remote_sfence_vma_asid"},
    {SBI_HSM, SBI_HSM_START, 2, "hart_start"},
    {SBI_HSM, SBI_HSM_STOP, 0, "hart_stop"},
    {SBI_HSM, SBI_HSM_STATUS, 1, "hart_get_status"},
    {SBI_HSM, SBI_HSM_SUSPEND, 1, "hart_suspend"},
    {SBI_SRST, 0, 2, "system_reset"},
    {SBI_DBCN, SBI_DBCN_WRITE, 2, "debug_console_write"},
    {SBI_DBCN, SBI_DBCN_READ, 2, "debug_console_read"},
    {SBI_DBCN, SBI_DBCN_WRITE_BYTE, 1, "debug_console_write_byte"},
    {SBI_SUSP, 0, 2, "system_suspend"},
    {SBI_PMU, 0, 0, "pmu_num_counters"},
    {SBI_PMU, 1, 1, "pmu_counter_get_info"},
    {SBI_PMU, 2, 2, "pmu_counter_config_matching"},
    {SBI_PMU, 3, 2, "pmu_counter_start"},
    {SBI_PMU, 4, 2, "pmu_counter_stop"},
    {SBI_PMU, 5, 1, "pmu_counter_fw_read"},
};

static int call_text(const struct trace_record *record, char *text, size_t size)
{
    const uint64_t *args = record->args;
    const struct call_name *call = NULL;
    char name[96];
    int length;

    if (!record->outcome_known)
        return fmt_print(text, size, "calls SBI");
    for (size_t i = 0; i < ARRAY_SIZE(call_names) && call == NULL; i++)
        if (call_names[i].extension == args[0] && call_names[i].function == args[1])
            call = &call_names[i];
    if (call == NULL)
        length = fmt_print(name, sizeof(name), "SBI 0x%llx function 0x%llx",
                           (unsigned long long)args[0], (unsigned long long)args[1]);
    else
        length = fmt_print(name, sizeof(name), "%s", call->name);
    for (unsigned i = 0; call != NULL && i < call->arg_count; i++)
        length += fmt_print(name + length, sizeof(name) - (size_t)length, "%s0x%llx%s",
                            i == 0 ? "(" : ", ", (unsigned long long)args[2 + i],
                            i + 1u == call->arg_count ? ")" : "");
    if (record->result != TRAP_DONE)
        return fmt_print(text, size, "calls %s", name);
    if ((int64_t)record->answer < 0)
        return fmt_print(text, size, "calls %s, refused with %lld", name,
                         (long long)record->answer);
    return fmt_print(text, size, "calls %s", name);
}

/* What is done for an emulated guest; NULL: nothing that we do. */
static const char *insn_name(uint32_t insn)
{
    switch (insn) {
    case RV_INSN_SRET:
        return "sret";
    case RV_INSN_MRET:
        return "mret";
    case RV_INSN_SFENCE_W_INVAL:
        return "sfence.w.inval";
    case RV_INSN_SFENCE_INVAL_IR:
        return "sfence.inval.ir";
    default:
        break;
    }
    if (REG_GET(RV_INSN, OPCODE, insn) != RV_OP_SYSTEM || REG_GET(RV_INSN, FUNCT3, insn) != 0)
        return NULL;
    switch (REG_GET(RV_INSN, FUNCT7, insn)) {
    case RV_FUNCT7_SFENCE_VMA:
        return "sfence.vma";
    case RV_FUNCT7_SINVAL_VMA:
        return "sinval.vma";
    default:
        return NULL;
    }
}

static int insn_text(const struct trace_record *record, char *text, size_t size)
{
    uint32_t insn = (uint32_t)record->trap.syndrome;
    const char *name = insn_name(insn);
    struct rv_transfer transfer;

    if (record->outcome_known && rv_insn_transfer(insn, &transfer))
        return fmt_print(text, size, "executes 0x%08x, a %s that is done for it", insn,
                         transfer.access.write ? "store" : "load");
    if (name != NULL && record->outcome_known && record->result != TRAP_UNDEF)
        return fmt_print(text, size, "executes %s", name);
    return fmt_print(text, size, "executes 0x%08x, which guests do not have", insn);
}

int rv_trap_text(const struct trace_record *record, char *text, size_t size)
{
    switch (record->trap.kind) {
    case TRAP_SYSREG:
        return csr_text(record, text, size);
    case TRAP_HYPERCALL:
        return call_text(record, text, size);
    case TRAP_INSN:
        return insn_text(record, text, size);
    default:
        return fmt_print(text, size, "executes %s", rv_cause_text(record->trap.syndrome));
    }
}

void rv_exit_trap(const struct exit_record *exit, struct trap *trap)
{
    struct rv_syndrome syndrome = {
        .cause = exit->syndrome, .tval = exit->fault, .pc = exit->pc, .htinst = 0};

    *trap = (struct trap){.kind = TRAP_UNKNOWN, .syndrome = exit->syndrome};
    if ((exit->syndrome & SCAUSE_INTERRUPT) == 0)
        rv_decode(&syndrome, trap);
}

const char *rv_cause_text(uint64_t scause)
{
    static const char *const exceptions[] = {
        [RV_CAUSE_FETCH_MISALIGNED] = "a jump to a misaligned address",
        [RV_CAUSE_FETCH_ACCESS] = "an instruction access fault",
        [RV_CAUSE_ILLEGAL] = "an illegal instruction",
        [RV_CAUSE_BREAKPOINT] = "a breakpoint",
        [RV_CAUSE_LOAD_MISALIGNED] = "a misaligned load",
        [RV_CAUSE_LOAD_ACCESS] = "a load access fault",
        [RV_CAUSE_STORE_MISALIGNED] = "a misaligned store",
        [RV_CAUSE_STORE_ACCESS] = "a store access fault",
        [RV_CAUSE_ECALL_U] = "an ECALL from user mode",
        [RV_CAUSE_ECALL_S] = "an ECALL",
        [RV_CAUSE_ECALL_VS] = "an ECALL",
        [RV_CAUSE_FETCH_PAGE] = "an instruction page fault",
        [RV_CAUSE_LOAD_PAGE] = "a load page fault",
        [RV_CAUSE_STORE_PAGE] = "a store page fault",
        [RV_CAUSE_FETCH_GUEST_PAGE] = "a fetch from where it has no memory",
        [RV_CAUSE_LOAD_GUEST_PAGE] = "a load from where it has no memory",
        [RV_CAUSE_VIRTUAL] = "an instruction that is the hypervisor's",
        [RV_CAUSE_STORE_GUEST_PAGE] = "a store to where it has no memory",
    };
    uint64_t code = scause & SCAUSE_CODE;

    if (scause & SCAUSE_INTERRUPT)
        return "an interrupt";
    if (code >= ARRAY_SIZE(exceptions) || exceptions[code] == NULL)
        return "an exception of a cause we do not name";
    return exceptions[code];
}

/* stvec: handlers of Linux and most others are not far from it. */
#define VECTORS_BYTES 256

void rv_view(const struct rv_gprs *gprs, const struct rv_super *super, uint64_t now,
             struct guest_view *view)
{
    uint64_t base = align_down(super->stvec, 4);
    bool interrupt = (super->scause & SCAUSE_INTERRUPT) != 0;
    bool taken = super->sepc != 0 || super->scause != 0;

    *view = (struct guest_view){
        .pc = gprs->pc,
        .return_address = gprs->x[RV_RA],
        .vectors = base,
        .in_vectors = taken && gprs->pc - base < VECTORS_BYTES,
        /* User mode takes them whatever SIE says. */
        .masked = super->in_supervisor && (super->sstatus & SSTATUS_SIE) == 0,
        .timer_set = super->stimecmp != UINT64_MAX && super->stimecmp > now,
        .timer_over = super->stimecmp <= now,
        .exception_pc = super->sepc,
        .exception = taken && !interrupt ? rv_cause_text(super->scause) : NULL,
    };
}

#define HERE_UART                                                                          \
    "; this guest's UART is a 16550 at 0x10000000: write earlycon without an address, or " \
    "earlycon=uart8250,mmio,0x10000000"

static const struct board_device {
    uint64_t base, size_bytes;
    const char *hint;
} devices[] = {
    {0x00100000, 0x1000, "that is the test device of QEMU's virt machine: power off by SBI"},
    {0x00101000, 0x1000, "that is the clock of QEMU's virt machine, which guests do not have"},
    {0x02000000, 0x10000, "that is the CLINT, which belongs to machine mode: use SBI"},
    {0x10001000, 0x8000,
     "these are the virtio devices of QEMU's virt machine, which this guest does not have"},
    {0x10010000, 0x2000, "these are the UARTs of SiFive's boards" HERE_UART},
};

const char *rv_gpa_hint(gpa_t gpa)
{
    for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
        if (gpa.raw - devices[i].base < devices[i].size_bytes)
            return devices[i].hint;
    return NULL;
}

const struct uart_words rv_uart_words = {
    .model = "16550",
    .console = "ttyS0",
    .option = "CONFIG_SERIAL_8250_CONSOLE",
};
