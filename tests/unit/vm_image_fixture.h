/* SPDX-License-Identifier: Apache-2.0 */
/* A machine with 64 MiB and a VM with its modules, for the tests of core/vm_image.h. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "arch/arch.h"
#include "arch/host/host_mem.h"
#include "core/frame.h"
#include "core/guest_mem.h"
#include "core/vm_image.h"
#include "tests/unit/message_table.h"

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

static inline void on_report(void *context, enum config_severity severity, const char *path,
                             const char *property, const char *text)
{
    report_count++;
    message_add(&messages_seen, text);
    snprintf(report, sizeof(report), "%s %s: %s", path, property != NULL ? property : "-", text);
    assert_string_equal(path, "/chosen/linux");
    assert_true(strlen(text) < LOG_LINE_MAX - 1);
}
static const struct config_sink sink = {on_report, NULL};

static inline unsigned char pattern(uint64_t i)
{
    return (unsigned char)(i * 131 + (i >> 8) * 7 + (i >> 16) + 1);
}
static inline unsigned char *host(uint64_t hpa)
{
    return arch_to_ptr(HPA(hpa));
}

/* An arm64 Image of SIZE bytes that wants SPAN of memory. */
static inline void write_image(unsigned char *at, uint64_t size, uint64_t text_offset,
                               uint64_t span)
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
static inline void start(uint64_t memory, uint64_t kernel_size)
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

static inline void add_ramdisk(void)
{
    config.vms[0].ramdisk =
        (struct vm_module){.present = true, .base = HPA(RAMDISK_AT), .size_bytes = RAMDISK_SIZE};
    for (uint64_t i = 0; i < RAMDISK_SIZE; i++)
        host(RAMDISK_AT)[i] = (unsigned char)~pattern(i);
}

static inline void reserve(const struct vm_module *module)
{
    if (module->present)
        assert_int_equal(frame_reserve(module->base, module->size_bytes), ERR_NONE);
}
static uint64_t free_at_start;

/* As the boot code does it: memory, less the modules; then the VM. */
static inline enum err build(void)
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

static inline void finish(void)
{
    if (vm.image != NULL)
        vm_image_destroy(&vm);
    s2_destroy(&vm.s2);
    assert_int_equal(frame_free_bytes(), free_at_start);
    assert_int_equal(frame_used_bytes(), 0);
}

static const char tree[] = "a device tree, for all this code knows";

/* All of the guest's memory, bank 0 first. */
static inline unsigned char *snapshot(void)
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
static inline void check_memory(const unsigned char *kernel, uint64_t kernel_size)
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

static inline enum err put_tree(struct vm *to)
{
    return guest_mem_write(to, to->fdt, tree, sizeof(tree));
}

/* All steps; between them nothing else happens. */
static inline enum err load_all(void)
{
    bool done = false;
    enum err err = vm_image_load_begin(&vm);
    while (!err && !done)
        err = vm_image_load_step(&vm, put_tree, &done);
    return err;
}

static inline void load(void)
{
    assert_int_equal(load_all(), ERR_NONE);
    for (uint32_t i = 0; i < vm.image->run_count; i++)
        assert_true(host_mem_is_published(arch_to_ptr(vm.image->runs[i].hpa),
                                          vm.image->runs[i].size_bytes));
}

/* The guest writes everywhere it can, as with vCPUs: a fault first where it has no right. */
static inline void guest_spoils(void)
{
    static unsigned char junk[PAGE_SIZE];
    memset(junk, 0x99, sizeof(junk));
    for (uint32_t i = 0; i < vm.bank_count; i++)
        for (uint64_t at = 0; at < vm.banks[i].size_bytes; at += PAGE_SIZE)
            assert_int_equal(guest_mem_write(&vm, gpa_add(vm.banks[i].base, at), junk, PAGE_SIZE),
                             ERR_NONE);
}
