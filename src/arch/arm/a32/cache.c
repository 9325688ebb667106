/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guests whose MMU is off, and guests that maintain caches by set and way
 * (docs/adr/0010-armv7-caches-off.md). While a guest's MMU is off HCR.DC makes its accesses
 * cacheable, so that memory and caches never disagree and nothing must be flushed when the guest
 * turns its MMU on or off. So its writes to SCTLR must be seen: HCR.TVM. With the MMU on they are
 * not, until the guest cleans by set and way, which is what one does before turning it off. Arm ARM
 * DDI 0406C, B3.2.1 "VMSA behavior when a stage 1 MMU is disabled", B1.14.4.
 */
#include "arch/arch.h"
#include "arch/arm/a32/switch.h"
#include "arch/arm/a32/sysreg.h"
#include "arch/arm/model/a32_hooks.h"
#include "arch/arm/model/a32_keys.h"
#include "arch/arm/model/a32_regs.h"
#include "core/call.h"
#include "core/pcpu.h"
#include "core/vm.h"
#include "lib/bits.h"

/* A set/way operand (B4.2.1): the way is in the highest bits, the set above the line's. */
static void clean_level(unsigned level)
{
    uint32_t ccsidr, ways, sets;
    unsigned set_shift, way_shift;

    sysreg_write(CSSELR, level << 1);
    isb();
    ccsidr = sysreg_read(CCSIDR);
    ways = (uint32_t)REG_GET(CCSIDR, Associativity, ccsidr) + 1;
    sets = (uint32_t)REG_GET(CCSIDR, NumSets, ccsidr) + 1;
    set_shift = (unsigned)REG_GET(CCSIDR, LineSize, ccsidr) + 4;
    way_shift = ways > 1 ? 31 - bit_highest(ways - 1) : 0;
    for (uint32_t way = 0; way < ways; way++)
        for (uint32_t set = 0; set < sets; set++)
            sysreg_write(DCCISW, way << way_shift | set << set_shift | level << 1);
}

/* This CPU's own data caches: what other CPUs and instruction fetches do not look into. */
static void clean_own_caches(void *unused)
{
    uint32_t clidr = sysreg_read(CLIDR), guests = sysreg_read(CSSELR);

    for (unsigned level = 0; level < REG_GET(CLIDR, LoUIS, clidr); level++)
        if ((clidr >> (level * CLIDR_Ctype1_WIDTH) & CLIDR_Ctype1) >= 2)
            clean_level(level);
    dsb(sy);
    sysreg_write(CSSELR, guests);
    isb();
}

static void set_hcr(struct vcpu *vcpu, uint32_t hcr)
{
    bool regime = ((vcpu->arch.a32.hcr ^ hcr) & HCR_DC) != 0;

    hcr = a32_hcr_now(hcr);
    vcpu->arch.a32.hcr = hcr;
    sysreg_write(HCR, hcr);
    if (!regime)
        return;
    /* TLBs may hold what DC said (B3.10.1). Its other vCPUs have a DC of their own. */
    isb();
    sysreg_write(TLBIALL, 0);
    dsb(nsh);
    isb();
}

/*
 * The guest's own operations go on in the hardware from here, on this CPU: they cannot harm others,
 * since SWIO makes an invalidation a clean one as well. What this VM left in other CPUs is cleaned
 * here.
 */
void a32_hook_set_way(struct vcpu *vcpu)
{
    for (uint32_t i = 0; i < pcpu_count; i++)
        if (pcpus[i] != vcpu->arch.a32.pcpu && pcpus[i]->online)
            call_run(pcpus[i], clean_own_caches, NULL);
    set_hcr(vcpu, (vcpu->arch.a32.hcr | HCR_TVM) & ~(uint32_t)HCR_TSW);
}

static void write_sctlr(struct vcpu *vcpu, uint32_t value)
{
    uint32_t hcr = vcpu->arch.a32.hcr | HCR_TSW;

    sysreg_write(SCTLR, value);
    if ((value & SCTLR_M) != 0)
        set_hcr(vcpu, hcr & ~(uint32_t)(HCR_DC | HCR_TVM));
    else
        set_hcr(vcpu, hcr | HCR_DC | HCR_TVM);
}

void a32_hook_vm_reg_write(struct vcpu *vcpu, uint32_t key, uint64_t value)
{
    switch (key) {
    case A32_KEY_SCTLR:
        write_sctlr(vcpu, (uint32_t)value);
        break;
    case A32_KEY_TTBR0: /* by MCR: the low word, the high one becomes 0 (B4.1.154) */
    case A32_KEY_TTBR0_64:
        sysreg_write(TTBR0, value);
        break;
    case A32_KEY_TTBR1:
    case A32_KEY_TTBR1_64:
        sysreg_write(TTBR1, value);
        break;
#define WRITE(name)                          \
    case A32_KEY_##name:                     \
        sysreg_write(name, (uint32_t)value); \
        break;
        WRITE(TTBCR)
        WRITE(DACR)
        WRITE(DFSR)
        WRITE(IFSR)
        WRITE(ADFSR)
        WRITE(AIFSR)
        WRITE(DFAR)
        WRITE(IFAR)
        WRITE(PRRR)
        WRITE(NMRR)
        WRITE(AMAIR0)
        WRITE(AMAIR1)
        WRITE(CONTEXTIDR)
#undef WRITE
    }
}
