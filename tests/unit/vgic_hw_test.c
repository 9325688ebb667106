/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts that a physical one backs: active in the controller until the guest has ended them. */
#include "tests/unit/vgic_irq.h"

static void test_hw(void **state)
{
    boot_timer();
    fake_maintenances = 0;
    for (unsigned n = 0; n < 3; n++) {
        fake_lr_writes = 0;
        fire(0);
        assert_int_equal(fake_lr_writes, 1);
        take_and_end(0, TIMER);
        assert_false(fake_ifs[0].phys_active[TIMER]);
    }
    assert_int_equal(fake_maintenances, 0);
    /* Disabled by the guest: stays pending, and active physically. */
    irq_write(0, 0, ICENABLER, TIMER);
    fire(0);
    assert_idle(0);
    assert_true(fake_ifs[0].phys_active[TIMER]);
    irq_write(0, 0, ISENABLER, TIMER);
    take_and_end(0, TIMER);
    assert_false(fake_ifs[0].phys_active[TIMER]);
}

static bool timer_line;
static bool read_timer_line(uint32_t pirq)
{
    assert_int_equal(pirq, TIMER);
    return timer_line;
}

/* Masked by the guest before it was taken: it ceases to be pending, and can fire again. */
static void test_hw_line_falls(void **state)
{
    boot_timer();
    fake_hw.phys_pending = read_timer_line;
    timer_line = true;
    fire(0);
    assert_true(irq_read(0, 0, ISPENDR, TIMER));
    timer_line = false;
    assert_false(irq_read(0, 0, ISPENDR, TIMER));
    assert_idle(0);
    assert_false(fake_ifs[0].phys_active[TIMER]);
    timer_line = true;
    fire(0);
    take_and_end(0, TIMER);
    assert_false(fake_ifs[0].phys_active[TIMER]);
    /* The same where it is disabled, and so in no list register. */
    irq_write(0, 0, ICENABLER, TIMER);
    fire(0);
    assert_true(irq_read(0, 0, ISPENDR, TIMER));
    timer_line = false;
    irq_write(0, 0, ISENABLER, TIMER);
    assert_idle(0);
    assert_false(irq_read(0, 0, ISPENDR, TIMER));
    assert_false(fake_ifs[0].phys_active[TIMER]);
}

static void test_hw_migrates(void **state)
{
    boot_timer();
    fire(0);
    take(0, TIMER);
    fake_save(0);
    assert_false(fake_ifs[0].phys_active[TIMER]);
    vgic_hw_fired_away(vgic_cpu_of(fake_vgic, 0), TIMER); /* its handler is not through */
    fake_save(1);
    fake_load(1, 0);
    assert_true(fake_ifs[1].phys_active[TIMER]);
    fake_eoi(1, TIMER);
    assert_false(fake_ifs[1].phys_active[TIMER]);
    assert_idle(1);
    fake_save(1);
    vgic_hw_fired_away(vgic_cpu_of(fake_vgic, 0), TIMER);
    assert_true(vgic_pending(vgic_cpu_of(fake_vgic, 0)));
    fake_load(0, 0);
    assert_true(fake_ifs[0].phys_active[TIMER]);
    take_and_end(0, TIMER);
    assert_false(fake_ifs[0].phys_active[TIMER]);
    fake_save(0);
    vgic_hw_fired_away(vgic_cpu_of(fake_vgic, 0), TIMER);
    vgic_set_level(fake_vgic, 0, TIMER, false); /* reprogrammed meanwhile */
    assert_false(vgic_pending(vgic_cpu_of(fake_vgic, 0)));
    fake_load(0, 0);
    assert_false(fake_ifs[0].phys_active[TIMER]);
}

static void test_hw_cleared_by_software(void **state)
{
    boot_timer();
    fire(0);
    irq_write(0, 0, ICPENDR, TIMER);
    assert_false(fake_ifs[0].phys_active[TIMER]); /* so that it can fire again */
    fire(0);
    take(0, TIMER);
    irq_write(0, 0, ICACTIVER, TIMER);
    assert_false(fake_ifs[0].phys_active[TIMER]);
    fake_ifs[0].apr = 0;
    /* Pending by software while active by hardware, which have no common list-register state. */
    fire(0);
    take(0, TIMER);
    irq_write(0, 0, ISPENDR, TIMER);
    assert_idle(0);
    fake_eoi(0, TIMER);
    assert_false(fake_ifs[0].phys_active[TIMER]);
    take_and_end(0, TIMER);
    assert_idle(0);
    /* Made pending by software alone: no physical interrupt to end. */
    irq_write(0, 0, ISPENDR, TIMER);
    take_and_end(0, TIMER);
    irq_write(0, 0, ISACTIVER, TIMER);
    irq_write(0, 0, ICACTIVER, TIMER);
    if (version == 3) {
        /* By another vCPU's access to our redistributor. */
        fire(0);
        fake_write_sized(1, FAKE_GICR, FAKE_SGI_FRAME(0) + ICPENDR, 4, bit32(TIMER));
        assert_false(fake_ifs[0].phys_active[TIMER]);
        irq_write(0, 0, ICENABLER, TIMER);
        fire(0);
        fake_write_sized(1, FAKE_GICR, FAKE_SGI_FRAME(0) + ICPENDR, 4, bit32(TIMER));
        fake_settle();
        assert_false(fake_ifs[0].phys_active[TIMER]);
    }
}

static void test_hw_without_list_register(void **state)
{
    fake_boot(version, 2, 1);
    vgic_map_hw(fake_vgic, 0, TIMER, TIMER);
    enable(TIMER);
    enable(UART);
    irq_priority(0, 0, UART, 0x10);
    fire(0);
    take(0, TIMER);
    irq_write(0, 0, ISPENDR, UART);
    take_and_end(0, UART);
    fake_eoi(0, TIMER);
    assert_false(fake_ifs[0].phys_active[TIMER]);
    assert_false(irq_read(0, 0, ISACTIVER, TIMER));
}

/* One write ends the one in the only list register and the one that waits for it: in between the
 * queue must not offer what is no longer active. */
static void test_hw_ended_with_others(void **state)
{
    enum { OTHER = 20 };
    fake_boot(version, 2, 1);
    vgic_map_hw(fake_vgic, 0, TIMER, TIMER);
    enable(TIMER);
    enable(OTHER);
    irq_priority(0, 0, OTHER, 0x10);
    fire(0);
    take(0, TIMER);
    irq_write(0, 0, ISPENDR, OTHER);
    take(0, OTHER);
    private_write(0, 0, ICACTIVER, bit32(OTHER) | bit32(TIMER));
    assert_false(irq_read(0, 0, ISACTIVER, TIMER));
    assert_false(irq_read(0, 0, ISACTIVER, OTHER));
    assert_false(fake_ifs[0].phys_active[TIMER]);
}

static void test_hw_spi(void **state)
{
    fake_boot(version, 2, 4);
    vgic_map_hw(fake_vgic, 0, UART, 77);
    enable(UART);
    for (unsigned n = 0; n < 4; n++) {
        unsigned pcpu = n / 2;
        irq_route(0, UART, pcpu);
        fake_spi_active[77] = true;
        fake_here = 0;
        vgic_hw_fired(fake_ifs[0].loaded, UART);
        take_and_end(pcpu, UART);
        assert_false(fake_spi_active[77]);
    }
    fake_spi_active[77] = true;
    vgic_hw_fired(fake_ifs[0].loaded, UART);
    fake_save(0);
    fake_save(1);
    vgic_reset(fake_vgic);
    assert_false(fake_spi_active[77]);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hw),
        cmocka_unit_test(test_hw_line_falls),
        cmocka_unit_test(test_hw_migrates),
        cmocka_unit_test(test_hw_cleared_by_software),
        cmocka_unit_test(test_hw_without_list_register),
        cmocka_unit_test(test_hw_ended_with_others),
        cmocka_unit_test(test_hw_spi),
    };

    version = 2;
    int failed = cmocka_run_group_tests_name("vgic hw v2", tests, NULL, NULL);
    version = 3;
    failed += cmocka_run_group_tests_name("vgic hw v3", tests, NULL, NULL);
    free(fake_vgic);
    return failed;
}
