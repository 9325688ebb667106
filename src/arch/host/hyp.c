/* SPDX-License-Identifier: Apache-2.0 */
/* The hypervisor's own address space in the tests: there is no table, and no window. */
#include "arch/arch.h"

void arch_hyp_visit(const struct pt_visitor *visitor) {}

bool arch_va_is_window(uint64_t va)
{
    return false;
}
