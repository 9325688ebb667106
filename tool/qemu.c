/* SPDX-License-Identifier: Apache-2.0 */
/* Owns QEMU's command line. Must not start it (board.c, run.c). */
#include "tool/qemu.h"

#include <stdlib.h>
#include <string.h>

void words_add(struct words *words, const char *word)
{
    if (words->count == WORD_MAX)
        die("QEMU's command line is longer than %d words", WORD_MAX);
    words->word[words->count++] = text_format("%s", word);
    words->word[words->count] = NULL;
}

bool machine_option(struct machine *machine, int option, const char *argument)
{
    switch (option) {
    case 'A':
        machine->arch = argument;
        return true;
    case 'M':
        machine->machine = argument;
        return true;
    case 'C':
        machine->cpu = argument;
        return true;
    case 'S':
        machine->smp = argument;
        return true;
    case 'm':
        machine->memory = argument;
        return true;
    case 'G':
        machine->gic = argument;
        return true;
    case 'I':
        machine->icount = true;
        return true;
    case 'Q':
        if (machine->extra_count == ARRAY_SIZE(machine->extra))
            die("--qemu-arg was given more than %zu times", ARRAY_SIZE(machine->extra));
        machine->extra[machine->extra_count++] = argument;
        return true;
    default:
        return false;
    }
}

/* --gic wins; without it a machine of the user's own choice is left as it is. */
static char *machine_type(const struct machine *machine, const struct tool_arch *arch)
{
    const char *type = machine->machine ? machine->machine : arch->machine;
    const char *gic = machine->gic;

    if (!gic && !machine->machine && arch->has_gic)
        gic = arch->gic;
    if (!gic)
        return text_format("%s", type);
    if (!arch->has_gic)
        die("--gic: %s has no GIC", arch->name);
    if (strcmp(gic, "2") != 0 && strcmp(gic, "3") != 0)
        die("--gic takes 2 or 3, not '%s'", gic);
    return text_format("%s,gic-version=%s", type, gic);
}

void machine_words(const struct machine *machine, const char *dump, struct words *words)
{
    const struct tool_arch *arch = tool_arch_find(machine->arch ? machine->arch : "arm64");
    char *type = machine_type(machine, arch);

    words_add(words, arch->qemu);
    words_add(words, "-nodefaults");
    words_add(words, "-no-reboot");
    words_add(words, "-display");
    words_add(words, "none");
    words_add(words, "-machine");
    words_add(words, dump ? text_format("%s,dumpdtb=%s", type, qemu_escape(dump)) : type);
    words_add(words, "-cpu");
    words_add(words, machine->cpu ? machine->cpu : arch->cpu);
    words_add(words, "-smp");
    words_add(words, machine->smp ? machine->smp : "2");
    words_add(words, "-m");
    words_add(words, machine->memory ? machine->memory : "2G");
    if (machine->icount) {
        words_add(words, "-icount");
        words_add(words, "shift=0,sleep=off");
        words_add(words, "-rtc");
        words_add(words, "clock=vm");
        words_add(words, "-seed");
        words_add(words, "1");
    }
    for (uint32_t i = 0; i < machine->extra_count; i++)
        words_add(words, machine->extra[i]);
}

char *qemu_escape(const char *text)
{
    char *out = xalloc(2 * strlen(text) + 1), *at = out;

    for (; *text; text++) {
        *at++ = *text;
        if (*text == ',')
            *at++ = ',';
    }
    return out;
}
