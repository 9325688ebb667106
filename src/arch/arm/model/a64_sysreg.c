/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of AArch64's trapped system registers and the few functions that rows cannot say.
 * Must not touch the hardware: that is behind a64_hooks.h. Arm ARM DDI 0487, D19.2 to D19.12, and
 * for ICC_* IHI 0069H, 12.2.
 */
#include "arch/arm/model/a64_sysreg.h"

#include "arch/arm/model/a64_hooks.h"
#include "arch/arm/model/a64_id.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_vtimer.h"
#include "core/reg_row.h"
#include "core/vcpu.h"
#include "lib/panic.h"

static enum trap_result set_way(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                uint64_t *value)
{
    a64_hook_set_way(vcpu);
    return TRAP_DONE;
}

static enum trap_result vm_reg(struct vcpu *vcpu, const struct reg_row *row, bool write,
                               uint64_t *value)
{
    a64_hook_vm_reg_write(vcpu, row->key, *value);
    return TRAP_DONE;
}

/* Software step works through the hardware's register; of the rest only what EL1 owns sticks. */
static enum trap_result mdscr(struct vcpu *vcpu, const struct reg_row *row, bool write,
                              uint64_t *value)
{
    uint64_t *state = &vcpu->arch.a64.el1.mdscr;

    if (!write) {
        *value = *state;
        return TRAP_DONE;
    }
    *state = *value & row->write_mask;
    a64_hook_vm_reg_write(vcpu, row->key, *state);
    return TRAP_DONE;
}

static enum trap_result oslar(struct vcpu *vcpu, const struct reg_row *row, bool write,
                              uint64_t *value)
{
    uint64_t *oslsr = &vcpu->arch.a64.emulated.oslsr;

    *oslsr = REG_SET(OSLSR_EL1, OSLK, *oslsr, REG_GET(OSLAR_EL1, OSLK, *value));
    return TRAP_DONE;
}

static enum trap_result sgi(struct vcpu *vcpu, const struct reg_row *row, bool write,
                            uint64_t *value)
{
    a64_hook_sgi(vcpu, *value, row->key != A64_KEY_ICC_SGI1R_EL1);
    return TRAP_DONE;
}

/* The EL1 physical timer, three views of two values; its count is the host's counter. */
static uint64_t cntp_ctl_read(const struct vcpu *vcpu)
{
    const struct a64_emulated *timer = &vcpu->arch.a64.emulated;

    return a64_timer_ctl(timer->cntp_ctl, timer->cntp_cval, a64_hook_counter());
}

static uint64_t cntp_cval_read(const struct vcpu *vcpu)
{
    return vcpu->arch.a64.emulated.cntp_cval;
}

static uint64_t cntp_tval_read(const struct vcpu *vcpu)
{
    return a64_timer_tval(vcpu->arch.a64.emulated.cntp_cval, a64_hook_counter());
}

static enum trap_result cntp_ctl(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                 uint64_t *value)
{
    vcpu->arch.a64.emulated.cntp_ctl = *value & (CNT_CTL_ENABLE | CNT_CTL_IMASK);
    a64_hook_cntp_changed(vcpu);
    return TRAP_DONE;
}

static enum trap_result cntp_cval(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                  uint64_t *value)
{
    vcpu->arch.a64.emulated.cntp_cval = *value;
    a64_hook_cntp_changed(vcpu);
    return TRAP_DONE;
}

static enum trap_result cntp_tval(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                  uint64_t *value)
{
    vcpu->arch.a64.emulated.cntp_cval = a64_timer_cval_of_tval(*value, a64_hook_counter());
    a64_hook_cntp_changed(vcpu);
    return TRAP_DONE;
}

/* Traps only while the vGIC wants it (ICH_HCR_EL2.TDIR). */
static enum trap_result deactivate(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                   uint64_t *value)
{
    a64_hook_deactivate(vcpu, (uint32_t)(*value & ICC_DIR_EL1_INTID));
    return TRAP_DONE;
}

#define ROW(name_, access_, kind_, ...)                                                       \
    {                                                                                         \
        .key = A64_KEY_##name_, .access = access_, .kind = kind_, .name = #name_, __VA_ARGS__ \
    }
#define CONST(name, access, value)     ROW(name, access, REG_CONST, .reset = value)
#define RAZ_WI(name, access)           ROW(name, access, REG_RAZ_WI)
#define HIDDEN(name)                   ROW(name, 0, REG_HIDDEN)
#define FN(name, access, function)     ROW(name, access, REG_FN, .fn = function)
#define READ_FN(name, read_, function) ROW(name, REG_RW, REG_FN, .read = read_, .fn = function)
#define VM_REG(name)                   FN(name, REG_WO, vm_reg) /* TVM traps writes only */
#define ID(name)                       CONST(name, REG_RO, 0)   /* filled by a64_sysreg_init */
#define STATE(name, access, member, reset_, mask)                                                  \
    ROW(name, access, REG_STATE, .offset = offsetof(struct a64_emulated, member), .reset = reset_, \
        .write_mask = mask)

/* A breakpoint and a watchpoint of the two that ID_AA64DFR0_EL1 must have; they never hit. */
#define DEBUG_PAIR(n)                                                 \
    RAZ_WI(DBGBVR##n##_EL1, REG_RW), RAZ_WI(DBGBCR##n##_EL1, REG_RW), \
        RAZ_WI(DBGWVR##n##_EL1, REG_RW), RAZ_WI(DBGWCR##n##_EL1, REG_RW)

/* Not const: the ID rows get their values and GICv3's rows their kind at boot;
 * then sealed. */
static struct reg_row rows[] __section(".sealed") = {
    FN(DC_ISW, REG_WO, set_way),
    FN(DC_CSW, REG_WO, set_way),
    FN(DC_CISW, REG_WO, set_way),

    RAZ_WI(OSDTRRX_EL1, REG_RW),
    DEBUG_PAIR(0),
    DEBUG_PAIR(1),
    STATE(MDCCINT_EL1, REG_RW, mdccint, 0, MDCCINT_EL1_RX | MDCCINT_EL1_TX),
    ROW(MDSCR_EL1, REG_RW, REG_FN, .fn = mdscr,
        .write_mask = MDSCR_EL1_SS | MDSCR_EL1_TDCC | MDSCR_EL1_KDE | MDSCR_EL1_MDE),
    RAZ_WI(OSDTRTX_EL1, REG_RW),
    RAZ_WI(OSECCR_EL1, REG_RW),
    RAZ_WI(MDRAR_EL1, REG_RO),
    FN(OSLAR_EL1, REG_WO, oslar),
    STATE(OSLSR_EL1, REG_RO, oslsr, OSLSR_EL1_OSLM_1 | OSLSR_EL1_OSLK, 0),
    RAZ_WI(OSDLR_EL1, REG_RW),
    RAZ_WI(DBGPRCR_EL1, REG_RW),
    RAZ_WI(DBGCLAIMSET_EL1, REG_RW),
    RAZ_WI(DBGCLAIMCLR_EL1, REG_RW),
    RAZ_WI(DBGAUTHSTATUS_EL1, REG_RO),
    RAZ_WI(MDCCSR_EL0, REG_RO),
    RAZ_WI(DBGDTR_EL0, REG_RW),
    RAZ_WI(DBGDTRRX_EL0, REG_RW),

    CONST(REVIDR_EL1, REG_RO, 0),
    ID(ID_PFR0_EL1),
    ID(ID_PFR1_EL1),
    ID(ID_DFR0_EL1),
    ID(ID_AFR0_EL1),
    ID(ID_MMFR0_EL1),
    ID(ID_MMFR1_EL1),
    ID(ID_MMFR2_EL1),
    ID(ID_MMFR3_EL1),
    ID(ID_ISAR0_EL1),
    ID(ID_ISAR1_EL1),
    ID(ID_ISAR2_EL1),
    ID(ID_ISAR3_EL1),
    ID(ID_ISAR4_EL1),
    ID(ID_ISAR5_EL1),
    ID(ID_MMFR4_EL1),
    ID(ID_ISAR6_EL1),
    ID(MVFR0_EL1),
    ID(MVFR1_EL1),
    ID(MVFR2_EL1),
    ID(S3_0_C0_C3_3),
    ID(ID_PFR2_EL1),
    ID(ID_DFR1_EL1),
    ID(ID_MMFR5_EL1),
    ID(S3_0_C0_C3_7),
    ID(ID_AA64PFR0_EL1),
    ID(ID_AA64PFR1_EL1),
    ID(ID_AA64PFR2_EL1),
    ID(S3_0_C0_C4_3),
    ID(ID_AA64ZFR0_EL1),
    ID(ID_AA64SMFR0_EL1),
    ID(S3_0_C0_C4_6),
    ID(ID_AA64FPFR0_EL1),
    ID(ID_AA64DFR0_EL1),
    ID(ID_AA64DFR1_EL1),
    ID(ID_AA64DFR2_EL1),
    ID(S3_0_C0_C5_3),
    ID(ID_AA64AFR0_EL1),
    ID(ID_AA64AFR1_EL1),
    ID(S3_0_C0_C5_6),
    ID(S3_0_C0_C5_7),
    ID(ID_AA64ISAR0_EL1),
    ID(ID_AA64ISAR1_EL1),
    ID(ID_AA64ISAR2_EL1),
    ID(ID_AA64ISAR3_EL1),
    ID(S3_0_C0_C6_4),
    ID(S3_0_C0_C6_5),
    ID(S3_0_C0_C6_6),
    ID(S3_0_C0_C6_7),
    ID(ID_AA64MMFR0_EL1),
    ID(ID_AA64MMFR1_EL1),
    ID(ID_AA64MMFR2_EL1),
    ID(ID_AA64MMFR3_EL1),
    ID(ID_AA64MMFR4_EL1),
    ID(S3_0_C0_C7_5),
    ID(S3_0_C0_C7_6),
    ID(S3_0_C0_C7_7),

    VM_REG(SCTLR_EL1),
    RAZ_WI(ACTLR_EL1, REG_RW),
    HIDDEN(ZCR_EL1),
    HIDDEN(TRFCR_EL1),
    HIDDEN(SMCR_EL1),
    VM_REG(TTBR0_EL1),
    VM_REG(TTBR1_EL1),
    VM_REG(TCR_EL1),
    HIDDEN(APIAKEYLO_EL1),
    VM_REG(AFSR0_EL1),
    VM_REG(AFSR1_EL1),
    VM_REG(ESR_EL1),
    HIDDEN(ERRIDR_EL1),
    HIDDEN(ERRSELR_EL1),
    VM_REG(FAR_EL1),
    HIDDEN(PMSCR_EL1),
    HIDDEN(PMINTENSET_EL1),
    HIDDEN(PMINTENCLR_EL1),
    HIDDEN(PMMIR_EL1),
    VM_REG(MAIR_EL1),
    VM_REG(AMAIR_EL1),
    HIDDEN(LORSA_EL1),
    HIDDEN(LOREA_EL1),
    HIDDEN(LORN_EL1),
    HIDDEN(LORC_EL1),
    HIDDEN(LORID_EL1),
    FN(ICC_DIR_EL1, REG_WO, deactivate),
    FN(ICC_SGI1R_EL1, REG_WO, sgi),
    FN(ICC_ASGI1R_EL1, REG_WO, sgi),
    FN(ICC_SGI0R_EL1, REG_WO, sgi),
    CONST(ICC_SRE_EL1, REG_RW, ICC_SRE_EL1_SRE | ICC_SRE_EL1_DFB | ICC_SRE_EL1_DIB),
    VM_REG(CONTEXTIDR_EL1),
    HIDDEN(SCXTNUM_EL1),
    HIDDEN(GMID_EL1),
    CONST(AIDR_EL1, REG_RO, 0),

    /* No PMU, so none of its registers: ID_AA64DFR0_EL1.PMUVer is 0. */
    HIDDEN(PMCR_EL0),
    HIDDEN(PMCNTENSET_EL0),
    HIDDEN(PMCNTENCLR_EL0),
    HIDDEN(PMOVSCLR_EL0),
    HIDDEN(PMSWINC_EL0),
    HIDDEN(PMSELR_EL0),
    HIDDEN(PMCEID0_EL0),
    HIDDEN(PMCEID1_EL0),
    HIDDEN(PMCCNTR_EL0),
    HIDDEN(PMXEVTYPER_EL0),
    HIDDEN(PMXEVCNTR_EL0),
    HIDDEN(PMUSERENR_EL0),
    HIDDEN(PMOVSSET_EL0),
    HIDDEN(SCXTNUM_EL0),

    READ_FN(CNTP_TVAL_EL0, cntp_tval_read, cntp_tval),
    READ_FN(CNTP_CTL_EL0, cntp_ctl_read, cntp_ctl),
    READ_FN(CNTP_CVAL_EL0, cntp_cval_read, cntp_cval),
    HIDDEN(PMCCFILTR_EL0),
};

static struct reg_table table __section(".bss.sealed");

static bool is_id(uint32_t key)
{
    uint64_t crm = REG_GET(A64_KEY, CRm, key);

    return (key & ~(uint32_t)(A64_KEY_CRm | A64_KEY_Op2)) == A64_SYSREG(3, 0, 0, 0, 0) &&
           crm >= 1 && crm < A64_ID_CRM_COUNT;
}

void a64_sysreg_init(unsigned gic_version)
{
    enum err err;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct reg_row *row = &rows[i];

        if (is_id(row->key))
            row->reset = a64_id_value((unsigned)REG_GET(A64_KEY, CRm, row->key),
                                      (unsigned)REG_GET(A64_KEY, Op2, row->key));
        /* With a GICv2 there is no system register interface. */
        if (row->fn == sgi || row->fn == deactivate)
            row->kind = gic_version >= 3 ? REG_FN : REG_HIDDEN;
        if (row->key == A64_KEY_ICC_SRE_EL1)
            row->kind = gic_version >= 3 ? REG_CONST : REG_HIDDEN;
    }
    err = reg_table_init(&table, rows, ARRAY_SIZE(rows));
    BUG_ON(err != ERR_NONE);
}

void a64_sysreg_reset(struct vcpu *vcpu)
{
    BUG_ON(table.count == 0); /* a64_sysreg_init was forgotten: each register would be undefined */
    vcpu->arch.a64.emulated = (struct a64_emulated){0};
    reg_table_reset(&table, &vcpu->arch.a64.emulated);
}

inline const struct reg_row *a64_sysreg_row(uint64_t iss)
{
    static_assert(REG_INDEX_PAGE_BITS == A64_KEY_CRn_SHIFT, "a page is all but CRm");
    return reg_table_at(&table, (uint32_t)(iss >> ISS_SYS64_CRn_SHIFT) % REG_INDEX_PAGE_COUNT,
                        (uint32_t)REG_GET(ISS_SYS64, CRm, iss));
}

inline enum trap_result a64_sysreg_access(struct vcpu *vcpu, struct trap *trap)
{
    const struct reg_row *row = reg_table_find(&table, trap->sysreg.key);

    if (unlikely(row == NULL))
        return TRAP_UNDEF;
    return reg_row_access(vcpu, &vcpu->arch.a64.emulated, row, trap);
}

const char *a64_sysreg_name(uint32_t key)
{
    const struct reg_row *row = reg_table_find(&table, key);

    return row != NULL ? row->name : NULL;
}
