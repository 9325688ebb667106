/* SPDX-License-Identifier: Apache-2.0 */
/* Calls, waits, interrupts and timers in quantity, and floods: nothing here faults, all of it
 * exits. */
#include "guest/hostile/hostile.h"
#include "guest/lib/gic.h"
#include "guest/lib/mmio.h"
#include "guest/lib/pl011.h"
#include "guest/lib/smp.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/timer.h"

/* ---- calls */

/* Function identifiers (DEN 0028F, table 2-1): fast, 64-bit, owner, function. */
#define ID_FAST        0x80000000u
#define ID_64          0x40000000u
#define ID_OWNER_SHIFT 24u
#define OWNERS         64u
#define FUNCTIONS      64u

/* Those that would end the attack: they are for their own tests. */
static bool ends_the_vm(uint32_t function)
{
    uint32_t base = function & ~ID_64;
    return base == PSCI_SYSTEM_OFF || base == PSCI_SYSTEM_RESET || base == PSCI_SYSTEM_RESET2 ||
           base == PSCI_CPU_OFF;
}

static uint64_t argument(void)
{
    if (one_in(4))
        return machine.cpus[random_below(machine.cpu_count)];
    return one_in(4) ? machine.banks[0].base + random_below(MIB(32)) : random_value();
}

static void call(uint64_t function)
{
    /* A suspended CPU needs something that wakes it. */
    WRITE_SYSREG(cntv_tval_el0, ticks_of_us(100));
    WRITE_SYSREG(cntv_ctl_el0, CNT_CTL_ENABLE);
    barrier_context();
    uint64_t a = argument(), b = argument(), c = argument();
    if (one_in(2))
        hvc_call((uint32_t)function, a, b, c);
    else
        smc_call((uint32_t)function, a, b, c);
}

void attack_calls(uint32_t count)
{
    for (uint32_t owner = 0; owner < OWNERS; owner++) {
        for (uint32_t n = 0; n < FUNCTIONS; n++) {
            uint32_t function = owner << ID_OWNER_SHIFT | n;
            uint32_t kinds[] = {0, ID_64, ID_FAST, ID_FAST | ID_64};
            for (unsigned k = 0; k < ARRAY_SIZE(kinds); k++) {
                if (!ends_the_vm(function | kinds[k]))
                    call(function | kinds[k]);
            }
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t function = (uint32_t)random64();
        uint32_t psci = PSCI_VERSION | (one_in(2) ? ID_64 : 0) | random_below(32);

        if (!ends_the_vm(function))
            call(function);
        if (!ends_the_vm(psci))
            call(psci);
    }
}

/* ---- waits */

static void end_interrupt(struct exception_frame *frame)
{
    uint32_t iar = gic_ack();

    if (gic_intid(iar) == machine.timer_virt_intid)
        WRITE_SYSREG(cntv_ctl_el0, 0);
    if (gic_intid(iar) == machine.timer_phys_intid)
        WRITE_SYSREG(cntp_ctl_el0, 0);
    if (gic_intid(iar) < 1020)
        gic_eoi(iar);
    if (gic_intid(iar) == machine.uart_intid)
        gic_disable(machine.uart_intid);
}

void attack_waiting(uint32_t count)
{
    irq_set_handler(end_interrupt);
    for (uint32_t i = 0; i < count; i++) {
        WRITE_SYSREG(cntv_tval_el0, ticks_of_us(one_in(4) ? random_below(300) : 0));
        WRITE_SYSREG(cntv_ctl_el0, CNT_CTL_ENABLE);
        barrier_context();
        switch (random_below(4)) {
        case 0:
            __asm__ volatile("yield");
            break;
        case 1:
            __asm__ volatile("sev\n wfe\n sevl\n wfe");
            break;
        default:
            wait_for_interrupt();
            break;
        }
        /* Left pending now and then: the next wait is over at once. */
        if (one_in(4))
            continue;
        irq_unmask();
        barrier_context();
        irq_mask();
    }
}

/* ---- interrupts */

/* A shared interrupt there may be, one that is not, a private one, an SGI. */
static uint32_t random_intid(void)
{
    return one_in(2) ? random_below(16) : 32 + random_below(one_in(8) ? 988 : 32);
}

static void disturb(uint32_t intid)
{
    switch (random_below(8)) {
    case 0:
        gic_disable(intid);
        break;
    case 1:
        gic_clear_pending(intid);
        break;
    case 2:
        gic_set_priority(intid, (uint8_t)random64());
        break;
    case 3:
        gic_set_edge(intid, one_in(2));
        break;
    case 4:
        if (intid >= INTID_SPI_MIN)
            gic_route(intid, random_below(machine.cpu_count));
        break;
    case 5:
        if (one_in(2))
            gic_set_active(intid);
        else
            gic_clear_active(intid);
        break;
    default:
        gic_enable(intid);
        gic_set_pending(intid);
        break;
    }
}

void attack_interrupts(uint32_t count)
{
    irq_set_handler(end_interrupt);
    for (uint32_t sgi = 0; sgi < INTID_SGI_MAX; sgi++)
        gic_enable(sgi);
    irq_unmask();
    for (uint32_t i = 0; i < count; i++) {
        uint32_t sgi = random_below(INTID_SGI_MAX);

        gic_sgi(sgi, random_below(machine.cpu_count));
        gic_sgi_others(sgi);
        gic_sgi_self(sgi);
        gic_sgi_both(sgi);
        disturb(random_intid());
        /* No wait here: with what is made active by register the timer may be out of reach. */
        gic_enable(machine.timer_virt_intid);
        WRITE_SYSREG(cntv_tval_el0, ticks_of_us(random_below(50)));
        WRITE_SYSREG(cntv_ctl_el0, CNT_CTL_ENABLE);
    }
    irq_mask();
}

/* ---- timers */

void attack_timers(uint32_t count)
{
    irq_set_handler(end_interrupt);
    gic_enable(machine.timer_phys_intid);
    gic_enable(machine.timer_virt_intid);
    irq_unmask();
    for (uint32_t i = 0; i < count * 4; i++) {
        uint64_t value = one_in(2) ? random_below(2000) : random_value();

        switch (random_below(6)) {
        case 0:
            WRITE_SYSREG(cntp_tval_el0, value);
            break;
        case 1:
            WRITE_SYSREG(cntp_cval_el0, one_in(2) ? READ_SYSREG(cntpct_el0) + value : value);
            break;
        case 2:
            WRITE_SYSREG(cntp_ctl_el0, value);
            break;
        case 3:
            WRITE_SYSREG(cntv_cval_el0, one_in(2) ? counter() + value : value);
            break;
        case 4:
            WRITE_SYSREG(cntv_ctl_el0, value);
            break;
        default:
            WRITE_SYSREG(cntp_ctl_el0, CNT_CTL_ENABLE);
            WRITE_SYSREG(cntp_tval_el0, random_below(100));
            break;
        }
    }
    irq_mask();
    WRITE_SYSREG(cntp_ctl_el0, 0);
    WRITE_SYSREG(cntv_ctl_el0, 0);
}

/* ---- floods */

/* All bytes, long lines, escapes, the console's own switch key; then lines that look like
 * another's. */
void flood_console(uint32_t count)
{
    console_init();
    for (uint32_t i = 0; i < count * 8; i++) {
        uint8_t byte = (uint8_t)random64();
        if (one_in(4))
            byte = 0x01; /* Ctrl-a */
        while (mmio_read32(machine.uart + UARTFR) & UARTFR_TXFF)
            ;
        mmio_write32(machine.uart + UARTDR, byte);
    }
    print("\n");
    for (uint32_t i = 0; i < count / 16; i++)
        print("\rneighbour: 0 passed, 1 failed\n");
}

/* ---- power */

static void come_and_go(void *unused) {}

void attack_power(uint32_t count)
{
    for (uint32_t i = 0; i < count / 16; i++) {
        cpu_start(1, come_and_go, NULL);
        /* Again while it comes or goes. */
        for (uint32_t n = random_below(64); n > 0; n--)
            psci_call(one_in(2) ? PSCI_CPU_ON : PSCI_AFFINITY_INFO, machine.cpus[1], 0, 0);
        cpu_wait_off(1);
    }
}
