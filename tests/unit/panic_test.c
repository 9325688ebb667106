/* SPDX-License-Identifier: Apache-2.0 */
/* Last words over a fake architecture: what they say, and that nothing stops them. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "core/panic.c"

struct vm *vms[VM_COUNT_MAX];
uint32_t vm_count;
struct pcpu *pcpus[BOARD_CPU_MAX];
uint32_t pcpu_count;
const struct symbol_table symbol_table = {0x1000, 2, (const uint32_t[]){0, 0x100}, "first\0second"};

static struct pcpu cpus[3];
static struct pcpu *this_cpu;
static char said[1 << 14];
static size_t said_length;
static unsigned flushes, ipis;
static bool panic_inside;
static jmp_buf end;
enum { ENDED = 1, STOPPED };

void console_write_polled(const char *bytes, size_t length)
{
    memcpy(said + said_length, bytes, length);
    said_length += length;
    said[said_length] = 0;
}
void console_flush_polled(void)
{
    assert_int_equal(said_length, 0);
    flushes++;
}
struct pcpu *arch_this_cpu(void)
{
    return this_cpu;
}
void arch_ipi_send(uint32_t cpu)
{
    assert_int_equal(cpus[cpu].ipi_pending, IPI_STOP);
    ipis++;
}
void arch_panic_print(void)
{
    panic_print("registers\n");
    if (panic_inside)
        panic("inside");
}
void arch_machine_fail(void)
{
    longjmp(end, ENDED);
}
void arch_cpu_stop(void)
{
    longjmp(end, STOPPED);
}

static int fresh(void **state)
{
    memset(cpus, 0, sizeof(cpus));
    for (uint32_t i = 0; i < ARRAY_SIZE(cpus); i++) {
        cpus[i].id = i;
        cpus[i].online = i != 2;
        pcpus[i] = &cpus[i];
    }
    this_cpu = &cpus[1];
    said_length = flushes = ipis = 0;
    said[0] = 0;
    panic_inside = false;
    panicking = 0;
    panic_frame = NULL;
    vm_count = 0;
    return 0;
}

#define PANIC(how, ...)               \
    do {                              \
        int ended = setjmp(end);      \
        if (ended == 0)               \
            panic(__VA_ARGS__);       \
        assert_int_equal(ended, how); \
    } while (0)

static void says_why_and_what_was(void **state)
{
    static struct vcpu vcpu = {.id = 3};
    static struct vm vm = {.name = "linux0", .vcpu_count = 4, .vcpus = {[3] = &vcpu}};
    vms[0] = &vm;
    vm_count = 1;
    cpus[1].exit_next = 17; /* a count that went round */
    cpus[1].exits[0] = (struct exit_record){0xffff0010, 0x93800006, 0x9000018, &vcpu};
    cpus[1].exits[1] = (struct exit_record){0xabc, 0x1, 0, (struct vcpu *)8};
    PANIC(ENDED, "value %d", 42);
    assert_string_equal(
        said, "Trapeze panic: value 42\r\nOn CPU 1.\r\nregisters\r\n"
              "Last exits of guests on this CPU, oldest first:\r\n"
              "  ?/0 pc=0xabc executes an undefined instruction; syndrome 0x1, fault 0x0\r\n"
              "  linux0/3 pc=0xffff0010 reads 4 bytes at virtual 0x9000018; "
              "syndrome 0x93800006, fault 0x9000018\r\n");
    assert_int_equal(flushes, 1);
    assert_int_equal(ipis, 1); /* CPU 2 is off */
}

static void one_cpu_speaks(void **state)
{
    panicking = 1; /* CPU 0 */
    PANIC(STOPPED, "me too");
    assert_string_equal(said, "");
}

static void a_panic_in_last_words_ends_them(void **state)
{
    panic_inside = true;
    PANIC(ENDED, "outside");
    assert_non_null(strstr(said, "Trapeze panic: outside\r\n"));
    assert_non_null(strstr(said, "\r\nTrapeze panic: again, in its last words\r\n"));
}

static void before_there_are_cpus(void **state)
{
    this_cpu = NULL;
    memset(pcpus, 0, sizeof(pcpus));
    PANIC(ENDED, "early");
    assert_string_equal(said, "Trapeze panic: early\r\nOn CPU 0.\r\nregisters\r\n");
}

static void follows_the_stack(void **state)
{
    uintptr_t stack[40] = {0};
    uintptr_t lo = (uintptr_t)stack, hi = (uintptr_t)(stack + 40);
    stack[0] = (uintptr_t)&stack[4];
    stack[1] = 0x1011;
    stack[4] = (uintptr_t)&stack[38];
    stack[5] = 0x1100; /* the call was the last instruction of `first` */
    stack[38] = hi;    /* out of bounds: not followed */
    stack[39] = 0x42;
    panic_backtrace(stack, lo, hi);
    assert_string_equal(said, "Calls:\r\n   0 0x1011 first+0x10\r\n   1 0x1100 first+0xff\r\n"
                              "   2 0x42 ?\r\n");
}

static void trusts_no_frame_pointer(void **state)
{
    uintptr_t stack[4] = {(uintptr_t)stack, 0x1101, 0, 0};
    uintptr_t lo = (uintptr_t)stack, hi = (uintptr_t)(stack + 4);
    const uintptr_t bad[] = {0, lo - 8, lo + 1, hi - 8, hi, UINTPTR_MAX - 7};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        panic_backtrace((const void *)bad[i], lo, hi);
    panic_backtrace(&stack[2], lo, hi); /* no return address: the first frame */
    assert_null(strstr(said, "0x"));
    panic_backtrace(stack, lo, hi); /* a frame that leads to itself */
    assert_non_null(strstr(said, "   0 0x1101 second+0x0\r\n"));
    assert_null(strstr(said, "   1 "));
}

static void its_own_calls(void **state)
{
    PANIC(ENDED, "who called?");
    said_length = 0;
    panic_backtrace(NULL, (uintptr_t)panic_frame, (uintptr_t)panic_frame + 16);
    assert_non_null(strstr(said, "   0 0x"));
}

static void long_chains_end(void **state)
{
    static uintptr_t stack[200];
    for (size_t i = 0; i < 198; i += 2) {
        stack[i] = (uintptr_t)&stack[i + 2];
        stack[i + 1] = 0x1001;
    }
    panic_backtrace(stack, (uintptr_t)stack, (uintptr_t)(stack + 200));
    assert_non_null(strstr(said, "  31 "));
    assert_null(strstr(said, "  32 "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(says_why_and_what_was, fresh),
        cmocka_unit_test_setup(one_cpu_speaks, fresh),
        cmocka_unit_test_setup(a_panic_in_last_words_ends_them, fresh),
        cmocka_unit_test_setup(before_there_are_cpus, fresh),
        cmocka_unit_test_setup(follows_the_stack, fresh),
        cmocka_unit_test_setup(trusts_no_frame_pointer, fresh),
        cmocka_unit_test_setup(its_own_calls, fresh),
        cmocka_unit_test_setup(long_chains_end, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
