/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host memory: who gets which page. A sorted array of free ranges, taken from the board's memory
 * less what is reserved, the hypervisor and the modules. Large runs (guest RAM) and single pages
 * (tables, structures) come from the same ranges, pages from the top, so that large runs stay
 * whole. Locks: its own, a leaf.
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

/*
 * Give [base, base + size) to the allocator; parts of pages are left out. ERR_EXISTS if it overlaps
 * free memory.
 */
enum err frame_add(hpa_t base, uint64_t size_bytes) __must_check;
/* Take a range out, wherever it is free (boot: reserved memory, modules, the image). */
enum err frame_reserve(hpa_t base, uint64_t size_bytes) __must_check;
/*
 * A run of SIZE (a multiple of a page) aligned to ALIGN (a power of two, a page at least). Contents
 * are what they were.
 */
enum err frame_alloc_run(uint64_t size_bytes, uint64_t align_bytes, hpa_t *out) __must_check;
/*
 * The largest free run with base aligned to ALIGN, at most WANT bytes, its size a multiple of
 * ALIGN.
 */
enum err frame_alloc_largest(uint64_t want_bytes, uint64_t align_bytes, hpa_t *out,
                             uint64_t *got) __must_check;
void frame_free_run(hpa_t base, uint64_t size_bytes);
/*
 * Take exactly [base, base + size), page-aligned, if all of it is free; ERR_BUSY. Give it back with
 * frame_free_run.
 */
enum err frame_claim(hpa_t base, uint64_t size_bytes) __must_check;
/* One zeroed page through the direct map, or NULL. */
void *frame_alloc_page(void);
/*
 * As above, COUNT pages in a row at a multiple of ALIGN (a power of two, a page at least): large
 * roots of page tables, large structures.
 */
void *frame_alloc_pages(uint32_t count, uint64_t align_bytes);
void frame_free_pages(void *pages, uint32_t count);
void frame_free_page(void *page);
/* Pages and structures, which the hypervisor itself uses, are to lie below END; runs need not. */
void frame_set_page_end(hpa_t end);
/*
 * Zeroed memory for a structure that lives as long as the machine; aligned to 64. NULL when there
 * is none.
 */
void *heap_alloc(size_t size_bytes);
/* Forget all memory, as before the first frame_add: for tests. */
void frame_reset(void);
/* Show every free range, pages one by one; the allocator's lock is held. For the ghost check. */
void frame_visit_free(void (*range)(void *context, uint64_t base, uint64_t end), void *context);
/* Bytes free, and bytes handed out as pages or structures (not as runs). */
uint64_t frame_free_bytes(void);
uint64_t frame_used_bytes(void);
/* Tests: the N-th allocation from now fails (0: none). */
void frame_fail_nth(uint32_t n);
