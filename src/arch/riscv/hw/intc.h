/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's interrupt controller, whichever it is: a PLIC (plic.c), or an APLIC with or without
 * IMSICs (aplic.c). Interrupts of devices all go to the boot hart.
 */
#pragma once

#include "core/pcpu.h"

/* What a driver does for the rest. All on the hart they are for; numbers are sources. */
struct intc {
    /* The boot hart is NUMBER among those that the controller knows (intc_hart). */
    void (*init_cpu)(const struct pcpu *pcpu);
    void (*enable)(uint32_t irq, bool edge);
    void (*interrupt)(void);
};

/* Find it in FDT. A sentence for the user on failure, NULL on success. Boot hart. */
const char *intc_init(const void *fdt);
/* By what number the controller knows HARTID's supervisor mode; UINT32_MAX: not at all. */
uint32_t intc_hart(uint64_t hartid);
/* This hart takes every priority, and nothing yet; before arch_irq_enable. */
void intc_init_cpu(const struct pcpu *pcpu);
/* Take and handle what is pending for this hart. */
void intc_interrupt(void);

/* ---- for the drivers */
/* NODE interrupts the supervisor mode of harts. */
bool intc_is_supervisors(const void *fdt, int node);
/* Call IRQ's handler. False: it has none, which is told; nobody will quieten it. */
bool intc_handle(uint32_t irq);
/* Use what is there. *NODE: whose `interrupts-extended` has the harts in the order of their
 * numbers. */
const char *plic_init(const void *fdt, const struct intc **intc, int *node);
const char *aplic_init(const void *fdt, const struct intc **intc, int *node);
