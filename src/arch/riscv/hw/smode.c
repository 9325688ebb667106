/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a hart needs for a guest whose kernel runs in U-mode: which tables, what U-mode may do
 * without a trap, and what the TLB forgets before it goes on (Privileged Architecture, version
 * 20240411: 10.1.5, 10.1.10, 10.1.11, 10.2.1). The crossing itself is trampoline.S.
 */
#include "arch/riscv/hw/smode.h"

#include "arch/arch.h"
#include "arch/riscv/hw/crossing.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/fp.h"
#include "arch/riscv/hw/host.h"
#include "arch/riscv/hw/mm.h"
#include "arch/riscv/hw/observed.h"
#include "arch/riscv/hw/sbi.h"
#include "arch/riscv/model/rv_emulate.h"
#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_mcsr.h"
#include "arch/riscv/model/rv_pt.h"
#include "arch/riscv/model/rv_sbi.h"
#include "core/frame.h"
#include "core/run.h"
#include "core/trace.h"
#include "core/vm.h"
#include "lib/bits.h"
#include "lib/string.h"

/* Shadow tables: one page for so much of the VM's memory, for each vCPU. */
#define MEMORY_PER_SHADOW_PAGE KIB(512)

extern char trampoline_start[], smode_trap[];

struct vcpu *smode_prepare(struct vcpu *vcpu);
struct vcpu *smode_exception(struct vcpu *vcpu, uint64_t cause);
struct vcpu *smode_interrupt(struct vcpu *vcpu);
struct vcpu *rv_trap_interrupt(struct vcpu *vcpu); /* traps.c */

/* ---- what the machine can do */

/* How many ASIDs harts tell apart: the bits that stick (10.1.11). All tables stay the same. */
static uint32_t count_asids(void)
{
    uint64_t old = csr_read(satp);
    uint64_t kept;

    csr_write(satp, old | SATP_ASID);
    kept = csr_read(satp);
    csr_write(satp, old);
    sfence_vma();
    return (uint32_t)REG_GET(SATP, ASID, kept) + 1;
}

/*
 * Modes of satp besides Sv39, tried out: a mode that is not there leaves satp as it was (10.1.11),
 * and trees are known to promise more than the hart has. Our own addresses are the last of every
 * mode's, so that our table, of Sv39, is the one behind the last entry of a wider mode's.
 */
static const char *find_satp_modes(struct rv_host *host)
{
    static const enum rv_mode wider[] = {RV_MODE_SV48, RV_MODE_SV57};
    uint64_t ours = csr_read(satp);
    hpa_t below = HPA(REG_GET(SATP, PPN, ours) << PAGE_SHIFT);

    host->caps.satp_modes = bit32(RV_MODE_SV39);
    host->emulated_mmu_type = "riscv,sv39";
    for (unsigned i = 0; i < ARRAY_SIZE(wider); i++) {
        uint64_t *root = frame_alloc_page();

        if (root == NULL)
            return "there is no memory for a page table";
        root[PAGE_SIZE / sizeof(*root) - 1] = rv_pte_table(below);
        below = arch_to_hpa(root);
        sfence_vma();
        csr_write(satp,
                  REG_PUT(SATP, MODE, wider[i]) | REG_PUT(SATP, PPN, below.raw >> PAGE_SHIFT));
        if (REG_GET(SATP, MODE, csr_read(satp)) == wider[i]) {
            host->caps.satp_modes |= bit32(wider[i]);
            host->emulated_mmu_type = wider[i] == RV_MODE_SV48 ? "riscv,sv48" : "riscv,sv57";
        }
        csr_write(satp, ours);
        sfence_vma();
    }
    return NULL;
}

const char *smode_init(struct rv_host *host)
{
    struct rv_isa *isa = &host->emulated_isa;

    *isa = host->guest_isa;
    rv_isa_set_vectors(isa, NULL);
    /* What is emulated is there whatever the machine has. */
    isa->have[RV_EXT_sstc] = true;
    isa->have[RV_EXT_svadu] = true;
    isa->have[RV_EXT_svade] = false;
    host->asid_count = count_asids();
    host->asid_next = 1; /* 0 is ours */
    host->u_env = (rv_isa_has(isa, RV_EXT_zicboz) ? HENVCFG_CBZE : 0) |
                  (rv_isa_has(isa, RV_EXT_zicbom) ? HENVCFG_CBCFE | HENVCFG_CBIE : 0);
    host->caps = (struct rv_priv_caps){.isa = isa, .asid_bits = SATP_ASID_WIDTH};
    return find_satp_modes(host);
}

enum err smode_init_pcpu(struct pcpu *pcpu)
{
    struct crossing *crossing = frame_alloc_page();

    if (crossing == NULL)
        return ERR_NO_MEMORY;
    crossing->host_satp = mm_satp();
    crossing->self = (uint64_t)crossing;
    crossing->entry = (uint64_t)smode_trap;
    crossing->fence = rv_host.asid_count == 1;
    pcpu->arch.crossing = crossing;
    return ERR_NONE;
}

/* ---- vCPUs */

enum err smode_vcpu_init(struct vcpu *vcpu)
{
    struct rv_state *rv = &vcpu->arch.rv;
    uint64_t pages = vcpu->vm->config->memory_bytes / MEMORY_PER_SHADOW_PAGE;
    bool asids = rv_host.asid_count - rv_host.asid_next >= RV_SHADOW_CONTEXT_COUNT;
    struct rv_shadow_config config;
    struct rv_shadow_page *about;
    void *memory;

    pages = MIN(MAX(pages, RV_SHADOW_PAGES_MIN), RV_SHADOW_PAGES_MAX);
    rv->shadow = heap_alloc(sizeof(*rv->shadow));
    memory = frame_alloc_pages((uint32_t)pages, PAGE_SIZE);
    about = heap_alloc(pages * sizeof(*about));
    if (rv->shadow == NULL || memory == NULL || about == NULL)
        return ERR_NO_MEMORY;
    config = (struct rv_shadow_config){
        .memory = memory,
        .pages = about,
        .page_count = (uint32_t)pages,
        .asid_base = asids ? (uint16_t)rv_host.asid_next : rv_host.asid_count > 1,
        .asids = asids,
        .code = arch_to_hpa(trampoline_start),
        .to_hpa = arch_to_hpa,
        .to_table = arch_to_ptr,
    };
    rv_shadow_init(rv->shadow, &config);
    if (asids)
        rv_host.asid_next += RV_SHADOW_CONTEXT_COUNT;
    rv->priv.caps = &rv_host.caps;
    return ERR_NONE;
}

void smode_reset(struct vcpu *vcpu, uint64_t entry, uint64_t argument)
{
    struct rv_state *rv = &vcpu->arch.rv;

    (vcpu->vm->config->start_machine ? rv_priv_reset_machine : rv_priv_reset_supervisor)(
        rv, &rv_host.caps, vcpu->id, entry, argument);
    rv->priv.effects = RV_EFFECT_PENDING;
    rv_shadow_forget_all(rv->shadow);
}

void smode_load(struct vcpu *vcpu)
{
    struct rv_state *rv = &vcpu->arch.rv;
    struct pcpu *pcpu = rv->pcpu;

    if (rv_host.h)
        csr_write(hstatus, 0);
    csr_clear(sstatus, SSTATUS_SPP);
    if (rv->last_cpu == pcpu->id && rv->shadow->config.asids)
        return;
    /* What this hart still holds under these ASIDs is of before it was elsewhere, or another's. */
    rv->last_cpu = pcpu->id;
    rv_shadow_set_data(rv->shadow, arch_to_hpa(pcpu->arch.crossing));
    fence_i();
}

/* ---- into the guest */

static void forget(struct rv_shadow *shadow)
{
    struct rv_shadow_flush flush = rv_shadow_take_flush(shadow);

    switch (flush.what) {
    case RV_FLUSH_NONE:
        break;
    case RV_FLUSH_ADDRESS:
        __asm__ volatile("sfence.vma %0, %1" ::"r"(flush.va), "r"((uint64_t)flush.asid) : "memory");
        break;
    case RV_FLUSH_ASID:
        __asm__ volatile("sfence.vma x0, %0" ::"r"((uint64_t)flush.asid) : "memory");
        break;
    case RV_FLUSH_ALL:
        sfence_vma();
        break;
    }
}

/* The registers of the short way (crossing.h) into the crossing, and back. */
static void open_short_way(struct vcpu *vcpu, struct crossing *crossing)
{
    const struct rv_state *rv = &vcpu->arch.rv;

    /* Under TVM reads of satp trap (3.1.6.5). */
    crossing->is_short = rv->priv.mode != RV_PRIVILEGE_USER && read_once(vcpu->observers) == 0 &&
                         (rv->priv.machine.mstatus & MSTATUS_TVM) == 0;
    if (!crossing->is_short)
        return;
    crossing->status_long = SSTATUS_SUM | SSTATUS_MXR | SSTATUS_FS | SSTATUS_VS;
    crossing->pending = rv_priv_wakes(rv, rv_hook_time(vcpu));
    crossing->sstatus = rv_priv_sstatus(rv);
    crossing->sscratch = rv->super.sscratch;
    crossing->sepc = rv->super.sepc;
    crossing->scause = rv->super.scause;
    crossing->stval = rv->super.stval;
    crossing->stvec = rv->super.stvec;
    crossing->satp = rv->super.satp;
}

static void close_short_way(struct vcpu *vcpu)
{
    struct rv_super *super = &vcpu->arch.rv.super;
    struct crossing *crossing = vcpu->arch.rv.pcpu->arch.crossing;

    if (!crossing->is_short)
        return;
    super->sstatus =
        (super->sstatus & ~(uint64_t)STATUS_SHORT) | (crossing->sstatus & STATUS_SHORT);
    super->sscratch = crossing->sscratch;
    super->sepc = crossing->sepc;
    super->scause = crossing->scause;
    super->stval = crossing->stval;
    super->stvec = crossing->stvec;
    vcpu->stats.traps[TRAP_SYSREG] += crossing->short_count;
    crossing->short_count = 0;
}

/* Called by entry.S with VCPU, which is loaded here, on the way into it. The same is returned. */
struct vcpu *smode_prepare(struct vcpu *vcpu)
{
    struct rv_state *rv = &vcpu->arch.rv;
    struct pcpu *pcpu = rv->pcpu;
    struct crossing *crossing = pcpu->arch.crossing;
    uint64_t counters, env;

    rv_emulate_enter(vcpu);
    forget(rv->shadow);
    crossing->vcpu = (uint64_t)vcpu;
    crossing->guest_satp = rv_shadow_satp(rv->shadow);
    crossing->place = rv_shadow_trampoline(rv->shadow);
    fp_allow(pcpu, vcpu, rv_priv_fp_on(rv));
    counters = rv_priv_may_read_time(rv) ? RV_COUNTEREN_TM : 0;
    if (csr_read(scounteren) != counters)
        csr_write(scounteren, counters);
    env = rv_priv_env(rv) & rv_host.u_env;
    if (rv_host.u_env != 0 && csr_read(senvcfg) != env)
        csr_write(senvcfg, env);
    open_short_way(vcpu, crossing);
    return vcpu;
}

/* ---- and out of it */

/* Called by entry.S. Whom it returns is entered. */
struct vcpu *smode_exception(struct vcpu *vcpu, uint64_t cause)
{
    struct pcpu *pcpu = vcpu->arch.rv.pcpu;
    const struct rv_exit exit = {
        .cause = cause,
        .tval = csr_read(stval),
        .fp_off = REG_GET(SSTATUS, FS, csr_read(sstatus)) == RV_STATE_OFF,
    };
    struct trap trap;

    close_short_way(vcpu);
    exit_note(pcpu, vcpu, vcpu->arch.rv.gprs.pc, cause, exit.tval);
    fp_note(vcpu);
    if (unlikely(read_once(vcpu->observers) != 0))
        rv_emulate_observed(vcpu, &exit);
    else
        (void)rv_emulate(vcpu, &exit, &trap);
    return run_resume(pcpu, vcpu);
}

struct vcpu *smode_interrupt(struct vcpu *vcpu)
{
    close_short_way(vcpu);
    fp_note(vcpu);
    return rv_trap_interrupt(vcpu);
}

/* ---- fences from elsewhere */

/* The physical CPUs of VM's TARGETS, but this one, which fences on its way in. */
static uint64_t other_cpus(const struct vm *vm, uint64_t targets)
{
    uint64_t cpus = 0;

    for (; targets != 0; targets &= targets - 1) {
        const struct runq *runq = vm->vcpus[bit_lowest(targets)]->sched.runq;

        if (runq != NULL)
            cpus |= bit64(runq->cpu);
    }
    return cpus & ~bit64(arch_this_cpu()->id);
}

void smode_fence(struct vm *vm, uint64_t targets, uint64_t start, uint64_t size_bytes,
                 const uint16_t *asid)
{
    for (uint64_t left = targets; left != 0; left &= left - 1)
        rv_emulate_fence(vm->vcpus[bit_lowest(left)], start, size_bytes, asid);
    sbi_fence(other_cpus(vm, targets), SBI_RFENCE_VMA, 0, UINT64_MAX, 0);
}

void smode_forget_memory(uint16_t vmid)
{
    for (uint32_t i = 0; i < vm_count; i++) {
        struct vm *vm = vms[i];

        if (vm->s2.vmid != vmid || !vm->arch.rv.emulated)
            continue;
        for (uint32_t j = 0; j < vm->vcpu_count; j++)
            rv_shadow_forget_all(vm->vcpus[j]->arch.rv.shadow);
        sbi_fence(other_cpus(vm, low_bits(vm->vcpu_count)), SBI_RFENCE_VMA, 0, UINT64_MAX, 0);
    }
}
