/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults that are nobody's doing: each allocation of a machine's life failing in turn, no memory at
 * all, a CPU that never came up. Whoever needed it is refused or ends, with a word; the others run,
 * nothing is lost, and once the fault is over all goes as ever.
 */
#include "tests/unit/xsa_guest.h"

#include "core/run.h"
#include "core/sched.h"
#include "core/vm.h"
#include "core/vm_image_impl.h"
#include "lib/log.h"

#define VMS 3
/* What a VM's structures take at most; they come from a heap that keeps its pages. */
#define STRUCTURES_MAX KIB(64)

/* A kernel that is mapped in place and one that is copied; two that wait on one CPU, one alone. */
static struct world_config three(uint8_t gic_version)
{
    struct world_config config = machine(gic_version);

    config.vm_count = VMS;
    config.vms[0] = (struct world_vm){
        .vcpus = 2, .memory_bytes = MIB(4), .cpus = 3, .in_place = true, .uart = true};
    config.vms[2] =
        (struct world_vm){.vcpus = 1, .memory_bytes = KIB(256), .cpus = 4, .uart = true};
    return config;
}

static bool logged(const char *text)
{
    uint64_t position = 0;
    enum log_level level;
    char line[LOG_LINE_MAX + 1];
    size_t length;

    while (log_read(&position, &level, line, &length)) {
        line[length] = 0;
        if (strstr(line, text) != NULL)
            return true;
    }
    return false;
}

static struct vm *named(const char *name)
{
    for (uint32_t i = 0; i < vm_count; i++)
        if (strcmp(vms[i]->name, name) == 0)
            return vms[i];
    return NULL;
}
static const char *name_of(uint32_t index)
{
    return world.system.vms[index].name;
}

/* Time passes, in turns of the scheduler, until no VM is on its way to anything. */
static void settle(void)
{
    bool busy = true;

    world_settle();
    for (unsigned round = 0; busy && round < 1000; round++) {
        host_counter += SCHED_SLICE_NS;
        world_settle();
        busy = false;
        for (uint32_t i = 0; i < vm_count; i++)
            busy |= vms[i]->state == VM_STARTING || vms[i]->state == VM_STOPPING;
    }
    assert_false(busy);
}

/* ---- the machine's life, in which an allocation may fail */

/* The CPU that the first VM's guest is on. */
static uint32_t cpu_of_first(void)
{
    const struct vm *vm = named(name_of(0));
    uint32_t cpu = 0;

    while (cpu < world.config.cpus && (vm == NULL || world.cpus[cpu].guest != vm->vcpus[0]))
        cpu++;
    return cpu;
}
/* It writes to its kernel, which is mapped where it lies: the block is copied. */
static void write_to_kernel(void)
{
    struct a64_syndrome s = {
        .esr = ec(ESR_EC_DABT_LOWER) | REG_PUT(ISS_DABT, WnR, 1) |
               REG_PUT(ISS_DABT, DFSC, FSC_PERMISSION | 2),
        .far = RAM + KIB(4),
        .hpfar = REG_PUT(HPFAR_EL2, FIPA, (RAM + KIB(4)) >> PAGE_SHIFT),
        .pc = RAM + 0x100,
        .spsr = 5,
    };

    if (cpu_of_first() < world.config.cpus)
        world_trap(cpu_of_first(), &s);
}
static void restart(void *vm)
{
    (void)!vm_restart(vm);
}
static void restart_all(void)
{
    for (uint32_t i = 0; i < vm_count; i++) {
        world_from_shell(restart, vms[i]);
        settle();
    }
}
static enum err start_result;
static void start(void *vm)
{
    start_result = vm_start(vm);
}
/* True if it is built and about to start. */
static bool add(uint32_t index)
{
    uint32_t reports = world.reports;
    struct vm *vm = world_create(index);

    if (vm == NULL) {
        assert_true(world.reports > reports);
        return false;
    }
    world_from_shell(start, vm);
    return start_result == ERR_NONE;
}
static void live(void)
{
    for (uint32_t i = 0; i < VMS; i++)
        (void)!add(i);
    settle();
    write_to_kernel();
    restart_all();
}

/* Did frame_fail_nth(N) come to its failure? Takes it back. */
static bool has_failed(uint32_t n)
{
    bool failed = true;

    for (uint32_t i = 0; i < n && failed; i++) {
        void *page = frame_alloc_page();

        failed = page != NULL;
        if (failed)
            frame_free_page(page);
    }
    frame_fail_nth(0);
    return failed;
}

/* What is free, and what has an owner: constant, unless something is lost. */
static uint64_t accounted_bytes(void)
{
    uint64_t bytes = frame_free_bytes() + frame_used_bytes();

    for (uint32_t i = 0; i < vm_count; i++) {
        const struct vm_image *image = vms[i]->image;

        for (uint32_t k = 0; k < image->run_count; k++)
            bytes += image->runs[k].size_bytes;
        for (uint32_t k = 0; k < image->in_place.block_count; k++)
            bytes += image->in_place.saved[k].raw != 0 ? image_kept_bytes(&image->in_place, k) : 0;
        bytes += image->in_place.claim_bytes;
    }
    return bytes;
}

static uint32_t running(void)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < vm_count; i++)
        count += vms[i]->state == VM_RUNNING;
    return count;
}

/*
 * Each VM built and running, whatever was; and the kernel written to, which is copied. But for one
 * whose kernel could not be copied when it had to be: that has been said.
 */
static void repair(void)
{
    uint32_t lost = 0;

    for (uint32_t i = 0; i < VMS; i++)
        if (named(name_of(i)) == NULL)
            assert_true(add(i));
    settle();
    restart_all();
    write_to_kernel();
    for (uint32_t i = 0; i < VMS; i++)
        lost += vms[i]->image->in_place.lost;
    assert_true(lost == 0 || (lost == 1 && logged("cannot be restarted")));
    assert_int_equal(running(), VMS - lost);
    world_check();
}

/* One life with the N-th allocation failing; false if there are not so many. */
static bool one_fails(const struct world_config *config, uint32_t n, uint64_t used_bytes)
{
    uint64_t all_bytes;

    world_power_on(config);
    all_bytes = accounted_bytes();
    frame_fail_nth(n);
    live();
    bool failed = has_failed(n);
    world_check();
    assert_int_equal(accounted_bytes(), all_bytes);
    /* At most the one whose allocation it was has come to harm. */
    assert_in_range(running(), failed ? VMS - 1 : VMS, VMS);
    repair();
    assert_int_equal(accounted_bytes(), all_bytes);
    assert_true(frame_used_bytes() <= used_bytes + STRUCTURES_MAX);
    return failed;
}

static void each_allocation_fails_once(void **state)
{
    for (uint8_t version = 2; version <= 3; version++) {
        struct world_config config = three(version);
        uint64_t used_bytes;
        uint32_t n = 1;

        world_power_on(&config);
        live();
        repair();
        used_bytes = frame_used_bytes();
        while (one_fails(&config, n, used_bytes))
            n++;
        /* Roots of tables, structures, memory of three VMs, copies of blocks: it did happen. */
        assert_in_range(n, 20, 500);
    }
}

/* The same machine again and again: what one failure lost would add up. */
static void failures_do_not_add_up(void **state)
{
    struct world_config config = three(3);
    uint64_t free_bytes;

    world_power_on(&config);
    live();
    repair();
    free_bytes = frame_free_bytes();
    for (uint32_t round = 0; round < 100; round++) {
        frame_fail_nth(1 + round % 4);
        restart_all();
        write_to_kernel();
        frame_fail_nth(0);
        world_check();
        assert_in_range(running(), VMS - 1, VMS);
        repair();
        assert_int_equal(frame_free_bytes(), free_bytes);
    }
}

/* ---- no memory at all */

static void *taken[WORLD_MEMORY_BYTES / PAGE_SIZE];
static uint32_t taken_count;

static void take_all(void)
{
    void *page;

    for (taken_count = 0; (page = frame_alloc_page()) != NULL; taken_count++)
        taken[taken_count] = page;
    assert_int_equal(frame_free_bytes(), 0);
}
static void give_all(void)
{
    while (taken_count > 0)
        frame_free_page(taken[--taken_count]);
}

static void no_memory_while_vms_run(void **state)
{
    struct world_config config = three(3);
    uint64_t free_bytes;

    world_power_on(&config);
    assert_true(add(0));
    assert_true(add(1));
    settle();
    world_forget_copies(vms[0]);
    take_all();
    assert_false(add(2));
    assert_int_equal(vm_count, 2);
    /* What needs none goes on. */
    world_from_shell(restart, vms[1]);
    settle();
    assert_int_equal(vms[1]->state, VM_RUNNING);
    /* The write has no copy to be made; the user hears that a restart is not possible any more. */
    write_to_kernel();
    assert_true(logged("cannot be restarted"));
    assert_int_equal(vms[0]->state, VM_RUNNING);
    world_check();
    world_from_shell(restart, vms[0]);
    settle();
    assert_int_not_equal(vms[0]->state, VM_RUNNING);
    assert_int_equal(vms[1]->state, VM_RUNNING);
    world_check();
    give_all();
    free_bytes = frame_free_bytes();
    assert_true(add(2));
    settle();
    assert_int_equal(vms[2]->state, VM_RUNNING);
    assert_true(frame_free_bytes() < free_bytes);
    world_check();
}

/* ---- a CPU that never came up */

static void absent_cpu(void **state)
{
    for (uint32_t absent = 1; absent < WORLD_CPU_MAX; absent++) {
        struct world_config config = three(3);

        config.vms[1].cpus = bit64(absent); /* nowhere else */
        config.vms[2].cpus = 7;
        world_power_on(&config);
        world.cpus[absent].pcpu.online = false;
        world_boot();
        settle();
        world_bring_up(vms[0]);
        assert_int_equal(running(), VMS);
        assert_null(world.cpus[absent].guest);
        for (uint32_t i = 0; i < vm_count; i++)
            for (uint32_t k = 0; k < vms[i]->vcpu_count; k++)
                assert_int_not_equal(vms[i]->vcpus[k]->sched.runq->cpu, absent);
        restart_all();
        assert_int_equal(running(), VMS);
        assert_null(world.cpus[absent].guest);
        world_check();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_fails_once),
        cmocka_unit_test(failures_do_not_add_up),
        cmocka_unit_test(no_memory_while_vms_run),
        cmocka_unit_test(absent_cpu),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
