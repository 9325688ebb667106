/* SPDX-License-Identifier: Apache-2.0 */
/* The thinnest guest: one line on the console, then off. No MMU, no interrupt, no second CPU. */
#include "guest/lib/guest.h"

void guest_main(void)
{
    print("hello from a guest with %u CPUs\n", machine.cpu_count);
    print("1 passed, 0 failed, 0 skipped\n");
}
