/* SPDX-License-Identifier: Apache-2.0 */
/* The architecture's steps of bring-up (arch/boot.h), and the first C at the linked address. */
#include "arch/boot.h"

#include "arch/arch.h"
#include "arch/riscv/hw/cpu.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/host.h"
#include "arch/riscv/hw/intc.h"
#include "arch/riscv/hw/layout.h"
#include "arch/riscv/hw/mm.h"
#include "arch/riscv/hw/sbi.h"
#include "arch/riscv/hw/smode.h"
#include "arch/riscv/model/rv_csr_rows.h"
#include "arch/riscv/model/rv_priv.h"
#include "core/dtb.h"
#include "core/irq.h"

void rv_boot_main(uint64_t hartid, uint64_t fdt, uint64_t image) __noreturn;

/* Until the real ones exist: faults on the way print their last words on the boot stack. */
static struct pcpu early_pcpu;
extern char boot_stack_top[];
static uint64_t boot_hartid __section(".sealed");

void rv_boot_main(uint64_t hartid, uint64_t fdt, uint64_t image)
{
    struct boot_info info = {
        .fdt_hpa = HPA(fdt),
        .image = HPA(image),
        .image_bytes = (uint64_t)(image_end - image_start),
    };

    boot_hartid = hartid;
    early_pcpu.arch.emergency_stack_top = (uint64_t)boot_stack_top;
    early_pcpu.arch.stack_top = (uint64_t)boot_stack_top;
    cpu_init_early(&early_pcpu);
    info.fdt = mm_init(info.image, info.fdt_hpa);
    boot_main(&info);
}

void boot_arch_memory(const struct board *board)
{
    mm_map_memory(board);
}

const char *boot_arch_devices(const void *fdt)
{
    const char *why = sbi_init();

    if (why == NULL)
        why = host_init(fdt);
    return why != NULL ? why : intc_init(fdt);
}

enum err boot_arch_cpu(struct pcpu *pcpu, uint64_t cpu_id)
{
    pcpu->arch.hartid = cpu_id;
    pcpu->arch.intc_hart = intc_hart(cpu_id);
    if (smode_init_pcpu(pcpu) != ERR_NONE)
        return ERR_NO_MEMORY;
    return mm_map_stacks(pcpu);
}

void boot_arch_cpu_self(struct pcpu *pcpu)
{
    cpu_init_early(pcpu);
    cpu_init(pcpu);
}

uint64_t boot_arch_cpu_id(void)
{
    return boot_hartid;
}

void boot_arch_models(void)
{
    rv_csr_init();
    rv_priv_init();
}

void boot_arch_seal(void)
{
    mm_seal();
}

uint32_t boot_fdt_irq(const void *fdt, int node)
{
    int length;
    const void *cells = dtb_property(fdt, node, "interrupts", &length);

    /* A PLIC's one cell, an APLIC's first: the source. */
    return cells == NULL || length < 4 ? IRQ_MAX : dtb_cell(cells, 0);
}

uint64_t boot_arch_entropy(void)
{
    return csr_read(time);
}
