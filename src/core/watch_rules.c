/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The causes of silence, the most certain first: a predicate over the facts and the words for it.
 * Each message stands in docs/troubleshooting.md.
 */
#include "core/watch_rules.h"

#include "arch/arch.h"
#include "lib/fmt.h"
#include "lib/string.h"

/* Looks after which something is not just slow. */
#define LOOKS_LOOP    3
#define LOOKS_WAIT    2
#define LOOKS_DEVICE  2
#define LOOKS_SILENT  20
#define LOOKS_CONSOLE 10
/* Below this a jump is one through a pointer that was never set. */
#define NULL_AREA KIB(64)

#define ULL(x)        ((unsigned long long)(x))
#define WHAT(w, ...)  fmt_print((w)->what, sizeof((w)->what), __VA_ARGS__)
#define CAUSE(w, ...) fmt_print((w)->cause, sizeof((w)->cause), __VA_ARGS__)

static bool is_linux(const struct watch_facts *f)
{
    return f->kernel == IMAGE_ARM64 || f->kernel == IMAGE_RISCV || f->kernel == IMAGE_ZIMAGE;
}

/* ---- what its kernel said */

bool watch_is_panic(const char *line)
{
    static const char mark[] = "Kernel panic - not syncing";
    for (; *line != 0; line++)
        if (*line == mark[0] && strncmp(line, mark, sizeof(mark) - 1) == 0)
            return true;
    return false;
}

static bool contains(const char *text, const char *part)
{
    for (; *text != 0; text++)
        if (strncmp(text, part, strlen(part)) == 0)
            return true;
    return false;
}

static bool panicked(const struct watch_facts *f)
{
    return f->panic != NULL;
}

static void say_panicked(const struct watch_facts *f, struct watch_words *w)
{
    WHAT(w, "its kernel has given up: %.120s", f->panic);
    if (contains(f->panic, "Unable to mount root") || contains(f->panic, "No working init")) {
        if (f->has_initrd)
            CAUSE(w,
                  "its ramdisk is not one this kernel can unpack (format, compression), or has no "
                  "/init, and root= in bootargs names no disk it has");
        else
            CAUSE(w, "it has no initrd: add a module with compatible = \"multiboot,ramdisk\", "
                     "\"multiboot,module\", or name a disk it has with root= in bootargs");
    } else {
        CAUSE(w, "its last lines above tell why; panic=1 in bootargs makes it restart instead");
    }
}

/* ---- faults */

static bool loops_in_faults(const struct watch_facts *f)
{
    return f->fault_count > 0 && f->vcpu.repeats_fail && f->vcpu.repeats >= WATCH_REPEATS;
}

/* The fault that began it was a fetch of code from where it has no memory. */
static bool ran_away(const struct watch_facts *f)
{
    return f->fault.record.trap.kind == TRAP_S2_FAULT &&
           f->fault.record.trap.fault.access == TRAP_FETCH && !f->fault.before.in_vectors;
}

/* It took an exception of its own, and its vectors lie nowhere. */
static bool lost_its_vectors(const struct watch_facts *f)
{
    return f->fault.before.in_vectors && f->fault.before.exception != NULL;
}

static bool loops_at_entry(const struct watch_facts *f)
{
    return loops_in_faults(f) && lost_its_vectors(f) && f->fault.before.exception_pc >= f->entry &&
           f->fault.before.exception_pc - f->entry < 16;
}

static void say_loops_at_entry(const struct watch_facts *f, struct watch_words *w)
{
    WHAT(w,
         "its first instructions fail: %s at 0x%llx, and its exception vector at 0x%llx is not "
         "there either, so it takes exceptions for ever",
         f->fault.before.exception, ULL(f->fault.before.exception_pc), ULL(f->fault.before.pc));
    CAUSE(w,
          "the file is no kernel for this machine: empty, encrypted, of another architecture, or "
          "its code does not begin at its first byte. Give an Image or an ELF file");
}

static bool jumps_to_null(const struct watch_facts *f)
{
    return loops_in_faults(f) && ran_away(f) && f->fault.record.pc < NULL_AREA;
}

static void say_jumps_to_null(const struct watch_facts *f, struct watch_words *w)
{
    WHAT(w,
         "it jumped to 0x%llx, where it has no memory, and takes exceptions for ever; the last "
         "call returns to 0x%llx",
         ULL(f->fault.record.pc), ULL(f->fault.before.return_address));
    CAUSE(
        w,
        "a call through a pointer that was never set, or a kernel linked to run from 0 (this VM's "
        "memory is at 0x%llx)",
        ULL(f->ram_base));
}

static bool jumps_away(const struct watch_facts *f)
{
    return loops_in_faults(f) && ran_away(f);
}

static void say_jumps_away(const struct watch_facts *f, struct watch_words *w)
{
    WHAT(w, "it jumped to 0x%llx, where it has no memory, and takes exceptions for ever",
         ULL(f->fault.record.pc));
    CAUSE(w,
          "the kernel is linked to run from another address. This one was loaded to 0x%llx, in "
          "memory from 0x%llx to 0x%llx: link it there, or give its ELF file",
          ULL(f->entry), ULL(f->ram_base), ULL(f->ram_base + f->ram_bytes - 1));
}

static void say_loops_in_faults(const struct watch_facts *f, struct watch_words *w)
{
    char text[TRACE_TEXT_MAX];
    if (lost_its_vectors(f)) {
        WHAT(w,
             "it takes exceptions for ever: its exception vector at 0x%llx is not there. It began "
             "with %s at 0x%llx",
             ULL(f->fault.before.pc), f->fault.before.exception, ULL(f->fault.before.exception_pc));
        CAUSE(w,
              "it failed before it had set its vectors: look at that address in its code. A kernel "
              "that is not at the address it was linked for (0x%llx here) fails so",
              ULL(f->entry));
        return;
    }
    trace_text(f->vm, &f->vcpu.last, text, sizeof(text));
    WHAT(w, "it takes exceptions for ever: %s", text);
    CAUSE(w, "its exception handler fails by itself; look at that address in its code");
}

/* ---- devices */

static bool needs_device(const struct watch_facts *f)
{
    const struct trap *trap = &f->fault.record.trap;
    if (f->fault_count == 0 || f->printed || f->looks < LOOKS_DEVICE)
        return false;
    return trap->kind == TRAP_MMIO || (trap->kind == TRAP_S2_FAULT && !trap->fault.permission &&
                                       trap->fault.access != TRAP_FETCH);
}

static void say_needs_device(const struct watch_facts *f, struct watch_words *w)
{
    const struct trap *trap = &f->fault.record.trap;
    gpa_t gpa = trap->kind == TRAP_MMIO ? trap->mmio.gpa : trap->fault.gpa;
    const char *hint = arch_gpa_hint(gpa);
    bool write = trap->kind == TRAP_MMIO ? trap->write : trap->fault.access == TRAP_WRITE;
    WHAT(w,
         "it %s 0x%llx (vCPU %u at pc=0x%llx), where it has neither memory nor a device, and has "
         "printed nothing since",
         write ? "wrote to" : "read from", ULL(gpa.raw), f->fault.vcpu, ULL(f->fault.record.pc));
    if (hint != NULL)
        CAUSE(w, "%s", hint);
    else
        CAUSE(w,
              "an address of another board (earlycon=, a device tree or addresses of its own): it "
              "must take them from the device tree it is given");
}

static bool polls(const struct watch_facts *f)
{
    return !f->printed && f->looks >= LOOKS_DEVICE && !f->vcpu.repeats_fail &&
           f->vcpu.repeats >= 10 * WATCH_REPEATS;
}

static void say_polls(const struct watch_facts *f, struct watch_words *w)
{
    char text[TRACE_TEXT_MAX];
    trace_text(f->vm, &f->vcpu.last, text, sizeof(text));
    WHAT(w, "it does the same again and again: %s", text);
    CAUSE(w,
          "it waits for a value that does not come: check that it has the driver for this device, "
          "as its device tree describes it");
}

/* ---- waiting and looping */

static bool cpu_refused(const struct watch_facts *f)
{
    return f->refused_cpu != 0;
}

static void say_cpu_refused(const struct watch_facts *f, struct watch_words *w)
{
    WHAT(w, "it wanted to start vCPU %u at 0x%llx, where it has no memory: that vCPU stays off",
         f->refused_cpu - 1, ULL(f->refused_entry));
    CAUSE(w,
          "CPU_ON takes a guest-physical address in its memory (0x%llx to 0x%llx), aligned to 4: "
          "not a virtual one",
          ULL(f->ram_base), ULL(f->ram_base + f->ram_bytes - 1));
}

static bool sleeps(const struct watch_facts *f)
{
    return !f->printed && f->still_looks >= LOOKS_WAIT;
}

static void say_sleeps(const struct watch_facts *f, struct watch_words *w)
{
    const struct guest_view *v = &f->vcpu.view;
    WHAT(w, "it waits for an interrupt, and none can come: %s%s",
         v->masked ? "they are masked, " : "",
         v->timer_over ? "its timer has fired but is not enabled in its interrupt controller"
                       : "no timer is set");
    if (v->in_vectors && v->exception != NULL)
        CAUSE(w, "it halted in its exception handler after %s at 0x%llx", v->exception,
              ULL(v->exception_pc));
    else if (!f->touched_anything)
        CAUSE(w,
              "it has used none of its devices and made no call: it halted by itself, perhaps "
              "because it did not find what it expects at 0x%llx (entry) or in its device tree",
              ULL(f->entry));
    else
        CAUSE(w, "it halted by itself, or it has not enabled the interrupt that it waits for%s%s",
              v->exception != NULL ? "; the last exception it took was " : "",
              v->exception != NULL ? v->exception : "");
}

static bool loops(const struct watch_facts *f)
{
    return !f->printed && f->vcpu.still >= LOOKS_LOOP;
}

static void say_loops(const struct watch_facts *f, struct watch_words *w)
{
    const struct guest_view *v = &f->vcpu.view;
    WHAT(w, "it has been there for %u s%s%s", f->vcpu.still,
         v->in_vectors ? ", which is in its exception vectors" : "",
         f->touched_anything ? "" : ", and has used none of its devices so far");
    if (v->exception != NULL)
        CAUSE(w, "it stopped after %s at 0x%llx: look there", v->exception, ULL(v->exception_pc));
    else
        CAUSE(w,
              "it waits for memory that nobody writes, or stopped because something it needs is "
              "missing: find that PC in its code (it was loaded to 0x%llx)",
              ULL(f->entry));
}

static bool starved(const struct watch_facts *f)
{
    return !f->printed && f->looks >= LOOKS_LOOP && f->vcpu.starved;
}

static void say_starved(const struct watch_facts *f, struct watch_words *w)
{
    WHAT(w, "it is ready to run and does not get its CPU");
    CAUSE(w, "a VM of higher priority keeps that CPU busy: give them other CPUs or the same "
             "trapeze,priority");
}

/* ---- silence */

/* The first console= in bootargs that our UART is not, if none is; its length. */
static const char *wrong_console(const struct watch_facts *f, size_t *length)
{
    static const char option[] = "console=";
    const char *args = f->bootargs, *wrong = NULL, *ours = arch_uart_words()->console;
    for (const char *at = args; at != NULL && *at != 0; at++) {
        if ((at != args && at[-1] != ' ') || strncmp(at, option, sizeof(option) - 1) != 0)
            continue;
        const char *name = at + sizeof(option) - 1;
        size_t size = 0;
        while (name[size] != 0 && name[size] != ' ' && name[size] != ',')
            size++;
        if (size == strlen(ours) && memcmp(name, ours, size) == 0)
            return NULL;
        if (wrong == NULL) {
            wrong = name;
            *length = size;
        }
    }
    return wrong;
}

static bool has_console_argument(const struct watch_facts *f)
{
    return f->bootargs != NULL && contains(f->bootargs, "console=");
}

static bool is_silent(const struct watch_facts *f)
{
    return f->has_uart && !f->printed && f->looks >= LOOKS_SILENT;
}

static bool has_wrong_console(const struct watch_facts *f)
{
    size_t length;
    return f->has_uart && !f->printed && f->looks >= LOOKS_CONSOLE &&
           wrong_console(f, &length) != NULL;
}

static void say_wrong_console(const struct watch_facts *f, struct watch_words *w)
{
    const struct uart_words *uart = arch_uart_words();
    size_t length = 0;
    const char *name = wrong_console(f, &length);
    WHAT(w, "it runs, and has printed nothing for %u s; its bootargs say console=%.*s", f->looks,
         (int)length, name);
    CAUSE(w, "it has no such device: its UART is a %s, which Linux calls %s. Write console=%s",
          uart->model, uart->console, uart->console);
}

static bool resets(const struct watch_facts *f)
{
    return f->has_uart && f->silent_resets >= 3;
}

static void say_resets(const struct watch_facts *f, struct watch_words *w)
{
    WHAT(w, "it has reset itself %u times and printed nothing", f->silent_resets);
    CAUSE(w,
          "it fails early and is told to restart then (panic= in bootargs, a watchdog): turn that "
          "off to see where it stops; trace NAME on in the shell shows what it did last");
}

static bool ignores_uart(const struct watch_facts *f)
{
    return is_silent(f) && !f->touched_uart;
}

static void say_ignores_uart(const struct watch_facts *f, struct watch_words *w)
{
    const struct uart_words *uart = arch_uart_words();

    WHAT(w, "it runs, has printed nothing for %u s and has not touched its UART", f->looks);
    if (is_linux(f) && !has_console_argument(f))
        CAUSE(
            w,
            "its bootargs have no console=: write bootargs = \"console=%s\"; the kernel needs the "
            "%s's driver (%s)",
            uart->console, uart->model, uart->option);
    else
        CAUSE(w,
              "it has no driver for a %s, or does not look for it in its device tree, whose "
              "/chosen names it in stdout-path",
              uart->model);
}

static bool just_silent(const struct watch_facts *f)
{
    return is_silent(f);
}

static void say_just_silent(const struct watch_facts *f, struct watch_words *w)
{
    const struct uart_words *uart = arch_uart_words();

    WHAT(w, "it runs and uses its UART, but has printed nothing for %u s", f->looks);
    if (is_linux(f) && !has_console_argument(f))
        CAUSE(w, "its bootargs have no console=: write bootargs = \"console=%s\"", uart->console);
    else
        CAUSE(w,
              "quiet or loglevel= in its bootargs, or it is slow: trace NAME on in the shell shows "
              "what it does");
}

/* ---- the table */

static const struct watch_rule {
    bool (*holds)(const struct watch_facts *facts);
    void (*say)(const struct watch_facts *facts, struct watch_words *words);
    bool ends;
} rules[] = {
    {panicked, say_panicked, true},
    {resets, say_resets, false},
    {loops_at_entry, say_loops_at_entry, true},
    {jumps_to_null, say_jumps_to_null, true},
    {jumps_away, say_jumps_away, true},
    {cpu_refused, say_cpu_refused, false},
    {needs_device, say_needs_device, true},
    {loops_in_faults, say_loops_in_faults, true},
    {polls, say_polls, true},
    {sleeps, say_sleeps, true},
    {loops, say_loops, true},
    {starved, say_starved, false},
    {has_wrong_console, say_wrong_console, true},
    {ignores_uart, say_ignores_uart, true},
    {just_silent, say_just_silent, false},
};

static_assert(ARRAY_SIZE(rules) == WATCH_RULE_COUNT, "a bit of `said` for each");

int watch_judge(const struct watch_facts *facts, uint32_t said, struct watch_words *words,
                bool *ends)
{
    for (unsigned i = 0; i < ARRAY_SIZE(rules); i++) {
        if ((said >> i & 1) != 0 || !rules[i].holds(facts))
            continue;
        rules[i].say(facts, words);
        *ends = rules[i].ends;
        return (int)i;
    }
    return -1;
}
