/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypervisor's own tables and TLB maintenance at EL2 (Arm ARM DDI 0487, D8). Every CPU uses the
 * same tables. After a table write, DSB ISHST makes it visible to the table walkers of all CPUs in
 * the inner shareable domain, and ISB to this CPU's next access.
 */
#include "arch/arm/a64/mm.h"

#include "arch/arch.h"
#include "arch/arm/a64/boot_params.h"
#include "arch/arm/a64/layout.h"
#include "arch/arm/a64/sysreg.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/lpae.h"
#include "arch/arm/model/lpae_s2.h"
#include "core/frame.h"
#include "core/pt_walk.h"
#include "lib/bits.h"
#include "lib/panic.h"
#include "lib/string.h"

/* Guests see 40 bits of address: Xen's layout needs 34, and every machine with 40 bits of PA can
 * walk it. */
#define S2_IPA_BITS 40

extern char idmap_start[], text_start[], text_end[], rodata_start[], rodata_end[], sealed_start[],
    sealed_end[];

void idmap_switch(uint64_t root); /* boot.S */

#define DCZID_EL0_FIELDS(F) \
    F(DCZID_EL0, BS, 3, 0)  \
    F(DCZID_EL0, DZP, 4, 4) \
    F(DCZID_EL0, RES0_5, 63, 5)
REG_DEFINE64(DCZID_EL0, DCZID_EL0_FIELDS);

hpa_t image_hpa __section(".sealed");
static unsigned pa_bits __section(".sealed");
static unsigned s2_ipa_bits __section(".sealed");

/* Tables made before the direct map exists come from the image. */
#define EARLY_TABLES 24
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

/* The direct map holds all there is. */
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

static void hyp_publish(struct pt *pt)
{
    dsb(ishst);
    isb();
}

static void hyp_forget(struct pt *pt, uint64_t va, uint64_t size_bytes)
{
    __asm__ volatile("tlbi alle2is" ::: "memory");
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

static enum err hyp_map(uint64_t va, hpa_t hpa, uint64_t size_bytes, uint8_t rights,
                        enum pt_memory memory)
{
    struct pt_attr attr = {.rights = rights, .memory = (uint8_t)memory};
    enum err err;

    spin_lock(&mm_lock);
    err = pt_map(&lpae_hyp_format, &hyp_pt, va, hpa, size_bytes, attr);
    spin_unlock(&mm_lock);
    return err;
}

unsigned mm_pa_bits(void)
{
    return pa_bits;
}

unsigned mm_ipa_bits(void)
{
    return s2_ipa_bits;
}

static void map_section(const char *start, const char *end, uint8_t rights)
{
    uint64_t va = (uint64_t)start;

    if (end > start)
        BUG_ON(hyp_map(va, arch_to_hpa(start), (uint64_t)(end - start), rights, PT_NORMAL));
}

static void read_widths(void)
{
    static const uint8_t bits[] = {32, 36, 40, 42, 44, 48};
    uint64_t range = REG_GET(ID_AA64MMFR0, PARange, sysreg_read(ID_AA64MMFR0_EL1));

    pa_bits = bits[MIN(range, ARRAY_SIZE(bits) - 1)];
    s2_ipa_bits = MIN(pa_bits, S2_IPA_BITS);
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
    read_widths();
    hyp_pt.root = table_alloc(&hyp_pt);
    hyp_pt.page_count = 1;
    /* Where CPUs turn their MMU on: at its physical address, for good, but only this page,
     * and nowhere else. */
    BUG_ON(hyp_map(arch_to_hpa(idmap_start).raw, arch_to_hpa(idmap_start), PAGE_SIZE,
                   PT_READ | PT_EXEC, PT_NORMAL));
    map_section(text_start, text_end, PT_READ | PT_EXEC);
    map_section(rodata_start, rodata_end, PT_READ);
    map_section(sealed_start, sealed_end, PT_READ | PT_WRITE);
    map_section(sealed_end, image_end, PT_READ | PT_WRITE);
    BUG_ON(hyp_map(FDT_VA, HPA(fdt_first), FDT_WINDOW_BYTES, PT_READ, PT_NORMAL));
    /*
     * Old and new tables map the image with different sizes, which must not be live together
     * (D8.17, break-before-make): the change is made with the MMU off, on the identity-mapped page.
     */
    ((void (*)(uint64_t))arch_to_hpa(idmap_switch).raw)(arch_to_hpa(hyp_pt.root).raw);
    sysreg_write(SCTLR_EL2, sysreg_read(SCTLR_EL2) | SCTLR_EL2_WXN);
    isb();
    return (const void *)(FDT_VA + (fdt.raw - fdt_first));
}

void mm_init_refused(hpa_t image, uint64_t *root)
{
    image_hpa = image;
    read_widths();
    hyp_pt.root = root;
    hyp_pt.page_count = 1;
}

void mm_map_memory(const struct board *board)
{
    for (uint32_t i = 0; i < board->memory_count; i++)
        map_direct(&board->memory[i]);
    direct_map_live = true;
}

void mm_seal(void)
{
    struct pt_attr attr = {.rights = PT_READ, .memory = PT_NORMAL};

    spin_lock(&mm_lock);
    BUG_ON(pt_protect(&lpae_hyp_format, &hyp_pt, (uint64_t)sealed_start,
                      (uint64_t)(sealed_end - sealed_start), attr));
    spin_unlock(&mm_lock);
}

uint64_t mm_root(void)
{
    return arch_to_hpa(hyp_pt.root).raw;
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
    /* As far into a block as the device is: a large one is mapped by blocks. */
    va = device_next + first % MIB(2);
    device_next = align_up(va + size, MIB(2));
    spin_unlock(&mm_lock);
    if (hyp_map(va, HPA(first), size, PT_READ | PT_WRITE, PT_DEVICE) != ERR_NONE)
        return NULL;
    return (void *)(va + (base.raw - first));
}

/* ---- caches (D7.5.9; CTR_EL0 gives the smallest line) */

static uint64_t line_bytes(void)
{
    return 4ULL << REG_GET(CTR_EL0, DminLine, sysreg_read(CTR_EL0));
}

/* A VM's start goes over all of its memory: lines done without a look at the end, in a page at most
 * of the largest line there is. */
#define LINES_UNROLLED 32

void mm_flush(const void *p, uint64_t size_bytes)
{
    uint64_t line = line_bytes(), va = align_down((uint64_t)p, line);
    uint64_t end = (uint64_t)p + size_bytes, many = LINES_UNROLLED * line;

    for (uint64_t i = va < end ? (end - va) / many : 0; i != 0; i--)
        __asm__ volatile(".rept %c2\n\tdc civac, %0\n\tadd %0, %0, %1\n\t.endr"
                         : "+r"(va)
                         : "r"(line), "i"(LINES_UNROLLED)
                         : "memory");
    for (; va < end; va += line)
        __asm__ volatile("dc civac, %0" ::"r"(va) : "memory");
    dsb(ish);
}

/* Every CPU may have fetched what was there before, under any VMID. */
static void forget_code(void)
{
    __asm__ volatile("ic ialluis" ::: "memory");
    dsb(ish);
    isb();
}

void arch_publish_code(const void *p, uint64_t size_bytes)
{
    /* To the point of coherency: the guest begins with caches off and reads memory itself. */
    mm_flush(p, size_bytes);
    forget_code();
}

void arch_zero_pages(void *p, uint64_t size_bytes)
{
    uint64_t dczid = sysreg_read(DCZID_EL0);
    uint64_t block = 4ULL << REG_GET(DCZID_EL0, BS, dczid);
    char *at = p, *end = at + size_bytes;

    if ((dczid & DCZID_EL0_DZP) || 4 * block > PAGE_SIZE) {
        memset(p, 0, size_bytes);
        return;
    }
    for (; at < end; at += 4 * block) {
        __asm__ volatile("dc zva, %0\n\tdc zva, %1\n\tdc zva, %2\n\tdc zva, %3" ::"r"(at),
                         "r"(at + block), "r"(at + 2 * block), "r"(at + 3 * block)
                         : "memory");
    }
}

/*
 * A line at a time is zeroed and goes to the point of coherency, in the order of the two
 * instructions, which are to the same address (B2.3.7).
 */
void arch_scrub_pages(void *p, uint64_t size_bytes)
{
    uint64_t dczid = sysreg_read(DCZID_EL0), line = line_bytes();
    uint64_t block = 4ULL << REG_GET(DCZID_EL0, BS, dczid);
    char *at = p, *end = at + size_bytes;

    if ((dczid & DCZID_EL0_DZP) || block != line || LINES_UNROLLED * line > PAGE_SIZE) {
        arch_zero_pages(p, size_bytes);
        arch_publish_code(p, size_bytes);
        return;
    }
    while (at != end)
        __asm__ volatile(".rept %c2\n\tdc zva, %0\n\tdc civac, %0\n\tadd %0, %0, %1\n\t.endr"
                         : "+r"(at)
                         : "r"(line), "i"(LINES_UNROLLED)
                         : "memory");
    dsb(ish);
    forget_code();
}

/* ---- stage 2 */

uint64_t mm_vtcr(void)
{
    uint64_t mmfr1 = sysreg_read(ID_AA64MMFR1_EL1);
    uint64_t pa_range = MIN(REG_GET(ID_AA64MMFR0, PARange, sysreg_read(ID_AA64MMFR0_EL1)), 5);

    return VTCR_EL2_RES1_31 | REG_PUT(VTCR_EL2, T0SZ, 64 - s2_ipa_bits) |
           REG_PUT(VTCR_EL2, SL0, 2 - lpae_s2_start_level(s2_ipa_bits)) |
           REG_PUT(VTCR_EL2, IRGN0, TCR_RGN_WBWA) | REG_PUT(VTCR_EL2, ORGN0, TCR_RGN_WBWA) |
           REG_PUT(VTCR_EL2, SH0, TCR_SH_INNER) | REG_PUT(VTCR_EL2, TG0, TCR_TG0_4K) |
           REG_PUT(VTCR_EL2, PS, pa_range) |
           REG_PUT(VTCR_EL2, VS, REG_GET(ID_AA64MMFR1, VMIDBits, mmfr1) == 2);
}

uint32_t arch_s2_vmid_count(void)
{
    return (mm_vtcr() & VTCR_EL2_VS) ? 65536 : 256;
}

void mm_init_cpu(void)
{
    sysreg_write(VTCR_EL2, mm_vtcr());
    isb();
}

void arch_s2_publish(void)
{
    dsb(ishst);
}

void arch_s2_forget(uint16_t vmid, gpa_t gpa, uint64_t size_bytes)
{
    uint64_t saved = sysreg_read(VTTBR_EL2);
    uint64_t pages = size_bytes / PAGE_SIZE;

    /* TLBI by IPA acts on the current VMID. The walker has published the entries before (DSB). */
    sysreg_write(VTTBR_EL2, REG_PUT(VTTBR_EL2, VMID, vmid));
    isb();
    if (pages == 0 || pages > 64) {
        __asm__ volatile("tlbi vmalls12e1is" ::: "memory");
    } else {
        for (uint64_t page = gpa.raw >> PAGE_SHIFT; pages != 0; page++, pages--)
            __asm__ volatile("tlbi ipas2e1is, %0" ::"r"(page) : "memory");
        /* Combined stage-1 and stage-2 entries are tagged by VA only (D8.17.6). */
        dsb(ish);
        __asm__ volatile("tlbi vmalle1is" ::: "memory");
    }
    dsb(ish);
    isb();
    sysreg_write(VTTBR_EL2, saved);
    isb();
}

enum err arch_s2_map(struct pt *pt, gpa_t gpa, hpa_t hpa, uint64_t size_bytes, struct pt_attr attr)
{
    return lpae_s2_map(s2_ipa_bits, pt, gpa, hpa, size_bytes, attr);
}

enum err arch_s2_unmap(struct pt *pt, gpa_t gpa, uint64_t size_bytes)
{
    return lpae_s2_unmap(s2_ipa_bits, pt, gpa, size_bytes);
}

enum err arch_s2_protect(struct pt *pt, gpa_t gpa, uint64_t size_bytes, struct pt_attr attr)
{
    return lpae_s2_protect(s2_ipa_bits, pt, gpa, size_bytes, attr);
}

enum err arch_s2_lookup(struct pt *pt, gpa_t gpa, hpa_t *hpa, uint64_t *size_bytes,
                        struct pt_attr *attr)
{
    return lpae_s2_lookup(s2_ipa_bits, pt, gpa, hpa, size_bytes, attr);
}

uint64_t arch_s2_root_bytes(void)
{
    return lpae_s2_root_bytes(s2_ipa_bits);
}

void arch_s2_free_tables(struct pt *pt)
{
    lpae_s2_free_tables(s2_ipa_bits, pt);
}

/* ---- for the ghost check */

void arch_s2_visit(const struct pt *pt, const struct pt_visitor *visitor)
{
    lpae_s2_visit(s2_ipa_bits, pt, visitor);
}

void arch_hyp_visit(const struct pt_visitor *visitor)
{
    spin_lock(&mm_lock);
    pt_visit(&lpae_hyp_format, &hyp_pt, visitor);
    spin_unlock(&mm_lock);
}

bool arch_va_is_window(uint64_t va)
{
    return va - DIRECT_VA < DIRECT_BYTES || va - FDT_VA < FDT_WINDOW_BYTES;
}
