/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The target's <string.h> (and strtoul), for the hypervisor and libfdt. Runs with alignment
 * checking and without vector registers: words are moved only where both ends are aligned alike. A
 * compiler may also call these for its own ends, and must not find the idiom and make one call
 * itself.
 */
#include "lib/string.h"

#include <limits.h>

#if defined(__clang__)
#define STRING_FN __attribute__((no_builtin))
#else
#define STRING_FN __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif

/* Eight bytes of whatever type lies there. */
typedef uint64_t __attribute__((may_alias)) word_t;
#define WORD sizeof(word_t)

static bool same_alignment(const void *a, const void *b)
{
    return (((uintptr_t)a ^ (uintptr_t)b) & (WORD - 1)) == 0;
}

STRING_FN static void copy_up(unsigned char *d, const unsigned char *s, size_t n)
{
    if (same_alignment(d, s)) {
        for (; n != 0 && ((uintptr_t)d & (WORD - 1)) != 0; n--)
            *d++ = *s++;
        /* All read before anything is written, so that the compiler may pair them. */
        for (; n >= 8 * WORD; n -= 8 * WORD, d += 8 * WORD, s += 8 * WORD) {
            const word_t *from = (const word_t *)(const void *)s;
            word_t *to = (word_t *)(void *)d;
            word_t w0 = from[0], w1 = from[1], w2 = from[2], w3 = from[3];
            word_t w4 = from[4], w5 = from[5], w6 = from[6], w7 = from[7];
            to[0] = w0;
            to[1] = w1;
            to[2] = w2;
            to[3] = w3;
            to[4] = w4;
            to[5] = w5;
            to[6] = w6;
            to[7] = w7;
        }
        for (; n >= WORD; n -= WORD, d += WORD, s += WORD)
            *(word_t *)(void *)d = *(const word_t *)(const void *)s;
    }
    for (; n >= 4; n -= 4, d += 4, s += 4) {
        unsigned char b0 = s[0], b1 = s[1], b2 = s[2], b3 = s[3];
        d[0] = b0;
        d[1] = b1;
        d[2] = b2;
        d[3] = b3;
    }
    for (; n != 0; n--)
        *d++ = *s++;
}

/* From the end downwards: D and S point past their last byte. */
STRING_FN static void copy_down(unsigned char *d, const unsigned char *s, size_t n)
{
    if (same_alignment(d, s)) {
        for (; n != 0 && ((uintptr_t)d & (WORD - 1)) != 0; n--)
            *--d = *--s;
        for (; n >= WORD; n -= WORD) {
            d -= WORD;
            s -= WORD;
            *(word_t *)(void *)d = *(const word_t *)(const void *)s;
        }
    }
    for (; n != 0; n--)
        *--d = *--s;
}

STRING_FN void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
    copy_up(dst, src, n);
    return dst;
}

STRING_FN void *memmove(void *dst, const void *src, size_t n)
{
    /* Upwards is right unless DST lies inside SRC: one comparison, with the wrap of the
     * subtraction. */
    if ((uintptr_t)dst - (uintptr_t)src >= n)
        copy_up(dst, src, n);
    else
        copy_down((unsigned char *)dst + n, (const unsigned char *)src + n, n);
    return dst;
}

STRING_FN void *memset(void *dst, int byte, size_t n)
{
    unsigned char *d = dst;
    word_t word = (unsigned char)byte * 0x0101010101010101ULL;
    for (; n != 0 && ((uintptr_t)d & (WORD - 1)) != 0; n--)
        *d++ = (unsigned char)byte;
    for (; n >= 4 * WORD; n -= 4 * WORD, d += 4 * WORD) {
        word_t *to = (word_t *)(void *)d;
        to[0] = word;
        to[1] = word;
        to[2] = word;
        to[3] = word;
    }
    for (; n >= WORD; n -= WORD, d += WORD)
        *(word_t *)(void *)d = word;
    for (; n != 0; n--)
        *d++ = (unsigned char)byte;
    return dst;
}

STRING_FN int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *p = a, *q = b;
    if (same_alignment(p, q) && ((uintptr_t)p & (WORD - 1)) == 0) {
        for (; n >= WORD; n -= WORD, p += WORD, q += WORD)
            if (*(const word_t *)(const void *)p != *(const word_t *)(const void *)q)
                break;
    }
    for (; n != 0; n--, p++, q++)
        if (*p != *q)
            return *p < *q ? -1 : 1;
    return 0;
}

STRING_FN void *memchr(const void *s, int byte, size_t n)
{
    for (const unsigned char *p = s; n != 0; n--, p++)
        if (*p == (unsigned char)byte)
            return (void *)(uintptr_t)p;
    return NULL;
}

STRING_FN size_t strlen(const char *s)
{
    size_t n = 0;
    while (s[n] != '\0')
        n++;
    return n;
}

STRING_FN size_t strnlen(const char *s, size_t max)
{
    size_t n = 0;
    while (n < max && s[n] != '\0')
        n++;
    return n;
}

STRING_FN int strncmp(const char *a, const char *b, size_t n)
{
    for (; n != 0; n--, a++, b++) {
        if (*a != *b)
            return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
        if (*a == '\0')
            break;
    }
    return 0;
}

STRING_FN int strcmp(const char *a, const char *b)
{
    while (*a == *b && *a != '\0') {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

STRING_FN char *strchr(const char *s, int c)
{
    for (;; s++) {
        if (*s == (char)c)
            return (char *)(uintptr_t)s;
        if (*s == '\0')
            return NULL;
    }
}

STRING_FN char *strrchr(const char *s, int c)
{
    const char *found = NULL;
    for (;; s++) {
        if (*s == (char)c)
            found = s;
        if (*s == '\0')
            return (char *)(uintptr_t)found;
    }
}

/* The value of C as a digit, 36 for none. */
static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A') + 10;
    return 36;
}

/* As ISO C 7.22.1.4, without errno: ULONG_MAX when the value does not fit. */
unsigned long strtoul(const char *restrict s, char **restrict end, int base)
{
    const char *p = s;
    while (*p == ' ' || (*p >= '\t' && *p <= '\r'))
        p++;
    bool negative = *p == '-';
    if (*p == '-' || *p == '+')
        p++;
    bool hex = p[0] == '0' && (p[1] == 'x' || p[1] == 'X') && digit_value(p[2]) < 16;
    if ((base == 0 || base == 16) && hex) {
        p += 2;
        base = 16;
    } else if (base == 0) {
        base = *p == '0' ? 8 : 10;
    }

    unsigned long value = 0;
    bool any = false, overflow = false;
    for (; digit_value(*p) < (unsigned)base; p++) {
        unsigned digit = digit_value(*p);
        any = true;
        overflow |= value > (ULONG_MAX - digit) / (unsigned)base;
        value = value * (unsigned)base + digit;
    }
    if (end != NULL)
        *end = (char *)(uintptr_t)(any ? p : s);
    if (overflow)
        return ULONG_MAX;
    return negative ? 0 - value : value;
}
