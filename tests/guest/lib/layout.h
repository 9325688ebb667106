/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that assembly and C share; exception.c and smp.c assert that they agree with the
 * structures. */
#pragma once

#define GUEST_CPU_MAX 8
#define STACK_BYTES   0x4000

#define FRAME_X(n)   ((n)*8)
#define FRAME_ELR    248
#define FRAME_SPSR   256
#define FRAME_ESR    264
#define FRAME_FAR    272
#define FRAME_VECTOR 280
#define FRAME_BYTES  288

#define FAULT_SP 0
