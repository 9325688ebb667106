/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a VM gets its Arm devices, in either execution state: interrupt controller, UART, timers,
 * identity. Touches no system register, so that the tests on the host run it as it is.
 */
#pragma once

#include "arch/arm/model/arm_guest_fdt.h"
#include "core/vcpu.h"
#include "core/vm_image.h"
#include "lib/types.h"

/* What vCPU INDEX of a VM reads as MPIDR. */
uint64_t arm_mpidr_of(uint32_t index);
/* VCPU's devices; its VM's exist. */
void arm_vcpu_init(struct vcpu *vcpu);
/* Where guests' RAM lies. */
void arm_image_banks(struct vm_image_params *params);
/* The nodes of arm_guest_fdt for this machine; CPU and TIMER are their `compatible`. */
int arm_devices_fdt(void *fdt, const char *cpu, const char *timer,
                    const struct guest_fdt_params *params);
/*
 * The emulated physical timer of VCPU, which is current here, became CTL and CVAL: its line
 * follows, and a software timer waits for the rise.
 */
void arm_cntp_update(struct vcpu *vcpu, uint64_t ctl, uint64_t cval);
