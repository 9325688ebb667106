/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the nodes of a RISC-V guest's hardware. Must not decide addresses (rv_guest_layout.h).
 * Bindings of Linux, Documentation/devicetree/bindings: riscv/cpus.yaml, riscv/extensions.yaml,
 * interrupt-controller/riscv,cpu-intc.yaml and sifive,plic-1.0.0.yaml, timer/sifive,clint.yaml,
 * serial/8250.yaml, virtio/mmio.yaml.
 */
#include "arch/riscv/model/rv_guest_fdt.h"

#include <libfdt.h>

#include "arch/riscv/model/rv_guest_layout.h"
#include "core/vm_config.h"
#include "lib/fmt.h"

#define NODE_NAME_MAX 32
#define ISA_TEXT_MAX  1024

/* Phandle of hart N's interrupt controller. */
#define PHANDLE_HART 16u
/* The IMSICs; there are fewer harts. */
#define PHANDLE_IMSIC (PHANDLE_HART + VM_VCPU_MAX)
/* Its supervisor external interrupt; and what says that a context does not exist. */
#define EXTERNAL_S 9u
/* Of machine mode: external, software, timer. */
#define EXTERNAL_M 11u
#define SOFTWARE_M 3u
#define TIMER_M    7u
#define NO_CONTEXT 0xffffffffu
/* How an APLIC's source is wired: IRQ_TYPE_LEVEL_HIGH of the bindings. */
#define LEVEL_HIGH 4u

/* A list of strings, given with the zero bytes between them. */
#define write_strings(fdt, name, strings) fdt_property(fdt, name, strings, sizeof(strings))

/* NAME@UNIT is opened. */
static int begin_at(void *fdt, const char *name, uint64_t unit)
{
    char full[NODE_NAME_MAX];

    fmt_print(full, sizeof(full), "%s@%llx", name, (unsigned long long)unit);
    return fdt_begin_node(fdt, full);
}

static int write_reg(void *fdt, uint64_t base, uint64_t size_bytes)
{
    fdt64_t reg[2] = {cpu_to_fdt64(base), cpu_to_fdt64(size_bytes)};

    return fdt_property(fdt, "reg", reg, sizeof(reg));
}

/* What it can do, in today's way and in the one that older kernels read. */
static int write_isa(void *fdt, const struct rv_isa *isa)
{
    char text[ISA_TEXT_MAX];
    size_t length;
    int err = 0;

    if (rv_isa_string(isa, text, sizeof(text)) >= sizeof(text))
        return -FDT_ERR_NOSPACE;
    err |= fdt_property_string(fdt, "riscv,isa", text);
    length = rv_isa_list(isa, text, sizeof(text));
    err |= fdt_property_string(fdt, "riscv,isa-base", "rv64i");
    err |= fdt_property(fdt, "riscv,isa-extensions", text, (int)length);
    if (isa->cbom_bytes != 0)
        err |= fdt_property_cell(fdt, "riscv,cbom-block-size", isa->cbom_bytes);
    if (isa->cboz_bytes != 0)
        err |= fdt_property_cell(fdt, "riscv,cboz-block-size", isa->cboz_bytes);
    return err;
}

static int write_hart(void *fdt, const struct rv_fdt_params *p, uint32_t hart)
{
    int err = begin_at(fdt, "cpu", hart);

    err |= fdt_property_string(fdt, "device_type", "cpu");
    err |= fdt_property_string(fdt, "compatible", "riscv");
    err |= fdt_property_cell(fdt, "reg", hart);
    err |= fdt_property_string(fdt, "status", "okay");
    err |= write_isa(fdt, p->isa);
    if (p->mmu_type != NULL)
        err |= fdt_property_string(fdt, "mmu-type", p->mmu_type);
    err |= fdt_begin_node(fdt, "interrupt-controller");
    err |= fdt_property_string(fdt, "compatible", "riscv,cpu-intc");
    err |= fdt_property(fdt, "interrupt-controller", NULL, 0);
    err |= fdt_property_cell(fdt, "#interrupt-cells", 1);
    err |= fdt_property_cell(fdt, "phandle", PHANDLE_HART + hart);
    /* The root of the interrupt tree is its own parent: else it would inherit the PLIC, which
     * interrupts it. */
    err |= fdt_property_cell(fdt, "interrupt-parent", PHANDLE_HART + hart);
    err |= fdt_end_node(fdt);
    err |= fdt_end_node(fdt);
    return err;
}

static int write_harts(void *fdt, const struct rv_fdt_params *p, uint32_t count)
{
    int err = fdt_begin_node(fdt, "cpus");

    err |= fdt_property_cell(fdt, "#address-cells", 1);
    err |= fdt_property_cell(fdt, "#size-cells", 0);
    err |= fdt_property_cell(fdt, "timebase-frequency", p->timebase_frequency);
    for (uint32_t i = 0; i < count; i++)
        err |= write_hart(fdt, p, i);
    err |= fdt_end_node(fdt);
    return err;
}

static int write_plic(void *fdt, uint32_t hart_count, bool machine_mode)
{
    fdt32_t contexts[4 * VM_VCPU_MAX];
    int err = begin_at(fdt, "interrupt-controller", RV_GUEST_PLIC_BASE);

    for (uint32_t i = 0; i < hart_count; i++) {
        fdt32_t *pair = &contexts[4 * i];

        pair[0] = pair[2] = cpu_to_fdt32(PHANDLE_HART + i);
        pair[1] = cpu_to_fdt32(machine_mode ? EXTERNAL_M : NO_CONTEXT);
        pair[3] = cpu_to_fdt32(EXTERNAL_S);
    }
    err |= write_strings(fdt, "compatible", "sifive,plic-1.0.0\0riscv,plic0");
    err |= write_reg(fdt, RV_GUEST_PLIC_BASE, RV_GUEST_PLIC_BYTES);
    err |=
        fdt_property(fdt, "interrupts-extended", contexts, (int)(4 * hart_count * sizeof(fdt32_t)));
    err |= fdt_property_cell(fdt, "riscv,ndev", RV_GUEST_PLIC_LAST_SOURCE);
    err |= fdt_property(fdt, "interrupt-controller", NULL, 0);
    err |= fdt_property_cell(fdt, "#interrupt-cells", 1);
    err |= fdt_property_cell(fdt, "#address-cells", 0);
    err |= fdt_property_cell(fdt, "phandle", GUEST_FDT_PHANDLE_IRQ);
    err |= fdt_end_node(fdt);
    return err;
}

/* An IMSIC's page for each hart, and the APLIC that sends what wires carry to them. */
static int write_imsics(void *fdt, const struct rv_fdt_params *p, uint32_t hart_count)
{
    fdt32_t harts[2 * VM_VCPU_MAX];
    int err = begin_at(fdt, "imsics", RV_GUEST_IMSIC_BASE);

    for (uint32_t i = 0; i < hart_count; i++) {
        harts[2 * i] = cpu_to_fdt32(PHANDLE_HART + i);
        harts[2 * i + 1] = cpu_to_fdt32(EXTERNAL_S);
    }
    err |= write_strings(fdt, "compatible", "qemu,imsics\0riscv,imsics");
    err |= write_reg(fdt, RV_GUEST_IMSIC_BASE, hart_count * PAGE_SIZE);
    err |= fdt_property(fdt, "interrupts-extended", harts, (int)(2 * hart_count * sizeof(fdt32_t)));
    err |= fdt_property(fdt, "interrupt-controller", NULL, 0);
    err |= fdt_property_cell(fdt, "#interrupt-cells", 0);
    err |= fdt_property(fdt, "msi-controller", NULL, 0);
    err |= fdt_property_cell(fdt, "#msi-cells", 0);
    err |= fdt_property_cell(fdt, "riscv,num-ids", p->message_count);
    err |= fdt_property_cell(fdt, "phandle", PHANDLE_IMSIC);
    err |= fdt_end_node(fdt);

    err |= begin_at(fdt, "interrupt-controller", RV_GUEST_APLIC_BASE);
    err |= write_strings(fdt, "compatible", "qemu,aplic\0riscv,aplic");
    err |= write_reg(fdt, RV_GUEST_APLIC_BASE, RV_GUEST_APLIC_BYTES);
    err |= fdt_property_cell(fdt, "msi-parent", PHANDLE_IMSIC);
    err |= fdt_property_cell(fdt, "riscv,num-sources", RV_GUEST_APLIC_LAST_SOURCE);
    err |= fdt_property(fdt, "interrupt-controller", NULL, 0);
    err |= fdt_property_cell(fdt, "#interrupt-cells", 2);
    err |= fdt_property_cell(fdt, "#address-cells", 0);
    err |= fdt_property_cell(fdt, "phandle", GUEST_FDT_PHANDLE_IRQ);
    err |= fdt_end_node(fdt);
    return err;
}

/* A level of SOURCE. */
static int write_interrupt(void *fdt, const struct rv_fdt_params *p, uint32_t source)
{
    fdt32_t cells[2] = {cpu_to_fdt32(source), cpu_to_fdt32(LEVEL_HIGH)};

    return fdt_property(fdt, "interrupts", cells, p->message_count != 0 ? 8 : 4);
}

static int write_uart(void *fdt, const struct rv_fdt_params *p)
{
    char path[NODE_NAME_MAX];
    int err = begin_at(fdt, "serial", RV_GUEST_UART_BASE);

    err |= fdt_property_string(fdt, "compatible", "ns16550a");
    err |= write_reg(fdt, RV_GUEST_UART_BASE, RV_GUEST_UART_BYTES);
    err |= write_interrupt(fdt, p, RV_GUEST_UART_SOURCE);
    err |= fdt_property_cell(fdt, "clock-frequency", RV_GUEST_UART_CLOCK_HZ);
    err |= fdt_end_node(fdt);

    fmt_print(path, sizeof(path), "/serial@%llx", (unsigned long long)RV_GUEST_UART_BASE);
    err |= fdt_begin_node(fdt, "aliases");
    err |= fdt_property_string(fdt, GUEST_FDT_UART_ALIAS, path);
    err |= fdt_end_node(fdt);
    return err;
}

static int write_disk(void *fdt, const struct rv_fdt_params *p)
{
    int err = begin_at(fdt, "virtio_mmio", RV_GUEST_DISK_BASE);

    err |= fdt_property_string(fdt, "compatible", "virtio,mmio");
    err |= write_reg(fdt, RV_GUEST_DISK_BASE, KIB(4));
    err |= write_interrupt(fdt, p, RV_GUEST_DISK_SOURCE);
    err |= fdt_end_node(fdt);
    return err;
}

static int write_clint(void *fdt, uint32_t hart_count)
{
    fdt32_t lines[4 * VM_VCPU_MAX];
    int err = begin_at(fdt, "clint", RV_GUEST_CLINT_BASE);

    for (uint32_t i = 0; i < hart_count; i++) {
        fdt32_t *pair = &lines[4 * i];

        pair[0] = pair[2] = cpu_to_fdt32(PHANDLE_HART + i);
        pair[1] = cpu_to_fdt32(SOFTWARE_M);
        pair[3] = cpu_to_fdt32(TIMER_M);
    }
    err |= write_strings(fdt, "compatible", "sifive,clint0\0riscv,clint0");
    err |= write_reg(fdt, RV_GUEST_CLINT_BASE, RV_GUEST_CLINT_BYTES);
    err |= fdt_property(fdt, "interrupts-extended", lines, (int)(4 * hart_count * sizeof(fdt32_t)));
    err |= fdt_end_node(fdt);
    return err;
}

static int write_finisher(void *fdt)
{
    int err = begin_at(fdt, "test", RV_GUEST_FINISHER_BASE);

    err |= write_strings(fdt, "compatible", "sifive,test1\0sifive,test0\0syscon");
    err |= write_reg(fdt, RV_GUEST_FINISHER_BASE, RV_GUEST_FINISHER_BYTES);
    err |= fdt_end_node(fdt);
    return err;
}

int rv_guest_fdt(void *fdt, const struct rv_fdt_params *p, const struct guest_fdt_params *params)
{
    int err = write_harts(fdt, p, params->cpu_count);

    if (p->message_count != 0)
        err |= write_imsics(fdt, p, params->cpu_count);
    else
        err |= write_plic(fdt, params->cpu_count, params->machine_mode);
    if (params->machine_mode)
        err |= write_clint(fdt, params->cpu_count) | write_finisher(fdt);
    if (params->uart)
        err |= write_uart(fdt, p);
    if (params->disk)
        err |= write_disk(fdt, p);
    return err;
}
