/* SPDX-License-Identifier: Apache-2.0 */
/* An emulated vCPU for tests: after cmocka.h. */
#pragma once

#include "arch/host/rv_hook_record.h"
#include "arch/riscv/model/rv_insn.h"
#include "arch/riscv/model/rv_isa.h"
#include "arch/riscv/model/rv_mcsr.h"
#include "arch/riscv/model/rv_priv.h"
#include "core/vcpu.h"
#include "lib/bits.h"

#define ENTRY 0x80000000ULL

static struct vcpu vcpu;
static struct rv_state *const rv = &vcpu.arch.rv;
static struct rv_isa isa;
static const struct rv_priv_caps caps = {
    .isa = &isa,
    .satp_modes = 1u << RV_MODE_SV39 | 1u << RV_MODE_SV48,
    .asid_bits = 9,
};

static void give(const enum rv_extension *extensions, size_t count)
{
    memset(&isa, 0, sizeof(isa));
    for (size_t i = 0; i < count; i++)
        isa.have[extensions[i]] = 1;
}

static void give_all(void)
{
    memset(&isa, 1, sizeof(isa));
}

static void start_machine(void)
{
    memset(&vcpu, 0, sizeof(vcpu));
    memset(&rv_hook_record, 0, sizeof(rv_hook_record));
    rv_priv_reset_machine(rv, &caps, 5, ENTRY, 0x1234);
    rv->priv.effects = 0;
}

static void start_supervisor(void)
{
    start_machine();
    rv_priv_reset_supervisor(rv, &caps, 5, ENTRY, 0x1234);
    rv->priv.effects = 0;
}

static void set_mode(unsigned mode)
{
    rv->priv.mode = (uint8_t)mode;
    rv->super.in_supervisor = mode != RV_PRIVILEGE_USER;
}

static const uint8_t modes[] = {RV_PRIVILEGE_USER, RV_PRIVILEGE_SUPERVISOR, RV_PRIVILEGE_MACHINE};

static inline uint32_t csr_insn(uint32_t number, unsigned funct3, unsigned rd, unsigned source)
{
    return number << 20 | source << 15 | funct3 << 12 | rd << 7 | 0x73;
}

/* In M-mode: nothing forbids it. */
static inline uint64_t csr_get(uint32_t number)
{
    uint8_t mode = rv->priv.mode;

    set_mode(RV_PRIVILEGE_MACHINE);
    if (rv_priv_insn(&vcpu, csr_insn(number, 2, 8, 0)) != TRAP_DONE)
        fail_msg("CSR 0x%03x cannot be read", number);
    set_mode(mode);
    return rv->gprs.x[8];
}

static inline void csr_set_to(uint32_t number, uint64_t value)
{
    uint8_t mode = rv->priv.mode;

    set_mode(RV_PRIVILEGE_MACHINE);
    rv->gprs.x[9] = value;
    if (rv_priv_insn(&vcpu, csr_insn(number, 1, 0, 9)) != TRAP_DONE)
        fail_msg("CSR 0x%03x cannot be written", number);
    set_mode(mode);
}
