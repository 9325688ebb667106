/* SPDX-License-Identifier: Apache-2.0 */
/* What the host's harts can do, found out once from the device tree and the registers. */
#pragma once

#include "arch/riscv/model/rv_csr.h"
#include "arch/riscv/model/rv_isa.h"
#include "arch/riscv/model/rv_state.h"

struct rv_host {
    struct rv_isa isa;       /* what all harts have */
    struct rv_isa guest_isa; /* what guests are shown of it */
    struct rv_isa aia_isa;   /* and those that have interrupt files */
    const char *mmu_type;    /* of the boot hart's node, or NULL */
    uint32_t timebase_hz;
    bool h;               /* the H extension */
    bool aia;             /* Ssaia: guests find siselect, which is theirs then */
    bool sstc;            /* stimecmp for us, vstimecmp for guests */
    uint64_t henvcfg;     /* for guests */
    enum rv_mode s2_mode; /* of hgatp */
    uint32_t vmid_count;
    uint64_t vector_bytes; /* of a vector register; with V */
    /* For guests without H. */
    struct rv_isa emulated_isa; /* what they are shown */
    const char *emulated_mmu_type;
    struct rv_priv_caps caps;
    uint32_t asid_count, asid_next; /* of satp; the first that nobody has */
    uint64_t u_env;                 /* what of senvcfg the machine has */
};
extern struct rv_host rv_host;

/* Read the device tree. A sentence for the user on failure, NULL on success. Boot hart. */
const char *host_init(const void *fdt);
/* The node of the hart HARTID, negative if there is none. */
int host_cpu_node(const void *fdt, uint64_t hartid);
