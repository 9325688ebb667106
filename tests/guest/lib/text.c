/* SPDX-License-Identifier: Apache-2.0 */
/* Strings, and the four functions that the compiler may call on its own. */
#include "guest/lib/text.h"

#include "lib/string.h"

bool text_equal(const char *a, const char *b)
{
    while (*a != 0 && *a == *b)
        a++, b++;
    return *a == *b;
}

const char *text_after(const char *text, const char *prefix)
{
    while (*prefix != 0) {
        if (*text++ != *prefix++)
            return NULL;
    }
    return text;
}

uint64_t text_argument(const char *arguments, const char *name, uint64_t fallback)
{
    const char *p = arguments;

    while (*p != 0) {
        const char *value = text_after(p, name);
        if (value != NULL && *value == '=') {
            uint64_t number = 0;
            for (value++; *value >= '0' && *value <= '9'; value++)
                number = number * 10 + (uint64_t)(*value - '0');
            return number;
        }
        while (*p != 0 && *p != ' ')
            p++;
        while (*p == ' ')
            p++;
    }
    return fallback;
}

/* Byte by byte: they also run with the MMU off, where an unaligned load faults. */
void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ((volatile uint8_t *)dst)[i] = ((const uint8_t *)src)[i];
    return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
    if ((uintptr_t)dst <= (uintptr_t)src) {
        for (size_t i = 0; i < n; i++)
            ((volatile uint8_t *)dst)[i] = ((const uint8_t *)src)[i];
    } else {
        while (n-- > 0)
            ((volatile uint8_t *)dst)[n] = ((const uint8_t *)src)[n];
    }
    return dst;
}

void *memset(void *dst, int byte, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ((volatile uint8_t *)dst)[i] = (uint8_t)byte;
    return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *p = a, *q = b;

    for (; n > 0; n--, p++, q++) {
        if (*p != *q)
            return *p < *q ? -1 : 1;
    }
    return 0;
}
