/* SPDX-License-Identifier: Apache-2.0 */
/* What the compiler's library calls where a divisor is 0: a bug of ours. */
#include "lib/panic.h"

int __aeabi_idiv0(int quotient);
long long __aeabi_ldiv0(long long quotient);

int __aeabi_idiv0(int quotient)
{
    panic("division by zero, caller %p", __builtin_return_address(0));
}

long long __aeabi_ldiv0(long long quotient)
{
    panic("division by zero, caller %p", __builtin_return_address(0));
}
