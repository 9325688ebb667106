/* SPDX-License-Identifier: Apache-2.0 */
/*
 * To which input of which interrupt controller a device's interrupt goes: through the interrupt
 * tree, whose nexus nodes renumber it. Pure. Devicetree Specification 0.4, section 2.4.
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

#define BOARD_IRQ_CELLS_MAX 4u

struct board_irq {
    int controller; /* its node */
    uint32_t cells[BOARD_IRQ_CELLS_MAX];
    uint32_t count; /* of them: the controller's #interrupt-cells */
};

/*
 * NODE's first interrupt. ERR_NOT_FOUND if it has none, or a nexus on the way maps it nowhere;
 * ERR_INVALID if what the tree says of it does not fit together, or goes round in a circle.
 */
enum err board_node_irq(const void *fdt, int node, struct board_irq *out) __must_check;
