/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy for identification registers: one row a field. Must not be consulted for anything
 * but what a guest reads. A row may only show what the world switch saves and no trap refuses.
 */
#include "arch/arm/model/a64_id.h"

#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_sysreg_keys.h"
#include "lib/bits.h"
#include "lib/panic.h"
#include "lib/string.h"

enum id_policy {
    ID_PASS,    /* as the host */
    ID_CAP,     /* at most the value given */
    ID_CAP_IPA, /* PARange: at most what stage 2 takes in */
    ID_CAP_S,   /* the same for a signed field, in which all ones means absent */
    ID_SET,     /* the value given, whatever the host has */
    ID_IF_A32,  /* as the host if EL0 can be AArch32 */
    ID_CAP_A32,
    ID_IF_GICV3, /* the value given if guests have a GICv3 */
};

struct id_row {
    uint8_t crm, op2;
    uint8_t shift, width;
    uint8_t policy;
    uint8_t value;
};

#define FIELD(crm, op2, reg, field, policy, value)                            \
    {                                                                         \
        crm, op2, reg##_##field##_SHIFT, reg##_##field##_WIDTH, policy, value \
    }
#define WHOLE(crm, op2, policy)    \
    {                              \
        crm, op2, 0, 64, policy, 0 \
    }

#define PFR0(field, ...)  FIELD(4, 0, ID_AA64PFR0, field, __VA_ARGS__)
#define PFR1(field, ...)  FIELD(4, 1, ID_AA64PFR1, field, __VA_ARGS__)
#define DFR0(field, ...)  FIELD(5, 0, ID_AA64DFR0, field, __VA_ARGS__)
#define ISAR0(field)      FIELD(6, 0, ID_AA64ISAR0, field, ID_PASS, 0)
#define ISAR1(field)      FIELD(6, 1, ID_AA64ISAR1, field, ID_PASS, 0)
#define ISAR2(field)      FIELD(6, 2, ID_AA64ISAR2, field, ID_PASS, 0)
#define MMFR0(field, ...) FIELD(7, 0, ID_AA64MMFR0, field, __VA_ARGS__)
#define MMFR1(field, ...) FIELD(7, 1, ID_AA64MMFR1, field, __VA_ARGS__)
#define MMFR2(field)      FIELD(7, 2, ID_AA64MMFR2, field, ID_PASS, 0)

/*
 * Hidden by absence: EL2 and EL3, SVE, SME, MTE, pointer authentication, RAS, AMU, MPAM, PMU, SPE,
 * trace, BRBE, TME, LS64, MOPS, VHE, NV, LORegions, FGT, ECV, EVT, HCRX, GCS, RME, NMI, the
 * features of stage 2, and mixed endianness, since device models are little-endian.
 */
static const struct id_row policy[] = {
    PFR0(EL0, ID_PASS, 0),
    PFR0(EL1, ID_CAP, 1), /* AArch64 only */
    PFR0(FP, ID_PASS, 0),
    PFR0(AdvSIMD, ID_PASS, 0),
    PFR0(GIC, ID_IF_GICV3, 1),
    PFR0(DIT, ID_PASS, 0),
    PFR0(CSV2, ID_CAP, 1), /* 2 has SCXTNUM_ELx, which we do not switch */
    PFR0(CSV3, ID_PASS, 0),
    PFR1(BT, ID_PASS, 0),
    PFR1(SSBS, ID_PASS, 0),
    PFR1(CSV2_frac, ID_CAP, 1),

    /* Debug is emulated: the least that the architecture allows, and no OS Double Lock. */
    DFR0(DebugVer, ID_CAP, 6),
    DFR0(BRPs, ID_SET, 1),
    DFR0(WRPs, ID_SET, 1),
    DFR0(DoubleLock, ID_SET, 0xf),

    ISAR0(AES),
    ISAR0(SHA1),
    ISAR0(SHA2),
    ISAR0(CRC32),
    ISAR0(Atomic),
    ISAR0(RDM),
    ISAR0(SHA3),
    ISAR0(SM3),
    ISAR0(SM4),
    ISAR0(DP),
    ISAR0(FHM),
    ISAR0(TS),
    ISAR0(TLB),
    ISAR0(RNDR),
    ISAR1(DPB),
    ISAR1(JSCVT),
    ISAR1(FCMA),
    ISAR1(LRCPC),
    ISAR1(FRINTTS),
    ISAR1(SB),
    ISAR1(SPECRES),
    ISAR1(BF16),
    ISAR1(DGH),
    ISAR1(I8MM),
    ISAR2(RPRES),
    ISAR2(BC),
    ISAR2(CLRBHB),
    ISAR2(RPRFM),
    ISAR2(CSSC),

    MMFR0(PARange, ID_CAP_IPA, 0),
    MMFR0(ASIDBits, ID_PASS, 0),
    MMFR0(TGran16, ID_CAP, 1), /* no 52-bit addresses in 4 and 16 KiB granules: stage 2 has 48 */
    MMFR0(TGran64, ID_PASS, 0),
    MMFR0(TGran4, ID_CAP_S, 0),
    MMFR0(ExS, ID_PASS, 0),
    MMFR1(HAFDBS, ID_CAP, 2),
    MMFR1(HPDS, ID_PASS, 0),
    MMFR1(PAN, ID_CAP, 3),
    MMFR1(SpecSEI, ID_PASS, 0),
    MMFR1(ETS, ID_PASS, 0),
    MMFR1(AFP, ID_PASS, 0),
    MMFR1(nTLBPA, ID_PASS, 0),
    MMFR1(ECBHB, ID_PASS, 0),
    MMFR2(CnP),
    MMFR2(UAO),
    MMFR2(LSM),
    MMFR2(VARange),
    MMFR2(CCIDX),
    MMFR2(ST),
    MMFR2(AT),
    MMFR2(TTL),
    MMFR2(BBM),
    MMFR2(E0PD),

    FIELD(1, 0, ID_PFR0, State0, ID_IF_A32, 0),
    FIELD(1, 0, ID_PFR0, State1, ID_IF_A32, 0),
    FIELD(1, 0, ID_PFR0, State2, ID_IF_A32, 0),
    FIELD(1, 0, ID_PFR0, State3, ID_IF_A32, 0),
    FIELD(1, 0, ID_PFR0, CSV2, ID_CAP_A32, 1),
    FIELD(1, 0, ID_PFR0, DIT, ID_IF_A32, 0),
    FIELD(1, 1, ID_PFR1, ProgMod, ID_IF_A32, 0),
    FIELD(1, 1, ID_PFR1, GenTimer, ID_IF_A32, 0),
    FIELD(1, 2, ID_DFR0, CopDbg, ID_CAP_A32, 6),
    WHOLE(1, 4, ID_IF_A32), /* ID_MMFR0_EL1 to ID_MMFR3_EL1 */
    WHOLE(1, 5, ID_IF_A32),
    WHOLE(1, 6, ID_IF_A32),
    WHOLE(1, 7, ID_IF_A32),
    WHOLE(2, 0, ID_IF_A32), /* ID_ISAR0_EL1 to ID_ISAR5_EL1 */
    WHOLE(2, 1, ID_IF_A32),
    WHOLE(2, 2, ID_IF_A32),
    WHOLE(2, 3, ID_IF_A32),
    WHOLE(2, 4, ID_IF_A32),
    WHOLE(2, 5, ID_IF_A32),
    FIELD(2, 6, ID_MMFR4, SpecSEI, ID_IF_A32, 0),
    FIELD(2, 6, ID_MMFR4, AC2, ID_IF_A32, 0),
    FIELD(2, 6, ID_MMFR4, CnP, ID_IF_A32, 0),
    FIELD(2, 6, ID_MMFR4, HPDS, ID_IF_A32, 0),
    FIELD(2, 6, ID_MMFR4, LSM, ID_IF_A32, 0),
    FIELD(2, 6, ID_MMFR4, CCIDX, ID_IF_A32, 0),
    WHOLE(2, 7, ID_IF_A32), /* ID_ISAR6_EL1 */
    WHOLE(3, 0, ID_IF_A32), /* MVFR0_EL1 to MVFR2_EL1 */
    WHOLE(3, 1, ID_IF_A32),
    WHOLE(3, 2, ID_IF_A32),
    FIELD(3, 4, ID_PFR2, CSV3, ID_IF_A32, 0),
    FIELD(3, 4, ID_PFR2, SSBS, ID_IF_A32, 0),
};

/* ID_AA64MMFR0_EL1.PARange: widths by value. */
static const uint8_t pa_range_bits[] = {32, 36, 40, 42, 44, 48};
/* ID_AA64PFR0_EL1.EL0: AArch64 and AArch32. */
#define EL0_A32 2

static uint64_t values[A64_ID_CRM_COUNT][A64_ID_OP2_COUNT] __section(".sealed");
static uint64_t host_values[A64_ID_CRM_COUNT][A64_ID_OP2_COUNT] __section(".sealed");

/* The largest PARange whose addresses all fit in BITS. */
static uint64_t pa_range_of(unsigned bits)
{
    uint64_t range = 0;

    BUG_ON(bits < pa_range_bits[0]);
    while (range + 1 < ARRAY_SIZE(pa_range_bits) && pa_range_bits[range + 1] <= bits)
        range++;
    return range;
}

/* The smaller of two signed fields of WIDTH bits. */
static uint64_t min_signed(uint64_t a, uint64_t b, unsigned width)
{
    return (int64_t)sign_extend(a, width) < (int64_t)sign_extend(b, width) ? a : b;
}

/* What the policy asks about, once for all rows. */
struct id_context {
    bool a32, gicv3;
    uint64_t pa_range;
};

static uint64_t field_value(const struct id_row *row, uint64_t host, const struct id_context *ctx)
{
    switch (row->policy) {
    case ID_PASS:
        return host;
    case ID_CAP:
        return MIN(host, row->value);
    case ID_CAP_IPA:
        return MIN(host, ctx->pa_range);
    case ID_CAP_S:
        return min_signed(host, row->value, row->width);
    case ID_SET:
        return row->value;
    case ID_IF_A32:
        return ctx->a32 ? host : 0;
    case ID_CAP_A32:
        return ctx->a32 ? MIN(host, row->value) : 0;
    case ID_IF_GICV3:
        return ctx->gicv3 ? row->value : 0;
    default:
        return 0;
    }
}

void a64_id_init(const struct a64_host_ids *host, unsigned gic_version)
{
    struct id_context ctx = {
        .a32 = REG_GET(ID_AA64PFR0, EL0, host->reg[4][0]) == EL0_A32,
        .gicv3 = gic_version >= 3,
        .pa_range = pa_range_of(host->ipa_bits),
    };

    memcpy(host_values, host->reg, sizeof(host_values));
    memset(values, 0, sizeof(values));
    for (size_t i = 0; i < ARRAY_SIZE(policy); i++) {
        const struct id_row *row = &policy[i];
        uint64_t field = (host->reg[row->crm][row->op2] >> row->shift) & low_bits(row->width);

        values[row->crm][row->op2] |= field_value(row, field, &ctx) << row->shift;
    }
}

uint64_t a64_id_value(unsigned crm, unsigned op2)
{
    BUG_ON(crm >= A64_ID_CRM_COUNT || op2 >= A64_ID_OP2_COUNT);
    return values[crm][op2];
}

bool a64_id_host_value(uint32_t key, uint64_t *value)
{
    uint64_t crm = REG_GET(A64_KEY, CRm, key);

    if ((key & ~(uint32_t)(A64_KEY_CRm | A64_KEY_Op2)) != A64_SYSREG(3, 0, 0, 0, 0) || crm == 0 ||
        crm >= A64_ID_CRM_COUNT)
        return false;
    *value = host_values[crm][REG_GET(A64_KEY, Op2, key)];
    return true;
}
