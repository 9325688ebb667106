/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns what the machine is by its device tree: memory, reserved memory, CPUs, and where devices
 * lie. Must not touch the machine or know VMs. Devicetree Specification 0.4,
 * sections 2.3, 3.4, 3.5, 3.8 and 5.3.
 */
#include "core/board.h"
#include "core/dtb.h"
#include "lib/fmt.h"
#include "lib/string.h"

#define CELL_BYTES            4u
#define CELLS_MAX             2u /* an address or size of 64 bits; PCI's three are not for us */
#define DEFAULT_ADDRESS_CELLS 2u
#define DEFAULT_SIZE_CELLS    1u

struct board_reader {
    const void *fdt;
    const struct config_sink *sink;
    struct board *out;
};

static void __printf(5, 6) report(const struct board_reader *r, enum config_severity severity,
                                  int node, const char *property, const char *format, ...)
{
    char path[128] = "/";
    char text[256];
    va_list args;

    if (node >= 0)
        dtb_path(r->fdt, node, path, sizeof(path));
    va_start(args, format);
    fmt_vprint(text, sizeof(text), format, args);
    va_end(args);
    r->sink->report(r->sink->context, severity, path, property, text);
}

/* ---- reg and ranges ------------------------------------------------------------------------- */

/* How the children of a node write addresses and sizes. */
struct cells {
    uint32_t address, size;
};

static struct cells cells_of(const void *fdt, int bus)
{
    return (struct cells){
        .address = dtb_cell_or(fdt, bus, "#address-cells", DEFAULT_ADDRESS_CELLS),
        .size = dtb_cell_or(fdt, bus, "#size-cells", DEFAULT_SIZE_CELLS),
    };
}

/* The INDEX-th entry of NODE's `reg` as its parent's children write it. */
static enum err raw_reg(const void *fdt, int node, struct cells cells, uint32_t index,
                        struct hpa_range *out)
{
    int length;
    const uint8_t *reg = dtb_property(fdt, node, "reg", &length);
    uint32_t entry = (cells.address + cells.size) * CELL_BYTES;

    if (reg == NULL)
        return ERR_NOT_FOUND;
    if (cells.address < 1 || cells.address > CELLS_MAX || cells.size > CELLS_MAX)
        return ERR_UNSUPPORTED;
    if ((uint32_t)length % entry != 0)
        return ERR_INVALID;
    if (index >= (uint32_t)length / entry)
        return ERR_NOT_FOUND;
    reg += (size_t)index * entry;
    out->base = HPA(dtb_cells(reg, cells.address));
    out->size_bytes = dtb_cells(reg + cells.address * CELL_BYTES, cells.size);
    if (out->base.raw + out->size_bytes < out->base.raw)
        return ERR_INVALID;
    return ERR_NONE;
}

/* Translate RANGE from the children of BUS to the children of BUS's parent. */
static enum err translate(const void *fdt, int bus, struct cells child, struct cells parent,
                          struct hpa_range *range)
{
    int length;
    const uint8_t *p = dtb_property(fdt, bus, "ranges", &length);
    uint32_t entry = (child.address + parent.address + child.size) * CELL_BYTES;

    if (p == NULL)
        return ERR_INVALID; /* the bus maps nothing */
    if (length == 0)
        return ERR_NONE; /* one to one */
    if (child.address > CELLS_MAX || parent.address > CELLS_MAX || child.size > CELLS_MAX)
        return ERR_UNSUPPORTED;
    if (entry == 0 || (uint32_t)length % entry != 0)
        return ERR_INVALID;
    for (const uint8_t *end = p + length; p < end; p += entry) {
        uint64_t from = dtb_cells(p, child.address);
        uint64_t to = dtb_cells(p + child.address * CELL_BYTES, parent.address);
        uint64_t size = dtb_cells(p + (child.address + parent.address) * CELL_BYTES, child.size);

        if (!range_within(range->base.raw, range->size_bytes, from, size))
            continue;
        range->base = HPA(to + (range->base.raw - from));
        if (range->base.raw < to || range->base.raw + range->size_bytes < range->base.raw)
            return ERR_INVALID;
        return ERR_NONE;
    }
    return ERR_INVALID;
}

/* The INDEX-th entry of NODE, a child of BUS. */
static enum err child_reg(const void *fdt, int node, int bus, uint32_t index, struct hpa_range *out)
{
    struct cells cells = cells_of(fdt, bus);
    enum err err = raw_reg(fdt, node, cells, index, out);

    while (!err && bus != 0) {
        int above = dtb_parent(fdt, bus);
        struct cells above_cells = cells_of(fdt, above);

        err = translate(fdt, bus, cells, above_cells, out);
        bus = above;
        cells = above_cells;
    }
    return err;
}

enum err board_node_reg(const void *fdt, int node, uint32_t index, struct hpa_range *out)
{
    int bus = dtb_parent(fdt, node);

    /* The root has none. */
    return bus < 0 ? ERR_NOT_FOUND : child_reg(fdt, node, bus, index, out);
}

uint32_t board_node_regs(const void *fdt, int node, struct hpa_range *out, uint32_t max)
{
    int bus = dtb_parent(fdt, node);
    uint32_t count = 0;

    while (bus >= 0 && count < max && child_reg(fdt, node, bus, count, &out[count]) == ERR_NONE)
        count++;
    return count;
}

/* ---- memory --------------------------------------------------------------------------------- */

/* Put RANGE into the ascending list, merged with what it touches. */
static void add_memory(struct board_reader *r, int node, struct hpa_range range)
{
    struct board *b = r->out;
    uint64_t base = range.base.raw, end = base + range.size_bytes;
    uint32_t at = 0, merged;

    while (at < b->memory_count && b->memory[at].base.raw + b->memory[at].size_bytes < base)
        at++;
    for (merged = at; merged < b->memory_count && b->memory[merged].base.raw <= end; merged++) {
        base = MIN(base, b->memory[merged].base.raw);
        end = MAX(end, b->memory[merged].base.raw + b->memory[merged].size_bytes);
    }
    if (merged == at && b->memory_count == BOARD_RANGE_MAX) {
        report(r, CONFIG_WARNING, node, "reg",
               "There are more than %u pieces of memory; this one at 0x%llx is not used.",
               (unsigned)BOARD_RANGE_MAX, (unsigned long long)base);
        return;
    }
    /* [at, merged) becomes one entry. */
    memmove(&b->memory[at + 1], &b->memory[merged],
            (b->memory_count - merged) * sizeof(b->memory[0]));
    b->memory[at] = (struct hpa_range){HPA(base), end - base};
    b->memory_count = b->memory_count + 1 - (merged - at);
}

static bool is_memory(const void *fdt, int node)
{
    const char *type = dtb_string(fdt, node, "device_type");

    return type != NULL && strcmp(type, "memory") == 0 && dtb_enabled(fdt, node);
}

static void read_memory(struct board_reader *r)
{
    struct cells cells = cells_of(r->fdt, 0);
    int node;

    dtb_for_each_child(node, r->fdt, 0)
    {
        struct hpa_range range;
        enum err err = ERR_NONE;

        if (!is_memory(r->fdt, node))
            continue;
        for (uint32_t i = 0; !err; i++) {
            err = raw_reg(r->fdt, node, cells, i, &range);
            if (!err && range.size_bytes != 0)
                add_memory(r, node, range);
        }
        if (err != ERR_NOT_FOUND)
            report(r, CONFIG_WARNING, node, "reg",
                   "The memory's addresses do not fit #address-cells = <%u> and #size-cells = <%u> "
                   "of the root, or go beyond the last address; the rest of them is not used.",
                   (unsigned)cells.address, (unsigned)cells.size);
    }
}

/* ---- reserved memory ------------------------------------------------------------------------ */

static void add_reserved(struct board_reader *r, int node, struct hpa_range range)
{
    struct board *b = r->out;

    if (range.size_bytes == 0)
        return;
    /* Using what somebody reserved would be wrong in silence: the last entry grows over it. */
    if (b->reserved_count == BOARD_RANGE_MAX) {
        struct hpa_range *last = &b->reserved[BOARD_RANGE_MAX - 1];
        uint64_t end = MAX(last->base.raw + last->size_bytes, range.base.raw + range.size_bytes);

        last->base = HPA(MIN(last->base.raw, range.base.raw));
        last->size_bytes = end - last->base.raw;
        report(r, CONFIG_WARNING, node, "reg",
               "There are more than %u reserved regions; all from 0x%llx to 0x%llx is left unused.",
               (unsigned)BOARD_RANGE_MAX, (unsigned long long)last->base.raw,
               (unsigned long long)end);
        return;
    }
    b->reserved[b->reserved_count++] = range;
}

static void read_reserved(struct board_reader *r)
{
    int parent = dtb_find(r->fdt, "/reserved-memory");
    int node;
    uint64_t base, size;

    for (uint32_t i = 0; dtb_reservation(r->fdt, i, &base, &size); i++) {
        if (base + size >= base)
            add_reserved(r, -1, (struct hpa_range){HPA(base), size});
    }
    if (parent < 0)
        return;
    dtb_for_each_child(node, r->fdt, parent)
    {
        struct cells cells = cells_of(r->fdt, parent);
        struct hpa_range range;
        enum err err = ERR_NONE;

        if (!dtb_enabled(r->fdt, node))
            continue;
        /* Section 3.5.2: the addresses are those of the root; a node without reg has no fixed
         * place. */
        for (uint32_t i = 0; !err; i++) {
            err = raw_reg(r->fdt, node, cells, i, &range);
            if (!err)
                add_reserved(r, node, range);
        }
        if (err != ERR_NOT_FOUND)
            report(r, CONFIG_WARNING, node, "reg",
                   "The reserved addresses do not fit #address-cells = <%u> and #size-cells = <%u> "
                   "of the node above; the rest of them is not kept free.",
                   (unsigned)cells.address, (unsigned)cells.size);
    }
}

/* ---- CPUs ----------------------------------------------------------------------------------- */

static bool is_cpu(const void *fdt, int node)
{
    const char *type = dtb_string(fdt, node, "device_type");

    return type != NULL && strcmp(type, "cpu") == 0 && dtb_enabled(fdt, node);
}

static void add_cpu(struct board_reader *r, int node, struct cells cells)
{
    struct board *b = r->out;
    struct hpa_range reg;

    if (raw_reg(r->fdt, node, cells, 0, &reg) != ERR_NONE) {
        report(r, CONFIG_WARNING, node, "reg",
               "The CPU has no number by #address-cells = <%u> of /cpus; it is not used.",
               (unsigned)cells.address);
        return;
    }
    for (uint32_t i = 0; i < b->cpu_count; i++) {
        if (b->cpu_ids[i] == reg.base.raw) {
            report(r, CONFIG_WARNING, node, "reg",
                   "There is another CPU with the number 0x%llx; this one is not used.",
                   (unsigned long long)reg.base.raw);
            return;
        }
    }
    if (b->cpu_count == BOARD_CPU_MAX) {
        report(r, CONFIG_WARNING, node, NULL, "There are more than %u CPUs; this one is not used.",
               (unsigned)BOARD_CPU_MAX);
        return;
    }
    b->cpu_ids[b->cpu_count++] = reg.base.raw;
}

static void read_cpus(struct board_reader *r)
{
    int cpus = dtb_find(r->fdt, "/cpus");
    struct cells cells;
    int node;

    if (cpus < 0)
        return;
    cells = cells_of(r->fdt, cpus);
    cells.size = 0; /* section 3.8: always, and some trees forget to say so */
    dtb_for_each_child(node, r->fdt, cpus)
    {
        if (is_cpu(r->fdt, node))
            add_cpu(r, node, cells);
    }
}

enum err board_parse(const void *fdt, size_t size_bytes, const struct config_sink *sink,
                     struct board *out)
{
    struct board_reader r = {.fdt = fdt, .sink = sink, .out = out};
    const char *why;

    memset(out, 0, sizeof(*out));
    if (dtb_check(fdt, size_bytes, &why) != ERR_NONE) {
        report(&r, CONFIG_ERROR, -1, NULL, "%s", why);
        return ERR_INVALID;
    }
    read_memory(&r);
    read_reserved(&r);
    read_cpus(&r);
    if (out->memory_count == 0)
        report(&r, CONFIG_ERROR, 0, NULL,
               "The machine has no memory: no node with device_type = \"memory\" and a reg that is "
               "not empty. Take the device tree of the board.");
    if (out->cpu_count == 0)
        report(&r, CONFIG_ERROR, 0, NULL,
               "The machine has no CPU: no node in /cpus with device_type = \"cpu\" and reg. Take "
               "the device tree of the board.");
    return out->memory_count == 0 || out->cpu_count == 0 ? ERR_INVALID : ERR_NONE;
}

struct board_limits board_limits(const struct board *board)
{
    struct board_limits limits = {.cpu_count = board->cpu_count, .board = board};

    for (uint32_t i = 0; i < board->memory_count; i++)
        limits.memory_bytes += board->memory[i].size_bytes;
    return limits;
}
