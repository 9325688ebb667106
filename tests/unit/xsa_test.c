/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong in another hypervisor on Arm, tried here: for each class of Xen's advisories a
 * test that fails if the class exists in this code. The number is the advisory's;
 * docs/threat-model.md has the table, with those that only the target can show. The machine is the
 * world of tests/fuzz. Here: registers, interrupts, calls.
 */
#include "tests/unit/xsa_guest.h"

/* ---- XSA-93: a register that nobody handles is undefined, and no register of the guest changes */
static void xsa_093_unhandled_sysreg(void **state)
{
    unsigned undefined = 0;

    for (uint32_t key = 0; key <= A64_SYSREG(3, 7, 15, 15, 7); key++)
        for (unsigned read = 0; read < 2; read++) {
            if (a64_sysreg_name(key) != NULL)
                continue;
            registers()->x[3] = SECRET;
            assert_true(sysreg_faults(key, read));
            assert_int_equal(registers()->x[3], SECRET);
            undefined++;
        }
    assert_true(undefined > 60000);
}

/* ---- XSA-94: registers of interrupts that the VM does not have */
static void xsa_094_vgic_beyond_its_interrupts(void **state)
{
    struct world_digest neighbour = world_digest(vms[1]);
    uint64_t bytes = world.hw.version == 3 ? KIB(64) : KIB(4);

    for (uint64_t offset = 0; offset < bytes; offset++)
        for (unsigned size = 0; size < 4; size++) {
            uint64_t value = UINT64_MAX;

            /* GICv2's SGIR sends, which is another matter. */
            (void)access_faults(gicd() + offset, size, false, &value);
            value = offset < 0xf00 || offset >= 0xf04 ? UINT64_MAX : 0;
            (void)access_faults(gicd() + offset, size, true, &value);
        }
    /* INTID 1019 of 64: no such interrupt. */
    assert_int_equal(read32(gicd() + 0x100 + 1019 / 32 * 4), 0);
    world_check_same(vms[1], &neighbour);
}

/* ---- XSA-117: GICD_SGIR with the reserved filter, and targets that do not exist */
static void xsa_117_sgi_modes(void **state)
{
    struct world_digest neighbour = world_digest(vms[1]);

    for (uint32_t filter = 0; filter < 4; filter++)
        for (uint32_t targets = 0; targets < 256; targets += 5)
            for (uint32_t sgi = 0; sgi < 16; sgi += 3)
                write32(gicd() + 0xf00, filter << 24 | targets << 16 | sgi | 1 << 15);
    world_settle();
    world_check();
    world_check_same(vms[1], &neighbour);
}
static void xsa_117_sgi_modes_v3(void **state)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        registers()->x[3] = bit64(bit) | 0xffff;
        assert_false(sysreg_faults(A64_KEY_ICC_SGI1R_EL1, false));
        registers()->x[3] = ~bit64(bit);
        assert_false(sysreg_faults(A64_KEY_ICC_SGI0R_EL1, false));
    }
    world_settle();
    world_check();
}

/* ---- XSA-118, XSA-146: whatever a guest repeats, the log takes a bounded number of lines of it */
static unsigned log_lines(void)
{
    uint64_t position = 0;
    enum log_level level;
    char line[LOG_LINE_MAX];
    size_t length;
    unsigned count = 0;

    while (log_read(&position, &level, line, &length))
        count++;
    return count;
}
static void xsa_118_146_log_flood(void **state)
{
    unsigned before = log_lines();
    uint64_t value = 0;

    for (unsigned i = 0; i < 10000; i++) {
        (void)hvc(0xc6000000 + i, i, i, i);
        (void)hvc(PSCI_CPU_ON | SMCCC_ID_Is64, i, ~0ULL, 0);
        (void)access_faults(0x10000000 + i * 8, 2, true, &value);
        (void)sysreg_faults(A64_SYSREG(3, 3, 15, i % 16, i % 8), i & 1);
        (void)access_faults(gicd() + 0xfec + i % 16, i % 4, true, &value);
    }
    assert_true(log_lines() - before <= LOG_GUEST_BURST + 1);
}

/* ---- XSA-223: an interrupt that is in a list register is disabled, and then ended */
static void xsa_223_disable_what_is_in_a_list_register(void **state)
{
    uint64_t bank = world.hw.version == 3 ? ARM_GUEST_GICR_BASE + KIB(64) : gicd();
    uint32_t iar;

    for (unsigned when = 0; when < 3; when++) {
        write32(bank + 0x200, bit32(PPI)); /* ISPENDR */
        world_settle();
        if (when == 0)
            write32(bank + 0x180, bit32(PPI)); /* ICENABLER before it is taken */
        iar = world_ack(0);
        assert_int_equal(iar, when == 0 ? WORLD_SPURIOUS : PPI);
        if (when == 1)
            write32(bank + 0x180, bit32(PPI)); /* while it is active */
        if (iar != WORLD_SPURIOUS)
            world_eoi(0, iar);
        if (when == 2)
            write32(bank + 0x180, bit32(PPI)); /* after it */
        world_settle();
        world_check();
        write32(bank + 0x280, bit32(PPI)); /* ICPENDR */
        write32(bank + 0x100, bit32(PPI));
    }
    assert_int_equal(world_ack(0), WORLD_SPURIOUS);
}

/* ---- XSA-296: no argument of any call ends in a BUG */
static void wake(void *argument)
{
    vcpu_kick(vms[0]->vcpus[0], VCPU_REQ_VIRQ);
}
static void xsa_296_arguments_of_calls(void **state)
{
    const uint64_t values[] = {
        0,         1,         7,         8,         RAM,        RAM + 2,    RAM + RAM_BYTES,
        bit64(31), bit64(32), bit64(63), INT64_MAX, UINT32_MAX, UINT64_MAX, 0x80000001};
    uint32_t functions[] = {PSCI_CPU_SUSPEND,
                            PSCI_CPU_ON,
                            PSCI_AFFINITY_INFO,
                            PSCI_FEATURES,
                            PSCI_MIGRATE_INFO_TYPE,
                            PSCI_SYSTEM_RESET2 + 1,
                            SMCCC_ARCH_FEATURES,
                            SMCCC_HYP_CALL_UID,
                            0,
                            UINT32_MAX};

    for (unsigned f = 0; f < ARRAY_SIZE(functions); f++)
        for (unsigned is64 = 0; is64 < 2; is64++)
            for (unsigned a = 0; a < ARRAY_SIZE(values); a++)
                for (unsigned b = 0; b < ARRAY_SIZE(values); b++) {
                    host_counter += MIB(1);
                    (void)hvc(functions[f] | (is64 ? SMCCC_ID_Is64 : 0), values[a], values[b],
                              values[b]);
                    /* It may wait now: something comes for it. */
                    world_from_shell(wake, NULL);
                    world_settle();
                }
    assert_int_equal(vms[0]->state, VM_RUNNING);
}

/* ---- XSA-307: searches for bits end with the words */
static void xsa_307_last_bits(void **state)
{
    struct world_config config = machine(3);

    config.vms[0].spis = 988;
    world_power_on(&config);
    world_boot();
    world_bring_up(vms[0]);
    for (uint32_t bank = 1; bank < 32; bank++) {
        write32(gicd() + 0x80 + bank * 4, UINT32_MAX);  /* IGROUPR */
        write32(gicd() + 0x100 + bank * 4, UINT32_MAX); /* ISENABLER */
        write32(gicd() + 0x200 + bank * 4, UINT32_MAX); /* ISPENDR */
    }
    for (unsigned taken = 0; taken < 2000; taken++) {
        uint32_t iar = world_ack(0);

        if (iar == WORLD_SPURIOUS)
            break;
        assert_in_range(iar, 16, VGIC_INTID_MAX - 1); /* 1020 to 1023 are no interrupts */
        world_eoi(0, iar);
        world_settle();
        world_check();
    }
    assert_int_equal(read32(gicd() + 0x200 + 31 * 4) & 0xf0000000, 0);
}

/* ---- XSA-437, XSA-447: maintenance of an address with nothing behind, up to the last one */
static void xsa_437_447_cache_maintenance(void **state)
{
    const uint64_t addresses[] = {0, RAM + RAM_BYTES, bit64(39), 0xfffffff000, 0xffffffffc0};

    for (unsigned i = 0; i < ARRAY_SIZE(addresses); i++) {
        assert_false(trapped_with(ec(ESR_EC_DABT_LOWER) | REG_PUT(ISS_DABT, CM, 1) |
                                      REG_PUT(ISS_DABT, WnR, 1) |
                                      REG_PUT(ISS_DABT, DFSC, FSC_TRANSLATION | 3),
                                  addresses[i]));
        assert_int_equal(registers()->pc, RAM + 0x104);
    }
    assert_false(sysreg_faults(A64_KEY_DC_CISW, false));
}

/* A VM without a UART ends: the console of the first one stays open. */
static void type_a(void *argument)
{
    world.typed = "a";
    console_service();
}
static void console_of_another_vm_stays(void **state)
{
    struct world_config config = machine(2);

    config.vms[1].cpus = 1;
    config.vms[1].priority = 3; /* above the first one */
    world_power_on(&config);
    world_boot();
    assert_ptr_equal(world.cpus[0].guest->vm, vms[1]);
    world.cpus[0].guest->arch.a64.gprs.x[0] = PSCI_SYSTEM_OFF;
    world_trap(0, &(struct a64_syndrome){.esr = ec(ESR_EC_HVC64)});
    world_settle();
    assert_int_equal(vms[1]->state, VM_OFF);
    assert_int_equal(vms[0]->state, VM_RUNNING);
    /* What is typed goes to the first VM still. */
    world_from_shell(type_a, NULL);
    assert_int_equal(read32(ARM_GUEST_UART_BASE + PL011_FR) & UARTFR_RXFE, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(xsa_093_unhandled_sysreg, start_v3),
        cmocka_unit_test_setup(xsa_094_vgic_beyond_its_interrupts, start_v2),
        cmocka_unit_test_setup(xsa_094_vgic_beyond_its_interrupts, start_v3),
        cmocka_unit_test_setup(xsa_117_sgi_modes, start_v2),
        cmocka_unit_test_setup(xsa_117_sgi_modes_v3, start_v3),
        cmocka_unit_test_setup(xsa_118_146_log_flood, start_v3),
        cmocka_unit_test_setup(xsa_223_disable_what_is_in_a_list_register, start_v2),
        cmocka_unit_test_setup(xsa_223_disable_what_is_in_a_list_register, start_v3),
        cmocka_unit_test_setup(xsa_296_arguments_of_calls, start_v2),
        cmocka_unit_test(xsa_307_last_bits),
        cmocka_unit_test_setup(xsa_437_447_cache_maintenance, start_v3),
        cmocka_unit_test(console_of_another_vm_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
