/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a VM's memory holds at each start, seen through stage 2: every kernel format, copied and in
 * place; restarts bring back every byte; nothing leaks, whatever allocation fails.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <elf.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "arch/arch.h"
#include "arch/host/host_mem.h"
#include "core/frame.h"
#include "core/guest_mem.h"
#include "core/vm_image.h"
#include "message_table.h"

/* The host: 64 MiB; modules lie in its first 16 MiB, the rest is free. */
#define HOST         0x40000000ULL
#define HOST_BYTES   MIB(64)
#define KERNEL_AT    (HOST + MIB(2))
#define RAMDISK_AT   (HOST + MIB(12))
#define GUEST        0x80000000ULL
#define KERNEL_SIZE  (MIB(3) + 1234)
#define KERNEL_SPAN  (MIB(5) + 8)
#define RAMDISK_SIZE 123457

static struct board board;
static struct system_config config;
static struct vm vm;
static struct vm_image_params params;
static char report[512];
static uint32_t report_count;

static void on_report(void *context, enum config_severity severity, const char *path,
                      const char *property, const char *text)
{
    report_count++;
    message_add(&messages_seen, text);
    snprintf(report, sizeof(report), "%s %s: %s", path, property != NULL ? property : "-", text);
    assert_string_equal(path, "/chosen/linux");
    assert_true(strlen(text) < LOG_LINE_MAX - 1);
}
static const struct config_sink sink = {on_report, NULL};

static unsigned char pattern(uint64_t i)
{
    return (unsigned char)(i * 131 + (i >> 8) * 7 + (i >> 16) + 1);
}
static unsigned char *host(uint64_t hpa)
{
    return arch_to_ptr(HPA(hpa));
}

/* An arm64 Image of SIZE bytes that wants SPAN of memory. */
static void write_image(unsigned char *at, uint64_t size, uint64_t text_offset, uint64_t span)
{
    for (uint64_t i = 0; i < size; i++)
        at[i] = pattern(i);
    memset(at, 0, 64);
    memcpy(at + 8, &text_offset, 8);
    memcpy(at + 16, &span, 8);
    memcpy(at + 56, "ARM\x64", 4);
}

/* The machine and a VM of MEMORY with a kernel of SIZE at KERNEL_AT; modules are not reserved yet.
 */
static void start(uint64_t memory, uint64_t kernel_size)
{
    host_mem_init(HPA(HOST), HOST_BYTES);
    memset(host(HOST), 0xaa, HOST_BYTES); /* what was there before us */
    frame_reset();
    board = (struct board){.memory = {{HPA(HOST), HOST_BYTES}}, .memory_count = 1};
    memset(&config, 0, sizeof(config));
    config.vm_count = 1;
    struct vm_config *c = &config.vms[0];
    strcpy(c->name, "linux");
    strcpy(c->path, "/chosen/linux");
    c->memory_bytes = memory;
    c->kernel =
        (struct vm_module){.present = true, .base = HPA(KERNEL_AT), .size_bytes = kernel_size};
    vm = (struct vm){.config = c, .name = c->name};
    params = (struct vm_image_params){
        .banks = {{GPA(GUEST), MIB(32)}, {GPA(GUEST + GIB(4)), MIB(32)}},
        .kernel_kinds = 1u << IMAGE_RAW | 1u << IMAGE_ARM64 | 1u << IMAGE_ELF,
        .elf_machine = IMAGE_MACHINE_AARCH64,
        .board = &board,
        .system = &config,
    };
    report_count = 0;
    report[0] = '\0';
}

static void add_ramdisk(void)
{
    config.vms[0].ramdisk =
        (struct vm_module){.present = true, .base = HPA(RAMDISK_AT), .size_bytes = RAMDISK_SIZE};
    for (uint64_t i = 0; i < RAMDISK_SIZE; i++)
        host(RAMDISK_AT)[i] = (unsigned char)~pattern(i);
}

static void reserve(const struct vm_module *module)
{
    if (module->present)
        assert_int_equal(frame_reserve(module->base, module->size_bytes), ERR_NONE);
}
static uint64_t free_at_start;

/* As the boot code does it: memory, less the modules; then the VM. */
static enum err build(void)
{
    frame_reset();
    assert_int_equal(frame_add(HPA(HOST), HOST_BYTES), ERR_NONE);
    for (uint32_t i = 0; i < config.vm_count; i++) {
        reserve(&config.vms[i].kernel);
        reserve(&config.vms[i].ramdisk);
    }
    free_at_start = frame_free_bytes();
    assert_int_equal(s2_init(&vm.s2, 1), ERR_NONE);
    return vm_image_build(&vm, &params, &sink);
}

static void finish(void)
{
    if (vm.image != NULL)
        vm_image_destroy(&vm);
    s2_destroy(&vm.s2);
    assert_int_equal(frame_free_bytes(), free_at_start);
    assert_int_equal(frame_used_bytes(), 0);
}

static const char tree[] = "a device tree, for all this code knows";

/* All of the guest's memory, bank 0 first. */
static unsigned char *snapshot(void)
{
    static unsigned char bytes[MIB(48)];
    uint64_t at = 0;
    for (uint32_t i = 0; i < vm.bank_count; i++) {
        assert_true(at + vm.banks[i].size_bytes <= sizeof(bytes));
        assert_int_equal(guest_mem_read(&vm, vm.banks[i].base, bytes + at, vm.banks[i].size_bytes),
                         ERR_NONE);
        at += vm.banks[i].size_bytes;
    }
    return bytes;
}

/* Guest memory is KERNEL at its place, the initrd, the tree, and zero elsewhere. */
static void check_memory(const unsigned char *kernel, uint64_t kernel_size)
{
    const unsigned char *bytes = snapshot();
    uint64_t total = 0, kernel_at = vm.image->kernel_gpa.raw - GUEST;
    uint64_t initrd_at = vm.image->initrd.raw - GUEST, fdt_at = vm.fdt.raw - GUEST;
    for (uint32_t i = 0; i < vm.bank_count; i++)
        total += vm.banks[i].size_bytes;
    assert_int_equal(total, vm.config->memory_bytes);
    for (uint64_t i = 0; i < total; i++) {
        unsigned char want = 0;
        if (i - kernel_at < kernel_size)
            want = kernel[i - kernel_at];
        else if (i - initrd_at < vm.image->initrd_bytes)
            want = (unsigned char)~pattern(i - initrd_at);
        else if (i - fdt_at < sizeof(tree))
            want = (unsigned char)tree[i - fdt_at];
        if (bytes[i] != want)
            fail_msg("byte 0x%llx is 0x%x, not 0x%x", (unsigned long long)i, bytes[i], want);
    }
}

static void load(void)
{
    assert_int_equal(vm_image_load(&vm, tree, sizeof(tree)), ERR_NONE);
    for (uint32_t i = 0; i < vm.image->run_count; i++)
        assert_true(host_mem_is_published(arch_to_ptr(vm.image->runs[i].hpa),
                                          vm.image->runs[i].size_bytes));
}

/* The guest writes everywhere it can, as with vCPUs: a fault first where it has no right. */
static void guest_spoils(void)
{
    static unsigned char junk[PAGE_SIZE];
    memset(junk, 0x99, sizeof(junk));
    for (uint32_t i = 0; i < vm.bank_count; i++)
        for (uint64_t at = 0; at < vm.banks[i].size_bytes; at += PAGE_SIZE)
            assert_int_equal(guest_mem_write(&vm, gpa_add(vm.banks[i].base, at), junk, PAGE_SIZE),
                             ERR_NONE);
}

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
    load();
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
        assert_int_equal(map.attr.software, S2_MARK_PRISTINE);
        guest_spoils();
        if (i % 25 == 0)
            host_mem_forget_published();
    }
    assert_int_equal(frame_free_bytes(), free_bytes);
    assert_int_equal(report_count, 0);
    finish();
}

static void no_memory_to_save_a_block(void **state)
{
    start(MIB(20), KERNEL_SIZE);
    write_image(host(KERNEL_AT), KERNEL_SIZE, 0, KERNEL_SPAN);
    assert_int_equal(build(), ERR_NONE);
    load();
    load(); /* nothing written yet */
    frame_fail_nth(1);
    assert_true(vm_image_cow(&vm, GPA(GUEST)));
    assert_int_equal(guest_mem_zero(&vm, GPA(GUEST), 100), ERR_NONE);
    assert_int_equal(vm_image_load(&vm, tree, sizeof(tree)), ERR_DENIED);
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
    static char big[GUEST_FDT_MAX + 1];
    start(MIB(20), KERNEL_SIZE);
    write_image(host(KERNEL_AT), KERNEL_SIZE, 0, KERNEL_SPAN);
    assert_int_equal(build(), ERR_NONE);
    assert_true(is_aligned(vm.fdt.raw, MIB(2)));
    assert_int_equal(vm_image_load(&vm, big, sizeof(big)), ERR_RANGE);
    assert_int_equal(vm_image_load(&vm, big, sizeof(big) - 1), ERR_NONE);
    finish();
}

static void messages(void **state)
{
    static const char *const headings[] = {"Of a VM when it is built"};

    messages_check(headings, ARRAY_SIZE(headings), ARRAY_SIZE(headings));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(image_copied),
        cmocka_unit_test(image_in_place),
        cmocka_unit_test(no_memory_to_save_a_block),
        cmocka_unit_test(when_not_in_place),
        cmocka_unit_test(raw),
        cmocka_unit_test(gzipped_image),
        cmocka_unit_test(gzipped_text),
        cmocka_unit_test(elf),
        cmocka_unit_test(refusals),
        cmocka_unit_test(free_memory_in_pieces),
        cmocka_unit_test(each_allocation_fails),
        cmocka_unit_test(trees),
        cmocka_unit_test(messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
