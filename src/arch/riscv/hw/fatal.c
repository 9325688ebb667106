/* SPDX-License-Identifier: Apache-2.0 */
/* An exception of the hypervisor itself, which is always a bug of ours: its registers among the
 * last words. */
#include "arch/riscv/hw/fatal.h"

#include "arch/arch.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/layout.h"
#include "arch/riscv/model/rv_trace.h"
#include "core/panic.h"
#include "core/pcpu.h"
#include "lib/panic.h"

extern char boot_stack_top[]; /* of STACK_BYTES: the boot hart's, until it idles (boot.S) */

static const struct fatal_frame *fatal_frame;

static void print_frame(const struct fatal_frame *frame)
{
    static const char *const names[] = {"zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                        "s0",   "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                        "a6",   "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                        "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

    for (unsigned i = 1; i < ARRAY_SIZE(frame->x); i++)
        panic_print("%-3s %016llx%s", names[i], (unsigned long long)frame->x[i],
                    i % 3 == 0 || i + 1 == ARRAY_SIZE(frame->x) ? "\n" : "  ");
    panic_print("ra is ");
    panic_print_symbol(frame->x[RV_RA]);
    panic_print("\nscause %llx  stval %llx  sepc ", (unsigned long long)csr_read(scause),
                (unsigned long long)csr_read(stval));
    panic_print_symbol(csr_read(sepc));
    panic_print("\n");
}

/* The frame pointer is the stack pointer before the call; the pair lies below it. */
uintptr_t arch_frame_record(uintptr_t fp)
{
    return fp - 2 * sizeof(uintptr_t);
}

void arch_panic_print(void)
{
    const struct fatal_frame *frame = fatal_frame;
    uintptr_t fp = frame != NULL ? frame->x[8] : (uintptr_t)__builtin_frame_address(0);
    uintptr_t boot_top = (uintptr_t)boot_stack_top;
    bool booting = fp - (boot_top - STACK_BYTES) <= STACK_BYTES;
    uintptr_t top = booting ? boot_top : arch_this_cpu()->arch.stack_top;

    if (frame != NULL)
        print_frame(frame);
    panic_backtrace(frame != NULL ? (void *)fp : NULL, top - STACK_BYTES, top);
}

void rv_fatal(const struct fatal_frame *frame)
{
    uint64_t cause = csr_read(scause), address = csr_read(stval);
    bool guard =
        address >= STACK_VA && address - STACK_VA < (uint64_t)BOARD_CPU_MAX * STACK_SLOT_BYTES;

    fatal_frame = frame;
    panic("exception in the hypervisor (%s) at 0x%llx, address 0x%llx%s", rv_cause_text(cause),
          (unsigned long long)csr_read(sepc), (unsigned long long)address,
          guard ? ": a stack has overflowed" : "");
}
