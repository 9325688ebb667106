/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sstatus.FS is ours, vsstatus.FS the guest's; with either off an instruction is illegal (18.2.1).
 * With ours off the first use comes to us (arch_trap_fp). The hypervisor itself never uses these
 * registers: with FS off that would be an exception of its own. An instruction that uses the vector
 * unit as well traps once for each (vector.c).
 */
#include "arch/riscv/hw/fp.h"

#include "arch/arch.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/vector.h"
#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_priv.h"

/* clang-format off */
#define FP_REGISTERS(R) \
    R(0) R(1) R(2) R(3) R(4) R(5) R(6) R(7) R(8) R(9) R(10) R(11) R(12) R(13) R(14) R(15) \
    R(16) R(17) R(18) R(19) R(20) R(21) R(22) R(23) R(24) R(25) R(26) R(27) R(28) R(29) \
    R(30) R(31)
/* clang-format on */

static void set_unit(unsigned state)
{
    csr_clear(sstatus, SSTATUS_FS);
    csr_set(sstatus, REG_PUT(SSTATUS, FS, state));
}

static void registers_save(struct rv_fp *fp)
{
#define SAVE(n) "fsd f" #n ", 8 * " #n "(%0)\n\t"
    __asm__ volatile(FP_REGISTERS(SAVE)::"r"(fp->f) : "memory");
#undef SAVE
    fp->fcsr = csr_read(fcsr);
}

static void registers_load(const struct rv_fp *fp)
{
#define LOAD(n) "fld f" #n ", 8 * " #n "(%0)\n\t"
    __asm__ volatile(FP_REGISTERS(LOAD)::"r"(fp->f) : "memory");
#undef LOAD
    csr_write(fcsr, fp->fcsr);
}

void fp_load(struct pcpu *pcpu, struct vcpu *vcpu)
{
    set_unit(pcpu->fp_owner == vcpu ? RV_STATE_CLEAN : RV_STATE_OFF);
}

void fp_save(struct pcpu *pcpu, struct vcpu *vcpu)
{
    if (pcpu->fp_owner == vcpu && REG_GET(SSTATUS, FS, csr_read(sstatus)) == RV_STATE_DIRTY)
        vcpu->arch.rv.fp_dirty = true;
    set_unit(RV_STATE_OFF);
}

void fp_note(struct vcpu *vcpu)
{
    if (REG_GET(SSTATUS, FS, csr_read(sstatus)) != RV_STATE_DIRTY)
        return;
    vcpu->arch.rv.fp_dirty = true;
    rv_priv_fp_dirty(&vcpu->arch.rv);
    set_unit(RV_STATE_CLEAN);
}

void fp_allow(const struct pcpu *pcpu, const struct vcpu *vcpu, bool on)
{
    unsigned state = on && pcpu->fp_owner == vcpu ? RV_STATE_CLEAN : RV_STATE_OFF;

    if (REG_GET(SSTATUS, FS, csr_read(sstatus)) != state)
        set_unit(state);
}

void fp_release(struct pcpu *pcpu)
{
    struct vcpu *owner = pcpu->fp_owner;
    bool dirty = REG_GET(SSTATUS, FS, csr_read(sstatus)) == RV_STATE_DIRTY;

    if (owner != NULL && (owner->arch.rv.fp_dirty || (dirty && pcpu->loaded == owner))) {
        set_unit(RV_STATE_CLEAN);
        registers_save(&owner->arch.rv.fp);
        owner->arch.rv.fp_dirty = false;
    }
    set_unit(RV_STATE_OFF);
    pcpu->fp_owner = NULL;
}

void rv_hook_fp_to_memory(struct vcpu *vcpu)
{
    struct pcpu *pcpu = vcpu->arch.rv.pcpu;

    if (pcpu->fp_owner == vcpu)
        fp_release(pcpu);
}

enum trap_result arch_trap_fp(struct vcpu *vcpu, struct trap *trap)
{
    struct pcpu *pcpu = vcpu->arch.rv.pcpu;

    if (REG_GET(SSTATUS, FS, csr_read(sstatus)) != RV_STATE_OFF) {
        vector_use(pcpu, vcpu);
        return TRAP_RETRY;
    }
    fp_release(pcpu);
    set_unit(RV_STATE_CLEAN);
    registers_load(&vcpu->arch.rv.fp);
    set_unit(RV_STATE_CLEAN);
    pcpu->fp_owner = vcpu;
    return TRAP_RETRY;
}

/* libfdt and zlib are integer code on RISC-V (tests/checks/speculation.sh holds the image to it).
 */
void arch_lib_begin(void) {}
