/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Formatted printing (ISO/IEC 9899:2011, 7.21.6.1, the part lib/fmt.h names). Owns no state and
 * takes no lock, so that last words can use it. Must not know where the text goes.
 */
#include "lib/fmt.h"

#include "lib/string.h"

/* Widths beyond this are a mistake; the bound keeps a wrong `*` from printing for minutes. */
#define FIELD_MAX 4096

struct out {
    char *buf;
    size_t size;   /* of buf, with room for the final 0 */
    size_t length; /* of the whole text, cut off or not */
};

enum length { LENGTH_INT, LENGTH_CHAR, LENGTH_SHORT, LENGTH_LONG, LENGTH_LONG_LONG, LENGTH_SIZE };

struct spec {
    bool left, zero, plus, space, alternate;
    int width;
    int precision; /* -1: none given */
    enum length length;
};

/* Sign and prefix of a number, its digits, and how many zeros stand between. */
struct number {
    char prefix[3];
    size_t prefix_length;
    char digits[24]; /* 2^64 in octal would be 22 */
    size_t digit_count;
};

static void put(struct out *out, char c)
{
    if (out->length + 1 < out->size)
        out->buf[out->length] = c;
    out->length++;
}

static void put_repeated(struct out *out, char c, size_t count)
{
    while (count-- > 0)
        put(out, c);
}

static void put_bytes(struct out *out, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        put(out, bytes[i]);
}

/* A text padded with blanks to the width. */
static void put_text(struct out *out, const struct spec *spec, const char *text, size_t length)
{
    size_t pad = (size_t)spec->width > length ? (size_t)spec->width - length : 0;
    if (!spec->left)
        put_repeated(out, ' ', pad);
    put_bytes(out, text, length);
    if (spec->left)
        put_repeated(out, ' ', pad);
}

static void number_digits(struct number *number, uint64_t value, unsigned base, bool upper)
{
    const char *set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    size_t at = sizeof(number->digits);
    for (; value != 0; value /= base)
        number->digits[--at] = set[value % base];
    number->digit_count = sizeof(number->digits) - at;
    memmove(number->digits, number->digits + at, number->digit_count);
}

static void put_number(struct out *out, const struct spec *spec, const struct number *number)
{
    size_t least = spec->precision < 0 ? 1 : (size_t)spec->precision;
    size_t zeros = least > number->digit_count ? least - number->digit_count : 0;
    size_t length = number->prefix_length + zeros + number->digit_count;
    size_t pad = (size_t)spec->width > length ? (size_t)spec->width - length : 0;
    /* A precision or `-` overrides `0`. */
    if (spec->zero && !spec->left && spec->precision < 0) {
        zeros += pad;
        pad = 0;
    }
    if (!spec->left)
        put_repeated(out, ' ', pad);
    put_bytes(out, number->prefix, number->prefix_length);
    put_repeated(out, '0', zeros);
    put_bytes(out, number->digits, number->digit_count);
    if (spec->left)
        put_repeated(out, ' ', pad);
}

static void put_signed(struct out *out, const struct spec *spec, int64_t value)
{
    struct number number = {0};
    char sign = value < 0 ? '-' : spec->plus ? '+' : spec->space ? ' ' : 0;
    if (sign != 0)
        number.prefix[number.prefix_length++] = sign;
    /* Negating as unsigned is right for the smallest value as well. */
    number_digits(&number, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10, false);
    put_number(out, spec, &number);
}

static void put_unsigned(struct out *out, const struct spec *spec, uint64_t value, char conversion)
{
    struct number number = {0};
    if (spec->alternate && conversion != 'u' && value != 0) {
        number.prefix[0] = '0';
        number.prefix[1] = conversion;
        number.prefix_length = 2;
    }
    number_digits(&number, value, conversion == 'u' ? 10 : 16, conversion == 'X');
    put_number(out, spec, &number);
}

static void put_pointer(struct out *out, const struct spec *spec, const void *pointer)
{
    struct number number = {.prefix = "0x", .prefix_length = 2};
    number_digits(&number, (uintptr_t)pointer, 16, false);
    put_number(out, spec, &number);
}

static int64_t narrow_signed(enum length length, int64_t value)
{
    return length == LENGTH_CHAR    ? (signed char)value
           : length == LENGTH_SHORT ? (short)value
                                    : value;
}

static uint64_t narrow_unsigned(enum length length, uint64_t value)
{
    return length == LENGTH_CHAR    ? (unsigned char)value
           : length == LENGTH_SHORT ? (unsigned short)value
                                    : value;
}

/* va_list may be an array type, which decays as a parameter: it travels in a struct. */
struct args {
    va_list list;
};

static int64_t take_signed(struct args *args, enum length length)
{
    switch (length) {
    case LENGTH_LONG:
        return va_arg(args->list, long);
    case LENGTH_LONG_LONG:
        return va_arg(args->list, long long);
    case LENGTH_SIZE:
        return va_arg(args->list, ptrdiff_t);
    default:
        return narrow_signed(length, va_arg(args->list, int));
    }
}

static uint64_t take_unsigned(struct args *args, enum length length)
{
    switch (length) {
    case LENGTH_LONG:
        return va_arg(args->list, unsigned long);
    case LENGTH_LONG_LONG:
        return va_arg(args->list, unsigned long long);
    case LENGTH_SIZE:
        return va_arg(args->list, size_t);
    default:
        return narrow_unsigned(length, va_arg(args->list, unsigned int));
    }
}

static void take_text(struct out *out, const struct spec *spec, struct args *args)
{
    const char *text = va_arg(args->list, const char *);
    if (text == NULL)
        text = "(null)";
    put_text(out, spec, text,
             spec->precision < 0 ? strlen(text) : strnlen(text, (size_t)spec->precision));
}

/* A decimal number, or `*`; *TEXT is left behind it. */
static int parse_count(const char **text, struct args *args)
{
    int count = 0;
    if (**text == '*') {
        ++*text;
        count = va_arg(args->list, int);
        return MAX(MIN(count, FIELD_MAX), -FIELD_MAX);
    }
    for (; **text >= '0' && **text <= '9'; ++*text)
        count = MIN(count * 10 + (**text - '0'), FIELD_MAX);
    return count;
}

static enum length parse_length(const char **text)
{
    char c = **text;
    if (c != 'h' && c != 'l' && c != 'z')
        return LENGTH_INT;
    ++*text;
    if (c == 'z')
        return LENGTH_SIZE;
    if (**text != c)
        return c == 'h' ? LENGTH_SHORT : LENGTH_LONG;
    ++*text;
    return c == 'h' ? LENGTH_CHAR : LENGTH_LONG_LONG;
}

/* What stands between `%` and the conversion; returns where that is. */
static const char *parse_spec(const char *text, struct args *args, struct spec *spec)
{
    *spec = (struct spec){.precision = -1};
    for (;; text++) {
        if (*text == '-')
            spec->left = true;
        else if (*text == '0')
            spec->zero = true;
        else if (*text == '+')
            spec->plus = true;
        else if (*text == ' ')
            spec->space = true;
        else if (*text == '#')
            spec->alternate = true;
        else
            break;
    }
    spec->width = parse_count(&text, args);
    if (spec->width < 0) {
        spec->left = true;
        spec->width = -spec->width;
    }
    if (*text == '.') {
        text++;
        spec->precision = parse_count(&text, args);
        if (spec->precision < 0)
            spec->precision = -1;
    }
    spec->length = parse_length(&text);
    return text;
}

/* Print by CONVERSION; false if there is none of that name. */
static bool convert(struct out *out, const struct spec *spec, char conversion, struct args *args)
{
    char c;
    switch (conversion) {
    case 'd':
    case 'i':
        put_signed(out, spec, take_signed(args, spec->length));
        return true;
    case 'u':
    case 'x':
    case 'X':
        put_unsigned(out, spec, take_unsigned(args, spec->length), conversion);
        return true;
    case 'c':
        c = (char)va_arg(args->list, int);
        put_text(out, spec, &c, 1);
        return true;
    case 's':
        take_text(out, spec, args);
        return true;
    case 'p':
        put_pointer(out, spec, va_arg(args->list, const void *));
        return true;
    case '%':
        put(out, '%');
        return true;
    default:
        return false;
    }
}

int fmt_vprint(char *buf, size_t size, const char *format, va_list list)
{
    struct out out = {.buf = buf, .size = size};
    struct args args;
    va_copy(args.list, list);
    while (*format != 0) {
        if (*format != '%') {
            put(&out, *format++);
            continue;
        }
        struct spec spec;
        const char *end = parse_spec(format + 1, &args, &spec);
        if (*end != 0 && convert(&out, &spec, *end, &args)) {
            format = end + 1;
        } else {
            put_bytes(&out, format, (size_t)(end - format));
            format = end;
        }
    }
    va_end(args.list);
    if (size > 0)
        buf[MIN(out.length, size - 1)] = 0;
    return (int)MIN(out.length, (size_t)INT32_MAX);
}

int fmt_print(char *buf, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = fmt_vprint(buf, size, format, args);
    va_end(args);
    return length;
}
