/* SPDX-License-Identifier: Apache-2.0 */
/* A trap in words: what is the same on all architectures; the rest is arch_trap_text's. */
#include "arch/arch.h"
#include "core/trace.h"
#include "core/vm.h"
#include "lib/fmt.h"

/* Text that grows at its end; what does not fit is dropped. */
struct text {
    char *at;
    size_t size, length;
};

static void add(struct text *text, const char *format, ...) __printf(2, 3);
static void add(struct text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = fmt_vprint(text->at + text->length, text->size - text->length, format, args);
    va_end(args);
    text->length = MIN(text->length + (size_t)length, text->size - 1);
}

/* " (UART+0x18)" for an address of a device that VM has. */
static void add_device(struct text *text, const struct vm *vm, gpa_t gpa)
{
    const struct mmio_region *region = vm != NULL ? mmio_bus_search(&vm->mmio, gpa, 1) : NULL;

    if (region != NULL)
        add(text, " (%s+0x%llx)", region->name, (unsigned long long)(gpa.raw - region->base.raw));
}

static void mmio_text(struct text *text, const struct vm *vm, const struct trace_record *record)
{
    const struct trap *trap = &record->trap;

    add(text, "%s %u byte%s at ", trap->write ? "writes" : "reads", trap->mmio.size_bytes,
        trap->mmio.size_bytes == 1 ? "" : "s");
    if (!record->outcome_known) { /* from last words, which do not know the physical address */
        add(text, "virtual 0x%llx", (unsigned long long)trap->mmio.gva.raw);
        return;
    }
    add(text, "0x%llx", (unsigned long long)trap->mmio.gpa.raw);
    add_device(text, vm, trap->mmio.gpa);
    if (trap->write || record->result == TRAP_DONE)
        add(text, " = 0x%llx", (unsigned long long)trap->value);
}

static void fault_text(struct text *text, const struct vm *vm, const struct trace_record *record)
{
    static const char *const does[] = {
        [TRAP_READ] = "reads", [TRAP_WRITE] = "writes", [TRAP_FETCH] = "runs code"};
    const struct trap *trap = &record->trap;

    if (trap->fault.cache_maintenance)
        add(text, "cleans caches");
    else
        add(text, "%s", does[trap->fault.access]);
    if (trap->fault.external) {
        add(text, " and the memory system refuses it, syndrome 0x%llx",
            (unsigned long long)trap->syndrome);
        return;
    }
    if (record->outcome_known) {
        add(text, " at 0x%llx", (unsigned long long)trap->fault.gpa.raw);
        add_device(text, vm, trap->fault.gpa);
    }
    if (trap->fault.gva_valid)
        add(text, " (virtual 0x%llx)", (unsigned long long)trap->fault.gva.raw);
    add(text, trap->fault.permission ? ", for which it has no right" : ", where nothing is mapped");
    if (trap->fault.on_table_walk)
        add(text, ", for a page table of its own");
}

static void other_text(struct text *text, const struct trace_record *record)
{
    size_t room = text->size - text->length;
    int length = arch_trap_text(record, text->at + text->length, room);

    if (length > 0)
        text->length = MIN(text->length + (size_t)length, text->size - 1);
    else
        add(text, "%s, syndrome 0x%llx", trap_kind_name(record->trap.kind),
            (unsigned long long)record->trap.syndrome);
}

int trace_text(const struct vm *vm, const struct trace_record *record, char *buffer, size_t size)
{
    static const char *const outcomes[] = {
        [TRAP_DONE] = "",
        [TRAP_RETRY] = "",
        [TRAP_UNDEF] = ": undefined instruction for it",
        [TRAP_ABORT] = ": external abort for it",
        [TRAP_KILL] = ": its VM ends",
    };
    struct text text = {.at = buffer, .size = size};

    buffer[0] = 0;
    switch (record->trap.kind) {
    case TRAP_MMIO:
        mmio_text(&text, vm, record);
        break;
    case TRAP_S2_FAULT:
        fault_text(&text, vm, record);
        break;
    case TRAP_WAIT:
        add(&text, "waits for an %s%s", record->trap.wait.event ? "event" : "interrupt",
            record->trap.wait.timeout ? ", with a time limit" : "");
        break;
    case TRAP_FP:
        add(&text, "uses floating point for the first time in its turn");
        break;
    default:
        other_text(&text, record);
        break;
    }
    if (record->outcome_known)
        add(&text, "%s", outcomes[record->result]);
    return (int)text.length;
}

const char *trap_kind_name(enum trap_kind kind)
{
    static const char *const names[TRAP_KIND_COUNT] = {
        [TRAP_UNKNOWN] = "undefined",
        [TRAP_MMIO] = "mmio",
        [TRAP_S2_FAULT] = "stage-2 fault",
        [TRAP_SYSREG] = "sysreg",
        [TRAP_HYPERCALL] = "call",
        [TRAP_WAIT] = "wait",
        [TRAP_FP] = "fp",
        [TRAP_INSN] = "instruction",
    };
    return kind < TRAP_KIND_COUNT ? names[kind] : "?";
}
