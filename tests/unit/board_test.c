/* SPDX-License-Identifier: Apache-2.0 */
/* core/board.c: memory, reservations and CPUs of a machine, and addresses through ranges. */
#include "fdt_tree.h"

#include "core/board.h"
#include "core/dtb.h"

#define C0 "\0\0\0\0"
#define C1 "\0\0\0\1"
#define C2 "\0\0\0\2"

/* clang-format off */
static const struct edit base_tree[] = {
    BYTES("/", "#address-cells", C2),
    BYTES("/", "#size-cells", C2),
    STRING("/memory@80000000", "device_type", "memory"),
    BYTES("/memory@80000000", "reg",
          "\0\0\0\1\0\0\0\0" C0 "\x40\0\0\0"
          C0 "\x80\0\0\0" C0 "\x40\0\0\0"
          C0 "\xc0\0\0\0" C0 "\x20\0\0\0"),
    STRING("/memory@0", "device_type", "memory"),
    BYTES("/memory@0", "reg", C0 C0 C0 C0 C0 "\x10\0\0\0" C0 "\x10\0\0\0"),
    STRING("/memory@off", "device_type", "memory"),
    BYTES("/memory@off", "reg", C2 C0 C0 "\x10\0\0\0"),
    STRING("/memory@off", "status", "disabled"),
    STRING("/flash@0", "device_type", "flash"),
    BYTES("/flash@0", "reg", C1 C0 C0 "\x10\0\0\0"),
    BYTES("/cpus", "#address-cells", C1),
    BYTES("/cpus", "#size-cells", C0),
    STRING("/cpus/cpu-map", "compatible", "x"),
    STRING("/cpus/cpu@101", "device_type", "cpu"),
    BYTES("/cpus/cpu@101", "reg", "\0\0\1\1"),
    STRING("/cpus/cpu@100", "device_type", "cpu"),
    BYTES("/cpus/cpu@100", "reg", "\0\0\1\0"),
    STRING("/cpus/cpu@100", "status", "okay"),
    STRING("/cpus/cpu@1", "device_type", "cpu"),
    BYTES("/cpus/cpu@1", "reg", C1),
    STRING("/cpus/cpu@1", "status", "fail"),
    STRING("/cpus/cpu@0", "device_type", "cpu"),
    BYTES("/cpus/cpu@0", "reg", C0),
    BYTES("/reserved-memory", "#address-cells", C2),
    BYTES("/reserved-memory", "#size-cells", C2),
    BYTES("/reserved-memory", "ranges", ""),
    BYTES("/reserved-memory/fw@80000000", "reg",
          C0 "\x80\0\0\0" C0 "\0\x10\0\0" C0 "\x90\0\0\0" C0 "\0\0\x10\0"),
    BYTES("/reserved-memory/cma", "size", C0 "\0\x10\0\0"),
    BYTES("/reserved-memory/off@1", "reg", C0 C0 C0 C1),
    STRING("/reserved-memory/off@1", "status", "disabled"),
    BYTES("/soc", "#address-cells", C1),
    BYTES("/soc", "#size-cells", C1),
    BYTES("/soc", "ranges",
          "\x7e\0\0\0" C0 "\xfe\0\0\0" "\1\0\0\0"
          "\x40\0\0\0" "\0\0\0\4" C0 "\x10\0\0\0"),
    BYTES("/soc/uart@7e201000", "reg", "\x7e\x20\x10\0" "\0\0\2\0" "\x40\0\0\x10" "\0\0\1\0"),
    BYTES("/soc/outside@1", "reg", C1 C1),
    BYTES("/soc/beyond@7effffff", "reg", "\x7e\xff\xff\xff" C2),
    BYTES("/soc/i2c@7e300000", "#address-cells", C1),
    BYTES("/soc/i2c@7e300000", "#size-cells", C0),
    BYTES("/soc/i2c@7e300000", "reg", "\x7e\x30\0\0" "\0\0\1\0"),
    BYTES("/soc/i2c@7e300000/rtc@68", "reg", "\0\0\0\x68"),
    BYTES("/soc/bus", "#address-cells", C1),
    BYTES("/soc/bus", "#size-cells", C1),
    BYTES("/soc/bus", "ranges", ""),
    BYTES("/soc/bus/timer@7e000100", "reg", "\x7e\0\1\0" "\0\0\1\0"),
    BYTES("/pci", "#address-cells", "\0\0\0\3"),
    BYTES("/pci", "#size-cells", C2),
    BYTES("/pci", "ranges", C0 C0 C0 C0 C0 C0 C1),
    BYTES("/pci/dev@0", "reg", C0 C0 C0 C0 C1),
};
/* clang-format on */

static void *make_base(void)
{
    void *fdt = tree_make(base_tree, ARRAY_SIZE(base_tree));

    assert_int_equal(fdt_add_mem_rsv(fdt, 0x81000000, 0x2000), 0);
    return fdt;
}

static enum err parse(void *fdt, struct reports *reports, struct board *out)
{
    struct config_sink sink = {reports_add, reports};

    reports->count = 0;
    assert_int_equal(fdt_pack(fdt), 0);
    return board_parse(edge_copy(fdt, fdt_totalsize(fdt)), fdt_totalsize(fdt), &sink, out);
}

static void expect_range(const struct hpa_range *r, uint64_t base, uint64_t size)
{
    assert_int_equal(r->base.raw, base);
    assert_int_equal(r->size_bytes, size);
}

static void test_good(void **state)
{
    void *fdt = make_base();
    struct reports reports;
    struct board b;

    assert_int_equal(parse(fdt, &reports, &b), ERR_NONE);
    reports_print(&reports);
    assert_int_equal(reports.count, 0);
    assert_int_equal(b.memory_count, 3);
    expect_range(&b.memory[0], 0x10000000, 0x10000000);
    expect_range(&b.memory[1], 0x80000000, 0x60000000); /* two that touch */
    expect_range(&b.memory[2], 0x100000000, 0x40000000);
    assert_int_equal(b.reserved_count, 3);
    expect_range(&b.reserved[0], 0x81000000, 0x2000);
    expect_range(&b.reserved[1], 0x80000000, 0x100000);
    expect_range(&b.reserved[2], 0x90000000, 0x1000);
    assert_int_equal(b.cpu_count, 3);
    assert_int_equal(b.cpu_ids[0], 0); /* libfdt adds nodes in front */
    assert_int_equal(b.cpu_ids[1], 0x100);
    assert_int_equal(b.cpu_ids[2], 0x101);
    free(fdt);
}

/* Memory pieces in any order, overlapping, bridged by a later one. */
static void test_merge(void **state)
{
    /* clang-format off */
    static const struct edit edits[] = {
        BYTES("/", "#address-cells", C1),
        BYTES("/", "#size-cells", C1),
        STRING("/memory", "device_type", "memory"),
        BYTES("/memory", "reg",
              "\0\0\x50\0" "\0\0\x10\0"
              "\0\0\x10\0" "\0\0\x10\0"
              "\0\0\x30\0" "\0\0\x10\0"
              "\0\0\x70\0" "\0\0\x10\0"
              "\0\0\x18\0" "\0\0\x40\0"
              "\0\0\x19\0" "\0\0\1\0"),
        STRING("/cpus/cpu@0", "device_type", "cpu"),
        BYTES("/cpus/cpu@0", "reg", C0 C0),
    };
    /* clang-format on */
    void *fdt = tree_make(edits, ARRAY_SIZE(edits));
    struct reports reports;
    struct board b;

    assert_int_equal(parse(fdt, &reports, &b), ERR_NONE);
    assert_int_equal(reports.count, 0);
    assert_int_equal(b.memory_count, 2);
    expect_range(&b.memory[0], 0x1000, 0x5000);
    expect_range(&b.memory[1], 0x7000, 0x1000);
    free(fdt);
}

static void expect_reg(const void *fdt, const char *path, uint32_t index, uint64_t base,
                       uint64_t size)
{
    struct hpa_range r;

    assert_int_equal(board_node_reg(fdt, fdt_path_offset(fdt, path), index, &r), ERR_NONE);
    expect_range(&r, base, size);
}

static void expect_no_reg(const void *fdt, const char *path, uint32_t index, enum err err)
{
    struct hpa_range r;
    int node = fdt_path_offset(fdt, path);

    assert_true(node >= 0);
    assert_int_equal(board_node_reg(fdt, node, index, &r), err);
}

static void test_node_reg(void **state)
{
    void *fdt = make_base();

    expect_reg(fdt, "/memory@80000000", 0, 0x100000000, 0x40000000);
    expect_reg(fdt, "/memory@80000000", 2, 0xc0000000, 0x20000000);
    expect_no_reg(fdt, "/memory@80000000", 3, ERR_NOT_FOUND);
    expect_reg(fdt, "/soc/uart@7e201000", 0, 0xfe201000, 0x200);
    expect_reg(fdt, "/soc/uart@7e201000", 1, 0x400000010, 0x100);
    expect_reg(fdt, "/soc/bus/timer@7e000100", 0, 0xfe000100, 0x100);
    expect_no_reg(fdt, "/soc/outside@1", 0, ERR_INVALID);
    expect_no_reg(fdt, "/soc/beyond@7effffff", 0, ERR_INVALID);
    expect_no_reg(fdt, "/soc/i2c@7e300000/rtc@68", 0, ERR_INVALID); /* no ranges */
    expect_no_reg(fdt, "/pci/dev@0", 0, ERR_UNSUPPORTED);
    expect_no_reg(fdt, "/soc", 0, ERR_NOT_FOUND);
    expect_no_reg(fdt, "/", 0, ERR_NOT_FOUND);
    free(fdt);
}

static void test_node_regs(void **state)
{
    void *fdt = make_base();
    struct hpa_range r[3];

    assert_int_equal(board_node_regs(fdt, fdt_path_offset(fdt, "/soc/uart@7e201000"), r, 3), 2);
    expect_range(&r[0], 0xfe201000, 0x200);
    expect_range(&r[1], 0x400000010, 0x100);
    assert_int_equal(board_node_regs(fdt, fdt_path_offset(fdt, "/soc/uart@7e201000"), r, 1), 1);
    assert_int_equal(board_node_regs(fdt, fdt_path_offset(fdt, "/soc/outside@1"), r, 3), 0);
    assert_int_equal(board_node_regs(fdt, 0, r, 3), 0);
    free(fdt);
}

/* libfdt's own, by another road. */
static void test_parent(void **state)
{
    void *fdt = make_base();

    assert_true(dtb_parent(fdt, 0) < 0);
    for (int node = fdt_next_node(fdt, 0, NULL); node >= 0; node = fdt_next_node(fdt, node, NULL))
        assert_int_equal(dtb_parent(fdt, node), fdt_parent_offset(fdt, node));
    assert_true(dtb_parent(fdt, 4) < 0); /* inside of a node */
    assert_true(dtb_parent(fdt, -1) < 0);
    free(fdt);
}

static void test_node_reg_wrong(void **state)
{
    static const struct {
        struct edit edit;
        enum err err;
    } wrong[] = {
        {BYTES("/soc/uart@7e201000", "reg", "\0\0\0\0\0\0"), ERR_INVALID},
        {BYTES("/soc/uart@7e201000", "reg", ""), ERR_NOT_FOUND},
        {BYTES("/soc/uart@7e201000", "reg", "\xff\xff\xff\xff\0\0\0\2"), ERR_INVALID},
        {BYTES("/soc", "ranges", "\0\0\0\0\0\0"), ERR_INVALID},
        {BYTES("/soc", "ranges", "\x7e\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\1\0\0\0"),
         ERR_INVALID},
        {BYTES("/soc", "ranges", "\x7e\0\0\0\xff\xff\xff\xff\xff\xdf\xee\xff\1\0\0\0"),
         ERR_INVALID},
        {BYTES("/soc", "#address-cells", C0), ERR_UNSUPPORTED},
        {BYTES("/soc", "#address-cells", "\xff\xff\xff\xff"), ERR_UNSUPPORTED},
        {BYTES("/soc", "#size-cells", "\x40\0\0\0"), ERR_UNSUPPORTED},
        {BYTES("/", "#address-cells", "\0\0\0\3"), ERR_UNSUPPORTED},
    };

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        void *fdt = make_base();

        tree_edit(fdt, &wrong[i].edit);
        expect_no_reg(fdt, "/soc/uart@7e201000", 0, wrong[i].err);
        free(fdt);
    }
}

/* ---- messages ------------------------------------------------------------------------------- */

#define M8 "/memory@80000000"
#define FW "/reserved-memory/fw@80000000"

static const struct {
    struct edit edits[3];
    enum err err;
    enum config_severity severity;
    const char *path, *text;
} cases[] = {
    {{NO_NODE("/memory@80000000"), NO_NODE("/memory@0")},
     ERR_INVALID,
     CONFIG_ERROR,
     "/",
     "has no memory"},
    {{NO_NODE("/cpus")}, ERR_INVALID, CONFIG_ERROR, "/", "has no CPU"},
    {{BYTES(M8, "reg", C0 C0 C0)}, ERR_NONE, CONFIG_WARNING, M8, "do not fit #address-cells = <2>"},
    {{BYTES(M8, "reg", "\xff\xff\xff\xff" C0 C2 C0)}, ERR_NONE, CONFIG_WARNING, M8, "last address"},
    {{BYTES("/", "#address-cells", "\0\0\0\3")}, ERR_INVALID, CONFIG_WARNING, M8, "do not fit"},
    {{BYTES(FW, "reg", C0 C0 C0)}, ERR_NONE, CONFIG_WARNING, FW, "is not kept free"},
    {{GONE("/cpus/cpu@0", "reg")}, ERR_NONE, CONFIG_WARNING, "/cpus/cpu@0", "has no number"},
    {{BYTES("/cpus/cpu@101", "reg", C0)},
     ERR_NONE,
     CONFIG_WARNING,
     "/cpus/cpu@101",
     "another CPU with the number 0x0"},
};

static void test_messages(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        void *fdt = make_base();
        struct reports reports;
        struct board b;

        tree_apply(fdt, cases[i].edits, ARRAY_SIZE(cases[i].edits));
        assert_int_equal(parse(fdt, &reports, &b), cases[i].err);
        for (uint32_t k = 0; k < reports.count; k++)
            reports.all[k].property[0] = 0;
        if (!reports_have(&reports, cases[i].severity, cases[i].path, "", cases[i].text)) {
            reports_print(&reports);
            fail_msg("case %zu", i);
        }
        free(fdt);
    }
}

/* More of everything than there is room for: said, and nothing reserved is forgotten. */
static void test_too_many(void **state)
{
    static uint8_t memory[(BOARD_RANGE_MAX + 1) * 16];
    const struct edit all = {M8, "reg", (const char *)memory, sizeof(memory)};
    void *fdt = make_base();
    struct reports reports;
    struct board b;

    for (int i = 0; i <= BOARD_RANGE_MAX; i++) {
        memory[i * 16 + 3] = 1;
        memory[i * 16 + 4] = (uint8_t)i;
        memory[i * 16 + 13] = 1;
        assert_int_equal(fdt_add_mem_rsv(fdt, 0x1000000 * (uint64_t)(i + 2), 0x1000), 0);
    }
    tree_edit(fdt, &all);
    for (int i = 0; i < BOARD_CPU_MAX; i++) {
        char path[32], reg[4] = {0, 1, 0, (char)i};
        const struct edit type = STRING(path, "device_type", "cpu");
        const struct edit number = {path, "reg", reg, 4};

        snprintf(path, sizeof(path), "/cpus/cpu@1%04x", i);
        tree_edit(fdt, &type);
        tree_edit(fdt, &number);
    }
    assert_int_equal(parse(fdt, &reports, &b), ERR_NONE);
    assert_int_equal(b.memory_count, BOARD_RANGE_MAX);
    assert_int_equal(b.cpu_count, BOARD_CPU_MAX);
    assert_int_equal(b.reserved_count, BOARD_RANGE_MAX);
    assert_true(reports_have(&reports, CONFIG_WARNING, M8, "reg", "more than 64 pieces"));
    assert_true(reports_have(&reports, CONFIG_WARNING, "/cpus/cpu@0", "", "more than 32 CPUs"));
    assert_true(reports_have(&reports, CONFIG_WARNING, FW, "reg", "more than 64 reserved"));
    /* The last entry covers what did not fit: the firmware's at 0x90000000 too. */
    assert_true(range_within(0x90000000, 0x1000, b.reserved[BOARD_RANGE_MAX - 1].base.raw,
                             b.reserved[BOARD_RANGE_MAX - 1].size_bytes));
    free(fdt);
}

static void test_truncated(void **state)
{
    void *fdt = make_base();
    uint32_t size;

    assert_int_equal(fdt_pack(fdt), 0);
    size = fdt_totalsize(fdt);
    for (uint32_t n = 0; n < size; n++) {
        struct reports reports = {0};
        struct config_sink sink = {reports_add, &reports};
        struct board b;

        assert_int_equal(board_parse(edge_copy(fdt, n), n, &sink, &b), ERR_INVALID);
        assert_int_equal(reports.count, 1);
    }
    free(fdt);
}

static void test_mutations(void **state)
{
    uint8_t *fdt = make_base();
    uint32_t seed = 0xb0a2d;
    uint32_t accepted = 0, size;

    assert_int_equal(fdt_pack(fdt), 0);
    size = fdt_totalsize(fdt);
    for (int round = 0; round < 20000; round++) {
        uint8_t *blob = edge_copy(fdt, size);
        struct reports reports = {0};
        struct config_sink sink = {reports_add, &reports};
        struct board b;
        struct hpa_range r;

        for (uint32_t n = chance(&seed) % 4 + 1; n > 0; n--)
            blob[chance(&seed) % size] = (uint8_t)chance(&seed);
        if (board_parse(blob, size, &sink, &b) != ERR_NONE)
            continue;
        accepted++;
        for (uint32_t i = 0; i < b.memory_count; i++) {
            uint64_t end = b.memory[i].base.raw + b.memory[i].size_bytes;

            assert_true(end > b.memory[i].base.raw);
            assert_true(i + 1 == b.memory_count || end < b.memory[i + 1].base.raw);
        }
        for (int node = 0; node >= 0; node = fdt_next_node(blob, node, NULL)) {
            if (board_node_reg(blob, node, 0, &r) == ERR_NONE)
                assert_true(r.base.raw + r.size_bytes >= r.base.raw);
        }
    }
    assert_true(accepted > 1000);
    free(fdt);
}

static void test_table(void **state)
{
    static const char *const headings[] = {"Of the board", "Of the tree as a whole"};

    messages_check(headings, ARRAY_SIZE(headings), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),      cmocka_unit_test(test_merge),
        cmocka_unit_test(test_node_reg),  cmocka_unit_test(test_node_reg_wrong),
        cmocka_unit_test(test_node_regs), cmocka_unit_test(test_parent),
        cmocka_unit_test(test_messages),  cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_truncated), cmocka_unit_test(test_mutations),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
