/* SPDX-License-Identifier: Apache-2.0 */
/* No page of the tests' memory is a device. */
#include "arch/arch.h"

bool arch_hpa_is_banked(hpa_t hpa)
{
    return false;
}
