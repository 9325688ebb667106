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

#define CALLS_MAX 32

extern char text_start[], text_end[];
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

/*
 * Thumb code has no chain of frames: every word on the stack that may be a return address is shown,
 * that is, one behind a BL or BLX. Some may be left over from earlier calls.
 */
static bool is_return_address(uint32_t word)
{
    const uint16_t *call = (const uint16_t *)(uintptr_t)(word & ~1u) - 2;

    if ((word & 1) == 0 || word < (uintptr_t)text_start + 4 || word >= (uintptr_t)text_end)
        return false;
    /* BL with its immediate (T1 and T2 of A8.8.25), or BLX of a register (A8.8.26). */
    return (call[0] & 0xf800) == 0xf000 ? (call[1] & 0xc000) == 0xc000
                                        : (call[1] & 0xff87) == 0x4780;
}

uintptr_t arch_frame_record(uintptr_t fp)
{
    return 0;
}

static void print_calls(uintptr_t from, uintptr_t top)
{
    panic_print("Calls, some of them past ones:\n");
    for (unsigned count = 0; from < top && count < CALLS_MAX; from += sizeof(uint32_t)) {
        uint32_t word = *(const uint32_t *)from;

        if (!is_return_address(word))
            continue;
        panic_print("  %2u %08x ", count++, word);
        panic_print_symbol(word - 2); /* the call may be the last instruction of its function */
        panic_print("\n");
    }
}

void arch_panic_print(void)
{
    const struct fatal_frame *frame = fatal_frame;
    uintptr_t sp = frame != NULL ? frame->sp : (uintptr_t)__builtin_frame_address(0);
    uintptr_t boot_top = (uintptr_t)boot_stack_top;
    bool booting = range_within(sp, 1, boot_top - STACK_BYTES, STACK_BYTES);
    uintptr_t top = booting ? boot_top : arch_this_cpu()->arch.stack_top;

    if (frame != NULL)
        print_frame(frame);
    if (range_within(sp, sizeof(uint32_t), top - STACK_BYTES, STACK_BYTES))
        print_calls(align_up(sp, sizeof(uint32_t)), top);
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
