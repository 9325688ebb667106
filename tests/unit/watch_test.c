/* SPDX-License-Identifier: Apache-2.0 */
/* Watching a VM over fake CPUs: when it is looked at, what is noticed, and when that ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/arch.h"
#include "arch/host/host_mem.h"
#include "core/call.h"
#include "core/frame.h"
#include "core/pcpu.h"
#include "core/trace.h"
#include "core/vm.h"
#include "core/vm_image.h"
#include "core/watch_rules.h"

struct pcpu *pcpus[BOARD_CPU_MAX];
static struct pcpu cpu;
static char said[4096];
static uint64_t programmed;
static bool no_memory;

struct pcpu *arch_this_cpu(void)
{
    return &cpu;
}
void arch_timer_program(uint64_t deadline_ticks)
{
    programmed = deadline_ticks;
    cpu.programmed_ticks = deadline_ticks;
}
void call_run(struct pcpu *target, call_fn *fn, void *argument)
{
    fn(argument);
}
void *heap_alloc(size_t size_bytes)
{
    return no_memory ? NULL : calloc(1, size_bytes);
}
void vm_log(struct vm *vm, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(said + strlen(said), sizeof(said) - strlen(said), format, args);
    va_end(args);
    strcat(said, "\n");
}
void trace_observe(struct vm *vm, enum observer observer, bool on)
{
    assert_int_equal(observer, OBSERVE_WATCH);
    vm->vcpus[0]->observers = on ? OBSERVE_WATCH : 0;
}

static struct vm_config config = {.vpl011 = true, .bootargs = "console=ttyAMA0"};
static struct vm_image image;
static struct vcpu vcpu;
static struct vm vm;

static int start(void **state)
{
    memset(&vm, 0, sizeof(vm));
    memset(&vcpu, 0, sizeof(vcpu));
    timer_queue_init(&cpu.timers);
    cpu.programmed_ticks = TIMER_NEVER;
    pcpus[0] = &cpu;
    runq_init(&cpu.runq, 0);
    vm = (struct vm){.config = &config,
                     .name = "g",
                     .state = VM_RUNNING,
                     .image = &image,
                     .vcpu_count = 1,
                     .vcpus = {&vcpu},
                     .entry = GPA(GIB(1)),
                     .bank_count = 1};
    vm.banks[0] = (struct guest_bank){GPA(GIB(1)), MIB(16)};
    vcpu.vm = &vm;
    vcpu.powered = true;
    vcpu.sched.runq = &cpu.runq;
    vcpu.sched.state = SCHED_RUNNING;
    vcpu.arch.a64.gprs.pc = GIB(1);
    said[0] = 0;
    watch_init(&vm);
    watch_start(&vm);
    return 0;
}
static int end(void **state)
{
    free(vm.watch.state);
    return 0;
}

/* Time passes, in which the vCPU runs for RAN of each second. */
static void pass(unsigned seconds, uint64_t ran_ns)
{
    for (unsigned i = 0; i < seconds; i++) {
        host_counter += 1000000000;
        vcpu.sched.run_ticks += ran_ns;
        vcpu.sched.run_start_ticks = host_counter;
        timer_queue_expire(&cpu.timers, host_counter);
    }
}
static void print(const char *text)
{
    for (; *text != 0; text++)
        watch_byte(&vm, *text);
}
static bool is_watched(void)
{
    return vcpu.observers != 0 && timer_queue_next(&cpu.timers) != TIMER_NEVER;
}
static void expect(const char *text)
{
    if (strstr(said, text) == NULL)
        fail_msg("'%s' is not in '%s'", text, said);
}

static void a_line_ends_it(void **state)
{
    assert_true(is_watched());
    assert_int_equal(programmed, host_counter + 1000000000);
    print("\n");
    assert_true(is_watched());
    print("hello");
    assert_true(is_watched());
    print("\r\n");
    assert_false(is_watched());
    pass(100, 1000000000);
    assert_string_equal(said, "");
    watch_stopped(&vm);
    assert_string_equal(said, "");
}

static void tells_a_loop_once(void **state)
{
    pass(3, 900000000);
    assert_string_equal(said, "");
    /* A time, and what is left of it. */
    vcpu.arch.a64.gprs.x[3]++;
    vcpu.arch.a64.gprs.x[19]--;
    pass(1, 900000000);
    expect("vCPU 0 at pc=0x40000000: it has been there for 3 s");
    expect("likely: ");
    assert_false(is_watched());
    size_t length = strlen(said);
    pass(50, 900000000);
    assert_int_equal(strlen(said), length);
}

static void not_a_loop(void **state)
{
    for (int i = 0; i < 4; i++) { /* it goes on */
        vcpu.arch.a64.gprs.pc += 4096;
        pass(1, 900000000);
    }
    for (int i = 0; i < 4; i++) { /* it gets on with something */
        for (int x = 0; x < 3; x++)
            vcpu.arch.a64.gprs.x[x] += 4096;
        pass(1, 900000000);
    }
    pass(1, 0); /* it has little time */
    pass(1, 1000);
    struct trace_record record = {.trap = {.kind = TRAP_SYSREG}};
    for (int i = 0; i < 5; i++) { /* it does something */
        record.trap.sysreg.key = (uint32_t)i;
        watch_trap(&vcpu, &record, &(struct guest_view){0});
        pass(1, 900000000);
    }
    assert_string_equal(said, "");
    pass(6, 900000000);
    expect("has been there");
}

static void tells_a_dead_wait(void **state)
{
    vcpu.sched.state = SCHED_WAITING;
    vcpu.arch.a64.gprs.spsr = 1 << 7;
    pass(2, 0);
    expect("they are masked, no timer is set");
}

static void a_timer_or_a_pause_excuses(void **state)
{
    vcpu.sched.state = SCHED_WAITING;
    vcpu.arch.a64.el1.cntv_ctl = 1;
    vcpu.arch.a64.el1.cntv_cval = UINT64_MAX / 2;
    pass(10, 0);
    assert_string_equal(said, "");
    vcpu.arch.a64.el1.cntv_ctl = 0;
    vm.paused = true;
    pass(10, 0);
    assert_string_equal(said, "");
    vm.paused = false;
    pass(2, 0);
    expect("none can come");
}

static void tells_a_storm(void **state)
{
    struct trace_record record = {
        .pc = 0x80080000,
        .trap = {.kind = TRAP_S2_FAULT, .fault = {.gpa = GPA(0x80080000), .access = TRAP_FETCH}},
        .result = TRAP_ABORT,
        .outcome_known = true,
    };
    watch_trap(&vcpu, &record, &(struct guest_view){.pc = 0x80080000});
    record.pc = 0x200;
    record.trap.fault.gpa = GPA(0x200);
    for (int i = 0; i < WATCH_REPEATS; i++)
        watch_trap(&vcpu, &record, &(struct guest_view){.pc = 0x200, .in_vectors = true});
    pass(1, 900000000);
    expect("it jumped to 0x80080000");
}

static void tells_what_cpu_was_refused(void **state)
{
    watch_cpu_refused(&vm, 1, 0xffff0000);
    expect("it wanted to start vCPU 1 at 0xffff0000");
    size_t length = strlen(said);
    watch_cpu_refused(&vm, 1, 0xffff0000);
    assert_int_equal(strlen(said), length);
    assert_true(is_watched());
}

static void hears_last_words(void **state)
{
    print("starting\n");
    char line[400];
    memset(line, 'x', sizeof(line)); /* longer than what is kept */
    line[sizeof(line) - 1] = 0;
    print(line);
    print("\n[    1.0] Kernel panic - not syncing: VFS: Unable to mount root fs\r\n");
    expect("Unable to mount root fs");
    expect("multiboot,ramdisk");
    size_t length = strlen(said);
    print("Kernel panic - not syncing: again\n");
    assert_int_equal(strlen(said), length);
}

static void tells_resets_once(void **state)
{
    for (int i = 0; i < 10; i++) {
        watch_start(&vm);
        assert_true(is_watched());
    }
    expect("reset itself 3 times");
    assert_null(strstr(strstr(said, "reset itself") + 1, "reset itself"));
    /* One that prints before is fine. */
    said[0] = 0;
    for (int i = 0; i < 10; i++) {
        print("boot\n");
        watch_start(&vm);
    }
    assert_string_equal(said, "");
    watch_stopped(&vm);
    expect("has printed nothing");
    assert_false(is_watched());
}

static void gives_up_some_day(void **state)
{
    config.bootargs = "quiet console=ttyAMA0";
    for (int i = 0; i < 100; i++) {
        struct trace_record record = {.trap = {.kind = TRAP_SYSREG}};
        watch_trap(&vcpu, &record, &(struct guest_view){0});
        pass(1, 900000000);
    }
    expect("has not touched its UART");
    assert_false(is_watched());
}

static void without_memory(void **state)
{
    static struct vm poor;
    poor = vm;
    no_memory = true;
    watch_init(&poor);
    no_memory = false;
    watch_start(&poor);
    watch_byte(&poor, 'x');
    watch_cpu_refused(&poor, 0, 0);
    watch_stopped(&poor);
    assert_string_equal(said, "");
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, start, end)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_ends_it),
        TEST(tells_a_loop_once),
        TEST(not_a_loop),
        TEST(tells_a_dead_wait),
        TEST(a_timer_or_a_pause_excuses),
        TEST(tells_a_storm),
        TEST(tells_what_cpu_was_refused),
        TEST(hears_last_words),
        TEST(tells_resets_once),
        TEST(gives_up_some_day),
        TEST(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
