/* SPDX-License-Identifier: Apache-2.0 */
/* An exception of the hypervisor itself, which is always a bug of ours: its registers among the
 * last words. */
#include "arch/arm/a64/fatal.h"

#include "arch/arch.h"
#include "arch/arm/a64/sysreg.h"
#include "arch/arm/model/a64_regs.h"
#include "core/panic.h"
#include "core/pcpu.h"
#include "lib/panic.h"

#include "arch/arm/a64/layout.h"

extern char boot_stack_top[]; /* of STACK_BYTES: the boot CPU's, until it idles (boot.S) */

static const struct fatal_frame *fatal_frame;

static const char *class_text(uint64_t esr)
{
    switch (REG_GET(ESR_ELx, EC, esr)) {
    case ESR_EC_IABT_SAME:
        return "instruction abort";
    case ESR_EC_DABT_SAME:
        return "data abort";
    case ESR_EC_PC_ALIGNMENT:
        return "misaligned PC";
    case ESR_EC_SP_ALIGNMENT:
        return "misaligned SP";
    case ESR_EC_BRK64:
        return "BRK";
    case ESR_EC_UNKNOWN:
        return "undefined instruction";
    default:
        return "see ESR_EL2";
    }
}

static void print_frame(const struct fatal_frame *frame)
{
    for (unsigned i = 0; i < 30; i += 3)
        panic_print("x%-2u %016llx  x%-2u %016llx  x%-2u %016llx\n", i,
                    (unsigned long long)frame->x[i], i + 1, (unsigned long long)frame->x[i + 1],
                    i + 2, (unsigned long long)frame->x[i + 2]);
    panic_print("x30 %016llx  sp  %016llx  x30 is ", (unsigned long long)frame->x[30],
                (unsigned long long)frame->sp);
    panic_print_symbol(frame->x[30]);
    panic_print("\n");
    panic_print("ESR_EL2 %llx  FAR_EL2 %llx  ELR_EL2 ", (unsigned long long)sysreg_read(ESR_EL2),
                (unsigned long long)sysreg_read(FAR_EL2));
    panic_print_symbol(sysreg_read(ELR_EL2));
    panic_print("\n");
}

uintptr_t arch_frame_record(uintptr_t fp)
{
    return fp;
}

void arch_panic_print(void)
{
    const struct fatal_frame *frame = fatal_frame;
    uintptr_t fp = frame != NULL ? frame->x[29] : (uintptr_t)__builtin_frame_address(0);
    uintptr_t boot_top = (uintptr_t)boot_stack_top;
    bool booting = range_within(fp, 1, boot_top - STACK_BYTES, STACK_BYTES);
    uintptr_t top = booting ? boot_top : arch_this_cpu()->arch.stack_top;

    if (frame != NULL)
        print_frame(frame);
    panic_backtrace(frame != NULL ? (void *)fp : NULL, top - STACK_BYTES, top);
}

void a64_fatal(const struct fatal_frame *frame, uint64_t vector)
{
    static const char *const kinds[] = {"synchronous exception", "IRQ", "FIQ", "SError"};
    uint64_t esr = sysreg_read(ESR_EL2), far = sysreg_read(FAR_EL2);
    bool guard = far >= STACK_VA && far - STACK_VA < BOARD_CPU_MAX * STACK_SLOT_BYTES;

    fatal_frame = frame;
    panic("%s in the hypervisor (%s) at 0x%llx, address 0x%llx%s", kinds[vector % 4],
          vector % 4 == 0 ? class_text(esr) : "not expected here",
          (unsigned long long)sysreg_read(ELR_EL2), (unsigned long long)far,
          guard ? ": a stack has overflowed" : "");
}
