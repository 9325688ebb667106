/* SPDX-License-Identifier: Apache-2.0 */
/* Between gic.c and gic_interface.c. */
#pragma once

/* Enable the calling CPU's interface: no split EOI, nothing masked. */
void gic_interface_init(void);
