/* SPDX-License-Identifier: Apache-2.0 */
/* From the device tree to struct machine. Every address a guest uses comes from here. */
#include "guest/lib/machine.h"

#include "guest/lib/fdt.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/text.h"

#define FDT_BYTES_MAX MIB(2)

enum { INTERRUPT_CELLS = 3, INTERRUPT_SPI = 0, INTID_PPI_FIRST = 16, INTID_SPI_FIRST = 32 };
/* Places in the timer node's `interrupts`: secure, non-secure, virtual, hypervisor. */
enum { TIMER_PHYS = 1, TIMER_VIRT = 2 };

struct machine machine;

static uint32_t cells_of(const struct fdt *fdt, uint32_t node, const char *name, uint32_t fallback)
{
    uint32_t bytes;
    const uint8_t *value = fdt_property(fdt, node, name, &bytes);
    return value != NULL && bytes == 4 ? (uint32_t)fdt_cells(value, 1) : fallback;
}

/* The INDEX-th range of `reg` of NODE, a child of the root. */
static bool reg_read(const struct fdt *fdt, uint32_t node, uint32_t index, struct range *range)
{
    uint32_t bytes;
    uint32_t address_cells = cells_of(fdt, FDT_ROOT, "#address-cells", 2);
    uint32_t size_cells = cells_of(fdt, FDT_ROOT, "#size-cells", 1);
    uint32_t stride = (address_cells + size_cells) * 4;
    const uint8_t *reg = fdt_property(fdt, node, "reg", &bytes);

    if (reg == NULL || address_cells - 1 > 1 || size_cells - 1 > 1 || bytes / stride <= index)
        return false;
    reg += index * stride;
    range->base = fdt_cells(reg, address_cells);
    range->bytes = fdt_cells(reg + address_cells * 4, size_cells);
    return true;
}

static uint32_t interrupt_read(const struct fdt *fdt, uint32_t node, uint32_t index)
{
    uint32_t bytes;
    const uint8_t *list = fdt_property(fdt, node, "interrupts", &bytes);

    if (list == NULL || bytes < (index + 1) * INTERRUPT_CELLS * 4)
        return 0;
    list += index * INTERRUPT_CELLS * 4;
    uint32_t number = (uint32_t)fdt_cells(list + 4, 1);
    return number + (fdt_cells(list, 1) == INTERRUPT_SPI ? INTID_SPI_FIRST : INTID_PPI_FIRST);
}

static void read_memory(const struct fdt *fdt)
{
    int depth = 0;

    for (uint32_t node = FDT_ROOT; node != FDT_NONE; node = fdt_next_node(fdt, node, &depth)) {
        uint32_t bytes;
        const uint8_t *type = fdt_property(fdt, node, "device_type", &bytes);
        if (depth != 1 || type == NULL || bytes != sizeof("memory") ||
            !text_equal((const char *)type, "memory"))
            continue;
        for (uint32_t i = 0; machine.bank_count < MACHINE_BANK_MAX; i++) {
            if (!reg_read(fdt, node, i, &machine.banks[machine.bank_count]))
                break;
            machine.bank_count++;
        }
    }
}

static void read_cpus(const struct fdt *fdt)
{
    int depth = 1;
    uint32_t parent = fdt_find_child(fdt, "cpus");
    uint32_t cells = cells_of(fdt, parent, "#address-cells", 1);

    if (parent == FDT_NONE)
        return;
    for (uint32_t node = fdt_next_node(fdt, parent, &depth); node != FDT_NONE && depth > 1;
         node = fdt_next_node(fdt, node, &depth)) {
        uint32_t bytes;
        const uint8_t *reg = fdt_property(fdt, node, "reg", &bytes);
        if (depth != 2 || reg == NULL || bytes != cells * 4 || machine.cpu_count == GUEST_CPU_MAX ||
            text_after(fdt_node_name(fdt, node), "cpu@") == NULL)
            continue;
        machine.cpus[machine.cpu_count++] = fdt_cells(reg, cells);
    }
}

static void read_gic(const struct fdt *fdt)
{
    static const char *const v2_names[] = {"arm,cortex-a15-gic", "arm,gic-400",
                                           "arm,cortex-a9-gic"};
    struct range range;
    uint32_t node = fdt_find_compatible(fdt, "arm,gic-v3");

    if (node != FDT_NONE) {
        machine.gic_version = 3;
    } else {
        for (unsigned i = 0; i < ARRAY_SIZE(v2_names) && node == FDT_NONE; i++)
            node = fdt_find_compatible(fdt, v2_names[i]);
        machine.gic_version = node != FDT_NONE ? 2 : 0;
    }
    if (reg_read(fdt, node, 0, &range))
        machine.gicd = range.base;
    if (reg_read(fdt, node, 1, &range)) {
        machine.gicr = machine.gic_version == 3 ? range.base : 0;
        machine.gicc = machine.gic_version == 2 ? range.base : 0;
    }
}

static void read_chosen(const struct fdt *fdt)
{
    uint32_t bytes, end_bytes;
    uint32_t node = fdt_find_child(fdt, "chosen");
    const uint8_t *value = fdt_property(fdt, node, "bootargs", &bytes);

    if (value != NULL) {
        for (uint32_t i = 0; i < MIN(bytes, MACHINE_BOOTARGS_MAX - 1u); i++)
            machine.bootargs[i] = (char)value[i];
    }
    value = fdt_property(fdt, node, "linux,initrd-start", &bytes);
    const uint8_t *end = fdt_property(fdt, node, "linux,initrd-end", &end_bytes);
    if (value != NULL && end != NULL && bytes - 1 < 8 && end_bytes - 1 < 8) {
        machine.initrd.base = fdt_cells(value, bytes / 4);
        machine.initrd.bytes = fdt_cells(end, end_bytes / 4) - machine.initrd.base;
    }
}

bool machine_read(const void *blob)
{
    struct fdt fdt;
    struct range range;
    uint32_t node, bytes;

    machine.image = (struct range){(uint64_t)image_start, (uint64_t)(image_end - image_start)};
    if (!fdt_open(&fdt, blob, FDT_BYTES_MAX))
        return false;
    machine.fdt = (struct range){(uint64_t)blob, fdt.total_bytes};
    machine.is_vm = fdt_find_child(&fdt, "hypervisor") != FDT_NONE ||
                    fdt_is_compatible(&fdt, FDT_ROOT, "trapeze,vm");
    node = fdt_find_compatible(&fdt, "arm,pl011");
    if (node == FDT_NONE)
        node = fdt_find_compatible(&fdt, "arm,sbsa-uart");
    if (reg_read(&fdt, node, 0, &range)) {
        machine.uart = range.base;
        machine.uart_intid = interrupt_read(&fdt, node, 0);
    }
    node = fdt_find_compatible(&fdt, "arm,armv8-timer");
    machine.timer_phys_intid = interrupt_read(&fdt, node, TIMER_PHYS);
    machine.timer_virt_intid = interrupt_read(&fdt, node, TIMER_VIRT);
    const uint8_t *method = fdt_property(&fdt, fdt_find_child(&fdt, "psci"), "method", &bytes);
    machine.psci_by_smc = method != NULL && bytes == 4 && text_equal((const char *)method, "smc");
    read_memory(&fdt);
    read_cpus(&fdt);
    read_gic(&fdt);
    read_chosen(&fdt);
    return true;
}
