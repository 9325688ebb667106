/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only this architecture can do about memory: caches by address (Arm ARM DDI 0406C, B2.2.7),
 * and stage 2 with its TLBs (B3.10).
 */
#include "arch/arch.h"
#include "arch/arm/a32/mm.h"
#include "arch/arm/a32/sysreg.h"
#include "arch/arm/model/a32_hooks.h"
#include "arch/arm/model/a32_regs.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/lpae.h"
#include "arch/arm/model/lpae_s2.h"

/* All that descriptors can hold, and VTCR take in: concatenated tables of 40 bits. */
#define S2_IPA_BITS 40
#define VMID_COUNT  256

/* ---- caches; CTR gives the smallest line */

static uint32_t line_bytes(void)
{
    return 4u << REG_GET(CTR_EL0, DminLine, sysreg_read(CTR));
}

void mm_flush(const void *p, uint64_t size_bytes)
{
    uint32_t line = line_bytes();
    uint32_t va = (uint32_t)(uintptr_t)p & ~(line - 1);
    uint32_t count = ((uint32_t)(uintptr_t)p + (uint32_t)size_bytes - va + line - 1) / line;

    for (; count != 0; count--, va += line)
        sysreg_write(DCCIMVAC, va);
    dsb(ish);
}

void arch_publish_code(const void *p, uint64_t size_bytes)
{
    /* To the point of coherency: the guest begins with caches off and reads memory itself. */
    mm_flush(p, size_bytes);
    /* Every CPU may have fetched what was there before, under any VMID. Branch predictors go along.
     */
    sysreg_write(ICIALLUIS, 0);
    dsb(ish);
    isb();
}

/* 32 bytes a store: there is no instruction that zeroes a line. P and the size are of pages. */
void arch_zero_pages(void *p, uint64_t size_bytes)
{
    const char *end = (const char *)p + (uint32_t)size_bytes;

    __asm__ volatile("mov r2, #0\n\tmov r3, #0\n\tmov r4, #0\n\tmov r5, #0\n\t"
                     "mov r6, #0\n\tmov r8, #0\n\tmov r9, #0\n\tmov r10, #0\n"
                     "1:\tstmia %0!, {r2-r6, r8-r10}\n\tstmia %0!, {r2-r6, r8-r10}\n\t"
                     "stmia %0!, {r2-r6, r8-r10}\n\tstmia %0!, {r2-r6, r8-r10}\n\t"
                     "cmp %0, %1\n\tbne 1b"
                     : "+r"(p)
                     : "r"(end)
                     : "r2", "r3", "r4", "r5", "r6", "r8", "r9", "r10", "cc", "memory");
}

void arch_scrub_pages(void *p, uint64_t size_bytes)
{
    arch_zero_pages(p, size_bytes);
    arch_publish_code(p, size_bytes);
}

void arch_copy_pages(void *dst, const void *src, uint64_t size_bytes)
{
    const char *end = (const char *)src + (uint32_t)size_bytes;

    __asm__ volatile("1:\tldmia %0!, {r3-r6, r8-r11}\n\tstmia %1!, {r3-r6, r8-r11}\n\t"
                     "cmp %0, %2\n\tbne 1b"
                     : "+r"(src), "+r"(dst)
                     : "r"(end)
                     : "r3", "r4", "r5", "r6", "r8", "r9", "r10", "r11", "cc", "memory");
}

/* ---- stage 2 */

uint32_t arch_s2_vmid_count(void)
{
    return VMID_COUNT;
}

void mm_init_cpu(void)
{
    /* T0SZ is signed: -8, whose sign is repeated in S. */
    sysreg_write(VTCR,
                 (uint32_t)(VTCR_RES1_31 | REG_PUT(VTCR, T0SZ, 32 - S2_IPA_BITS) |
                            REG_PUT(VTCR, S, 1) |
                            REG_PUT(VTCR, SL0, 2 - lpae_s2_start_level(S2_IPA_BITS)) |
                            REG_PUT(VTCR, IRGN0, A32_RGN_WBWA) |
                            REG_PUT(VTCR, ORGN0, A32_RGN_WBWA) | REG_PUT(VTCR, SH0, A32_SH_INNER)));
    isb();
}

void arch_s2_publish(void)
{
    dsb(ishst);
}

void arch_s2_forget(uint16_t vmid, gpa_t gpa, uint64_t size_bytes)
{
    uint64_t saved = sysreg_read(VTTBR);

    /*
     * At PL2, TLBIALLIS acts on the current VMID, all stages of it; nothing acts on one
     * intermediate address (B3.10.5). The walker has published the entries before (DSB).
     */
    sysreg_write(VTTBR, REG_PUT(VTTBR, VMID, vmid));
    isb();
    sysreg_write(TLBIALLIS, 0);
    dsb(ish);
    isb();
    sysreg_write(VTTBR, saved);
    isb();
}

/* By the operations that reach all CPUs, for the current VMID, which is the guest's (B3.10.5):
 * where it asked for its own CPU's TLB only, more than that goes. */
void a32_hook_tlb(struct vcpu *vcpu, enum a32_tlb what, uint32_t value)
{
    switch (what) {
    case A32_TLB_ALL:
        sysreg_write(TLBIALLIS, 0);
        break;
    case A32_TLB_MVA:
        sysreg_write(TLBIMVAIS, value);
        break;
    case A32_TLB_ASID:
        sysreg_write(TLBIASIDIS, value);
        break;
    case A32_TLB_MVA_ALL_ASIDS:
        sysreg_write(TLBIMVAAIS, value);
        break;
    }
    dsb(ish);
}

enum err arch_s2_map(struct pt *pt, gpa_t gpa, hpa_t hpa, uint64_t size_bytes, struct pt_attr attr)
{
    return lpae_s2_map(S2_IPA_BITS, pt, gpa, hpa, size_bytes, attr);
}

enum err arch_s2_unmap(struct pt *pt, gpa_t gpa, uint64_t size_bytes)
{
    return lpae_s2_unmap(S2_IPA_BITS, pt, gpa, size_bytes);
}

enum err arch_s2_protect(struct pt *pt, gpa_t gpa, uint64_t size_bytes, struct pt_attr attr)
{
    return lpae_s2_protect(S2_IPA_BITS, pt, gpa, size_bytes, attr);
}

enum err arch_s2_lookup(struct pt *pt, gpa_t gpa, hpa_t *hpa, uint64_t *size_bytes,
                        struct pt_attr *attr)
{
    return lpae_s2_lookup(S2_IPA_BITS, pt, gpa, hpa, size_bytes, attr);
}

uint64_t arch_s2_root_bytes(void)
{
    return lpae_s2_root_bytes(S2_IPA_BITS);
}

void arch_s2_free_tables(struct pt *pt)
{
    lpae_s2_free_tables(S2_IPA_BITS, pt);
}

void arch_s2_visit(const struct pt *pt, const struct pt_visitor *visitor)
{
    lpae_s2_visit(S2_IPA_BITS, pt, visitor);
}
