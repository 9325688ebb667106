/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The memory part of the contract over an arena. An address outside of it is a bug of the test's
 * subject.
 */
#include <string.h>
#include <sys/mman.h>

#include "arch/arch.h"
#include "arch/host/host_mem.h"
#include "lib/panic.h"

#define PUBLISHED_MAX 1024

static struct {
    char *memory;
    uint64_t base, size_bytes;
    struct {
        uintptr_t base, end;
    } published[PUBLISHED_MAX];
    uint32_t published_count;
} arena;

void host_mem_init(hpa_t base, uint64_t size_bytes)
{
    if (arena.memory != NULL)
        munmap(arena.memory, arena.size_bytes);
    arena.memory = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    BUG_ON(arena.memory == MAP_FAILED);
    arena.base = base.raw;
    arena.size_bytes = size_bytes;
    arena.published_count = 0;
}

hpa_t arch_to_hpa(const void *p)
{
    uint64_t offset = (uintptr_t)p - (uintptr_t)arena.memory;
    BUG_ON(offset >= arena.size_bytes);
    return HPA(arena.base + offset);
}

hpa_t host_direct_end;

static void *to_ptr(hpa_t hpa)
{
    BUG_ON(hpa.raw - arena.base >= arena.size_bytes);
    return arena.memory + (hpa.raw - arena.base);
}

void *arch_to_ptr(hpa_t hpa)
{
    return host_direct_end.raw == 0 || hpa.raw < host_direct_end.raw ? to_ptr(hpa) : NULL;
}

void *arch_guest_ptr(hpa_t hpa, uint64_t *run_bytes)
{
    if (host_direct_end.raw != 0)
        *run_bytes = MIN(*run_bytes, HOST_WINDOW_BYTES - hpa.raw % HOST_WINDOW_BYTES);
    return to_ptr(hpa);
}

void arch_zero_pages(void *p, uint64_t size_bytes)
{
    memset(p, 0, size_bytes);
}

void arch_scrub_pages(void *p, uint64_t size_bytes)
{
    arch_zero_pages(p, size_bytes);
    arch_publish_code(p, size_bytes);
}

void arch_copy_pages(void *dst, const void *src, uint64_t size_bytes)
{
    memcpy(dst, src, size_bytes);
}

void arch_publish_code(const void *p, uint64_t size_bytes)
{
    if (arena.published_count != 0 &&
        arena.published[arena.published_count - 1].end == (uintptr_t)p) {
        arena.published[arena.published_count - 1].end += size_bytes;
        return;
    }
    BUG_ON(arena.published_count == PUBLISHED_MAX);
    arena.published[arena.published_count].base = (uintptr_t)p;
    arena.published[arena.published_count++].end = (uintptr_t)p + size_bytes;
}

bool host_mem_is_published(const void *p, uint64_t size_bytes)
{
    uintptr_t at = (uintptr_t)p, end = at + size_bytes;
    for (uint32_t i = 0; i < arena.published_count && at < end; i++) {
        if (arena.published[i].base <= at && at < arena.published[i].end) {
            at = arena.published[i].end;
            i = UINT32_MAX; /* from the first again */
        }
    }
    return at >= end;
}

void host_mem_forget_published(void)
{
    arena.published_count = 0;
}
