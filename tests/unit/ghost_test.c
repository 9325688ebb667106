/* SPDX-License-Identifier: Apache-2.0 */
/* The ghost check finds what it is there to find, in a machine with two VMs that is otherwise
 * sound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "arch/arch.h"
#include "arch/arm/model/arm_guest_layout.h"
#include "arch/arm/model/lpae_s2.h"
#include "arch/host/host_mem.h"
#include "core/frame.h"
#include "core/ghost.h"
#include "tests/fuzz/world.h"

#define RAM ARM_GUEST_BANK0_BASE

static const struct pt_attr ram = {PT_READ | PT_WRITE | PT_EXEC, PT_NORMAL, 0};

static int start(void **state)
{
    const struct world_config config = {
        .gic_version = 2,
        .lr_count = 4,
        .apr_count = 1,
        .cpus = 2,
        .vm_count = 2,
        .vms = {{.vcpus = 2, .memory_bytes = KIB(128), .cpus = 1, .uart = true},
                {.vcpus = 1, .memory_bytes = MIB(4), .cpus = 2, .in_place = true}},
    };

    world_power_on(&config);
    world_boot();
    return 0;
}

/* Map behind the checks' back, as a bug would. */
static void sneak(uint32_t vm, uint64_t gpa, hpa_t hpa, struct pt_attr attr)
{
    assert_int_equal(lpae_s2_map(host_s2_ipa_bits, &vms[vm]->s2.pt, GPA(gpa), hpa, PAGE_SIZE, attr),
                     ERR_NONE);
}

static hpa_t page_of(uint32_t vm, uint64_t gpa)
{
    struct s2_mapping map;

    assert_int_equal(s2_lookup(&vms[vm]->s2, GPA(gpa), &map), ERR_NONE);
    return map.hpa;
}

static void a_sound_machine(void **state)
{
    assert_null(ghost_find());
    /* Both VMs have the GIC's virtual interface, which is each CPU's own. */
    assert_int_equal(page_of(0, ARM_GUEST_GICC_BASE).raw, page_of(1, ARM_GUEST_GICC_BASE).raw);
}

static void a_page_of_two_vms(void **state)
{
    sneak(1, RAM + GIB(1), page_of(0, RAM + PAGE_SIZE), ram);
    assert_non_null(ghost_find());
    assert_non_null(strstr(ghost_find(), "VMID 1"));
    assert_non_null(strstr(ghost_find(), "VMID 2"));
    assert_non_null(strstr(ghost_find(), "0x80000000")); /* where VM 1 has it */
}

static void a_page_twice_in_one_vm(void **state)
{
    sneak(0, RAM + GIB(1), page_of(0, RAM), ram);
    assert_non_null(ghost_find());
}

static void a_structure_of_the_hypervisor(void **state)
{
    sneak(0, RAM + GIB(1), arch_to_hpa((void *)align_down((uintptr_t)vms[1], PAGE_SIZE)), ram);
    assert_non_null(strstr(ghost_find(), "hypervisor"));
}

static void a_table_of_its_own(void **state)
{
    sneak(0, RAM + GIB(1), arch_to_hpa(vms[0]->s2.pt.root), ram);
    assert_non_null(strstr(ghost_find(), "hypervisor"));
}

static void free_memory(void **state)
{
    hpa_t page;

    assert_int_equal(frame_alloc_run(PAGE_SIZE, PAGE_SIZE, &page), ERR_NONE);
    sneak(0, RAM + GIB(1), page, ram);
    assert_null(ghost_find());
    frame_free_run(page, PAGE_SIZE);
    assert_non_null(strstr(ghost_find(), "free"));
}

static void a_device_of_both(void **state)
{
    const struct pt_attr device = {PT_READ | PT_WRITE, PT_DEVICE, 0};

    sneak(0, RAM + GIB(1), HPA(0x9000000), device);
    assert_null(ghost_find());
    sneak(1, RAM + GIB(1), HPA(0x9000000), device);
    assert_non_null(ghost_find());
}

/* The books of pages taken: joined, cut, and nothing is taken or given twice (that panics). */
static void books(void **state)
{
    void *pages[8];

    for (unsigned i = 0; i < ARRAY_SIZE(pages); i++)
        assert_non_null(pages[i] = frame_alloc_page());
    for (unsigned i = 0; i < ARRAY_SIZE(pages); i += 2)
        frame_free_page(pages[i]);
    assert_null(ghost_find());
    sneak(0, RAM + GIB(1), arch_to_hpa(pages[3]), ram);
    assert_non_null(strstr(ghost_find(), "hypervisor"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_sound_machine, start),
        cmocka_unit_test_setup(a_page_of_two_vms, start),
        cmocka_unit_test_setup(a_page_twice_in_one_vm, start),
        cmocka_unit_test_setup(a_structure_of_the_hypervisor, start),
        cmocka_unit_test_setup(a_table_of_its_own, start),
        cmocka_unit_test_setup(free_memory, start),
        cmocka_unit_test_setup(a_device_of_both, start),
        cmocka_unit_test_setup(books, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
