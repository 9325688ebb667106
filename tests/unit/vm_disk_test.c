/* SPDX-License-Identifier: Apache-2.0 */
/* A disk over a module: what is written is seen, the module never changes, and a reset forgets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/host/host_mem.h"
#include "core/frame.h"
#include "core/vm_disk.h"

#define HOST MIB(2048)
#define SIZE (2 * VM_DISK_CHUNK + 5000)

static uint8_t module[SIZE], pristine[SIZE], expected[SIZE];

/* Once: the heap is of that memory from then on. */
static int start_memory(void **state)
{
    host_mem_init(HPA(HOST), MIB(4));
    frame_reset();
    return frame_add(HPA(HOST), MIB(4)) == ERR_NONE ? 0 : -1;
}

static int start(void **state)
{
    for (size_t i = 0; i < SIZE; i++)
        module[i] = (uint8_t)(i * 13 + i / 256);
    memcpy(pristine, module, SIZE);
    memcpy(expected, module, SIZE);
    return 0;
}

static void check(struct vm_disk *disk)
{
    for (uint64_t at = 0, run; at < SIZE; at += run) {
        const uint8_t *bytes = vm_disk_at(disk, at, false, &run);

        assert_true(run != 0 && run <= SIZE - at);
        assert_memory_equal(bytes, expected + at, run);
    }
    assert_memory_equal(module, pristine, SIZE);
}

static void put(struct vm_disk *disk, uint64_t offset, size_t size)
{
    for (uint64_t done = 0, run; done < size; done += run) {
        uint8_t *bytes = vm_disk_at(disk, offset + done, true, &run);

        run = MIN(run, size - done);
        memset(bytes, 0xa5, run);
        memset(expected + offset + done, 0xa5, run);
    }
}

static void written_and_reset(void **state)
{
    struct vm_disk *disk = vm_disk_create(module, SIZE);
    uint64_t run;

    assert_non_null(disk);
    check(disk);
    put(disk, VM_DISK_CHUNK - 3, 6);
    check(disk);
    put(disk, SIZE - 1, 1);
    check(disk);
    put(disk, 0, SIZE);
    check(disk);
    vm_disk_reset(disk);
    memcpy(expected, pristine, SIZE);
    check(disk);
    (void)vm_disk_at(disk, SIZE - 1, false, &run);
    assert_int_equal(run, 1);
    put(disk, VM_DISK_CHUNK, 1); /* not what was written in the life before */
    check(disk);
}

/* Refused, it gives back all but its own small structures. */
static void no_memory(void **state)
{
    for (uint32_t n = 1; n < 20; n++) {
        uint64_t before;
        struct vm_disk *disk;

        assert_non_null(heap_alloc(64));
        before = frame_free_bytes();
        frame_fail_nth(n);
        disk = vm_disk_create(module, SIZE);
        frame_fail_nth(0);
        if (disk != NULL) {
            assert_true(n > 3);
            check(disk);
            return;
        }
        assert_true(frame_free_bytes() >= before - PAGE_SIZE);
    }
    fail();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(written_and_reset, start),
        cmocka_unit_test_setup(no_memory, start),
    };

    return cmocka_run_group_tests_name("vm_disk", tests, start_memory, NULL);
}
