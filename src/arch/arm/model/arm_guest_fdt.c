/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the nodes of an Arm guest's hardware. Must not decide addresses (arm_guest_layout.h).
 * Bindings of Linux, Documentation/devicetree/bindings: arm/cpus.yaml, arm/psci.yaml,
 * timer/arm,arch_timer.yaml, interrupt-controller/arm,gic.yaml and arm,gic-v3.yaml,
 * serial/pl011.yaml, virtio/mmio.yaml.
 */
#include "arch/arm/model/arm_guest_fdt.h"
#include "arch/arm/model/arm_guest_layout.h"
#include "lib/bits.h"
#include "lib/fmt.h"

#include <libfdt.h>

#define NODE_NAME_MAX 32

/* The three cells of an interrupt: kind, number within the kind, flags. */
enum { GIC_SPI = 0, GIC_PPI = 1 };
#define FIRST_PPI_INTID 16u
#define FIRST_SPI_INTID 32u
/* Flags: trigger in bits 3:0; with a GICv2, bits 15:8 of a PPI are its CPUs. */
#define IRQ_LEVEL_HIGH 4u
#define IRQ_LEVEL_LOW  8u
#define PPI_CPUS_SHIFT 8u

static int write_cells(void *fdt, const char *name, const uint32_t *cells, uint32_t count)
{
    void *value;
    int err = fdt_property_placeholder(fdt, name, (int)(count * sizeof(uint32_t)), &value);

    for (uint32_t i = 0; err == 0 && i < count; i++)
        fdt32_st((uint8_t *)value + i * sizeof(uint32_t), cells[i]);
    return err;
}

/* Addresses and sizes of COUNT ranges, two cells each. */
static int write_reg(void *fdt, const uint64_t *values, uint32_t count)
{
    void *reg;
    int err = fdt_property_placeholder(fdt, "reg", (int)(count * sizeof(uint64_t)), &reg);

    for (uint32_t i = 0; err == 0 && i < count; i++)
        fdt64_st((uint8_t *)reg + i * sizeof(uint64_t), values[i]);
    return err;
}

/* A list of strings, given with the zero bytes between them. */
#define write_strings(fdt, name, strings) fdt_property(fdt, name, strings, sizeof(strings))

/* NAME@UNIT is opened. */
static int begin_at(void *fdt, const char *name, uint64_t unit)
{
    char full[NODE_NAME_MAX];

    fmt_print(full, sizeof(full), "%s@%llx", name, (unsigned long long)unit);
    return fdt_begin_node(fdt, full);
}

static int write_cpus(void *fdt, const struct arm_fdt_params *p, uint32_t count)
{
    int err = 0;

    err |= fdt_begin_node(fdt, "cpus");
    /* One cell: 32-bit guests read no other, and Aff3 is not used. */
    err |= fdt_property_cell(fdt, "#address-cells", 1);
    err |= fdt_property_cell(fdt, "#size-cells", 0);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t mpidr = p->mpidrs != NULL ? p->mpidrs[i] : i;

        err |= begin_at(fdt, "cpu", mpidr);
        err |= fdt_property_string(fdt, "device_type", "cpu");
        err |= fdt_property_string(fdt, "compatible", p->cpu_compatible);
        err |= fdt_property_string(fdt, "enable-method", "psci");
        err |= fdt_property_cell(fdt, "reg", (uint32_t)mpidr);
        err |= fdt_end_node(fdt);
    }
    err |= fdt_end_node(fdt);
    return err;
}

static int write_psci(void *fdt)
{
    int err = 0;

    err |= fdt_begin_node(fdt, "psci");
    err |= write_strings(fdt, "compatible", "arm,psci-1.0\0arm,psci-0.2");
    err |= fdt_property_string(fdt, "method", "hvc");
    err |= fdt_end_node(fdt);
    return err;
}

static int write_timer(void *fdt, const struct arm_fdt_params *p, uint32_t cpu_count)
{
    /* In the binding's order. */
    static const uint32_t intids[] = {
        ARM_GUEST_TIMER_SECURE_INTID,
        ARM_GUEST_TIMER_NONSECURE_INTID,
        ARM_GUEST_TIMER_VIRTUAL_INTID,
        ARM_GUEST_TIMER_HYP_INTID,
    };
    uint32_t flags = IRQ_LEVEL_LOW;
    uint32_t cells[3 * ARRAY_SIZE(intids)];
    int err = 0;

    if (p->gic_version == 2)
        flags |= (uint32_t)low_bits(cpu_count) << PPI_CPUS_SHIFT;
    for (size_t i = 0; i < ARRAY_SIZE(intids); i++) {
        cells[3 * i] = GIC_PPI;
        cells[3 * i + 1] = intids[i] - FIRST_PPI_INTID;
        cells[3 * i + 2] = flags;
    }
    err |= fdt_begin_node(fdt, "timer");
    err |= fdt_property_string(fdt, "compatible", p->timer_compatible);
    err |= write_cells(fdt, "interrupts", cells, ARRAY_SIZE(cells));
    /* The timer wakes the vCPU from any sleep: Linux needs no broadcast timer. */
    err |= fdt_property(fdt, "always-on", NULL, 0);
    err |= fdt_end_node(fdt);
    return err;
}

static int write_gic(void *fdt, const struct arm_fdt_params *p, uint32_t cpu_count)
{
    const uint64_t v2[] = {ARM_GUEST_GICV2_GICD_BASE, ARM_GUEST_GICV2_GICD_BYTES,
                           ARM_GUEST_GICC_BASE, ARM_GUEST_GICC_BYTES};
    const uint64_t v3[] = {ARM_GUEST_GICV3_GICD_BASE, ARM_GUEST_GICV3_GICD_BYTES,
                           ARM_GUEST_GICR_BASE, cpu_count * ARM_GUEST_GICR_BYTES};
    int err = 0;

    if (p->gic_version == 2) {
        err |= begin_at(fdt, "interrupt-controller", ARM_GUEST_GICV2_GICD_BASE);
        err |= write_strings(fdt, "compatible", "arm,gic-400\0arm,cortex-a15-gic");
        err |= write_reg(fdt, v2, ARRAY_SIZE(v2));
    } else {
        err |= begin_at(fdt, "interrupt-controller", ARM_GUEST_GICV3_GICD_BASE);
        err |= fdt_property_string(fdt, "compatible", "arm,gic-v3");
        err |= write_reg(fdt, v3, ARRAY_SIZE(v3));
    }
    err |= fdt_property(fdt, "interrupt-controller", NULL, 0);
    err |= fdt_property_cell(fdt, "#interrupt-cells", 3);
    err |= fdt_property_cell(fdt, "#address-cells", 0);
    err |= fdt_property_cell(fdt, "phandle", GUEST_FDT_PHANDLE_IRQ);
    err |= fdt_end_node(fdt);
    return err;
}

/* The UART's clock as well: Linux's PL011 driver sets no baud rate without, U-Boot's neither. */
static int write_uart(void *fdt)
{
    const uint64_t reg[] = {ARM_GUEST_UART_BASE, ARM_GUEST_UART_BYTES};
    const uint32_t interrupt[] = {GIC_SPI, ARM_GUEST_UART_INTID - FIRST_SPI_INTID, IRQ_LEVEL_HIGH};
    const uint32_t clocks[] = {GUEST_FDT_PHANDLE_CLOCK, GUEST_FDT_PHANDLE_CLOCK};
    char path[NODE_NAME_MAX];
    int err = 0;

    err |= fdt_begin_node(fdt, "apb-pclk");
    err |= fdt_property_string(fdt, "compatible", "fixed-clock");
    err |= fdt_property_cell(fdt, "#clock-cells", 0);
    err |= fdt_property_cell(fdt, "clock-frequency", ARM_GUEST_UART_CLOCK_HZ);
    err |= fdt_property_string(fdt, "clock-output-names", "clk24mhz");
    err |= fdt_property_cell(fdt, "phandle", GUEST_FDT_PHANDLE_CLOCK);
    err |= fdt_end_node(fdt);

    err |= begin_at(fdt, "serial", ARM_GUEST_UART_BASE);
    err |= write_strings(fdt, "compatible", "arm,pl011\0arm,primecell");
    err |= write_reg(fdt, reg, ARRAY_SIZE(reg));
    err |= write_cells(fdt, "interrupts", interrupt, ARRAY_SIZE(interrupt));
    err |= write_cells(fdt, "clocks", clocks, ARRAY_SIZE(clocks));
    err |= write_strings(fdt, "clock-names", "uartclk\0apb_pclk");
    err |= fdt_property_cell(fdt, "current-speed", 115200);
    err |= fdt_end_node(fdt);

    fmt_print(path, sizeof(path), "/serial@%llx", (unsigned long long)ARM_GUEST_UART_BASE);
    err |= fdt_begin_node(fdt, "aliases");
    err |= fdt_property_string(fdt, GUEST_FDT_UART_ALIAS, path);
    err |= fdt_end_node(fdt);
    return err;
}

static int write_disk(void *fdt)
{
    const uint64_t reg[] = {ARM_GUEST_DISK_BASE, KIB(4)};
    const uint32_t interrupt[] = {GIC_SPI, ARM_GUEST_DISK_INTID - FIRST_SPI_INTID, IRQ_LEVEL_HIGH};
    int err = 0;

    err |= begin_at(fdt, "virtio_mmio", ARM_GUEST_DISK_BASE);
    err |= fdt_property_string(fdt, "compatible", "virtio,mmio");
    err |= write_reg(fdt, reg, ARRAY_SIZE(reg));
    err |= write_cells(fdt, "interrupts", interrupt, ARRAY_SIZE(interrupt));
    err |= fdt_property(fdt, "dma-coherent", NULL, 0);
    err |= fdt_end_node(fdt);
    return err;
}

int arm_guest_fdt(void *fdt, const struct arm_fdt_params *p, const struct guest_fdt_params *params)
{
    int err = 0;

    err |= write_cpus(fdt, p, params->cpu_count);
    err |= write_psci(fdt);
    err |= write_timer(fdt, p, params->cpu_count);
    err |= write_gic(fdt, p, params->cpu_count);
    if (params->uart)
        err |= write_uart(fdt);
    if (params->disk)
        err |= write_disk(fdt);
    return err;
}
