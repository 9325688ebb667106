/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the forms of values: cells, flags, CPU lists, words. Must not report (the callers know what
 * a value is for, the rules table reports wrong types).
 */
#include "core/dtb.h"
#include "core/vm_config_impl.h"
#include "lib/bits.h"
#include "lib/string.h"

#define CPU_LIST_BITS 64u

bool config_u32(const struct config_reader *r, int node, const char *name, uint32_t *out)
{
    int length;
    const void *p = dtb_property(r->fdt, node, name, &length);

    if (p == NULL || length != sizeof(uint32_t))
        return false;
    *out = (uint32_t)dtb_cells(p, 1);
    return true;
}

bool config_u64(const struct config_reader *r, int node, const char *name, uint64_t *out)
{
    int length;
    const void *p = dtb_property(r->fdt, node, name, &length);

    if (p == NULL || (length != sizeof(uint32_t) && length != sizeof(uint64_t)))
        return false;
    *out = dtb_cells(p, (uint32_t)length / (uint32_t)sizeof(uint32_t));
    return true;
}

bool config_flag(const struct config_reader *r, int node, const char *name)
{
    return dtb_property(r->fdt, node, name, NULL) != NULL;
}

/* A CPU number at *TEXT, which is moved behind it. */
static bool cpu_number(const char **text, uint32_t *out)
{
    const char *s = *text;
    uint32_t n = 0;

    if (*s < '0' || *s > '9')
        return false;
    for (; *s >= '0' && *s <= '9'; s++) {
        n = n * 10 + (uint32_t)(*s - '0');
        if (n >= CPU_LIST_BITS)
            return false;
    }
    *text = s;
    *out = n;
    return true;
}

bool config_cpu_list(const char *text, uint64_t *out)
{
    uint64_t mask = 0;

    for (;;) {
        uint32_t first, last;

        if (!cpu_number(&text, &first))
            return false;
        last = first;
        if (*text == '-') {
            text++;
            if (!cpu_number(&text, &last) || last < first)
                return false;
        }
        mask |= low_bits(last + 1) & ~low_bits(first);
        if (*text == 0)
            break;
        if (*text++ != ',')
            return false;
    }
    *out = mask;
    return true;
}

bool config_has_word(const char *words, const char *prefix)
{
    size_t length = strlen(prefix);

    for (const char *s = words; s != NULL; s = strchr(s, ' ')) {
        while (*s == ' ')
            s++;
        if (strncmp(s, prefix, length) == 0)
            return true;
    }
    return false;
}
