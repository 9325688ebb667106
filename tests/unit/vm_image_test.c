/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a VM's memory holds at each start, seen through stage 2: every kernel format, copied and in
 * place; restarts bring back every byte and lose no page.
 */
#include <elf.h>
#include <zlib.h>

#include "tests/unit/vm_image_fixture.h"

static void image_copied(void **state)
{
    static unsigned char kernel[KERNEL_SIZE];
    start(MIB(40), KERNEL_SIZE);
    config.vms[0].kernel.base = HPA(KERNEL_AT + PAGE_SIZE); /* not 2 MiB-aligned */
    write_image(host(KERNEL_AT + PAGE_SIZE), KERNEL_SIZE, 0x80000, KERNEL_SPAN);
    memcpy(kernel, host(KERNEL_AT + PAGE_SIZE), KERNEL_SIZE);
    add_ramdisk();
    assert_int_equal(build(), ERR_NONE);
    assert_int_equal(vm.image->in_place.block_count, 0);
    assert_int_equal(vm.bank_count, 2);
    assert_int_equal(vm.banks[0].size_bytes, MIB(32));
    assert_int_equal(vm.banks[1].base.raw, GUEST + GIB(4));
    assert_int_equal(vm.banks[1].size_bytes, MIB(8));
    assert_int_equal(vm.entry.raw, GUEST + 0x80000);
    assert_int_equal(vm.image->initrd.raw, GUEST + MIB(6)); /* behind the bss, on 2 MiB */
    assert_int_equal(vm.fdt.raw, GUEST + MIB(8));
    load();
    check_memory(kernel, KERNEL_SIZE);
    guest_spoils();
    load();
    check_memory(kernel, KERNEL_SIZE);
    assert_int_equal(report_count, 0);
    finish();
}

static uint32_t saved_count(void)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < VM_IMAGE_BLOCK_MAX; i++)
        n += vm.image->in_place.saved[i].raw != 0;
    return n;
}

/* No memory is left for copies of the kernel's blocks. */
static void load_without_copies(void)
{
    frame_fail_nth(1);
    load();
    frame_fail_nth(0);
    assert_int_equal(saved_count(), 0);
}

static void image_in_place(void **state)
{
    static unsigned char kernel[KERNEL_SIZE];
    struct s2_mapping map;
    start(MIB(20), KERNEL_SIZE);
    write_image(host(KERNEL_AT), KERNEL_SIZE, 0, KERNEL_SPAN);
    memcpy(kernel, host(KERNEL_AT), KERNEL_SIZE);
    add_ramdisk();
    assert_int_equal(build(), ERR_NONE);
    assert_int_equal(vm.image->in_place.block_count, 3);
    assert_int_equal(vm.entry.raw, GUEST);
    assert_int_equal(vm.image->initrd.raw, GUEST + MIB(6));
    assert_true(host_mem_is_published(host(KERNEL_AT), MIB(6)));
    for (uint64_t at = 0; at < MIB(6); at += MIB(1)) {
        assert_int_equal(s2_lookup(&vm.s2, GPA(GUEST + at), &map), ERR_NONE);
        assert_int_equal(map.hpa.raw, KERNEL_AT + at);
        assert_int_equal(map.size_bytes, MIB(2));
        assert_int_equal(map.attr.rights, PT_READ | PT_EXEC);
        assert_int_equal(map.attr.software, S2_MARK_PRISTINE);
    }
    assert_int_equal(s2_lookup(&vm.s2, GPA(GUEST + MIB(6)), &map), ERR_NONE);
    assert_int_equal(map.attr.rights, PT_READ | PT_WRITE | PT_EXEC);
    assert_int_equal(frame_claim(HPA(KERNEL_AT + MIB(6) - PAGE_SIZE), PAGE_SIZE), ERR_BUSY);
    load_without_copies();
    check_memory(kernel, KERNEL_SIZE);

    /* a first write saves the block and opens it; the second vCPU's late fault does neither */
    uint64_t pages = vm.s2.pt.page_count;
    assert_true(vm_image_cow(&vm, GPA(GUEST + MIB(2) + 5)));
    assert_int_equal(saved_count(), 1);
    assert_true(vm_image_cow(&vm, GPA(GUEST + MIB(4) - 1)));
    assert_int_equal(saved_count(), 1);
    assert_int_equal(vm.s2.pt.page_count, pages); /* no block was split */
    assert_int_equal(s2_lookup(&vm.s2, GPA(GUEST + MIB(2)), &map), ERR_NONE);
    assert_int_equal(map.attr.rights, PT_READ | PT_WRITE | PT_EXEC);
    assert_int_equal(map.attr.software, 0);
    assert_int_equal(s2_lookup(&vm.s2, GPA(GUEST), &map), ERR_NONE);
    assert_int_equal(map.attr.software, S2_MARK_PRISTINE);
    /* what is no RAM is not opened */
    assert_false(vm_image_cow(&vm, GPA(GUEST + MIB(20))));
    assert_false(vm_image_cow(&vm, GPA(0)));
    assert_false(vm_image_cow(&vm, GPA(UINT64_MAX)));

    /* 100 restarts with all of it spoilt: every byte comes back, not a page is lost */
    guest_spoils();
    assert_int_equal(saved_count(), 3);
    uint64_t free_bytes = frame_free_bytes();
    for (uint32_t i = 0; i < 100; i++) {
        load();
        if (i % 25 == 0)
            check_memory(kernel, KERNEL_SIZE);
        assert_int_equal(s2_lookup(&vm.s2, GPA(GUEST + MIB(2)), &map), ERR_NONE);
        assert_int_equal(map.attr.rights, PT_READ | PT_WRITE | PT_EXEC);
        guest_spoils();
        if (i % 25 == 0)
            host_mem_forget_published();
    }
    assert_int_equal(frame_free_bytes(), free_bytes);
    assert_int_equal(report_count, 0);
    finish();
}

/* With memory to spare the guest's writes find all of it kept, and fault on nothing. */
static void blocks_are_kept_before_it_runs(void **state)
{
    static unsigned char kernel[KERNEL_SIZE];
    struct s2_mapping map;
    start(MIB(20), KERNEL_SIZE);
    write_image(host(KERNEL_AT), KERNEL_SIZE, 0, KERNEL_SPAN);
    memcpy(kernel, host(KERNEL_AT), KERNEL_SIZE);
    assert_int_equal(build(), ERR_NONE);
    load();
    assert_int_equal(saved_count(), 3);
    for (uint64_t at = 0; at < MIB(6); at += MIB(2)) {
        assert_int_equal(s2_lookup(&vm.s2, GPA(GUEST + at), &map), ERR_NONE);
        assert_int_equal(map.hpa.raw, KERNEL_AT + at);
        assert_int_equal(map.attr.rights, PT_READ | PT_WRITE | PT_EXEC);
        assert_int_equal(map.attr.software, 0);
    }
    uint64_t free_bytes = frame_free_bytes();
    memset(host(KERNEL_AT), 0x5a, KERNEL_SIZE);
    load();
    check_memory(kernel, KERNEL_SIZE);
    assert_int_equal(frame_free_bytes(), free_bytes);
    finish();
}

static void no_memory_to_save_a_block(void **state)
{
    start(MIB(20), KERNEL_SIZE);
    write_image(host(KERNEL_AT), KERNEL_SIZE, 0, KERNEL_SPAN);
    assert_int_equal(build(), ERR_NONE);
    load_without_copies();
    load_without_copies(); /* nothing written yet */
    frame_fail_nth(1);
    assert_true(vm_image_cow(&vm, GPA(GUEST)));
    assert_int_equal(guest_mem_zero(&vm, GPA(GUEST), 100), ERR_NONE);
    assert_int_equal(load_all(), ERR_DENIED);
    finish();
}

/* Each reason for which an Image is copied although it is aligned. */
static void when_not_in_place(void **state)
{
    static unsigned char kernel[KERNEL_SIZE];
    for (int reason = 0; reason < 6; reason++) {
        uint64_t text_offset = reason == 0 ? PAGE_SIZE : 0;
        start(MIB(20), KERNEL_SIZE);
        struct vm_config *other = &config.vms[1];
        write_image(host(KERNEL_AT), KERNEL_SIZE, text_offset, KERNEL_SPAN);
        memcpy(kernel, host(KERNEL_AT), KERNEL_SIZE);
        if (reason == 1) { /* two VMs share it */
            config.vm_count = 2;
            other->kernel = config.vms[0].kernel;
        } else if (reason == 2) { /* another's ramdisk lies where the bss would be */
            config.vm_count = 2;
            other->ramdisk = (struct vm_module){true, HPA(KERNEL_AT + MIB(5)), 77, NULL, 0};
        } else if (reason == 3) { /* in the very page where the file ends */
            config.vm_count = 2;
            other->device_tree = (struct vm_module){true, HPA(KERNEL_AT + KERNEL_SIZE), 5, NULL, 0};
        } else if (reason == 4) { /* the machine's memory ends before its bss does */
            board.memory[0].size_bytes = MIB(2) + MIB(5);
        }
        frame_reset();
        assert_int_equal(frame_add(HPA(HOST), HOST_BYTES), ERR_NONE);
        reserve(&config.vms[0].kernel);
        if (reason == 5) /* someone has a page of it */
            assert_int_equal(frame_reserve(HPA(KERNEL_AT + MIB(5)), 1), ERR_NONE);
        free_at_start = frame_free_bytes();
        assert_int_equal(s2_init(&vm.s2, 1), ERR_NONE);
        assert_int_equal(vm_image_build(&vm, &params, &sink), ERR_NONE);
        assert_int_equal(vm.image->in_place.block_count, 0);
        load();
        check_memory(kernel, KERNEL_SIZE);
        finish();
    }
}

static void raw(void **state)
{
    unsigned char kernel[4096];
    for (unsigned i = 0; i < sizeof(kernel); i++)
        kernel[i] = (unsigned char)(pattern(i) | 0x80);
    start(MIB(1), sizeof(kernel));
    memcpy(host(KERNEL_AT), kernel, sizeof(kernel));
    assert_int_equal(build(), ERR_NONE);
    assert_int_equal(vm.entry.raw, GUEST);
    assert_true(vm.fdt.raw >= GUEST + sizeof(kernel)); /* in a VM without a second 2 MiB */
    assert_int_equal(vm.fdt.raw / MIB(2), (vm.fdt.raw + GUEST_FDT_MAX - 1) / MIB(2));
    load();
    check_memory(kernel, sizeof(kernel));
    finish();
}

/* As U-Boot wants it: the tree where RAM begins, the code behind it, the initrd behind that. */
static void raw_at_addresses(void **state)
{
    static unsigned char kernel[KIB(64)];
    struct vm_config *c = &config.vms[0];
    for (unsigned i = 0; i < sizeof(kernel); i++)
        kernel[i] = (unsigned char)(pattern(i) | 0x80);
    start(MIB(20), sizeof(kernel));
    c->has_load_address = c->has_fdt_address = true;
    c->load_address = GPA(GUEST + MIB(4) + KIB(4));
    c->fdt_address = GPA(GUEST);
    memcpy(host(KERNEL_AT), kernel, sizeof(kernel));
    add_ramdisk();
    assert_int_equal(build(), ERR_NONE);
    assert_int_equal(vm.entry.raw, GUEST + MIB(4) + KIB(4));
    assert_int_equal(vm.fdt.raw, GUEST);
    assert_int_equal(vm.image->initrd.raw, GUEST + MIB(6));
    load();
    check_memory(kernel, sizeof(kernel));
    finish();

    /* no room behind the kernel: the initrd goes before it, and not onto the tree */
    start(MIB(20), sizeof(kernel));
    c->has_load_address = c->has_fdt_address = true;
    c->load_address = GPA(GUEST + MIB(20) - sizeof(kernel));
    c->fdt_address = GPA(GUEST + MIB(1));
    memcpy(host(KERNEL_AT), kernel, sizeof(kernel));
    add_ramdisk();
    assert_int_equal(build(), ERR_NONE);
    assert_int_equal(vm.image->initrd.raw, GUEST);
    load();
    check_memory(kernel, sizeof(kernel));
    finish();
}

/* DATA as a gzip file in PACKED; how long it is. */
static uint64_t pack(unsigned char *data, unsigned size, unsigned char *packed, unsigned room)
{
    z_stream z = {.next_in = data, .avail_in = size, .next_out = packed, .avail_out = room};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(deflateEnd(&z), Z_OK);
    return z.total_out;
}

static void gzip(uint64_t text_offset)
{
    static unsigned char kernel[KERNEL_SIZE], packed[KERNEL_SIZE + 4096];
    write_image(kernel, KERNEL_SIZE, text_offset, KERNEL_SPAN);
    uint64_t size = pack(kernel, KERNEL_SIZE, packed, sizeof(packed));

    start(MIB(20), size);
    memcpy(host(KERNEL_AT), packed, size);
    add_ramdisk();
    assert_int_equal(build(), ERR_NONE);
    assert_int_equal(vm.entry.raw, GUEST + text_offset);
    assert_int_equal(vm.image->initrd.raw, GUEST + MIB(6));
    for (int i = 0; i < 3; i++) {
        load();
        check_memory(kernel, KERNEL_SIZE);
        guest_spoils();
    }
    finish();

    /* it says it unpacks to more than the VM has */
    start(MIB(2), size);
    memcpy(host(KERNEL_AT), packed, size);
    assert_int_equal(build(), ERR_RANGE);
    assert_non_null(strstr(report, "memory: The kernel needs"));
    finish();
    /* broken inside */
    start(MIB(20), size);
    memcpy(host(KERNEL_AT), packed, size);
    host(KERNEL_AT)[size / 2] ^= 0x10;
    assert_int_not_equal(build(), ERR_NONE);
    assert_non_null(strstr(report, "cannot be unpacked"));
    finish();
}
static void gzipped_image(void **state)
{
    gzip(0);
    gzip(0x80000);
}

static void gzipped_text(void **state)
{
    unsigned char text[] = "Once upon a time there was a hypervisor.", packed[200];
    uint64_t size = pack(text, sizeof(text) - 1, packed, sizeof(packed));
    start(MIB(20), size);
    memcpy(host(KERNEL_AT), packed, size);
    assert_int_equal(build(), ERR_UNSUPPORTED);
    assert_non_null(strstr(report, "gzip'ed kernel cannot be used: it looks like text"));
    finish();
}

/* Two segments: code at +1 MiB, and data with bss at +3 MiB. */
static uint64_t write_elf(unsigned char *at, uint16_t machine, uint64_t base)
{
    Elf64_Ehdr h = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                    .e_type = ET_EXEC,
                    .e_machine = machine,
                    .e_version = EV_CURRENT,
                    .e_entry = base + MIB(1) + 16,
                    .e_phoff = sizeof(h),
                    .e_ehsize = sizeof(h),
                    .e_phentsize = sizeof(Elf64_Phdr),
                    .e_phnum = 2};
    Elf64_Phdr p[2] = {
        {.p_type = PT_LOAD,
         .p_flags = PF_R | PF_X,
         .p_offset = 4096,
         .p_vaddr = base + MIB(1),
         .p_paddr = base + MIB(1),
         .p_filesz = 5000,
         .p_memsz = 5000,
         .p_align = 4096},
        {.p_type = PT_LOAD,
         .p_flags = PF_R | PF_W,
         .p_offset = 12288,
         .p_vaddr = base + MIB(3),
         .p_paddr = base + MIB(3),
         .p_filesz = 100,
         .p_memsz = 70000,
         .p_align = 4096},
    };
    memset(at, 0x77, 16384);
    memcpy(at, &h, sizeof(h));
    memcpy(at + sizeof(h), p, sizeof(p));
    return 16384;
}

static void elf(void **state)
{
    start(MIB(20), 16384);
    write_elf(host(KERNEL_AT), EM_AARCH64, GUEST);
    add_ramdisk();
    assert_int_equal(build(), ERR_NONE);
    assert_int_equal(vm.entry.raw, GUEST + MIB(1) + 16);
    assert_int_equal(vm.image->initrd.raw, GUEST + MIB(4));
    for (int round = 0; round < 2; round++) {
        load();
        const unsigned char *bytes = snapshot();
        for (uint64_t i = 0; i < MIB(4); i++) {
            bool file = i - MIB(1) < 5000 || i - MIB(3) < 100;
            assert_int_equal(bytes[i], file ? 0x77 : 0);
        }
        guest_spoils();
    }
    finish();

    start(MIB(20), 16384);
    write_elf(host(KERNEL_AT), EM_AARCH64, 0x1000000);
    assert_int_equal(build(), ERR_RANGE);
    assert_non_null(strstr(report, "Segment 0 of the ELF kernel"));
    assert_non_null(strstr(report, "0x80000000"));
    finish();

    start(MIB(20), 16384);
    write_elf(host(KERNEL_AT), EM_RISCV, GUEST);
    assert_int_equal(build(), ERR_UNSUPPORTED);
    finish();
}

static void messages(void **state)
{
    static const char *const headings[] = {"Of what is in a kernel file",
                                           "Of a VM when it is built"};

    messages_check(headings, ARRAY_SIZE(headings), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(image_copied),
        cmocka_unit_test(image_in_place),
        cmocka_unit_test(blocks_are_kept_before_it_runs),
        cmocka_unit_test(no_memory_to_save_a_block),
        cmocka_unit_test(when_not_in_place),
        cmocka_unit_test(raw),
        cmocka_unit_test(raw_at_addresses),
        cmocka_unit_test(gzipped_image),
        cmocka_unit_test(gzipped_text),
        cmocka_unit_test(elf),
        cmocka_unit_test(messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
