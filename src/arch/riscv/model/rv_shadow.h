/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shadow page tables: what the hart walks while a guest runs whose kernel is not privileged. They
 * are a cache of rv_walk.h's answers, as a TLB is: filled by faults, made to agree with the guest's
 * tables when its manual says that a TLB is, and emptied at any other moment by our own choice
 * (Privileged Architecture, version 20240411: 10.2.1 SFENCE.VMA, 10.3 to 10.6).
 *
 * What was filled keeps the guest's entries that it came from (its sources). A fence of many
 * addresses takes out what has other sources now, when the context is current next; what the walk
 * would find again stays.
 *
 * One set for each vCPU, so that its fences are its own affair. A set holds a number of contexts,
 * each a table for one view of one satp, with an ASID of the host's: what the guest leaves and
 * comes back to is still there. Its memory is given once; when it is used up all contexts begin
 * anew.
 *
 * In each table stands the trampoline (docs/adr/0012-riscv-without-h.md): a page of code and a page
 * of data, unreachable for the guest, at one of several places: when the guest wants something
 * there, it moves to the next.
 *
 * Owns the tables; must not touch the hart: what its TLB has to forget is noted (rv_shadow_flush)
 * and done by whoever enters the guest. Functions may be called for any vCPU from any CPU; they
 * take the set's lock. Pages that were taken from a table may still be walked by the hart that runs
 * it until it was told: a caller on another CPU sees to that.
 */
#pragma once

#include "arch/riscv/model/rv_pt.h"
#include "core/lock.h"
#include "lib/err.h"
#include "lib/types.h"

/* What of a satp is seen: a set of these, none of them without translation. */
enum rv_view {
    RV_VIEW_USER = 1,     /* of user mode; else the supervisor's */
    RV_VIEW_SUM = 2,      /* the supervisor's, with its users' memory */
    RV_VIEW_MXR = 4,      /* executable is readable */
    RV_VIEW_FETCH = 8,    /* rights to execute only: loads and stores mean something else (MPRV) */
    RV_VIEW_MACHINE = 16, /* of machine mode */
};

/* The trampoline's places are pairs of pages at the end of the address space of every mode. */
#define RV_SHADOW_PLACE_COUNT 8u
#define RV_SHADOW_PLACES_VA   0xffffffffffff0000ULL
static_assert(RV_SHADOW_PLACES_VA + RV_SHADOW_PLACE_COUNT * 2 * PAGE_SIZE == 0,
              "they end the space");
static inline uint64_t rv_shadow_place_va(unsigned place)
{
    return RV_SHADOW_PLACES_VA + place * 2 * PAGE_SIZE;
}

#define RV_SHADOW_CONTEXT_COUNT 16u
/* Pages that a set needs at least, and how many it may use. */
#define RV_SHADOW_PAGES_MIN 160u
#define RV_SHADOW_PAGES_MAX 4096u

/* Leaves whose sources are kept, for each context; with more, a fence empties all of it. */
struct rv_shadow_leaf {
    struct rv_source source;
    uint64_t *slot; /* ours */
};
#define RV_SHADOW_LEAVES_MAX (PAGE_SIZE / sizeof(struct rv_shadow_leaf))

/* What is known of a page of memory while it is a table. */
struct rv_shadow_page {
    struct rv_source source; /* that leads to it; of the path: only if it holds the guest's */
    uint64_t *slot;          /* ours that leads to it */
    uint16_t next, previous; /* of its context's, or of the free ones */
    bool used;
};

struct rv_shadow_context {
    struct pt pt;
    uint64_t satp; /* the guest's */
    uint8_t view;  /* enum rv_view */
    uint8_t levels, index;
    uint8_t place;
    bool used;           /* else there is no table */
    bool filled;         /* something of the guest's stands in it */
    bool stale;          /* what stands there is gone: cleared before it is current again */
    bool fenced;         /* compared with its sources before it is current again */
    bool overfull;       /* some leaves' sources are not kept */
    uint16_t leaf_count; /* of those in leaves_page */
    uint16_t leaves_page;
    uint16_t first, last;        /* chain of the pages below the root that are not of the path */
    uint16_t path[PT_LEVEL_MAX]; /* the root and what leads to the trampoline's places */
    uint64_t broken_bytes;       /* the largest leaf of the guest's that stands here in pieces */
    uint64_t turn;               /* when it was made current last */
};

/* What the TLB has to forget. */
struct rv_shadow_flush {
    enum { RV_FLUSH_NONE, RV_FLUSH_ADDRESS, RV_FLUSH_ASID, RV_FLUSH_ALL } what;
    uint64_t va;
    uint16_t asid;
};

struct rv_shadow_config {
    void *memory;                 /* of the tables */
    struct rv_shadow_page *pages; /* zeroed, as many as page_count */
    uint32_t page_count;          /* RV_SHADOW_PAGES_MIN to _MAX */
    uint16_t asid_base;           /* ASID of the first context */
    bool asids;                   /* each context has one of its own; else all have this one */
    hpa_t code;                   /* the trampoline's page */
    hpa_t (*to_hpa)(const void *table); /* of `memory` */
    void *(*to_table)(hpa_t hpa);
};

struct rv_shadow {
    struct spinlock lock;
    struct rv_shadow_context contexts[RV_SHADOW_CONTEXT_COUNT];
    struct rv_shadow_context *current; /* of its vCPU's own CPU */
    uint64_t generation;               /* rises when the guest's translations are dropped */
    struct rv_shadow_flush flush;
    struct rv_shadow_config config;
    struct pt_ops ops;
    hpa_t data; /* the trampoline's, of the hart */
    uint64_t turn;
    uint16_t free; /* first of the chain of free pages */
    uint64_t fill_count, reclaim_count;
};

/* SHADOW, zeroed, is empty. */
void rv_shadow_init(struct rv_shadow *shadow, const struct rv_shadow_config *config);
/* The vCPU goes to another hart, whose page of data is DATA. All flushed by the caller. */
void rv_shadow_set_data(struct rv_shadow *shadow, hpa_t data);

/* The context for SATP and VIEW, which becomes the current one; made if need be, in place of the
 * one that was left longest ago. */
void rv_shadow_select(struct rv_shadow *shadow, uint64_t satp, uint8_t view);
/* Of the current one: satp for the hart, and where its trampoline's code is. */
uint64_t rv_shadow_satp(const struct rv_shadow *shadow);
uint64_t rv_shadow_trampoline(const struct rv_shadow *shadow);

/*
 * To fill: read the generation, walk, map. In the current context VA becomes HPA with RIGHTS, in a
 * leaf as large as LEAF_BYTES and the block of BLOCK_BYTES that HPA lies in allow (both powers of
 * two). TRAIL is how the walk got there. ERR_BUSY: translations were dropped since the generation
 * was read, so this one may be old.
 */
uint64_t rv_shadow_generation(const struct rv_shadow *shadow);
enum err rv_shadow_map(struct rv_shadow *shadow, uint64_t generation, uint64_t va, hpa_t hpa,
                       uint64_t leaf_bytes, uint64_t block_bytes, uint8_t rights,
                       const struct rv_trail *trail) __must_check;
/* What VA leads to in the current context, for RIGHT; *RUN_BYTES are there in a row. ERR_NOT_FOUND.
 */
enum err rv_shadow_lookup(struct rv_shadow *shadow, uint64_t va, enum pt_right right, hpa_t *hpa,
                          uint64_t *run_bytes) __must_check;

/* ---- what empties it */

/*
 * SFENCE.VMA of one address, under one ASID or all (ASID NULL): the leaf of the guest's that holds
 * it, whatever its size. Of all addresses under ASID; of all. They hold at once for what is
 * selected from then on, and after rv_shadow_settle for the current context too, whose vCPU may be
 * running on another CPU.
 */
void rv_shadow_fence_address(struct rv_shadow *shadow, uint64_t va, const uint16_t *asid);
void rv_shadow_fence_asid(struct rv_shadow *shadow, uint16_t asid);
void rv_shadow_fence_all(struct rv_shadow *shadow);
void rv_shadow_settle(struct rv_shadow *shadow);
/* Something else that translations are made of has changed, such as the VM's memory: all go. */
void rv_shadow_forget_all(struct rv_shadow *shadow);

/* What the TLB has to forget before the guest runs on; it is taken. */
struct rv_shadow_flush rv_shadow_take_flush(struct rv_shadow *shadow);
