/* SPDX-License-Identifier: Apache-2.0 */
/* VMs that cannot be: wrong modules, too little memory, memory in pieces. What is refused holds
 * nothing. */
#include "tests/unit/vm_image_fixture.h"

/* A wrong configuration is told in words, and holds nothing. */
static void refusals(void **state)
{
    static const char *const texts[] = {
        "reg: The kernel (0x100 bytes at 0x100000) is not in the machine's memory",
        "reg: The ramdisk",
        "memory: The VM has no memory",
        "memory: A VM can have at most 64 MiB. Write <65536> or less",
        "memory: The kernel needs",
        "memory: The VM's 6 MiB cannot hold its kernel (5 MiB) and its initrd (0 MiB)",
        "memory: The VM's memory has no room for a device tree",
        "-: The kernel is",
        "memory: The machine has",
        "-: The kernel cannot be used",
        "trapeze,load-address: The kernel says itself",
        "trapeze,fdt-address: The device tree (0x4000 bytes at 0x813fd000)",
        "trapeze,fdt-address: The device tree (0x4000 bytes at 0x80400000)",
        "trapeze,load-address: The kernel (0x3004d2 bytes at 0x81200000)",
        "reg: The disk (0x10 bytes at 0x43fffff8) is not in the machine's memory",
        "trapeze,start-mode: This architecture has no machine mode",
        "trapeze,sbi-legacy: This architecture's firmware is not SBI",
    };
    for (unsigned i = 0; i < ARRAY_SIZE(texts); i++) {
        start(MIB(20), KERNEL_SIZE);
        struct vm_config *c = &config.vms[0];
        write_image(host(KERNEL_AT), KERNEL_SIZE, 0, KERNEL_SPAN);
        switch (i) {
        case 0:
            c->kernel.base = HPA(0x100000);
            c->kernel.size_bytes = 0x100;
            break;
        case 1:
            c->ramdisk = (struct vm_module){true, HPA(HOST + HOST_BYTES - 8), 16, NULL, 0};
            break;
        case 2:
            c->memory_bytes = 4095;
            break;
        case 3:
            c->memory_bytes = MIB(65);
            break;
        case 4:
            c->memory_bytes = MIB(4);
            break;
        case 5:
            c->memory_bytes = MIB(6);
            add_ramdisk();
            config.vm_count = 2; /* shared, so that it is copied and has a ragged end */
            config.vms[1].kernel = c->kernel;
            break;
        case 6:
            c->memory_bytes = MIB(6); /* all taken by the kernel in place */
            break;
        case 7:
            params.kernel_kinds = 1u << IMAGE_RISCV;
            break;
        case 8:
            c->memory_bytes = MIB(40);
            config.vm_count = 2; /* another VM's ramdisk leaves less */
            config.vms[1].ramdisk = (struct vm_module){true, HPA(HOST + MIB(16)), MIB(32), NULL, 0};
            break;
        case 10:
            c->has_load_address = true;
            c->load_address = GPA(GUEST);
            break;
        case 11: /* one page too far */
            c->has_fdt_address = true;
            c->fdt_address = GPA(GUEST + MIB(20) - GUEST_FDT_MAX + PAGE_SIZE);
            break;
        case 12: /* on the kernel's bss */
            c->has_fdt_address = true;
            c->fdt_address = GPA(GUEST + MIB(4));
            break;
        case 13:
            memset(host(KERNEL_AT), 0x91, 64);
            c->has_load_address = true;
            c->load_address = GPA(GUEST + MIB(18));
            break;
        case 14:
            c->disk = (struct vm_module){true, HPA(HOST + HOST_BYTES - 8), 16, NULL, 0};
            break;
        case 15:
            c->start_machine = true;
            break;
        case 16:
            c->sbi_legacy = true;
            break;
        default:
            memcpy(host(KERNEL_AT),
                   "\x7f"
                   "ELF, but no more than that",
                   28);
            memset(host(KERNEL_AT) + 56, 0, 8);
        }
        if (build() == ERR_NONE)
            fail_msg("case %u is accepted", i);
        assert_int_equal(report_count, 1);
        if (strstr(report, texts[i]) == NULL)
            fail_msg("%u: %s", i, report);
        assert_null(vm.image);
        assert_int_equal(vm.bank_count, 0);
        finish();
    }
}

static void free_memory_in_pieces(void **state)
{
    static unsigned char kernel[KERNEL_SIZE];
    start(MIB(20), KERNEL_SIZE);
    write_image(host(KERNEL_AT), KERNEL_SIZE, 0, KERNEL_SPAN);
    memcpy(kernel, host(KERNEL_AT), KERNEL_SIZE);
    frame_reset();
    /* twelve pieces of 3 MiB less a page, none aligned */
    for (uint64_t i = 0; i < 12; i++)
        assert_int_equal(
            frame_add(HPA(HOST + MIB(16) + PAGE_SIZE + i * MIB(4)), MIB(3) - PAGE_SIZE), 0);
    free_at_start = frame_free_bytes();
    assert_int_equal(s2_init(&vm.s2, 1), ERR_NONE);
    assert_int_equal(vm_image_build(&vm, &params, &sink), ERR_NONE);
    assert_true(vm.image->run_count > 5);
    load();
    check_memory(kernel, KERNEL_SIZE);
    finish();
    /* more pieces than a VM may have */
    start(MIB(20), KERNEL_SIZE);
    write_image(host(KERNEL_AT), KERNEL_SIZE, 0, KERNEL_SPAN);
    frame_reset();
    for (uint64_t i = 0; i < 200; i++)
        assert_int_equal(frame_add(HPA(HOST + MIB(16) + i * KIB(128)), KIB(120)), ERR_NONE);
    free_at_start = frame_free_bytes();
    assert_int_equal(s2_init(&vm.s2, 1), ERR_NONE);
    assert_int_equal(vm_image_build(&vm, &params, &sink), ERR_NO_MEMORY);
    assert_non_null(strstr(report, "too many pieces"));
    finish();
}

/* Whatever allocation of a build fails, it either succeeds without or gives all back. */
static void each_allocation_fails(void **state)
{
    bool in_place[2] = {false, false};
    for (uint32_t n = 2;; n++) { /* the first is s2's root */
        start(MIB(20), KERNEL_SIZE);
        write_image(host(KERNEL_AT), KERNEL_SIZE, 0, KERNEL_SPAN);
        add_ramdisk();
        frame_reset();
        assert_int_equal(frame_add(HPA(HOST), HOST_BYTES), ERR_NONE);
        reserve(&config.vms[0].kernel);
        reserve(&config.vms[0].ramdisk);
        free_at_start = frame_free_bytes();
        frame_fail_nth(n);
        assert_int_equal(s2_init(&vm.s2, 1), ERR_NONE);
        enum err err = vm_image_build(&vm, &params, &sink);
        frame_fail_nth(0);
        if (err == ERR_NONE) {
            load();
            in_place[vm.image->in_place.block_count != 0] = true;
        } else {
            assert_int_equal(err, ERR_NO_MEMORY);
            assert_int_equal(report_count, 1);
        }
        finish();
        if (n > 12)
            break;
    }
    assert_true(in_place[0] && in_place[1]); /* without the claim it was copied */
}

static void trees(void **state)
{
    start(MIB(20), KERNEL_SIZE);
    write_image(host(KERNEL_AT), KERNEL_SIZE, 0, KERNEL_SPAN);
    assert_int_equal(build(), ERR_NONE);
    assert_true(is_aligned(vm.fdt.raw, MIB(2)));
    load();
    finish();
}

static void messages(void **state)
{
    static const char *const headings[] = {"Of a VM when it is built",
                                           "Of what is in a kernel file"};

    messages_check(headings, ARRAY_SIZE(headings), 1);
}

/* A 32-bit hypervisor's direct map holds the modules and its own pages, but not all of RAM. */
static void beyond_the_direct_map(void **state)
{
    static unsigned char kernel[KERNEL_SIZE];

    start(MIB(40), KERNEL_SIZE);
    write_image(host(KERNEL_AT), KERNEL_SIZE, 0, KERNEL_SPAN);
    memcpy(kernel, host(KERNEL_AT), KERNEL_SIZE);
    add_ramdisk();
    frame_reset();
    assert_int_equal(frame_add(HPA(HOST), HOST_BYTES), ERR_NONE);
    reserve(&config.vms[0].kernel);
    reserve(&config.vms[0].ramdisk);
    free_at_start = frame_free_bytes();
    host_direct_end = HPA(HOST + MIB(18));
    frame_set_page_end(host_direct_end);
    assert_int_equal(s2_init(&vm.s2, 1), ERR_NONE);
    assert_int_equal(vm_image_build(&vm, &params, &sink), ERR_NONE);
    assert_int_equal(load_all(), ERR_NONE);
    /* The second start puts back what the guest has changed. */
    guest_spoils();
    assert_int_equal(load_all(), ERR_NONE);
    host_direct_end = HPA(0);
    check_memory(kernel, KERNEL_SIZE);
    finish();

    start(MIB(20), KERNEL_SIZE);
    write_image(host(KERNEL_AT), KERNEL_SIZE, 0, KERNEL_SPAN);
    assert_int_equal(frame_add(HPA(HOST), MIB(1)), ERR_NONE);
    host_direct_end = HPA(KERNEL_AT + MIB(1));
    frame_set_page_end(host_direct_end);
    assert_int_equal(s2_init(&vm.s2, 1), ERR_NONE);
    assert_int_equal(vm_image_build(&vm, &params, &sink), ERR_RANGE);
    assert_non_null(strstr(report, "too high for this hypervisor"));
    host_direct_end = HPA(0);
    s2_destroy(&vm.s2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals),
        cmocka_unit_test(free_memory_in_pieces),
        cmocka_unit_test(each_allocation_fails),
        cmocka_unit_test(trees),
        cmocka_unit_test(beyond_the_direct_map),
        cmocka_unit_test(messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
