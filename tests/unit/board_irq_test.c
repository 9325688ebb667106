/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts through the interrupt tree: parents, nexus nodes with masks and addresses, circles,
 * and trees that are wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/board_irq.h"
#include "tests/unit/fdt_tree.h"

#define CELL(n)  "\0\0\0" n
#define GIC      "\x1" /* phandles */
#define BUS      "\x2"
#define COMBINER "\x3"

/*
 * As QEMU's vexpress-a15: a device below two buses without a word, a nexus, the GIC. Another below
 * a nexus that compares addresses; one that names the GIC itself.
 */
static const struct edit base[] = {
    BYTES("/", "interrupt-parent", CELL(GIC)),
    BYTES("/", "#address-cells", CELL("\1")),
    BYTES("/gic", "phandle", CELL(GIC)),
    BYTES("/gic", "interrupt-controller", ""),
    BYTES("/gic", "#interrupt-cells", CELL("\3")),
    BYTES("/bus", "#interrupt-cells", CELL("\1")),
    BYTES("/bus", "#address-cells", CELL("\1")),
    BYTES("/bus", "phandle", CELL(BUS)),
    BYTES("/bus", "interrupt-map-mask", CELL("\0") CELL("\x3f")),
    BYTES("/bus", "interrupt-map",
          CELL("\0") CELL("\4") CELL(GIC) CELL("\0") CELL("\x8") CELL("\4") CELL("\0") CELL("\5")
              CELL(GIC) CELL("\0") CELL("\x9") CELL("\1")),
    BYTES("/bus/inner/uart", "interrupts", CELL("\5")),
    BYTES("/bus/inner/uart", "reg", CELL("\7") CELL("\1")),
    BYTES("/bus/inner/high", "interrupts", CELL("\x45")), /* 5, by the mask */
    BYTES("/bus/inner/none", "interrupts", CELL("\6")),
    BYTES("/slots", "#interrupt-cells", CELL("\1")),
    BYTES("/slots", "#address-cells", CELL("\1")),
    BYTES("/slots", "interrupt-map",
          CELL("\1") CELL("\1") CELL(BUS) CELL("\0") CELL("\4") CELL("\2") CELL("\1") CELL(BUS)
              CELL("\0") CELL("\5")),
    BYTES("/slots/first", "interrupts", CELL("\1")),
    BYTES("/slots/first", "reg", CELL("\1") CELL("\1")),
    BYTES("/slots/second", "interrupts", CELL("\1")),
    BYTES("/slots/second", "reg", CELL("\2") CELL("\1")),
    BYTES("/timer", "interrupts",
          CELL("\1") CELL("\xd") CELL("\4") CELL("\1") CELL("\xe") CELL("\4")),
    BYTES("/extended", "interrupts", CELL("\6")),
    BYTES("/extended", "interrupts-extended", CELL(GIC) CELL("\0") CELL("\x11") CELL("\4")),
    BYTES("/silent", "reg", CELL("\1")),
};

static void *make(const struct edit *edits, size_t count)
{
    void *fdt = calloc(1, TREE_MAX);

    assert_int_equal(fdt_create_empty_tree(fdt, TREE_MAX), 0);
    for (size_t i = 0; i < ARRAY_SIZE(base); i++)
        tree_edit(fdt, &base[i]);
    for (size_t i = 0; i < count; i++)
        tree_edit(fdt, &edits[i]);
    return fdt;
}

static enum err irq_of(const void *fdt, const char *path, struct board_irq *irq)
{
    int node = fdt_path_offset(fdt, path);

    assert_true(node >= 0);
    memset(irq, 0xff, sizeof(*irq));
    return board_node_irq(fdt, node, irq);
}

static void check(const void *fdt, const char *path, uint32_t kind, uint32_t number, uint32_t flags)
{
    struct board_irq irq;

    assert_int_equal(irq_of(fdt, path, &irq), ERR_NONE);
    assert_int_equal(irq.controller, fdt_path_offset(fdt, "/gic"));
    assert_int_equal(irq.count, 3);
    assert_int_equal(irq.cells[0], kind);
    assert_int_equal(irq.cells[1], number);
    assert_int_equal(irq.cells[2], flags);
}

static void test_ways(void **state)
{
    void *fdt = make(NULL, 0);
    struct board_irq irq;

    check(fdt, "/timer", 1, 13, 4); /* the first of two, by the root's word */
    check(fdt, "/bus/inner/uart", 0, 9, 1);
    check(fdt, "/bus/inner/high", 0, 9, 1);
    check(fdt, "/slots/first", 0, 8, 4); /* through two nexus nodes */
    check(fdt, "/slots/second", 0, 9, 1);
    check(fdt, "/extended", 0, 17, 4);
    assert_int_equal(irq_of(fdt, "/bus/inner/none", &irq), ERR_NOT_FOUND);
    assert_int_equal(irq_of(fdt, "/silent", &irq), ERR_NOT_FOUND);
    free(fdt);
}

/* Each edit makes the interrupt of a device one that cannot be. */
static void test_wrong_trees(void **state)
{
    static const struct {
        const char *device;
        struct edit edit;
    } rows[] = {
        {"/timer", BYTES("/", "interrupt-parent", CELL("\x63"))},
        {"/timer", GONE("/gic", "interrupt-controller")},
        {"/timer", BYTES("/gic", "#interrupt-cells", CELL("\0"))},
        {"/timer", BYTES("/gic", "#interrupt-cells", CELL("\5"))},
        {"/timer", BYTES("/timer", "interrupts", CELL("\1") CELL("\1"))},
        {"/extended", BYTES("/extended", "interrupts-extended", CELL("\x63") CELL("\1"))},
        {"/bus/inner/uart", GONE("/bus", "interrupt-map")},
        {"/bus/inner/uart", BYTES("/bus", "#address-cells", CELL("\7"))},
        {"/bus/inner/uart", BYTES("/bus", "interrupt-map", CELL("\0") CELL("\5"))},
        {"/bus/inner/uart",
         BYTES("/bus", "interrupt-map", CELL("\0") CELL("\5") CELL(GIC) CELL("\0"))},
        {"/bus/inner/uart", BYTES("/bus", "interrupt-map", CELL("\0") CELL("\5") CELL("\x63"))},
        {"/bus/inner/uart", BYTES("/gic", "#address-cells", "\x7f\0\0\0")},
        /* Round in a circle. */
        {"/bus/inner/uart",
         BYTES("/bus", "interrupt-map", CELL("\0") CELL("\5") CELL(BUS) CELL("\0") CELL("\5"))},
        {"/timer", BYTES("/timer", "interrupt-parent", CELL(COMBINER))},
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        void *fdt = make(&rows[i].edit, 1);
        struct board_irq irq;

        if (irq_of(fdt, rows[i].device, &irq) != ERR_INVALID)
            fail_msg("row %zu", i);
        free(fdt);
    }
}

/* A node that is its own interrupt parent, and takes none. */
static void test_parent_of_itself(void **state)
{
    static const struct edit edits[] = {
        BYTES("/silent", "phandle", CELL(COMBINER)),
        BYTES("/silent", "interrupt-parent", CELL(COMBINER)),
        BYTES("/silent", "interrupts", CELL("\1")),
    };
    void *fdt = make(edits, ARRAY_SIZE(edits));
    struct board_irq irq;

    assert_int_equal(irq_of(fdt, "/silent", &irq), ERR_INVALID);
    free(fdt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ways),
        cmocka_unit_test(test_wrong_trees),
        cmocka_unit_test(test_parent_of_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
