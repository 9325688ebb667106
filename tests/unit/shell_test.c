/* SPDX-License-Identifier: Apache-2.0 */
/* The shell over a fake console: commands, line editing, output that must wait, any bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/arch.h"
#include "arch/host/host_mem.h"
#include "core/call.h"
#include "core/console.h"
#include "core/frame.h"
#include "core/irq.h"
#include "core/pcpu.h"
#include "core/shell.h"
#include "core/trace.h"
#include "core/vm.h"
#include "core/vm_image.h"

struct vm *vms[VM_COUNT_MAX];
uint32_t vm_count;

struct pcpu *pcpus[BOARD_CPU_MAX];
uint32_t pcpu_count;

const char *vm_state_name(enum vm_state state)
{
    return state == VM_RUNNING ? "running" : "?";
}

/* What was asked of VMs, in order. */
static char asked[256];
static enum err answer;
static void note(const char *what, const struct vm *vm)
{
    strcat(strcat(strcat(asked, what), vm->name), ";");
}
void vm_stop(struct vm *vm, enum vm_stop_reason reason)
{
    assert_int_equal(reason, VM_STOP_POWEROFF);
    note("stop ", vm);
}
enum err vm_pause(struct vm *vm)
{
    note("pause ", vm);
    return answer;
}
enum err vm_resume(struct vm *vm)
{
    note("resume ", vm);
    return answer;
}
enum err vm_restart(struct vm *vm)
{
    note("restart ", vm);
    return answer;
}
void call_run(struct pcpu *target, call_fn *fn, void *argument)
{
    assert_ptr_equal(target, pcpus[0]);
    fn(argument);
}
uint64_t arch_vcpu_pc(const struct vcpu *vcpu)
{
    return 0x40001234;
}
enum err s2_lookup(struct s2 *s2, gpa_t gpa, struct s2_mapping *out)
{
    if (gpa.raw < GIB(1))
        return ERR_NOT_FOUND;
    *out = (struct s2_mapping){
        .hpa = HPA(gpa.raw + GIB(1)),
        .size_bytes = MIB(2),
        .attr = {.rights = PT_READ | PT_EXEC, .software = S2_MARK_PRISTINE},
    };
    return ERR_NONE;
}
uint64_t frame_free_bytes(void)
{
    return MIB(3);
}
uint64_t frame_used_bytes(void)
{
    return KIB(96);
}
static unsigned watched;
void watch_trap(struct vcpu *vcpu, const struct trace_record *record,
                const struct guest_view *before)
{
    watched++;
}
void *heap_alloc(size_t size_bytes)
{
    return calloc(1, size_bytes); /* as there: never given back */
}

static char screen[1 << 16];
static size_t screen_length, screen_room;
static console_input_fn *input;
static void (*ready)(void *owner);
static unsigned input_ready_calls, flushes;
static bool no_owner;
static jmp_buf off;

uint32_t console_add_owner(const char *name, console_input_fn *fn, void *owner)
{
    if (no_owner)
        return CONSOLE_NONE;
    assert_string_equal(name, "trapeze");
    input = fn;
    return 5;
}
void console_set_ready_hook(uint32_t owner, void (*hook)(void *owner))
{
    ready = hook;
}
bool console_put(uint32_t owner, char byte)
{
    assert_int_equal(owner, 5);
    if (screen_room == 0)
        return false;
    screen_room--;
    screen[screen_length++ % (sizeof(screen) - 1)] = byte;
    screen[screen_length % (sizeof(screen) - 1)] = 0;
    return true;
}
void console_input_ready(uint32_t owner)
{
    assert_int_equal(owner, 5);
    input_ready_calls++;
}
void console_flush_polled(void)
{
    flushes++;
}
void arch_machine_off(void)
{
    longjmp(off, 1);
}

static void clear(void)
{
    screen_length = 0;
    screen[0] = 0;
}
static void type_text(const char *text)
{
    for (; *text != 0; text++)
        assert_true(input(NULL, *text));
}
static void expect(const char *text)
{
    if (strstr(screen, text) == NULL)
        fail_msg("'%s' is not in '%s'", text, screen);
}

static int start(void **state)
{
    static bool started;
    screen_room = SIZE_MAX;
    if (!started) {
        no_owner = true;
        shell_init();
        no_owner = false;
        assert_int_equal(screen_length, 0);
        shell_init();
        expect("'help' lists the commands\r\ntrapeze> ");
        started = true;
    }
    clear();
    return 0;
}

static void help_names_every_command(void **state)
{
    type_text("help\r");
    expect("help\r\n");
    expect("vm list");
    expect("quit");
    expect("Ctrl-a");
    assert_string_equal(screen + screen_length - 10, "\ntrapeze> ");
}

static struct vm_config config = {.memory_bytes = MIB(512), .path = "/chosen/linux0"};
static struct vcpu vcpu0 = {.id = 0, .powered = true}, vcpu1 = {.id = 1};
static struct vm zero = {.name = "linux0",
                         .state = VM_RUNNING,
                         .vcpu_count = 2,
                         .config = &config,
                         .vcpus = {&vcpu0, &vcpu1}};
static struct vm one = {.name = "linux1", .state = VM_OFF, .config = &config};

/* Two VMs, the first with two vCPUs. */
static int with_vms(void **state)
{
    static struct pcpu cpu0;
    static struct runq runq;
    struct mmio_region uart = {.base = GPA(0x22000000), .size_bytes = KIB(4), .name = "UART"};
    start(state);
    vms[0] = &zero;
    vms[1] = &one;
    vm_count = 2;
    zero.bank_count = 1;
    zero.banks[0] = (struct guest_bank){GPA(GIB(1)), MIB(512)};
    vcpu0.vm = vcpu1.vm = &zero;
    pcpus[0] = &cpu0;
    vcpu0.sched.runq = &runq;
    if (zero.mmio.count == 0)
        assert_int_equal(mmio_bus_add(&zero.mmio, &uart), ERR_NONE);
    asked[0] = 0;
    answer = ERR_NONE;
    return 0;
}
static int without_vms(void **state)
{
    vm_count = 0;
    return 0;
}

static void lists_vms(void **state)
{
    vm_count = 0;
    type_text("vm list\r");
    assert_null(strstr(screen, "linux"));
    vm_count = 2;
    type_text("  vm    list  \r");
    expect("linux0                           running      2     512 MiB\r\n");
    expect("linux1                           ? ");
    zero.paused = true;
    type_text("vm list\r");
    expect("linux0                           paused ");
    zero.paused = false;
}

static void tells_about_a_vm(void **state)
{
    static struct vm_image image = {.kernel = {.kind = IMAGE_ARM64}, .packed = true};
    config.bootargs = "console=ttyAMA0";
    type_text("vm info linux0\r");
    expect("linux0: running, number 0, priority 0, 2 vCPUs\r\n");
    expect("/chosen/linux0\r\n");
    expect("0x40000000, 512 MiB\r\n");
    expect("console=ttyAMA0\r\n");
    expect("0x22000000, 4 KiB, UART\r\n");
    zero.image = &image;
    type_text("vm info linux0\r");
    expect("arm64 Image, packed at ");
    expect("initrd    none\r\n");
    zero.image = NULL;
    type_text("vm info nobody\r");
    expect("no VM 'nobody'; 'vm list' lists them\r\n");
}

static void asks_vms(void **state)
{
    type_text(
        "vm stop linux0\rvm pause linux0\rvm resume linux0\rvm restart linux0\rvm start linux1\r");
    assert_string_equal(asked,
                        "stop linux0;pause linux0;resume linux0;restart linux0;restart linux1;");
    expect("linux0 pauses\r\n");
    asked[0] = 0;
    type_text("vm start linux0\rvm stop linux1\rvm stop nobody\r");
    assert_string_equal(asked, "");
    expect("linux0 is running: nothing to start\r\n");
    expect("nothing to stop\r\n");
    answer = ERR_TRUNCATED;
    type_text("vm restart linux1\r");
    expect("linux1: truncated\r\n");
}

static void shows_vcpus(void **state)
{
    vcpu0.sched.state = SCHED_RUNNING;
    vcpu0.sched.run_ticks = 1500000000;
    vcpu0.sched.run_start_ticks = host_counter - 2000000;
    type_text("vcpu\r");
    expect("linux0                              0   0 running       1.502 s  0x40001234\r\n");
    expect("linux0                              1   - off           0.000 s");
    vcpu0.parked = true;
    type_text("vcpu\r");
    expect(" paused ");
    vcpu0.parked = false;
}

static void shows_memory(void **state)
{
    type_text("s2 linux0 22000018\rs2 linux0 0x1000\rs2 linux0 40000010\rs2 linux0 x\rs2 no 0\r");
    expect("0x22000018: emulated device UART+0x18\r\n");
    expect("0x1000: nothing\r\n");
    expect("0x40000010: host 0x80000010, r-x memory, in a block of 2048 KiB, as it was loaded\r\n");
    expect("'x' is no hexadecimal address\r\n");
    type_text("mem\r");
    expect("free            3072 KiB\r\n");
    expect("linux0                               524288 KiB of memory");
}

static void counts_exits(void **state)
{
    vcpu0.stats.traps[TRAP_MMIO] = 2;
    vcpu1.stats.traps[TRAP_MMIO] = 1;
    vcpu1.stats.interrupts = 5;
    type_text("stat linux0\r");
    expect("linux0: 8 exits");
    expect("mmio                      3  37.5 %\r\n");
    expect("interrupt                 5  62.5 %\r\n");
    assert_null(strstr(screen, " ns"));
    type_text("stat on\r");
    assert_int_equal(vcpu1.observers, OBSERVE_COST);
    stat_cost(&vcpu0, TRAP_MMIO, 100);
    stat_cost(&vcpu0, TRAP_MMIO, 300);
    stat_cost(&vcpu1, STAT_INTERRUPT, 50);
    clear();
    type_text("stat\r");
    expect("mmio                      3  37.5 %      200 ns      300 ns\r\n");
    expect("interrupt                 5  62.5 %       50 ns       50 ns\r\n");
    expect("linux1: 0 exits");
    type_text("stat off\rstat on\r");
    clear();
    type_text("stat\r");
    assert_null(strstr(screen, " ns"));
    stat_cost(&vcpu0, TRAP_MMIO, 7);
    type_text("stat off\rstat nobody\rstat\r");
    expect(" 7 ns        7 ns\r\n");
    assert_int_equal(vcpu1.observers, 0);
}

static void traces(void **state)
{
    struct trace_record record = {
        .start_ticks = 1000005000,
        .end_ticks = 1000005058,
        .pc = 0xffff1000,
        .trap = {.kind = TRAP_MMIO,
                 .write = true,
                 .value = 0x41,
                 .mmio = {.gpa = GPA(0x22000000), .size_bytes = 1}},
        .outcome_known = true,
        .vcpu = 1,
    };
    zero.time_zero_ticks = 0;
    type_text("trace linux0 show\r");
    expect("nothing was traced of linux0\r\n");
    type_text("trace linux0 on\r");
    assert_int_equal(vcpu0.observers, OBSERVE_TRACE);
    trace_trap(&vcpu1, &record, NULL);
    assert_true(zero.trace != NULL);
    vcpu1.observers = OBSERVE_TRACE;
    trace_trap(&vcpu1, &record, NULL);
    assert_int_equal(watched, 0);
    vcpu1.observers = OBSERVE_WATCH;
    trace_trap(&vcpu1, &record, NULL);
    assert_int_equal(watched, 1);
    vcpu1.observers = OBSERVE_TRACE;
    type_text("trace linux0 off\r");
    assert_int_equal(vcpu0.observers, 0);
    clear();
    type_text("trace linux0 show\r");
    expect("   1.000005 linux0/1 pc=ffff1000 writes 1 byte at 0x22000000 (UART+0x0) = 0x41, 58 "
           "ns\r\n");
    /* The ring keeps the last ones, and all of them have room. */
    type_text("trace linux0 on\r");
    for (unsigned i = 0; i < 3 * TRACE_RING; i++) {
        record.trap.value = i;
        record.instructions = 100 + i;
        trace_trap(&vcpu1, &record, NULL);
    }
    clear();
    type_text("trace linux0 show\r");
    unsigned lines = 0;
    for (const char *s = screen; (s = strstr(s, "UART+0x0")) != NULL; s++)
        lines++;
    assert_int_equal(lines, TRACE_RING);
    expect(" = 0xbf, 291 instructions\r\n");
    type_text("trace linux0 off\r");
}

static void handle_nothing(void *context) {}

static void shows_interrupts(void **state)
{
    assert_int_equal(irq_request(33, handle_nothing, NULL, false, "console"), ERR_NONE);
    irq_action(33)->count = 12;
    type_text("irq\r");
    expect("  33           12 console\r\n");
}

static void shows_the_log(void **state)
{
    for (int i = 0; i < 100; i++)
        log_warn("line %d", i);
    type_text("log\r");
    expect("warning line 60\r\n");
    expect("warning line 99\r\n");
    expect("60 lines before these: log 40\r\n");
    assert_null(strstr(screen, "line 59\r"));
    clear();
    type_text("log 80\r");
    expect("warning line 0\r\n");
    expect("warning line 19\r\n");
    assert_null(strstr(screen, "line 20\r"));
    type_text("log 999999999999999999999999\r");
}

static void completes(void **state)
{
    type_text("h\t\r");
    expect("help \r");
    clear();
    type_text("vm pa\tli\t0\r");
    assert_string_equal(asked, "pause linux0;");
    clear();
    type_text("vm r\t"); /* resume, restart: what both have */
    expect("trapeze> vm re");
    type_text("\t");
    expect("resume  restart  \r\n");
    clear();
    type_text("\025tr\t");
    expect("trapeze> trace ");
    type_text("linux1 \t");
    expect("on  off  show  \r\n");
    type_text("zzz\t\025");
    /* In the middle of a line, and in a full one. */
    clear();
    type_text("s x\033[D\033[D\ttat\025");
    for (int i = 0; i < 100; i++)
        type_text("v\t ");
    type_text("\025\t\t");
    expect("vcpu  ");
}

static void what_it_does_not_know(void **state)
{
    type_text("\r\n   \r\nvm\r\nhelpme\rvm  start  x y\nstat a b\r");
    expect("usage: vm list\r\nusage: vm info NAME\r\nusage: vm start|stop");
    expect("no command 'helpme'; ");
    expect("usage: stat [NAME]\r\n");
    /* Of carriage return and newline the second is no empty line. */
    unsigned prompts = 0;
    for (const char *s = screen; (s = strstr(s, "trapeze> ")) != NULL; s++)
        prompts++;
    assert_int_equal(prompts, 6);
}

static void edits_the_line(void **state)
{
    type_text("hx\b\x7f\x7f\x7fhelp\r");
    expect("Ctrl-a");
    clear();
    type_text("hlp\033[D\033[De\033[C\033[Cx\033[D\033[3~\r"); /* arrows, Delete */
    expect("Ctrl-a");
    clear();
    type_text("elq\033[3~\033[Hh\033[4~\bp\033[1~\033[D\033OF\033[C\r"); /* Home, End */
    expect("Ctrl-a");
    clear();
    type_text("help nonsense \027\r"); /* a word */
    expect("Ctrl-a");
    clear();
    type_text("helpme\033[D\033[D\013\f\r"); /* to the end; a clear screen */
    expect("\033[2J\r\033[Ktrapeze> help");
    expect("Ctrl-a");
    clear();
    type_text("garbage\025hel\003help\r");
    expect("Ctrl-a");
    assert_null(strstr(screen, "no command"));
    /* A line is bounded. */
    clear();
    for (int i = 0; i < 200; i++)
        type_text("y");
    assert_int_equal(screen_length, 80);
    type_text("\025");
}

static void remembers_lines(void **state)
{
    type_text("first\rsecond\rsecond\r");
    clear();
    type_text("\033[A");
    expect("trapeze> second");
    clear();
    type_text("\033OA\r"); /* as sent in the keypad's application mode */
    expect("no command 'first'");
    clear();
    type_text("\033[A\033[A\033[B\033[B\033[B\033[1;5C\033x\r");
    assert_null(strstr(screen, "no command"));
    for (int i = 0; i < 25; i++) {
        char line[] = {'l', (char)('a' + i), '\r', 0};
        type_text(line);
    }
    for (int i = 0; i < 25; i++)
        type_text("\033[A"); /* stops at the oldest kept */
    clear();
    type_text("\r");
    expect("no command 'lj'");
}

static void waits_for_room(void **state)
{
    screen_room = 1;
    assert_true(input(NULL, 'h'));
    assert_true(input(NULL, 'e')); /* its echo waits */
    assert_false(input(NULL, 'l'));
    assert_int_equal(input_ready_calls, 0);
    screen_room = SIZE_MAX;
    ready(NULL);
    assert_int_equal(input_ready_calls, 1);
    assert_string_equal(screen, "he");
    type_text("lp");
    screen_room = 10;
    assert_true(input(NULL, '\r'));
    while (!input(NULL, '\r')) {
        screen_room = 3;
        ready(NULL);
    }
    screen_room = SIZE_MAX;
    ready(NULL);
    expect("go to the next console\r\ntrapeze> \r\ntrapeze> ");
}

static void quits(void **state)
{
    if (setjmp(off) == 0) {
        type_text("quit\r");
        fail();
    }
    expect("powering off\r\n");
    assert_int_equal(flushes, 1);
}

static void takes_any_bytes(void **state)
{
    srand(4);
    for (volatile int i = 0; i < 300000; i++) {
        screen_room = rand() % 8 == 0 ? 0 : SIZE_MAX;
        if (setjmp(off) != 0)
            continue;
        input(NULL, (char)(rand() % 3 == 0 ? "\r\n\033[ABCD~3 \b\tvm"[rand() % 15] : rand()));
    }
    screen_room = SIZE_MAX;
    ready(NULL);
    type_text("\r");
    clear();
    type_text("help\r");
    expect("Ctrl-a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(help_names_every_command, start),
        cmocka_unit_test_setup_teardown(lists_vms, with_vms, without_vms),
        cmocka_unit_test_setup_teardown(tells_about_a_vm, with_vms, without_vms),
        cmocka_unit_test_setup_teardown(asks_vms, with_vms, without_vms),
        cmocka_unit_test_setup_teardown(shows_vcpus, with_vms, without_vms),
        cmocka_unit_test_setup_teardown(shows_memory, with_vms, without_vms),
        cmocka_unit_test_setup_teardown(counts_exits, with_vms, without_vms),
        cmocka_unit_test_setup_teardown(traces, with_vms, without_vms),
        cmocka_unit_test_setup_teardown(completes, with_vms, without_vms),
        cmocka_unit_test_setup(shows_interrupts, start),
        cmocka_unit_test_setup(shows_the_log, start),
        cmocka_unit_test_setup(what_it_does_not_know, start),
        cmocka_unit_test_setup(edits_the_line, start),
        cmocka_unit_test_setup(remembers_lines, start),
        cmocka_unit_test_setup(waits_for_room, start),
        cmocka_unit_test_setup(takes_any_bytes, start),
        cmocka_unit_test_setup(quits, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
