/* SPDX-License-Identifier: Apache-2.0 */
/* The host's counter and timer: stimecmp (Sstc), else the firmware's. */
#pragma once

#include "core/vcpu.h"

void timer_init_cpu(void);
/* The timer interrupt has come to this hart. */
void timer_interrupt(void);
/* VCPU, loaded here, has set its timer to DEADLINE of its own time, where it has no vstimecmp. */
void timer_set_virtual(struct vcpu *vcpu, uint64_t deadline_ticks);
/* VCPU, emulated and current here, waits for what rv_priv_deadline says. */
void timer_follow(struct vcpu *vcpu);
/* What DEADLINE of VCPU's time is on the host's counter; TIMER_NEVER for what never comes. */
uint64_t timer_host_ticks(const struct vcpu *vcpu, uint64_t deadline_ticks);
