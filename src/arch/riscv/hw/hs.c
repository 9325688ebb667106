/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world switch with the H extension: which vCPU's VS registers are in the hart. Plain C over
 * saved state; the general registers are entry.S's.
 */
#include "arch/riscv/hw/hs.h"

#include "arch/arch.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/host.h"
#include "arch/riscv/hw/vector.h"
#include "arch/riscv/model/rv_insn.h"
#include "arch/riscv/model/rv_priv.h"
#include "core/vm.h"
#include "lib/bits.h"

/* What is a guest's own affair goes to it directly. Not illegal instructions: the first use of the
 * floating-point unit is one. */
#define DELEGATED_EXCEPTIONS                                                                      \
    (bit64(RV_CAUSE_FETCH_MISALIGNED) | bit64(RV_CAUSE_FETCH_ACCESS) |                            \
     bit64(RV_CAUSE_BREAKPOINT) | bit64(RV_CAUSE_LOAD_MISALIGNED) | bit64(RV_CAUSE_LOAD_ACCESS) | \
     bit64(RV_CAUSE_STORE_MISALIGNED) | bit64(RV_CAUSE_STORE_ACCESS) | bit64(RV_CAUSE_ECALL_U) |  \
     bit64(RV_CAUSE_FETCH_PAGE) | bit64(RV_CAUSE_LOAD_PAGE) | bit64(RV_CAUSE_STORE_PAGE))
#define DELEGATED_INTERRUPTS (RV_IRQ_VSSI | RV_IRQ_VSTI | RV_IRQ_VSEI)

/* Register in the manual, field in struct rv_super: all that a guest can change without a trap, but
 * for vsatp, whose turn matters. */
#define VS_REGISTERS(R)    \
    R(vsstatus, sstatus)   \
    R(vsie, sie)           \
    R(vstvec, stvec)       \
    R(vsscratch, sscratch) \
    R(vsepc, sepc)         \
    R(vscause, scause)     \
    R(vstval, stval)       \
    R(senvcfg, senvcfg)    \
    R(scounteren, scounteren)

/* entry.S */
bool hlvx_u16(uint64_t at, uint16_t *to);
bool hstateen0_write(uint64_t value);

/* HFENCE.GVMA and HFENCE.VVMA, of all addresses (18.3.2). */
void hs_forget_vmid(uint16_t vmid)
{
    __asm__ volatile(".insn r 0x73, 0, 0x31, x0, x0, %0" ::"r"((uint64_t)vmid) : "memory");
}

void hs_forget_guest(void)
{
    __asm__ volatile(".insn r 0x73, 0, 0x11, x0, x0, x0" ::: "memory");
}

/* ---- what the machine can do */

static uint64_t wanted_henvcfg(const struct rv_isa *isa)
{
    return (rv_isa_has(isa, RV_EXT_sstc) ? HENVCFG_STCE : 0) |
           (rv_isa_has(isa, RV_EXT_svpbmt) ? HENVCFG_PBMTE : 0) |
           (rv_isa_has(isa, RV_EXT_svadu) ? HENVCFG_ADUE : 0) |
           (rv_isa_has(isa, RV_EXT_zicboz) ? HENVCFG_CBZE : 0) |
           (rv_isa_has(isa, RV_EXT_zicbom) ? HENVCFG_CBCFE | REG_PUT(HENVCFG, CBIE, RV_CBIE_FLUSH)
                                           : 0);
}

/* Machine mode may keep a feature back (menvcfg): then its bit does not stick, and guests do not
 * see it. */
static void find_features(struct rv_host *host)
{
    struct rv_isa *guest = &host->guest_isa;

    csr_write(henvcfg, wanted_henvcfg(&host->isa));
    host->henvcfg = csr_read(henvcfg);
    host->sstc = (host->henvcfg & HENVCFG_STCE) != 0;
    guest->have[RV_EXT_sstc] &= host->sstc;
    guest->have[RV_EXT_svpbmt] &= (host->henvcfg & HENVCFG_PBMTE) != 0;
    guest->have[RV_EXT_svadu] &= (host->henvcfg & HENVCFG_ADUE) != 0;
    /* Both would mean that the guest chooses; ADUE is set already. */
    guest->have[RV_EXT_svade] &= !guest->have[RV_EXT_svadu];
    guest->have[RV_EXT_zicboz] &= (host->henvcfg & HENVCFG_CBZE) != 0;
    guest->have[RV_EXT_zicbom] &= (host->henvcfg & HENVCFG_CBCFE) != 0;
    rv_isa_set_vectors(guest, rv_isa_has(&host->isa, RV_EXT_v) ? &host->isa : NULL);
    if (rv_isa_has(guest, RV_EXT_v))
        host->vector_bytes = vector_bytes();
    if (!guest->have[RV_EXT_zicboz])
        guest->cboz_bytes = 0;
    if (!guest->have[RV_EXT_zicbom])
        guest->cbom_bytes = 0;
}

/* The least width is enough for every guest and the fastest to walk (18.2.10: an unsupported MODE
 * leaves hgatp unchanged). */
static const char *find_s2_mode(struct rv_host *host)
{
    static const enum rv_mode modes[] = {RV_MODE_SV39, RV_MODE_SV48, RV_MODE_SV57};

    for (unsigned i = 0; i < ARRAY_SIZE(modes); i++) {
        csr_write(hgatp, 0);
        csr_write(hgatp, REG_PUT(HGATP, MODE, modes[i]) | HGATP_VMID);
        if (REG_GET(HGATP, MODE, csr_read(hgatp)) == modes[i]) {
            host->s2_mode = modes[i];
            host->vmid_count = (uint32_t)REG_GET(HGATP, VMID, csr_read(hgatp)) + 1;
            csr_write(hgatp, 0);
            return NULL;
        }
    }
    return "hgatp takes none of Sv39x4, Sv48x4 and Sv57x4: guests' memory cannot be translated";
}

const char *hs_init(struct rv_host *host)
{
    find_features(host);
    host->aia = rv_isa_has(&host->isa, RV_EXT_ssaia);
    return find_s2_mode(host);
}

void hs_init_cpu(void)
{
    csr_write(hedeleg, DELEGATED_EXCEPTIONS);
    csr_write(hideleg, DELEGATED_INTERRUPTS);
    csr_write(hvip, 0);
    csr_write(hie, 0);
    csr_write(hgeie, 0);
    csr_write(hcounteren, RV_COUNTEREN_TM);
    csr_write(henvcfg, rv_host.henvcfg);
    /* Guests' view of state that later extensions add: only what is switched. Where machine mode
     * keeps that from us it keeps it from guests. */
    if (rv_isa_has(&rv_host.isa, RV_EXT_smstateen) || rv_isa_has(&rv_host.isa, RV_EXT_ssstateen))
        (void)hstateen0_write(HSTATEEN0_ENVCFG | HSTATEEN0_FCSR);
    if (rv_host.sstc)
        csr_write(vstimecmp, UINT64_MAX);
    csr_write(hgatp, 0);
    csr_write(vsatp, 0);
    /* No VMID has been used on this hart, but firmware may have left something. */
    __asm__ volatile(".insn r 0x73, 0, 0x31, x0, x0, x0" ::: "memory");
}

uint64_t hs_hgatp(const struct vm *vm)
{
    return REG_PUT(HGATP, MODE, rv_host.s2_mode) | REG_PUT(HGATP, VMID, vm->s2.vmid) |
           REG_PUT(HGATP, PPN, arch_to_hpa(vm->s2.pt.root).raw >> PAGE_SHIFT);
}

/* ---- load, save */

void hs_load(struct vcpu *vcpu)
{
    const struct rv_super *super = &vcpu->arch.rv.super;
    const struct rv_vm *vm = &vcpu->vm->arch.rv;
    uint64_t privilege = super->in_supervisor;

    /* WFI comes to us; the guest runs with 64 bits; SRET enters it at its own privilege. */
    csr_write(hstatus, HSTATUS_SPV | HSTATUS_VTW | REG_PUT(HSTATUS, VSXL, RV_XLEN_64) |
                           REG_PUT(HSTATUS, SPVP, privilege));
    csr_clear(sstatus, SSTATUS_SPP);
    csr_set(sstatus, REG_PUT(SSTATUS, SPP, privilege));
    /* One guest's tables are never walked through another's. */
    csr_write(vsatp, 0);
    csr_write(hgatp, vm->hgatp);
    csr_write(htimedelta, vm->time_delta);
#define LOAD(name, field) csr_write(name, super->field);
    VS_REGISTERS(LOAD)
#undef LOAD
    csr_write(vsatp, super->satp);
    if (rv_host.sstc)
        csr_write(vstimecmp, super->stimecmp);
    if (rv_host.aia)
        csr_write(vsiselect, super->siselect);
    csr_write(hvip, super->software_pending ? RV_IRQ_VSSI : 0);
    hs_sync_virqs(vcpu);
}

void hs_save(struct vcpu *vcpu)
{
    struct rv_super *super = &vcpu->arch.rv.super;

#define SAVE(name, field) super->field = csr_read(name);
    VS_REGISTERS(SAVE)
#undef SAVE
    super->satp = csr_read(vsatp);
    if (rv_host.aia)
        super->siselect = csr_read(vsiselect);
    super->in_supervisor = (csr_read(sstatus) & SSTATUS_SPP) != 0;
    super->software_pending = (csr_read(hvip) & RV_IRQ_VSSI) != 0;
    if (rv_host.sstc) {
        super->stimecmp = csr_read(vstimecmp);
        csr_write(vstimecmp, UINT64_MAX);
    }
}

void hs_sync_virqs(struct vcpu *vcpu)
{
    struct rv_state *rv = &vcpu->arch.rv;
    uint32_t posted = __atomic_exchange_n(&rv->posted, 0, __ATOMIC_ACQUIRE);
    uint32_t lines = __atomic_load_n(&rv->lines, __ATOMIC_ACQUIRE);
    /* The guest clears VSSI itself, so that is only ever added. */
    uint64_t hvip = csr_read(hvip) & RV_IRQ_VSSI;

    hvip |= posted & RV_IRQ_SSI ? RV_IRQ_VSSI : 0;
    hvip |= lines & RV_IRQ_STI ? RV_IRQ_VSTI : 0;
    hvip |= lines & RV_IRQ_SEI ? RV_IRQ_VSEI : 0;
    csr_write(hvip, hvip);
}

uint64_t hs_pending(void)
{
    return csr_read(vsip);
}

uint64_t hs_enabled(void)
{
    return csr_read(vsie);
}

/* ---- the guest's addresses */

void hs_context(const struct vcpu *vcpu, struct rv_context *context)
{
    const struct rv_isa *isa = &rv_host.isa;
    uint64_t status = csr_read(vsstatus);

    *context = (struct rv_context){
        .mode = csr_read(sstatus) & SSTATUS_SPP ? RV_PRIVILEGE_SUPERVISOR : RV_PRIVILEGE_USER,
        .sum = (status & SSTATUS_SUM) != 0,
        .mxr = (status & SSTATUS_MXR) != 0,
        /* Harts from before both extensions do either; one that faults has told the guest. */
        .update_ad = (rv_host.henvcfg & HENVCFG_ADUE) != 0 ||
                     !(rv_isa_has(isa, RV_EXT_svadu) || rv_isa_has(isa, RV_EXT_svade)),
        .pbmt = (rv_host.henvcfg & HENVCFG_PBMTE) != 0,
        .napot = rv_isa_has(isa, RV_EXT_svnapot),
        .satp = csr_read(vsatp),
    };
}

/* ---- the guest's code */

static bool fetch_u16(uint64_t at, uint16_t *to)
{
    uint64_t sstatus = csr_read(sstatus), hstatus = csr_read(hstatus);

    if (hlvx_u16(at, to))
        return true;
    /* The fault was taken as any trap is: who the guest was must be put back. */
    csr_write(sstatus, sstatus);
    csr_write(hstatus, hstatus);
    return false;
}

bool hs_fetch(uint64_t pc, uint32_t *insn)
{
    uint16_t low, high = 0;

    if (!fetch_u16(pc, &low) || (rv_insn_bytes(low) == 4 && !fetch_u16(pc + 2, &high)))
        return false;
    *insn = low | (uint32_t)high << 16;
    return true;
}
