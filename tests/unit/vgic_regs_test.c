/* SPDX-License-Identifier: Apache-2.0 */
/* The vGIC's registers: what they read, which accesses they have, and that no access does harm. */
#include "tests/unit/vgic_fake.h"

static bool access_ok(enum fake_device device, uint64_t offset, unsigned size_bytes, bool write)
{
    struct mmio_access m = {
        .offset = offset, .size_bytes = (uint8_t)size_bytes, .write = write, .value = 0};
    return fake_access(0, device, &m);
}

static void assert_only_words(enum fake_device device, uint64_t offset)
{
    static const unsigned others[] = {0, 1, 2, 3, 8, 16};
    assert_true(access_ok(device, offset, 4, false));
    assert_false(access_ok(device, offset + 2, 4, false));
    for (unsigned n = 0; n < ARRAY_SIZE(others); n++) {
        assert_false(access_ok(device, offset, others[n], false));
        assert_false(access_ok(device, offset, others[n], true));
    }
}

static void test_init_refuses(void **state)
{
    fake_new(3, 2, 4, 64);
    struct vgic_config config = fake_config;
    struct vgic_hw hw = fake_hw;
    config.hw = &hw;
    hw.version = 4;
    assert_int_equal(vgic_init(fake_vgic, &config), ERR_UNSUPPORTED);
    hw.version = 3;
    config.cpu_count = 0;
    assert_int_equal(vgic_init(fake_vgic, &config), ERR_RANGE);
    config.cpu_count = VGIC_CPU_MAX + 1;
    assert_int_equal(vgic_init(fake_vgic, &config), ERR_RANGE);
    config.cpu_count = 1;
    config.spi_count = 989;
    assert_int_equal(vgic_init(fake_vgic, &config), ERR_RANGE);
    config.spi_count = 0;
    hw.lr_count = 0;
    assert_int_equal(vgic_init(fake_vgic, &config), ERR_RANGE);
    hw.lr_count = 17;
    assert_int_equal(vgic_init(fake_vgic, &config), ERR_RANGE);
    hw.lr_count = 16;
    hw.apr_count = 5;
    assert_int_equal(vgic_init(fake_vgic, &config), ERR_RANGE);
}

static void test_v2_identity(void **state)
{
    fake_boot(2, 3, 4);
    assert_int_equal(gicd_read(0, 4), 2 | 2 << 5);
    assert_int_equal(gicd_read(0, 8) & 0xfff, 0x43b);
    assert_int_equal(gicd_read(0, 0xfe8) >> 4 & 0xf, 2);
    assert_int_equal(gicd_read(0, 0xff0), 0x0d);
    assert_int_equal(gicd_read(0, 0xffc), 0xb1);
    gicd_write(0, 4, 0xffffffff);
    assert_int_equal(gicd_read(0, 4), 2 | 2 << 5);
    gicd_write(0, 0, 0xffffffff);
    assert_int_equal(gicd_read(0, 0), 3);
}

static void test_v2_access_rules(void **state)
{
    fake_boot(2, 2, 4);
    static const uint16_t words[] = {0,     4,     8,     0x80,  0x100, 0x184, 0x200, 0x284,
                                     0x300, 0x384, 0xc08, 0xf00, 0x40,  0xd00, 0xfe8, 0x17c};
    for (unsigned n = 0; n < ARRAY_SIZE(words); n++)
        assert_only_words(FAKE_GICD, words[n]);
    static const uint16_t bytes[] = {0x400, 0x7fb, 0x7ff, 0x821, 0xbff, 0xf13, 0xf2f};
    for (unsigned n = 0; n < ARRAY_SIZE(bytes); n++) {
        assert_true(access_ok(FAKE_GICD, bytes[n], 1, true));
        assert_true(access_ok(FAKE_GICD, bytes[n] & ~3u, 4, false));
        assert_false(access_ok(FAKE_GICD, bytes[n] & ~1u, 2, false));
        assert_false(access_ok(FAKE_GICD, bytes[n] & ~7u, 8, false));
    }
    assert_false(access_ok(FAKE_GICD, 0x1000, 4, false));
    struct mmio_access m = {.offset = 0, .size_bytes = 4, .vcpu = 2};
    assert_false(vgic_v2_dist_mmio(fake_vgic, &m));
    assert_int_equal(gicd_read(0, 0x7c), 0);
    gicd_write(0, 0x17c, 0xffffffff); /* INTIDs that this vGIC does not have */
    assert_int_equal(gicd_read(0, 0x17c), 0);
}

static void test_v2_targets(void **state)
{
    fake_boot(2, 2, 4);
    assert_int_equal(gicd_read(0, ITARGETSR), 0x01010101);
    assert_int_equal(gicd_read(1, ITARGETSR + 28), 0x02020202);
    gicd_write(1, ITARGETSR, 0);
    gicd_write(0, ITARGETSR + 32, 0xff020100);
    assert_int_equal(gicd_read(1, ITARGETSR + 32), 0x03020100);
    fake_boot(2, 1, 4);
    gicd_write(0, ITARGETSR + 32, 0x01010101);
    assert_int_equal(gicd_read(0, ITARGETSR) | gicd_read(0, ITARGETSR + 32), 0);
    irq_write(0, 0, ISENABLER, 33);
    irq_write(0, 0, ISPENDR, 33);
    assert_int_equal(fake_ack(0), 33);
    fake_boot(2, 2, 4);
    irq_write(0, 0, ISENABLER, 33);
    gicd_write(0, ITARGETSR + 32, 0); /* to nobody */
    irq_write(0, 0, ISPENDR, 33);
    assert_int_equal(fake_ack(0), FAKE_SPURIOUS);
    gicd_write(0, ITARGETSR + 32, 0x03030303);
    assert_int_equal(fake_ack(0), 33);
    assert_int_equal(fake_ack(1), FAKE_SPURIOUS);
}

static void test_fields(void **state)
{
    for (uint8_t version = 2; version <= 3; version++) {
        fake_boot(version, 2, 4);
        gicd_write(0, IPRIORITYR + 32, 0xff87a640);
        assert_int_equal(gicd_read(0, IPRIORITYR + 32), 0xf880a040);
        fake_write_sized(0, FAKE_GICD, IPRIORITYR + 33, 1, 0x5f);
        assert_int_equal(fake_read_sized(0, FAKE_GICD, IPRIORITYR + 33, 1), 0x58);
        gicd_write(0, ICFGR + 8, 0xffffffff);
        assert_int_equal(gicd_read(0, ICFGR + 8), 0xaaaaaaaa);
        gicd_write(0, ICFGR + 8, 0x20000000);
        assert_int_equal(gicd_read(0, ICFGR + 8), 0x20000000);
        assert_int_equal(gicd_read(0, ICFGR + 12), 0);
        private_write(0, 0, ICFGR, 0);
        assert_int_equal(private_read(0, 0, ICFGR), 0xaaaaaaaa);
        private_write(0, 0, ICFGR + 4, 0x80000002);
        assert_int_equal(private_read(0, 0, ICFGR + 4), 0x80000002);
        gicd_write(0, 0x84, 0x12345678);
        assert_int_equal(gicd_read(0, 0x84), 0x12345678);
        gicd_write(0, ISENABLER + 4, 0xf0f0);
        gicd_write(0, ISENABLER + 4, 0x0f00);
        gicd_write(0, ICENABLER + 4, 0x8000);
        assert_int_equal(gicd_read(0, ISENABLER + 4), 0x7ff0);
        assert_int_equal(gicd_read(0, ICENABLER + 4), 0x7ff0);
    }
}

static void test_last_bank(void **state)
{
    for (uint8_t version = 2; version <= 3; version++) {
        fake_new(version, 1, 4, 988);
        fake_load(0, 0);
        assert_int_equal(gicd_read(0, 4) & 0x1f, 31);
        for (uint64_t base = 0x80; base < 0x400; base += 0x80) {
            gicd_write(0, base + 0x7c, 0xffffffff);
            assert_int_equal(gicd_read(0, base + 0x7c) & 0xf0000000, 0);
        }
        gicd_write(0, IPRIORITYR + 1020, 0xffffffff);
        assert_int_equal(gicd_read(0, IPRIORITYR + 1020), 0);
        gicd_write(0, ICFGR + 0xfc, 0xffffffff);
        assert_int_equal(gicd_read(0, ICFGR + 0xfc), 0x00aaaaaa);
        fake_ifs[0].vmcr = 0xff000003;
        gicd_write(0, 0, 3);
        gicd_write(0, ISENABLER + 0x7c, 0xffffffff);
        gicd_write(0, ISPENDR + 0x7c, 0xf8000000);
        assert_int_equal(fake_ack(0), 1019);
        fake_eoi(0, 1019);
        assert_int_equal(fake_ack(0), FAKE_SPURIOUS);
    }
}

static void test_v2_sgis_always_enabled(void **state)
{
    fake_boot(2, 2, 4);
    gicd_write(0, ICENABLER, 0xffffffff);
    assert_int_equal(gicd_read(0, ISENABLER), 0xffff);
    gicd_write(0, ISPENDR, 0xffff); /* SGIs have SPENDSGIR */
    assert_int_equal(gicd_read(0, ISPENDR), 0);
    gicd_write(0, 0xf24, 0x00000200); /* SGI 5 from CPU 1 */
    gicd_write(0, ICPENDR, 0xffff);
    assert_int_equal(gicd_read(0, ISPENDR), 1 << 5);
    assert_int_equal(gicd_read(0, 0xf14), 0x00000200);
    assert_int_equal(fake_ack(0), 5 | 1 << 10);
}

static void test_v2_sgir_filters(void **state)
{
    fake_boot(2, 2, 4);
    gicd_write(0, 0xf00, 7 | 1 << 24);
    assert_int_equal(fake_ack(0), FAKE_SPURIOUS);
    assert_int_equal(fake_ack(1), 7);
    fake_eoi(1, 7);
    gicd_write(1, 0xf00, 7 | 2 << 24 | 0xff << 16);
    assert_int_equal(fake_ack(0), FAKE_SPURIOUS);
    assert_int_equal(fake_ack(1), 7 | 1 << 10);
    fake_eoi(1, 7 | 1 << 10);
    gicd_write(1, 0xf00, 9 | 0xff << 16); /* all that exist */
    assert_int_equal(fake_ack(0), 9 | 1 << 10);
    assert_int_equal(fake_ack(1), 9 | 1 << 10);
    gicd_write(0, 0xf00, 8 | 3 << 24 | 0xff << 16); /* reserved */
    fake_eoi(0, 9 | 1 << 10);
    assert_int_equal(fake_ack(0), FAKE_SPURIOUS);
    assert_int_equal(gicd_read(0, 0xf00), 0);
}

static void test_v2_sgi_of_several_senders(void **state)
{
    fake_boot(2, 4, 4);
    gicd_write(0, 0xf20, 0x0000000d);
    assert_int_equal(gicd_read(0, 0xf20), 0x0000000d);
    assert_int_equal(fake_ack(0), 0);
    assert_int_equal(gicd_read(0, 0xf10), 0x0000000c);
    fake_write_sized(0, FAKE_GICD, 0xf20, 1, 1); /* the active one's sender again */
    fake_write_sized(0, FAKE_GICD, 0xf10, 1, 4);
    assert_int_equal(fake_ack(0), FAKE_SPURIOUS);
    fake_eoi(0, 0);
    assert_int_equal(fake_ack(0), 0);
    fake_eoi(0, 0);
    assert_int_equal(fake_ack(0), 3 << 10);
    fake_eoi(0, 3 << 10);
    assert_int_equal(fake_ack(0), FAKE_SPURIOUS);
    gicd_write(0, 0xf20, 0x00000200);
    gicd_write(0, 0xf10, 0x0000ff00);
    assert_int_equal(fake_ack(0), FAKE_SPURIOUS);
    gicd_write(0, 0xf20, 0xf0000000); /* no such CPUs */
    assert_int_equal(gicd_read(0, 0xf20), 0);
}

static void test_v3_identity(void **state)
{
    fake_boot(3, 2, 4);
    assert_int_equal(gicd_read(0, 4), 2 | 9 << 19 | 1 << 26);
    assert_int_equal(gicd_read(0, 0xffe8), 0x3b);
    assert_int_equal(gicd_read(0, 0), 0x53);
    gicd_write(0, 0, 0);
    assert_int_equal(gicd_read(0, 0), 0x50);
    for (uint64_t cpu = 0; cpu < 2; cpu++) {
        uint64_t base = cpu * 0x20000;
        uint64_t typer = cpu << 32 | cpu << 8 | cpu << 4;
        assert_int_equal(fake_read_sized(0, FAKE_GICR, base + 8, 8), typer);
        assert_int_equal(fake_read_sized(0, FAKE_GICR, base + 8, 4), (uint32_t)typer);
        assert_int_equal(fake_read_sized(0, FAKE_GICR, base + 12, 4), typer >> 32);
        assert_int_equal(fake_read_sized(0, FAKE_GICR, base + 0xffe8, 4), 0x3b);
        assert_int_equal(fake_read_sized(0, FAKE_GICR, base + 4, 4) & 0xfff, 0x43b);
        fake_write_sized(0, FAKE_GICR, base, 4, 0xffffffff);
        assert_int_equal(fake_read_sized(0, FAKE_GICR, base, 4), 0);
    }
}

static void test_v3_affinities(void **state)
{
    static const uint64_t mpidrs[] = {0x80000000, 0x80000102, 0x0780040311, 0x80000013};
    fake_new(3, 4, 4, 32);
    fake_config.mpidrs = mpidrs;
    assert_int_equal(vgic_init(fake_vgic, &fake_config), ERR_NONE);
    fake_load(0, 0);
    fake_ifs[0].vmcr = 0xff000003;
    gicd_write(0, 0, 3);
    assert_true(gicd_read(0, 4) & 1 << 24);
    assert_int_equal(fake_read_sized(0, FAKE_GICR, 0x4000c, 4), 0x07040311);
    fake_kicked = 0;
    for (uint32_t cpu = 0; cpu < 4; cpu++)
        private_write(0, cpu, ISENABLER, 0xffff);
    vgic_sgi1r(fake_ifs[0].loaded, 1ULL << 24 | 1ULL << 2 | 1ULL << 16, false);
    assert_int_equal(fake_kicked, 2);
    fake_kicked = 0;
    vgic_sgi1r(fake_ifs[0].loaded, 7ULL << 48 | 1ULL << 44 | 4ULL << 32 | 3ULL << 16 | 1 << 1,
               false);
    assert_int_equal(fake_kicked, 4);
    fake_kicked = 0;
    vgic_sgi1r(fake_ifs[0].loaded, 1ULL << 44 | 0xffff, false);
    assert_int_equal(fake_kicked, 8);
    fake_kicked = 0;
    vgic_sgi1r(fake_ifs[0].loaded, 0x8000000000ULL | 0xffff, false); /* nobody there */
    assert_int_equal(fake_kicked, 0);
    vgic_sgi1r(fake_ifs[0].loaded, 1ULL << 40 | 5ULL << 24, false);
    assert_int_equal(fake_kicked, 0xe);
    assert_int_equal(fake_ack(0), FAKE_SPURIOUS);
    /* A group 0 write reaches only those that have it in group 0. */
    private_write(0, 1, 0x80, 1 << 6);
    fake_kicked = 0;
    vgic_sgi1r(fake_ifs[0].loaded, 1ULL << 40 | 6ULL << 24, true);
    assert_int_equal(fake_kicked, 0xc);
    /* Routing by affinity. */
    gicd_write(0, ISENABLER + 4, 1);
    fake_write_sized(0, FAKE_GICD, IROUTER + 256, 8, 0x0700040311);
    fake_kicked = 0;
    gicd_write(0, ISPENDR + 4, 1);
    assert_int_equal(fake_kicked, 4);
    fake_write_sized(0, FAKE_GICD, IROUTER + 256, 8, 0x55);
    assert_false(vgic_pending(vgic_cpu_of(fake_vgic, 2)));
    fake_kicked = 0;
    fake_write_sized(0, FAKE_GICD, IROUTER + 256, 8, 0x102);
    assert_int_equal(fake_kicked, 2);
}

static void test_v3_irouter(void **state)
{
    fake_boot(3, 2, 4);
    fake_write_sized(0, FAKE_GICD, IROUTER + 256, 8, 0xffffffffffffffff);
    assert_int_equal(fake_read_sized(0, FAKE_GICD, IROUTER + 256, 8), 0xff80ffffff);
    fake_write_sized(0, FAKE_GICD, IROUTER + 256, 4, 0x102);
    assert_int_equal(fake_read_sized(0, FAKE_GICD, IROUTER + 256, 8), 0xff00000102);
    fake_write_sized(0, FAKE_GICD, IROUTER + 260, 4, 1);
    assert_int_equal(fake_read_sized(0, FAKE_GICD, IROUTER + 260, 4), 1);
    assert_int_equal(fake_read_sized(0, FAKE_GICD, IROUTER + 256, 4), 0x102);
    assert_false(access_ok(FAKE_GICD, IROUTER + 260, 8, false));
    assert_false(access_ok(FAKE_GICD, IROUTER + 256, 1, false));
    fake_write_sized(0, FAKE_GICD, IROUTER + 8, 8, 1); /* PPIs are not routed */
    assert_int_equal(fake_read_sized(0, FAKE_GICD, IROUTER + 8, 8), 0);
    assert_int_equal(fake_read_sized(0, FAKE_GICD, 0x7fd8, 8), 0);
    /* Any: who is awake. */
    irq_write(0, 0, ISENABLER, 40);
    fake_write_sized(0, FAKE_GICD, IROUTER + 8 * 40, 8, GICD_IROUTER_IRM);
    irq_write(0, 0, ISPENDR, 40);
    assert_int_equal(fake_ack(0), 40); /* all asleep: the first */
    fake_eoi(0, 40);
    fake_write_sized(1, FAKE_GICR, 0x20014, 4, 0);
    irq_write(0, 0, ISPENDR, 40);
    assert_int_equal(fake_ack(0), FAKE_SPURIOUS);
    assert_int_equal(fake_ack(1), 40);
}

static void test_v3_waker(void **state)
{
    fake_boot(3, 2, 4);
    assert_int_equal(fake_read_sized(0, FAKE_GICR, 0x14, 4), 6);
    fake_write_sized(0, FAKE_GICR, 0x14, 4, 0);
    assert_int_equal(fake_read_sized(0, FAKE_GICR, 0x14, 4), 0);
    assert_int_equal(fake_read_sized(0, FAKE_GICR, 0x20014, 4), 6);
    fake_write_sized(0, FAKE_GICR, 0x14, 4, 2);
    assert_int_equal(fake_read_sized(0, FAKE_GICR, 0x14, 4), 6);
}

static void test_v3_access_rules(void **state)
{
    fake_boot(3, 2, 4);
    static const uint32_t dist[] = {0, 4, 8, 0xc, 0x10, 0x40, 0x104, 0x284, 0xc08, 0x5000, 0xffe8};
    for (unsigned n = 0; n < ARRAY_SIZE(dist); n++)
        assert_only_words(FAKE_GICD, dist[n]);
    static const uint32_t redist[] = {0,       4,       0x10,    0x14,    0x40,
                                      0xffe8,  0x10080, 0x10100, 0x10200, 0x10380,
                                      0x10c04, 0x10d00, 0x10e00, 0x11000};
    for (unsigned n = 0; n < ARRAY_SIZE(redist); n++)
        assert_only_words(FAKE_GICR, redist[n]);
    assert_true(access_ok(FAKE_GICR, 0x70, 8, true));
    assert_true(access_ok(FAKE_GICR, 0x78, 8, false));
    assert_true(access_ok(FAKE_GICR, 0x10403, 1, false));
    assert_false(access_ok(FAKE_GICR, 0x40000, 4, false));
    assert_false(access_ok(FAKE_GICD, 0x10000, 4, false));
    struct mmio_access m = {.offset = 0, .size_bytes = 4, .vcpu = 2};
    assert_false(vgic_v3_dist_mmio(fake_vgic, &m));
    assert_false(vgic_v3_redist_mmio(fake_vgic, &m));
    /* The distributor has no private interrupts, a redistributor no SPIs. */
    gicd_write(0, ISENABLER, 0xffffffff);
    assert_int_equal(gicd_read(0, ISENABLER) | gicd_read(0, IPRIORITYR), 0);
    fake_write_sized(0, FAKE_GICR, 0x10104, 4, 0xffffffff);
    assert_int_equal(fake_read_sized(0, FAKE_GICR, 0x10104, 4), 0);
    assert_int_equal(gicd_read(0, 0x104), 0);
    assert_int_equal(private_read(0, 0, ISENABLER), 0);
    private_write(0, 0, 0xd00, 0xffffffff);
    assert_int_equal(private_read(0, 0, 0xd00), 0);
}

static void test_v3_others_redistributor(void **state)
{
    fake_boot(3, 2, 4);
    private_write(0, 1, ISENABLER, 0xffff);
    assert_int_equal(private_read(1, 1, ISENABLER), 0xffff);
    private_write(0, 1, ISPENDR, 8);
    assert_int_equal(private_read(0, 1, ISPENDR), 8);
    assert_int_equal(fake_ack(1), 3);
    assert_int_equal(private_read(0, 1, ISACTIVER), 8);
    assert_int_equal(private_read(0, 1, ISPENDR), 0);
    private_write(0, 1, ICACTIVER, 8);
    assert_int_equal(private_read(1, 1, ISACTIVER), 0);
}

static void test_no_sync(void **state)
{
    fake_boot(3, 2, 4);
    fake_new(3, 2, 4, 64);
    fake_config.sync = NULL;
    assert_int_equal(vgic_init(fake_vgic, &fake_config), ERR_NONE);
    fake_load(1, 1);
    fake_load(0, 0);
    fake_ifs[1].vmcr = 0xff000003;
    gicd_write(0, 0, 3);
    irq_route(0, 40, 1);
    irq_write(0, 0, ISENABLER, 40);
    irq_write(0, 0, ISPENDR, 40);
    fake_settle();
    irq_write(0, 0, ICPENDR, 40);
    assert_int_equal(fake_ack(1), FAKE_SPURIOUS);
    assert_false(irq_read(0, 0, ISPENDR, 40));
    /* What is sent after a clear that has not taken effect yet is not cleared by it. */
    fake_ifs[0].vmcr = 0xff000003;
    private_write(0, 0, ISENABLER, 8);
    send_sgi(0, 0, 3);
    assert_int_equal(fake_ack(0), 3);
    fake_eoi(0, 3);
    send_sgi(0, 0, 3);
    assert_int_equal(fake_ack(0), 3);
    fake_eoi(0, 3);
    private_write(1, 0, ICPENDR, 8);
    send_sgi(0, 0, 3);
    assert_int_equal(fake_ack(0), 3);
}

/* ---- whatever a guest writes, wherever */

static uint64_t seed;

static uint32_t random32(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33);
}

static void test_noise(void **state)
{
    for (unsigned run = 0; run < 40; run++) {
        seed = run;
        uint8_t version = (uint8_t)(2 + run % 2);
        fake_boot(version, 2, (uint8_t)(1 + random32() % 16));
        for (unsigned step = 0; step < 3000; step++) {
            static const uint32_t sizes[] = {0, 1, 2, 4, 4, 4, 4, 8};
            unsigned pcpu = random32() % 2;
            enum fake_device device = version == 3 ? random32() % 2 : 0;
            struct mmio_access m = {
                .offset = random32() % (device == FAKE_GICR ? 0x41000
                                        : version == 3      ? 0x10100
                                                            : 0x1010),
                .size_bytes = (uint8_t)sizes[random32() % ARRAY_SIZE(sizes)],
                .write = random32() % 4 != 0,
                .value = random32() % 3 == 0 ? ~0ULL : random32() * 0x100000001ULL,
            };
            if (random32() % 2)
                m.offset &= 0x30fff;
            if (random32() % 8)
                m.offset &= ~3ULL;
            fake_access(pcpu, device, &m);
            if (random32() % 8 == 0)
                vgic_set_level(fake_vgic, random32() % 2, 16 + random32() % 80, random32() % 2);
            if (random32() % 8 == 0 && version == 3)
                vgic_sgi1r(fake_ifs[pcpu].loaded, random32() * 0x100000001ULL, random32() % 2);
            if (random32() % 4 == 0)
                fake_settle();
            uint32_t iar = random32() % 4 == 0 ? fake_ack(pcpu) : FAKE_SPURIOUS;
            if (iar != FAKE_SPURIOUS && random32() % 4 != 0)
                fake_eoi(pcpu, iar);
            else if (random32() % 16 == 0)
                fake_dir(pcpu, random32() % 96);
            if (random32() % 64 == 0)
                fake_ifs[pcpu].vmcr = random32() & 0xff000003;
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_init_refuses),
        cmocka_unit_test(test_v2_identity),
        cmocka_unit_test(test_v2_access_rules),
        cmocka_unit_test(test_v2_targets),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_last_bank),
        cmocka_unit_test(test_v2_sgis_always_enabled),
        cmocka_unit_test(test_v2_sgir_filters),
        cmocka_unit_test(test_v2_sgi_of_several_senders),
        cmocka_unit_test(test_v3_identity),
        cmocka_unit_test(test_v3_affinities),
        cmocka_unit_test(test_v3_irouter),
        cmocka_unit_test(test_v3_waker),
        cmocka_unit_test(test_v3_access_rules),
        cmocka_unit_test(test_v3_others_redistributor),
        cmocka_unit_test(test_no_sync),
        cmocka_unit_test(test_noise),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(fake_vgic);
    return failed;
}
