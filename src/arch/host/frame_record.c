/* SPDX-License-Identifier: Apache-2.0 */
/* Frames as the tests lay them out: the frame pointer points at the pair. */
#include "arch/arch.h"

uintptr_t arch_frame_record(uintptr_t fp)
{
    return fp;
}
