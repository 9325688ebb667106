/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts from their cause to their end, over both versions of the virtual CPU interface. */
#include "tests/unit/vgic_irq.h"

static void test_level(void **state)
{
    fake_boot(version, 2, 4);
    set_line(UART, true);
    assert_idle(0); /* not enabled */
    enable(UART);
    take(0, UART);
    assert_idle(0);
    set_line(UART, false);
    fake_eoi(0, UART);
    assert_idle(0);
    /* A line that falls before it was taken takes the interrupt with it. */
    set_line(UART, true);
    set_line(UART, false);
    assert_idle(0);
    /* A line that is still high at the end comes again. */
    set_line(UART, true);
    take_and_end(0, UART);
    take_and_end(0, UART);
    /* High again while active. */
    take(0, UART);
    set_line(UART, false);
    fake_settle();
    set_line(UART, true);
    fake_settle();
    fake_eoi(0, UART);
    take(0, UART);
    set_line(UART, false);
    fake_eoi(0, UART);
    assert_idle(0);
    assert_idle(1);
}

static void test_level_ends_without_exit(void **state)
{
    fake_boot(version, 2, 4);
    enable(UART);
    set_line(UART, true);
    take(0, UART);
    set_line(UART, false); /* by the device's register, which trapped */
    fake_settle();
    fake_maintenances = 0;
    fake_eoi(0, UART);
    assert_int_equal(fake_maintenances, 0);
    assert_idle(0);
}

static void test_edge(void **state)
{
    fake_boot(version, 2, 4);
    make_edge(UART);
    enable(UART);
    set_line(UART, true);
    set_line(UART, false);
    set_line(UART, true); /* a second edge before the first was taken is the same interrupt */
    take(0, UART);
    assert_idle(0);
    set_line(UART, false);
    set_line(UART, true); /* one while active is another */
    assert_idle(0);
    fake_eoi(0, UART);
    take_and_end(0, UART);
    assert_idle(0);
}

static void test_controller(void **state)
{
    fake_boot(version, 2, 4);
    enable(UART);
    struct virq_line line = {vgic_controller(fake_vgic), UART, 0};
    virq_line_set(&line, true);
    take(0, UART);
}

static void test_software_pending(void **state)
{
    fake_boot(version, 2, 4);
    enable(UART);
    irq_write(0, 0, ISPENDR, UART);
    assert_true(irq_read(0, 0, ISPENDR, UART));
    take(0, UART);
    assert_false(irq_read(0, 0, ISPENDR, UART));
    assert_true(irq_read(0, 0, ISACTIVER, UART));
    fake_eoi(0, UART);
    assert_false(irq_read(0, 0, ICACTIVER, UART));
    assert_idle(0); /* level-sensitive, and taking it cleared the latch */
    /* Set while active: once more. */
    irq_write(0, 0, ISPENDR, UART);
    take(0, UART);
    irq_write(0, 0, ISPENDR, UART);
    assert_true(irq_read(0, 0, ISPENDR, UART));
    assert_idle(0);
    fake_eoi(0, UART);
    take_and_end(0, UART);
    assert_idle(0);
}

static void test_clear_pending(void **state)
{
    fake_boot(version, 2, 4);
    enable(UART);
    irq_write(0, 0, ISPENDR, UART);
    irq_write(0, 0, ICPENDR, UART);
    assert_false(irq_read(0, 0, ICPENDR, UART));
    assert_idle(0);
    /* A level-sensitive one stays pending as long as its line is high. */
    set_line(UART, true);
    irq_write(0, 0, ICPENDR, UART);
    assert_true(irq_read(0, 0, ICPENDR, UART));
    take(0, UART);
    set_line(UART, false);
    fake_eoi(0, UART);
    make_edge(UART);
    set_line(UART, true);
    assert_true(irq_read(0, 0, ISPENDR, UART));
    irq_write(0, 0, ICPENDR, UART);
    assert_idle(0);
}

static void test_disabled_while_pending(void **state)
{
    fake_boot(version, 2, 4);
    enable(UART);
    irq_write(0, 0, ISPENDR, UART);
    fake_settle();
    irq_write(0, 0, ICENABLER, UART);
    assert_idle(0);
    assert_true(irq_read(0, 0, ISPENDR, UART));
    enable(UART);
    take(0, UART);
    /* Disabled while active: stays active, what is new waits for enabling. */
    irq_write(0, 0, ICENABLER, UART);
    irq_write(0, 0, ISPENDR, UART);
    assert_true(irq_read(0, 0, ISACTIVER, UART));
    fake_eoi(0, UART);
    assert_idle(0);
    enable(UART);
    take_and_end(0, UART);
    assert_idle(0);
}

static void test_priority(void **state)
{
    fake_boot(version, 2, 4);
    enable(UART);
    enable(UART + 1);
    irq_priority(0, 0, UART, 0x80);
    irq_write(0, 0, ISPENDR, UART);
    irq_write(0, 0, ISPENDR, UART + 1);
    irq_priority(0, 0, UART + 1, 0x47); /* while pending; the low bits are not implemented */
    assert_int_equal(fake_read_sized(0, FAKE_GICD, IPRIORITYR + UART + 1, 1), 0x40);
    take(0, UART + 1);
    assert_idle(0);
    irq_priority(0, 0, UART, 0x38);
    take_and_end(0, UART);
    fake_eoi(0, UART + 1);
}

static void test_routing(void **state)
{
    fake_boot(version, 2, 4);
    enable(UART);
    irq_write(0, 0, ISPENDR, UART);
    fake_settle();
    irq_route(0, UART, 1); /* while pending */
    assert_idle(0);
    take(1, UART);
    irq_route(0, UART, 0); /* while active: stays until its end */
    irq_write(0, 0, ISPENDR, UART);
    assert_idle(0);
    assert_true(irq_read(0, 0, ISACTIVER, UART));
    fake_eoi(1, UART);
    assert_idle(1);
    take_and_end(0, UART);
    assert_idle(0);
}

static void test_groups(void **state)
{
    fake_boot(version, 2, 4);
    enable(UART);
    enable(UART + 1);
    gicd_write(0, 0x80 + 4, bit32(UART % 32)); /* UART in group 1 */
    irq_write(0, 0, ISPENDR, UART);
    irq_write(0, 0, ISPENDR, UART + 1);
    gicd_write(0, 0, 1);
    take_and_end(0, UART + 1);
    assert_idle(0);
    gicd_write(0, 0, 3);
    fake_ifs[0].vmcr &= ~(uint32_t)ICH_VMCR_EL2_VENG1;
    assert_idle(0);
    assert_false(vgic_pending(fake_ifs[0].loaded));
    gicd_write(0, 0x80 + 4, 0); /* while pending */
    take_and_end(0, UART);
}

static void test_active_state_by_software(void **state)
{
    fake_boot(version, 2, 4);
    enable(UART);
    irq_write(0, 0, ISACTIVER, UART);
    irq_write(0, 0, ISPENDR, UART);
    assert_true(irq_read(0, 0, ISACTIVER, UART));
    assert_idle(0);
    irq_write(0, 0, ICACTIVER, UART);
    take(0, UART);
    irq_write(0, 0, ICACTIVER, UART);
    assert_false(irq_read(0, 0, ISACTIVER, UART));
    fake_ifs[0].apr = 0;
    irq_write(0, 0, ISPENDR, UART);
    take_and_end(0, UART);
}

/* Registers of interrupts in another CPU's list registers tell and change the truth. */
static void test_others_list_registers(void **state)
{
    fake_boot(version, 2, 4);
    enable(UART);
    irq_route(0, UART, 1);
    irq_write(0, 0, ISPENDR, UART);
    fake_settle();
    assert_true(irq_read(0, 0, ISPENDR, UART));
    irq_write(0, 0, ICPENDR, UART);
    assert_idle(1);
    irq_write(0, 0, ISPENDR, UART);
    take(1, UART);
    fake_syncs = 0;
    assert_false(irq_read(0, 0, ISPENDR, UART));
    assert_int_not_equal(fake_syncs, 0);
    assert_true(irq_read(0, 0, ISACTIVER, UART));
    irq_write(0, 0, ICACTIVER, UART);
    assert_false(irq_read(0, 0, ISACTIVER, UART));
    fake_ifs[1].apr = 0;
    irq_write(0, 0, ISPENDR, UART);
    fake_settle();
    irq_write(0, 0, ISACTIVER, UART);
    assert_true(irq_read(0, 0, ISACTIVER, UART));
    assert_true(irq_read(0, 0, ISPENDR, UART));
    assert_idle(1);
    irq_write(0, 0, ICACTIVER, UART);
    irq_write(0, 0, ICENABLER, UART);
    assert_int_equal(fake_highest(1), -1); /* gone when the write returns */
    enable(UART);
    take_and_end(1, UART);
    /* Without anybody to wait for, after the kick. */
    fake_new(version, 1, 4, 32);
}

static void test_sgi_to_self(void **state)
{
    fake_boot(version, 2, 4);
    enable(3);
    fake_kicks = 0;
    send_sgi(0, 0, 3);
    assert_int_equal(fake_kicks, 0);
    assert_int_not_equal(fake_highest(0), -1);
    take(0, 3);
    send_sgi(0, 0, 3); /* while active: once more */
    send_sgi(0, 0, 3);
    fake_eoi(0, 3);
    take_and_end(0, 3);
    assert_idle(0);
    irq_write(0, 0, ISENABLER, TIMER);
    irq_write(0, 0, ISPENDR, TIMER);
    take_and_end(0, TIMER);
}

static void test_sgi_to_other(void **state)
{
    uint32_t from0 = version == 2 ? 3 : 3, from1 = version == 2 ? 3 | 1 << 10 : 3;
    fake_boot(version, 2, 4);
    enable(3);
    send_sgi(0, 1, 3);
    take_and_end(1, from0);
    send_sgi(1, 0, 3);
    assert_true(fake_kicked & 1);
    take_and_end(0, from1);
    assert_idle(1);
}

/* Again and again, its list register still as the last one left it. */
static void test_sgi_to_other_again(void **state)
{
    uint32_t from1 = version == 2 ? 3 | 1 << 10 : 3;
    fake_boot(version, 2, 4);
    enable(3);
    for (unsigned n = 0; n < 3; n++) {
        send_sgi(0, 1, 3);
        take_and_end(1, 3);
        assert_idle(1);
    }
    /* Two while it was not looked at: one on v3, one of each sender on v2. */
    send_sgi(0, 1, 3);
    send_sgi(1, 1, 3);
    assert_true(irq_read(1, 1, ISPENDR, 3));
    for (unsigned left = version == 2 ? 2 : 1; left != 0; left--) {
        uint32_t iar = fake_ack(1);
        assert_true(iar == 3 || iar == from1);
        fake_eoi(1, iar);
    }
    assert_idle(1);
    /* Still pending, active, and over when the next comes. */
    send_sgi(0, 1, 3);
    fake_flush(1);
    send_sgi(0, 1, 3);
    take(1, 3);
    send_sgi(0, 1, 3);
    fake_eoi(1, 3);
    take_and_end(1, 3);
    assert_idle(1);
}

/* Something changes between its being sent and being seen. */
static void test_sgi_to_other_changed_meanwhile(void **state)
{
    fake_boot(version, 2, 4);
    enable(3);
    send_sgi(0, 1, 3);
    take_and_end(1, 3);
    send_sgi(0, 1, 3);
    irq_priority(1, 1, 3, 0xf0);
    take_and_end(1, 3);
    send_sgi(0, 1, 3);
    if (version == 3) {
        irq_write(1, 1, ICENABLER, 3);
        assert_idle(1);
        irq_write(1, 1, ISENABLER, 3);
        take_and_end(1, 3);
        send_sgi(0, 1, 3);
        irq_write(1, 1, ICPENDR, 3);
        assert_idle(1);
    } else {
        take_and_end(1, 3);
    }
    /* It is put away and loaded elsewhere. */
    send_sgi(0, 1, 3);
    fake_save(1);
    fake_load(1, 1);
    take_and_end(1, 3);
    assert_idle(1);
}

static void test_overflow(void **state)
{
    static const uint8_t lr_counts[] = {1, 2, 4, 16};
    for (unsigned c = 0; c < ARRAY_SIZE(lr_counts); c++) {
        fake_boot(version, 2, lr_counts[c]);
        for (uint32_t i = 0; i < 40; i++) {
            enable(UART + i);
            irq_priority(0, 0, UART + i, (uint8_t)(0xe8 - i / 2 * 8));
            irq_write(0, 0, ISPENDR, UART + i);
        }
        for (uint32_t i = 0; i < 20; i++) {
            take(0, UART + 38 - 2 * i);
            assert_true(irq_read(0, 0, ISPENDR, UART + 39 - 2 * i));
            fake_eoi(0, UART + 38 - 2 * i);
            take_and_end(0, UART + 39 - 2 * i);
        }
        assert_idle(0);
        assert_int_equal(fake_ifs[0].hcr, ICH_HCR_EL2_En);
    }
}

/* More active at once than there are list registers; ended from the innermost outwards. */
static void test_nested(void **state)
{
    for (uint8_t lr_count = 1; lr_count <= 4; lr_count++) {
        fake_boot(version, 2, lr_count);
        for (uint32_t i = 0; i < 10; i++) {
            enable(UART + i);
            irq_priority(0, 0, UART + i, (uint8_t)(0xe0 - 8 * i));
            irq_write(0, 0, ISPENDR, UART + i);
            take(0, UART + i);
            irq_write(0, 0, ISPENDR, UART + i); /* and pending behind it */
        }
        for (uint32_t i = 10; i-- > 0;) {
            for (uint32_t k = 0; k < 10; k++)
                assert_int_equal(irq_read(0, 0, ISACTIVER, UART + k), k <= i);
            fake_eoi(0, UART + i);
            take_and_end(0, UART + i);
        }
        assert_idle(0);
    }
}

/* Ended (deactivated) in another order, EOImode 1, list registers full of active ones. */
static void test_split_eoi(void **state)
{
    fake_boot(version, 2, 4);
    fake_ifs[0].vmcr |= ICH_VMCR_EL2_VEOIM;
    for (uint32_t i = 0; i < 4; i++) {
        enable(UART + i);
        irq_write(0, 0, ISPENDR, UART + i);
        take(0, UART + i);
        fake_eoi(0, UART + i); /* drops the priority only */
    }
    enable(UART + 4);
    irq_write(0, 0, ISPENDR, UART + 4);
    take(0, UART + 4); /* did not starve */
    fake_eoi(0, UART + 4);
    fake_hw.dir_traps = version == 3;
    for (uint32_t i = 0; i < 5; i++) {
        fake_here = 0;
        if (version == 3)
            vgic_deactivate(fake_ifs[0].loaded, UART + i);
        else
            fake_dir(0, UART + i);
        fake_settle();
    }
    vgic_deactivate(fake_ifs[0].loaded, 5000);
    vgic_deactivate(fake_ifs[0].loaded, UART + 20);
    for (uint32_t i = 0; i < 5; i++)
        assert_false(irq_read(0, 0, ISACTIVER, UART + i));
}

static void test_closed_group_does_not_block(void **state)
{
    fake_boot(version, 2, 2);
    fake_ifs[0].vmcr &= ~(uint32_t)ICH_VMCR_EL2_VENG0;
    gicd_write(0, 0x84, bit32((UART + 4) % 32));
    for (uint32_t i = 0; i < 5; i++) {
        enable(UART + i);
        irq_priority(0, 0, UART + i, (uint8_t)(0x20 + 8 * i));
        irq_write(0, 0, ISPENDR, UART + i);
    }
    take_and_end(0, UART + 4);
    fake_ifs[0].vmcr |= ICH_VMCR_EL2_VENG0;
    for (uint32_t i = 0; i < 4; i++)
        take_and_end(0, UART + i);
}

static void test_migration(void **state)
{
    fake_boot(version, 2, 4);
    enable(UART);
    enable(UART + 1);
    enable(3);
    irq_priority(0, 0, UART + 1, 0x20);
    irq_write(0, 0, ISPENDR, UART);
    take(0, UART);
    irq_write(0, 0, ISPENDR, UART + 1);
    send_sgi(1, 0, 3);
    fake_save(0);
    fake_save(1);
    assert_true(vgic_pending(vgic_cpu_of(fake_vgic, 0)));
    assert_false(vgic_pending(vgic_cpu_of(fake_vgic, 1)));
    fake_load(1, 0);
    fake_load(0, 1);
    assert_int_equal(fake_ifs[0].apr, 0);
    take_and_end(1, UART + 1);
    assert_idle(1);
    fake_eoi(1, UART);
    take_and_end(1, version == 2 ? 3 | 1 << 10 : 3);
    assert_idle(0);
}

static void test_queue_while_away(void **state)
{
    fake_boot(version, 2, 4);
    enable(UART);
    irq_route(0, UART, 1);
    fake_save(1);
    fake_kicks = 0;
    irq_write(0, 0, ISPENDR, UART);
    assert_int_equal(fake_kicks, 1);
    assert_true(vgic_pending(vgic_cpu_of(fake_vgic, 1)));
    irq_write(0, 0, ICENABLER, UART);
    assert_false(vgic_pending(vgic_cpu_of(fake_vgic, 1)));
    irq_write(0, 0, ISENABLER, UART);
    irq_write(0, 0, ICPENDR, UART);
    assert_false(vgic_pending(vgic_cpu_of(fake_vgic, 1)));
    irq_write(0, 0, ISACTIVER, UART);
    fake_load(1, 1);
    assert_idle(1);
}

static void test_pending_for_wfi(void **state)
{
    fake_boot(version, 2, 4);
    struct vgic_cpu *cpu = fake_ifs[0].loaded;
    assert_false(vgic_pending(cpu));
    enable(UART);
    set_line(UART, true);
    assert_true(vgic_pending(cpu));
    fake_settle();
    assert_true(vgic_pending(cpu));
    set_line(UART, false);
    assert_false(vgic_pending(cpu));
    set_line(UART, true);
    fake_settle();
    fake_ifs[0].vmcr = (uint32_t)REG_SET(ICH_VMCR_EL2, VPMR, fake_ifs[0].vmcr, 0xa0);
    assert_false(vgic_pending(cpu));
    fake_save(0);
    assert_false(vgic_pending(cpu));
    fake_load(0, 0);
    fake_ifs[0].vmcr = (uint32_t)REG_SET(ICH_VMCR_EL2, VPMR, fake_ifs[0].vmcr, 0xa8);
    assert_true(vgic_pending(cpu));
    take(0, UART);
    assert_false(vgic_pending(cpu));
}

static void test_reset(void **state)
{
    boot_timer();
    enable(UART);
    set_line(UART, true);
    fire(0);
    irq_priority(0, 0, UART, 0x20);
    take(0, UART);
    fake_save(0);
    fake_save(1);
    vgic_reset(fake_vgic);
    assert_false(vgic_pending(vgic_cpu_of(fake_vgic, 0)));
    fake_load(0, 0);
    assert_false(fake_ifs[0].phys_active[TIMER]);
    assert_int_equal(fake_ifs[0].apr | fake_ifs[0].vmcr, 0);
    assert_true(irq_read(0, 0, ISPENDR, UART)); /* the line is still high */
    assert_false(irq_read(0, 0, ISENABLER, UART));
    assert_int_equal(gicd_read(0, 0) & 3, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_level),
        cmocka_unit_test(test_level_ends_without_exit),
        cmocka_unit_test(test_edge),
        cmocka_unit_test(test_controller),
        cmocka_unit_test(test_software_pending),
        cmocka_unit_test(test_clear_pending),
        cmocka_unit_test(test_disabled_while_pending),
        cmocka_unit_test(test_priority),
        cmocka_unit_test(test_routing),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_active_state_by_software),
        cmocka_unit_test(test_others_list_registers),
        cmocka_unit_test(test_sgi_to_self),
        cmocka_unit_test(test_sgi_to_other),
        cmocka_unit_test(test_sgi_to_other_again),
        cmocka_unit_test(test_sgi_to_other_changed_meanwhile),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_nested),
        cmocka_unit_test(test_split_eoi),
        cmocka_unit_test(test_closed_group_does_not_block),
        cmocka_unit_test(test_migration),
        cmocka_unit_test(test_queue_while_away),
        cmocka_unit_test(test_pending_for_wfi),
        cmocka_unit_test(test_reset),
    };

    version = 2;
    int failed = cmocka_run_group_tests_name("vgic v2", tests, NULL, NULL);
    version = 3;
    failed += cmocka_run_group_tests_name("vgic v3", tests, NULL, NULL);
    free(fake_vgic);
    return failed;
}
