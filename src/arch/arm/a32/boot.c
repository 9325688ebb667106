/* SPDX-License-Identifier: Apache-2.0 */
/* The architecture's steps of bring-up (arch/boot.h), and the first C at the linked address. */
#include <libfdt.h>

#include "arch/arch.h"
#include "arch/arm/a32/cpu.h"
#include "arch/arm/a32/layout.h"
#include "arch/arm/a32/mm.h"
#include "arch/arm/a32/sysreg.h"
#include "arch/arm/hw/firmware.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/hw/gtimer.h"
#include "arch/arm/model/a32_id.h"
#include "arch/arm/model/a32_regs.h"
#include "arch/arm/model/a32_sysreg.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/boot.h"
#include "core/console.h"
#include "core/frame.h"
#include "core/irq.h"
#include "lib/log.h"

void a32_boot_main(uint32_t fdt, uint32_t image, uint32_t mode) __noreturn;

/* Until the real ones exist: faults on the way print their last words on the boot stack. */
static struct pcpu early_pcpu;
extern char boot_stack_top[];

/* Hyp mode is out of reach. Say so where a user looks, and stop. */
static void __noreturn refuse(const void *fdt)
{
    boot_console(fdt);
    log_error("Trapeze was not entered in Hyp mode, which a hypervisor needs.");
    if (REG_GET(ID_PFR1, Virtualization, sysreg_read(ID_PFR1)) == 0)
        log_error("This CPU has no Virtualization Extensions, or they are off. Cortex-A7, A12, A15 "
                  "and A17 have them. On QEMU: -machine virt,virtualization=on -cpu cortex-a15.");
    else
        log_error(
            "On QEMU: -machine virt,virtualization=on. With U-Boot or other firmware: have it "
            "start the image in Hyp mode; check that nothing else (Xen, KVM) runs below.");
    console_flush_polled();
    arch_cpu_stop();
}

void a32_boot_main(uint32_t fdt, uint32_t image, uint32_t mode)
{
    struct boot_info info = {
        .fdt_hpa = HPA(fdt),
        .image = HPA(image),
        .image_bytes = (uint64_t)(image_end - image_start),
    };

    if (mode != A32_MODE_HYP) {
        mm_init_refused(info.image);
        refuse((const void *)(uintptr_t)(FDT_VA + fdt % (uint32_t)MIB(2)));
    }
    early_pcpu.arch.emergency_stack_top = (uintptr_t)boot_stack_top;
    early_pcpu.arch.stack_top = (uintptr_t)boot_stack_top;
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
    const char *why;

    /* The direct map has no first page (mm.c). */
    if (frame_reserve(HPA(0), PAGE_SIZE) != ERR_NONE)
        return "the first page cannot be set aside";
    why = firmware_init(fdt);
    if (why == NULL)
        why = gic_init(fdt);
    return why != NULL ? why : gtimer_init(fdt);
}

enum err boot_arch_cpu(struct pcpu *pcpu, uint64_t cpu_id)
{
    pcpu->arch.mpidr = cpu_id;
    return mm_map_stacks(pcpu);
}

void boot_arch_cpu_self(struct pcpu *pcpu)
{
    cpu_init_early(pcpu);
    cpu_init(pcpu);
}

uint64_t boot_arch_cpu_id(void)
{
    return sysreg_read(MPIDR) & MPIDR_EL1_AFFINITY;
}

void boot_arch_models(void)
{
    struct a32_host_ids ids;

    a32_host_ids_read(&ids);
    a32_id_init(&ids);
    a32_sysreg_init();
}

void boot_arch_seal(void)
{
    mm_seal();
}

uint64_t boot_arch_entropy(void)
{
    /* ARMv7 has no random numbers of its own. */
    return sysreg_read(CNTPCT);
}
