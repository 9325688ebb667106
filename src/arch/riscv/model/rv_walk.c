/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/riscv/model/rv_walk.h"

#include "core/guest_mem.h"
#include "lib/bits.h"

/* A walk is begun anew when an entry changed under it: so often. */
#define ATTEMPT_MAX 8
/* Svnapot (11): the only size there is, 64 KiB, by the low bits of the page number. */
#define NAPOT_BITS 4u
#define NAPOT_MARK 8u
/* Svpbmt (12): 3 is reserved. */
#define PBMT_RESERVED 3u
/* What must be 0 in an entry that leads to another table (10.3.2, 11, 12). */
#define TABLE_RESERVED (RV_PTE_U | RV_PTE_A | RV_PTE_D | RV_PTE_PBMT | RV_PTE_N | RV_PTE_RES0_a)

/* One attempt. */
struct walk {
    struct vm *vm;
    const struct rv_context *context;
    uint64_t va;
    enum trap_access access;
    unsigned shift; /* of the present level: bits of the address that it leaves */
    gpa_t slot;
    uint64_t entry;
};

/* Addresses are sign-extended from the width of their mode (10.4.1). */
static bool is_canonical(uint64_t va, unsigned levels)
{
    unsigned bits = PAGE_SHIFT + levels * RV_INDEX_BITS;

    return sign_extend(zero_extend(va, bits), bits) == va;
}

/* Reserved bits and combinations of the leaf (10.3.2 step 4 and 7). */
static bool leaf_is_sound(const struct walk *walk)
{
    uint64_t entry = walk->entry, ppn = REG_GET(RV_PTE, PPN, entry);

    if ((entry & RV_PTE_RES0_a) != 0 || (entry & (RV_PTE_R | RV_PTE_W)) == RV_PTE_W)
        return false;
    if (REG_GET(RV_PTE, PBMT, entry) == PBMT_RESERVED ||
        ((entry & RV_PTE_PBMT) != 0 && !walk->context->pbmt))
        return false;
    if ((ppn & low_bits(walk->shift - PAGE_SHIFT)) != 0)
        return false;
    return (entry & RV_PTE_N) == 0 || (walk->context->napot && walk->shift == PAGE_SHIFT &&
                                       (ppn & low_bits(NAPOT_BITS)) == NAPOT_MARK);
}

/* What the context lets an access do, whatever A and D say. */
static uint8_t rights_of(const struct rv_context *context, uint64_t entry)
{
    uint8_t rights = rv_pte_attr(entry).rights;
    bool user = (entry & RV_PTE_U) != 0;

    if (context->mxr && (rights & PT_EXEC))
        rights |= PT_READ;
    if (context->mode == RV_PRIVILEGE_USER)
        return user ? rights : 0;
    if (!user)
        return rights;
    /* The supervisor never executes its users' pages. */
    return context->sum ? rights & (uint8_t)~PT_EXEC : 0;
}

static uint8_t right_for(enum trap_access access)
{
    return access == TRAP_WRITE ? PT_WRITE : access == TRAP_FETCH ? PT_EXEC : PT_READ;
}

/* A, and D for a write, in the entry: set by us, or a fault. */
static enum rv_walk_result update_entry(struct walk *walk)
{
    uint64_t wanted = RV_PTE_A | (walk->access == TRAP_WRITE ? RV_PTE_D : 0);
    uint64_t found = walk->entry;

    if ((walk->entry & wanted) == wanted)
        return RV_WALK_DONE;
    if (!walk->context->update_ad)
        return RV_WALK_PAGE_FAULT;
    switch (guest_mem_exchange_u64(walk->vm, walk->slot, &found, walk->entry | wanted)) {
    case ERR_NONE:
        walk->entry |= wanted;
        return RV_WALK_DONE;
    case ERR_BUSY:
        return RV_WALK_AGAIN;
    default:
        return RV_WALK_ACCESS_FAULT;
    }
}

static enum rv_walk_result no_memory(const struct walk *walk, struct rv_translation *out)
{
    *out = (struct rv_translation){.gpa = walk->slot};
    return RV_WALK_ACCESS_FAULT;
}

static enum rv_walk_result finish(struct walk *walk, struct rv_translation *out)
{
    uint8_t rights = rights_of(walk->context, walk->entry);
    enum rv_walk_result result;
    uint64_t base;

    if (!leaf_is_sound(walk) || (rights & right_for(walk->access)) == 0)
        return RV_WALK_PAGE_FAULT;
    result = update_entry(walk);
    if (result == RV_WALK_ACCESS_FAULT)
        return no_memory(walk, out);
    if (result != RV_WALK_DONE)
        return result;
    if (walk->entry & RV_PTE_N)
        walk->shift += NAPOT_BITS;
    base = align_down(rv_pte_address(walk->entry).raw, bit64(walk->shift));
    out->gpa = GPA(base + (walk->va & low_bits(walk->shift)));
    out->size_bytes = out->trail.leaf_bytes = bit64(walk->shift);
    out->rights = walk->entry & RV_PTE_D ? rights : rights & (uint8_t)~PT_WRITE;
    out->trail.sources[out->trail.count - 1].entry = walk->entry;
    return RV_WALK_DONE;
}

static enum rv_walk_result attempt(struct walk *walk, unsigned levels, struct rv_translation *out)
{
    uint64_t table = REG_GET(SATP, PPN, walk->context->satp) << PAGE_SHIFT;
    const uint64_t *at;

    for (unsigned level = 0; level < levels; level++) {
        walk->shift = PAGE_SHIFT + RV_INDEX_BITS * (levels - 1 - level);
        walk->slot =
            GPA(table + sizeof(uint64_t) * zero_extend(walk->va >> walk->shift, RV_INDEX_BITS));
        at = guest_mem_where_u64(walk->vm, walk->slot);
        if (at == NULL)
            return no_memory(walk, out);
        walk->entry = __atomic_load_n(at, __ATOMIC_RELAXED);
        out->trail.sources[level] = (struct rv_source){at, walk->entry};
        out->trail.count = level + 1;
        if (!rv_pte_is_valid(walk->entry))
            return RV_WALK_PAGE_FAULT;
        if (walk->entry & (RV_PTE_R | RV_PTE_W | RV_PTE_X))
            return finish(walk, out);
        if (walk->entry & TABLE_RESERVED)
            return RV_WALK_PAGE_FAULT;
        table = rv_pte_address(walk->entry).raw;
    }
    return RV_WALK_PAGE_FAULT; /* the last level leads nowhere */
}

enum rv_walk_result rv_walk(struct vm *vm, const struct rv_context *context, uint64_t va,
                            enum trap_access access, struct rv_translation *out)
{
    struct walk walk = {.vm = vm, .context = context, .va = va, .access = access};
    enum rv_mode mode = (enum rv_mode)REG_GET(SATP, MODE, context->satp);
    enum rv_walk_result result = RV_WALK_AGAIN;

    if (mode == RV_MODE_BARE) {
        *out = (struct rv_translation){
            .gpa = GPA(va),
            .size_bytes = RV_WALK_BARE_BYTES,
            .rights = PT_READ | PT_WRITE | PT_EXEC,
            .trail = {.count = 0, .leaf_bytes = RV_WALK_BARE_BYTES},
        };
        return RV_WALK_DONE;
    }
    if (!is_canonical(va, rv_mode_levels(mode)))
        return RV_WALK_PAGE_FAULT;
    for (unsigned i = 0; i < ATTEMPT_MAX && result == RV_WALK_AGAIN; i++)
        result = attempt(&walk, rv_mode_levels(mode), out);
    return result;
}

uint64_t rv_walk_cause(enum rv_walk_result result, enum trap_access access)
{
    bool page = result == RV_WALK_PAGE_FAULT;

    switch (access) {
    case TRAP_WRITE:
        return page ? RV_CAUSE_STORE_PAGE : RV_CAUSE_STORE_ACCESS;
    case TRAP_FETCH:
        return page ? RV_CAUSE_FETCH_PAGE : RV_CAUSE_FETCH_ACCESS;
    default:
        return page ? RV_CAUSE_LOAD_PAGE : RV_CAUSE_LOAD_ACCESS;
    }
}
