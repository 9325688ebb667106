/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of single interrupts share. */
#pragma once

#include "tests/unit/vgic_fake.h"

/* Each test runs for both versions. */
static uint8_t version;

#define UART  40u /* an SPI */
#define TIMER 27u /* the virtual timer's PPI */

__attribute__((unused)) static void enable(uint32_t intid)
{
    for (unsigned n = 0; n < (intid < 32 ? FAKE_CPUS : 1); n++)
        if (fake_ifs[n].loaded != NULL)
            irq_write(n, n, ISENABLER, intid);
}

__attribute__((unused)) static void make_edge(uint32_t intid)
{
    uint64_t offset = ICFGR + intid / 16 * 4;
    gicd_write(0, offset, gicd_read(0, offset) | 2u << intid % 16 * 2);
}

__attribute__((unused)) static void set_line(uint32_t intid, bool level)
{
    vgic_set_level(fake_vgic, 0, intid, level);
}

__attribute__((unused)) static void assert_idle(unsigned pcpu)
{
    assert_int_equal(fake_ack(pcpu), FAKE_SPURIOUS);
}

__attribute__((unused)) static void take(unsigned pcpu, uint32_t iar)
{
    assert_int_equal(fake_ack(pcpu), iar);
}

__attribute__((unused)) static void take_and_end(unsigned pcpu, uint32_t iar)
{
    take(pcpu, iar);
    fake_eoi(pcpu, iar);
}

/* The physical timer interrupt arrives. */
__attribute__((unused)) static void fire(unsigned pcpu)
{
    fake_here = pcpu;
    fake_ifs[pcpu].phys_active[TIMER] = true;
    vgic_hw_fired(fake_ifs[pcpu].loaded, TIMER);
}

__attribute__((unused)) static void boot_timer(void)
{
    fake_boot(version, 2, 4);
    vgic_map_hw(fake_vgic, 0, TIMER, TIMER);
    vgic_map_hw(fake_vgic, 1, TIMER, TIMER);
    enable(TIMER);
}
