/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/riscv/hw/imsic.h"

#include "arch/arch.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/host.h"
#include "arch/riscv/hw/layout.h"
#include "core/board.h"
#include "core/dtb.h"
#include "core/pcpu.h"
#include "lib/bits.h"
#include "lib/mmio_io.h"

#define REGION_MAX 4u

/* An interrupt file's page (3.5): a write there is a message. */
enum { IMSIC_SETEIPNUM_LE = 0 };
#define IDS_PER_REGISTER 64u

static struct region {
    struct hpa_range range;
    char *regs;
} regions[REGION_MAX] __section(".sealed");
static uint32_t region_count __section(".sealed");
static uint32_t guest_bits __section(".sealed");
static uint32_t id_count __section(".sealed");
static uint32_t file_count __section(".sealed");

/* GEILEN (6.1): the bits of hgeie that stick, from 1 on. */
static uint32_t count_files(void)
{
    uint64_t files;

    csr_write(hgeie, UINT64_MAX);
    files = csr_read(hgeie);
    csr_write(hgeie, 0);
    return files == 0 ? 0 : bit_highest(files);
}

void imsic_init(const void *fdt, int node)
{
    guest_bits = dtb_cell_or(fdt, node, "riscv,guest-index-bits", 0);
    id_count = dtb_cell_or(fdt, node, "riscv,num-guest-ids", 0);
    if (id_count == 0)
        id_count = dtb_cell_or(fdt, node, "riscv,num-ids", 0);
    if (!rv_host.h || guest_bits == 0 || guest_bits > 6)
        return;
    for (; region_count < REGION_MAX; region_count++) {
        struct region *region = &regions[region_count];

        if (board_node_reg(fdt, node, region_count, &region->range) != ERR_NONE)
            break;
        region->regs = arch_map_device(region->range.base, region->range.size_bytes);
        if (region->regs == NULL)
            return;
    }
    file_count = MIN(MIN(count_files(), (uint32_t)low_bits(guest_bits)), RV_FILE_MAX);
}

uint32_t imsic_file_count(void)
{
    return file_count;
}

uint32_t imsic_id_count(void)
{
    return id_count;
}

/* Each hart's pages are together, its own first; harts follow each other over the regions. */
static bool find_page(uint32_t hart, uint32_t number, struct rv_file *file)
{
    uint64_t stride = PAGE_SIZE << guest_bits, at = hart * stride;

    for (uint32_t i = 0; i < region_count; i++) {
        const struct region *region = &regions[i];

        if (at + stride <= region->range.size_bytes) {
            at += number * PAGE_SIZE;
            file->page = hpa_add(region->range.base, at);
            file->regs = region->regs + at;
            return true;
        }
        at -= MIN(at, align_down(region->range.size_bytes, stride));
    }
    return false;
}

bool imsic_take(uint32_t cpu, struct rv_file *file)
{
    struct arch_pcpu *arch = &pcpus[cpu]->arch;
    uint32_t number = arch->files_taken + 1;

    if (number > file_count || arch->intc_hart == UINT32_MAX ||
        !__atomic_load_n(&pcpus[cpu]->online, __ATOMIC_ACQUIRE) ||
        !find_page(arch->intc_hart, number, file))
        return false;
    arch->files_taken = number;
    file->number = number;
    file->cpu = cpu;
    return true;
}

bool imsic_maps(uint64_t va)
{
    for (uint32_t i = 0; i < region_count; i++)
        if (va - zero_extend((uint64_t)regions[i].regs, VA_BITS) < regions[i].range.size_bytes)
            return true;
    return false;
}

void imsic_send(const struct rv_file *file, uint32_t eiid)
{
    mmio_write32((char *)file->regs + IMSIC_SETEIPNUM_LE, eiid);
}

static void file_write(uint64_t number, uint64_t value)
{
    csr_write(vsiselect, number);
    csr_write(vsireg, value);
}

void imsic_reset(void)
{
    file_write(IMSIC_EIDELIVERY, 0);
    file_write(IMSIC_EITHRESHOLD, 0);
    for (uint32_t id = 0; id <= id_count; id += IDS_PER_REGISTER) {
        uint64_t number = id / IDS_PER_REGISTER * 2;

        file_write(IMSIC_EIE + number, 0);
        file_write(IMSIC_EIP + number, 0);
    }
}
