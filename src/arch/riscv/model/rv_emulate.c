/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/riscv/model/rv_emulate.h"

#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_pmp.h"
#include "arch/riscv/model/rv_sbi.h"
#include "arch/riscv/model/rv_transfer.h"
#include "arch/riscv/model/rv_trap.h"
#include "arch/riscv/model/rv_walk.h"
#include "core/guest_mem.h"
#include "core/vm.h"
#include "lib/bits.h"
#include "lib/panic.h"
#include "lib/string.h"

/* A fence of more pages than this is one of all. */
#define FENCE_PAGES_MAX 64u
/* So many privileged instructions are done for one trap, before interrupts are looked for again. */
#define ROW_MAX 8u

/* ---- the guest's exceptions */

static enum trap_result deliver(struct vcpu *vcpu, uint64_t cause, uint64_t tval)
{
    rv_priv_exception(&vcpu->arch.rv, cause, tval);
    return TRAP_RETRY;
}

static uint64_t access_cause(enum trap_access access)
{
    return rv_walk_cause(RV_WALK_ACCESS_FAULT, access);
}

/* ---- its memory */

/* Where an ACCESS to VA under CONTEXT leads, with the rights that physical memory protection
 * leaves. */
static enum rv_walk_result reach(struct vcpu *vcpu, const struct rv_context *context, uint64_t va,
                                 enum trap_access access, struct rv_translation *to)
{
    static const uint8_t rights[] = {
        [TRAP_READ] = PT_READ, [TRAP_WRITE] = PT_WRITE, [TRAP_FETCH] = PT_EXEC};
    const struct rv_state *rv = &vcpu->arch.rv;
    enum rv_walk_result result = rv_walk(vcpu->vm, context, va, access, to);
    bool uniform = true;

    if (result != RV_WALK_DONE || !rv->priv.has_machine)
        return result;
    to->rights &= rv_pmp_rights(rv, context->mode, GPA(align_down(to->gpa.raw, to->size_bytes)),
                                to->size_bytes, &uniform);
    if (!uniform) {
        to->size_bytes = PAGE_SIZE;
        to->rights &= rv_pmp_rights(rv, context->mode, GPA(align_down(to->gpa.raw, PAGE_SIZE)),
                                    PAGE_SIZE, &uniform);
    }
    return to->rights & rights[access] ? RV_WALK_DONE : RV_WALK_ACCESS_FAULT;
}

/* COUNT bytes of code at VA, in one page, by the guest's tables. */
static bool fetch_anew(struct vcpu *vcpu, uint64_t va, void *bytes, uint64_t count)
{
    struct rv_translation to;
    struct rv_context context;

    rv_priv_context(&vcpu->arch.rv, true, &context);
    return reach(vcpu, &context, va, TRAP_FETCH, &to) == RV_WALK_DONE &&
           guest_mem_read(vcpu->vm, to.gpa, bytes, count) == ERR_NONE;
}

/* The code at VA as the guest fetched it just now, *RUN bytes; NULL: the shadow does not say, since
 * somebody has dropped all meanwhile. It stays readable for as long as it is looked at. */
static const char *code_at(struct vcpu *vcpu, uint64_t va, uint64_t *run)
{
    hpa_t hpa;

    if (rv_shadow_lookup(vcpu->arch.rv.shadow, va, PT_EXEC, &hpa, run) != ERR_NONE)
        return NULL;
    return arch_guest_ptr(hpa, run);
}

/* As the guest would fetch them. */
static bool fetch(struct vcpu *vcpu, uint64_t va, void *bytes, uint64_t count)
{
    uint64_t run;
    const char *code = code_at(vcpu, va, &run);

    if (code == NULL || run < count)
        return fetch_anew(vcpu, va, bytes, count);
    memcpy(bytes, code, count);
    return true;
}

/* A 32-bit instruction at VA lies in one page. */
static bool is_in_page(uint64_t va)
{
    return va % PAGE_SIZE <= PAGE_SIZE - RV_INSN_WIDE_BYTES;
}

/* The instruction at the PC. False: it is gone; the guest will fault by itself. */
static bool fetch_insn(struct vcpu *vcpu, uint32_t *insn)
{
    uint64_t pc = vcpu->arch.rv.gprs.pc;
    uint16_t low, high = 0;

    if (is_in_page(pc)) {
        if (!fetch(vcpu, pc, insn, sizeof(*insn)))
            return false;
        *insn &= (uint32_t)low_bits(8 * rv_insn_bytes((uint16_t)*insn));
        return true;
    }
    if (!fetch(vcpu, pc, &low, sizeof(low)) ||
        (rv_insn_bytes(low) == 4 && !fetch(vcpu, pc + 2, &high, sizeof(high))))
        return false;
    *insn = low | (uint32_t)high << 16;
    return true;
}

/* ---- page faults */

static uint64_t guest_page_cause(enum trap_access access)
{
    switch (access) {
    case TRAP_WRITE:
        return RV_CAUSE_STORE_GUEST_PAGE;
    case TRAP_FETCH:
        return RV_CAUSE_FETCH_GUEST_PAGE;
    default:
        return RV_CAUSE_LOAD_GUEST_PAGE;
    }
}

/* No memory is at GPA: a device, perhaps. The same road as with the H extension. */
static enum trap_result access_device(struct vcpu *vcpu, enum trap_access access, uint64_t va,
                                      gpa_t gpa, struct trap *trap)
{
    struct rv_syndrome syndrome = {
        .cause = guest_page_cause(access), .tval = va, .htval = gpa.raw >> 2};

    struct rv_transfer transfer;

    if (!fetch_insn(vcpu, &syndrome.insn))
        return TRAP_RETRY;
    /* What begins elsewhere and only reaches in is no access to a device. */
    if (!rv_insn_transfer(syndrome.insn, &transfer) ||
        rv_transfer_address(&transfer, &vcpu->arch.rv.gprs) != va)
        syndrome.insn = 0;
    rv_decode(&syndrome, trap);
    return rv_trap_act(vcpu, &syndrome, trap);
}

/* Memory of the VM that may not be accessed so, by the VM's own map. */
static enum trap_result access_denied(struct vcpu *vcpu, enum trap_access access, uint64_t va,
                                      gpa_t gpa, struct trap *trap)
{
    struct rv_syndrome syndrome = {
        .cause = guest_page_cause(access), .tval = va, .htval = gpa.raw >> 2};

    rv_decode_as_fault(&syndrome, trap);
    trap->fault.permission = true;
    return rv_trap_act(vcpu, &syndrome, trap);
}

/* ---- loads and stores that are done here */

/* So many bytes of an access, which lie in one page. */
struct part {
    uint64_t va;
    gpa_t gpa;
    uint32_t size_bytes;
};

/* Where PART is: TRAP_DONE. Or it may not be accessed, and the guest has been told. */
static enum trap_result find_part(struct vcpu *vcpu, enum trap_access access, struct part *part,
                                  struct trap *trap)
{
    struct rv_translation to;
    struct rv_context context;
    struct s2_mapping mapping;
    enum rv_walk_result result;

    rv_priv_context(&vcpu->arch.rv, false, &context);
    result = reach(vcpu, &context, part->va, access, &to);
    if (result == RV_WALK_AGAIN)
        return TRAP_RETRY;
    if (result != RV_WALK_DONE)
        return deliver(vcpu, rv_walk_cause(result, access), part->va);
    if (s2_lookup(&vcpu->vm->s2, to.gpa, &mapping) != ERR_NONE)
        return deliver(vcpu, access_cause(access), part->va);
    if (access == TRAP_WRITE && (mapping.attr.rights & PT_WRITE) == 0)
        return access_denied(vcpu, access, part->va, to.gpa, trap);
    part->gpa = to.gpa;
    return TRAP_DONE;
}

static void load_register(struct vcpu *vcpu, const struct rv_transfer *transfer, uint64_t value)
{
    struct rv_state *rv = &vcpu->arch.rv;
    unsigned bits = transfer->access.size_bytes * 8u;

    if (transfer->fp) {
        /* What is narrower than the register is a NaN there (Volume I, 21.2). */
        rv->fp.f[transfer->access.reg] = value | (bits < 64 ? ~low_bits(bits) : 0);
        rv_priv_fp_dirty(rv);
    } else if (transfer->access.reg != 0) {
        rv->gprs.x[transfer->access.reg] =
            transfer->access.sign_extend ? sign_extend(value, bits) : value;
    }
}

static uint64_t stored_register(const struct vcpu *vcpu, const struct rv_transfer *transfer)
{
    const struct rv_state *rv = &vcpu->arch.rv;

    if (transfer->fp)
        return rv->fp.f[transfer->access.reg];
    return transfer->access.reg != 0 ? rv->gprs.x[transfer->access.reg] : 0;
}

/* Both parts are there, the second of which may be nothing. */
static bool move_parts(struct vcpu *vcpu, const struct rv_transfer *transfer,
                       const struct part parts[2])
{
    bool write = transfer->access.write;
    uint64_t value = write ? stored_register(vcpu, transfer) : 0;
    uint8_t *at = (uint8_t *)&value;

    for (unsigned i = 0; i < 2; at += parts[i++].size_bytes)
        if (parts[i].size_bytes != 0 &&
            (write ? guest_mem_write(vcpu->vm, parts[i].gpa, at, parts[i].size_bytes)
                   : guest_mem_read(vcpu->vm, parts[i].gpa, at, parts[i].size_bytes)) != ERR_NONE)
            return false;
    if (!write)
        load_register(vcpu, transfer, value);
    return true;
}

/*
 * The load or store at the PC, of memory: under MPRV, which means other memory than fetches, and of
 * addresses that are no multiple of the size, which machines may do or not (Volume I, 2.6). CAUSE
 * and TVAL are the guest's if it is neither: an atomic instruction, say.
 */
static enum trap_result transfer_memory(struct vcpu *vcpu, uint64_t cause, uint64_t tval,
                                        struct trap *trap)
{
    struct rv_transfer transfer;
    enum trap_access access;
    enum trap_result result;
    struct part parts[2];
    uint64_t va, size;
    uint32_t insn;

    if (!fetch_insn(vcpu, &insn))
        return TRAP_RETRY;
    if (!rv_insn_transfer(insn, &transfer))
        return deliver(vcpu, cause, tval);
    access = transfer.access.write ? TRAP_WRITE : TRAP_READ;
    va = rv_transfer_address(&transfer, &vcpu->arch.rv.gprs);
    size = MIN(transfer.access.size_bytes, PAGE_SIZE - va % PAGE_SIZE);
    parts[0] = (struct part){.va = va, .size_bytes = (uint32_t)size};
    parts[1] =
        (struct part){.va = va + size, .size_bytes = transfer.access.size_bytes - (uint32_t)size};
    for (unsigned i = 0; i < 2 && parts[i].size_bytes != 0; i++) {
        result = find_part(vcpu, access, &parts[i], trap);
        if (result != TRAP_DONE)
            return result;
    }
    vcpu->stats.traps[TRAP_INSN]++;
    if (transfer.fp)
        rv_hook_fp_to_memory(vcpu);
    if (!move_parts(vcpu, &transfer, parts))
        return deliver(vcpu, access_cause(access), va);
    vcpu->arch.rv.gprs.pc += rv_insn_bytes(insn);
    trap->kind = TRAP_INSN;
    trap->syndrome = insn;
    return TRAP_DONE;
}

/* ---- what a page fault is */

static bool data_is_elsewhere(const struct vcpu *vcpu)
{
    return (vcpu->arch.rv.shadow->current->view & RV_VIEW_FETCH) != 0;
}

static enum trap_result page_fault(struct vcpu *vcpu, enum trap_access access, uint64_t va,
                                   struct trap *trap)
{
    struct rv_shadow *shadow = vcpu->arch.rv.shadow;
    uint64_t generation = rv_shadow_generation(shadow);
    struct rv_translation to;
    struct rv_context context;
    struct s2_mapping mapping;
    enum rv_walk_result result;
    uint8_t rights;
    enum err err;

    rv_priv_context(&vcpu->arch.rv, access == TRAP_FETCH, &context);
    result = reach(vcpu, &context, va, access, &to);
    if (result == RV_WALK_AGAIN)
        return TRAP_RETRY;
    if (result != RV_WALK_DONE)
        return deliver(vcpu, rv_walk_cause(result, access), va);
    if (s2_lookup(&vcpu->vm->s2, to.gpa, &mapping) != ERR_NONE)
        return access == TRAP_FETCH ? deliver(vcpu, RV_CAUSE_FETCH_ACCESS, va)
                                    : access_device(vcpu, access, va, to.gpa, trap);
    if (access == TRAP_WRITE && (mapping.attr.rights & PT_WRITE) == 0)
        return access_denied(vcpu, access, va, to.gpa, trap);
    rights = to.rights & mapping.attr.rights;
    if (data_is_elsewhere(vcpu)) {
        if (access != TRAP_FETCH)
            return transfer_memory(vcpu, access_cause(access), va, trap);
        rights &= PT_EXEC;
    }
    vcpu->stats.traps[TRAP_S2_FAULT]++;
    err = rv_shadow_map(shadow, generation, va, mapping.hpa, to.size_bytes, mapping.size_bytes,
                        rights, &to.trail);
    /* Busy: translations were dropped meanwhile, so it faults again. */
    BUG_ON(err != ERR_NONE && err != ERR_BUSY);
    return TRAP_RETRY;
}

/* ---- fences */

static void fence(struct rv_shadow *shadow, uint64_t start, uint64_t size_bytes,
                  const uint16_t *asid)
{
    uint64_t offset = start % PAGE_SIZE;
    uint64_t pages = size_bytes / PAGE_SIZE + (size_bytes % PAGE_SIZE + offset != 0) +
                     (size_bytes % PAGE_SIZE + offset > PAGE_SIZE);

    if (pages <= FENCE_PAGES_MAX) {
        for (uint64_t i = 0; i < pages; i++)
            rv_shadow_fence_address(shadow, start - offset + i * PAGE_SIZE, asid);
    } else if (asid != NULL) {
        rv_shadow_fence_asid(shadow, *asid);
    } else {
        rv_shadow_fence_all(shadow);
    }
}

void rv_emulate_fence(struct vcpu *vcpu, uint64_t start, uint64_t size_bytes, const uint16_t *asid)
{
    fence(vcpu->arch.rv.shadow, start, size_bytes, asid);
    rv_shadow_settle(vcpu->arch.rv.shadow);
}

/* ---- instructions */

/* What a privileged instruction asks beyond the registers. True: the shadow may not
 * know where code is any more. */
static bool act_on_effects(struct vcpu *vcpu)
{
    struct rv_state *rv = &vcpu->arch.rv;
    const struct rv_flush *flush = &rv->priv.flush;
    uint32_t effects = rv->priv.effects;

    if (effects & RV_EFFECT_RIGHTS)
        rv_shadow_forget_all(rv->shadow);
    if (effects & RV_EFFECT_FLUSH)
        fence(rv->shadow, flush->all_addresses ? 0 : align_down(flush->gva, PAGE_SIZE),
              flush->all_addresses ? UINT64_MAX : PAGE_SIZE,
              flush->all_asids ? NULL : &flush->asid);
    if (effects & RV_EFFECT_TIMER)
        rv_hook_timer_changed(vcpu);
    if (effects & RV_EFFECT_WAIT)
        rv_hook_wait(vcpu);
    rv->priv.effects &= RV_EFFECT_PENDING;
    return (effects & (RV_EFFECT_FLUSH | RV_EFFECT_RIGHTS)) != 0;
}

static enum trap_result privileged(struct vcpu *vcpu, uint32_t insn, struct trap *trap, bool *moved)
{
    uint64_t satp = vcpu->arch.rv.super.satp;
    enum trap_result result;

    vcpu->stats.traps[trap->kind]++;
    if (trap->kind == TRAP_SYSREG) {
        result = rv_priv_csr(vcpu, trap);
        if (result == TRAP_DONE)
            rv_trap_finish(vcpu, trap);
    } else {
        result = rv_priv_insn(vcpu, insn);
        if (result == TRAP_DONE)
            vcpu->arch.rv.gprs.pc += rv_insn_bytes(insn);
    }
    if (result == TRAP_UNDEF)
        (void)deliver(vcpu, RV_CAUSE_ILLEGAL, insn);
    *moved |= act_on_effects(vcpu) || vcpu->arch.rv.super.satp != satp;
    return result;
}

/* INSN is one that U-mode may not have: a register of a higher mode, or named among those. */
static bool is_of_higher_mode(uint32_t insn)
{
    return REG_GET(RV_INSN, OPCODE, insn) == RV_OP_SYSTEM &&
           REG_GET(RV_CSR_NUMBER, PRIVILEGE, REG_GET(RV_INSN_CSR, NUMBER, insn)) != 0;
}

/* The guest could go on with the next instruction, as far as all others are concerned. */
static bool is_undisturbed(const struct vcpu *vcpu)
{
    return (vcpu->arch.rv.priv.effects & RV_EFFECT_PENDING) == 0 &&
           read_once(vcpu->requests) == 0 && read_once(vcpu->observers) == 0;
}

/*
 * What stands behind the instruction that was done, if it is privileged: by CODE, which is what the
 * guest was executing from START on, and if code may be elsewhere now, by the guest's tables too.
 */
static bool fetch_next(struct vcpu *vcpu, const char *code, uint64_t start, bool moved,
                       uint32_t *insn)
{
    uint64_t pc = vcpu->arch.rv.gprs.pc;

    if (!is_in_page(pc) || pc - start >= PAGE_SIZE - start % PAGE_SIZE)
        return false;
    memcpy(insn, code + (pc - start), sizeof(*insn));
    if (!is_of_higher_mode(*insn))
        return false;
    return !moved || (fetch_anew(vcpu, pc, insn, sizeof(*insn)) && is_of_higher_mode(*insn));
}

/* INSN, in a row of a mode that may, reads a register of the exception and has no other effect. */
static bool read_of_exception(struct vcpu *vcpu, uint32_t insn)
{
    const struct rv_super *super = &vcpu->arch.rv.super;
    struct rv_gprs *gprs = &vcpu->arch.rv.gprs;
    uint64_t value;

    if (REG_GET(RV_INSN, FUNCT3, insn) != RV_CSR_SET || REG_GET(RV_INSN, RS1, insn) != 0)
        return false;
    switch (REG_GET(RV_INSN_CSR, NUMBER, insn)) {
    case CSR_sscratch:
        value = super->sscratch;
        break;
    case CSR_sepc:
        value = super->sepc;
        break;
    case CSR_scause:
        value = super->scause;
        break;
    case CSR_stval:
        value = super->stval;
        break;
    default:
        return false;
    }
    if (REG_GET(RV_INSN, RD, insn) != 0)
        gprs->x[REG_GET(RV_INSN, RD, insn)] = value;
    gprs->pc += RV_INSN_WIDE_BYTES;
    vcpu->stats.traps[TRAP_SYSREG]++;
    return true;
}

/*
 * Privileged instructions often stand in a row (SFENCE.VMA around a change of satp, the registers
 * of an exception): those that follow INSN are done here as well, as each would trap next.
 */
static enum trap_result privileged_row(struct vcpu *vcpu, uint32_t insn, struct trap *trap)
{
    uint64_t start = vcpu->arch.rv.gprs.pc, run;
    const char *code = code_at(vcpu, start, &run);
    bool moved = false;
    enum trap_result result = privileged(vcpu, insn, trap, &moved);

    for (unsigned i = 1; i < ROW_MAX && result == TRAP_DONE && is_undisturbed(vcpu); i++) {
        struct rv_syndrome syndrome = {.cause = RV_CAUSE_VIRTUAL};

        if (code == NULL || !fetch_next(vcpu, code, start, moved, &syndrome.insn))
            break;
        if (read_of_exception(vcpu, syndrome.insn))
            continue;
        rv_decode(&syndrome, trap);
        result = privileged(vcpu, syndrome.insn, trap, &moved);
    }
    return result;
}

static enum trap_result illegal(struct vcpu *vcpu, const struct rv_exit *exit, struct trap *trap)
{
    struct rv_syndrome syndrome = {.cause = RV_CAUSE_ILLEGAL,
                                   .fp_off = exit->fp_off && rv_priv_fp_on(&vcpu->arch.rv)};

    if (!fetch_insn(vcpu, &syndrome.insn))
        return TRAP_RETRY;
    rv_decode(&syndrome, trap);
    if (trap->kind == TRAP_FP)
        return trap_dispatch(vcpu, trap);
    /* As the H extension would tell of it. */
    syndrome.cause = RV_CAUSE_VIRTUAL;
    rv_decode(&syndrome, trap);
    return privileged_row(vcpu, syndrome.insn, trap);
}

static enum trap_result call(struct vcpu *vcpu, struct trap *trap)
{
    static const struct rv_syndrome syndrome = {.cause = RV_CAUSE_ECALL_VS};
    uint64_t cause = rv_priv_ecall_cause(&vcpu->arch.rv);
    enum trap_result result;

    if (cause != RV_CAUSE_ECALL_S || vcpu->arch.rv.priv.has_machine)
        return deliver(vcpu, cause, 0);
    rv_decode_call(trap);
    result = rv_trap_act(vcpu, &syndrome, trap);
    (void)act_on_effects(vcpu);
    return result;
}

static enum trap_result handle(struct vcpu *vcpu, const struct rv_exit *exit, struct trap *trap)
{
    switch (exit->cause) {
    case RV_CAUSE_ILLEGAL:
        return illegal(vcpu, exit, trap);
    case RV_CAUSE_ECALL_U:
        return call(vcpu, trap);
    case RV_CAUSE_FETCH_PAGE:
        return page_fault(vcpu, TRAP_FETCH, exit->tval, trap);
    case RV_CAUSE_LOAD_PAGE:
        return page_fault(vcpu, TRAP_READ, exit->tval, trap);
    case RV_CAUSE_STORE_PAGE:
        return page_fault(vcpu, TRAP_WRITE, exit->tval, trap);
    case RV_CAUSE_BREAKPOINT:
        return deliver(vcpu, exit->cause, vcpu->arch.rv.gprs.pc);
    case RV_CAUSE_LOAD_MISALIGNED:
    case RV_CAUSE_STORE_MISALIGNED:
        /* The firmware would have done it, and was told to leave it to us. */
        return transfer_memory(vcpu, exit->cause, exit->tval, trap);
    default:
        /* A misaligned jump, or refused by the machine's memory: as it would be without us. */
        return deliver(vcpu, exit->cause, exit->tval);
    }
}

enum trap_result rv_emulate(struct vcpu *vcpu, const struct rv_exit *exit, struct trap *trap)
{
    *trap = (struct trap){.kind = TRAP_UNKNOWN, .reg = TRAP_REG_NONE, .syndrome = exit->cause};
    return handle(vcpu, exit, trap);
}

/* ---- on the way in */

static uint8_t view_of(const struct rv_context *code, const struct rv_context *data)
{
    uint8_t view = 0;

    /* Without translation there is one view, but for what the machine's protection tells apart. */
    if (code->satp != data->satp || code->mode != data->mode)
        view |= RV_VIEW_FETCH;
    if (code->mode == RV_PRIVILEGE_MACHINE)
        return view | RV_VIEW_MACHINE;
    view |= code->mode == RV_PRIVILEGE_USER ? RV_VIEW_USER : 0;
    view |= code->mode == RV_PRIVILEGE_SUPERVISOR && data->sum ? RV_VIEW_SUM : 0;
    return view | (data->mxr ? RV_VIEW_MXR : 0);
}

void rv_emulate_enter(struct vcpu *vcpu)
{
    struct rv_state *rv = &vcpu->arch.rv;
    struct rv_context code, data;

    if (rv->priv.effects & RV_EFFECT_PENDING) {
        rv->priv.effects &= ~(uint32_t)RV_EFFECT_PENDING;
        (void)rv_priv_interrupt(rv, rv_hook_time(vcpu));
    }
    rv_priv_context(rv, true, &code);
    rv_priv_context(rv, false, &data);
    rv_shadow_select(rv->shadow, code.satp, view_of(&code, &data));
}
