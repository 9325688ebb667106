/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The interrupt controller, version 2 or 3 as the device tree says, one function for each thing a
 * test wants to do or see. All interrupts are in the group a non-secure kernel uses. SGIs and PPIs
 * are the calling CPU's.
 */
#pragma once

#include "guest/lib/exception.h"
#include "guest/lib/gic_regs.h"
#include "guest/lib/layout.h"
#include "lib/types.h"

/* The priority everything has after gic_init, and the mask that lets all of it through. */
#define GIC_PRIORITY_DEFAULT 0xa0u
#define GIC_PMR_OPEN         0xf0u

/* Everything disabled, nothing pending or active, default priority, SPIs level and routed to the
 * caller; then on. */
void gic_init(void);
/* The same for the calling CPU's private interrupts and interface. */
void gic_init_cpu(void);

/* ---- distributor, redistributor */
void gic_group_enable(bool on);
void gic_enable(uint32_t intid);
void gic_disable(uint32_t intid);
bool gic_is_enabled(uint32_t intid);
void gic_set_pending(uint32_t intid);
void gic_clear_pending(uint32_t intid);
bool gic_is_pending(uint32_t intid);
void gic_set_active(uint32_t intid);
void gic_clear_active(uint32_t intid);
bool gic_is_active(uint32_t intid);
void gic_set_priority(uint32_t intid, uint8_t priority);
uint8_t gic_priority(uint32_t intid);
void gic_set_edge(uint32_t intid, bool edge);
bool gic_is_edge(uint32_t intid);
void gic_route(uint32_t intid, unsigned cpu);
/* INTIDs the distributor has. */
uint32_t gic_intid_count(void);
/* Address of register OFFSET (of GICD's naming) for INTID, one bit, two bits, ... each: word of 32,
 * and so on. */
uint64_t gic_frame(uint32_t intid);

/* ---- SGIs */
void gic_sgi(uint32_t intid, unsigned cpu);
void gic_sgi_self(uint32_t intid);
void gic_sgi_others(uint32_t intid);
/* By list, to CPUs 0 and 1. */
void gic_sgi_both(uint32_t intid);

/* ---- the calling CPU's interface */
void gic_interface_enable(bool on);
void gic_set_pmr(uint8_t priority);
uint8_t gic_pmr(void);
void gic_set_eoi_mode(bool split);
/* The raw acknowledge register: gic_intid() and gic_source() take it apart; eoi and deactivate want
 * it whole. */
uint32_t gic_ack(void);
void gic_eoi(uint32_t iar);
void gic_deactivate(uint32_t iar);
uint8_t gic_running_priority(void);
uint32_t gic_highest_pending(void);
static inline uint32_t gic_intid(uint32_t iar)
{
    return (uint32_t)REG_GET(GICC_IAR, INTID, iar);
}
/* v2: the CPU interface that sent an SGI. */
static inline uint32_t gic_source(uint32_t iar)
{
    return (uint32_t)REG_GET(GICC_IAR, CPUID, iar);
}
