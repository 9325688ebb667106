/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks the interrupt tree: see board_irq.h. The tree is foreign: every length is checked, and the
 * walk ends after as many nodes as a tree of ours can have levels. Devicetree Specification 0.4,
 * sections 2.4.1 "Properties for Interrupt Generating Devices" to 2.4.4 "Interrupt Mapping
 * Example".
 */
#include "core/board_irq.h"

#include "core/dtb.h"

#define CELL_BYTES 4u
#define HOPS_MAX   DTB_DEPTH_MAX
/* A unit address and an interrupt specifier, as a nexus compares them: PCI's is the longest. */
#define MATCH_CELLS_MAX 8u

/* Cells of a property, and how many. */
struct cells {
    const uint8_t *at;
    uint32_t count;
};

static struct cells cells_of(const void *fdt, int node, const char *name)
{
    int length;
    const uint8_t *at = dtb_property(fdt, node, name, &length);

    return at == NULL ? (struct cells){0} : (struct cells){at, (uint32_t)length / CELL_BYTES};
}

/* Their first, taken off. The caller has looked whether there is one. */
static uint32_t take(struct cells *cells)
{
    uint32_t value = (uint32_t)dtb_cells(cells->at, 1);

    cells->at += CELL_BYTES;
    cells->count--;
    return value;
}

static bool has_property(const void *fdt, int node, const char *name)
{
    return dtb_property(fdt, node, name, NULL) != NULL;
}

/* Who NODE's interrupts go to: said by itself, or by the next node above that takes any. */
static int parent_of(const void *fdt, int node)
{
    for (unsigned hops = 0; node >= 0 && hops < HOPS_MAX; hops++) {
        struct cells phandle = cells_of(fdt, node, "interrupt-parent");

        node = phandle.count == 1 ? dtb_by_phandle(fdt, take(&phandle)) : dtb_parent(fdt, node);
        if (node >= 0 && has_property(fdt, node, "#interrupt-cells"))
            return node;
    }
    return -1;
}

/* IRQ's specifier is the next COUNT of CELLS. */
static enum err take_specifier(struct cells *cells, uint32_t count, struct board_irq *irq)
{
    if (count == 0 || count > BOARD_IRQ_CELLS_MAX || count > cells->count)
        return ERR_INVALID;
    for (uint32_t i = 0; i < count; i++)
        irq->cells[i] = take(cells);
    irq->count = count;
    return ERR_NONE;
}

/* What a nexus compares: the device's address, of ADDRESS_COUNT cells, and its specifier. */
static void fill_match(const void *fdt, int device, uint32_t address_count,
                       const struct board_irq *irq, uint32_t *match)
{
    struct cells reg = cells_of(fdt, device, "reg");

    for (uint32_t i = 0; i < address_count; i++)
        match[i] = reg.count != 0 ? take(&reg) : 0;
    for (uint32_t i = 0; i < irq->count; i++)
        match[address_count + i] = irq->cells[i];
}

/* One entry of a map: does it match? And the rest of it, for whom the interrupt goes to. */
static enum err take_entry(const void *fdt, struct cells *map, const uint32_t *match,
                           const uint32_t *mask, uint32_t count, bool *matches,
                           struct board_irq *next)
{
    uint32_t skipped;

    if (map->count < count + 1)
        return ERR_INVALID;
    *matches = true;
    for (uint32_t i = 0; i < count; i++)
        *matches &= ((take(map) ^ match[i]) & mask[i]) == 0;
    next->controller = dtb_by_phandle(fdt, take(map));
    if (next->controller < 0)
        return ERR_INVALID;
    /* An interrupt controller need not have addresses. */
    skipped = dtb_cell_or(fdt, next->controller, "#address-cells", 0);
    if (skipped > map->count)
        return ERR_INVALID;
    for (; skipped != 0; skipped--)
        (void)take(map);
    return take_specifier(map, dtb_cell_or(fdt, next->controller, "#interrupt-cells", 0), next);
}

/* DEVICE's interrupt IRQ has come to the nexus irq->controller, which sends it on. */
static enum err map_through(const void *fdt, int device, struct board_irq *irq)
{
    struct cells map = cells_of(fdt, irq->controller, "interrupt-map");
    struct cells mask_cells = cells_of(fdt, irq->controller, "interrupt-map-mask");
    uint32_t address_count = dtb_cell_or(fdt, irq->controller, "#address-cells", 2);
    uint32_t match[MATCH_CELLS_MAX], mask[MATCH_CELLS_MAX], count = address_count + irq->count;
    struct board_irq next;

    if (address_count > MATCH_CELLS_MAX - BOARD_IRQ_CELLS_MAX)
        return ERR_INVALID;
    fill_match(fdt, device, address_count, irq, match);
    for (uint32_t i = 0; i < count; i++)
        mask[i] = mask_cells.count != 0 ? take(&mask_cells) : UINT32_MAX;
    while (map.count != 0) {
        bool matches;
        enum err err = take_entry(fdt, &map, match, mask, count, &matches, &next);

        if (err != ERR_NONE)
            return err;
        if (matches) {
            *irq = next;
            return ERR_NONE;
        }
    }
    return ERR_NOT_FOUND;
}

/* What NODE itself says, and to whom. */
static enum err first_of(const void *fdt, int node, struct board_irq *irq)
{
    struct cells extended = cells_of(fdt, node, "interrupts-extended");
    struct cells own = cells_of(fdt, node, "interrupts");
    struct cells *from = &own;

    if (extended.count != 0) {
        irq->controller = dtb_by_phandle(fdt, take(&extended));
        from = &extended;
    } else if (own.count != 0) {
        irq->controller = parent_of(fdt, node);
    } else {
        return ERR_NOT_FOUND;
    }
    if (irq->controller < 0)
        return ERR_INVALID;
    return take_specifier(from, dtb_cell_or(fdt, irq->controller, "#interrupt-cells", 0), irq);
}

enum err board_node_irq(const void *fdt, int node, struct board_irq *out)
{
    enum err err = first_of(fdt, node, out);

    for (unsigned hops = 0; err == ERR_NONE && hops < HOPS_MAX; hops++) {
        if (has_property(fdt, out->controller, "interrupt-controller"))
            return ERR_NONE;
        if (!has_property(fdt, out->controller, "interrupt-map"))
            return ERR_INVALID;
        err = map_through(fdt, node, out);
    }
    return err != ERR_NONE ? err : ERR_INVALID;
}
