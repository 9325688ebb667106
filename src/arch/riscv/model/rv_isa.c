/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and writing lists of extensions. Must not decide what a setting of henvcfg is. */
#include "arch/riscv/model/rv_isa.h"
#include "core/dtb.h"

#include "lib/fmt.h"
#include "lib/string.h"

static const struct extension {
    const char *name;
    bool guest;
} extensions[RV_EXTENSION_COUNT] = {
#define EXTENSION(name, guest) [RV_EXT_##name] = {#name, guest},
    RV_EXTENSION_LIST(EXTENSION)
#undef EXTENSION
};

static void add(struct rv_isa *isa, const char *name, size_t length)
{
    for (unsigned i = 0; i < RV_EXTENSION_COUNT; i++)
        if (strlen(extensions[i].name) == length && memcmp(extensions[i].name, name, length) == 0)
            isa->have[i] = true;
}

/* "g" is short for these (Volume I, 28.2). */
static void add_general(struct rv_isa *isa)
{
    static const enum rv_extension general[] = {RV_EXT_i, RV_EXT_m,     RV_EXT_a,       RV_EXT_f,
                                                RV_EXT_d, RV_EXT_zicsr, RV_EXT_zifencei};

    for (unsigned i = 0; i < ARRAY_SIZE(general); i++)
        isa->have[general[i]] = true;
}

static bool is_multi_letter(char first)
{
    return first == 'z' || first == 's' || first == 'x';
}

bool rv_isa_parse(const char *text, struct rv_isa *isa)
{
    static const char prefix[] = "rv64";
    const char *at = text;

    if (strnlen(text, sizeof(prefix) - 1) < sizeof(prefix) - 1 ||
        memcmp(text, prefix, sizeof(prefix) - 1) != 0)
        return false;
    for (at += sizeof(prefix) - 1; *at != 0;) {
        const char *end = at + 1;

        if (is_multi_letter(*at))
            while (*end != 0 && *end != '_')
                end++;
        if (*at == 'g')
            add_general(isa);
        else if (*at != '_')
            add(isa, at, (size_t)(end - at));
        at = end;
    }
    return true;
}

void rv_isa_read(const void *fdt, int node, struct rv_isa *isa)
{
    int length, at = 0;
    const char *list = dtb_property(fdt, node, "riscv,isa-extensions", &length), *name;
    const char *text = dtb_string(fdt, node, "riscv,isa");

    *isa = (struct rv_isa){0};
    while (list != NULL && (name = dtb_next_string(list, length, &at)) != NULL)
        add(isa, name, strlen(name));
    /* Older trees have the string only. */
    if (at == 0 && text != NULL)
        (void)rv_isa_parse(text, isa);
    isa->cbom_bytes = dtb_cell_or(fdt, node, "riscv,cbom-block-size", 0);
    isa->cboz_bytes = dtb_cell_or(fdt, node, "riscv,cboz-block-size", 0);
}

void rv_isa_meet(struct rv_isa *isa, const struct rv_isa *other)
{
    for (unsigned i = 0; i < RV_EXTENSION_COUNT; i++)
        isa->have[i] &= other->have[i];
    isa->cbom_bytes = MIN(isa->cbom_bytes, other->cbom_bytes);
    isa->cboz_bytes = MIN(isa->cboz_bytes, other->cboz_bytes);
}

void rv_isa_set_vectors(struct rv_isa *guest, const struct rv_isa *host)
{
#define EXTENSION(name, guest) RV_EXT_##name,
    static const uint8_t vectors[] = {RV_EXT_v, RV_VECTOR_EXTENSION_LIST(EXTENSION)};
#undef EXTENSION

    for (unsigned i = 0; i < ARRAY_SIZE(vectors); i++)
        guest->have[vectors[i]] = host != NULL && host->have[vectors[i]];
}

void rv_isa_for_guests(const struct rv_isa *host, struct rv_isa *guest)
{
    *guest = *host;
    for (unsigned i = 0; i < RV_EXTENSION_COUNT; i++)
        guest->have[i] &= extensions[i].guest;
}

size_t rv_isa_string(const struct rv_isa *isa, char *text, size_t size)
{
    size_t length = (size_t)fmt_print(text, size, "rv64");

    for (unsigned i = 0; i < RV_EXTENSION_COUNT; i++) {
        bool letter = extensions[i].name[1] == 0;

        if (isa->have[i] && length < size)
            length += (size_t)fmt_print(text + length, size - length, "%s%s", letter ? "" : "_",
                                        extensions[i].name);
    }
    return length;
}

size_t rv_isa_list(const struct rv_isa *isa, char *list, size_t size)
{
    size_t used = 0;

    for (unsigned i = 0; i < RV_EXTENSION_COUNT; i++) {
        size_t bytes = strlen(extensions[i].name) + 1;

        if (!isa->have[i])
            continue;
        if (bytes > size - used)
            return 0;
        memcpy(list + used, extensions[i].name, bytes);
        used += bytes;
    }
    return used;
}
