/* SPDX-License-Identifier: Apache-2.0 */
/* The lock lives in lib, because the log needs it; this is the name the core's users know. */
#pragma once

#include "lib/lock.h"
