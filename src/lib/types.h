/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words every file speaks: integer types, addresses that cannot be mixed up, and a few
 * helpers that cost nothing. Must stay free of anything an architecture decides.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define __must_check   __attribute__((warn_unused_result))
#define __printf(f, a) __attribute__((format(printf, f, a)))
#define __noreturn     __attribute__((noreturn))
#undef __always_inline /* glibc has its own */
#define __always_inline inline __attribute__((always_inline))
#define __aligned(n)    __attribute__((aligned(n)))
#define __packed        __attribute__((packed))
#define __section(s)    __attribute__((section(s)))
#define __cold          __attribute__((cold))
/* For the hottest functions only, and those without arrays. */
#define __no_stack_protector __attribute__((no_stack_protector))
#define __noinline           __attribute__((noinline))
/* Read X, which others write at any time, once. As __atomic_load_n relaxed, but the compiler can
 * address it directly. */
#define read_once(x)          (*(const volatile __typeof__(x) *)&(x))
#define likely(x)             __builtin_expect(!!(x), 1)
#define unlikely(x)           __builtin_expect(!!(x), 0)
#define ARRAY_SIZE(a)         (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)             ((a) < (b) ? (a) : (b))
#define MAX(a, b)             ((a) > (b) ? (a) : (b))
#define container_of(p, t, m) ((t *)((char *)(p)-offsetof(t, m)))
#define static_assert _Static_assert

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)
#define GIB(n) ((uint64_t)(n) << 30)

/* A page is 4 KiB on every architecture we serve. */
#define PAGE_SHIFT 12
#define PAGE_SIZE  KIB(4)

/*
 * Host-physical, guest-physical and guest-virtual addresses. Only what knows the translation
 * (stage 2, the direct map) turns one into another; `void *` is the only hypervisor address.
 */
typedef struct {
    uint64_t raw;
} hpa_t;
typedef struct {
    uint64_t raw;
} gpa_t;
typedef struct {
    uint64_t raw;
} gva_t;

#define HPA(x) ((hpa_t){(x)})
#define GPA(x) ((gpa_t){(x)})
#define GVA(x) ((gva_t){(x)})

struct hpa_range {
    hpa_t base;
    uint64_t size_bytes;
};

static __always_inline hpa_t hpa_add(hpa_t a, uint64_t n)
{
    return HPA(a.raw + n);
}
static __always_inline gpa_t gpa_add(gpa_t a, uint64_t n)
{
    return GPA(a.raw + n);
}

/* ALIGN is a power of two in all four. */
static __always_inline uint64_t align_down(uint64_t x, uint64_t align)
{
    return x & ~(align - 1);
}
static __always_inline uint64_t align_up(uint64_t x, uint64_t align)
{
    return (x + align - 1) & ~(align - 1);
}
static __always_inline bool is_aligned(uint64_t x, uint64_t align)
{
    return (x & (align - 1)) == 0;
}
static __always_inline bool is_pow2(uint64_t x)
{
    return x != 0 && (x & (x - 1)) == 0;
}

/* True if [base, base + size) lies inside [lo, lo + len) and does not wrap: for foreign ranges. */
static __always_inline bool range_within(uint64_t base, uint64_t size, uint64_t lo, uint64_t len)
{
    return base >= lo && size <= len && base - lo <= len - size;
}
/* True if the two ranges share a byte; neither may wrap. */
static __always_inline bool range_overlaps(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a_size != 0 && b_size != 0 && a < b + b_size && b < a + a_size;
}
