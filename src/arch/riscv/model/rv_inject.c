/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/riscv/model/rv_inject.h"

#include "arch/riscv/model/rv_csr.h"
#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_priv.h"
#include "core/vcpu.h"

/* stvec (10.1.2): exceptions go to the base in both modes. */
/* clang-format off */
#define STVEC_FIELDS(F) F(STVEC, MODE, 1, 0) F(STVEC, BASE, 63, 2)
/* clang-format on */
REG_DEFINE64(STVEC, STVEC_FIELDS);

void rv_inject(struct rv_super *super, uint64_t *pc, uint64_t cause, uint64_t tval)
{
    uint64_t sstatus = super->sstatus;

    sstatus = REG_SET(SSTATUS, SPIE, sstatus, REG_GET(SSTATUS, SIE, sstatus));
    sstatus = REG_SET(SSTATUS, SPP, sstatus, super->in_supervisor);
    super->sstatus = sstatus & ~(uint64_t)SSTATUS_SIE;
    super->in_supervisor = true;
    super->sepc = *pc;
    super->scause = cause;
    super->stval = tval;
    *pc = super->stvec & STVEC_BASE;
}

void rv_inject_exception(struct vcpu *vcpu, uint64_t cause, uint64_t tval)
{
    struct rv_super super;

    if (vcpu->arch.rv.priv.caps != NULL) {
        rv_priv_exception(&vcpu->arch.rv, cause, tval);
        return;
    }
    rv_hook_exception_load(vcpu, &super);
    rv_inject(&super, &vcpu->arch.rv.gprs.pc, cause, tval);
    rv_hook_exception_store(vcpu, &super);
}
