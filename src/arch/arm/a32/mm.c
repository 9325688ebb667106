/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypervisor's own tables in Hyp mode (Arm ARM DDI 0406C, B3.6). Every CPU uses the same
 * tables. After a table write, DSB ISHST makes it visible to the table walkers of all CPUs in the
 * inner shareable domain, and ISB to this CPU's next access.
 */
#include "arch/arm/a32/mm.h"

#include "arch/arch.h"
#include "arch/arm/a32/layout.h"
#include "arch/arm/a32/refuse.h"
#include "arch/arm/a32/sysreg.h"
#include "arch/arm/model/a32_regs.h"
#include "arch/arm/model/lpae.h"
#include "core/frame.h"
#include "core/pt_walk.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"

extern char idmap_start[], text_start[], text_end[], rodata_start[], rodata_end[], sealed_start[],
    sealed_end[];

static hpa_t image_hpa __section(".sealed");
static bool refused __section(".sealed");

/* Tables made before the direct map exists come from the image. */
#define EARLY_TABLES 12
static uint64_t early_tables[EARLY_TABLES][512] __aligned(4096);
static uint32_t early_used;
static bool direct_map_live;
static uint32_t device_next = DEVICE_VA;
static struct spinlock mm_lock = SPINLOCK_INIT;

static uint64_t image_bytes(void)
{
    return (uint64_t)(image_end - image_start);
}

static bool in_image(hpa_t hpa)
{
    return hpa.raw - image_hpa.raw < image_bytes();
}

hpa_t arch_to_hpa(const void *p)
{
    uint32_t va = (uint32_t)(uintptr_t)p;

    if (va - IMAGE_VA < image_bytes())
        return hpa_add(image_hpa, va - IMAGE_VA);
    BUG_ON(va >= DIRECT_END);
    return HPA(va);
}

void *arch_to_ptr(hpa_t hpa)
{
    if (in_image(hpa))
        return image_start + (hpa.raw - image_hpa.raw);
    return hpa.raw < DIRECT_END ? (void *)(uintptr_t)hpa.raw : NULL;
}

static void *table_alloc(struct pt *pt)
{
    if (direct_map_live)
        return frame_alloc_page();
    return early_used < EARLY_TABLES ? early_tables[early_used++] : NULL;
}

static void table_free(struct pt *pt, void *page)
{
    if (!in_image(arch_to_hpa(page)))
        frame_free_page(page);
}

static void hyp_publish(struct pt *pt)
{
    dsb(ishst);
    isb();
}

static void hyp_forget(struct pt *pt, uint64_t va, uint64_t size_bytes)
{
    sysreg_write(TLBIALLHIS, 0);
    dsb(ish);
    isb();
}

static const struct pt_ops hyp_ops = {
    .alloc_page = table_alloc,
    .free_page = table_free,
    .to_hpa = arch_to_hpa,
    .to_table = arch_to_ptr,
    .publish = hyp_publish,
    .forget = hyp_forget,
};
static struct pt hyp_pt = {.ops = &hyp_ops};

/* With mm_lock. The walker is in here once: it is long. */
static __noinline enum err map_locked(uint32_t va, hpa_t hpa, uint64_t size_bytes,
                                      struct pt_attr attr)
{
    return pt_map(&lpae_hyp32_format, &hyp_pt, va, hpa, size_bytes, attr);
}

static enum err hyp_map(uint32_t va, hpa_t hpa, uint64_t size_bytes, uint8_t rights,
                        enum pt_memory memory)
{
    struct pt_attr attr = {.rights = rights, .memory = (uint8_t)memory};
    enum err err;

    spin_lock(&mm_lock);
    err = map_locked(va, hpa, size_bytes, attr);
    spin_unlock(&mm_lock);
    return err;
}

static void map_section(const char *start, const char *end, uint8_t rights)
{
    if (end > start)
        BUG_ON(hyp_map((uint32_t)(uintptr_t)start, arch_to_hpa(start), (uint64_t)(end - start),
                       rights, PT_NORMAL));
}

static void map_ram(uint64_t base, uint64_t end)
{
    if (base < end)
        BUG_ON(hyp_map((uint32_t)base, HPA(base), end - base, PT_READ | PT_WRITE, PT_NORMAL));
}

/*
 * All RAM that fits but the image, whose pages have one mapping each, with its section's rights.
 * Not the first page, so that NULL is no object; boot_arch_devices keeps it from being used.
 */
static void map_direct(const struct hpa_range *range)
{
    uint64_t base = MAX(align_up(range->base.raw, PAGE_SIZE), PAGE_SIZE);
    uint64_t end = MIN(align_down(range->base.raw + range->size_bytes, PAGE_SIZE), DIRECT_END);

    map_ram(base, MIN(end, image_hpa.raw));
    map_ram(MAX(base, image_hpa.raw + image_bytes()), end);
}

/*
 * What lies above the direct map is seen through a window of this CPU's own, which shows one block
 * at a time; whose entry is made invalid, and forgotten, before it becomes another (B3.10.1).
 */
void *arch_guest_ptr(hpa_t hpa, uint64_t *run_bytes)
{
    struct pt_attr attr = {.rights = PT_READ | PT_WRITE, .memory = PT_NORMAL};
    uint32_t va = WINDOW_VA + arch_this_cpu()->id * WINDOW_BYTES;
    uint64_t offset = hpa.raw % WINDOW_BYTES;

    if (hpa.raw < DIRECT_END) {
        *run_bytes = MIN(*run_bytes, DIRECT_END - hpa.raw);
        return arch_to_ptr(hpa);
    }
    *run_bytes = MIN(*run_bytes, WINDOW_BYTES - offset);
    spin_lock(&mm_lock);
    BUG_ON(pt_unmap(&lpae_hyp32_format, &hyp_pt, va, WINDOW_BYTES));
    BUG_ON(map_locked(va, HPA(hpa.raw - offset), WINDOW_BYTES, attr));
    spin_unlock(&mm_lock);
    return (char *)(uintptr_t)va + (uint32_t)offset;
}

const void *mm_init(hpa_t image, hpa_t fdt)
{
    uint64_t fdt_first = align_down(fdt.raw, MIB(2));

    image_hpa = image;
    hyp_pt.root = table_alloc(&hyp_pt);
    hyp_pt.page_count = 1;
    /* Where CPUs turn their MMU on: at its physical address, for good, but only this page. */
    BUG_ON(hyp_map((uint32_t)arch_to_hpa(idmap_start).raw, arch_to_hpa(idmap_start), PAGE_SIZE,
                   PT_READ | PT_EXEC, PT_NORMAL));
    map_section(text_start, text_end, PT_READ | PT_EXEC);
    map_section(rodata_start, rodata_end, PT_READ);
    map_section(sealed_start, sealed_end, PT_READ | PT_WRITE);
    map_section(sealed_end, image_end, PT_READ | PT_WRITE);
    BUG_ON(hyp_map(FDT_VA, HPA(fdt_first), FDT_WINDOW_BYTES, PT_READ, PT_NORMAL));
    /*
     * Old and new tables map the same addresses to the same places with the same sizes and
     * attributes, and differ in rights only; so both may be live for a moment (B3.10.1).
     */
    sysreg_write(HTTBR, arch_to_hpa(hyp_pt.root).raw);
    isb();
    sysreg_write(TLBIALLH, 0);
    dsb(nsh);
    isb();
    sysreg_write(HSCTLR, sysreg_read(HSCTLR) | HSCTLR_WXN);
    isb();
    return (const void *)(uintptr_t)(FDT_VA + (uint32_t)(fdt.raw - fdt_first));
}

void mm_init_refused(hpa_t image)
{
    image_hpa = image;
    refused = true;
    refuse_init();
}

void mm_map_memory(const struct board *board)
{
    for (uint32_t i = 0; i < board->memory_count; i++)
        map_direct(&board->memory[i]);
    frame_set_page_end(HPA(DIRECT_END));
    direct_map_live = true;
}

void mm_seal(void)
{
    struct pt_attr attr = {.rights = PT_READ, .memory = PT_NORMAL};

    spin_lock(&mm_lock);
    BUG_ON(pt_protect(&lpae_hyp32_format, &hyp_pt, (uint32_t)(uintptr_t)sealed_start,
                      (uint64_t)(sealed_end - sealed_start), attr));
    spin_unlock(&mm_lock);
}

uint64_t mm_root(void)
{
    return arch_to_hpa(hyp_pt.root).raw;
}

static enum err map_stack(uint32_t va, uint64_t size_bytes)
{
    hpa_t hpa;
    enum err err = frame_alloc_run(size_bytes, PAGE_SIZE, &hpa);

    return err ? err : hyp_map(va, hpa, size_bytes, PT_READ | PT_WRITE, PT_NORMAL);
}

enum err mm_map_stacks(struct pcpu *pcpu)
{
    uint32_t stack = STACK_VA + pcpu->id * STACK_SLOT_BYTES + (uint32_t)PAGE_SIZE;
    uint32_t emergency = stack + STACK_BYTES + (uint32_t)PAGE_SIZE;
    enum err err = map_stack(stack, STACK_BYTES);

    if (err == ERR_NONE)
        err = map_stack(emergency, EMERGENCY_STACK_BYTES);
    pcpu->arch.stack_top = stack + STACK_BYTES;
    pcpu->arch.emergency_stack_top = emergency + EMERGENCY_STACK_BYTES;
    return err;
}

void *arch_map_device(hpa_t base, uint64_t size_bytes)
{
    uint64_t first = align_down(base.raw, PAGE_SIZE);
    uint64_t size = align_up(base.raw + size_bytes, PAGE_SIZE) - first;
    uint32_t va;

    if (refused)
        return refuse_map_device(base);
    spin_lock(&mm_lock);
    va = device_next;
    if (size > DEVICE_END - va)
        size = 0;
    device_next += (uint32_t)size;
    spin_unlock(&mm_lock);
    if (size == 0 || hyp_map(va, HPA(first), size, PT_READ | PT_WRITE, PT_DEVICE) != ERR_NONE)
        return NULL;
    return (void *)(uintptr_t)(va + (uint32_t)(base.raw - first));
}

/* ---- for the ghost check */

void arch_hyp_visit(const struct pt_visitor *visitor)
{
    spin_lock(&mm_lock);
    pt_visit(&lpae_hyp32_format, &hyp_pt, visitor);
    spin_unlock(&mm_lock);
}

bool arch_va_is_window(uint64_t va)
{
    return va < DIRECT_END || va - FDT_VA < FDT_WINDOW_BYTES || va >= WINDOW_VA;
}
