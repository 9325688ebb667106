/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/guest_fdt.c with the Arm writer: the tree is read back by the board's reader and property by
 * property, as a guest would.
 */
#include "fdt_tree.h"

#include "arch/arm/model/arm_guest_fdt.h"
#include "arch/arm/model/arm_guest_layout.h"
#include "core/board.h"
#include "core/guest_fdt.h"

static uint8_t buffer[GUEST_FDT_MAX] __aligned(8);

static int write_arm(void *fdt, const struct guest_fdt_params *params)
{
    return arm_guest_fdt(fdt, params->arch, params);
}

static const struct guest_bank banks[] = {
    {{ARM_GUEST_BANK0_BASE}, ARM_GUEST_BANK0_BYTES},
    {{ARM_GUEST_BANK1_BASE}, MIB(128)},
};
#define NAMES .cpu_compatible = "arm,armv8", .timer_compatible = "arm,armv8-timer"
static const struct arm_fdt_params gic_v2 = {.gic_version = 2, NAMES};
static const struct arm_fdt_params gic_v3 = {.gic_version = 3, NAMES};

static struct guest_fdt_params full_params(void)
{
    struct guest_fdt_params p = {
        .name = "linux0",
        .bootargs = "console=ttyAMA0",
        .banks = banks,
        .bank_count = 2,
        .cpu_count = 4,
        .initrd = {0x48000000},
        .initrd_bytes = 0x12345,
        .kaslr_seed = 0x1122334455667788,
        .uart = true,
        .arch = &gic_v3,
    };

    for (size_t i = 0; i < sizeof(p.rng_seed); i++)
        p.rng_seed[i] = (uint8_t)(i * 3 + 1);
    return p;
}

static void write_ok(const struct guest_fdt_params *p)
{
    size_t used;

    assert_int_equal(guest_fdt_write(buffer, sizeof(buffer), p, write_arm, &used), ERR_NONE);
    assert_int_equal(used, fdt_totalsize(buffer));
    assert_int_equal(fdt_check_full(buffer, used), 0);
}

static int node_at(const char *path)
{
    int node = fdt_path_offset(buffer, path);

    if (node < 0)
        fail_msg("no node %s", path);
    return node;
}

static void has_value(const char *path, const char *name, const void *value, int length)
{
    int got;
    const void *p = fdt_getprop(buffer, node_at(path), name, &got);

    if (p == NULL || got != length)
        fail_msg("%s %s: %d bytes", path, name, got);
    assert_memory_equal(p, value, (size_t)length);
}
#define has_bytes(path, name, literal)  has_value(path, name, literal, sizeof(literal) - 1)
#define has_string(path, name, literal) has_value(path, name, literal, sizeof(literal))

static void expect_none(const char *path, const char *name)
{
    assert_null(fdt_getprop(buffer, node_at(path), name, NULL));
}

static void test_portable(void **state)
{
    struct guest_fdt_params p = full_params();

    write_ok(&p);
    has_string("/", "compatible", "trapeze,vm");
    has_string("/", "model", "linux0");
    has_bytes("/", "#address-cells", "\0\0\0\2");
    has_bytes("/", "#size-cells", "\0\0\0\2");
    has_bytes("/", "interrupt-parent", "\0\0\0\1");
    has_string("/chosen", "bootargs", "console=ttyAMA0");
    has_string("/chosen", "stdout-path", "serial0");
    has_bytes("/chosen", "linux,initrd-start", "\0\0\0\0\x48\0\0\0");
    has_bytes("/chosen", "linux,initrd-end", "\0\0\0\0\x48\1\x23\x45");
    has_value("/chosen", "rng-seed", p.rng_seed, 64);
    has_bytes("/chosen", "kaslr-seed", "\x11\x22\x33\x44\x55\x66\x77\x88");
    has_string("/memory@40000000", "device_type", "memory");
    has_bytes("/memory@40000000", "reg", "\0\0\0\0\x40\0\0\0\0\0\0\0\xc0\0\0\0");
    has_bytes("/memory@200000000", "reg", "\0\0\0\2\0\0\0\0\0\0\0\0\x08\0\0\0");
}

static void test_without(void **state)
{
    struct guest_fdt_params p = full_params();

    p.bootargs = NULL;
    p.initrd_bytes = 0;
    p.uart = false;
    p.bank_count = 1;
    write_ok(&p);
    expect_none("/chosen", "bootargs");
    expect_none("/chosen", "stdout-path");
    expect_none("/chosen", "linux,initrd-start");
    expect_none("/chosen", "linux,initrd-end");
    assert_int_equal(fdt_path_offset(buffer, "/memory@200000000"), -FDT_ERR_NOTFOUND);
    assert_int_equal(fdt_path_offset(buffer, "/aliases"), -FDT_ERR_NOTFOUND);
    assert_int_equal(fdt_path_offset(buffer, "/serial@22000000"), -FDT_ERR_NOTFOUND);
}

static void test_cpus_and_timer(void **state)
{
    static const uint64_t mpidrs[] = {0, 1, 0x100, 0x101};
    static const struct arm_fdt_params clusters = {.gic_version = 3, NAMES, .mpidrs = mpidrs};
    struct guest_fdt_params p = full_params();

    write_ok(&p);
    has_bytes("/cpus", "#address-cells", "\0\0\0\1");
    has_bytes("/cpus", "#size-cells", "\0\0\0\0");
    has_string("/cpus/cpu@3", "device_type", "cpu");
    has_string("/cpus/cpu@3", "compatible", "arm,armv8");
    has_string("/cpus/cpu@3", "enable-method", "psci");
    has_bytes("/cpus/cpu@3", "reg", "\0\0\0\3");
    assert_int_equal(fdt_path_offset(buffer, "/cpus/cpu@4"), -FDT_ERR_NOTFOUND);
    has_string("/psci", "compatible", "arm,psci-1.0\0arm,psci-0.2");
    has_string("/psci", "method", "hvc");
    has_string("/timer", "compatible", "arm,armv8-timer");
    has_bytes("/timer", "interrupts",
              "\0\0\0\1\0\0\0\x0d\0\0\0\x08\0\0\0\1\0\0\0\x0e\0\0\0\x08"
              "\0\0\0\1\0\0\0\x0b\0\0\0\x08\0\0\0\1\0\0\0\x0a\0\0\0\x08");
    has_bytes("/timer", "always-on", "");

    p.arch = &clusters;
    write_ok(&p);
    has_bytes("/cpus/cpu@101", "reg", "\0\0\1\1");

    p.arch = &gic_v2;
    write_ok(&p);
    has_bytes("/timer", "interrupts",
              "\0\0\0\1\0\0\0\x0d\0\0\x0f\x08\0\0\0\1\0\0\0\x0e\0\0\x0f\x08"
              "\0\0\0\1\0\0\0\x0b\0\0\x0f\x08\0\0\0\1\0\0\0\x0a\0\0\x0f\x08");
}

#define GIC "/interrupt-controller@3001000"

static void expect_reg(const char *path, uint32_t index, uint64_t base, uint64_t size)
{
    struct hpa_range r;

    assert_int_equal(board_node_reg(buffer, node_at(path), index, &r), ERR_NONE);
    assert_int_equal(r.base.raw, base);
    assert_int_equal(r.size_bytes, size);
}

static void test_gic(void **state)
{
    struct guest_fdt_params p = full_params();

    write_ok(&p);
    has_string(GIC, "compatible", "arm,gic-v3");
    expect_reg(GIC, 0, 0x3001000, 0x10000);
    expect_reg(GIC, 1, 0x3020000, 0x80000);
    has_bytes(GIC, "interrupt-controller", "");
    has_bytes(GIC, "#interrupt-cells", "\0\0\0\3");
    has_bytes(GIC, "#address-cells", "\0\0\0\0");
    assert_int_equal(fdt_get_phandle(buffer, node_at(GIC)), GUEST_FDT_PHANDLE_IRQ);

    p.arch = &gic_v2;
    write_ok(&p);
    has_string(GIC, "compatible", "arm,gic-400\0arm,cortex-a15-gic");
    expect_reg(GIC, 0, 0x3001000, 0x1000);
    expect_reg(GIC, 1, 0x3002000, 0x2000);
    assert_int_equal(fdt_get_phandle(buffer, node_at(GIC)), GUEST_FDT_PHANDLE_IRQ);
}

static void test_uart(void **state)
{
    struct guest_fdt_params p = full_params();
    const char *path;

    write_ok(&p);
    has_string("/apb-pclk", "compatible", "fixed-clock");
    has_bytes("/apb-pclk", "#clock-cells", "\0\0\0\0");
    has_bytes("/apb-pclk", "clock-frequency", "\x01\x6e\x36\x00");
    assert_int_equal(fdt_get_phandle(buffer, node_at("/apb-pclk")), GUEST_FDT_PHANDLE_CLOCK);
    /* What stdout-path names is the UART. */
    path = fdt_get_alias(buffer, fdt_getprop(buffer, node_at("/chosen"), "stdout-path", NULL));
    assert_non_null(path);
    assert_string_equal(path, "/serial@22000000");
    has_string(path, "compatible", "arm,pl011\0arm,primecell");
    expect_reg(path, 0, 0x22000000, 0x1000);
    has_bytes(path, "interrupts", "\0\0\0\0\0\0\0\0\0\0\0\4");
    has_bytes(path, "clocks", "\0\0\0\2\0\0\0\2");
    has_string(path, "clock-names", "uartclk\0apb_pclk");
    has_bytes(path, "current-speed", "\0\1\xc2\0");
}

static void test_disk(void **state)
{
    struct guest_fdt_params p = full_params();

    write_ok(&p);
    assert_true(fdt_node_offset_by_compatible(buffer, -1, "virtio,mmio") < 0);
    p.disk = true;
    write_ok(&p);
    has_string("/virtio_mmio@2000000", "compatible", "virtio,mmio");
    expect_reg("/virtio_mmio@2000000", 0, 0x2000000, 0x1000);
    has_bytes("/virtio_mmio@2000000", "interrupts", "\0\0\0\0\0\0\0\1\0\0\0\4");
    has_bytes("/virtio_mmio@2000000", "dma-coherent", "");
}

/* The board's reader finds in it a machine: what we give would boot us. */
static void test_is_a_board(void **state)
{
    struct guest_fdt_params p = full_params();
    struct reports reports = {0};
    struct config_sink sink = {reports_add, &reports};
    struct board b;

    write_ok(&p);
    assert_int_equal(board_parse(buffer, sizeof(buffer), &sink, &b), ERR_NONE);
    assert_int_equal(reports.count, 0);
    assert_int_equal(b.cpu_count, 4);
    assert_int_equal(b.memory_count, 2);
    assert_int_equal(b.memory[0].base.raw, ARM_GUEST_BANK0_BASE);
}

/* The largest tree that the header promises room for fits, and a shorter buffer never overflows. */
static void test_room(void **state)
{
    struct guest_fdt_params p = full_params();
    char bootargs[1025];
    size_t used, whole;

    memset(bootargs, 'x', 1024);
    bootargs[1024] = 0;
    p.bootargs = bootargs;
    p.cpu_count = VM_VCPU_MAX;
    write_ok(&p);
    whole = fdt_totalsize(buffer);
    for (size_t size = 0; size < whole; size += 1) {
        uint8_t *small = malloc(size + 1);

        assert_int_equal(guest_fdt_write(small, size, &p, write_arm, &used), ERR_NO_MEMORY);
        assert_int_equal(used, 0);
        free(small);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_portable),       cmocka_unit_test(test_without),
        cmocka_unit_test(test_cpus_and_timer), cmocka_unit_test(test_gic),
        cmocka_unit_test(test_uart),           cmocka_unit_test(test_is_a_board),
        cmocka_unit_test(test_disk),           cmocka_unit_test(test_is_a_board),
        cmocka_unit_test(test_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
