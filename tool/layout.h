/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where in the board's memory what we load lies:
 *
 *   start of RAM            18 MiB for the hypervisor: a boot loader's page or two, the image at
 * its architecture's offset, and what follows it
 *   + 128 MiB               the device tree, where QEMU puts it for a Linux image (half of the RAM
 * if (or half the RAM)     that is less); 2 MiB are kept for it behind the tree         the
 * modules, upwards: so the end of RAM, where U-Boot lives, stays free, and what is left over is in
 * one piece
 *
 * What does not fit behind the tree goes wherever it fits. Reserved memory is kept out of.
 */
#pragma once

#include "core/board.h"
#include "tool/module.h"

struct layout {
    uint64_t hypervisor; /* address of the image */
    uint64_t tree;       /* address of the device tree */
    struct hpa_range taken[BOARD_RANGE_MAX + MODULE_MAX + 8];
    uint32_t taken_count;
    const struct board *board;
};

/* The layout of BOARD, with the image IMAGE_OFFSET from the start of RAM; nothing placed but the
 * fixed parts. */
void layout_init(struct layout *layout, const struct board *board, uint64_t image_offset);
/* Keep placements away from RANGE. */
void layout_take(struct layout *layout, struct hpa_range range);
/* Give MODULE an address; false if nothing fits. */
bool layout_place(struct layout *layout, struct module *module);
