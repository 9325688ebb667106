/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest made of a fuzzer's bytes: what one vCPU of the world does next. Shared by the targets
 * that attack through traps.
 */
#pragma once

#include "tests/fuzz/input.h"
#include "tests/fuzz/world.h"

/*
 * Do one thing on CPU, where a guest runs: a trap (its syndrome as the architecture makes it, or
 * any bits), or something that does not trap. Aborts if the trap leaves registers in a state that
 * no trap may leave.
 */
void guest_act(struct input *in, uint32_t cpu);
/* Only calls: HVC and SMC, with arguments that mean something or not. */
void guest_call(struct input *in, uint32_t cpu);
