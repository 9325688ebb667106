/* SPDX-License-Identifier: Apache-2.0 */
/* An exception of the hypervisor itself, which is always a bug of ours: its registers among the
 * last words. */
#include "arch/arm/a32/fatal.h"

#include "arch/arch.h"
#include "arch/arm/a32/layout.h"
#include "arch/arm/a32/sysreg.h"
#include "core/panic.h"
#include "core/pcpu.h"
#include "lib/panic.h"

#define ARM_FP 11

extern char boot_stack_top[]; /* of STACK_BYTES: the boot CPU's, until it idles (boot.S) */

static const struct fatal_frame *fatal_frame;

static uint32_t elr_hyp(void)
{
    uint32_t value;

    __asm__ volatile("mrs %0, ELR_hyp" : "=r"(value));
    return value;
}

static void print_frame(const struct fatal_frame *frame)
{
    for (unsigned i = 0; i < 12; i += 4)
        panic_print("r%-2u %08x  r%-2u %08x  r%-2u %08x  r%-2u %08x\n", i, frame->r[i], i + 1,
                    frame->r[i + 1], i + 2, frame->r[i + 2], i + 3, frame->r[i + 3]);
    panic_print("r12 %08x  sp  %08x  lr  %08x  lr is ", frame->r[12], frame->sp, frame->lr);
    panic_print_symbol(frame->lr);
    panic_print("\nHSR %08x  HDFAR %08x  HIFAR %08x  ELR_hyp ", sysreg_read(HSR),
                sysreg_read(HDFAR), sysreg_read(HIFAR));
    panic_print_symbol(elr_hyp());
    panic_print("\n");
}

void arch_panic_print(void)
{
    const struct fatal_frame *frame = fatal_frame;
    uintptr_t fp = frame != NULL ? frame->r[ARM_FP] : (uintptr_t)__builtin_frame_address(0);
    uintptr_t boot_top = (uintptr_t)boot_stack_top;
    bool booting = range_within(fp, 1, boot_top - STACK_BYTES, STACK_BYTES);
    uintptr_t top = booting ? boot_top : arch_this_cpu()->arch.stack_top;

    if (frame != NULL)
        print_frame(frame);
    panic_backtrace(frame != NULL ? (void *)fp : NULL, top - STACK_BYTES, top);
}

void a32_fatal(const struct fatal_frame *frame, uint32_t vector)
{
    static const char *const kinds[] = {"reset", "undefined instruction", "SVC or HVC",
                                        "prefetch abort", "data abort"};
    bool data = vector == ARRAY_SIZE(kinds) - 1;
    uint32_t far = data ? sysreg_read(HDFAR) : sysreg_read(HIFAR);
    bool guard = data && far >= STACK_VA && far - STACK_VA < BOARD_CPU_MAX * STACK_SLOT_BYTES;

    fatal_frame = frame;
    panic("%s in the hypervisor at 0x%x, address 0x%x%s", kinds[vector % ARRAY_SIZE(kinds)],
          elr_hyp(), far, guard ? ": a stack has overflowed" : "");
}
