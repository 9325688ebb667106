/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the gic guest's files: the interrupts they play with, and the tests of gic/states.c. */
#pragma once

#include "lib/types.h"

/* SPIs that no device drives, there being 12 from it on; on QEMU's virt machine and in VMs. */
#define SPI_TEST 40u

/* An IRQ is signalled to the calling CPU (ISR_EL1.I). */
bool isr_irq_pending(void);

void gic_setup(void);
void spi_pended_by_software(void);
void masked_arrive_on_unmask(void);
void pending_while_disabled(void);
void disabled_while_pending(void);
void cleared_while_pending(void);
void priority_mask(void);
void priority_change_while_pending(void);
void priority_order(void);
void higher_priority_preempts(void);
void equal_priority_does_not_preempt(void);
void active_while_handled(void);
void pended_again_while_active(void);
void split_eoi(void);
void active_by_register(void);
void twelve_pending(void);
void distributor_enable(void);
void interface_enable(void);
void ppi_level(void);
void ppi_level_falls(void);
void ppi_level_repeats(void);
void uart_spi(void);
