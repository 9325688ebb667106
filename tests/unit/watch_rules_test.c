/* SPDX-License-Identifier: Apache-2.0 */
/* Each rule of the diagnosis: the facts it needs, the facts it must not take for its own, its
 * words. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "core/watch_rules.h"

static struct watch_facts facts;
static struct watch_words words;
static bool ends;

/* A guest that has run for SECONDS and not printed. */
static void silent(uint32_t seconds)
{
    facts = (struct watch_facts){
        .has_uart = true,
        .kernel = IMAGE_ARM64,
        .bootargs = "console=ttyAMA0",
        .entry = GIB(1),
        .ram_base = GIB(1),
        .ram_bytes = MIB(16),
        .looks = seconds,
        .vcpu = {.on = true, .view = {.pc = GIB(1) + 0x100}},
    };
}

static int judge(uint32_t said)
{
    memset(&words, 0, sizeof(words));
    return watch_judge(&facts, said, &words, &ends);
}
static void expect_words(const char *what, const char *cause)
{
    if (judge(0) < 0)
        fail_msg("no rule holds, '%s' expected", what);
    if (strstr(words.what, what) == NULL)
        fail_msg("'%s' is not in '%s'", what, words.what);
    if (strstr(words.cause, cause) == NULL)
        fail_msg("'%s' is not in '%s'", cause, words.cause);
    /* Neither line is cut, with a VM's name before it. */
    assert_true(strlen(words.what) < sizeof(words.what) - 1);
    assert_true(strlen(words.cause) < sizeof(words.cause) - 1);
    /* It is said once. */
    int rule = judge(0);
    assert_true(judge(1u << rule) != rule);
}

/* A storm of exceptions, begun by RECORD. */
static void storm(struct trace_record record, struct guest_view before)
{
    silent(1);
    record.outcome_known = true;
    record.result = TRAP_ABORT;
    facts.fault_count = 1000;
    facts.fault = (struct watch_fault){0, record, before};
    facts.vcpu.repeats = 1000;
    facts.vcpu.repeats_fail = true;
    facts.vcpu.last = record;
}
static struct trace_record fetch(uint64_t pc)
{
    return (struct trace_record){
        .pc = pc,
        .trap = {
            .kind = TRAP_S2_FAULT,
            .fault = {.gpa = GPA(pc), .gva = GVA(pc), .access = TRAP_FETCH, .gva_valid = true}}};
}
static struct trace_record access_to(uint64_t gpa, bool write)
{
    return (struct trace_record){
        .pc = GIB(1) + 0x20,
        .outcome_known = true,
        .trap = {.kind = TRAP_MMIO, .write = write, .mmio = {.gpa = GPA(gpa), .size_bytes = 4}}};
}

static void nothing_to_say(void **state)
{
    silent(1);
    assert_int_equal(judge(0), -1);
    silent(1000);
    facts.printed = true;
    assert_int_equal(judge(0), -1);
    silent(1000);
    facts.has_uart = false; /* then it cannot print */
    assert_int_equal(judge(0), -1);
}

static void kernel_panics(void **state)
{
    assert_true(watch_is_panic("[    1.0] Kernel panic - not syncing: VFS"));
    assert_false(watch_is_panic("Kernel panic"));
    assert_false(watch_is_panic(""));
    silent(3);
    facts.printed = true;
    facts.panic = "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)";
    expect_words("Unable to mount root", "multiboot,ramdisk");
    assert_true(ends);
    facts.has_initrd = true;
    expect_words("Unable to mount root", "can unpack");
    facts.panic = "Kernel panic - not syncing: Attempted to kill init!";
    expect_words("kill init", "lines above");
}

static void faults(void **state)
{
    struct guest_view none = {.pc = 0x200};
    struct guest_view vectors = {.pc = 0x200,
                                 .in_vectors = true,
                                 .exception = "an undefined instruction",
                                 .exception_pc = GIB(1)};
    storm(fetch(0x200), vectors);
    expect_words("first instructions fail: an undefined instruction at 0x40000000", "no kernel");
    vectors.exception_pc += 0x5000;
    storm(fetch(0x200), vectors);
    expect_words("began with an undefined instruction at 0x40005000", "0x40000000 here");
    storm(fetch(0), (struct guest_view){.pc = 0, .return_address = GIB(1) + 8});
    expect_words("jumped to 0x0, ", "never set");
    expect_words("returns to 0x40000008", "");
    storm(fetch(0x80080000), none);
    expect_words("jumped to 0x80080000", "linked to run from another address");
    storm(access_to(0x50000000, false), none);
    expect_words("for ever: reads 4 bytes at 0x50000000", "handler fails");
    /* A few in a row are not for ever, nor many that it gets over. */
    facts.vcpu.repeats = WATCH_REPEATS - 1;
    assert_int_equal(judge(0), -1);
    facts.vcpu.repeats = 100000;
    facts.vcpu.repeats_fail = false;
    assert_int_equal(judge(0), -1);
}

static void devices(void **state)
{
    silent(3);
    facts.fault_count = 1;
    facts.fault.record = access_to(0x09000018, true);
    expect_words("wrote to 0x9000018", "QEMU's virt machine");
    facts.fault.record = access_to(0x12345678, false);
    expect_words("read from 0x12345678 (vCPU 0 at pc=0x40000020)", "another board");
    facts.looks = 1; /* it may get over it */
    assert_int_equal(judge(0), -1);
    facts.looks = 2;
    facts.printed = true;
    assert_int_equal(judge(0), -1);
    silent(3);
    facts.vcpu.repeats = 10 * WATCH_REPEATS;
    facts.vcpu.last = access_to(0x22000018, false);
    expect_words("again and again: reads 4 bytes at 0x22000018", "does not come");
    silent(1);
    facts.refused_cpu = 2;
    facts.refused_entry = 0xffff000040080000;
    expect_words("start vCPU 1 at 0xffff000040080000", "not a virtual one");
    assert_false(ends);
}

static void waits_and_loops(void **state)
{
    silent(2);
    facts.still_looks = 2;
    facts.vcpu.view.masked = true;
    expect_words("they are masked, no timer is set", "none of its devices");
    facts.touched_anything = true;
    expect_words("no timer is set", "not enabled the interrupt that it waits for");
    facts.vcpu.view.timer_over = true;
    expect_words("its timer has fired but is not enabled", "");
    facts.vcpu.view.exception = "a data abort";
    expect_words("", "the last exception it took was a data abort");
    facts.vcpu.view.in_vectors = true;
    facts.vcpu.view.exception_pc = 0x40001000;
    expect_words("", "after a data abort at 0x40001000");
    facts.still_looks = 1;
    assert_int_equal(judge(0), -1);
    silent(4);
    facts.vcpu.still = 3;
    expect_words("been there for 3 s, and has used none", "memory that nobody writes");
    facts.vcpu.view.exception = "a BRK instruction";
    facts.vcpu.view.exception_pc = 0x40000004;
    facts.vcpu.view.in_vectors = true;
    expect_words("in its exception vectors", "a BRK instruction at 0x40000004");
    facts.vcpu.still = 2;
    assert_int_equal(judge(0), -1);
    silent(3);
    facts.vcpu.starved = true;
    expect_words("does not get its CPU", "higher priority");
    silent(0);
    facts.silent_resets = 3;
    expect_words("reset itself 3 times", "panic=");
}

static void silence(void **state)
{
    silent(30);
    expect_words("has not touched its UART", "driver for a PL011");
    facts.bootargs = NULL;
    expect_words("has not touched its UART", "no console=");
    facts.touched_uart = true;
    expect_words("uses its UART", "no console=");
    facts.bootargs = "quiet console=ttyAMA0,115200";
    expect_words("uses its UART", "quiet");
    facts.bootargs = "console=ttyS0,115200 root=/dev/vda";
    expect_words("console=ttyS0", "Write console=ttyAMA0");
    facts.bootargs = "console=tty0 console=ttyAMA0";
    expect_words("uses its UART", "quiet");
    facts.bootargs = "noconsole=ttyS0 x";
    expect_words("uses its UART", "quiet");
    facts.bootargs = "console=";
    expect_words("console=", "ttyAMA0");
    silent(5);
    facts.bootargs = "console=ttyS0";
    assert_int_equal(judge(0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_to_say),  cmocka_unit_test(kernel_panics),
        cmocka_unit_test(faults),          cmocka_unit_test(devices),
        cmocka_unit_test(waits_and_loops), cmocka_unit_test(silence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
