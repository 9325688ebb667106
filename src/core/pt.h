/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one page-table walker. A `static const struct pt_format` says how entries look; the walker is
 * always_inline, so that a constant format leaves no indirect call for an entry; what is left are
 * the owner's pt_ops, called once a table or once an operation. Used for the hypervisor's own
 * table, stage 2, the G-stage and shadow tables.
 *
 * Changing a live entry follows break-before-make (Arm ARM DDI 0487, D8, "Using break-before-make
 * when updating translation table entries"): the old entry is made invalid, the invalidation is
 * completed, then the new one is written.
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

enum pt_right { PT_READ = 1, PT_WRITE = 2, PT_EXEC = 4 };
enum pt_memory { PT_NORMAL, PT_DEVICE };

struct pt_attr {
    uint8_t rights;   /* enum pt_right */
    uint8_t memory;   /* enum pt_memory */
    uint8_t software; /* 0 or 1, in a bit the hardware ignores: owner's mark (copy on write) */
};

#define PT_LEVEL_MAX 5

struct pt_format {
    uint8_t level_count;  /* levels are numbered from the root, 0; the last holds pages */
    uint8_t level_bits;   /* index bits a level, 9 */
    uint8_t root_bits;    /* of the root: more than level_bits when root pages are concatenated */
    uint8_t block_levels; /* bit n: level n may hold a leaf */
    uint8_t output_bits;  /* width of the addresses that entries can hold */
    uint64_t (*make_leaf)(hpa_t hpa, struct pt_attr attr, unsigned level, unsigned level_count);
    uint64_t (*make_table)(hpa_t table);
    bool (*is_valid)(uint64_t entry);
    bool (*is_leaf)(uint64_t entry, unsigned level, unsigned level_count); /* of a valid entry */
    hpa_t (*address)(uint64_t entry);
    struct pt_attr (*attr)(uint64_t entry);
};

struct pt;
struct pt_ops {
    void *(*alloc_page)(struct pt *pt); /* zeroed, or NULL */
    void (*free_page)(struct pt *pt, void *page);
    hpa_t (*to_hpa)(const void *table); /* of a table page */
    void *(*to_table)(hpa_t hpa);
    /*
     * What was written to tables so far is seen by every walker from here on (DSB ISHST; a clean
     * where walks are not coherent), and before anything written later.
     */
    void (*publish)(struct pt *pt);
    /*
     * Entries and tables for [ia, ia + size) were changed and published: no TLB and no walk cache
     * holds the old ones when this returns.
     */
    void (*forget)(struct pt *pt, uint64_t ia, uint64_t size_bytes);
};

struct pt {
    const struct pt_ops *ops;
    uint64_t *root;
    uint64_t page_count; /* table pages in use, the root's included */
};

/* Who looks at a whole table. */
struct pt_visitor {
    void *context;
    void (*leaf)(void *context, uint64_t ia, hpa_t hpa, uint64_t size_bytes, struct pt_attr attr);
    /* A page of the table itself; the root is not shown. */
    void (*table)(void *context, const uint64_t *table);
};
/* The functions are in core/pt_walk.h (always_inline, for the few files that own a format). */
