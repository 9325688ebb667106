/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the choice of addresses. Must not read files or trees. */
#include "tool/layout.h"

#define HYPERVISOR_ROOM MIB(16)
#define TREE_OFFSET     MIB(128)
#define TREE_ROOM       MIB(2)

void layout_take(struct layout *layout, struct hpa_range range)
{
    if (layout->taken_count == ARRAY_SIZE(layout->taken))
        die("the board has too many reserved ranges");
    layout->taken[layout->taken_count++] = range;
}

void layout_init(struct layout *layout, const struct board *board, uint64_t image_offset)
{
    const struct hpa_range *ram = &board->memory[0];

    *layout = (struct layout){.board = board};
    layout->hypervisor = ram->base.raw + image_offset;
    layout->tree = align_up(ram->base.raw + MIN(ram->size_bytes / 2, TREE_OFFSET), TREE_ROOM);
    layout_take(layout, (struct hpa_range){ram->base, image_offset + HYPERVISOR_ROOM});
    layout_take(layout, (struct hpa_range){HPA(layout->tree), TREE_ROOM});
    for (uint32_t i = 0; i < board->reserved_count; i++)
        layout_take(layout, board->reserved[i]);
}

/* The lowest address at or above FROM in RAM that MODULE fits at; false if there is none. */
static bool find(const struct layout *layout, const struct hpa_range *ram, uint64_t from,
                 const struct module *module, uint64_t *address)
{
    uint64_t at = align_up(MAX(from, ram->base.raw), module->align_bytes);
    bool moved = true;

    while (moved) {
        if (!range_within(at, module->room_bytes, ram->base.raw, ram->size_bytes))
            return false;
        moved = false;
        for (uint32_t i = 0; i < layout->taken_count; i++) {
            const struct hpa_range *taken = &layout->taken[i];

            if (!range_overlaps(at, module->room_bytes, taken->base.raw, taken->size_bytes))
                continue;
            at = align_up(taken->base.raw + taken->size_bytes, module->align_bytes);
            moved = true;
        }
    }
    *address = at;
    return true;
}

bool layout_place(struct layout *layout, struct module *module)
{
    const struct board *board = layout->board;
    bool found = find(layout, &board->memory[0], layout->tree, module, &module->address);

    for (uint32_t i = 0; i < board->memory_count && !found; i++)
        found = find(layout, &board->memory[i], 0, module, &module->address);
    if (found)
        layout_take(layout, (struct hpa_range){HPA(module->address), module->room_bytes});
    return found;
}
