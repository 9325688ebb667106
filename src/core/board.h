/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host's device tree says of the machine, apart from the VMs. Pure: the host tool reads
 * a board's tree with the same code. Only reads; drivers match nodes themselves (drivers/driver.h).
 */
#pragma once

#include "core/vm_config.h"
#include "lib/err.h"
#include "lib/types.h"

#define BOARD_RANGE_MAX 64
#define BOARD_CPU_MAX   32

struct board {
    struct hpa_range memory[BOARD_RANGE_MAX]; /* ascending, disjoint, merged */
    uint32_t memory_count;
    struct hpa_range reserved[BOARD_RANGE_MAX]; /* /memreserve/ and /reserved-memory, as listed */
    uint32_t reserved_count;
    uint64_t cpu_ids[BOARD_CPU_MAX]; /* MPIDR affinity or hartid, in tree order, enabled ones */
    uint32_t cpu_count;
};

/* Read the machine from FDT. ERR_INVALID with a report when there is no usable memory or CPU. */
enum err board_parse(const void *fdt, size_t size_bytes, const struct config_sink *sink,
                     struct board *out) __must_check;

/* What the VMs are checked against: all of BOARD, which must stay; the caller adds what is loaded.
 */
struct board_limits board_limits(const struct board *board);

/*
 * Address and size of the INDEX-th entry of NODE's `reg`, translated through the `ranges` of its
 * parents (Devicetree Specification 0.4, section 2.3). ERR_NOT_FOUND if there is no such entry.
 */
enum err board_node_reg(const void *fdt, int node, uint32_t index,
                        struct hpa_range *out) __must_check;
/* Of the first MAX entries, as many as there are, up to one that is not right: how many. */
uint32_t board_node_regs(const void *fdt, int node, struct hpa_range *out, uint32_t max);
