/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which register a number in an instruction means: that depends on the mode it is executed in. Arm
 * ARM DDI 0406C, B1.3.2 "ARM core registers".
 */
#pragma once

#include "arch/arm/model/a32_decode.h"
#include "arch/arm/model/a32_hooks.h"
#include "arch/arm/model/a32_regs.h"
#include "core/vcpu.h"
#include "lib/types.h"

/* Where number NUMBER, below 15, lives in mode MODE: A32_BANKED_COUNT if it is among the a32_gprs.
 */
enum a32_banked a32_banked_of(unsigned mode, unsigned number);

/* The general register NUMBER of VCPU; TRAP_REG_NONE and the PC read as 0 and ignore writes. */
uint32_t a32_reg_read_banked(struct vcpu *vcpu, unsigned number);
void a32_reg_write_banked(struct vcpu *vcpu, unsigned number, uint32_t value);

/* R0 to R7 are the same in all modes. */
#define A32_NUMBER_COMMON 8
static __always_inline uint32_t a32_reg_read(struct vcpu *vcpu, unsigned number)
{
    if (likely(number < A32_NUMBER_COMMON))
        return vcpu->arch.a32.gprs.r[number];
    return a32_reg_read_banked(vcpu, number);
}
static __always_inline void a32_reg_write(struct vcpu *vcpu, unsigned number, uint32_t value)
{
    if (likely(number < A32_NUMBER_COMMON))
        vcpu->arch.a32.gprs.r[number] = value;
    else
        a32_reg_write_banked(vcpu, number, value);
}
