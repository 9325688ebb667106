/* SPDX-License-Identifier: Apache-2.0 */
/* The compiler's stack protector: a value below each frame's return address, checked on return. */
#include "lib/panic.h"

uintptr_t __stack_chk_guard = (uintptr_t)0x5bd1e995a7c40df3;
void __stack_chk_fail(void) __noreturn;

void __stack_chk_fail(void)
{
    panic("a stack frame was overwritten, caller %p", __builtin_return_address(0));
}
