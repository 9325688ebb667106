/* SPDX-License-Identifier: Apache-2.0 */
/* Last words. Must trust nothing: what it reads may be what broke. */
#include "core/panic.h"

#include "arch/arch.h"
#include "core/console.h"
#include "core/pcpu.h"
#include "core/symbols.h"
#include "core/trace.h"
#include "core/vm.h"
#include "lib/fmt.h"
#include "lib/panic.h"
#include "lib/string.h"

#define FRAME_MAX 32

/* The CPU that panics, plus one; 0 while all is well. */
static uint32_t panicking;
/* panic()'s frame, which lives for ever. */
static const void *panic_frame;

static void print_args(const char *format, va_list args)
{
    char text[256];
    fmt_vprint(text, sizeof(text), format, args);
    for (const char *line = text; *line != 0;) {
        size_t length = 0;
        while (line[length] != 0 && line[length] != '\n')
            length++;
        console_write_polled(line, length);
        line += length;
        if (*line == '\n') {
            console_write_polled("\r\n", 2);
            line++;
        }
    }
}

void panic_print(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print_args(format, args);
    va_end(args);
}

void panic_print_symbol(uintptr_t addr)
{
    uint32_t offset;
    const char *name = symbol_find(addr, &offset);
    if (name != NULL)
        panic_print("%s+0x%x", name, offset);
    else
        panic_print("?");
}

void panic_backtrace(const void *fp, uintptr_t stack_lo, uintptr_t stack_hi)
{
    struct frame {
        uintptr_t previous, return_address;
    };
    uintptr_t at = arch_frame_record((uintptr_t)(fp != NULL ? fp : panic_frame));
    panic_print("Calls:\n");
    for (int i = 0; i < FRAME_MAX; i++) {
        if (!range_within(at, sizeof(struct frame), stack_lo, stack_hi - stack_lo) ||
            !is_aligned(at, sizeof(uintptr_t)))
            return;
        const struct frame *frame = (const struct frame *)at;
        if (frame->return_address == 0)
            return;
        panic_print("  %2d %p ", i, (const void *)frame->return_address);
        /* The instruction before it is the call, and may be the last one of its function. */
        panic_print_symbol(frame->return_address - 1);
        panic_print("\n");
        uintptr_t next = arch_frame_record(frame->previous);
        if (next <= at) /* the chain must go up */
            return;
        at = next;
    }
}

/* The VM of VCPU, a pointer that may be anything by now. */
static const struct vm *vm_of(const struct vcpu *vcpu)
{
    for (uint32_t i = 0; i < MIN(vm_count, (uint32_t)VM_COUNT_MAX); i++)
        for (uint32_t n = 0; vms[i] != NULL && n < MIN(vms[i]->vcpu_count, (uint32_t)VM_VCPU_MAX);
             n++)
            if (vms[i]->vcpus[n] == vcpu)
                return vms[i];
    return NULL;
}

static void print_exits(const struct pcpu *cpu)
{
    panic_print("Last exits of guests on this CPU, oldest first:\n");
    for (uint32_t i = 0; i < EXIT_RING; i++) {
        const struct exit_record *exit = &cpu->exits[(cpu->exit_next + i) % EXIT_RING];
        if (exit->pc == 0 && exit->syndrome == 0)
            continue;
        const struct vm *vm = vm_of(exit->vcpu);
        struct trace_record record = {
            .pc = exit->pc,
            .vcpu = (uint16_t)(vm != NULL ? exit->vcpu->id : 0),
        };
        char text[TRACE_TEXT_MAX];
        arch_exit_trap(exit, &record.trap);
        trace_text(NULL, &record, text, sizeof(text));
        panic_print("  %s/%u pc=0x%llx %s; syndrome 0x%llx, fault 0x%llx\n",
                    vm != NULL ? vm->name : "?", record.vcpu, (unsigned long long)exit->pc, text,
                    (unsigned long long)exit->syndrome, (unsigned long long)exit->fault);
    }
}

static void stop_others(uint32_t self)
{
    for (uint32_t i = 0; i < BOARD_CPU_MAX; i++) {
        if (i == self || pcpus[i] == NULL || !pcpus[i]->online)
            continue;
        __atomic_fetch_or(&pcpus[i]->ipi_pending, IPI_STOP, __ATOMIC_RELEASE);
        arch_ipi_send(i);
    }
}

void panic(const char *format, ...)
{
    const struct pcpu *cpu = arch_this_cpu(); /* NULL before there are any */
    uint32_t self = cpu != NULL ? cpu->id : 0;
    uint32_t first = 0;
    va_list args;
    if (!__atomic_compare_exchange_n(&panicking, &first, self + 1, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_ACQUIRE)) {
        if (first != self + 1)
            arch_cpu_stop();
        panic_print("\nTrapeze panic: again, in its last words\n");
        arch_machine_fail();
    }
    panic_frame = __builtin_frame_address(0);
    stop_others(self);
    console_flush_polled();
    panic_print("Trapeze panic: ");
    va_start(args, format);
    print_args(format, args);
    va_end(args);
    panic_print("\nOn CPU %u.\n", self);
    arch_panic_print();
    if (cpu != NULL)
        print_exits(cpu);
    arch_machine_fail();
}
