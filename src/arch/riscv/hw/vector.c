/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sstatus.VS as fp.c has FS (Volume I, chapter 31; Volume II, 18.2.1). A register's width is the
 * hart's, so a vCPU's memory is a page or more. All guests run on harts of the same width.
 */
#include "arch/riscv/hw/vector.h"

#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/host.h"
#include "core/frame.h"
#include "lib/bits.h"
#include "lib/string.h"

#define REGISTERS       32u
#define GROUP_REGISTERS 8u /* that one instruction moves */
/* vtype: what it says cannot be. */
#define VTYPE_ILL bit64(63)

struct rv_vector {
    uint64_t vstart, vl, vtype, vcsr;
    uint8_t v[]; /* REGISTERS of vector_bytes */
};

static void set_unit(unsigned state)
{
    csr_clear(sstatus, SSTATUS_VS);
    csr_set(sstatus, REG_PUT(SSTATUS, VS, state));
}

static bool is_dirty(void)
{
    return REG_GET(SSTATUS, VS, csr_read(sstatus)) == RV_STATE_DIRTY;
}

uint64_t vector_bytes(void)
{
    uint64_t bytes;

    set_unit(RV_STATE_CLEAN);
    bytes = csr_read(vlenb);
    set_unit(RV_STATE_OFF);
    return bytes;
}

/* Eight registers from v8N on, as bytes; this ends what vstart says. */
#define GROUPS(G) G(0) G(8) G(16) G(24)
static void registers_save(struct rv_vector *vector)
{
    uint8_t *at = vector->v;

    vector->vstart = csr_read(vstart);
    vector->vl = csr_read(vl);
    vector->vtype = csr_read(vtype);
    vector->vcsr = csr_read(vcsr);
    __asm__ volatile(".option push\n\t.option arch, +v\n\t"
                     "vsetvli t0, x0, e8, m8, ta, ma\n\t"
                     ".option pop" ::
                         : "t0");
#define SAVE(n)                                                                     \
    __asm__ volatile(".option push\n\t.option arch, +v\n\tvse8.v v" #n ", (%0)\n\t" \
                     ".option pop" ::"r"(at)                                        \
                     : "memory");                                                   \
    at += GROUP_REGISTERS * rv_host.vector_bytes;
    GROUPS(SAVE)
#undef SAVE
}

static void registers_load(const struct rv_vector *vector)
{
    const uint8_t *at = vector->v;

    __asm__ volatile(".option push\n\t.option arch, +v\n\t"
                     "vsetvli t0, x0, e8, m8, ta, ma\n\t"
                     ".option pop" ::
                         : "t0");
#define LOAD(n)                                                                     \
    __asm__ volatile(".option push\n\t.option arch, +v\n\tvle8.v v" #n ", (%0)\n\t" \
                     ".option pop" ::"r"(at)                                        \
                     : "memory");                                                   \
    at += GROUP_REGISTERS * rv_host.vector_bytes;
    GROUPS(LOAD)
#undef LOAD
    __asm__ volatile(".option push\n\t.option arch, +v\n\t"
                     "vsetvl x0, %0, %1\n\t"
                     ".option pop" ::"r"(vector->vl),
                     "r"(vector->vtype));
    csr_write(vcsr, vector->vcsr);
    csr_write(vstart, vector->vstart);
}

static bool has_vectors(const struct vcpu *vcpu)
{
    return vcpu->arch.rv.vector != NULL;
}

enum err vector_vcpu_init(struct vcpu *vcpu)
{
    if (!rv_isa_has(&rv_host.guest_isa, RV_EXT_v))
        return ERR_NONE;
    vcpu->arch.rv.vector = heap_alloc(sizeof(struct rv_vector) + REGISTERS * rv_host.vector_bytes);
    return has_vectors(vcpu) ? ERR_NONE : ERR_NO_MEMORY;
}

void vector_reset(struct vcpu *vcpu)
{
    struct rv_vector *vector = vcpu->arch.rv.vector;

    if (!has_vectors(vcpu))
        return;
    memset(vector, 0, sizeof(*vector) + REGISTERS * rv_host.vector_bytes);
    vector->vtype = VTYPE_ILL;
    vcpu->arch.rv.vector_dirty = false;
}

void vector_load(struct pcpu *pcpu, struct vcpu *vcpu)
{
    set_unit(pcpu->arch.vector_owner == vcpu ? RV_STATE_CLEAN : RV_STATE_OFF);
}

void vector_save(struct pcpu *pcpu, struct vcpu *vcpu)
{
    if (pcpu->arch.vector_owner == vcpu && is_dirty())
        vcpu->arch.rv.vector_dirty = true;
    set_unit(RV_STATE_OFF);
}

void vector_release(struct pcpu *pcpu)
{
    struct vcpu *owner = pcpu->arch.vector_owner;

    if (owner != NULL && (owner->arch.rv.vector_dirty || (is_dirty() && pcpu->loaded == owner))) {
        set_unit(RV_STATE_CLEAN);
        registers_save(owner->arch.rv.vector);
        owner->arch.rv.vector_dirty = false;
    }
    set_unit(RV_STATE_OFF);
    pcpu->arch.vector_owner = NULL;
}

void vector_use(struct pcpu *pcpu, struct vcpu *vcpu)
{
    vector_release(pcpu);
    set_unit(RV_STATE_CLEAN);
    registers_load(vcpu->arch.rv.vector);
    set_unit(RV_STATE_CLEAN);
    pcpu->arch.vector_owner = vcpu;
}
