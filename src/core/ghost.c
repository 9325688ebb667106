/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ghost check (core/ghost.h). Owns nothing that the machine needs: it could be left out, and
 * normally is. Everything is gathered as ranges of host memory with an owner, sorted, and looked
 * through for overlaps.
 */
#include "core/ghost.h"

#include "arch/arch.h"
#include "core/frame.h"
#include "core/s2.h"
#include "core/vm_config.h"
#include "lib/fmt.h"
#include "lib/panic.h"
#include "lib/string.h"

#define GHOST_RANGE_MAX     4096
#define GHOST_TAKEN_MAX     1024
#define GHOST_EXEC_MAX      16
#define GHOST_TRAP_INTERVAL 64

/* Owners: a VMID, or one of these. */
#define OWNER_HYP  0u /* VMID 0 is nobody's */
#define OWNER_FREE 0x10000u

struct range {
    uint64_t base, end;
    uint64_t ia; /* where the owner sees it; 0 for memory nobody maps */
    uint32_t owner;
};

/* What the hooks have told; its own lock, a leaf. */
static struct {
    struct spinlock lock;
    struct range taken[GHOST_TAKEN_MAX]; /* ascending, disjoint, not touching */
    uint32_t taken_count;
    struct s2 *spaces[VM_COUNT_MAX];
    uint32_t space_count;
} told;

/* One check's work. */
static struct {
    struct spinlock lock;
    struct range ranges[GHOST_RANGE_MAX];
    uint32_t count;
    struct range exec[GHOST_EXEC_MAX]; /* what EL2 executes */
    uint32_t exec_count;
    uint32_t owner; /* whose table is being visited */
    char text[160];
    const char *wrong;
    uint32_t traps;
} work;

/* ---- what the hooks tell */

void ghost_take(hpa_t base, uint64_t size_bytes)
{
    uint64_t end = base.raw + size_bytes;
    uint32_t i = 0, gone;

    spin_lock(&told.lock);
    while (i < told.taken_count && told.taken[i].end < base.raw)
        i++;
    struct range all = {.base = base.raw, .end = end};
    for (gone = 0; i + gone < told.taken_count && told.taken[i + gone].base <= end; gone++) {
        const struct range *r = &told.taken[i + gone];

        if (r->base < end && r->end > base.raw)
            panic("ghost: 0x%llx is given out twice", (unsigned long long)base.raw);
        all.base = MIN(all.base, r->base);
        all.end = MAX(all.end, r->end);
    }
    if (told.taken_count - gone == GHOST_TAKEN_MAX)
        panic("ghost: the hypervisor's memory is in too many pieces");
    memmove(&told.taken[i + 1], &told.taken[i + gone], (told.taken_count - i - gone) * sizeof(all));
    told.taken[i] = all;
    told.taken_count = told.taken_count - gone + 1;
    spin_unlock(&told.lock);
}

void ghost_give(hpa_t base, uint64_t size_bytes)
{
    uint64_t end = base.raw + size_bytes;
    uint32_t i = 0;

    spin_lock(&told.lock);
    while (i < told.taken_count && told.taken[i].end < end)
        i++;
    if (i == told.taken_count || told.taken[i].base > base.raw)
        panic("ghost: 0x%llx is given back but was not taken", (unsigned long long)base.raw);
    struct range old = told.taken[i];
    uint32_t left = (uint32_t)(old.base < base.raw) + (uint32_t)(end < old.end);

    if (told.taken_count - 1 + left > GHOST_TAKEN_MAX)
        panic("ghost: the hypervisor's memory is in too many pieces");
    memmove(&told.taken[i + left], &told.taken[i + 1], (told.taken_count - i - 1) * sizeof(old));
    told.taken_count = told.taken_count - 1 + left;
    if (old.base < base.raw)
        told.taken[i++] = (struct range){.base = old.base, .end = base.raw};
    if (end < old.end)
        told.taken[i] = (struct range){.base = end, .end = old.end};
    spin_unlock(&told.lock);
}

void ghost_reset(void)
{
    spin_lock(&told.lock);
    told.taken_count = 0;
    told.space_count = 0;
    spin_unlock(&told.lock);
}

void ghost_add(struct s2 *s2)
{
    spin_lock(&told.lock);
    BUG_ON(told.space_count == ARRAY_SIZE(told.spaces));
    told.spaces[told.space_count++] = s2;
    spin_unlock(&told.lock);
}

void ghost_remove(struct s2 *s2)
{
    spin_lock(&told.lock);
    for (uint32_t i = 0; i < told.space_count; i++)
        if (told.spaces[i] == s2)
            told.spaces[i] = told.spaces[--told.space_count];
    spin_unlock(&told.lock);
}

/* ---- gathering */

static void __printf(1, 2) wrong(const char *format, ...)
{
    va_list args;

    if (work.wrong != NULL)
        return;
    va_start(args, format);
    fmt_vprint(work.text, sizeof(work.text), format, args);
    va_end(args);
    work.wrong = work.text;
}

static void gather(uint32_t owner, uint64_t ia, uint64_t base, uint64_t end)
{
    struct range *last = &work.ranges[work.count == 0 ? 0 : work.count - 1];

    if (work.count != 0 && last->owner == owner && last->end == base &&
        last->ia + (last->end - last->base) == ia) {
        last->end = end;
        return;
    }
    if (work.count == GHOST_RANGE_MAX)
        panic("ghost: memory is in too many pieces");
    work.ranges[work.count++] = (struct range){base, end, ia, owner};
}

static void guest_leaf(void *context, uint64_t ia, hpa_t hpa, uint64_t size_bytes,
                       struct pt_attr attr)
{
    if (attr.memory == PT_DEVICE && arch_hpa_is_banked(hpa))
        return;
    gather(work.owner, ia, hpa.raw, hpa.raw + size_bytes);
}

static void table_page(void *context, const uint64_t *table)
{
    uint64_t base = arch_to_hpa(table).raw;

    gather(OWNER_HYP, 0, base, base + PAGE_SIZE);
}

static void own_leaf(void *context, uint64_t va, hpa_t hpa, uint64_t size_bytes,
                     struct pt_attr attr)
{
    if ((attr.rights & PT_WRITE) && (attr.rights & PT_EXEC))
        wrong("0x%llx is writable and executable at EL2", (unsigned long long)va);
    if (attr.rights & PT_EXEC) {
        BUG_ON(work.exec_count == GHOST_EXEC_MAX);
        work.exec[work.exec_count++] =
            (struct range){.base = hpa.raw, .end = hpa.raw + size_bytes, .ia = va};
        /* Pages of one section, leaf by leaf. */
        if (work.exec_count > 1) {
            struct range *before = &work.exec[work.exec_count - 2];
            if (before->end == hpa.raw) {
                before->end += size_bytes;
                work.exec_count--;
            }
        }
    }
    if (!arch_va_is_window(va))
        gather(OWNER_HYP, va, hpa.raw, hpa.raw + size_bytes);
}

static void own_leaf_again(void *context, uint64_t va, hpa_t hpa, uint64_t size_bytes,
                           struct pt_attr attr)
{
    for (uint32_t i = 0; (attr.rights & PT_WRITE) && i < work.exec_count; i++) {
        const struct range *exec = &work.exec[i];

        if (hpa.raw < exec->end && exec->base < hpa.raw + size_bytes)
            wrong("0x%llx, executable at EL2, is writable there at 0x%llx",
                  (unsigned long long)exec->ia, (unsigned long long)va);
    }
}

static void nothing(void *context, const uint64_t *table) {}

static void free_range(void *context, uint64_t base, uint64_t end)
{
    gather(OWNER_FREE, 0, base, end);
}

static void gather_all(void)
{
    static const struct pt_visitor guest = {.leaf = guest_leaf, .table = table_page},
                                   own = {.leaf = own_leaf, .table = table_page},
                                   again = {.leaf = own_leaf_again, .table = nothing};

    work.count = work.exec_count = 0;
    work.wrong = NULL;
    arch_hyp_visit(&own);
    arch_hyp_visit(&again);
    for (uint32_t i = 0; i < told.space_count; i++) {
        struct s2 *s2 = told.spaces[i];

        work.owner = s2->vmid;
        spin_lock(&s2->lock);
        arch_s2_visit(&s2->pt, &guest);
        spin_unlock(&s2->lock);
    }
    spin_lock(&told.lock);
    for (uint32_t i = 0; i < told.taken_count; i++)
        gather(OWNER_HYP, 0, told.taken[i].base, told.taken[i].end);
    spin_unlock(&told.lock);
    frame_visit_free(free_range, NULL);
}

/* ---- judging */

/* Shell's sort by base: short code, few ranges. */
static void sort(void)
{
    struct range *r = work.ranges;

    for (uint32_t gap = work.count / 2; gap > 0; gap /= 2)
        for (uint32_t i = gap; i < work.count; i++) {
            struct range moved = r[i];
            uint32_t j = i;

            for (; j >= gap && r[j - gap].base > moved.base; j -= gap)
                r[j] = r[j - gap];
            r[j] = moved;
        }
}

static const char *owner_name(uint32_t owner, char *text, size_t size_bytes)
{
    if (owner == OWNER_HYP)
        return "the hypervisor's";
    if (owner == OWNER_FREE)
        return "free";
    fmt_print(text, size_bytes, "of the VM with VMID %u", owner);
    return text;
}

static void judge(void)
{
    const struct range *top = &work.ranges[0]; /* reaches furthest so far */

    for (uint32_t i = 1; i < work.count; i++) {
        const struct range *r = &work.ranges[i];
        char one[32], two[32];

        /* Of the hypervisor's pages some are told and seen. */
        if (r->base < top->end && (r->owner != top->owner || r->owner != OWNER_HYP))
            wrong("page 0x%llx is %s (at 0x%llx) and %s (at 0x%llx)", (unsigned long long)r->base,
                  owner_name(top->owner, one, sizeof(one)),
                  (unsigned long long)(top->ia + (r->base - top->base)),
                  owner_name(r->owner, two, sizeof(two)), (unsigned long long)r->ia);
        if (r->end > top->end)
            top = r;
    }
}

const char *ghost_find(void)
{
    const char *found;

    spin_lock(&work.lock);
    gather_all();
    sort();
    judge();
    found = work.wrong;
    spin_unlock(&work.lock);
    return found;
}

void ghost_check(void)
{
    const char *found = ghost_find();

    if (found != NULL)
        panic("ghost: %s", found);
}

void ghost_count_trap(void)
{
    if (__atomic_add_fetch(&work.traps, 1, __ATOMIC_RELAXED) % GHOST_TRAP_INTERVAL == 0)
        ghost_check();
}
