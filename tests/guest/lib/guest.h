/* SPDX-License-Identifier: Apache-2.0 */
/* What every guest begins with. */
#pragma once

#include "guest/lib/check.h"
#include "guest/lib/exception.h"
#include "guest/lib/machine.h"
#include "guest/lib/power.h"
#include "guest/lib/print.h"
#include "lib/bits.h"
#include "lib/types.h"

/* A guest's own main: MMU off, console ready, first CPU. When it returns the VM is powered off. */
void guest_main(void);
