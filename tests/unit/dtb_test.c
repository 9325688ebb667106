/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader of device trees against libfdt's, node by node and property by property; aliases,
 * paths that are too long; and blobs of which any byte is wrong, at an unmapped page: what is
 * accepted is read to the end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/dtb.h"
#include "tests/unit/fdt_tree.h"

#define CELL(n) "\0\0\0" n

static const struct edit base[] = {
    STRING("/", "compatible", "board,one\0board,any"),
    BYTES("/", "#address-cells", CELL("\2")),
    STRING("/aliases", "serial0", "/soc/uart@9000000"),
    STRING("/aliases", "bad", "soc/uart@9000000"),
    BYTES("/aliases", "cut", "/soc"),
    STRING("/chosen", "stdout-path", "serial0:115200n8"),
    BYTES("/chosen", "empty", ""),
    STRING("/soc/uart@9000000", "compatible", "arm,pl011\0arm,primecell"),
    BYTES("/soc/uart@9000000", "phandle", CELL("\7")),
    STRING("/soc/uart@9000000", "status", "disabled"),
    BYTES("/soc/uart@9040000", "linux,phandle", CELL("\x8")),
    STRING("/soc/uart@9040000", "status", "ok"),
    STRING("/soc/bus/uart", "compatible", "arm,pl011"),
    BYTES("/soc/bus/uart/odd", "odd", "\1\2\3\4\5"),
    BYTES("/memory@40000000", "reg", CELL("\1") CELL("\2")),
};

static void *make(void)
{
    void *fdt = tree_make(base, ARRAY_SIZE(base));

    assert_int_equal(fdt_add_mem_rsv(fdt, 0x1000, 0x2000), 0);
    assert_int_equal(fdt_add_mem_rsv(fdt, 0x123456789000, 0x1000), 0);
    assert_int_equal(fdt_pack(fdt), 0);
    return fdt;
}

/* Zero or more, or no such thing: libfdt says which of many. */
static void same(int node, int other)
{
    assert_int_equal(node < 0 ? -1 : node, other < 0 ? -1 : other);
}

static void same_properties(const void *fdt, int node)
{
    struct dtb_property it = {0};
    int property;

    fdt_for_each_property_offset(property, fdt, node)
    {
        const char *name;
        int length, length_again;
        const void *value = fdt_getprop_by_offset(fdt, property, &name, &length);

        assert_true(dtb_next_property(fdt, node, &it));
        assert_string_equal(it.name, name);
        assert_ptr_equal(it.value, value);
        assert_int_equal(it.length, length);
        assert_ptr_equal(dtb_property(fdt, node, name, &length_again), value);
        assert_int_equal(length_again, length);
        assert_null(dtb_property(fdt, node, name + 1, NULL));
    }
    assert_false(dtb_next_property(fdt, node, &it));
    assert_int_equal(dtb_phandle(fdt, node), fdt_get_phandle(fdt, node));
}

static void same_node(const void *fdt, int node)
{
    char path[128], other[128];
    int child, depth = 0, other_depth = 0;

    same_properties(fdt, node);
    assert_string_equal(dtb_name(fdt, node), fdt_get_name(fdt, node, NULL));
    same(dtb_parent(fdt, node), fdt_parent_offset(fdt, node));
    same(dtb_first_child(fdt, node), fdt_first_subnode(fdt, node));
    dtb_for_each_child(child, fdt, node)
    {
        same(dtb_parent(fdt, child), node);
        same(dtb_next_sibling(fdt, child), fdt_next_subnode(fdt, child));
    }
    child = fdt_next_node(fdt, node, &other_depth);
    same(dtb_next(fdt, node, &depth), other_depth < 0 ? -1 : child);
    assert_int_equal(depth, other_depth);
    same(dtb_next(fdt, node, NULL), fdt_next_node(fdt, node, NULL));
    dtb_path(fdt, node, path, sizeof(path));
    assert_int_equal(fdt_get_path(fdt, node, other, sizeof(other)), 0);
    assert_string_equal(path, other);
    same(dtb_find(fdt, path), node);
}

static void as_libfdt_reads(void **state)
{
    static const char *const compatible[] = {"board,any", "arm,pl011", "arm,primecell", "arm"};
    void *fdt = make();
    const char *why;
    int node;

    assert_int_equal(dtb_check(fdt, fdt_totalsize(fdt), &why), ERR_NONE);
    assert_int_equal(dtb_size_bytes(fdt), fdt_totalsize(fdt));
    for (node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL))
        same_node(fdt, node);
    for (unsigned i = 0; i < ARRAY_SIZE(compatible); i++) {
        for (node = -1;; node = dtb_next_compatible(fdt, node, compatible[i])) {
            int next = dtb_next_compatible(fdt, node, compatible[i]);

            same(next, fdt_node_offset_by_compatible(fdt, node, compatible[i]));
            if (next < 0)
                break;
            assert_true(dtb_is_compatible(fdt, next, compatible[i]));
        }
    }
    for (uint32_t phandle = 0; phandle < 10; phandle++)
        same(dtb_by_phandle(fdt, phandle), fdt_node_offset_by_phandle(fdt, phandle));
    same(dtb_by_phandle(fdt, UINT32_MAX), -1);
    free(fdt);
}

static void paths(void **state)
{
    static const char *const texts[] = {"/",
                                        "",
                                        "//",
                                        "/soc",
                                        "/soc/",
                                        "/so",
                                        "/socc",
                                        "/soc/uart",
                                        "/soc/uart@",
                                        "/soc/uart@9040000",
                                        "/soc//bus/uart",
                                        "/memory",
                                        "serial0",
                                        "serial0/odd",
                                        "bad",
                                        "serial",
                                        "nothing/below"};
    void *fdt = make();
    char path[12];

    for (unsigned i = 0; i < ARRAY_SIZE(texts); i++)
        same(dtb_find(fdt, texts[i]), fdt_path_offset(fdt, texts[i]));
    /* An alias that is no path: libfdt takes what has no end, we do not. */
    same(dtb_find(fdt, "cut"), -1);
    same(dtb_find_part(fdt, "serial0:115200n8", 7), dtb_find(fdt, "/soc/uart@9000000"));
    same(dtb_find_part(fdt, "/soc\0bus", 8), -1);
    dtb_path(fdt, dtb_find(fdt, "/soc/uart@9000000"), path, sizeof(path));
    assert_string_equal(path, ".../uart@90");
    dtb_path(fdt, dtb_find(fdt, "/soc/bus"), path, sizeof(path));
    assert_string_equal(path, "/soc/bus");
    dtb_path(fdt, 4, path, sizeof(path));
    assert_string_equal(path, "");
    free(fdt);
}

static void values(void **state)
{
    void *fdt = make();
    int chosen = dtb_find(fdt, "/chosen"), soc = dtb_find(fdt, "/soc");
    int odd = dtb_find(fdt, "/soc/bus/uart/odd"), length, at = 0;
    const char *list = dtb_property(fdt, 0, "compatible", &length);
    uint64_t base_hpa, size;

    assert_string_equal(dtb_string(fdt, chosen, "stdout-path"), "serial0:115200n8");
    assert_null(dtb_string(fdt, 0, "compatible"));
    assert_null(dtb_string(fdt, chosen, "empty"));
    assert_null(dtb_string(fdt, odd, "odd"));
    assert_int_equal(dtb_cell_or(fdt, 0, "#address-cells", 9), 2);
    assert_int_equal(dtb_cell_or(fdt, odd, "odd", 9), 9);
    assert_int_equal(dtb_cell_or(fdt, -1, "odd", 9), 9);
    assert_int_equal(dtb_cell(dtb_property(fdt, dtb_find(fdt, "/memory"), "reg", NULL), 1), 2);
    assert_true(dtb_enabled(fdt, soc));
    assert_false(dtb_enabled(fdt, dtb_find(fdt, "/soc/uart@9000000")));
    assert_true(dtb_enabled(fdt, dtb_find(fdt, "/soc/uart@9040000")));
    assert_string_equal(dtb_next_string(list, length, &at), "board,one");
    assert_string_equal(dtb_next_string(list, length, &at), "board,any");
    assert_null(dtb_next_string(list, length, &at));
    at = 0;
    assert_null(dtb_next_string("abc", 3, &at));
    assert_true(dtb_reservation(fdt, 0, &base_hpa, &size));
    assert_true(base_hpa == 0x1000 && size == 0x2000);
    assert_true(dtb_reservation(fdt, 1, &base_hpa, &size));
    assert_true(base_hpa == 0x123456789000 && size == 0x1000);
    assert_false(dtb_reservation(fdt, 2, &base_hpa, &size));
    assert_false(dtb_reservation(fdt, UINT32_MAX, &base_hpa, &size));
    free(fdt);
}

/* All that can be read of it. */
static void read_all(const void *fdt)
{
    char path[64];
    uint64_t base_hpa, size;
    int depth = 0;

    for (uint32_t i = 0; dtb_reservation(fdt, i, &base_hpa, &size); i++)
        continue;
    for (int node = 0; node >= 0; node = dtb_next(fdt, node, &depth)) {
        struct dtb_property it = {0};

        while (dtb_next_property(fdt, node, &it))
            (void)dtb_property(fdt, node, it.name, NULL);
        dtb_path(fdt, node, path, sizeof(path));
        (void)dtb_parent(fdt, node);
    }
    (void)dtb_find(fdt, "serial0");
    (void)dtb_next_compatible(fdt, DTB_NONE, "nothing");
}

/* What is accepted libfdt would accept; what is not must not be read beyond its end either. */
static void any_byte_wrong(void **state)
{
    static const uint8_t wrong[] = {0x01, 0x80, 0xff};
    uint8_t *fdt = make();
    size_t size = fdt_totalsize(fdt);
    unsigned accepted = 0;

    for (size_t at = 0; at < size; at++) {
        for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
            uint8_t *copy;
            const char *why;

            fdt[at] ^= wrong[i];
            copy = edge_copy(fdt, size);
            fdt[at] ^= wrong[i];
            if (dtb_check(copy, size, &why) == ERR_NONE) {
                accepted++;
                assert_int_equal(fdt_check_full(copy, size), 0);
            }
            /* As boot does, to find a console before the check. */
            if (dtb_size_bytes(copy) != 0 && dtb_size_bytes(copy) <= size)
                read_all(copy);
        }
    }
    assert_true(accepted > 0);
    free(fdt);
}

static void cut_off(void **state)
{
    void *fdt = make();
    size_t size = fdt_totalsize(fdt);
    const char *why;

    for (size_t bytes = 0; bytes < size; bytes++)
        assert_int_equal(dtb_check(edge_copy(fdt, bytes), bytes, &why), ERR_TRUNCATED);
    assert_int_equal(dtb_check((const char *)fdt + 4, size - 4, &why), ERR_INVALID);
    free(fdt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_libfdt_reads), cmocka_unit_test(paths),   cmocka_unit_test(values),
        cmocka_unit_test(any_byte_wrong),  cmocka_unit_test(cut_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
