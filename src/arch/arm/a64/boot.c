/* SPDX-License-Identifier: Apache-2.0 */
/* The architecture's steps of bring-up (boot/boot_arch.h), and the first C at the linked address.
 */
#include <libfdt.h>

#include "arch/arch.h"
#include "arch/arm/a64/boot_params.h"
#include "arch/arm/a64/cpu.h"
#include "arch/arm/a64/layout.h"
#include "arch/arm/a64/mm.h"
#include "arch/arm/a64/sysreg.h"
#include "arch/arm/hw/firmware.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/hw/gtimer.h"
#include "arch/arm/model/a64_id.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_sysreg.h"
#include "arch/boot.h"
#include "core/console.h"
#include "core/irq.h"
#include "lib/log.h"

void a64_boot_main(uint64_t fdt, uint64_t image, uint64_t el) __noreturn;

/* Until the real ones exist: faults on the way print their last words on the boot stack. */
static struct pcpu early_pcpu;
extern char boot_stack_top[];

/* EL1: our registers are out of reach. Say so where a user looks, and stop. */
static void __noreturn refuse_el1(const void *fdt)
{
    boot_console(fdt);
    log_error("Trapeze was entered at EL1, but a hypervisor needs EL2.");
    log_error("On QEMU: -machine virt,virtualization=on. With U-Boot or other firmware: have it "
              "start the image at EL2; check that nothing else (Xen, KVM) runs below.");
    console_flush_polled();
    arch_cpu_stop();
}

void a64_boot_main(uint64_t fdt, uint64_t image, uint64_t el)
{
    struct boot_info info = {
        .fdt_hpa = HPA(fdt),
        .image = HPA(image),
        .image_bytes = (uint64_t)(image_end - image_start),
    };

    if (el != 2) {
        mm_init_refused(info.image, boot_root);
        refuse_el1((const void *)(FDT_VA + fdt % MIB(2)));
    }
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
    const char *why = firmware_init(fdt);

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
    return sysreg_read(MPIDR_EL1) & MPIDR_EL1_AFFINITY;
}

void boot_arch_models(void)
{
    struct a64_host_ids ids;

    a64_host_ids_read(&ids);
    a64_id_init(&ids, gic->vgic->version);
    a64_sysreg_init(gic->vgic->version);
}

void boot_arch_seal(void)
{
    mm_seal();
}

uint64_t boot_arch_entropy(void)
{
    uint64_t entropy = sysreg_read(CNTPCT_EL0);

    /* Two draws, so that one that fails leaves the other; failure returns 0 (K18, FEAT_RNG). */
    if (REG_GET(ID_AA64ISAR0, RNDR, sysreg_read(ID_AA64ISAR0_EL1)) != 0)
        entropy ^= sysreg_read(S3_3_C2_C4_0) ^ sysreg_read(S3_3_C2_C4_1) * 3;
    return entropy;
}
