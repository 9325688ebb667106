/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CPU interface in software: register by register by the manual's rules, and against the fake
 * of the hardware's that the vGIC's tests use, over random list registers.
 */
#include "vdev/vgicc.h"

#include "tests/unit/vgic_fake.h"

enum { CTLR = 0, PMR = 4, BPR = 8, IAR = 0xc, EOIR = 0x10, RPR = 0x14, HPPIR = 0x18, ABPR = 0x1c };
enum { AIAR = 0x20, AEOIR = 0x24, AHPPIR = 0x28, APR0 = 0xd0, IIDR = 0xfc, DIR = 0x1000 };
enum { GRP0 = 1, GRP1 = 2, ACK_CTL = 4, FIQ_EN = 8, CBPR = 16, EOI_MODE = 0x200 };

static struct vgicc g;
static uint32_t pirq;

static uint32_t rd(uint32_t offset)
{
    struct mmio_access access = {.offset = offset, .size_bytes = 4};
    assert_true(vgicc_access(&g, &access, &pirq));
    assert_int_equal(pirq, VGICC_NO_PIRQ);
    return (uint32_t)access.value;
}
static void wr(uint32_t offset, uint32_t value)
{
    struct mmio_access access = {.offset = offset, .size_bytes = 4, .write = true, .value = value};
    assert_true(vgicc_access(&g, &access, &pirq));
}
static uint32_t lr_of(uint32_t intid, uint32_t priority, enum vgic_lr_state state)
{
    return (uint32_t)(REG_PUT(GICH_LR, VirtualID, intid) | REG_PUT(GICH_LR, Priority, priority) |
                      REG_PUT(GICH_LR, State, state));
}
static enum vgic_lr_state lr_state(unsigned index)
{
    return (enum vgic_lr_state)REG_GET(GICH_LR, State, g.lr[index]);
}
static int fresh(void **state)
{
    g = (struct vgicc){.hcr = ICH_HCR_EL2_En};
    wr(PMR, 0xff);
    wr(CTLR, GRP0);
    return 0;
}

static void registers(void **state)
{
    wr(CTLR, UINT32_MAX);
    assert_int_equal(rd(CTLR), GRP0 | GRP1 | ACK_CTL | FIQ_EN | CBPR | EOI_MODE);
    assert_int_equal(rd(PMR), 0xf8); /* five bits */
    wr(BPR, 0);
    wr(ABPR, 0);
    assert_int_equal(rd(BPR), 2);
    assert_int_equal(rd(ABPR), 3);
    wr(BPR, 0xfd);
    wr(ABPR, 7);
    assert_int_equal(rd(BPR), 5);
    assert_int_equal(rd(ABPR), 7);
    wr(APR0, 0x100);
    assert_int_equal(rd(APR0), 0x100);
    assert_int_equal(rd(RPR), 0x40);
    wr(APR0, 0);
    assert_int_equal(rd(RPR), 0xff);
    assert_int_equal(rd(IIDR) & 0xf0fff, 0x2043b);
    assert_int_equal(rd(IAR), 1023);
    assert_int_equal(rd(HPPIR), 1023);
    for (uint32_t offset = 0x2c; offset < APR0; offset += 4) {
        wr(offset, UINT32_MAX);
        assert_int_equal(rd(offset), 0);
    }
    static const struct mmio_access bad[] = {{.offset = IAR, .size_bytes = 1},
                                             {.offset = IAR, .size_bytes = 2},
                                             {.offset = IAR, .size_bytes = 8},
                                             {.offset = IAR + 2, .size_bytes = 4}};
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct mmio_access access = bad[i];
        assert_false(vgicc_access(&g, &access, &pirq));
    }
}

static void acknowledge_and_end(void **state)
{
    g.lr[1] = lr_of(40, 10, VGIC_LR_PENDING);
    g.lr[2] = lr_of(41, 5, VGIC_LR_PENDING);
    assert_int_equal(vgicc_empty_lrs(&g), 9);
    assert_int_equal(vgicc_signals(&g), VGICC_IRQ);
    assert_int_equal(rd(HPPIR), 41);
    assert_int_equal(rd(IAR), 41);
    assert_int_equal(lr_state(2), VGIC_LR_ACTIVE);
    assert_int_equal(rd(RPR), 5 << 3);
    /* The other is less urgent: it waits, but is the highest pending. */
    assert_int_equal(vgicc_signals(&g), 0);
    assert_int_equal(rd(HPPIR), 40);
    assert_int_equal(rd(IAR), 1023);
    g.lr[3] = lr_of(42, 3, VGIC_LR_PENDING);
    assert_int_equal(rd(IAR), 42); /* preempts */
    wr(EOIR, 42);
    assert_int_equal(rd(RPR), 5 << 3);
    wr(EOIR, 41);
    assert_int_equal(lr_state(2), VGIC_LR_INVALID);
    assert_int_equal(rd(RPR), 0xff);
    assert_int_equal(vgicc_signals(&g), VGICC_IRQ);
    wr(PMR, 10 << 3);
    assert_int_equal(vgicc_signals(&g), 0);
    wr(PMR, 11 << 3);
    assert_int_equal(vgicc_signals(&g), VGICC_IRQ);
    g.hcr = 0;
    assert_int_equal(rd(IAR), 1023);
}

static void binary_point_masks_preemption(void **state)
{
    g.lr[0] = lr_of(40, 5, VGIC_LR_PENDING);
    wr(BPR, 4); /* priority bits 7 to 5: 4 to 7 are one */
    assert_int_equal(rd(IAR), 40);
    assert_int_equal(rd(RPR), 4 << 3);
    g.lr[1] = lr_of(41, 4, VGIC_LR_PENDING);
    assert_int_equal(vgicc_signals(&g), 0);
    g.lr[1] = lr_of(41, 3, VGIC_LR_PENDING);
    assert_int_equal(vgicc_signals(&g), VGICC_IRQ);
    wr(EOIR, 40);
    /* Group 1 by the aliased register, one bit less, or by the same with CBPR. */
    wr(CTLR, GRP0 | GRP1 | ACK_CTL);
    wr(BPR, 2);
    wr(ABPR, 5);
    g.lr[0] = lr_of(40, 7, VGIC_LR_PENDING) | (uint32_t)GICH_LR_Grp1;
    g.lr[1] = 0;
    assert_int_equal(rd(IAR), 40);
    assert_int_equal(rd(RPR), 4 << 3);
    wr(EOIR, 40);
    wr(CTLR, GRP0 | GRP1 | ACK_CTL | CBPR);
    g.lr[0] = lr_of(40, 7, VGIC_LR_PENDING) | (uint32_t)GICH_LR_Grp1;
    assert_int_equal(rd(IAR), 40);
    assert_int_equal(rd(RPR), 7 << 3);
}

static void groups(void **state)
{
    g.lr[0] = lr_of(40, 5, VGIC_LR_PENDING) | (uint32_t)GICH_LR_Grp1;
    assert_int_equal(vgicc_signals(&g), 0); /* its group is off */
    wr(CTLR, GRP0 | GRP1 | FIQ_EN);
    assert_int_equal(vgicc_signals(&g), VGICC_IRQ);
    assert_int_equal(rd(HPPIR), 1022);
    assert_int_equal(rd(IAR), 1022);
    assert_int_equal(lr_state(0), VGIC_LR_PENDING);
    assert_int_equal(rd(AHPPIR), 40);
    assert_int_equal(rd(AIAR), 40);
    wr(AEOIR, 40);
    assert_int_equal(lr_state(0), VGIC_LR_INVALID);
    g.lr[0] = lr_of(41, 5, VGIC_LR_PENDING);
    assert_int_equal(vgicc_signals(&g), VGICC_FIQ);
    assert_int_equal(rd(AIAR), 1023);
    wr(CTLR, GRP0 | GRP1);
    assert_int_equal(vgicc_signals(&g), VGICC_IRQ);
    assert_int_equal(rd(IAR), 41);
    g.lr[1] = lr_of(42, 4, VGIC_LR_PENDING) | (uint32_t)GICH_LR_Grp1;
    wr(CTLR, GRP0 | GRP1 | ACK_CTL);
    assert_int_equal(rd(IAR), 42);
}

static void senders_of_sgis(void **state)
{
    g.lr[0] = lr_of(3, 5, VGIC_LR_PENDING) | (uint32_t)REG_PUT(GICH_LR_SW, CPUID, 6);
    assert_int_equal(rd(IAR), 6 << 10 | 3);
    wr(EOIR, 3); /* another sender's: only the priority drops, and it is counted */
    assert_int_equal(lr_state(0), VGIC_LR_ACTIVE);
    assert_int_equal(REG_GET(ICH_HCR_EL2, EOIcount, g.hcr), 1);
    wr(APR0, 1);
    wr(EOIR, 6 << 10 | 3);
    assert_int_equal(lr_state(0), VGIC_LR_INVALID);
}

static void deactivation(void **state)
{
    uint32_t hw = (uint32_t)(GICH_LR_HW | REG_PUT(GICH_LR, PhysicalID, 77));

    g.lr[2] = lr_of(27, 5, VGIC_LR_PENDING) | hw;
    wr(CTLR, GRP0 | EOI_MODE);
    assert_int_equal(rd(IAR), 27);
    wr(EOIR, 27);
    assert_int_equal(lr_state(2), VGIC_LR_ACTIVE);
    assert_int_equal(pirq, VGICC_NO_PIRQ);
    assert_int_equal(rd(RPR), 0xff);
    wr(DIR, 27);
    assert_int_equal(lr_state(2), VGIC_LR_INVALID);
    assert_int_equal(pirq, 77);
    wr(DIR, 27); /* not there: counted */
    assert_int_equal(pirq, VGICC_NO_PIRQ);
    assert_int_equal(REG_GET(ICH_HCR_EL2, EOIcount, g.hcr), 1);
    wr(DIR, 1023);
    wr(EOIR, 27); /* nothing runs: not counted */
    assert_int_equal(REG_GET(ICH_HCR_EL2, EOIcount, g.hcr), 1);
    wr(CTLR, GRP0);
    wr(DIR, 27); /* EOIR does it */
    assert_int_equal(REG_GET(ICH_HCR_EL2, EOIcount, g.hcr), 1);
    g.lr[2] = lr_of(27, 5, VGIC_LR_PENDING_ACTIVE);
    assert_int_equal(rd(IAR), 1023);
    wr(APR0, 1 << 5);
    wr(EOIR, 27);
    assert_int_equal(lr_state(2), VGIC_LR_PENDING);
    for (unsigned i = 0; i < 31; i++) {
        wr(APR0, 1);
        wr(EOIR, 99);
    }
    assert_int_equal(REG_GET(ICH_HCR_EL2, EOIcount, g.hcr), 0); /* wraps */
    assert_true(g.hcr & ICH_HCR_EL2_En);
}

static void maintenance(void **state)
{
    static const struct {
        uint32_t hcr, ctlr, lr;
        bool signalled;
    } cases[] = {
        {0, GRP0, (uint32_t)GICH_LR_SW_EOI, true}, /* ended, and to be told */
        {0, GRP0, 0, false},
        {ICH_HCR_EL2_UIE, GRP0, 0, true},
        {ICH_HCR_EL2_NPIE, GRP0, 0, true},
        {ICH_HCR_EL2_NPIE, GRP0, (uint32_t)REG_PUT(GICH_LR, State, VGIC_LR_PENDING), false},
        {ICH_HCR_EL2_NPIE, GRP0, (uint32_t)REG_PUT(GICH_LR, State, VGIC_LR_ACTIVE), true},
        {ICH_HCR_EL2_LRENPIE, GRP0, 0, false},
        {(uint32_t)(ICH_HCR_EL2_LRENPIE | REG_PUT(ICH_HCR_EL2, EOIcount, 1)), GRP0, 0, true},
        {ICH_HCR_EL2_VGrp0EIE, GRP0, 0, true},
        {ICH_HCR_EL2_VGrp0EIE, GRP1, 0, false},
        {ICH_HCR_EL2_VGrp0DIE, GRP0, 0, false},
        {ICH_HCR_EL2_VGrp0DIE, GRP1, 0, true},
        {ICH_HCR_EL2_VGrp1EIE, GRP1, 0, true},
        {ICH_HCR_EL2_VGrp1EIE, GRP0, 0, false},
        {ICH_HCR_EL2_VGrp1DIE, GRP1, 0, false},
        {ICH_HCR_EL2_VGrp1DIE, GRP0, 0, true},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        g = (struct vgicc){.hcr = cases[i].hcr, .lr = {cases[i].lr}};
        wr(CTLR, cases[i].ctlr);
        assert_int_equal(vgicc_signals(&g), 0); /* off */
        g.hcr |= ICH_HCR_EL2_En;
        if ((vgicc_signals(&g) & VGICC_MAINTENANCE) != (cases[i].signalled ? VGICC_MAINTENANCE : 0))
            fail_msg("case %zu", i);
    }
}

/* ---- against the fake, which has no binary points, no underflow interrupt, and takes both groups
 * by one register */

static uint32_t random_state = 1;
static uint32_t roll(uint32_t below)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % below;
}

static void same_as_the_fake(void)
{
    const struct fake_if *f = &fake_ifs[0];

    for (unsigned i = 0; i < VGICC_LR_COUNT; i++)
        assert_int_equal(g.lr[i], f->lrs[i]);
    assert_int_equal(g.apr, f->apr);
    assert_int_equal(g.hcr, f->hcr);
    assert_int_equal(vgicc_empty_lrs(&g), fake_empty_lrs());
    assert_int_equal((vgicc_signals(&g) & VGICC_MAINTENANCE) != 0, fake_misr());
    assert_int_equal((vgicc_signals(&g) & (VGICC_IRQ | VGICC_FIQ)) != 0, fake_highest(0) >= 0);
}

static void random_list_registers(void)
{
    for (unsigned i = 0; i < VGICC_LR_COUNT; i++) {
        uint32_t lr = lr_of(32 + i * 8 + roll(8), roll(32), roll(4));
        if (roll(2))
            lr |= (uint32_t)GICH_LR_Grp1;
        if (roll(4) == 0 && REG_GET(GICH_LR, State, lr) != VGIC_LR_PENDING_ACTIVE)
            lr |= (uint32_t)(GICH_LR_HW | REG_PUT(GICH_LR, PhysicalID, 40 + i));
        else if (roll(4) == 0)
            lr |= (uint32_t)GICH_LR_SW_EOI;
        fake_ifs[0].lrs[i] = g.lr[i] = lr;
        if ((lr & GICH_LR_HW) != 0)
            fake_spi_active[40 + i] = true;
    }
}

static void one_step(void)
{
    struct fake_if *f = &fake_ifs[0];
    uint32_t lr = (uint32_t)f->lrs[roll(VGICC_LR_COUNT)];
    uint32_t intid = (uint32_t)REG_GET(GICH_LR, VirtualID, lr);

    switch (roll(4)) {
    case 0:
        random_list_registers();
        break;
    case 1:
        assert_int_equal(rd(IAR), fake_ack(0));
        break;
    case 2:
        if (f->apr == 0)
            break;
        wr(EOIR, intid);
        fake_eoi(0, intid);
        break;
    default:
        if ((f->vmcr & ICH_VMCR_EL2_VEOIM) == 0)
            break;
        wr(DIR, intid);
        fake_dir(0, intid);
        break;
    }
    /* The fake does not wrap. */
    if (REG_GET(ICH_HCR_EL2, EOIcount, f->hcr) == 31)
        f->hcr = g.hcr = ICH_HCR_EL2_En;
}

static void like_the_hardware(void **state)
{
    fake_hw = (struct vgic_hw){.version = 2, .lr_count = VGICC_LR_COUNT};
    fake_config.cpu_count = 0;
    for (unsigned round = 0; round < 200; round++) {
        struct fake_if *f = &fake_ifs[0];
        *f = (struct fake_if){.hcr = ICH_HCR_EL2_En | (roll(256) & ~(uint32_t)ICH_HCR_EL2_UIE)};
        f->vmcr = (uint32_t)(REG_PUT(ICH_VMCR_EL2, VPMR, roll(32) << 3) | roll(4) |
                             ICH_VMCR_EL2_VAckCtl | (roll(2) ? ICH_VMCR_EL2_VEOIM : 0));
        g = (struct vgicc){.hcr = f->hcr, .vmcr = f->vmcr};
        random_list_registers();
        for (unsigned step = 0; step < 50; step++) {
            same_as_the_fake();
            one_step();
        }
    }
}

#define TEST(fn) cmocka_unit_test_setup(fn, fresh)
int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(registers),   TEST(acknowledge_and_end), TEST(binary_point_masks_preemption),
        TEST(groups),      TEST(senders_of_sgis),     TEST(deactivation),
        TEST(maintenance), TEST(like_the_hardware),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
