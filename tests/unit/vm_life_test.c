/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of VMs and vCPUs, in the world of tests/fuzz: pause, power, restart, end; waiting with
 * a timer while another vCPU has the CPU; and what a trap that nobody handles is for the guest.
 */
#include "tests/unit/xsa_guest.h"

#include "core/call.h"
#include "core/run.h"
#include "core/vm.h"
#include "core/vm_image.h"

/* Two vCPUs of the first VM share CPU 0; the second VM is elsewhere. */
static int start_shared(void **state)
{
    struct world_config config = machine(3);

    config.vms[0].cpus = 1;
    config.vms[0].unmapped_reads_ones = true;
    config.vms[1].cpus = 2;
    world_power_on(&config);
    world_boot();
    world_bring_up(vms[0]);
    return 0;
}

/* ---- what the shell does, on CPU 0 */

static enum err result;
static void do_pause(void *vm)
{
    result = vm_pause(vm);
}
static void do_resume(void *vm)
{
    result = vm_resume(vm);
}
static void do_restart(void *vm)
{
    result = vm_restart(vm);
}
static void do_crash(void *vm)
{
    vm_stop(vm, VM_STOP_CRASH);
}
static void do_power_off(void *vm)
{
    vm_stop(vm, VM_STOP_POWEROFF);
}
static void do_cpu_on(void *vm)
{
    result = vm_cpu_on(vm, 1, RAM + KIB(8), 0xa);
}
static void do_cpu_off(void *vm)
{
    vm_cpu_off(((struct vm *)vm)->vcpus[1]);
}
static void shell(void (*fn)(void *vm), struct vm *vm)
{
    world_from_shell(fn, vm);
    world_settle();
    world_check();
}

static bool runs(const struct vm *vm)
{
    for (uint32_t i = 0; i < world.config.cpus; i++)
        if (world.cpus[i].guest != NULL && world.cpus[i].guest->vm == vm)
            return true;
    return false;
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

/* ---- pause */

static void paused_and_resumed(void **state)
{
    struct world_digest neighbour = world_digest(vms[1]);

    assert_true(runs(vms[0]));
    shell(do_pause, vms[0]);
    assert_int_equal(result, ERR_NONE);
    assert_false(runs(vms[0]));
    assert_true(vms[0]->vcpus[0]->parked && vms[0]->vcpus[1]->parked);
    assert_true(runs(vms[1]));
    shell(do_pause, vms[0]);
    assert_int_equal(result, ERR_DENIED);
    assert_int_equal(vms[0]->state, VM_RUNNING);

    shell(do_resume, vms[0]);
    assert_int_equal(result, ERR_NONE);
    assert_true(runs(vms[0]));
    assert_false(vms[0]->vcpus[0]->parked || vms[0]->vcpus[1]->parked);
    shell(do_resume, vms[0]);
    assert_int_equal(result, ERR_DENIED);
    world_check_same(vms[1], &neighbour);
}

static void powered_on_while_paused(void **state)
{
    const struct vcpu *second = vms[0]->vcpus[1];

    shell(do_cpu_off, vms[0]);
    assert_false(second->powered);
    shell(do_pause, vms[0]);
    shell(do_cpu_on, vms[0]);
    assert_int_equal(result, ERR_NONE);
    assert_true(second->powered);
    assert_true(second->parked);
    shell(do_resume, vms[0]);
    assert_false(second->parked);
    assert_int_equal(second->arch.a64.gprs.pc, RAM + KIB(8));
    assert_int_equal(second->arch.a64.gprs.x[0], 0xa);
}

static void stopped_while_paused(void **state)
{
    shell(do_pause, vms[0]);
    shell(do_crash, vms[0]);
    assert_int_equal(vms[0]->state, VM_CRASHED);
    assert_int_equal(vms[0]->powered_count, 0);
    assert_false(vms[0]->paused);
    assert_true(runs(vms[1]));
    assert_false(world.off);
    shell(do_pause, vms[0]);
    assert_int_equal(result, ERR_DENIED);
    shell(do_resume, vms[0]);
    assert_int_equal(result, ERR_DENIED);
    shell(do_cpu_on, vms[0]);
    assert_int_equal(result, ERR_DENIED);
}

/* ---- power */

static void vcpus_that_power_themselves_off(void **state)
{
    assert_true(vm_cpu_is_on(vms[0], 0) && vm_cpu_is_on(vms[0], 1));
    assert_false(vm_cpu_is_on(vms[0], 2));
    shell(do_cpu_on, vms[0]);
    assert_int_equal(result, ERR_EXISTS);
    assert_int_equal(vm_cpu_on(vms[0], 2, RAM, 0), ERR_INVALID);

    hvc(PSCI_CPU_OFF, 0, 0, 0);
    world_settle();
    assert_int_equal(vms[0]->powered_count, 1);
    assert_int_equal(vms[0]->state, VM_RUNNING);
    /* The last one off, and none is left to power one on. */
    shell(do_power_off, vms[0]);
    assert_int_equal(vms[0]->state, VM_OFF);
    assert_false(world.off);
    shell(do_power_off, vms[1]);
    assert_true(world.off);
}

static void the_last_vcpu_off_is_power_off(void **state)
{
    world.cpus[0].guest->arch.a64.gprs.pc = RAM;
    for (unsigned i = 0; i < 2; i++) {
        hvc(PSCI_CPU_OFF, 0, 0, 0);
        world_settle();
    }
    assert_int_equal(vms[0]->state, VM_OFF);
    assert_true(logged("vm0: powered off"));
}

/* ---- restart */

static void restarted(void **state)
{
    shell(do_restart, vms[0]);
    assert_int_equal(result, ERR_NONE);
    assert_int_equal(vms[0]->state, VM_RUNNING);
    assert_int_equal(vms[0]->powered_count, 1);
    assert_true(runs(vms[0]));
    assert_true(logged("vm0: reset"));

    shell(do_power_off, vms[0]);
    assert_int_equal(vms[0]->state, VM_OFF);
    shell(do_restart, vms[0]);
    assert_int_equal(result, ERR_NONE);
    assert_true(runs(vms[0]));
}

/* Told to reset, and before its vCPUs have left, to stop: a guest that resets without end can be
 * stopped. */
static void do_reset_then_power_off(void *vm)
{
    vm_stop(vm, VM_STOP_RESET);
    assert_int_equal(((struct vm *)vm)->state, VM_STOPPING);
    vm_stop(vm, VM_STOP_POWEROFF);
}
static void do_power_off_then_reset(void *vm)
{
    vm_stop(vm, VM_STOP_POWEROFF);
    vm_stop(vm, VM_STOP_RESET);
}
static void stopped_while_it_resets(void **state)
{
    shell(do_reset_then_power_off, vms[0]);
    assert_int_equal(vms[0]->state, VM_OFF);
    shell(do_restart, vms[0]);
    assert_int_equal(vms[0]->state, VM_RUNNING);
    shell(do_power_off_then_reset, vms[0]);
    assert_int_equal(vms[0]->state, VM_OFF);
}

/* ---- while a VM's memory is filled: on_poll is between two steps of that */

/* Both VMs on CPU 0, the first with more memory than a few steps fill. */
static int start_together(void **state)
{
    struct world_config config = machine(3);

    config.vms[0].cpus = config.vms[1].cpus = 1;
    config.vms[0].memory_bytes = MIB(8);
    world_power_on(&config);
    world_boot();
    for (unsigned i = 0; i < 100 && vms[0]->state != VM_RUNNING; i++) {
        host_counter += 1000000000;
        world_settle();
    }
    assert_int_equal(vms[0]->state, VM_RUNNING);
    return 0;
}

static void time_passes(void)
{
    host_counter += SCHED_SLICE_NS / 4;
}
static void others_run_while_it_starts(void **state)
{
    unsigned turns = 0, rounds;

    world.on_poll = time_passes;
    shell(do_restart, vms[0]);
    for (rounds = 0; rounds < 1000 && vms[0]->state != VM_RUNNING; rounds++) {
        assert_true(runs(vms[1]));
        turns += vms[0]->state == VM_STARTING;
        host_counter += SCHED_SLICE_NS;
        world_settle();
        world_check();
    }
    assert_int_equal(vms[0]->state, VM_RUNNING);
    /* 8 MiB are scrubbed by 32 steps, and what was written is published by a few; a slice holds
     * four or five. */
    assert_in_range(turns, 6, 12);
}

static void stop_between_steps(void)
{
    if (vms[0]->state == VM_STARTING)
        vm_stop(vms[0], VM_STOP_POWEROFF);
}
static void stopped_while_it_starts(void **state)
{
    uint64_t free_bytes = frame_free_bytes();

    world.on_poll = stop_between_steps;
    shell(do_restart, vms[0]);
    assert_int_equal(vms[0]->state, VM_OFF);
    assert_int_equal(vms[0]->powered_count, 0);
    world.on_poll = NULL;
    shell(do_restart, vms[0]);
    assert_int_equal(vms[0]->state, VM_RUNNING);
    assert_true(runs(vms[0]));
    assert_int_equal(frame_free_bytes(), free_bytes);
}

static unsigned restarts;
static void restart_between_steps(void)
{
    if (vms[0]->state == VM_STARTING && restarts++ == 0) {
        assert_int_equal(vm_pause(vms[0]), ERR_DENIED);
        assert_int_equal(vm_cpu_on(vms[0], 1, RAM, 0), ERR_DENIED);
        assert_int_equal(vm_restart(vms[0]), ERR_NONE);
    }
}
static void restarted_while_it_starts(void **state)
{
    uint32_t starts = vms[0]->watch.starts;

    restarts = 0;
    world.on_poll = restart_between_steps;
    shell(do_restart, vms[0]);
    assert_true(restarts > 1);
    assert_int_equal(vms[0]->state, VM_RUNNING);
    assert_int_equal(vms[0]->watch.starts, starts + 1); /* it was on its way already */
}

/* No memory to keep what the guest overwrote of its kernel: it runs, but not a second time. */
static void ends_if_it_cannot_be_loaded(void **state)
{
    struct world_config config = machine(3);

    config.vms[0].in_place = true;
    config.vms[0].memory_bytes = MIB(8);
    world_power_on(&config);
    world_boot();
    world_forget_copies(vms[0]);
    frame_fail_nth(1);
    assert_true(vm_image_cow(vms[0], GPA(RAM)));
    frame_fail_nth(0);
    shell(do_restart, vms[0]);
    assert_int_equal(vms[0]->state, VM_CRASHED);
    assert_true(runs(vms[1]));
    shell(do_restart, vms[0]);
    assert_int_not_equal(result, ERR_NONE);
    assert_int_equal(vms[0]->state, VM_CRASHED);
}

static void not_restarted_before_it_is_started(void **state)
{
    struct world_config config = machine(2);

    world_power_on(&config);
    assert_non_null(world_create(0));
    assert_int_equal(vms[0]->state, VM_BUILT);
    assert_int_equal(vm_restart(vms[0]), ERR_DENIED);
}

static void names_of_states(void **state)
{
    assert_string_equal(vm_state_name(VM_BUILT), "built");
    assert_string_equal(vm_state_name(VM_STARTING), "starting");
    assert_string_equal(vm_state_name(VM_RUNNING), "running");
    assert_string_equal(vm_state_name(VM_STOPPING), "stopping");
    assert_string_equal(vm_state_name(VM_OFF), "off");
    assert_string_equal(vm_state_name(VM_CRASHED), "crashed");
}

/* ---- waiting */

static void waits_in(unsigned cpu, uint64_t kind)
{
    struct a64_syndrome s = {.esr = ec(ESR_EC_WFX) | REG_PUT(ISS_WFX, TI, kind)};

    s.pc = world.cpus[cpu].guest->arch.a64.gprs.pc = RAM + 0x100;
    s.spsr = world.cpus[cpu].guest->arch.a64.gprs.spsr = 5;
    world_trap(cpu, &s);
    world_settle();
    world_check();
}

/* Its timer is hardware's while nobody else has the CPU, and software's while another vCPU has. */
static void a_timer_wakes_who_waits(void **state)
{
    struct vcpu *sleeper = world.cpus[0].guest, *other;

    sleeper->arch.a64.el1.cntv_ctl = 1;
    sleeper->arch.a64.el1.cntv_cval = host_counter - vms[0]->arch.arm.cntvoff + 5000;
    waits_in(0, WFX_WFI);
    other = world.cpus[0].guest;
    assert_non_null(other);
    assert_ptr_not_equal(other, sleeper);
    assert_int_equal(sleeper->sched.state, SCHED_WAITING);
    assert_true(world.cpus[0].deadline != TIMER_NEVER);

    host_counter += 4000;
    world_settle();
    assert_int_equal(sleeper->sched.state, SCHED_WAITING);
    host_counter += 2000;
    world_settle();
    assert_int_not_equal(sleeper->sched.state, SCHED_WAITING);
    waits_in(0, WFX_WFI);
    assert_ptr_equal(world.cpus[0].guest, sleeper);
    /* Now both wait: the CPU does. */
    world_eoi(0, world_ack(0));
    sleeper->arch.a64.el1.cntv_ctl = 0;
    waits_in(0, WFX_WFI);
    assert_null(world.cpus[0].guest);
}

/* One whose deadline has passed already when it gives the CPU to another. */
static void a_timer_that_is_over_wakes_at_once(void **state)
{
    struct vcpu *sleeper = world.cpus[0].guest;

    host_counter += 1000;
    sleeper->arch.a64.el1.cntv_ctl = 1;
    sleeper->arch.a64.el1.cntv_cval = host_counter - vms[0]->arch.arm.cntvoff - 1;
    waits_in(0, WFX_WFI);
    assert_int_not_equal(sleeper->sched.state, SCHED_WAITING);
}

static void wfe_does_not_wait(void **state)
{
    struct vcpu *vcpu = world.cpus[0].guest;

    waits_in(0, WFX_WFE);
    assert_ptr_equal(world.cpus[0].guest, vcpu);
    assert_int_equal(vcpu->sched.state, SCHED_RUNNING);
    assert_int_equal(vcpu->arch.a64.gprs.pc, RAM + 0x104);
}

/* ---- waiting in place (run_wait), which the short way of a trap does */

/* Who is left on CPU 0 when its sibling waits. */
static struct vcpu *left_alone(void)
{
    waits_in(0, WFX_WFI);
    assert_non_null(world.cpus[0].guest);
    return world.cpus[0].guest;
}

static unsigned slept;
static uint32_t asked_behind;

static void wait_in_place(void *unused)
{
    struct vcpu *vcpu = world.cpus[0].guest;

    run_wait(vcpu);
    world.on_sleep = NULL;
    asked_behind = vcpu->requests;
    assert_int_equal(vcpu->sched.state, SCHED_RUNNING);
}

static void kicked_from_elsewhere(void)
{
    struct vcpu *vcpu = world.cpus[0].guest;

    assert_int_equal(vcpu->sched.state, SCHED_WAITING);
    assert_ptr_equal(world.cpus[0].pcpu.current, vcpu);
    host_counter += 1000;
    /* The first one ends the sleep only: an interrupt of the hypervisor's own. */
    world_here = 1;
    if (slept++ == 0)
        arch_ipi_send(0);
    else
        vcpu_kick(vcpu, VCPU_REQ_VIRQ);
    world_here = 0;
}

static void who_is_alone_waits_in_place(void **state)
{
    struct vcpu *vcpu = left_alone();
    uint64_t switches = vcpu->stats.switches, ran = vcpu->sched.run_ticks;

    slept = 0;
    world.on_sleep = kicked_from_elsewhere;
    world_from_shell(wait_in_place, NULL);
    assert_int_equal(slept, 2);
    assert_int_equal(asked_behind, 0);
    assert_ptr_equal(world.cpus[0].guest, vcpu);
    assert_int_equal(vcpu->stats.switches, switches);
    assert_in_range(vcpu->sched.run_ticks - ran, 0, 999); /* it slept for 2000 */
    world_check();
}

static struct vcpu *sibling;
static void sibling_is_woken(void)
{
    slept++;
    world_here = 1;
    vcpu_kick(sibling, VCPU_REQ_VIRQ);
    world_here = 0;
}

/* Even for one that is less urgent. */
static void who_waits_in_place_gives_way(void **state)
{
    struct vcpu *vcpu;

    sibling = world.cpus[0].guest;
    vcpu = left_alone();
    vcpu->sched.priority = sibling->sched.priority + 1;
    slept = 0;
    world.on_sleep = sibling_is_woken;
    world_from_shell(wait_in_place, NULL);
    assert_int_equal(slept, 1);
    assert_int_equal(asked_behind, VCPU_REQ_RESCHED | VCPU_REQ_WAIT);
    assert_ptr_equal(world.cpus[0].guest, sibling);
    assert_int_equal(vcpu->sched.state, SCHED_WAITING);
    world_check();
}

static void must_not_sleep(void)
{
    fail();
}

static void who_is_not_alone_or_was_woken_does_not_sleep(void **state)
{
    struct vcpu *vcpu = world.cpus[0].guest;

    world.on_sleep = must_not_sleep;
    world_from_shell(wait_in_place, NULL);
    assert_int_equal(asked_behind, VCPU_REQ_WAIT);
    assert_ptr_not_equal(world.cpus[0].guest, vcpu);
    vcpu = world.cpus[0].guest;
    sched_wake(vcpu, false);
    world.on_sleep = must_not_sleep;
    world_from_shell(wait_in_place, NULL);
    assert_int_equal(asked_behind, VCPU_REQ_WAIT);
    assert_ptr_equal(world.cpus[0].guest, vcpu);
}

/* ---- traps that nobody handles */

static void unknown_instruction(void **state)
{
    uint64_t before = world.cpus[0].guest->stats.traps[TRAP_UNKNOWN];

    assert_true(trapped_with(ec(ESR_EC_UNKNOWN), 0));
    assert_int_equal(world.cpus[0].guest->stats.traps[TRAP_UNKNOWN], before + 1);
}

static void nothing_there_reads_as_ones(void **state)
{
    uint64_t value = 0;

    assert_false(access_faults(0x10000000, 3, false, &value));
    assert_int_equal(value, UINT64_MAX);
    value = 1;
    assert_false(access_faults(0x10000000, 3, true, &value));
}

/* ---- calls to other CPUs */

static uint32_t called_on;
static void note_cpu(void *argument)
{
    called_on = arch_this_cpu()->id * 10 + *(uint32_t *)argument;
}
static void calls(void **state)
{
    uint32_t seven = 7;

    call_run(pcpus[2], note_cpu, &seven);
    assert_int_equal(called_on, 27);
    call_run(pcpus[0], note_cpu, &seven);
    assert_int_equal(called_on, 7);
    call_serve(pcpus[1]); /* none is pending */
    assert_int_equal(called_on, 7);
}

/* Two vCPUs, of which the second one is never powered on. */
static int start_half(void **state)
{
    struct world_config config = machine(3);

    config.vms[0].vcpus = 2;
    world_power_on(&config);
    world_boot();
    return 0;
}

static void do_kick(void *vm)
{
    vcpu_kick(((struct vm *)vm)->vcpus[1], VCPU_REQ_VIRQ);
}

/* Another vCPU sends it one, or a line of the interrupt controller is for it. */
static void an_interrupt_for_a_vcpu_that_was_never_on(void **state)
{
    struct vcpu *vcpu = vms[0]->vcpus[1];

    assert_null(vcpu->sched.runq);
    shell(do_kick, vms[0]);
    assert_int_equal(vcpu->sched.state, SCHED_OFF);
    world_settle();
    assert_false(vcpu->powered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(paused_and_resumed, start_v2),
        cmocka_unit_test_setup(paused_and_resumed, start_shared),
        cmocka_unit_test_setup(powered_on_while_paused, start_v3),
        cmocka_unit_test_setup(stopped_while_paused, start_v2),
        cmocka_unit_test_setup(vcpus_that_power_themselves_off, start_v3),
        cmocka_unit_test_setup(the_last_vcpu_off_is_power_off, start_shared),
        cmocka_unit_test_setup(restarted, start_v2),
        cmocka_unit_test_setup(an_interrupt_for_a_vcpu_that_was_never_on, start_half),
        cmocka_unit_test_setup(stopped_while_it_resets, start_v2),
        cmocka_unit_test_setup(others_run_while_it_starts, start_together),
        cmocka_unit_test_setup(stopped_while_it_starts, start_v2),
        cmocka_unit_test_setup(restarted_while_it_starts, start_v3),
        cmocka_unit_test(ends_if_it_cannot_be_loaded),
        cmocka_unit_test(not_restarted_before_it_is_started),
        cmocka_unit_test(names_of_states),
        cmocka_unit_test_setup(a_timer_wakes_who_waits, start_shared),
        cmocka_unit_test_setup(a_timer_that_is_over_wakes_at_once, start_shared),
        cmocka_unit_test_setup(wfe_does_not_wait, start_v2),
        cmocka_unit_test_setup(who_is_alone_waits_in_place, start_shared),
        cmocka_unit_test_setup(who_waits_in_place_gives_way, start_shared),
        cmocka_unit_test_setup(who_is_not_alone_or_was_woken_does_not_sleep, start_shared),
        cmocka_unit_test_setup(unknown_instruction, start_v2),
        cmocka_unit_test_setup(nothing_there_reads_as_ones, start_shared),
        cmocka_unit_test_setup(calls, start_v2),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
