/* SPDX-License-Identifier: Apache-2.0 */
/* Modes, exceptions, interrupts and reset of the emulated privileged machine. */
#include "arch/riscv/model/rv_priv.h"

#include "arch/riscv/model/rv_inject.h"
#include "arch/riscv/model/rv_isa.h"
#include "arch/riscv/model/rv_priv_impl.h"
#include "lib/bits.h"
#include "lib/string.h"

/* ---- mode and status */

/* CBIE of two levels of privilege: forbidden if one forbids, a flush if one wants that (3.1.18). */
static uint64_t meet_cbie(uint64_t a, uint64_t b)
{
    uint64_t cbie_a = REG_GET(MENVCFG, CBIE, a), cbie_b = REG_GET(MENVCFG, CBIE, b);

    return REG_PUT(MENVCFG, CBIE, cbie_a == 0 || cbie_b == 0 ? 0 : MIN(cbie_a, cbie_b));
}

#define ENV_CBO (MENVCFG_CBIE | MENVCFG_CBCFE | MENVCFG_CBZE)

static uint64_t env_in(const struct rv_state *rv, uint8_t mode)
{
    const uint64_t menvcfg = rv->priv.machine.menvcfg, senvcfg = rv->super.senvcfg;

    if (mode == RV_PRIVILEGE_MACHINE)
        return ENV_CBO;
    if (mode == RV_PRIVILEGE_SUPERVISOR)
        return menvcfg & ENV_CBO;
    return (menvcfg & senvcfg & (MENVCFG_CBCFE | MENVCFG_CBZE)) | meet_cbie(menvcfg, senvcfg);
}

uint64_t rv_priv_env(const struct rv_state *rv)
{
    return env_in(rv, rv->priv.mode);
}

static bool may_count_in(const struct rv_state *rv, uint8_t mode, uint64_t counters)
{
    uint64_t allowed = UINT64_MAX;

    if (mode < RV_PRIVILEGE_MACHINE)
        allowed &= rv->priv.machine.mcounteren;
    if (mode < RV_PRIVILEGE_SUPERVISOR)
        allowed &= rv->super.scounteren;
    return (allowed & counters) != 0;
}

bool rv_priv_may_read_time(const struct rv_state *rv)
{
    return may_count_in(rv, rv->priv.mode, RV_COUNTEREN_TM);
}

bool rv_priv_may_count(const struct rv_state *rv, uint64_t counters)
{
    return may_count_in(rv, rv->priv.mode, counters);
}

void rv_priv_set_mode(struct rv_state *rv, uint8_t mode)
{
    uint8_t old = rv->priv.mode;

    rv->super.in_supervisor = mode != RV_PRIVILEGE_USER;
    if (mode == old)
        return;
    rv->priv.mode = mode;
    rv->priv.effects |= RV_EFFECT_CONTEXT | RV_EFFECT_PENDING;
    if (env_in(rv, old) != env_in(rv, mode) ||
        may_count_in(rv, old, RV_COUNTEREN_TM) != may_count_in(rv, mode, RV_COUNTEREN_TM))
        rv->priv.effects |= RV_EFFECT_ENV;
}

void rv_priv_set_status(struct rv_state *rv, uint64_t value, uint64_t mask)
{
    uint64_t old = rv_priv_status(rv), new = (old & ~mask) | (value & mask), changed = old ^ new;
    uint32_t effects = 0;

    rv->super.sstatus = new &SSTATUS_VISIBLE;
    rv->priv.machine.mstatus = new & ~(uint64_t)SSTATUS_VISIBLE;
    if (changed & new &(MSTATUS_SIE | MSTATUS_MIE))
        effects |= RV_EFFECT_PENDING;
    if (changed & (MSTATUS_FS | MSTATUS_VS))
        effects |= RV_EFFECT_FP;
    if ((changed & (MSTATUS_SUM | MSTATUS_MXR | MSTATUS_MPRV)) ||
        ((new &MSTATUS_MPRV) && (changed & MSTATUS_MPP)))
        effects |= RV_EFFECT_CONTEXT;
    rv->priv.effects |= effects;
}

void rv_priv_context(const struct rv_state *rv, bool fetch, struct rv_context *context)
{
    uint64_t status = rv_priv_status(rv), menvcfg = rv->priv.machine.menvcfg;
    uint8_t mode = rv->priv.mode;

    if (!fetch && (status & MSTATUS_MPRV) && mode == RV_PRIVILEGE_MACHINE)
        mode = (uint8_t)REG_GET(MSTATUS, MPP, status);
    *context = (struct rv_context){
        .mode = mode,
        .sum = !fetch && (status & MSTATUS_SUM) != 0,
        .mxr = !fetch && (status & MSTATUS_MXR) != 0,
        .update_ad = (menvcfg & MENVCFG_ADUE) != 0,
        .pbmt = (menvcfg & MENVCFG_PBMTE) != 0,
        .napot = rv_isa_has(rv->priv.caps->isa, RV_EXT_svnapot),
        .satp = mode == RV_PRIVILEGE_MACHINE ? 0 : rv->super.satp,
    };
}

/* ---- reset */

static void reset(struct rv_state *rv, const struct rv_priv_caps *caps, uint32_t hart,
                  uint64_t entry, uint64_t argument)
{
    memset(&rv->gprs, 0, sizeof(rv->gprs));
    memset(&rv->super, 0, sizeof(rv->super));
    memset(&rv->priv, 0, sizeof(rv->priv));
    rv->gprs.pc = entry;
    rv->gprs.x[RV_A0] = hart;
    rv->gprs.x[RV_A1] = argument;
    rv->super.sstatus = REG_PUT(SSTATUS, UXL, RV_XLEN_64);
    rv->super.in_supervisor = true;
    rv->super.stimecmp = UINT64_MAX;
    rv->priv.caps = caps;
    rv->priv.hart = hart;
    rv->priv.effects = RV_EFFECT_ALL;
    rv->priv.flush = (struct rv_flush){.all_addresses = true, .all_asids = true};
    rv->priv.machine.mtimecmp = UINT64_MAX;
    __atomic_store_n(&rv->posted, 0, __ATOMIC_RELAXED);
}

/* Kernels that never set A and D bits run where that is done for them before anybody asks: as on
 * machines that have Svadu alone. */
static uint64_t menvcfg_adue(const struct rv_isa *isa)
{
    return rv_isa_has(isa, RV_EXT_svadu) && !rv_isa_has(isa, RV_EXT_svade) ? MENVCFG_ADUE : 0;
}

void rv_priv_reset_supervisor(struct rv_state *rv, const struct rv_priv_caps *caps, uint32_t hart,
                              uint64_t entry, uint64_t argument)
{
    const uint64_t counters = RV_COUNTEREN_CY | RV_COUNTEREN_TM | RV_COUNTEREN_IR;
    struct rv_machine *machine = &rv->priv.machine;

    reset(rv, caps, hart, entry, argument);
    rv->priv.mode = RV_PRIVILEGE_SUPERVISOR;
    machine->mideleg = RV_IRQ_SUPERVISOR;
    machine->mcounteren = counters;
    /* As firmware leaves it: kernels let their users read the time without writing this. */
    rv->super.scounteren = counters;
    machine->menvcfg = rv_priv_menvcfg_mask(caps) & ~(uint64_t)MENVCFG_ADUE;
    machine->menvcfg |= menvcfg_adue(caps->isa);
}

void rv_priv_reset_machine(struct rv_state *rv, const struct rv_priv_caps *caps, uint32_t hart,
                           uint64_t entry, uint64_t argument)
{
    reset(rv, caps, hart, entry, argument);
    rv->priv.has_machine = true;
    rv->priv.mode = RV_PRIVILEGE_MACHINE;
    rv->priv.machine.mstatus = REG_PUT(MSTATUS, SXL, RV_XLEN_64);
    rv->priv.machine.menvcfg = menvcfg_adue(caps->isa);
}

/* ---- exceptions */

uint64_t rv_priv_ecall_cause(const struct rv_state *rv)
{
    switch (rv->priv.mode) {
    case RV_PRIVILEGE_MACHINE:
        return RV_CAUSE_ECALL_M;
    case RV_PRIVILEGE_SUPERVISOR:
        return RV_CAUSE_ECALL_S;
    default:
        return RV_CAUSE_ECALL_U;
    }
}

/* Interrupts go to the base plus four times the code in vectored mode. */
static uint64_t vector(uint64_t tvec, uint64_t cause)
{
    bool vectored = (cause & SCAUSE_INTERRUPT) && REG_GET(RV_TVEC, MODE, tvec) == RV_TVEC_VECTORED;

    return (tvec & RV_TVEC_BASE) + (vectored ? 4 * REG_GET(SCAUSE, CODE, cause) : 0);
}

static void take_in_supervisor(struct rv_state *rv, uint64_t cause, uint64_t tval)
{
    rv_inject(&rv->super, &rv->gprs.pc, cause, tval);
    rv->gprs.pc = vector(rv->super.stvec, cause);
    rv_priv_set_mode(rv, RV_PRIVILEGE_SUPERVISOR);
}

static void take_in_machine(struct rv_state *rv, uint64_t cause, uint64_t tval)
{
    struct rv_machine *machine = &rv->priv.machine;
    uint64_t status = rv_priv_status(rv);

    rv_priv_set_status(rv,
                       REG_PUT(MSTATUS, MPIE, REG_GET(MSTATUS, MIE, status)) |
                           REG_PUT(MSTATUS, MPP, rv->priv.mode),
                       MSTATUS_MPIE | MSTATUS_MPP | MSTATUS_MIE);
    machine->mepc = rv->gprs.pc;
    machine->mcause = cause;
    machine->mtval = tval;
    rv->gprs.pc = vector(machine->mtvec, cause);
    rv_priv_set_mode(rv, RV_PRIVILEGE_MACHINE);
}

void rv_priv_exception(struct rv_state *rv, uint64_t cause, uint64_t tval)
{
    bool delegated = cause < 64 && (rv->priv.machine.medeleg & bit64(cause)) != 0;

    if (!rv->priv.has_machine || (rv->priv.mode != RV_PRIVILEGE_MACHINE && delegated))
        take_in_supervisor(rv, cause, tval);
    else
        take_in_machine(rv, cause, tval);
}

/* ---- interrupts */

void rv_priv_take_posted(struct rv_state *rv)
{
    if (__atomic_exchange_n(&rv->posted, 0, __ATOMIC_ACQUIRE) & RV_IRQ_SSI)
        rv->super.software_pending = true;
}

static bool supervisor_timer_pending(const struct rv_state *rv, uint64_t now)
{
    if (rv_priv_has_stimecmp(rv))
        return now >= rv->super.stimecmp;
    return (rv->priv.machine.mip & RV_IRQ_STI) != 0;
}

uint64_t rv_priv_pending(const struct rv_state *rv, uint64_t now)
{
    uint64_t pending = __atomic_load_n(&rv->lines, __ATOMIC_ACQUIRE);
    bool software = rv->super.software_pending ||
                    (__atomic_load_n(&rv->posted, __ATOMIC_ACQUIRE) & RV_IRQ_SSI) != 0;

    pending &= rv->priv.has_machine ? RV_IRQ_SEI | RV_IRQ_MSI | RV_IRQ_MEI : RV_IRQ_SEI;
    pending |= software ? RV_IRQ_SSI : 0;
    pending |= rv->priv.machine.mip & RV_IRQ_SEI;
    pending |= supervisor_timer_pending(rv, now) ? RV_IRQ_STI : 0;
    if (rv->priv.has_machine &&
        now >= __atomic_load_n(&rv->priv.machine.mtimecmp, __ATOMIC_RELAXED))
        pending |= RV_IRQ_MTI;
    return pending;
}

uint64_t rv_priv_deadline(const struct rv_state *rv, uint64_t now)
{
    uint64_t deadline = UINT64_MAX;

    if (rv_priv_has_stimecmp(rv) && rv->super.stimecmp > now)
        deadline = rv->super.stimecmp;
    if (rv->priv.has_machine) {
        uint64_t mtimecmp = __atomic_load_n(&rv->priv.machine.mtimecmp, __ATOMIC_RELAXED);

        if (mtimecmp > now)
            deadline = MIN(deadline, mtimecmp);
    }
    return deadline;
}

static uint64_t pending_enabled(const struct rv_state *rv, uint64_t now)
{
    return rv_priv_pending(rv, now) & (rv->super.sie | rv->priv.machine.mie);
}

bool rv_priv_wakes(const struct rv_state *rv, uint64_t now)
{
    return pending_enabled(rv, now) != 0;
}

/* The first of PENDING in the order of 3.1.9, as a cause. */
static uint64_t first_of(uint64_t pending)
{
    static const uint8_t order[] = {RV_IRQ_MEI_SHIFT, RV_IRQ_MSI_SHIFT, RV_IRQ_MTI_SHIFT,
                                    RV_IRQ_SEI_SHIFT, RV_IRQ_SSI_SHIFT, RV_IRQ_STI_SHIFT};

    for (unsigned i = 0; i < ARRAY_SIZE(order); i++)
        if (pending & bit64(order[i]))
            return SCAUSE_INTERRUPT | order[i];
    return 0;
}

bool rv_priv_interrupt(struct rv_state *rv, uint64_t now)
{
    uint64_t pending = pending_enabled(rv, now), delegated = rv->priv.machine.mideleg;
    uint64_t status = rv_priv_status(rv);
    uint8_t mode = rv->priv.mode;

    if ((mode < RV_PRIVILEGE_MACHINE || (status & MSTATUS_MIE)) && (pending & ~delegated)) {
        take_in_machine(rv, first_of(pending & ~delegated), 0);
        return true;
    }
    if ((mode < RV_PRIVILEGE_SUPERVISOR ||
         (mode == RV_PRIVILEGE_SUPERVISOR && (status & MSTATUS_SIE))) &&
        (pending & delegated)) {
        take_in_supervisor(rv, first_of(pending & delegated), 0);
        return true;
    }
    return false;
}
