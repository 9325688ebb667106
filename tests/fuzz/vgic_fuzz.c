/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every register of the vGIC, v2 and v3, at any offset and width, by vCPUs that come and go on two
 * CPUs, while the guest's side of the CPU interface does anything. The fake hardware
 * (tests/unit/vgic_fake.h) objects to what the architecture forbids; the vGIC's memory is a heap
 * block of its own.
 */
#include "tests/fuzz/input.h"
#include "tests/unit/vgic_fake.h"

#define TIMER 27u
#define STEPS 300

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void access_register(struct input *in, unsigned pcpu)
{
    uint8_t how = input_u8(in);
    struct mmio_access m = {
        .offset = input_bytes(in, 2),
        .value = input_value(in),
        .size_bytes = (uint8_t)(1u << (how & 3)),
        .write = how & 4,
    };
    enum fake_device device = !fake_v2() && (how & 8) ? FAKE_GICR : FAKE_GICD;

    if (fake_ifs[pcpu].loaded == NULL)
        return;
    if (fake_v2())
        m.offset %= KIB(4);
    if (device == FAKE_GICR)
        m.offset = (m.offset + (uint64_t)(how >> 4) * KIB(64)) % (fake_config.cpu_count * KIB(128));
    if (how & 0x20) /* where registers are */
        m.offset &= ~3ULL;
    m.value &= low_bits(m.size_bytes * 8u);
    if (fake_access(pcpu, device, &m) && !m.write)
        assert_int_equal(m.value & ~low_bits(m.size_bytes * 8u), 0);
}

static void change_load(struct input *in, unsigned pcpu)
{
    uint32_t cpu = input_below(in, fake_config.cpu_count);

    fake_settle();
    if (fake_ifs[pcpu].loaded != NULL)
        fake_save(pcpu);
    for (unsigned n = 0; n < FAKE_CPUS; n++)
        if (fake_ifs[n].loaded == vgic_cpu_of(fake_vgic, cpu))
            return;
    fake_load(pcpu, cpu);
}

static void guest(struct input *in, unsigned pcpu)
{
    static uint32_t taken[FAKE_CPUS];
    struct fake_if *f = &fake_ifs[pcpu];

    if (f->loaded == NULL)
        return;
    switch (input_below(in, 8)) {
    case 0:
        f->vmcr = (uint32_t)input_bytes(in, 4);
        break;
    case 1:
        f->vmcr =
            (uint32_t)(ICH_VMCR_EL2_VENG0 | ICH_VMCR_EL2_VENG1 | REG_PUT(ICH_VMCR_EL2, VPMR, 0xf8));
        break;
    case 2:
        fake_here = pcpu;
        fake_dir(pcpu, input_below(in, 128));
        break;
    case 3:
        fake_here = pcpu;
        vgic_deactivate(f->loaded, (uint32_t)input_bytes(in, 2));
        break;
    case 4:
        fake_here = pcpu;
        if (!fake_v2())
            vgic_sgi1r(f->loaded, input_bytes(in, 8), input_u8(in) & 1);
        break;
    case 5:
        if (f->apr != 0)
            fake_eoi(pcpu, taken[pcpu]);
        break;
    default:
        taken[pcpu] = fake_ack(pcpu);
    }
}

static void machine(struct input *in, unsigned pcpu)
{
    uint8_t what = input_u8(in);
    struct fake_if *f = &fake_ifs[pcpu];
    uint32_t spis = fake_config.spi_count == 0 ? 0 : 32 * ((fake_config.spi_count + 31) / 32);
    uint32_t intid = 16 + input_u8(in) % (16 + spis);

    fake_here = pcpu;
    if (what < 0x80) {
        if (intid != TIMER)
            vgic_set_level(fake_vgic, what % fake_config.cpu_count, intid, what & 0x40);
    } else if (what < 0xc0) {
        if (f->loaded != NULL && !f->phys_active[TIMER]) {
            f->phys_active[TIMER] = true;
            vgic_hw_fired(f->loaded, TIMER);
        }
    } else {
        struct vgic_cpu *cpu = vgic_cpu_of(fake_vgic, what % fake_config.cpu_count);
        if (fake_ifs[!pcpu].loaded != cpu) /* here or nowhere */
            (void)vgic_pending(cpu);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t lr_counts[] = {4, 1, 2, 16};
    static const uint16_t spi_counts[] = {0, 32, 33, 960, 988};
    struct input in = {data, size};
    uint8_t how = input_u8(&in);

    fake_new((uint8_t)(2 + (how & 1)), 1 + (how >> 1 & 7), lr_counts[how >> 4 & 3],
             INPUT_PICK(&in, spi_counts));
    for (uint32_t cpu = 0; cpu < fake_config.cpu_count; cpu++)
        vgic_map_hw(fake_vgic, cpu, TIMER, TIMER);
    for (unsigned n = 0; n < STEPS && in.left != 0; n++) {
        uint8_t what = input_u8(&in);
        unsigned pcpu = what & 1;

        if (what < 0x90)
            access_register(&in, pcpu);
        else if (what < 0xd0)
            guest(&in, pcpu);
        else if (what < 0xf0)
            machine(&in, pcpu);
        else
            change_load(&in, pcpu);
        for (unsigned k = 0; k < FAKE_CPUS; k++)
            fake_check_lrs(&fake_ifs[k]);
        if (what & 2)
            fake_settle();
    }
    for (unsigned pcpu = 0; pcpu < FAKE_CPUS; pcpu++)
        if (fake_ifs[pcpu].loaded != NULL)
            fake_save(pcpu);
    vgic_reset(fake_vgic);
    return 0;
}
