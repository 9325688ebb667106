/* SPDX-License-Identifier: Apache-2.0 */
/* From entry.S to the guest's main, and off. */
#include "guest/lib/guest.h"

void guest_boot(const void *fdt);

void guest_boot(const void *fdt)
{
    if (!machine_read(fdt))
        power_off(); /* no tree, no console to complain on */
    console_init();
    guest_main();
    power_off();
}
