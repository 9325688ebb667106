/* SPDX-License-Identifier: Apache-2.0 */
/* As xsa_test.c: memory, its owners, its rights, its end; and allocations that fail. */
#include "tests/unit/message_table.h"
#include "tests/unit/xsa_guest.h"

/* ---- XSA-98: the hypervisor writes for a guest only where the guest may write */
static void xsa_098_permission_of_guest_memory(void **state)
{
    const struct pt_attr read_only = {.rights = PT_READ, .memory = PT_NORMAL};
    uint64_t value = SECRET, found = 0;

    assert_int_equal(s2_protect(&vms[0]->s2, GPA(RAM + PAGE_SIZE), PAGE_SIZE, read_only), ERR_NONE);
    assert_int_equal(guest_mem_write(vms[0], GPA(RAM + PAGE_SIZE), &value, 8), ERR_RANGE);
    assert_int_equal(guest_mem_zero(vms[0], GPA(RAM + PAGE_SIZE), 8), ERR_RANGE);
    /* A write that begins where it may and ends where it may not. */
    assert_int_equal(guest_mem_write(vms[0], GPA(RAM + PAGE_SIZE - 4), &value, 8), ERR_RANGE);
    assert_int_equal(guest_mem_read(vms[0], GPA(RAM + PAGE_SIZE), &found, 8), ERR_NONE);
    assert_int_not_equal(found, SECRET);
    /* A device is no memory, nor is what the VM has not; nor does anything wrap. */
    assert_int_equal(guest_mem_read(vms[0], GPA(ARM_GUEST_GICC_BASE), &found, 4), ERR_RANGE);
    assert_int_equal(guest_mem_write(vms[0], GPA(RAM + RAM_BYTES), &value, 1), ERR_RANGE);
    assert_int_equal(guest_mem_write(vms[0], GPA(RAM - 1), &value, 2), ERR_RANGE);
    assert_int_equal(guest_mem_read(vms[0], GPA(UINT64_MAX - 3), &found, 8), ERR_RANGE);
}

/* ---- XSA-101, XSA-372: nobody's old bytes reach a guest: from before boot, from its last run */
static bool holds(const struct vm *vm, uint64_t word)
{
    for (uint64_t gpa = RAM; gpa < RAM + vm->config->memory_bytes; gpa += PAGE_SIZE) {
        const uint64_t *page = arch_to_ptr(page_of(vm, gpa));

        for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
            if (page[i] == word)
                return true;
    }
    return false;
}
static void restart(void *vm)
{
    assert_int_equal(vm_restart(vm), ERR_NONE);
}
static void xsa_101_372_memory_is_scrubbed(void **state)
{
    struct world_config config = machine(2);
    uint64_t *memory;

    config.vms[0].cpus = 1;
    world_power_on(&config);
    for (uint64_t at = MIB(8); at < WORLD_MEMORY_BYTES; at += 8) {
        memory = arch_to_ptr(HPA(WORLD_MEMORY + at));
        *memory = SECRET;
    }
    frame_reset();
    assert_int_equal(frame_add(HPA(WORLD_MEMORY + MIB(8)), WORLD_MEMORY_BYTES - MIB(8)), ERR_NONE);
    world_boot();
    assert_false(holds(vms[0], SECRET));
    assert_false(holds(vms[1], SECRET));
    for (uint64_t gpa = RAM; gpa < RAM + RAM_BYTES; gpa += 8)
        *(uint64_t *)arch_to_ptr(page_of(vms[0], gpa)) = SECRET;
    registers()->x[7] = SECRET;
    world.cpus[0].guest->arch.a64.el1.tpidr_el1 = SECRET;
    world_from_shell(restart, vms[0]);
    world_settle();
    assert_false(holds(vms[0], SECRET));
    assert_int_equal(registers()->x[7], 0);
    assert_int_equal(world.cpus[0].guest->arch.a64.el1.tpidr_el1, 0);
    /* What an answer does not define is not what was in a register or on the stack. */
    (void)hvc(PSCI_VERSION, 1, 2, 3);
    for (unsigned i = 4; i < 31; i++)
        assert_int_equal(registers()->x[i], 0);
}

/* ---- XSA-147, XSA-393: what is unmapped is gone from the table and from every TLB before it is
 * anyone's */
static void xsa_147_393_no_stale_entry(void **state)
{
    uint32_t forgotten = host_s2_log.forget_count;
    struct s2_mapping map;

    assert_int_equal(s2_unmap(&vms[0]->s2, GPA(RAM + PAGE_SIZE), 3 * PAGE_SIZE), ERR_NONE);
    assert_true(host_s2_log.forget_count > forgotten);
    assert_int_equal(host_s2_log.vmid, vms[0]->s2.vmid);
    assert_true(host_s2_log.gpa.raw <= RAM + PAGE_SIZE &&
                host_s2_log.gpa.raw + host_s2_log.size_bytes >= RAM + 4 * PAGE_SIZE);
    for (uint64_t gpa = RAM; gpa < RAM + 6 * PAGE_SIZE; gpa += PAGE_SIZE)
        assert_int_equal(s2_lookup(&vms[0]->s2, GPA(gpa), &map),
                         gpa > RAM && gpa < RAM + 4 * PAGE_SIZE ? ERR_NOT_FOUND : ERR_NONE);
    assert_null(ghost_find());
}

/* ---- XSA-409: a guest cannot make its tables grow */
static void xsa_409_tables_do_not_grow(void **state)
{
    struct world_config config = machine(2);
    uint64_t pages, free_bytes;

    config.vms[0].in_place = true;
    config.vms[0].memory_bytes = MIB(4);
    world_power_on(&config);
    world_boot();
    pages = vms[0]->s2.pt.page_count;
    /* The first write to the kernel copies a block, once. */
    assert_false(trapped_with(ec(ESR_EC_DABT_LOWER) | REG_PUT(ISS_DABT, WnR, 1) |
                                  REG_PUT(ISS_DABT, DFSC, FSC_PERMISSION | 2),
                              RAM + KIB(4)));
    free_bytes = frame_free_bytes();
    for (unsigned i = 0; i < 1000; i++)
        (void)trapped_with(ec(ESR_EC_DABT_LOWER) | REG_PUT(ISS_DABT, WnR, 1) |
                               REG_PUT(ISS_DABT, DFSC, FSC_PERMISSION | 2),
                           RAM + i * KIB(8));
    assert_int_equal(vms[0]->s2.pt.page_count, pages);
    assert_int_equal(frame_free_bytes(), free_bytes);
}

/* ---- XSA-181, and every allocation that fails: a half-built VM is taken down, the others run */
/* Build the second VM with the N-th allocation failing. True: it did not come to that. */
static bool built_without(const struct world_config *config, uint32_t n)
{
    struct world_digest neighbour;
    uint64_t free_bytes, used_bytes;
    struct vm *vm;

    world_power_on(config);
    vm = world_create(0);
    assert_non_null(vm);
    assert_int_equal(vm_start(vm), ERR_NONE);
    world_settle();
    neighbour = world_digest(vm);
    free_bytes = frame_free_bytes();
    used_bytes = frame_used_bytes();
    frame_fail_nth(n);
    vm = world_create(1);
    frame_fail_nth(0);
    world_check();
    world_check_same(vms[0], &neighbour);
    if (vm != NULL)
        return true;
    assert_true(world.reports > 0);
    assert_int_equal(vm_count, 1);
    /* Structures come from a heap that never shrinks, by pages; all else is back. */
    assert_int_equal(free_bytes - frame_free_bytes(), frame_used_bytes() - used_bytes);
    assert_true(frame_used_bytes() - used_bytes <= KIB(64));
    /* And there is room for it still. */
    assert_non_null(world_create(1));
    world_check();
    return false;
}
static void note_message(const char *text)
{
    message_add(&messages_seen, text);
}
static void xsa_181_half_built(void **state)
{
    for (uint8_t version = 2; version <= 3; version++) {
        struct world_config config = machine(version);
        uint32_t n = 1;

        config.vms[1].uart = true;
        world_on_report = note_message;
        while (!built_without(&config, n))
            n++;
        world_on_report = NULL;
        assert_in_range(n, 4, 100);
    }
}
/* What was told meanwhile stands in docs/binding.md. */
static void messages(void **state)
{
    static const char *const headings[] = {"Of a VM's parts", "Of a VM when it is built"};

    messages_check(headings, ARRAY_SIZE(headings), 1);
}

/* The same while it runs: a restart, a copy of a block, each allocation failing in turn. */
static void failing_allocations_at_run_time(void **state)
{
    for (uint32_t n = 1; n < 12; n++) {
        struct world_config config = machine(2);

        config.vms[0].in_place = true;
        config.vms[0].memory_bytes = MIB(4);
        world_power_on(&config);
        world_boot();
        frame_fail_nth(n);
        (void)trapped_with(ec(ESR_EC_DABT_LOWER) | REG_PUT(ISS_DABT, WnR, 1) |
                               REG_PUT(ISS_DABT, DFSC, FSC_PERMISSION | 2),
                           RAM + KIB(4));
        world_from_shell(restart, vms[0]);
        world_settle();
        frame_fail_nth(0);
        world_check();
        assert_int_equal(vms[1]->state, VM_RUNNING);
    }
}

/* ---- XSA-235: no way out of a function leaves a lock held */
static void xsa_235_locks_on_error_paths(void **state)
{
    const struct pt_attr ram = {PT_READ, PT_NORMAL, 0};
    struct s2 *s2 = &vms[0]->s2;
    struct s2_mapping map;
    uint64_t value = 0;

    assert_int_equal(s2_map(s2, GPA(RAM), HPA(0), PAGE_SIZE, ram), ERR_EXISTS);
    assert_int_equal(s2_map(s2, GPA(bit64(50)), HPA(0), PAGE_SIZE, ram), ERR_RANGE);
    assert_int_equal(s2_map(s2, GPA(1), HPA(0), PAGE_SIZE, ram), ERR_INVALID);
    assert_int_equal(s2_protect(s2, GPA(RAM + GIB(1)), PAGE_SIZE, ram), ERR_NOT_FOUND);
    assert_int_equal(s2_unmap(s2, GPA(bit64(50)), PAGE_SIZE), ERR_RANGE);
    assert_int_equal(s2_lookup(s2, GPA(RAM + GIB(1)), &map), ERR_NOT_FOUND);
    frame_fail_nth(1);
    assert_int_equal(s2_map(s2, GPA(GIB(30)), HPA(0), PAGE_SIZE, ram), ERR_NO_MEMORY);
    frame_fail_nth(0);
    assert_int_equal(guest_mem_write(vms[0], GPA(0), &value, 8), ERR_RANGE);
    assert_int_equal(vm_cpu_on(vms[0], 99, RAM, 0), ERR_INVALID);
    assert_int_equal(vm_cpu_on(vms[0], 0, RAM, 0), ERR_EXISTS);
    world_check(); /* it looks at them */
}

/* ---- XSA-301: the last page, the page behind it, a page twice */
static void xsa_301_gfn_limits(void **state)
{
    const struct pt_attr device = {PT_READ | PT_WRITE, PT_DEVICE, 0};
    uint64_t end = bit64(host_s2_ipa_bits);
    struct s2 *s2 = &vms[0]->s2;
    struct s2_mapping map;
    const hpa_t page = HPA(0x10000000);

    assert_int_equal(s2_map(s2, GPA(end), page, PAGE_SIZE, device), ERR_RANGE);
    assert_int_equal(s2_map(s2, GPA(end - PAGE_SIZE), page, 2 * PAGE_SIZE, device), ERR_RANGE);
    assert_int_equal(s2_map(s2, GPA(0 - PAGE_SIZE), page, 2 * PAGE_SIZE, device), ERR_RANGE);
    assert_int_equal(s2_map(s2, GPA(end - PAGE_SIZE), page, PAGE_SIZE, device), ERR_NONE);
    assert_int_equal(s2_map(s2, GPA(end - PAGE_SIZE), page, PAGE_SIZE, device), ERR_EXISTS);
    assert_int_equal(s2_lookup(s2, GPA(end - 1), &map), ERR_NONE);
    assert_int_equal(map.hpa.raw, page.raw + PAGE_SIZE - 1);
    assert_int_equal(s2_lookup(s2, GPA(end), &map), ERR_RANGE);
    assert_int_equal(s2_lookup(s2, GPA(end - PAGE_SIZE - 1), &map), ERR_NOT_FOUND);
    assert_int_equal(s2_unmap(s2, GPA(end - PAGE_SIZE), PAGE_SIZE), ERR_NONE);
    /* Aliases of one page are what the ghost check is there to see (tests/unit/ghost_test.c). */
}

/* ---- XSA-383: a VM has the memory of its configuration, and nothing a guest does gives it more */
static void count_memory(void *context, uint64_t ia, hpa_t hpa, uint64_t size_bytes,
                         struct pt_attr attr)
{
    if (attr.memory == PT_NORMAL)
        *(uint64_t *)context += size_bytes;
}
static void no_table(void *context, const uint64_t *table) {}
static void xsa_383_memory_limit(void **state)
{
    uint64_t mapped = 0;
    const struct pt_visitor visitor = {.context = &mapped, .leaf = count_memory, .table = no_table};

    for (unsigned i = 0; i < 4096; i++)
        (void)trapped_with(ec(ESR_EC_DABT_LOWER) | REG_PUT(ISS_DABT, WnR, 1) |
                               REG_PUT(ISS_DABT, DFSC, FSC_TRANSLATION | 3),
                           RAM + RAM_BYTES + i * PAGE_SIZE);
    arch_s2_visit(&vms[0]->s2.pt, &visitor);
    assert_int_equal(mapped, RAM_BYTES);
}

/* ---- XSA-473: an address of the host's, or of another VM's, is nothing to a guest */
static void xsa_473_foreign_pages(void **state)
{
    struct world_digest neighbour = world_digest(vms[1]);
    uint64_t value;

    for (uint64_t at = 0; at < WORLD_MEMORY_BYTES; at += KIB(64)) {
        uint64_t gpa = WORLD_MEMORY + at;

        value = SECRET;
        assert_true(access_faults(gpa, 3, true, &value));
        value = SECRET;
        assert_true(access_faults(gpa, 3, false, &value));
        assert_int_equal(value, SECRET);
        assert_int_equal(guest_mem_read(vms[0], GPA(gpa), &value, 8), ERR_RANGE);
        /* CPU_ON there would run it. */
        assert_int_equal((int64_t)hvc(PSCI_CPU_ON | SMCCC_ID_Is64, 1, gpa, 0),
                         PSCI_INVALID_ADDRESS);
    }
    world_check_same(vms[1], &neighbour);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(xsa_098_permission_of_guest_memory, start_v2),
        cmocka_unit_test(xsa_101_372_memory_is_scrubbed),
        cmocka_unit_test_setup(xsa_147_393_no_stale_entry, start_v2),
        cmocka_unit_test(xsa_409_tables_do_not_grow),
        cmocka_unit_test(xsa_181_half_built),
        cmocka_unit_test(failing_allocations_at_run_time),
        cmocka_unit_test_setup(xsa_235_locks_on_error_paths, start_v2),
        cmocka_unit_test(messages),
        cmocka_unit_test_setup(xsa_301_gfn_limits, start_v3),
        cmocka_unit_test_setup(xsa_383_memory_limit, start_v3),
        cmocka_unit_test_setup(xsa_473_foreign_pages, start_v3),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
