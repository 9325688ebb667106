/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypervisor's own tables (Sv39; Privileged Architecture 10.2.1, 10.3 and 10.4) and what only
 * the hardware can do for G-stage tables. Every hart uses the same tables. SFENCE.VMA orders a
 * table's stores before this hart's later walks; other harts are reached through the firmware.
 */
#include "arch/riscv/hw/mm.h"

#include "arch/arch.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/host.h"
#include "arch/riscv/hw/imsic.h"
#include "arch/riscv/hw/layout.h"
#include "arch/riscv/hw/sbi.h"
#include "arch/riscv/hw/smode.h"
#include "arch/riscv/model/rv_pt.h"
#include "arch/riscv/model/rv_s2.h"
#include "arch/riscv/model/rv_sbi.h"
#include "arch/riscv/model/rv_shadow.h"
#include "core/frame.h"
#include "core/pt_walk.h"
#include "lib/bits.h"
#include "lib/panic.h"
#include "lib/string.h"

extern char trampoline_start[], idmap_start[], text_start[], text_end[], rodata_start[],
    rodata_end[], sealed_start[], sealed_end[], data_start[];

static hpa_t image_hpa __section(".sealed");

/* Tables made before the direct map exists come from the image. */
#define EARLY_TABLES 26
static uint64_t early_tables[EARLY_TABLES][512] __aligned(4096);
static uint32_t early_used;
static bool direct_map_live;
static uint64_t device_next = DEVICE_VA;
static struct spinlock mm_lock = SPINLOCK_INIT;

static bool in_image(hpa_t hpa)
{
    return hpa.raw - image_hpa.raw < (uint64_t)(image_end - image_start);
}

hpa_t arch_to_hpa(const void *p)
{
    uint64_t va = (uint64_t)p;

    if (va - IMAGE_VA < (uint64_t)(image_end - image_start))
        return hpa_add(image_hpa, va - IMAGE_VA);
    BUG_ON(va - DIRECT_VA >= DIRECT_BYTES);
    return HPA(va - DIRECT_VA);
}

void *arch_to_ptr(hpa_t hpa)
{
    if (in_image(hpa))
        return image_start + (hpa.raw - image_hpa.raw);
    return (void *)(DIRECT_VA + hpa.raw);
}

/* The direct map holds all of it. */
void *arch_guest_ptr(hpa_t hpa, uint64_t *run_bytes)
{
    return arch_to_ptr(hpa);
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

/* A hart may also have cached that there was nothing. */
static void hyp_publish(struct pt *pt)
{
    sfence_vma();
}

static void hyp_forget(struct pt *pt, uint64_t va, uint64_t size_bytes)
{
    sfence_vma();
    if (pcpu_count > 1)
        sbi_fence_all(SBI_RFENCE_VMA, 0, UINT64_MAX, 0);
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

/* Tables know the address without its sign. */
static uint64_t table_va(uint64_t va)
{
    return va & low_bits(VA_BITS);
}

static enum err hyp_map(uint64_t va, hpa_t hpa, uint64_t size_bytes, uint8_t rights,
                        enum pt_memory memory)
{
    const struct pt_format format = rv_hyp_format(RV_MODE_SV39);
    struct pt_attr attr = {.rights = rights, .memory = (uint8_t)memory};
    enum err err;

    spin_lock(&mm_lock);
    err = pt_map(&format, &hyp_pt, table_va(va), hpa, size_bytes, attr);
    spin_unlock(&mm_lock);
    return err;
}

static void map_section(const char *start, const char *end, uint8_t rights)
{
    if (end > start)
        BUG_ON(hyp_map((uint64_t)start, arch_to_hpa(start), (uint64_t)(end - start), rights,
                       PT_NORMAL));
}

/* All RAM but the image, whose pages have one mapping each, with its section's rights. */
static void map_direct(const struct hpa_range *range)
{
    uint64_t base = align_up(range->base.raw, PAGE_SIZE);
    uint64_t end = align_down(range->base.raw + range->size_bytes, PAGE_SIZE);
    uint64_t image_lo = image_hpa.raw;
    uint64_t image_hi = image_lo + (uint64_t)(image_end - image_start);

    if (end > DIRECT_BYTES)
        panic("memory at 0x%llx is beyond what the direct map holds", (unsigned long long)end);
    if (base < image_lo && end > base)
        BUG_ON(hyp_map(DIRECT_VA + base, HPA(base), MIN(end, image_lo) - base, PT_READ | PT_WRITE,
                       PT_NORMAL));
    if (end > image_hi && MAX(base, image_hi) < end)
        BUG_ON(hyp_map(DIRECT_VA + MAX(base, image_hi), HPA(MAX(base, image_hi)),
                       end - MAX(base, image_hi), PT_READ | PT_WRITE, PT_NORMAL));
}

const void *mm_init(hpa_t image, hpa_t fdt)
{
    uint64_t fdt_first = align_down(fdt.raw, MIB(2));

    image_hpa = image;
    hyp_pt.root = table_alloc(&hyp_pt);
    hyp_pt.page_count = 1;
    /* Where harts turn their MMU on: at its physical address, for good, but only this page. */
    BUG_ON(hyp_map(arch_to_hpa(idmap_start).raw, arch_to_hpa(idmap_start), PAGE_SIZE,
                   PT_READ | PT_EXEC, PT_NORMAL));
    map_section(image_start, idmap_start, PT_READ);
    map_section(text_start, text_end, PT_READ | PT_EXEC);
    map_section(rodata_start, rodata_end, PT_READ);
    /* The trampoline, wherever a guest may have it. */
    for (unsigned i = 0; i < RV_SHADOW_PLACE_COUNT; i++)
        BUG_ON(hyp_map(rv_shadow_place_va(i), arch_to_hpa(trampoline_start), PAGE_SIZE,
                       PT_READ | PT_EXEC, PT_NORMAL));
    map_section(sealed_start, sealed_end, PT_READ | PT_WRITE);
    map_section(data_start, image_end, PT_READ | PT_WRITE);
    BUG_ON(hyp_map(FDT_VA, HPA(fdt_first), FDT_WINDOW_BYTES, PT_READ, PT_NORMAL));
    /* The old tables map what we run from to the same place, only with more rights. */
    csr_write(satp, mm_satp());
    sfence_vma();
    return (const void *)(FDT_VA + (fdt.raw - fdt_first));
}

void mm_map_memory(const struct board *board)
{
    for (uint32_t i = 0; i < board->memory_count; i++)
        map_direct(&board->memory[i]);
    direct_map_live = true;
}

void mm_seal(void)
{
    const struct pt_format format = rv_hyp_format(RV_MODE_SV39);
    struct pt_attr attr = {.rights = PT_READ, .memory = PT_NORMAL};

    spin_lock(&mm_lock);
    BUG_ON(pt_protect(&format, &hyp_pt, table_va((uint64_t)sealed_start),
                      (uint64_t)(sealed_end - sealed_start), attr));
    spin_unlock(&mm_lock);
}

uint64_t mm_satp(void)
{
    return REG_PUT(SATP, MODE, RV_MODE_SV39) |
           REG_PUT(SATP, PPN, arch_to_hpa(hyp_pt.root).raw >> PAGE_SHIFT);
}

static enum err map_stack(uint64_t va, uint64_t size_bytes)
{
    hpa_t hpa;
    enum err err = frame_alloc_run(size_bytes, PAGE_SIZE, &hpa);

    return err ? err : hyp_map(va, hpa, size_bytes, PT_READ | PT_WRITE, PT_NORMAL);
}

enum err mm_map_stacks(struct pcpu *pcpu)
{
    uint64_t stack = STACK_VA + pcpu->id * STACK_SLOT_BYTES + PAGE_SIZE;
    uint64_t emergency = stack + STACK_BYTES + PAGE_SIZE;
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
    uint64_t va;

    spin_lock(&mm_lock);
    va = device_next;
    device_next += align_up(size, MIB(2));
    spin_unlock(&mm_lock);
    if (hyp_map(va, HPA(first), size, PT_READ | PT_WRITE, PT_DEVICE) != ERR_NONE)
        return NULL;
    return (void *)(va + (base.raw - first));
}

/* ---- memory for guests */

/* Caches are coherent, but for instructions; each hart that a vCPU begins on executes FENCE.I then
 * (forget_others in vcpu.c). */
void arch_publish_code(const void *p, uint64_t size_bytes)
{
    fence_all();
}

void arch_zero_pages(void *p, uint64_t size_bytes)
{
    memset(p, 0, size_bytes);
}

void arch_scrub_pages(void *p, uint64_t size_bytes)
{
    arch_zero_pages(p, size_bytes);
    arch_publish_code(p, size_bytes);
}

void arch_copy_pages(void *dst, const void *src, uint64_t size_bytes)
{
    memcpy(dst, src, size_bytes);
}

/* ---- the G-stage */

uint32_t arch_s2_vmid_count(void)
{
    return rv_host.vmid_count;
}

/* A guest's first walks come after hs_load's fences; later ones that are behind are tried again
 * (rv_trap_memory). */
void arch_s2_publish(void)
{
    fence_all();
}

void arch_s2_forget(uint16_t vmid, gpa_t gpa, uint64_t size_bytes)
{
    fence_all();
    if (rv_host.h)
        sbi_fence_all(SBI_RFENCE_GVMA_VMID, gpa.raw, size_bytes, vmid);
    smode_forget_memory(vmid);
}

enum err arch_s2_map(struct pt *pt, gpa_t gpa, hpa_t hpa, uint64_t size_bytes, struct pt_attr attr)
{
    return rv_s2_map(rv_host.s2_mode, pt, gpa, hpa, size_bytes, attr);
}

enum err arch_s2_unmap(struct pt *pt, gpa_t gpa, uint64_t size_bytes)
{
    return rv_s2_unmap(rv_host.s2_mode, pt, gpa, size_bytes);
}

enum err arch_s2_protect(struct pt *pt, gpa_t gpa, uint64_t size_bytes, struct pt_attr attr)
{
    return rv_s2_protect(rv_host.s2_mode, pt, gpa, size_bytes, attr);
}

enum err arch_s2_lookup(struct pt *pt, gpa_t gpa, hpa_t *hpa, uint64_t *size_bytes,
                        struct pt_attr *attr)
{
    return rv_s2_lookup(rv_host.s2_mode, pt, gpa, hpa, size_bytes, attr);
}

uint64_t arch_s2_root_bytes(void)
{
    return rv_s2_root_bytes(rv_host.s2_mode);
}

void arch_s2_free_tables(struct pt *pt)
{
    rv_s2_free_tables(rv_host.s2_mode, pt);
}

/* ---- for the ghost check */

void arch_s2_visit(const struct pt *pt, const struct pt_visitor *visitor)
{
    rv_s2_visit(rv_host.s2_mode, pt, visitor);
}

void arch_hyp_visit(const struct pt_visitor *visitor)
{
    const struct pt_format format = rv_hyp_format(RV_MODE_SV39);

    spin_lock(&mm_lock);
    pt_visit(&format, &hyp_pt, visitor);
    spin_unlock(&mm_lock);
}

bool arch_va_is_window(uint64_t va)
{
    return table_va(va) - table_va(DIRECT_VA) < DIRECT_BYTES ||
           table_va(va) - table_va(FDT_VA) < FDT_WINDOW_BYTES || va >= RV_SHADOW_PLACES_VA ||
           va >= table_va(RV_SHADOW_PLACES_VA) || imsic_maps(table_va(va));
}

bool arch_hpa_is_banked(hpa_t hpa)
{
    return false;
}
