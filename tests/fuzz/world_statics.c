/* SPDX-License-Identifier: Apache-2.0 */
/* Two files whose state lasts as long as the machine does: a new world begins with it as it was at
 * first. */
#include "core/console.c"
#include "core/heap.c"
#include "tests/fuzz/world.h"

static size_t uart_write(struct console_uart *uart, const char *bytes, size_t length)
{
    size_t taken = MIN(length, world.console_room);

    world.console_bytes += (uint32_t)taken;
    world.console_room -= (uint32_t)taken;
    return taken;
}
static void uart_interrupt(struct console_uart *uart, bool on) {}
static int uart_read(struct console_uart *uart)
{
    return world.typed != NULL && *world.typed != '\0' ? (unsigned char)*world.typed++ : -1;
}
static struct console_uart uart = {uart_write, uart_interrupt, uart_interrupt, uart_read};

void world_forget_statics(void)
{
    memset(&heap, 0, sizeof(heap));
    memset(&console, 0, sizeof(console));
    memset(owners, 0, sizeof(owners));
    console.front = console.shown = CONSOLE_NONE;
    log_set_sink(NULL);
    console_init(&uart, CONSOLE_FRONT);
}
