/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns which CSRs an emulated vCPU has, and what a read or a write of each does: rows by number
 * (core/reg_row.h). What has no row is an illegal instruction. Fields are WARL unless said
 * otherwise: what is written and not supported leaves the field, or what is named with it, as it
 * was.
 *
 * The cycle, instruction and event counters exist and stand still at 0, for machine mode as well:
 * a CPU that is shared counts for others, too.
 */
#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_insn.h"
#include "arch/riscv/model/rv_isa.h"
#include "arch/riscv/model/rv_pmp.h"
#include "arch/riscv/model/rv_priv.h"
#include "arch/riscv/model/rv_priv_impl.h"
#include "core/reg_row.h"
#include "core/vcpu.h"
#include "lib/bits.h"
#include "lib/panic.h"

static bool has(const struct rv_state *rv, enum rv_extension extension)
{
    return rv_isa_has(rv->priv.caps->isa, extension);
}

/* Replace those bits of REG that are in MASK; EFFECTS if that changes it. */
static void put(struct rv_state *rv, uint64_t *reg, uint64_t value, uint64_t mask, uint32_t effects)
{
    uint64_t new = (*reg & ~mask) | (value & mask);

    if (new != *reg)
        rv->priv.effects |= effects;
    *reg = new;
}

/* ---- status */

static uint64_t sstatus_mask(const struct rv_state *rv)
{
    return SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR |
           (has(rv, RV_EXT_f) ? SSTATUS_FS : 0) | (has(rv, RV_EXT_v) ? SSTATUS_VS : 0);
}

/* SD sums up the dirty states (3.1.6.6). */
static uint64_t with_sd(uint64_t status)
{
    bool dirty = REG_GET(SSTATUS, FS, status) == RV_STATE_DIRTY ||
                 REG_GET(SSTATUS, VS, status) == RV_STATE_DIRTY;

    return status | (dirty ? SSTATUS_SD : 0);
}

uint64_t rv_priv_sstatus(const struct rv_state *rv)
{
    return with_sd(rv->super.sstatus);
}

static enum trap_result sstatus(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                uint64_t *value)
{
    struct rv_state *rv = &vcpu->arch.rv;

    if (write)
        rv_priv_set_status(rv, *value, sstatus_mask(rv));
    else
        *value = with_sd(rv->super.sstatus);
    return TRAP_DONE;
}

static enum trap_result mstatus(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                uint64_t *value)
{
    struct rv_state *rv = &vcpu->arch.rv;
    uint64_t mask = sstatus_mask(rv) | MSTATUS_MIE | MSTATUS_MPIE | MSTATUS_MPP | MSTATUS_MPRV |
                    MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR;

    if (!write) {
        *value = with_sd(rv_priv_status(rv));
        return TRAP_DONE;
    }
    if (REG_GET(MSTATUS, MPP, *value) == RV_PRIVILEGE_HYPERVISOR)
        mask &= ~(uint64_t)MSTATUS_MPP;
    rv_priv_set_status(rv, *value, mask);
    return TRAP_DONE;
}

/* ---- interrupts: sie and sip show what is delegated (3.1.9, 10.1.3) */

static enum trap_result sie(struct vcpu *vcpu, const struct reg_row *row, bool write,
                            uint64_t *value)
{
    struct rv_state *rv = &vcpu->arch.rv;

    if (write)
        put(rv, &rv->super.sie, *value, rv->priv.machine.mideleg, RV_EFFECT_PENDING);
    else
        *value = rv->super.sie & rv->priv.machine.mideleg;
    return TRAP_DONE;
}

static enum trap_result mie(struct vcpu *vcpu, const struct reg_row *row, bool write,
                            uint64_t *value)
{
    struct rv_state *rv = &vcpu->arch.rv;

    if (write) {
        put(rv, &rv->super.sie, *value, RV_IRQ_SUPERVISOR, RV_EFFECT_PENDING);
        put(rv, &rv->priv.machine.mie, *value, RV_IRQ_MACHINE, RV_EFFECT_PENDING);
    } else {
        *value = rv->super.sie | rv->priv.machine.mie;
    }
    return TRAP_DONE;
}

static void write_software_pending(struct rv_state *rv, uint64_t value)
{
    rv_priv_take_posted(rv);
    rv->super.software_pending = (value & RV_IRQ_SSI) != 0;
    rv->priv.effects |= RV_EFFECT_PENDING;
}

static enum trap_result sip(struct vcpu *vcpu, const struct reg_row *row, bool write,
                            uint64_t *value)
{
    struct rv_state *rv = &vcpu->arch.rv;
    uint64_t delegated = rv->priv.machine.mideleg;

    if (!write)
        *value = rv_priv_pending(rv, rv_hook_time(vcpu)) & delegated;
    else if (delegated & RV_IRQ_SSI)
        write_software_pending(rv, *value);
    return TRAP_DONE;
}

static enum trap_result mip(struct vcpu *vcpu, const struct reg_row *row, bool write,
                            uint64_t *value)
{
    struct rv_state *rv = &vcpu->arch.rv;
    uint64_t mask = RV_IRQ_SEI | (rv_priv_has_stimecmp(rv) ? 0 : RV_IRQ_STI);

    if (!write) {
        *value = rv_priv_pending(rv, rv_hook_time(vcpu));
        return TRAP_DONE;
    }
    put(rv, &rv->priv.machine.mip, *value, mask, RV_EFFECT_PENDING);
    write_software_pending(rv, *value);
    return TRAP_DONE;
}

static enum trap_result mideleg(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                uint64_t *value)
{
    struct rv_state *rv = &vcpu->arch.rv;

    if (write)
        put(rv, &rv->priv.machine.mideleg, *value, RV_IRQ_SUPERVISOR, RV_EFFECT_PENDING);
    else
        *value = rv->priv.machine.mideleg;
    return TRAP_DONE;
}

/* Exceptions that S-mode can be given (3.1.8): all there are below 16 but ECALL from M-mode. */
#define DELEGABLE                                                                                 \
    (bit64(RV_CAUSE_FETCH_MISALIGNED) | bit64(RV_CAUSE_FETCH_ACCESS) | bit64(RV_CAUSE_ILLEGAL) |  \
     bit64(RV_CAUSE_BREAKPOINT) | bit64(RV_CAUSE_LOAD_MISALIGNED) | bit64(RV_CAUSE_LOAD_ACCESS) | \
     bit64(RV_CAUSE_STORE_MISALIGNED) | bit64(RV_CAUSE_STORE_ACCESS) | bit64(RV_CAUSE_ECALL_U) |  \
     bit64(RV_CAUSE_ECALL_S) | bit64(RV_CAUSE_FETCH_PAGE) | bit64(RV_CAUSE_LOAD_PAGE) |           \
     bit64(RV_CAUSE_STORE_PAGE))

static enum trap_result medeleg(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                uint64_t *value)
{
    uint64_t *reg = &vcpu->arch.rv.priv.machine.medeleg;

    if (write)
        *reg = *value & DELEGABLE;
    else
        *value = *reg;
    return TRAP_DONE;
}

/* ---- trap vectors: a mode that is none leaves all as it was */

static uint64_t *tvec_of(struct rv_state *rv, const struct reg_row *row)
{
    return row->key == CSR_stvec ? &rv->super.stvec : &rv->priv.machine.mtvec;
}

static enum trap_result tvec(struct vcpu *vcpu, const struct reg_row *row, bool write,
                             uint64_t *value)
{
    uint64_t *reg = tvec_of(&vcpu->arch.rv, row);

    if (!write)
        *value = *reg;
    else if (REG_GET(RV_TVEC, MODE, *value) <= RV_TVEC_VECTORED)
        *reg = *value;
    return TRAP_DONE;
}

/* ---- translation: a mode that is not supported leaves all as it was (10.1.11) */

static enum trap_result satp(struct vcpu *vcpu, const struct reg_row *row, bool write,
                             uint64_t *value)
{
    struct rv_state *rv = &vcpu->arch.rv;
    const struct rv_priv_caps *caps = rv->priv.caps;
    uint64_t mode, asid;

    if (rv->priv.mode == RV_PRIVILEGE_SUPERVISOR && (rv->priv.machine.mstatus & MSTATUS_TVM))
        return TRAP_UNDEF;
    if (!write) {
        *value = rv->super.satp;
        return TRAP_DONE;
    }
    mode = REG_GET(SATP, MODE, *value);
    if (mode != RV_MODE_BARE && (caps->satp_modes & bit32((unsigned)mode)) == 0)
        return TRAP_DONE;
    asid = REG_GET(SATP, ASID, *value) & low_bits(caps->asid_bits);
    put(rv, &rv->super.satp, REG_SET(SATP, ASID, *value, asid), UINT64_MAX, RV_EFFECT_CONTEXT);
    return TRAP_DONE;
}

/* ---- what less privileged modes may */

uint64_t rv_priv_menvcfg_mask(const struct rv_priv_caps *caps)
{
    const struct rv_isa *isa = caps->isa;

    return MENVCFG_FIOM | (rv_isa_has(isa, RV_EXT_zicbom) ? MENVCFG_CBIE | MENVCFG_CBCFE : 0) |
           (rv_isa_has(isa, RV_EXT_zicboz) ? MENVCFG_CBZE : 0) |
           (rv_isa_has(isa, RV_EXT_svadu) ? MENVCFG_ADUE : 0) |
           (rv_isa_has(isa, RV_EXT_svpbmt) ? MENVCFG_PBMTE : 0) |
           (rv_isa_has(isa, RV_EXT_sstc) ? MENVCFG_STCE : 0);
}

static uint64_t with_legal_cbie(uint64_t mask, uint64_t value)
{
    enum { RESERVED = 2 };

    return REG_GET(MENVCFG, CBIE, value) == RESERVED ? mask & ~(uint64_t)MENVCFG_CBIE : mask;
}

static enum trap_result senvcfg(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                uint64_t *value)
{
    struct rv_state *rv = &vcpu->arch.rv;
    uint64_t mask = rv_priv_menvcfg_mask(rv->priv.caps) &
                    (MENVCFG_FIOM | MENVCFG_CBIE | MENVCFG_CBCFE | MENVCFG_CBZE);

    if (write)
        put(rv, &rv->super.senvcfg, *value, with_legal_cbie(mask, *value), RV_EFFECT_ENV);
    else
        *value = rv->super.senvcfg;
    return TRAP_DONE;
}

static enum trap_result menvcfg(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                uint64_t *value)
{
    struct rv_state *rv = &vcpu->arch.rv;
    uint64_t *reg = &rv->priv.machine.menvcfg, old = *reg;

    if (!write) {
        *value = old;
        return TRAP_DONE;
    }
    put(rv, reg, *value, with_legal_cbie(rv_priv_menvcfg_mask(rv->priv.caps), *value),
        RV_EFFECT_ENV);
    if ((old ^ *reg) & (MENVCFG_ADUE | MENVCFG_PBMTE))
        rv->priv.effects |= RV_EFFECT_CONTEXT;
    if ((old ^ *reg) & MENVCFG_PBMTE)
        rv->priv.effects |= RV_EFFECT_RIGHTS;
    if ((old ^ *reg) & MENVCFG_STCE)
        rv->priv.effects |= RV_EFFECT_TIMER | RV_EFFECT_PENDING;
    return TRAP_DONE;
}

static enum trap_result counteren(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                  uint64_t *value)
{
    struct rv_state *rv = &vcpu->arch.rv;
    uint64_t *reg =
        row->key == CSR_scounteren ? &rv->super.scounteren : &rv->priv.machine.mcounteren;

    if (write)
        put(rv, reg, *value, UINT32_MAX, RV_EFFECT_ENV);
    else
        *value = *reg;
    return TRAP_DONE;
}

/* ---- counters, timer */

static enum trap_result read_counter(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                     uint64_t *value)
{
    if (!rv_priv_may_count(&vcpu->arch.rv, bit64(row->key % RV_COUNTER_COUNT)))
        return TRAP_UNDEF;
    *value = row->key == CSR_time ? rv_hook_time(vcpu) : 0;
    return TRAP_DONE;
}

/* Sstc: M-mode lets the supervisor have it by menvcfg and mcounteren. */
static enum trap_result stimecmp(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                 uint64_t *value)
{
    struct rv_state *rv = &vcpu->arch.rv;
    const struct rv_machine *machine = &rv->priv.machine;

    if (!has(rv, RV_EXT_sstc))
        return TRAP_UNDEF;
    if (rv->priv.mode != RV_PRIVILEGE_MACHINE &&
        (!(machine->menvcfg & MENVCFG_STCE) || !(machine->mcounteren & RV_COUNTEREN_TM)))
        return TRAP_UNDEF;
    if (write)
        put(rv, &rv->super.stimecmp, *value, UINT64_MAX, RV_EFFECT_TIMER | RV_EFFECT_PENDING);
    else
        *value = rv->super.stimecmp;
    return TRAP_DONE;
}

/* ---- machine information */

#define MISA_LETTER(letter) bit64((letter) - 'a')

static enum trap_result read_misa(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                  uint64_t *value)
{
    static const struct {
        enum rv_extension extension;
        char letter;
    } letters[] = {{RV_EXT_i, 'i'}, {RV_EXT_m, 'm'}, {RV_EXT_a, 'a'}, {RV_EXT_f, 'f'},
                   {RV_EXT_d, 'd'}, {RV_EXT_c, 'c'}, {RV_EXT_v, 'v'}};
    uint64_t misa = REG_PUT(MISA, MXL, RV_XLEN_64) | MISA_LETTER('s') | MISA_LETTER('u');

    for (unsigned i = 0; i < ARRAY_SIZE(letters); i++)
        if (has(&vcpu->arch.rv, letters[i].extension))
            misa |= MISA_LETTER(letters[i].letter);
    if (!write) /* nothing of it can be turned off */
        *value = misa;
    return TRAP_DONE;
}

static enum trap_result read_mhartid(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                     uint64_t *value)
{
    *value = vcpu->arch.rv.priv.hart;
    return TRAP_DONE;
}

/* ---- memory protection */

static enum trap_result pmp(struct vcpu *vcpu, const struct reg_row *row, bool write,
                            uint64_t *value)
{
    struct rv_state *rv = &vcpu->arch.rv;
    bool is_cfg = row->key < CSR_pmpaddr0;
    unsigned index = row->key - (is_cfg ? CSR_pmpcfg0 : CSR_pmpaddr0);
    bool changed;

    if (!write) {
        *value = is_cfg ? rv_pmp_cfg_read(rv, index) : rv_pmp_addr_read(rv, index);
        return TRAP_DONE;
    }
    changed = is_cfg ? rv_pmp_cfg_write(rv, index, *value) : rv_pmp_addr_write(rv, index, *value);
    if (changed)
        rv->priv.effects |= RV_EFFECT_RIGHTS;
    return TRAP_DONE;
}

/* ---- the rows */

/* Instructions are at multiples of two bytes (10.1.7). */
#define EPC_BITS (~1ULL)

#define FN(csr, function)                                                                  \
    {                                                                                      \
        .key = CSR_##csr, .access = REG_RW, .kind = REG_FN, .fn = (function), .name = #csr \
    }
#define FN_RO(number, function, text)                                                       \
    {                                                                                       \
        .key = (number), .access = REG_RO, .kind = REG_FN, .fn = (function), .name = (text) \
    }
#define STATE(csr, at, mask)                                                        \
    {                                                                               \
        .key = CSR_##csr, .access = REG_RW, .kind = REG_STATE,                      \
        .offset = offsetof(struct rv_state, at), .write_mask = (mask), .name = #csr \
    }
#define CONST0(csr)                                                         \
    {                                                                       \
        .key = CSR_##csr, .access = REG_RO, .kind = REG_CONST, .name = #csr \
    }
#define ZERO(number, text)                                                    \
    {                                                                         \
        .key = (number), .access = REG_RW, .kind = REG_RAZ_WI, .name = (text) \
    }
#define PMP(number, text)                                                            \
    {                                                                                \
        .key = (number), .access = REG_RW, .kind = REG_FN, .fn = pmp, .name = (text) \
    }
/* A counter, its machine's side and its event. */
#define HPM(n)                                             \
    FN_RO(CSR_cycle + (n), read_counter, "hpmcounter" #n), \
        ZERO(CSR_mcycle + (n), "mhpmcounter" #n), ZERO(CSR_mhpmevent3 + (n)-3, "mhpmevent" #n)
#define ADDR(n) PMP(CSR_pmpaddr0 + (n), "pmpaddr" #n)
#define CFG(n)  PMP(CSR_pmpcfg0 + (n), "pmpcfg" #n)

/* clang-format off */
static const struct reg_row rows[] = {
    FN(sstatus, sstatus), FN(sie, sie), FN(stvec, tvec), FN(scounteren, counteren),
    FN(senvcfg, senvcfg), FN(sip, sip), FN(stimecmp, stimecmp), FN(satp, satp),
    STATE(sscratch, super.sscratch, UINT64_MAX), STATE(sepc, super.sepc, EPC_BITS),
    STATE(scause, super.scause, UINT64_MAX), STATE(stval, super.stval, UINT64_MAX),

    FN(mstatus, mstatus), FN(misa, read_misa), FN(medeleg, medeleg), FN(mideleg, mideleg),
    FN(mie, mie), FN(mtvec, tvec), FN(mcounteren, counteren), FN(menvcfg, menvcfg), FN(mip, mip),
    STATE(mcountinhibit, priv.machine.mcountinhibit, UINT32_MAX & ~(uint64_t)RV_COUNTEREN_TM),
    STATE(mscratch, priv.machine.mscratch, UINT64_MAX),
    STATE(mepc, priv.machine.mepc, EPC_BITS), STATE(mcause, priv.machine.mcause, UINT64_MAX),
    STATE(mtval, priv.machine.mtval, UINT64_MAX),
    CONST0(mvendorid), CONST0(marchid), CONST0(mimpid), CONST0(mconfigptr),
    FN_RO(CSR_mhartid, read_mhartid, "mhartid"),

    FN_RO(CSR_cycle, read_counter, "cycle"), FN_RO(CSR_time, read_counter, "time"),
    FN_RO(CSR_instret, read_counter, "instret"),
    ZERO(CSR_mcycle, "mcycle"), ZERO(CSR_minstret, "minstret"),
    HPM(3), HPM(4), HPM(5), HPM(6), HPM(7), HPM(8), HPM(9), HPM(10), HPM(11), HPM(12), HPM(13),
    HPM(14), HPM(15), HPM(16), HPM(17), HPM(18), HPM(19), HPM(20), HPM(21), HPM(22), HPM(23),
    HPM(24), HPM(25), HPM(26), HPM(27), HPM(28), HPM(29), HPM(30), HPM(31),

    /* Of RV64 there are only the even ones (3.7.1). */
    CFG(0), CFG(2), CFG(4), CFG(6), CFG(8), CFG(10), CFG(12), CFG(14),
    ADDR(0), ADDR(1), ADDR(2), ADDR(3), ADDR(4), ADDR(5), ADDR(6), ADDR(7), ADDR(8), ADDR(9),
    ADDR(10), ADDR(11), ADDR(12), ADDR(13), ADDR(14), ADDR(15), ADDR(16), ADDR(17), ADDR(18),
    ADDR(19), ADDR(20), ADDR(21), ADDR(22), ADDR(23), ADDR(24), ADDR(25), ADDR(26), ADDR(27),
    ADDR(28), ADDR(29), ADDR(30), ADDR(31), ADDR(32), ADDR(33), ADDR(34), ADDR(35), ADDR(36),
    ADDR(37), ADDR(38), ADDR(39), ADDR(40), ADDR(41), ADDR(42), ADDR(43), ADDR(44), ADDR(45),
    ADDR(46), ADDR(47), ADDR(48), ADDR(49), ADDR(50), ADDR(51), ADDR(52), ADDR(53), ADDR(54),
    ADDR(55), ADDR(56), ADDR(57), ADDR(58), ADDR(59), ADDR(60), ADDR(61), ADDR(62), ADDR(63),
};
/* clang-format on */

static struct reg_table table __section(".sealed");

void rv_priv_init(void)
{
    BUG_ON(reg_table_init(&table, rows, ARRAY_SIZE(rows)) != ERR_NONE);
}

const char *rv_priv_csr_name(uint32_t number)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        if (rows[i].key == number)
            return rows[i].name;
    return NULL;
}

/* ---- an access */

/* What holds for every CSR by its number (2.1). */
static bool may_access(const struct rv_state *rv, const struct rv_csr_insn *csr)
{
    if (csr->writes && REG_GET(RV_CSR_NUMBER, ACCESS, csr->number) == RV_CSR_ACCESS_READ_ONLY)
        return false;
    return rv->priv.mode >= REG_GET(RV_CSR_NUMBER, PRIVILEGE, csr->number);
}

/*
 * What a set or clear of bits changes is OLD, the value read, but for the external interrupt: its
 * line is shown beside the bit that software may write, and is not written into that (3.1.9).
 */
static uint64_t base_of_change(const struct rv_state *rv, uint32_t number, uint64_t old)
{
    if (number != CSR_mip)
        return old;
    return (old & ~(uint64_t)RV_IRQ_SEI) | (rv->priv.machine.mip & RV_IRQ_SEI);
}

enum trap_result rv_priv_csr(struct vcpu *vcpu, struct trap *trap)
{
    struct rv_state *rv = &vcpu->arch.rv;
    struct rv_csr_insn csr;
    const struct reg_row *row;
    enum trap_result result = TRAP_DONE;

    if (!rv_insn_csr((uint32_t)trap->syndrome, &csr) || !may_access(rv, &csr))
        return TRAP_UNDEF;
    row = reg_table_find(&table, csr.number);
    if (row == NULL)
        return TRAP_UNDEF;
    trap->write = false;
    trap->value = 0;
    if (csr.reads)
        result = reg_row_access(vcpu, rv, row, trap);
    if (csr.writes && result == TRAP_DONE) {
        uint64_t source = csr.immediate ? csr.source : rv->gprs.x[csr.source];
        uint64_t old = trap->value;

        trap->write = true;
        trap->value = rv_csr_result(csr.op, base_of_change(rv, csr.number, old), source);
        trap->sysreg.written = trap->value;
        result = reg_row_access(vcpu, rv, row, trap);
        trap->value = old;
    }
    return result;
}
