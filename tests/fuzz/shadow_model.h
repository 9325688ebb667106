/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that does anything to its page tables, and what a plain MMU would make of it. The hart is
 * a TLB over the shadow tables, which forgets only what rv_shadow tells it to. What the hart takes
 * for an address must be what the guest's tables say now, or said at some time since the last fence
 * for it.
 */
#pragma once

#include <string.h>

#include "arch/arch.h"
#include "arch/host/host_mem.h"
#include "arch/riscv/model/rv_pt.h"
#include "arch/riscv/model/rv_shadow.h"
#include "arch/riscv/model/rv_walk.h"
#include "core/guest_mem.h"
#include "core/vm.h"
#include "lib/panic.h"
#include "tests/fuzz/input.h"

#define CHECK(condition) BUG_ON(!(condition))

#define RAM_BASE    0x80000000ULL
#define RAM_BYTES   GIB(4)
#define TABLE_COUNT 24u /* pages of RAM that have contents: the guest's tables */
#define LOG_MAX     12u
#define TLB_SIZE    64u
#define ARENA_BASE  0x800000000ULL
#define CODE_PAGE   0x7000000000ULL
#define DATA_PAGE   0x7000001000ULL

static struct {
    struct rv_shadow shadow;
    struct rv_shadow_page pages[400];
    uint64_t tables[TABLE_COUNT][512];
    uint64_t satp;
    uint8_t view;
    bool update_ad, napot, pbmt;
    uint64_t epoch; /* of the map of guest's to host's memory */
    /* Writes to the tables since all was fenced, and fences: version N is before write N. */
    struct {
        gpa_t at;
        uint64_t old;
    } writes[LOG_MAX];
    uint32_t write_count;
    struct {
        uint32_t version;
        bool by_va, by_asid;
        uint64_t va;
        uint16_t asid;
    } fences[LOG_MAX];
    uint32_t fence_count;
    struct {
        uint64_t va, span, hpa;
        uint16_t asid;
        uint8_t rights;
        bool used;
    } tlb[TLB_SIZE];
    uint32_t tlb_next;
} model;

/* ---- the guest's memory, in place of core/guest_mem.c */

static uint64_t *table_slot(gpa_t at)
{
    uint64_t offset = at.raw - RAM_BASE;

    return offset < sizeof(model.tables) ? &model.tables[0][0] + offset / 8 : NULL;
}
const uint64_t *guest_mem_where_u64(struct vm *vm, gpa_t at)
{
    return table_slot(at);
}
enum err guest_mem_exchange_u64(struct vm *vm, gpa_t at, uint64_t *expected, uint64_t value)
{
    CHECK(table_slot(at) != NULL && *table_slot(at) == *expected);
    *table_slot(at) = value;
    return ERR_NONE;
}

/* ---- the guest's to the host's: blocks of three sizes */

static uint64_t block_of(uint64_t gpa)
{
    if (gpa - RAM_BASE >= GIB(2))
        return GIB(1);
    return gpa >> 21 & 1 ? MIB(2) : PAGE_SIZE;
}
static uint64_t hpa_of(uint64_t gpa)
{
    return gpa + GIB(64) + model.epoch * GIB(8) + (block_of(gpa) == PAGE_SIZE ? 3 * PAGE_SIZE : 0);
}

/* ---- the plain MMU */

struct answer {
    enum rv_walk_result result;
    uint64_t gpa, base, span; /* of the leaf, guest-virtual */
    bool dirty, r, w, x;
};

static uint64_t read_at(uint64_t gpa, uint32_t version)
{
    uint64_t value = *table_slot(GPA(gpa));

    for (uint32_t i = model.write_count; i-- > version;)
        if (model.writes[i].at.raw == gpa)
            value = model.writes[i].old;
    return value;
}

static void answer_rights(struct answer *answer, uint64_t pte, uint8_t view)
{
    bool user_page = pte & 16;

    answer->r = (pte & 2) || ((view & RV_VIEW_MXR) && (pte & 8));
    answer->w = pte & 4;
    answer->x = pte & 8;
    answer->dirty = pte & 128;
    if (view & RV_VIEW_USER ? !user_page : user_page && !(view & RV_VIEW_SUM))
        answer->r = answer->w = answer->x = false;
    if (!(view & RV_VIEW_USER) && user_page)
        answer->x = false;
}

static struct answer plain_mmu(uint64_t satp, uint8_t view, uint64_t va, enum trap_access access,
                               uint32_t version)
{
    struct answer answer = {.result = RV_WALK_PAGE_FAULT};
    int levels = satp >> 60 ? (int)(satp >> 60) - 5 : 0, top = 12 + 9 * levels;
    uint64_t table = (satp & 0xfffffffffffULL) << 12;

    if (levels == 0)
        return (struct answer){RV_WALK_DONE, va, 0, 0, true, true, true, true};
    if ((uint64_t)((int64_t)(va << (64 - top)) >> (64 - top)) != va)
        return answer;
    for (int i = levels - 1; i >= 0; i--) {
        uint64_t slot = table + 8 * (va >> (12 + 9 * i) & 511), pte, ppn;

        if (table_slot(GPA(slot)) == NULL) {
            answer.result = RV_WALK_ACCESS_FAULT;
            return answer;
        }
        pte = read_at(slot, version);
        ppn = pte >> 10 & 0xfffffffffffULL;
        if (!(pte & 1) || (pte & 6) == 4 || (pte >> 54 & 127))
            return answer;
        if (!(pte & 14)) {
            if ((pte & (16 | 64 | 128)) || pte >> 61)
                return answer;
            table = ppn << 12;
            continue;
        }
        answer_rights(&answer, pte, view);
        if (!(access == TRAP_READ ? answer.r : access == TRAP_WRITE ? answer.w : answer.x))
            return answer;
        if ((ppn & ((1ULL << 9 * i) - 1)) || (pte >> 61 & 3) == 3 ||
            ((pte >> 61 & 3) && !model.pbmt))
            return answer;
        answer.span = 4096ULL << 9 * i;
        if (pte >> 63) {
            if (!model.napot || i != 0 || (ppn & 15) != 8)
                return answer;
            ppn &= ~15ULL;
            answer.span = 65536;
        }
        if (!model.update_ad && (!(pte & 64) || (access == TRAP_WRITE && !(pte & 128))))
            return answer;
        answer.base = va & ~(answer.span - 1);
        answer.gpa = (ppn << 12) + (va - answer.base);
        answer.result = RV_WALK_DONE;
        return answer;
    }
    return answer;
}

/* ---- the hart */

static void hart_flush(void)
{
    struct rv_shadow_flush flush = rv_shadow_take_flush(&model.shadow);

    for (uint32_t i = 0; i < TLB_SIZE; i++)
        if (flush.what == RV_FLUSH_ALL ||
            (flush.what == RV_FLUSH_ASID && model.tlb[i].asid == flush.asid) ||
            (flush.what == RV_FLUSH_ADDRESS && model.tlb[i].asid == flush.asid &&
             flush.va - model.tlb[i].va < model.tlb[i].span))
            model.tlb[i].used = false;
}

/* As user mode of the host, whose MXR is 0. False: it faults. */
static bool hart_translate(uint64_t va, uint8_t right, uint64_t *hpa)
{
    uint64_t satp = rv_shadow_satp(&model.shadow), table = (satp & SATP_PPN) << 12, pte;
    uint16_t asid = (uint16_t)REG_GET(SATP, ASID, satp);
    int i = (int)REG_GET(SATP, MODE, satp) - 6;

    if (sign_extend(va, PAGE_SHIFT + 9u * (unsigned)(i + 1)) != va)
        return false;
    for (uint32_t t = 0; t < TLB_SIZE; t++) {
        if (!model.tlb[t].used || model.tlb[t].asid != asid ||
            va - model.tlb[t].va >= model.tlb[t].span)
            continue;
        *hpa = model.tlb[t].hpa + (va - model.tlb[t].va);
        return (model.tlb[t].rights & right) == right;
    }
    for (;; i--) {
        pte = ((uint64_t *)arch_to_ptr(HPA(table)))[va >> (12 + 9 * i) & 511];
        if (!(pte & RV_PTE_V))
            return false;
        CHECK((pte & (RV_PTE_R | RV_PTE_W)) != RV_PTE_W);
        table = REG_GET(RV_PTE, PPN, pte) << 12;
        if (pte & (RV_PTE_R | RV_PTE_W | RV_PTE_X))
            break;
        CHECK(i > 0);
    }
    if (!(pte & RV_PTE_U))
        return false;
    CHECK((table & ((4096ULL << 9 * i) - 1)) == 0);
    uint64_t span = 4096ULL << 9 * i, base = va & ~(span - 1);
    uint32_t t = model.tlb_next++ % TLB_SIZE;
    model.tlb[t].va = base;
    model.tlb[t].span = span;
    model.tlb[t].hpa = table;
    model.tlb[t].asid = asid;
    model.tlb[t].rights = rv_pte_attr(pte).rights;
    model.tlb[t].used = true;
    *hpa = table + (va - base);
    return (model.tlb[t].rights & right) == right;
}

/* ---- what may be */

/* A fence after version V was for the leaf that ANSWER found then. */
static bool is_fenced(const struct answer *answer, uint32_t v, uint16_t asid)
{
    for (uint32_t i = 0; i < model.fence_count; i++)
        if (model.fences[i].version > v &&
            (!model.fences[i].by_asid || model.fences[i].asid == asid) &&
            (!model.fences[i].by_va || model.fences[i].va - answer->base < answer->span))
            return true;
    return false;
}

static bool may_be(uint64_t va, enum trap_access access, uint64_t hpa)
{
    for (uint32_t v = 0; v <= model.write_count; v++) {
        struct answer answer = plain_mmu(model.satp, model.view, va, access, v);

        if (answer.result != RV_WALK_DONE || hpa_of(answer.gpa) != hpa ||
            (access == TRAP_WRITE && !answer.dirty))
            continue;
        if (v == model.write_count ||
            !is_fenced(&answer, v, (uint16_t)REG_GET(SATP, ASID, model.satp)))
            return true;
    }
    return false;
}

static void check_trampoline(void)
{
    uint64_t at = rv_shadow_trampoline(&model.shadow), satp = rv_shadow_satp(&model.shadow);

    for (unsigned page = 0; page < 2; page++) {
        uint64_t table = (satp & SATP_PPN) << 12, pte = 0;

        for (int i = (int)REG_GET(SATP, MODE, satp) - 6; i >= 0; i--) {
            pte = ((uint64_t *)arch_to_ptr(
                HPA(table)))[(at + page * PAGE_SIZE) >> (12 + 9 * i) & 511];
            CHECK(pte & RV_PTE_V);
            table = REG_GET(RV_PTE, PPN, pte) << 12;
        }
        CHECK(table == (page == 0 ? CODE_PAGE : DATA_PAGE) && !(pte & RV_PTE_U) &&
              !(pte & (page == 0 ? RV_PTE_W : RV_PTE_X)));
    }
}

/* ---- what the guest does */

static struct rv_context context_now(void)
{
    return (struct rv_context){
        .mode = model.view & RV_VIEW_USER ? RV_PRIVILEGE_USER : RV_PRIVILEGE_SUPERVISOR,
        .sum = (model.view & RV_VIEW_SUM) != 0,
        .mxr = (model.view & RV_VIEW_MXR) != 0,
        .update_ad = model.update_ad,
        .pbmt = model.pbmt,
        .napot = model.napot,
        .satp = model.satp,
    };
}

static void guest_access(uint64_t va, enum trap_access access)
{
    static const uint8_t rights[] = {
        [TRAP_READ] = PT_READ, [TRAP_WRITE] = PT_WRITE, [TRAP_FETCH] = PT_EXEC};
    struct rv_context context = context_now();
    struct rv_translation to;
    uint64_t hpa;

    for (unsigned faults = 0;; faults++) {
        hart_flush();
        check_trampoline();
        if (hart_translate(va, rights[access], &hpa)) {
            if (REG_GET(SATP, MODE, model.satp) == 0)
                CHECK(hpa == hpa_of(va));
            else
                CHECK(may_be(va, access, hpa));
            return;
        }
        CHECK(faults == 0);
        uint64_t generation = rv_shadow_generation(&model.shadow);
        struct answer want = plain_mmu(model.satp, model.view, va, access, model.write_count);
        enum rv_walk_result result = rv_walk(NULL, &context, va, access, &to);

        CHECK(result == want.result);
        if (result != RV_WALK_DONE || to.gpa.raw - RAM_BASE >= RAM_BYTES)
            return; /* the guest's fault, or a device */
        CHECK(to.gpa.raw == want.gpa && (to.rights & rights[access]));
        CHECK(rv_shadow_map(&model.shadow, generation + 1, va, HPA(0), 0, 0, 0, &to.trail) ==
              ERR_BUSY);
        CHECK(rv_shadow_map(&model.shadow, generation, va, HPA(hpa_of(to.gpa.raw)), to.size_bytes,
                            block_of(to.gpa.raw), to.rights, &to.trail) == ERR_NONE);
    }
}

static void guest_fence(bool by_va, uint64_t va, bool by_asid, uint16_t asid)
{
    if (by_va)
        rv_shadow_fence_address(&model.shadow, va, by_asid ? &asid : NULL);
    else if (by_asid)
        rv_shadow_fence_asid(&model.shadow, asid);
    else
        rv_shadow_fence_all(&model.shadow);
    if ((!by_va && !by_asid) || model.fence_count == LOG_MAX) {
        rv_shadow_fence_all(&model.shadow);
        model.write_count = model.fence_count = 0;
    } else {
        model.fences[model.fence_count].version = model.write_count;
        model.fences[model.fence_count].by_va = by_va;
        model.fences[model.fence_count].by_asid = by_asid;
        model.fences[model.fence_count].va = va;
        model.fences[model.fence_count++].asid = asid;
    }
    /* Its own on the way in, another's at once. */
    if (va & bit64(PAGE_SHIFT))
        rv_shadow_settle(&model.shadow);
    else
        rv_shadow_select(&model.shadow, model.satp, model.view);
}

static void guest_write(uint32_t table, uint32_t slot, uint64_t entry)
{
    gpa_t at = GPA(RAM_BASE + table * PAGE_SIZE + slot * 8);

    if (model.write_count == LOG_MAX)
        guest_fence(false, 0, false, 0);
    model.writes[model.write_count].at = at;
    model.writes[model.write_count++].old = *table_slot(at);
    *table_slot(at) = entry;
}

/* ---- from bytes to deeds */

static const uint16_t slots[] = {0, 1, 2, 3, 255, 256, 510, 511};

/* An address all of whose indices are among those. */
static uint64_t some_va(struct input *in)
{
    unsigned levels = (unsigned)REG_GET(SATP, MODE, model.satp);
    uint64_t va = 0, how = input_u8(in);

    levels = levels == 0 ? 3 : levels - 5;
    for (unsigned i = 0; i < levels; i++)
        va = va << 9 | INPUT_PICK(in, slots);
    va = sign_extend(va << PAGE_SHIFT, PAGE_SHIFT + 9 * levels) + input_below(in, 2) * 8;
    if (how < 16)
        va = RV_SHADOW_PLACES_VA + how * PAGE_SIZE;
    if (how == 255)
        va ^= bit64(62);
    if (REG_GET(SATP, MODE, model.satp) == 0)
        va = RAM_BASE + input_bytes(in, 4);
    return va;
}

static uint64_t some_entry(struct input *in)
{
    static const uint64_t flags[] = {
        0x0,
        0x1,
        0x1,
        0x1,
        0x1,
        0xcf,
        0xdf,
        0x0f,
        0x1f,
        0xd7,
        0x53,
        0xc3,
        0xc9,
        0xd9,
        0x13,
        0x17,
        0x05,
        0x07,
        0x41,
        0x4b,
        0xff,
        1ULL << 54 | 0xcf,
        1ULL << 61 | 0xcf,
        3ULL << 61 | 0xcf,
        0xc7,
        0xcb,
    };
    uint64_t flag = INPUT_PICK(in, flags), ppn;

    if ((flag & 0xe) == 0)
        return flag | ((RAM_BASE >> 12) + input_below(in, TABLE_COUNT + 1)) << 10;
    ppn = (RAM_BASE >> 12) + input_bytes(in, 3) % (RAM_BYTES >> 12);
    switch (input_below(in, 8)) {
    case 0:
        flag |= 1ULL << 63;
        ppn = (ppn & ~15ULL) | 8;
        break;
    case 1:
    case 2:
    case 3:
        ppn &= ~low_bits(9);
        break;
    case 4:
    case 5:
        ppn &= ~low_bits(18);
        break;
    default:
        break;
    }
    return flag | ppn << 10;
}

static void model_start(struct input *in)
{
    uint8_t how = input_u8(in);
    uint32_t pages = how & 8 ? RV_SHADOW_PAGES_MIN : 400;

    memset(&model, 0, sizeof(model));
    host_mem_init(HPA(ARENA_BASE), pages * PAGE_SIZE);
    model.update_ad = (how & 1) == 0;
    model.napot = (how & 2) == 0;
    model.pbmt = (how & 4) == 0;
    rv_shadow_init(&model.shadow, &(struct rv_shadow_config){
                                      .memory = arch_to_ptr(HPA(ARENA_BASE)),
                                      .pages = model.pages,
                                      .page_count = pages,
                                      .asid_base = 5,
                                      .asids = (how & 16) == 0,
                                      .code = HPA(CODE_PAGE),
                                      .to_hpa = arch_to_hpa,
                                      .to_table = arch_to_ptr,
                                  });
    rv_shadow_set_data(&model.shadow, HPA(DATA_PAGE));
    rv_shadow_select(&model.shadow, 0, 0);
}

/* So that there is something below the roots from the beginning. */
static void model_prepare(struct input *in)
{
    for (uint32_t table = 0; table < 12; table++)
        for (uint32_t i = 0; i < ARRAY_SIZE(slots); i++)
            model.tables[table][slots[i]] =
                i % 3 == 2 ? some_entry(in)
                           : 1 | ((RAM_BASE >> 12) + 1 + (table * 5 + i) % (TABLE_COUNT - 1)) << 10;
    for (uint32_t table = 12; table < TABLE_COUNT; table++)
        for (uint32_t i = 0; i < ARRAY_SIZE(slots); i++)
            model.tables[table][slots[i]] = some_entry(in);
}

static void model_step(struct input *in)
{
    static const uint8_t modes[] = {0, 8, 8, 8, 9, 10};

    switch (input_below(in, 16)) {
    case 0:
        model.satp = REG_PUT(SATP, MODE, INPUT_PICK(in, modes));
        if (model.satp != 0)
            model.satp |=
                REG_PUT(SATP, ASID, input_below(in, 3)) | ((RAM_BASE >> 12) + input_below(in, 4));
        __attribute__((fallthrough));
    case 1:
    case 2:
        model.view = input_u8(in) & (RV_VIEW_USER | RV_VIEW_SUM | RV_VIEW_MXR);
        if (model.view & RV_VIEW_USER)
            model.view &= (uint8_t)~RV_VIEW_SUM;
        rv_shadow_select(&model.shadow, model.satp, model.view);
        break;
    case 3:
    case 4:
        /* Sometimes what was there before. */
        if (model.write_count != 0 && input_below(in, 4) == 0) {
            uint32_t i = input_below(in, model.write_count);
            uint64_t offset = model.writes[i].at.raw - RAM_BASE;

            guest_write((uint32_t)(offset / PAGE_SIZE), (uint32_t)(offset % PAGE_SIZE / 8),
                        model.writes[i].old);
            break;
        }
        guest_write(input_below(in, TABLE_COUNT), INPUT_PICK(in, slots), some_entry(in));
        break;
    case 5:
        guest_fence(true, some_va(in), input_below(in, 2), (uint16_t)input_below(in, 3));
        break;
    case 6:
        guest_fence(false, 0, input_below(in, 4) != 0, (uint16_t)input_below(in, 3));
        break;
    case 7:
        if (input_below(in, 8) == 0) {
            model.epoch = 1 - model.epoch;
            rv_shadow_forget_all(&model.shadow);
        }
        break;
    default:
        guest_access(some_va(in), (enum trap_access)input_below(in, 3));
        break;
    }
}
