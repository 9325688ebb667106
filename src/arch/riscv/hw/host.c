/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/riscv/hw/host.h"

#include "arch/boot.h"
#include "arch/riscv/hw/hs.h"
#include "arch/riscv/hw/smode.h"
#include "core/board.h"
#include "core/dtb.h"
#include "lib/bits.h"
#include "lib/log.h"
#include "lib/string.h"

struct rv_host rv_host __section(".sealed");

static bool is_hart(const void *fdt, int node)
{
    const char *type = dtb_property(fdt, node, "device_type", NULL);

    return type != NULL && strcmp(type, "cpu") == 0;
}

int host_cpu_node(const void *fdt, uint64_t hartid)
{
    int cpus = dtb_find(fdt, "/cpus"), node, length;
    uint32_t cells = dtb_cell_or(fdt, cpus, "#address-cells", 2);

    if (cpus < 0)
        return cpus;
    dtb_for_each_child(node, fdt, cpus)
    {
        const void *reg = dtb_property(fdt, node, "reg", &length);

        if (!is_hart(fdt, node) || reg == NULL || cells > 2 || (uint32_t)length < cells * 4)
            continue;
        if (dtb_cells(reg, cells) == hartid)
            return node;
    }
    return DTB_NONE;
}

/* Guests run on any hart, so they get what all have. */
static void read_isa(const void *fdt)
{
    int cpus = dtb_find(fdt, "/cpus"), node;
    bool first = true;

    dtb_for_each_child(node, fdt, cpus)
    {
        const char *status = dtb_property(fdt, node, "status", NULL);
        struct rv_isa isa;

        if (!is_hart(fdt, node) || (status != NULL && strcmp(status, "okay") != 0))
            continue;
        rv_isa_read(fdt, node, &isa);
        if (first)
            rv_host.isa = isa;
        else
            rv_isa_meet(&rv_host.isa, &isa);
        first = false;
    }
}

const char *host_init(const void *fdt)
{
    int cpus = dtb_find(fdt, "/cpus");
    int self = host_cpu_node(fdt, boot_arch_cpu_id());

    if (cpus < 0 || self < 0)
        return "the device tree has no /cpus, or no node for the hart we run on";
    read_isa(fdt);
    rv_host.mmu_type = dtb_property(fdt, self, "mmu-type", NULL);
    rv_host.timebase_hz = dtb_cell_or(fdt, cpus, "timebase-frequency", 0);
    if (rv_host.timebase_hz == 0)
        rv_host.timebase_hz = dtb_cell_or(fdt, self, "timebase-frequency", 0);
    if (rv_host.timebase_hz < 1000)
        return "/cpus has no timebase-frequency: the counter's rate is not known";
    rv_isa_for_guests(&rv_host.isa, &rv_host.guest_isa);
    rv_host.h = rv_isa_has(&rv_host.isa, RV_EXT_h);
    if (rv_host.h) {
        const char *why = hs_init(&rv_host);

        if (why != NULL)
            return why;
    } else {
        log_info("no H extension: guests run by trap-and-emulate");
        rv_host.sstc = rv_isa_has(&rv_host.isa, RV_EXT_sstc);
        /* Then the VM's table is only looked up, by us. */
        rv_host.s2_mode = RV_MODE_SV39;
        rv_host.vmid_count = (uint32_t)bit64(HGATP_VMID_WIDTH);
    }
    return smode_init(&rv_host);
}
