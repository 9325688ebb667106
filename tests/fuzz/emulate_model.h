/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A VM whose kernel is emulated, around the product's own files: decode, privileged machine, walk
 * and shadow tables over real memory. The core's life cycle and the devices are small stand-ins.
 */
#pragma once

#include <string.h>

#include "arch/arch.h"
#include "arch/host/host_mem.h"
#include "arch/host/rv_hook_record.h"
#include "arch/riscv/model/rv_emulate.h"
#include "arch/riscv/model/rv_insn.h"
#include "arch/riscv/model/rv_isa.h"
#include "arch/riscv/model/rv_mcsr.h"
#include "arch/riscv/model/rv_pt.h"
#include "arch/riscv/model/rv_sbi.h"
#include "arch/riscv/model/rv_trap.h"
#include "core/vm.h"
#include "core/vm_image.h"
#include "lib/bits.h"
#include "lib/panic.h"

#define GUEST_RAM       0x80000000ULL
#define GUEST_RAM_BYTES MIB(1)
#define GUEST_DEVICE    0x10000000ULL
#define GUEST_HARTS     2u
#define HOST_BASE       0x100000000ULL
#define SHADOW_PAGES    RV_SHADOW_PAGES_MIN

static struct vm vm;
static struct vm_config config;
static struct vcpu vcpus[GUEST_HARTS];
static struct rv_shadow shadows[GUEST_HARTS];
static struct rv_shadow_page shadow_pages[GUEST_HARTS][SHADOW_PAGES];
static struct rv_isa isa;
static const struct rv_priv_caps caps = {
    .isa = &isa,
    .satp_modes = 1u << RV_MODE_SV39 | 1u << RV_MODE_SV48 | 1u << RV_MODE_SV57,
    .asid_bits = 16,
};
static struct mmio_access device_saw;
static uint64_t device_answer;
static unsigned device_count, fp_count;

/* ---- what the models ask of the core */

enum trap_result arch_trap_sysreg(struct vcpu *vcpu, struct trap *trap)
{
    return TRAP_UNDEF; /* never by this road */
}
enum trap_result arch_trap_call(struct vcpu *vcpu, struct trap *trap)
{
    return rv_sbi_call(vcpu, trap);
}
enum trap_result trap_dispatch_other(struct vcpu *vcpu, struct trap *trap)
{
    fp_count += trap->kind == TRAP_FP;
    return trap->kind == TRAP_FP         ? TRAP_RETRY
           : trap->kind == TRAP_S2_FAULT ? TRAP_ABORT
                                         : TRAP_UNDEF;
}
/* The last page of RAM is one that the guest may not write. */
enum err s2_lookup(struct s2 *s2, gpa_t gpa, struct s2_mapping *out)
{
    uint64_t offset = gpa.raw - GUEST_RAM;

    if (offset >= GUEST_RAM_BYTES)
        return ERR_NOT_FOUND;
    *out = (struct s2_mapping){
        .hpa = HPA(HOST_BASE + offset),
        .size_bytes = PAGE_SIZE,
        .attr = {.rights = PT_READ | PT_WRITE | PT_EXEC},
    };
    if (offset >= GUEST_RAM_BYTES - PAGE_SIZE)
        out->attr.rights &= (uint8_t)~PT_WRITE;
    return ERR_NONE;
}
bool vm_image_cow(struct vm *v, gpa_t gpa)
{
    return false;
}
void vcpu_kick(struct vcpu *vcpu, uint32_t requests) {}
void vm_stop(struct vm *v, enum vm_stop_reason reason) {}
void vm_cpu_off(struct vcpu *vcpu) {}
bool vm_cpu_is_on(struct vm *v, uint32_t index)
{
    return true;
}
enum err vm_cpu_on(struct vm *v, uint32_t index, uint64_t entry, uint64_t argument)
{
    return ERR_EXISTS;
}
void watch_cpu_refused(struct vm *v, uint32_t index, uint64_t entry) {}

static bool device(void *ctx, struct mmio_access *access)
{
    device_count++;
    device_saw = *access;
    if (!access->write)
        access->value = device_answer;
    return true;
}

/* ---- the guest */

static void *guest_ptr(uint64_t gpa)
{
    return arch_to_ptr(HPA(HOST_BASE + (gpa - GUEST_RAM)));
}
static void put_insn(uint64_t gpa, uint32_t insn)
{
    memcpy(guest_ptr(gpa), &insn, sizeof(insn));
}
static void put_entry(uint64_t table, unsigned slot, uint64_t gpa, uint64_t flags)
{
    ((uint64_t *)guest_ptr(table))[slot] = REG_PUT(RV_PTE, PPN, gpa >> PAGE_SHIFT) | flags;
}

static void guest_start(bool machine)
{
    memset(&vm, 0, sizeof(vm));
    memset(vcpus, 0, sizeof(vcpus));
    memset(shadows, 0, sizeof(shadows));
    memset(&rv_hook_record, 0, sizeof(rv_hook_record));
    memset(isa.have, true, sizeof(isa.have));
    isa.have[RV_EXT_svade] = false;
    device_count = fp_count = 0;
    host_mem_init(HPA(HOST_BASE), GUEST_RAM_BYTES + GUEST_HARTS * SHADOW_PAGES * PAGE_SIZE);
    rv_priv_init();
    vm.config = &config;
    vm.vcpu_count = GUEST_HARTS;
    vm.bank_count = 1;
    vm.banks[0] = (struct guest_bank){GPA(GUEST_RAM), GUEST_RAM_BYTES};
    vm.arch.rv.emulated = true;
    BUG_ON(mmio_bus_add(&vm.mmio, &(struct mmio_region){.base = GPA(GUEST_DEVICE),
                                                        .size_bytes = PAGE_SIZE,
                                                        .handler = device,
                                                        .name = "device"}) != ERR_NONE);
    for (uint32_t i = 0; i < GUEST_HARTS; i++) {
        uint64_t memory = HOST_BASE + GUEST_RAM_BYTES + i * SHADOW_PAGES * PAGE_SIZE;
        struct rv_state *rv = &vcpus[i].arch.rv;

        vm.vcpus[i] = &vcpus[i];
        vcpus[i].vm = &vm;
        vcpus[i].id = i;
        rv->shadow = &shadows[i];
        rv_shadow_init(rv->shadow, &(struct rv_shadow_config){
                                       .memory = arch_to_ptr(HPA(memory)),
                                       .pages = shadow_pages[i],
                                       .page_count = SHADOW_PAGES,
                                       .asid_base = (uint16_t)(1 + i * RV_SHADOW_CONTEXT_COUNT),
                                       .asids = true,
                                       .code = HPA(0x1000),
                                       .to_hpa = arch_to_hpa,
                                       .to_table = arch_to_ptr,
                                   });
        rv_shadow_set_data(rv->shadow, HPA(0x2000));
        if (machine)
            rv_priv_reset_machine(rv, &caps, i, GUEST_RAM, 0);
        else
            rv_priv_reset_supervisor(rv, &caps, i, GUEST_RAM, 0);
        rv->priv.effects = 0;
        rv_emulate_enter(&vcpus[i]);
    }
}

/* As the hart would: an exit of CAUSE, and in again. */
static enum trap_result guest_exit(struct vcpu *vcpu, uint64_t cause, uint64_t tval,
                                   struct trap *trap)
{
    const struct rv_exit exit = {.cause = cause, .tval = tval, .fp_off = true};
    enum trap_result result = rv_emulate(vcpu, &exit, trap);

    rv_emulate_enter(vcpu);
    return result;
}
