/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a device model raises an interrupt in its VM without knowing which interrupt controller
 * the VM has. The controller (vGIC, vPLIC) implements the operations.
 */
#pragma once

#include "lib/types.h"

struct virq_controller;

struct virq_controller_ops {
    /*
     * Set the input line NUMBER to LEVEL; for a line configured as edge a rise makes it pending.
     * CPU is the vCPU for a per-CPU line, ignored for a shared one. Locks: takes the controller's.
     */
    void (*set_level)(struct virq_controller *controller, uint32_t cpu, uint32_t number,
                      bool level);
};

struct virq_controller {
    const struct virq_controller_ops *ops;
};

/* One input line. A line without a controller is not connected: setting it does nothing. */
struct virq_line {
    struct virq_controller *controller;
    uint32_t number; /* the controller's own number: an INTID on a GIC */
    uint32_t cpu;
};

static inline void virq_line_set(const struct virq_line *line, bool level)
{
    if (line->controller != NULL)
        line->controller->ops->set_level(line->controller, line->cpu, line->number, level);
}
