/* SPDX-License-Identifier: Apache-2.0 */
/* The machine that QEMU makes: `board` and `run` must ask for the same one. */
#pragma once

#include "tool/arch.h"
#include "tool/util.h"

struct machine {
    const char *arch;
    const char *machine, *cpu, *smp, *memory, *gic; /* NULL: the default */
    bool icount;
    const char *extra[64];
    uint32_t extra_count;
};

/* Words of a command line, ended by NULL for exec. */
#define WORD_MAX 256
struct words {
    char *word[WORD_MAX + 1];
    uint32_t count;
};
void words_add(struct words *words, const char *word);

/* Long options of the machine; their `val` is what machine_option() knows. */
#define MACHINE_OPTIONS                                                                  \
    {"arch", required_argument, NULL, 'A'}, {"machine", required_argument, NULL, 'M'},   \
        {"cpu", required_argument, NULL, 'C'}, {"smp", required_argument, NULL, 'S'},    \
        {"memory", required_argument, NULL, 'm'}, {"gic", required_argument, NULL, 'G'}, \
        {"qemu-arg", required_argument, NULL, 'Q'},                                      \
    {                                                                                    \
        "icount", no_argument, NULL, 'I'                                                 \
    }
#define MACHINE_USAGE                                                                      \
    "  --arch ARCH           arm64 (default)\n"                                            \
    "  --machine MACHINE     QEMU's -machine; default for arm64: virt,virtualization=on\n" \
    "  --cpu CPU             QEMU's -cpu; default for arm64: cortex-a57\n"                 \
    "  --smp N               CPUs; default: 2\n"                                           \
    "  --memory SIZE         QEMU's -m; default: 2G\n"                                     \
    "  --gic 2|3             version of the GIC; default: 3\n"                             \
    "  --icount              deterministic: time is counted in instructions\n"             \
    "  --qemu-arg ARGUMENT   one more argument for QEMU; may be given several times\n"

/* Take OPTION if it is one of the machine's; false if not. */
bool machine_option(struct machine *machine, int option, const char *argument);

/*
 * QEMU's command line for MACHINE, without anything to boot. With DUMP it writes its device tree to
 * that file and exits instead of running.
 */
void machine_words(const struct machine *machine, const char *dump, struct words *words);

/* TEXT as a value in QEMU's comma-separated options. */
char *qemu_escape(const char *text);
