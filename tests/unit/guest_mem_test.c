/* SPDX-License-Identifier: Apache-2.0 */
/* The door to guest memory: rights, devices, holes, ends of the address space, copy on write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "arch/arch.h"
#include "arch/host/host_mem.h"
#include "core/frame.h"
#include "core/guest_mem.h"
#include "core/vm.h"
#include "core/vm_image.h"

#define HOST MIB(2048)
#define RAM  GPA(GIB(1))

static struct vm vm;
static uint32_t cow_count;
static bool cow_answer;

/* In place of vm_image_in_place.c's. */
bool vm_image_cow(struct vm *asked, gpa_t gpa)
{
    assert_ptr_equal(asked, &vm);
    cow_count++;
    return cow_answer;
}

static void map(uint64_t gpa, uint64_t hpa, uint64_t size, uint8_t rights, uint8_t memory,
                uint8_t mark)
{
    assert_int_equal(
        s2_map(&vm.s2, GPA(gpa), HPA(hpa), size, (struct pt_attr){rights, memory, mark}), ERR_NONE);
}

/*
 * From 1 GiB: a block of RAM, a page of RAM from elsewhere in the host, a read-only page, a device,
 * a pristine page, a hole, a write-only page; and RAM at the end of the space.
 */
static int start(void **state)
{
    host_mem_init(HPA(HOST), MIB(8));
    frame_reset();
    assert_int_equal(frame_add(HPA(HOST + MIB(6)), MIB(2)), ERR_NONE);
    vm = (struct vm){.id = 1};
    cow_count = 0;
    cow_answer = true;
    assert_int_equal(s2_init(&vm.s2, 1), ERR_NONE);
    uint64_t at = RAM.raw + MIB(2);
    map(RAM.raw, HOST, MIB(2), PT_READ | PT_WRITE, PT_NORMAL, 0);
    map(at, HOST + MIB(4), PAGE_SIZE, PT_READ | PT_WRITE, PT_NORMAL, 0);
    map(at + 1 * PAGE_SIZE, HOST + MIB(3), PAGE_SIZE, PT_READ, PT_NORMAL, 0);
    map(at + 2 * PAGE_SIZE, HOST + MIB(3), PAGE_SIZE, PT_READ | PT_WRITE, PT_DEVICE, 0);
    map(at + 3 * PAGE_SIZE, HOST + MIB(5), PAGE_SIZE, PT_READ | PT_EXEC, PT_NORMAL,
        S2_MARK_PRISTINE);
    map(at + 5 * PAGE_SIZE, HOST + MIB(3), PAGE_SIZE, PT_WRITE, PT_NORMAL, 0);
    map((1ULL << 40) - PAGE_SIZE, HOST + MIB(3), PAGE_SIZE, PT_READ | PT_WRITE, PT_NORMAL, 0);
    return 0;
}

static void across_blocks(void **state)
{
    char in[64], out[64] = {0};
    for (unsigned i = 0; i < sizeof(in); i++)
        in[i] = (char)(i + 1);
    gpa_t at = GPA(RAM.raw + MIB(2) - 20);
    assert_int_equal(guest_mem_write(&vm, at, in, sizeof(in)), ERR_NONE);
    assert_int_equal(guest_mem_read(&vm, at, out, sizeof(out)), ERR_NONE);
    assert_memory_equal(in, out, sizeof(in));
    assert_memory_equal(arch_to_ptr(HPA(HOST + MIB(2) - 20)), in, 20);
    assert_memory_equal(arch_to_ptr(HPA(HOST + MIB(4))), in + 20, 44);
    assert_int_equal(guest_mem_zero(&vm, gpa_add(at, 10), 20), ERR_NONE);
    assert_int_equal(guest_mem_read(&vm, at, out, sizeof(out)), ERR_NONE);
    memset(in + 10, 0, 20);
    assert_memory_equal(in, out, sizeof(in));
    assert_int_equal(guest_mem_read(&vm, GPA(0), out, 0), ERR_NONE);
}

static void what_is_refused(void **state)
{
    char buf[64] = {0};
    uint64_t at = RAM.raw + MIB(2);
    const struct {
        uint64_t gpa, size;
        enum err read, write;
    } cases[] = {
        {RAM.raw - 1, 1, ERR_RANGE, ERR_RANGE},            /* before */
        {RAM.raw - 1, 2, ERR_RANGE, ERR_RANGE},            /* begins before */
        {at + PAGE_SIZE - 4, 8, ERR_NONE, ERR_RANGE},      /* into the read-only page */
        {at + 2 * PAGE_SIZE - 4, 8, ERR_RANGE, ERR_RANGE}, /* into the device */
        {at + 2 * PAGE_SIZE + 4, 8, ERR_RANGE, ERR_RANGE}, /* the device */
        {at + 3 * PAGE_SIZE, 8, ERR_NONE, ERR_NONE},       /* pristine */
        {at + 4 * PAGE_SIZE - 4, 8, ERR_RANGE, ERR_RANGE}, /* into the hole */
        {at + 5 * PAGE_SIZE, 8, ERR_RANGE, ERR_NONE},      /* write-only */
        {(1ULL << 40) - 8, 8, ERR_NONE, ERR_NONE},         /* the end of the space */
        {(1ULL << 40) - 4, 8, ERR_RANGE, ERR_RANGE},       /* past it */
        {UINT64_MAX - 3, 8, ERR_RANGE, ERR_RANGE},         /* wraps */
        {UINT64_MAX, 1, ERR_RANGE, ERR_RANGE},
    };
    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(guest_mem_read(&vm, GPA(cases[i].gpa), buf, cases[i].size), cases[i].read);
        assert_int_equal(guest_mem_write(&vm, GPA(cases[i].gpa), buf, cases[i].size),
                         cases[i].write);
        assert_int_equal(guest_mem_zero(&vm, GPA(cases[i].gpa), cases[i].size), cases[i].write);
    }
    assert_int_equal(guest_mem_read(&vm, RAM, buf, UINT64_MAX), ERR_RANGE);
    assert_int_equal(guest_mem_write(&vm, RAM, buf, UINT64_MAX), ERR_RANGE);
    assert_int_equal(guest_mem_zero(&vm, RAM, UINT64_MAX), ERR_RANGE);
}

static enum err load_u64(gpa_t at, uint64_t *value)
{
    const uint64_t *where = guest_mem_where_u64(&vm, at);

    if (where != NULL)
        *value = *where;
    return where == NULL ? ERR_RANGE : ERR_NONE;
}

/* Entries of a guest's page tables: whole, and changed only if they are what they were. */
static void words(void **state)
{
    uint64_t at = RAM.raw + MIB(2), value, expected = 7;
    uint64_t *there = arch_to_ptr(HPA(HOST + 8));

    *there = 5;
    assert_int_equal(load_u64(gpa_add(RAM, 8), &value), ERR_NONE);
    assert_int_equal(value, 5);
    assert_int_equal(guest_mem_exchange_u64(&vm, gpa_add(RAM, 8), &expected, 9), ERR_BUSY);
    assert_int_equal(expected, 5);
    assert_int_equal(*there, 5);
    assert_int_equal(guest_mem_exchange_u64(&vm, gpa_add(RAM, 8), &expected, 9), ERR_NONE);
    assert_int_equal(*there, 9);
    /* Not aligned, read-only, a device, a hole. */
    assert_int_equal(load_u64(gpa_add(RAM, 4), &value), ERR_RANGE);
    assert_int_equal(guest_mem_exchange_u64(&vm, gpa_add(RAM, 4), &expected, 9), ERR_RANGE);
    assert_int_equal(load_u64(GPA(at + PAGE_SIZE), &value), ERR_NONE);
    assert_int_equal(guest_mem_exchange_u64(&vm, GPA(at + PAGE_SIZE), &value, 9), ERR_RANGE);
    assert_int_equal(load_u64(GPA(at + 2 * PAGE_SIZE), &value), ERR_RANGE);
    assert_int_equal(load_u64(GPA(at + 4 * PAGE_SIZE), &value), ERR_RANGE);
    /* In a kernel that is mapped in place, as the guest's own write would. */
    value = 0;
    assert_int_equal(load_u64(GPA(at + 3 * PAGE_SIZE), &value), ERR_NONE);
    assert_int_equal(guest_mem_exchange_u64(&vm, GPA(at + 3 * PAGE_SIZE), &value, 1), ERR_NONE);
    assert_int_equal(cow_count, 1);
}

static void pristine_pages(void **state)
{
    uint64_t word = 5;
    gpa_t at = GPA(RAM.raw + MIB(2) + 3 * PAGE_SIZE);
    assert_int_equal(guest_mem_read(&vm, at, &word, sizeof(word)), ERR_NONE);
    assert_int_equal(cow_count, 0);
    word = 6;
    assert_int_equal(guest_mem_write(&vm, at, &word, sizeof(word)), ERR_NONE);
    assert_int_equal(cow_count, 1);
    assert_int_equal(*(uint64_t *)arch_to_ptr(HPA(HOST + MIB(5))), 6);
    cow_answer = false;
    assert_int_equal(guest_mem_zero(&vm, at, sizeof(word)), ERR_RANGE);
    assert_int_equal(*(uint64_t *)arch_to_ptr(HPA(HOST + MIB(5))), 6);
}

/* Two bytes that the guest may write at the same time. */
static void half_words(void **state)
{
    uint64_t at = RAM.raw + MIB(2);
    uint16_t value = 0;

    assert_int_equal(guest_mem_store_u16(&vm, GPA(at - 2), 0x1234), ERR_NONE);
    assert_int_equal(guest_mem_load_u16(&vm, GPA(at - 2), &value), ERR_NONE);
    assert_int_equal(value, 0x1234);
    assert_int_equal(guest_mem_load_u16(&vm, GPA(at - 1), &value), ERR_RANGE);
    assert_int_equal(guest_mem_store_u16(&vm, GPA(at + 1), 0), ERR_RANGE);
    assert_int_equal(guest_mem_load_u16(&vm, GPA(at + PAGE_SIZE), &value), ERR_NONE);
    assert_int_equal(guest_mem_store_u16(&vm, GPA(at + PAGE_SIZE), 0), ERR_RANGE);
    assert_int_equal(guest_mem_load_u16(&vm, GPA(RAM.raw - 2), &value), ERR_RANGE);
    assert_int_equal(guest_mem_load_u16(&vm, GPA(UINT64_MAX - 1), &value), ERR_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(across_blocks, start),
        cmocka_unit_test_setup(what_is_refused, start),
        cmocka_unit_test_setup(words, start),
        cmocka_unit_test_setup(pristine_pages, start),
        cmocka_unit_test_setup(half_words, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
