/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of RAM that neither the boot protocol nor the guest itself uses. With the MMU on. */
#pragma once

#include "lib/types.h"

/* Call FN for each free page, *BAD counts where it says false; the first is printed. Returns the
 * number of free pages. */
uint64_t ram_each_free_page(bool (*fn)(uint64_t *page), uint64_t *bad);

/* For the above: a page is all zero, is given a pattern of its own, still has it. */
bool page_is_zero(uint64_t *page);
bool page_fill(uint64_t *page);
bool page_matches(uint64_t *page);
