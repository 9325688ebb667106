/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/riscv/model/rv_sbi_legacy.h"

#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_inject.h"
#include "arch/riscv/model/rv_walk.h"
#include "core/guest_mem.h"
#include "core/vm.h"

/* A mask is one `unsigned long` for 64 harts: no VM has more. */
static_assert(VM_VCPU_MAX <= 64, "a second word of the mask would have to be read");

bool rv_sbi_legacy_has(const struct vcpu *vcpu, uint64_t id)
{
    return id <= SBI_LEGACY_SHUTDOWN && vcpu->vm->config->sbi_legacy;
}

/* SIZE bytes at VA, which lie in one page. Not RV_WALK_DONE: they cannot be read. */
static enum rv_walk_result read_in_page(struct vcpu *vcpu, uint64_t va, void *to, uint64_t size)
{
    struct rv_translation place;
    struct rv_context context;
    enum rv_walk_result result;

    rv_hook_context(vcpu, &context);
    result = rv_walk(vcpu->vm, &context, va, TRAP_READ, &place);
    if (result == RV_WALK_DONE && guest_mem_read(vcpu->vm, place.gpa, to, size) != ERR_NONE)
        return RV_WALK_ACCESS_FAULT;
    return result;
}

/*
 * The mask at VA, as a load of the guest's own. False: it is not there, and VCPU has taken that
 * load's exception (chapter 5: sepc is the ECALL's); or its tables change all the time, and it
 * makes the call again.
 */
static bool read_mask(struct vcpu *vcpu, uint64_t va, uint64_t *mask)
{
    uint64_t first = MIN((uint64_t)sizeof(*mask), PAGE_SIZE - va % PAGE_SIZE);
    enum rv_walk_result result = read_in_page(vcpu, va, mask, first);

    if (result == RV_WALK_DONE && first < sizeof(*mask)) {
        va += first;
        result = read_in_page(vcpu, va, (char *)mask + first, sizeof(*mask) - first);
    }
    if (result == RV_WALK_DONE)
        return true;
    if (result != RV_WALK_AGAIN)
        rv_inject_exception(vcpu, rv_walk_cause(result, TRAP_READ), va);
    return false;
}

/* The later extension's call with the harts of the mask at ARG[0]; without one, as firmware has
 * always done, with all. */
static struct rv_sbi_answer for_harts(struct vcpu *vcpu, uint64_t id, const uint64_t *arg)
{
    uint64_t call[RV_A6 - RV_A0 + 1] = {[1] = UINT64_MAX, arg[1], arg[2], arg[3]};

    if (arg[0] != 0) {
        if (!read_mask(vcpu, arg[0], &call[0]))
            return (struct rv_sbi_answer){.error = RV_SBI_RETRY};
        call[1] = 0;
    }
    if (id == SBI_LEGACY_SEND_IPI)
        return rv_sbi_ipi(vcpu, call);
    call[RV_A6 - RV_A0] = SBI_RFENCE_I + (id - SBI_LEGACY_REMOTE_FENCE_I);
    return rv_sbi_rfence(vcpu, call);
}

static int64_t answer_to(struct vcpu *vcpu, uint64_t id, const uint64_t *arg)
{
    switch (id) {
    case SBI_LEGACY_SET_TIMER:
        vcpu->arch.rv.events[RV_EVENT_SET_TIMER]++;
        rv_hook_set_timer(vcpu, arg[0]);
        return SBI_SUCCESS;
    case SBI_LEGACY_CONSOLE_PUTCHAR: /* blocking: without room the call is made again */
        return rv_hook_console_put(vcpu->vm, (char)arg[0]) ? SBI_SUCCESS : RV_SBI_RETRY;
    case SBI_LEGACY_CONSOLE_GETCHAR:
        return rv_hook_console_get(vcpu->vm);
    case SBI_LEGACY_CLEAR_IPI:
        return rv_hook_clear_self(vcpu);
    case SBI_LEGACY_SHUTDOWN:
        vm_stop(vcpu->vm, VM_STOP_POWEROFF);
        return RV_SBI_RETRY;
    default:
        return for_harts(vcpu, id, arg).error;
    }
}

struct rv_sbi_answer rv_sbi_legacy(struct vcpu *vcpu, uint64_t id, const uint64_t *arg)
{
    return (struct rv_sbi_answer){.error = answer_to(vcpu, id, arg), .value = arg[1]};
}
