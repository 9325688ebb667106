/* SPDX-License-Identifier: Apache-2.0 */
/* Which UART is the console, and its interrupt. */

#include "boot/console.h"
#include "arch/arch.h"
#include "arch/boot.h"
#include "core/board.h"
#include "core/console.h"
#include "core/dtb.h"
#include "core/irq.h"
#include "drivers/driver.h"
#include "lib/string.h"

static uint32_t console_irq = IRQ_MAX;

static struct console_uart *probe(const void *fdt, int node)
{
    struct hpa_range reg;
    int length;
    const char *compatible = dtb_property(fdt, node, "compatible", &length);
    struct console_uart *uart;
    void *regs;

    if (compatible == NULL || board_node_reg(fdt, node, 0, &reg) != ERR_NONE ||
        !dtb_enabled(fdt, node) || !driver_console_known(compatible, length))
        return NULL;
    regs = arch_map_device(reg.base, reg.size_bytes);
    if (regs == NULL)
        return NULL;
    uart = driver_console_probe(compatible, length, regs, dtb_cell_or(fdt, node, "reg-shift", 0),
                                dtb_cell_or(fdt, node, "reg-io-width", 0));
    if (uart != NULL)
        console_irq = boot_fdt_irq(fdt, node);
    return uart;
}

/* The node that /chosen's stdout-path names: a path or an alias, with options after a colon. */
static int stdout_node(const void *fdt, int chosen)
{
    int length;
    const char *path = dtb_property(fdt, chosen, "stdout-path", &length);
    const char *colon;

    if (path == NULL || length < 2)
        return -1;
    colon = memchr(path, ':', (size_t)length - 1);
    return dtb_find_part(fdt, path, colon ? (size_t)(colon - path) : (size_t)length - 1);
}

bool boot_console(const void *fdt)
{
    struct console_uart *uart = NULL;
    const char *mode;
    int node, chosen;

    /* Nobody has checked it so far. */
    if (dtb_size_bytes(fdt) == 0)
        return false;
    chosen = dtb_find(fdt, "/chosen");
    mode = dtb_string(fdt, chosen, "trapeze,console");
    node = stdout_node(fdt, chosen);
    if (node >= 0)
        uart = probe(fdt, node);
    for (node = 0; uart == NULL && node >= 0; node = dtb_next(fdt, node, NULL))
        uart = probe(fdt, node);
    if (uart == NULL)
        return false;
    console_init(uart, mode == NULL                 ? CONSOLE_FRONT
                       : strcmp(mode, "batch") == 0 ? CONSOLE_BATCH
                       : strcmp(mode, "all") == 0   ? CONSOLE_ALL
                                                    : CONSOLE_FRONT);
    return true;
}

static void console_interrupt(void *context)
{
    console_service();
}

void boot_console_irq(void)
{
    if (console_irq < IRQ_MAX &&
        irq_request(console_irq, console_interrupt, NULL, false, "console") == ERR_NONE)
        arch_irq_enable(console_irq, false);
    else
        log_warn("the console's UART has no interrupt that can be used: typing will not work");
}
