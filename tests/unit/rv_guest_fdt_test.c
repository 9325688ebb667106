/* SPDX-License-Identifier: Apache-2.0 */
/* ISA strings, what guests are shown of them, and the RISC-V nodes of a guest's device tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "arch/riscv/model/rv_guest_fdt.h"
#include "arch/riscv/model/rv_guest_layout.h"

static struct rv_isa parse(const char *text)
{
    struct rv_isa isa = {0};

    assert_true(rv_isa_parse(text, &isa));
    return isa;
}

static void strings(void **state)
{
    static const char *const same[] = {
        "rv64imafdc",
        "rv64imafdch_zicsr_zifencei_sstc_svpbmt",
        "rv64i",
    };
    char text[512];

    for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
        struct rv_isa isa = parse(same[i]);

        assert_int_equal(rv_isa_string(&isa, text, sizeof(text)), strlen(same[i]));
        assert_string_equal(text, same[i]);
    }
}

static void strings_with_odd_parts(void **state)
{
    struct rv_isa isa = parse("rv64g_zba_xvendor_smthing_c__zbbb");
    char text[512];

    rv_isa_string(&isa, text, sizeof(text));
    assert_string_equal(text, "rv64imafdc_zicsr_zifencei_zba");
    isa = parse("rv64imac"
                "zbb"); /* a multi-letter name needs no underscore before it */
    assert_true(rv_isa_has(&isa, RV_EXT_zbb));
    isa = (struct rv_isa){0};
    assert_false(rv_isa_parse("rv32imac", &isa));
    assert_false(rv_isa_parse("rv6", &isa));
    assert_false(rv_isa_parse("", &isa));
}

static void guests_are_not_shown_everything(void **state)
{
    struct rv_isa host = parse("rv64imafdcvh_zicntr_zihpm_zkr_zbb_smstateen_ssaia_sstc"), guest;
    char text[512];

    rv_isa_for_guests(&host, &guest);
    rv_isa_string(&guest, text, sizeof(text));
    assert_string_equal(text, "rv64imafdc_zicntr_zbb_sstc");
}

static void what_all_harts_have(void **state)
{
    struct rv_isa a = parse("rv64imafdc_zba_zbb"), b = parse("rv64imac_zbb_sstc");
    char text[512];

    a.cboz_bytes = 64;
    rv_isa_meet(&a, &b);
    rv_isa_string(&a, text, sizeof(text));
    assert_string_equal(text, "rv64imac_zbb");
    assert_int_equal(a.cboz_bytes, 0);
}

static void lists_that_do_not_fit(void **state)
{
    struct rv_isa isa = parse("rv64ima_zba");
    char list[10];

    assert_int_equal(rv_isa_list(&isa, list, sizeof(list)), 10);
    assert_memory_equal(list, "i\0m\0a\0zba", 10);
    assert_int_equal(rv_isa_list(&isa, list, 9), 0);
    assert_int_equal(rv_isa_string(&isa, list, 8), 11); /* cut, and says so */
    assert_string_equal(list, "rv64ima");
}

static void from_a_device_tree(void **state)
{
    char fdt[1024];
    struct rv_isa isa;

    assert_int_equal(fdt_create_empty_tree(fdt, sizeof(fdt)), 0);
    assert_int_equal(fdt_setprop_string(fdt, 0, "riscv,isa", "rv64ima"), 0);
    assert_int_equal(fdt_setprop_u32(fdt, 0, "riscv,cboz-block-size", 64), 0);
    rv_isa_read(fdt, 0, &isa);
    assert_true(rv_isa_has(&isa, RV_EXT_m) && !rv_isa_has(&isa, RV_EXT_c));
    assert_int_equal(isa.cboz_bytes, 64);
    /* The list is what counts, where it is there. */
    assert_int_equal(fdt_setprop(fdt, 0, "riscv,isa-extensions", "i\0c\0zicboz", 11), 0);
    rv_isa_read(fdt, 0, &isa);
    assert_true(rv_isa_has(&isa, RV_EXT_c) && rv_isa_has(&isa, RV_EXT_zicboz));
    assert_false(rv_isa_has(&isa, RV_EXT_m));
    /* A string without its end is not read. */
    assert_int_equal(fdt_delprop(fdt, 0, "riscv,isa-extensions"), 0);
    assert_int_equal(fdt_setprop(fdt, 0, "riscv,isa", "rv64ima", 7), 0);
    rv_isa_read(fdt, 0, &isa);
    assert_false(rv_isa_has(&isa, RV_EXT_i));
}

/* ---- the tree */

static uint8_t tree[GUEST_FDT_MAX];

static const struct rv_fdt_params *rv_params;
static int arch_part(void *fdt, const struct guest_fdt_params *params)
{
    return rv_guest_fdt(fdt, rv_params, params);
}

static bool machine_mode;

static uint32_t message_count; /* of interrupt files */
static enum err write_tree(const struct rv_isa *isa, uint32_t cpu_count, bool uart)
{
    const struct guest_bank bank = {GPA(RV_GUEST_BANK0_BASE), MIB(64)};
    struct rv_fdt_params rv = {
        .isa = isa,
        .mmu_type = "riscv,sv48",
        .timebase_frequency = 10000000,
        .message_count = message_count,
    };
    struct guest_fdt_params params = {.name = "test",
                                      .banks = &bank,
                                      .bank_count = 1,
                                      .cpu_count = cpu_count,
                                      .uart = uart,
                                      .disk = machine_mode,
                                      .machine_mode = machine_mode};
    size_t used;

    rv_params = &rv;
    return guest_fdt_write(tree, sizeof(tree), &params, arch_part, &used);
}

static uint32_t cell(int node, const char *name, unsigned index)
{
    int length;
    const fdt32_t *cells = fdt_getprop(tree, node, name, &length);

    assert_non_null(cells);
    assert_true((int)(index + 1) * 4 <= length);
    return fdt32_to_cpu(cells[index]);
}

static void nodes(void **state)
{
    struct rv_isa isa = parse("rv64imafdc_zicboz_sstc");
    int cpu, intc, plic, uart;

    isa.cboz_bytes = 64;
    assert_int_equal(write_tree(&isa, 2, true), ERR_NONE);
    assert_int_equal(fdt_check_full(tree, sizeof(tree)), 0);
    assert_int_equal(cell(fdt_path_offset(tree, "/cpus"), "timebase-frequency", 0), 10000000);
    cpu = fdt_path_offset(tree, "/cpus/cpu@1");
    assert_true(cpu > 0);
    assert_int_equal(cell(cpu, "reg", 0), 1);
    assert_string_equal(fdt_getprop(tree, cpu, "riscv,isa", NULL), "rv64imafdc_zicboz_sstc");
    assert_true(fdt_stringlist_search(tree, cpu, "riscv,isa-extensions", "zicboz") == 6);
    assert_string_equal(fdt_getprop(tree, cpu, "mmu-type", NULL), "riscv,sv48");
    assert_int_equal(cell(cpu, "riscv,cboz-block-size", 0), 64);
    assert_null(fdt_getprop(tree, cpu, "riscv,cbom-block-size", NULL));
    /* The hart's interrupt controller is the root of the interrupt tree, not below the PLIC. */
    intc = fdt_path_offset(tree, "/cpus/cpu@1/interrupt-controller");
    assert_int_equal(cell(intc, "interrupt-parent", 0), fdt_get_phandle(tree, intc));

    plic = fdt_node_offset_by_compatible(tree, -1, "sifive,plic-1.0.0");
    assert_int_equal(fdt_get_phandle(tree, plic), GUEST_FDT_PHANDLE_IRQ);
    /* Hart 1: machine mode does not exist, supervisor mode is context 3. */
    assert_int_equal(cell(plic, "interrupts-extended", 4), fdt_get_phandle(tree, intc));
    assert_int_equal(cell(plic, "interrupts-extended", 5), 0xffffffff);
    assert_int_equal(cell(plic, "interrupts-extended", 6), fdt_get_phandle(tree, intc));
    assert_int_equal(cell(plic, "interrupts-extended", 7), 9);

    uart = fdt_path_offset(tree, "serial0");
    assert_int_equal(cell(uart, "interrupts", 0), RV_GUEST_UART_SOURCE);
    assert_int_equal(fdt_node_check_compatible(tree, uart, "ns16550a"), 0);
}

static void nodes_of_a_machine_without_firmware(void **state)
{
    struct rv_isa isa = parse("rv64imac");
    int plic, clint, disk;

    assert_int_equal(write_tree(&isa, 2, false), ERR_NONE);
    assert_true(fdt_node_offset_by_compatible(tree, -1, "sifive,clint0") < 0);
    assert_true(fdt_node_offset_by_compatible(tree, -1, "virtio,mmio") < 0);
    machine_mode = true;
    assert_int_equal(write_tree(&isa, 2, false), ERR_NONE);
    machine_mode = false;
    assert_int_equal(fdt_check_full(tree, sizeof(tree)), 0);
    plic = fdt_node_offset_by_compatible(tree, -1, "sifive,plic-1.0.0");
    assert_int_equal(cell(plic, "interrupts-extended", 5), 11);
    clint = fdt_path_offset(tree, "/clint@2000000");
    assert_true(clint > 0);
    assert_int_equal(cell(clint, "interrupts-extended", 4), cell(plic, "interrupts-extended", 4));
    assert_int_equal(cell(clint, "interrupts-extended", 5), 3);
    assert_int_equal(cell(clint, "interrupts-extended", 7), 7);
    assert_int_equal(cell(clint, "reg", 3), 0x10000);
    disk = fdt_path_offset(tree, "/virtio_mmio@10001000");
    assert_int_equal(fdt_node_check_compatible(tree, disk, "virtio,mmio"), 0);
    assert_int_equal(cell(disk, "interrupts", 0), 1);
}

static void nodes_of_interrupt_files(void **state)
{
    struct rv_isa isa = parse("rv64imac_ssaia");
    int imsics, aplic, intc, uart;

    message_count = 255;
    assert_int_equal(write_tree(&isa, 2, true), ERR_NONE);
    message_count = 0;
    assert_int_equal(fdt_check_full(tree, sizeof(tree)), 0);
    assert_true(fdt_node_offset_by_compatible(tree, -1, "sifive,plic-1.0.0") < 0);
    imsics = fdt_path_offset(tree, "/imsics@28000000");
    assert_int_equal(fdt_node_check_compatible(tree, imsics, "riscv,imsics"), 0);
    assert_int_equal(cell(imsics, "reg", 3), 2 * PAGE_SIZE);
    assert_int_equal(cell(imsics, "riscv,num-ids", 0), 255);
    intc = fdt_path_offset(tree, "/cpus/cpu@1/interrupt-controller");
    assert_int_equal(cell(imsics, "interrupts-extended", 2), fdt_get_phandle(tree, intc));
    assert_int_equal(cell(imsics, "interrupts-extended", 3), 9);
    aplic = fdt_path_offset(tree, "/interrupt-controller@d000000");
    assert_int_equal(fdt_node_check_compatible(tree, aplic, "riscv,aplic"), 0);
    assert_int_equal(fdt_get_phandle(tree, aplic), GUEST_FDT_PHANDLE_IRQ);
    assert_int_equal(cell(aplic, "msi-parent", 0), fdt_get_phandle(tree, imsics));
    assert_int_equal(cell(aplic, "riscv,num-sources", 0), 63);
    uart = fdt_path_offset(tree, "serial0");
    assert_int_equal(cell(uart, "interrupts", 0), RV_GUEST_UART_SOURCE);
    assert_int_equal(cell(uart, "interrupts", 1), 4);
}

static void every_extension_and_hart_fits(void **state)
{
    struct rv_isa isa = {.cbom_bytes = 64, .cboz_bytes = 64};

    memset(isa.have, true, sizeof(isa.have));
    assert_int_equal(write_tree(&isa, 8, false), ERR_NONE);
    assert_int_equal(fdt_check_full(tree, sizeof(tree)), 0);
    assert_true(fdt_path_offset(tree, "/cpus/cpu@7") > 0);
    assert_true(fdt_path_offset(tree, "serial0") < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings),
        cmocka_unit_test(strings_with_odd_parts),
        cmocka_unit_test(guests_are_not_shown_everything),
        cmocka_unit_test(what_all_harts_have),
        cmocka_unit_test(lists_that_do_not_fit),
        cmocka_unit_test(from_a_device_tree),
        cmocka_unit_test(nodes),
        cmocka_unit_test(nodes_of_a_machine_without_firmware),
        cmocka_unit_test(nodes_of_interrupt_files),
        cmocka_unit_test(every_extension_and_hart_fits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
