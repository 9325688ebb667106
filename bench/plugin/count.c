/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A QEMU plugin that counts the instructions executed at each level of privilege, exactly, and
 * where the hypervisor's are. QEMU translates a block for one level only, so that the level is read
 * once for each translation. Lines of the file given as out=FILE:
 *
 *   first LEVEL COUNTS     what had been executed when LEVEL (a number) first executed anything
 *   end COUNTS             and at the end; COUNTS are el0=N el1=N el2=N el3=N
 *   at ADDRESS COUNT       with profile=LEVEL: each instruction of that level that was executed,
 * how often
 *
 * Levels: AArch64's exception levels; ARMv7's user 0, kernel's modes 1, Hyp 2; RISC-V's U and
 * VU 0, VS 1, S 2, M 3. With emulated=on, where guests' kernels are in U-mode too: U from
 * KERNEL_FROM on is 1, below 0. For one virtual CPU: QEMU 10.0.2 aborts with a plugin and more of
 * them on one thread, which -icount needs.
 */
#include "bench/plugin/qemu_api.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEVELS         4
#define SLOT_MAX       (1u << 17) /* instructions that a profile can hold, a power of two */
#define OUT_OPTION     "out="
#define PROFILE_OPTION "profile="
#define STOP_OPTION    "stop="
#define EMULATED       "emulated=on"
/* Memory, where a kernel begins, is there, and its own addresses are above; programs of bench/linux
 * are below, as they are linked to a place. */
#define KERNEL_FROM 0x80000000u

/* Where a register tells the level: by name, in this order of preference. */
enum level_source { LEVEL_CPSR, LEVEL_PRIV, LEVEL_SOURCES };
static const char *const source_names[LEVEL_SOURCES] = {"cpsr", "priv"};

static struct {
    FILE *out;
    int profiled, stop; /* levels, or -1 */
    bool emulated;
    enum level_source source;
    struct qemu_plugin_register *reg;
    struct glib_array *bytes;
    struct qemu_plugin_scoreboard *levels, *slots;
    uint64_t address[SLOT_MAX]; /* by slot; 0: free */
    uint64_t first[LEVELS][LEVELS];
    bool seen[LEVELS];
} count;

extern PLUGIN_EXPORT int qemu_plugin_version;
int qemu_plugin_version = PLUGIN_VERSION;

PLUGIN_EXPORT int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc,
                                      char **argv);

static void __attribute__((noreturn)) die(const char *why)
{
    fprintf(stderr, "count: error: %s\n", why);
    exit(1);
}

static qemu_plugin_u64 counter(struct qemu_plugin_scoreboard *score, uint32_t index)
{
    return (qemu_plugin_u64){score, index * sizeof(uint64_t)};
}

/* ---- the level */

static void find_register(uint64_t id, unsigned int vcpu)
{
    struct glib_array *all = qemu_plugin_get_registers();
    const qemu_plugin_reg_descriptor *reg = (void *)all->data;

    if (vcpu != 0)
        die("one CPU only: -smp 1");
    for (unsigned source = 0; source < LEVEL_SOURCES && !count.reg; source++)
        for (unsigned i = 0; i < all->len; i++)
            if (strcmp(reg[i].name, source_names[source]) == 0) {
                count.reg = reg[i].handle;
                count.source = source;
            }
    if (!count.reg)
        die("this QEMU shows no register that tells the level of privilege");
}

/* CPSR and PSTATE: Arm ARM, "Process state": M[4] is AArch32, whose modes are told by M[3:0]. */
static unsigned level_of_cpsr(uint64_t cpsr)
{
    unsigned mode = cpsr & 0x1f;

    if (!(mode & 0x10))
        return (mode >> 2) & 3;
    switch (mode & 0xf) {
    case 0x0: /* User */
        return 0;
    case 0x6: /* Monitor */
        return 3;
    case 0xa: /* Hyp */
        return 2;
    default:
        return 1;
    }
}

/* RISC-V Debug Specification, "Virtual Debug Registers": prv in 1:0, v in 2. S with v is VS. */
static unsigned level_of_priv(uint64_t priv, uint64_t address)
{
    unsigned prv = priv & 3;

    if (prv == 0 && count.emulated && address >= KERNEL_FROM)
        return 1;
    return prv == 1 && !(priv & 4) ? 2 : prv;
}

/* Of the block that begins at ADDRESS and is about to be executed. */
static unsigned level_now(uint64_t address)
{
    uint64_t value = 0;

    g_byte_array_set_size(count.bytes, 0);
    if (qemu_plugin_read_register(count.reg, count.bytes) <= 0)
        die("the level of privilege cannot be read when a block is translated");
    memcpy(&value, count.bytes->data,
           count.bytes->len < sizeof(value) ? count.bytes->len : sizeof(value));
    return count.source == LEVEL_CPSR ? level_of_cpsr(value) : level_of_priv(value, address);
}

/* ---- what is told */

static void print_counts(const char *what, const uint64_t *counts)
{
    fprintf(count.out, "%s", what);
    for (unsigned i = 0; i < LEVELS; i++)
        fprintf(count.out, " el%u=%" PRIu64, i, counts[i]);
    fprintf(count.out, "\n");
}

static void write_out(void)
{
    uint64_t counts[LEVELS];
    char what[] = "first N";

    for (unsigned i = 0; i < LEVELS; i++) {
        counts[i] = qemu_plugin_u64_sum(counter(count.levels, i));
        what[sizeof(what) - 2] = (char)('0' + i);
        if (count.seen[i])
            print_counts(what, count.first[i]);
    }
    print_counts("end", counts);
    for (uint32_t slot = 0; count.profiled >= 0 && slot < SLOT_MAX; slot++) {
        uint64_t times = count.address[slot] ? qemu_plugin_u64_sum(counter(count.slots, slot)) : 0;

        if (times)
            fprintf(count.out, "at %#" PRIx64 " %" PRIu64 "\n", count.address[slot], times);
    }
    fclose(count.out);
}

/* ---- counting */

static void on_first(unsigned int vcpu, void *data)
{
    unsigned level = (unsigned)(uintptr_t)data;

    if (count.seen[level])
        return;
    count.seen[level] = true;
    for (unsigned i = 0; i < LEVELS; i++)
        count.first[level][i] = qemu_plugin_u64_sum(counter(count.levels, i));
    if ((int)level == count.stop) {
        write_out();
        _exit(0);
    }
}

static uint32_t slot_of(uint64_t address)
{
    uint32_t slot = (uint32_t)(address >> 1) * 2654435761u % SLOT_MAX;

    for (uint32_t tried = 0; tried < SLOT_MAX; tried++, slot = (slot + 1) % SLOT_MAX) {
        if (count.address[slot] == 0)
            count.address[slot] = address;
        if (count.address[slot] == address)
            return slot;
    }
    die("more instructions than a profile can hold");
}

static void on_translation(uint64_t id, struct qemu_plugin_tb *tb)
{
    unsigned level = level_now(qemu_plugin_tb_vaddr(tb));
    size_t n = qemu_plugin_tb_n_insns(tb);

    if (!count.seen[level])
        qemu_plugin_register_vcpu_tb_exec_cb(tb, on_first, PLUGIN_CB_NO_REGS,
                                             (void *)(uintptr_t)level);
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

        qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(insn, PLUGIN_ADD_U64,
                                                            counter(count.levels, level), 1);
        if ((int)level == count.profiled)
            qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(
                insn, PLUGIN_ADD_U64, counter(count.slots, slot_of(qemu_plugin_insn_vaddr(insn))),
                1);
    }
}

static void on_exit_of_qemu(uint64_t id, void *data)
{
    write_out();
}

int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc, char **argv)
{
    count.profiled = count.stop = -1;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], OUT_OPTION, strlen(OUT_OPTION)) == 0)
            count.out = fopen(argv[i] + strlen(OUT_OPTION), "w");
        else if (strncmp(argv[i], PROFILE_OPTION, strlen(PROFILE_OPTION)) == 0)
            count.profiled = atoi(argv[i] + strlen(PROFILE_OPTION)) % LEVELS;
        else if (strncmp(argv[i], STOP_OPTION, strlen(STOP_OPTION)) == 0)
            count.stop = atoi(argv[i] + strlen(STOP_OPTION)) % LEVELS;
        else if (strcmp(argv[i], EMULATED) == 0)
            count.emulated = true;
    }
    if (!count.out)
        die("no file to write to: give out=FILE");
    count.bytes = g_byte_array_new();
    count.levels = qemu_plugin_scoreboard_new(LEVELS * sizeof(uint64_t));
    count.slots = qemu_plugin_scoreboard_new(SLOT_MAX * sizeof(uint64_t));
    qemu_plugin_register_vcpu_init_cb(id, find_register);
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
    qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
    return 0;
}
