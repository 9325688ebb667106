/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of ARMv7's trapped coprocessor registers and the few functions that rows cannot say.
 * Must not touch the hardware: that is behind a32_hooks.h. Arm ARM DDI 0406C, B4.1, B8.2 (timers),
 * C11.11 (debug); Cortex-A15 TRM DDI 0438, 4.3.
 */
#include "arch/arm/model/a32_sysreg.h"

#include "arch/arm/model/a32_hooks.h"
#include "arch/arm/model/a32_id.h"
#include "arch/arm/model/a32_keys.h"
#include "arch/arm/model/a64_vtimer.h"
#include "core/reg_row.h"
#include "core/vcpu.h"
#include "core/vm.h"
#include "lib/panic.h"

/* Of the Cortex-A15 and A7: the CPU takes part in coherency. Linux looks, and would set it. */
#define ACTLR_FIELDS(F)   \
    F(ACTLR, RES_0, 5, 0) \
    F(ACTLR, SMP, 6, 6)   \
    F(ACTLR, RES_7, 31, 7)
REG_DEFINE32(ACTLR, ACTLR_FIELDS);
#define L2CTLR_FIELDS(F)                      \
    F(L2CTLR, RES_0, 23, 0)                   \
    F(L2CTLR, CPU_COUNT, 25, 24) /* less 1 */ \
    F(L2CTLR, RES_26, 31, 26)
REG_DEFINE32(L2CTLR, L2CTLR_FIELDS);
#define L2CTLR_CPU_MAX 4

static enum trap_result set_way(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                uint64_t *value)
{
    /* Done again by the hardware, like the rest of the loop that it is part of. */
    a32_hook_set_way(vcpu);
    return TRAP_RETRY;
}

static enum trap_result vm_reg(struct vcpu *vcpu, const struct reg_row *row, bool write,
                               uint64_t *value)
{
    a32_hook_vm_reg_write(vcpu, row->key, *value);
    return TRAP_DONE;
}

/* The first use, which is done again with the registers in place. */
static enum trap_result thumbee(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                uint64_t *value)
{
    a32_hook_thumbee(vcpu);
    return TRAP_RETRY;
}

static enum trap_result l2ctlr(struct vcpu *vcpu, const struct reg_row *row, bool write,
                               uint64_t *value)
{
    uint32_t count = MIN(vcpu->vm->vcpu_count, L2CTLR_CPU_MAX);

    if (!write)
        *value = REG_PUT(L2CTLR, CPU_COUNT, count - 1);
    return TRAP_DONE;
}

/* TLB maintenance traps there too (HCR.TTLB). Op2 says by what, whichever TLB is meant. */
static enum trap_result tlb(struct vcpu *vcpu, const struct reg_row *row, bool write,
                            uint64_t *value)
{
    a32_hook_tlb(vcpu, (enum a32_tlb)REG_GET(A32_KEY, Op2, row->key), (uint32_t)*value);
    return TRAP_DONE;
}

/* CTR and those that describe the caches trap where a VM is to be emulated (HCR.TID2). */
static enum trap_result csselr(struct vcpu *vcpu, const struct reg_row *row, bool write,
                               uint64_t *value)
{
    struct a32_emulated *emulated = &vcpu->arch.a32.emulated;

    if (write)
        emulated->csselr = (uint32_t)(*value & low_bits(A32_CSSELR_BITS));
    else
        *value = emulated->csselr;
    return TRAP_DONE;
}

static enum trap_result ccsidr(struct vcpu *vcpu, const struct reg_row *row, bool write,
                               uint64_t *value)
{
    *value = a32_id_host()->ccsidr[vcpu->arch.a32.emulated.csselr];
    return TRAP_DONE;
}

/* The PL1 physical timer, three views of two values; its count is the host's counter. */
static enum trap_result cntp_ctl(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                 uint64_t *value)
{
    struct a32_emulated *timer = &vcpu->arch.a32.emulated;

    if (!write) {
        *value = a64_timer_ctl(timer->cntp_ctl, timer->cntp_cval, a32_hook_counter());
        return TRAP_DONE;
    }
    timer->cntp_ctl = *value & (CNT_CTL_ENABLE | CNT_CTL_IMASK);
    a32_hook_cntp_changed(vcpu);
    return TRAP_DONE;
}

static enum trap_result cntp_cval(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                  uint64_t *value)
{
    struct a32_emulated *timer = &vcpu->arch.a32.emulated;

    if (!write) {
        *value = timer->cntp_cval;
        return TRAP_DONE;
    }
    timer->cntp_cval = *value;
    a32_hook_cntp_changed(vcpu);
    return TRAP_DONE;
}

static enum trap_result cntp_tval(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                  uint64_t *value)
{
    struct a32_emulated *timer = &vcpu->arch.a32.emulated;

    if (!write) {
        *value = a64_timer_tval(timer->cntp_cval, a32_hook_counter());
        return TRAP_DONE;
    }
    timer->cntp_cval = a64_timer_cval_of_tval(*value, a32_hook_counter());
    a32_hook_cntp_changed(vcpu);
    return TRAP_DONE;
}

#define ROW(name_, access_, kind_, ...)                                                       \
    {                                                                                         \
        .key = A32_KEY_##name_, .access = access_, .kind = kind_, .name = #name_, __VA_ARGS__ \
    }
#define CONST(name, access, value) ROW(name, access, REG_CONST, .reset = value)
#define RAZ_WI(name, access)       ROW(name, access, REG_RAZ_WI)
#define HIDDEN(name)               ROW(name, 0, REG_HIDDEN)
#define FN(name, access, function) ROW(name, access, REG_FN, .fn = function)
#define VM_REG(name)               FN(name, REG_WO, vm_reg) /* TVM traps writes only */
#define TLB(name)                  FN(name, REG_WO, tlb)
#define ID(name)                   CONST(name, REG_RO, 0) /* filled by a32_sysreg_init */

/* Not const: the ID rows get their values at boot; then sealed. */
static struct reg_row rows[] __section(".sealed") = {
    ID(CTR),
    ID(TCMTR),
    ID(TLBTR),
    CONST(REVIDR, REG_RO, 0),
    ID(ID_PFR0),
    ID(ID_PFR1),
    ID(ID_DFR0),
    ID(ID_AFR0),
    ID(ID_MMFR0),
    ID(ID_MMFR1),
    ID(ID_MMFR2),
    ID(ID_MMFR3),
    ID(ID_ISAR0),
    ID(ID_ISAR1),
    ID(ID_ISAR2),
    ID(ID_ISAR3),
    ID(ID_ISAR4),
    ID(ID_ISAR5),
    ID(ID_MMFR4),
    ID(ID_ISAR6),
    VM_REG(SCTLR),
    CONST(ACTLR, REG_RW, ACTLR_SMP),
    VM_REG(TTBR0),
    VM_REG(TTBR1),
    VM_REG(TTBCR),
    VM_REG(DACR),
    VM_REG(DFSR),
    VM_REG(IFSR),
    VM_REG(ADFSR),
    VM_REG(AIFSR),
    VM_REG(DFAR),
    VM_REG(IFAR),
    FN(DCISW, REG_WO, set_way),
    FN(DCCSW, REG_WO, set_way),
    FN(DCCISW, REG_WO, set_way),
    TLB(TLBIALLIS),
    TLB(TLBIMVAIS),
    TLB(TLBIASIDIS),
    TLB(TLBIMVAAIS),
    TLB(ITLBIALL),
    TLB(ITLBIMVA),
    TLB(ITLBIASID),
    TLB(DTLBIALL),
    TLB(DTLBIMVA),
    TLB(DTLBIASID),
    TLB(TLBIALL),
    TLB(TLBIMVA),
    TLB(TLBIASID),
    TLB(TLBIMVAA),
    /* No PMU, so none of its registers: ID_DFR0.PerfMon says so. */
    HIDDEN(PMCR),
    HIDDEN(PMCNTENSET),
    HIDDEN(PMCNTENCLR),
    HIDDEN(PMOVSR),
    HIDDEN(PMSWINC),
    HIDDEN(PMSELR),
    HIDDEN(PMCEID0),
    HIDDEN(PMCEID1),
    HIDDEN(PMCCNTR),
    HIDDEN(PMXEVTYPER),
    HIDDEN(PMXEVCNTR),
    HIDDEN(PMUSERENR),
    HIDDEN(PMINTENSET),
    HIDDEN(PMINTENCLR),
    HIDDEN(PMOVSSET),
    VM_REG(PRRR),
    VM_REG(NMRR),
    VM_REG(AMAIR0),
    VM_REG(AMAIR1),
    VM_REG(CONTEXTIDR),
    FN(CNTP_TVAL, REG_RW, cntp_tval),
    FN(CNTP_CTL, REG_RW, cntp_ctl),
    FN(CCSIDR, REG_RO, ccsidr),
    ID(CLIDR),
    CONST(AIDR, REG_RO, 0),
    FN(CSSELR, REG_RW, csselr),
    FN(L2CTLR, REG_RW, l2ctlr),
    RAZ_WI(L2ECTLR, REG_RW),
    /* DBGDIDR without a version: no debug that we know how to share. */
    RAZ_WI(DBGDIDR, REG_RO),
    RAZ_WI(DBGDSCRint, REG_RO),
    RAZ_WI(DBGDSCRext, REG_RW),
    RAZ_WI(DBGWFAR, REG_RW),
    RAZ_WI(DBGVCR, REG_RW),
    RAZ_WI(DBGDRAR, REG_RO),
    RAZ_WI(DBGOSLAR, REG_WO),
    RAZ_WI(DBGOSLSR, REG_RO),
    RAZ_WI(DBGOSDLR, REG_RW),
    RAZ_WI(DBGPRCR, REG_RW),
    RAZ_WI(DBGDSAR, REG_RO),
    RAZ_WI(DBGDEVID, REG_RO),
    RAZ_WI(DBGAUTHSTATUS, REG_RO),
    FN(TEECR, REG_RW, thumbee),
    FN(TEEHBR, REG_RW, thumbee),
    /* No Jazelle: ID_PFR0 says so. */
    RAZ_WI(JIDR, REG_RO),
    HIDDEN(JOSCR),
    HIDDEN(JMCR),
    RAZ_WI(DBGDRAR_64, REG_RO),
    VM_REG(TTBR0_64),
    VM_REG(TTBR1_64),
    FN(CNTP_CVAL, REG_RW, cntp_cval),
    ID(FPSID),
    ID(MVFR1),
    ID(MVFR0),
};

static struct reg_table table __section(".bss.sealed");

/* What the guest reads in the identification register KEY. */
static uint32_t id_of(uint32_t key)
{
    switch (key) {
    case A32_KEY_CTR:
        return a32_id_host()->ctr;
    case A32_KEY_CLIDR:
        return a32_id_host()->clidr;
    case A32_KEY_TCMTR:
        return a32_id_host()->tcmtr;
    case A32_KEY_TLBTR:
        return a32_id_host()->tlbtr;
    case A32_KEY_FPSID:
        return a32_id_host()->fpsid;
    case A32_KEY_MVFR0:
        return a32_id_host()->mvfr0;
    case A32_KEY_MVFR1:
        return a32_id_host()->mvfr1;
    default:
        return a32_id_value((unsigned)REG_GET(A32_KEY, CRm, key),
                            (unsigned)REG_GET(A32_KEY, Op2, key));
    }
}

void a32_sysreg_init(void)
{
    enum err err;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct reg_row *row = &rows[i];

        /* The other constants have a value of their own, or are 0 in any case. */
        if (row->kind == REG_CONST && row->access == REG_RO && row->key != A32_KEY_REVIDR &&
            row->key != A32_KEY_AIDR)
            row->reset = id_of(row->key);
    }
    err = reg_table_init(&table, rows, ARRAY_SIZE(rows));
    BUG_ON(err != ERR_NONE);
}

void a32_sysreg_reset(struct vcpu *vcpu)
{
    BUG_ON(table.count == 0); /* a32_sysreg_init was forgotten: each register would be undefined */
    vcpu->arch.a32.emulated = (struct a32_emulated){0};
}

__always_inline enum trap_result a32_sysreg_access(struct vcpu *vcpu, struct trap *trap)
{
    const struct reg_row *row = reg_table_find(&table, trap->sysreg.key);

    if (unlikely(row == NULL))
        return TRAP_UNDEF;
    return reg_row_access(vcpu, &vcpu->arch.a32.emulated, row, trap);
}

const char *a32_sysreg_name(uint32_t key)
{
    const struct reg_row *row = reg_table_find(&table, key);

    return row != NULL ? row->name : NULL;
}
