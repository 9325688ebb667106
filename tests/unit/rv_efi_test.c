/* SPDX-License-Identifier: Apache-2.0 */
/* A device tree with what UEFI's memory map does not leave to us reserved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "arch/riscv/model/rv_efi.h"

#define LINE_BYTES   48 /* more than the structure has, as firmware's are */
#define MAP_LINE_MAX 8
#define END          (1ULL << 56) /* of physical addresses */

static_assert(sizeof(struct efi_table_header) == 24 && sizeof(struct efi_memory_descriptor) == 40 &&
                  offsetof(struct efi_system_table, output) == 64 &&
                  offsetof(struct efi_system_table, boot) == 96 &&
                  offsetof(struct efi_system_table, configuration) == 112,
              "UEFI 4.3 on 64 bits");
/* Each service is a pointer behind the header: by its place in the list of 4.4. */
static_assert(offsetof(struct efi_boot_services, allocate_pages) == 24 + 8 * 2 &&
                  offsetof(struct efi_boot_services, get_memory_map) == 24 + 8 * 4 &&
                  offsetof(struct efi_boot_services, exit_boot_services) == 24 + 8 * 26 &&
                  offsetof(struct efi_boot_services, locate_protocol) == 24 + 8 * 37,
              "UEFI 4.4");

static uint8_t tree[1024] __attribute__((aligned(8)));
static uint8_t out[2048] __attribute__((aligned(8)));
static uint8_t lines[MAP_LINE_MAX * LINE_BYTES] __attribute__((aligned(8)));
static struct efi_map map;

static int start(void **state)
{
    memset(lines, 0xee, sizeof(lines));
    map = (struct efi_map){.lines = lines, .line_bytes = LINE_BYTES};
    assert_int_equal(fdt_create(tree, sizeof(tree)), 0);
    assert_int_equal(fdt_add_reservemap_entry(tree, 0x80000000, 0x40000), 0);
    assert_int_equal(fdt_finish_reservemap(tree), 0);
    assert_int_equal(fdt_begin_node(tree, ""), 0);
    assert_int_equal(fdt_property_string(tree, "model", "a board"), 0);
    assert_int_equal(fdt_end_node(tree), 0);
    assert_int_equal(fdt_finish(tree), 0);
    return 0;
}

static void line(uint32_t type, uint64_t first, uint64_t count, uint64_t attribute)
{
    struct efi_memory_descriptor added = {type, first, 0, count, attribute};

    memcpy(lines + map.size_bytes, &added, sizeof(added));
    map.size_bytes += LINE_BYTES;
}

static void make(void)
{
    assert_true(rv_efi_fdt_bytes(tree, map.size_bytes, LINE_BYTES) <= sizeof(out));
    assert_int_equal(
        rv_efi_fdt_reserve(tree, &map, out, rv_efi_fdt_bytes(tree, map.size_bytes, LINE_BYTES)),
        ERR_NONE);
    assert_int_equal(fdt_check_full(out, fdt_totalsize(out)), 0);
    assert_string_equal(fdt_getprop(out, 0, "model", NULL), "a board");
}
static void assert_reserved(int index, uint64_t from, uint64_t to)
{
    uint64_t base, size;

    assert_int_equal(fdt_get_mem_rsv(out, index, &base, &size), 0);
    assert_int_equal(base, from);
    assert_int_equal(base + size, to);
}

/* Lines in no order, next to each other, with holes; what the tree reserved stays. */
static void all_but_what_is_left(void **state)
{
    line(EFI_CONVENTIONAL, 0x90000000, 0x100, 15);
    line(EFI_RUNTIME_SERVICES_DATA, 0x80300000, 0x100, EFI_MEMORY_RUNTIME);
    line(EFI_BOOT_SERVICES_DATA, 0x80200000, 0x100, 15);
    line(EFI_LOADER_CODE, 0x80100000, 0x100, 15);
    line(EFI_RESERVED, 0x80000000, 0x100, 0);
    line(9 /* ACPI's tables */, 0x90100000, 1, 0);
    make();
    assert_int_equal(fdt_num_mem_rsv(out), 4);
    assert_reserved(0, 0x80000000, 0x80040000);
    assert_reserved(1, 0, 0x80100000);
    assert_reserved(2, 0x80300000, 0x90000000);
    assert_reserved(3, 0x90100000, END);
}

static void what_no_system_may_have(void **state)
{
    static const uint32_t types[] = {
        EFI_RESERVED, EFI_RUNTIME_SERVICES_CODE, 8, 10, 11, 13, 14, 15, 0x70000000, UINT32_MAX};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        start(NULL);
        line(types[i], 0x1000, 1, 0);
        make();
        assert_int_equal(fdt_num_mem_rsv(out), 2);
        assert_reserved(1, 0, END);
    }
    /* Whatever its type, firmware goes on using it. */
    start(NULL);
    line(EFI_LOADER_DATA, 0x1000, 1, EFI_MEMORY_RUNTIME);
    make();
    assert_reserved(1, 0, END);
}

static void lines_that_are_wrong(void **state)
{
    line(EFI_CONVENTIONAL, 0x5000, 0, 0);             /* nothing */
    line(EFI_CONVENTIONAL, UINT64_MAX - 0xfff, 2, 0); /* wraps */
    line(EFI_CONVENTIONAL, 0x1000, UINT64_MAX, 0);    /* so does its size */
    line(EFI_CONVENTIONAL, 0, 2, 0);                  /* overlap */
    line(EFI_CONVENTIONAL, 0x1000, 3, 0);
    line(EFI_CONVENTIONAL, END - 0x1000, 1, 0); /* the last page there is */
    make();
    assert_int_equal(fdt_num_mem_rsv(out), 2);
    assert_reserved(1, 0x4000, END - 0x1000);
    /* Without a line nothing is left, and lines that are too short are none. */
    start(NULL);
    make();
    assert_reserved(1, 0, END);
    map.line_bytes = sizeof(struct efi_memory_descriptor) - 1;
    line(EFI_CONVENTIONAL, 0, 2, 0);
    assert_int_equal(rv_efi_fdt_reserve(tree, &map, out, sizeof(out)), ERR_NONE);
    assert_reserved(1, 0, END);
}

/* Page by page, of any map. */
static void any_map(void **state)
{
    uint64_t seed = 1;

    for (unsigned round = 0; round < 2000; round++) {
        bool left[24] = {false};

        start(NULL);
        for (unsigned i = 0; i < MAP_LINE_MAX; i++) {
            seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
            uint64_t first = seed >> 33 & 15, count = seed >> 40 & 7;
            bool usable = (seed >> 50 & 3) != 0;

            line(usable ? EFI_CONVENTIONAL : EFI_RESERVED, first * 4096, count, 0);
            for (uint64_t page = first; usable && page < first + count; page++)
                left[page] = true;
        }
        make();
        for (uint64_t page = 0; page < 24; page++) {
            bool reserved = false;

            for (int i = 1; i < fdt_num_mem_rsv(out); i++) {
                uint64_t base, size;

                (void)fdt_get_mem_rsv(out, i, &base, &size);
                reserved |= page * 4096 - base < size;
            }
            assert_int_equal(reserved, !left[page]);
        }
    }
}

static void what_is_no_tree(void **state)
{
    line(EFI_CONVENTIONAL, 0x1000, 1, 0);
    for (uint64_t room = 0; room < fdt_totalsize(tree); room += 8)
        assert_int_equal(rv_efi_fdt_reserve(tree, &map, out, room), ERR_NO_MEMORY);
    fdt_set_version(tree, 16);
    assert_int_equal(rv_efi_fdt_bytes(tree, 0, LINE_BYTES), 0);
    start(NULL);
    fdt_set_last_comp_version(tree, 18);
    assert_int_equal(rv_efi_fdt_bytes(tree, 0, LINE_BYTES), 0);
    start(NULL);
    fdt_set_off_dt_strings(tree, fdt_totalsize(tree));
    assert_int_equal(rv_efi_fdt_bytes(tree, 0, LINE_BYTES), 0);
    start(NULL);
    fdt_set_off_mem_rsvmap(tree, fdt_totalsize(tree) + 8);
    assert_int_equal(rv_efi_fdt_bytes(tree, 0, LINE_BYTES), 0);
    start(NULL);
    tree[0] = 0;
    assert_int_equal(rv_efi_fdt_reserve(tree, &map, out, sizeof(out)), ERR_INVALID);
}

static bool parse(const char *text, struct efi_module *module, size_t *used)
{
    const char *at = text;
    bool is = rv_efi_module(&at, text + strlen(text), module);

    *used = (size_t)(at - text);
    return is;
}
static void modules(void **state)
{
    static const char *const wrong[] = {
        "",
        "0x",
        "88200000 1 kernel\n",
        "0x88200000 1 kernel", /* no end */
        "0x88200000 1 \n",
        "0x88200000  kernel\n",
        "0x8820g000 1 kernel\n",
        "0x88200000 1a kernel\n",
        "0x10000000000000000 1 kernel\n",
        "0x1 18446744073709551616 kernel\n",
        "0x1 1 ../kernel\n",
        "0x1 1 a\\b\n",
        "0x1 1 two words\n",
        "0x1 1 0123456789012345678901234567890123456789012345678901234567890123\n",
    };
    struct efi_module module;
    size_t used;

    assert_true(parse("0x8c200000 1617496 linux0-ramdisk\n0x1 2 x\n", &module, &used));
    assert_int_equal(module.address, 0x8c200000);
    assert_int_equal(module.size_bytes, 1617496);
    assert_memory_equal(module.name, u"linux0-ramdisk", sizeof(u"linux0-ramdisk"));
    assert_int_equal(used, 34);
    assert_true(parse("0xffffffffffffffff 18446744073709551615 x\n", &module, &used));
    assert_int_equal(module.address & module.size_bytes, UINT64_MAX);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (parse(wrong[i], &module, &used) || used != 0)
            fail_msg("%s is taken", wrong[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(all_but_what_is_left, start),
        cmocka_unit_test_setup(what_no_system_may_have, start),
        cmocka_unit_test_setup(lines_that_are_wrong, start),
        cmocka_unit_test_setup(any_map, start),
        cmocka_unit_test_setup(what_is_no_tree, start),
        cmocka_unit_test(modules),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
