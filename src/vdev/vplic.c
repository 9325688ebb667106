/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual PLIC's registers and its choice of an interrupt (PLIC Specification 1.0.0, chapters 3
 * to 9). Must not know a VM or a vCPU.
 */
#include "vdev/vplic.h"

#include "lib/bits.h"
#include "lib/string.h"

/* The memory map (chapter 3). */
enum {
    PRIORITY_BASE = 0x0,
    PENDING_BASE = 0x1000,
    ENABLE_BASE = 0x2000,
    ENABLE_STRIDE = 0x80,
    CONTEXT_BASE = 0x200000,
    CONTEXT_STRIDE = 0x1000,
};
/* In a context's page. */
enum { CONTEXT_THRESHOLD = 0, CONTEXT_CLAIM = 4 };

/* Source 0 does not exist. */
#define SOURCES (~(uint64_t)1)

/* Sources that CONTEXT has enabled and nobody is serving: an edge may wait for the end of the one
 * before it (chapter 1.1), which its gateway does not forward any earlier. */
static uint64_t deliverable(const struct vplic *plic, const struct vplic_context *context)
{
    return plic->pending & ~plic->claimed & context->enabled;
}

/* The best source that CONTEXT could claim: the highest priority, of equals the lowest number
 * (chapter 5); 0 if none. ABOVE: only priorities over it. */
static uint32_t best_source(const struct vplic *plic, const struct vplic_context *context,
                            uint32_t above)
{
    uint64_t candidates = deliverable(plic, context);
    uint32_t best = 0;

    for (; candidates != 0; candidates &= candidates - 1) {
        uint32_t source = bit_lowest(candidates);

        if (plic->priority[source] > above) {
            above = plic->priority[source];
            best = source;
        }
    }
    return best;
}

/* Tell contexts whose external interrupt changed. */
static void update(struct vplic *plic)
{
    for (uint32_t i = 0; i < plic->config.context_count; i++) {
        struct vplic_context *context = &plic->contexts[i];
        bool external =
            deliverable(plic, context) != 0 && best_source(plic, context, context->threshold) != 0;

        if (external != context->external) {
            context->external = external;
            plic->config.set_external(plic->config.owner, i, external);
        }
    }
}

/* The gateways (chapter 1.1): a level is forwarded when nothing of it is in service. */
static void forward_levels(struct vplic *plic)
{
    plic->pending |= plic->line & ~plic->edge & ~plic->claimed;
}

static void set_level(struct virq_controller *controller, uint32_t cpu, uint32_t number, bool level)
{
    struct vplic *plic = container_of(controller, struct vplic, controller);
    uint64_t bit = number < VPLIC_SOURCE_COUNT ? bit64(number) & SOURCES : 0;

    spin_lock(&plic->lock);
    if (level) {
        plic->pending |= bit & plic->edge & ~plic->line;
        plic->line |= bit;
        forward_levels(plic);
    } else {
        /* Once forwarded, a request stays until it is claimed (chapter 1.1), also for a level. */
        plic->line &= ~bit;
    }
    update(plic);
    spin_unlock(&plic->lock);
}

static const struct virq_controller_ops vplic_ops = {.set_level = set_level};

/* ---- registers */

static uint32_t claim(struct vplic *plic, struct vplic_context *context)
{
    /* A claim is not held back by the threshold (chapter 9). */
    uint32_t source = best_source(plic, context, 0);

    if (source != 0) {
        plic->pending &= ~bit64(source);
        plic->claimed |= bit64(source);
    }
    return source;
}

/* A completion of what the context does not have enabled is ignored (chapter 10). */
static void complete(struct vplic *plic, struct vplic_context *context, uint32_t source)
{
    if (source < VPLIC_SOURCE_COUNT && (context->enabled & bit64(source)) != 0) {
        plic->claimed &= ~bit64(source);
        forward_levels(plic);
    }
}

/* Word INDEX of a 64-bit map of sources, and putting VALUE there. */
static uint32_t word_of(uint64_t map, uint64_t index)
{
    return index < 2 ? (uint32_t)(map >> (32 * index)) : 0;
}
static void set_word(uint64_t *map, uint64_t index, uint32_t value)
{
    if (index < 2) {
        unsigned shift = 32 * (unsigned)index;
        *map = ((*map & ~(low_bits(32) << shift)) | (uint64_t)value << shift) & SOURCES;
    }
}

/* ---- what a read finds, which but for a claim changes nothing. What is not there is 0. */

static uint32_t read_context(const struct vplic *plic, uint64_t offset)
{
    uint64_t index = offset / CONTEXT_STRIDE;

    if (index >= plic->config.context_count || offset % CONTEXT_STRIDE != CONTEXT_THRESHOLD)
        return 0;
    return read_once(plic->contexts[index].threshold);
}

static uint32_t read_enable(const struct vplic *plic, uint64_t offset)
{
    uint64_t index = offset / ENABLE_STRIDE;

    if (index >= plic->config.context_count)
        return 0;
    return word_of(read_once(plic->contexts[index].enabled), offset % ENABLE_STRIDE / 4);
}

static __always_inline uint32_t read_register(const struct vplic *plic, uint64_t offset)
{
    if (offset >= CONTEXT_BASE)
        return read_context(plic, offset - CONTEXT_BASE);
    if (offset >= ENABLE_BASE)
        return read_enable(plic, offset - ENABLE_BASE);
    if (offset >= PENDING_BASE)
        return word_of(read_once(plic->pending), (offset - PENDING_BASE) / 4);
    return offset / 4 < VPLIC_SOURCE_COUNT ? read_once(plic->priority[offset / 4]) : 0;
}

/* ---- what a write changes; what is not there ignores it */

static void write_context(struct vplic *plic, uint64_t offset, uint32_t value)
{
    uint64_t index = offset / CONTEXT_STRIDE;

    if (index >= plic->config.context_count)
        return;
    if (offset % CONTEXT_STRIDE == CONTEXT_THRESHOLD)
        plic->contexts[index].threshold = value & VPLIC_PRIORITY_MAX;
    else if (offset % CONTEXT_STRIDE == CONTEXT_CLAIM)
        complete(plic, &plic->contexts[index], value);
}

static void write_register(struct vplic *plic, uint64_t offset, uint32_t value)
{
    uint64_t index;

    if (offset >= CONTEXT_BASE) {
        write_context(plic, offset - CONTEXT_BASE, value);
    } else if (offset >= ENABLE_BASE) {
        index = (offset - ENABLE_BASE) / ENABLE_STRIDE;
        if (index < plic->config.context_count)
            set_word(&plic->contexts[index].enabled, offset % ENABLE_STRIDE / 4, value);
    } else if (offset < PENDING_BASE) {
        index = offset / 4;
        if (index != 0 && index < VPLIC_SOURCE_COUNT)
            plic->priority[index] = (uint8_t)(value & VPLIC_PRIORITY_MAX);
    }
}

static bool is_claim(uint64_t offset)
{
    return offset >= CONTEXT_BASE && offset % CONTEXT_STRIDE == CONTEXT_CLAIM;
}

/* Registers are 32 bits wide and accessed so. */
static __always_inline bool is_register(uint64_t offset, uint32_t size_bytes)
{
    return size_bytes == 4 && is_aligned(offset, 4) && offset < VPLIC_SIZE;
}

static __noinline uint64_t peek_other(const struct vplic *plic, uint64_t offset,
                                      uint32_t size_bytes)
{
    if (!is_register(offset, size_bytes) || is_claim(offset))
        return MMIO_ASK;
    return read_register(plic, offset);
}

uint64_t vplic_peek(const void *device, uint64_t offset, uint32_t size_bytes)
{
    const struct vplic *plic = device;
    uint64_t index = (offset - CONTEXT_BASE) / CONTEXT_STRIDE;

    /* A threshold is asked for most; what lies before the contexts has no index. */
    if (size_bytes == 4 && offset % CONTEXT_STRIDE == CONTEXT_THRESHOLD &&
        index < plic->config.context_count)
        return read_once(plic->contexts[index].threshold);
    return peek_other(plic, offset, size_bytes);
}

bool vplic_mmio(void *device, struct mmio_access *access)
{
    struct vplic *plic = device;
    uint64_t index = (access->offset - CONTEXT_BASE) / CONTEXT_STRIDE;

    if (!is_register(access->offset, access->size_bytes))
        return false;
    if (!access->write && !is_claim(access->offset)) {
        access->value = read_register(plic, access->offset);
        return true;
    }
    spin_lock(&plic->lock);
    if (access->write)
        write_register(plic, access->offset, (uint32_t)access->value);
    else
        access->value =
            index < plic->config.context_count ? claim(plic, &plic->contexts[index]) : 0;
    /* A claim that got nothing changes nothing. */
    if (access->write || access->value != 0)
        update(plic);
    spin_unlock(&plic->lock);
    return true;
}

void vplic_set_edge(struct vplic *plic, uint32_t source)
{
    spin_lock(&plic->lock);
    if (source < VPLIC_SOURCE_COUNT)
        plic->edge |= bit64(source) & SOURCES;
    spin_unlock(&plic->lock);
}

void vplic_reset(struct vplic *plic)
{
    spin_lock(&plic->lock);
    plic->pending = plic->claimed = 0;
    memset(plic->priority, 0, sizeof(plic->priority));
    for (uint32_t i = 0; i < plic->config.context_count; i++) {
        plic->contexts[i].enabled = 0;
        plic->contexts[i].threshold = 0;
    }
    forward_levels(plic);
    update(plic);
    spin_unlock(&plic->lock);
}

void vplic_init(struct vplic *plic, const struct vplic_config *config)
{
    memset(plic, 0, sizeof(*plic));
    plic->controller.ops = &vplic_ops;
    plic->config = *config;
}
