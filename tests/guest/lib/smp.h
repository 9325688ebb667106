/* SPDX-License-Identifier: Apache-2.0 */
/* Which CPU this is, and starting the others. */
#pragma once

#include "guest/lib/layout.h"
#include "guest/lib/machine.h"
#include "lib/types.h"

/* Place of the calling CPU in machine.cpus, 0 if it is not there. */
unsigned cpu_index(void);
