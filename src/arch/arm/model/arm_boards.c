/* SPDX-License-Identifier: Apache-2.0 */
/* Well-known device addresses, from the boards' public device trees. */
#include "arch/arm/model/arm_boards.h"

#define HERE_UART                                                                          \
    "; this guest's UART is a PL011 at 0x22000000: write earlycon without an address, or " \
    "earlycon=pl011,0x22000000"
#define HERE_GIC "; this guest's interrupt controller is in its device tree"

static const struct board_device {
    uint64_t base, size_bytes;
    const char *hint;
} devices[] = {
    {0x08000000, 0x01000000, "that is the GIC of QEMU's virt machine" HERE_GIC},
    {0x09000000, 0x1000, "that is the UART of QEMU's virt machine" HERE_UART},
    {0x09010000, 0x1000,
     "that is the clock (PL031) of QEMU's virt machine, which guests do not have"},
    {0x0a000000, 0x4000,
     "these are the virtio devices of QEMU's virt machine, which this guest does not have"},
    {0x1c090000, 0x40000, "these are the UARTs of Arm's models" HERE_UART},
    {0x2f000000, 0x200000, "that is the GIC of Arm's models" HERE_GIC},
    {0x3f200000, 0x2000, "that is the GPIO or the UART of a Raspberry Pi 3" HERE_UART},
    {0x3f215000, 0x1000, "that is the small UART of a Raspberry Pi 3" HERE_UART},
    {0x7ff80000, 0x1000, "that is the UART of Arm's Juno" HERE_UART},
    {0xfe201000, 0x1000, "that is the UART of a Raspberry Pi 4" HERE_UART},
    {0xfe215000, 0x1000, "that is the small UART of a Raspberry Pi 4" HERE_UART},
    {0xff000000, 0x20000, "these are the UARTs of a Zynq UltraScale+" HERE_UART},
};

const char *arm_gpa_hint(gpa_t gpa)
{
    for (size_t i = 0; i < ARRAY_SIZE(devices); i++)
        if (gpa.raw - devices[i].base < devices[i].size_bytes)
            return devices[i].hint;
    return NULL;
}

const struct uart_words arm_uart_words = {
    .model = "PL011",
    .console = "ttyAMA0",
    .option = "CONFIG_SERIAL_AMBA_PL011_CONSOLE",
};
