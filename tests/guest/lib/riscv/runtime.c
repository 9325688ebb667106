/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime of an RV64 test guest; see guest.h. */
#include "guest/lib/riscv/guest.h"

#include <stdarg.h>

/* ---- output */

#define UART_LSR_THRE 0x20u

static void put(char c)
{
    while ((read8(UART + 5) & UART_LSR_THRE) == 0)
        ;
    write8(UART, (uint8_t)c);
}

static void put_number(uint64_t value, unsigned base)
{
    char digits[24];
    unsigned count = 0;

    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    while (count != 0)
        put(digits[--count]);
}

void print(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    for (; *format != 0; format++) {
        if (*format != '%') {
            if (*format == '\n')
                put('\r');
            put(*format);
            continue;
        }
        switch (*++format) {
        case 's':
            for (const char *s = va_arg(args, const char *); *s != 0; s++)
                put(*s);
            break;
        case 'u':
            put_number(va_arg(args, unsigned), 10);
            break;
        case 'l':
            put_number(va_arg(args, uint64_t), *++format == 'x' ? 16 : 10);
            break;
        default:
            put(*format);
            break;
        }
    }
    va_end(args);
}

/* ---- tests */

#define SRST_SHUTDOWN 0

static unsigned failures; /* of the running test */
static uint64_t hart;

bool check_true(bool ok, int line, const char *what)
{
    if (!ok) {
        failures++;
        print("  line %u: %s\n", (unsigned)line, what);
    }
    return ok;
}

bool check_equal(uint64_t a, uint64_t b, int line, const char *what)
{
    if (a != b) {
        failures++;
        print("  line %u: %s: 0x%lx, 0x%lx\n", (unsigned)line, what, a, b);
    }
    return a == b;
}

uint64_t this_hart(void)
{
    return hart;
}

uint64_t other_hart(void)
{
    return 1 - hart;
}

void check_run(uint64_t on, const struct test *tests, unsigned count)
{
    unsigned failed = 0;

    hart = on;
    for (unsigned i = 0; i < count; i++) {
        failures = 0;
        tests[i].run();
        failed += failures != 0;
        print("%s %s\n", failures != 0 ? "FAIL" : "ok", tests[i].name);
    }
    print("%u passed, %u failed\n", count - failed, failed);
    (void)sbi(EXT_SRST, 0, SRST_SHUTDOWN, 0, 0);
}

/* ---- traps */

static struct seen seen;
static bool expecting;
static irq_handler_fn *irq_handler;
extern char user_return[];

#define CAUSE_INTERRUPT (1ULL << 63)
#define RA              1
#define LOW_BITS_OF_4   3u /* an instruction of four bytes has both set */

static void interrupt(enum irq irq)
{
    if (irq_handler != NULL)
        irq_handler(irq);
    else
        CSR_CLEAR(sie, IRQ_BIT(irq));
}

static unsigned bytes_at(uint64_t pc)
{
    return (*(volatile uint16_t *)pc & LOW_BITS_OF_4) == LOW_BITS_OF_4 ? 4 : 2;
}

void guest_trap(struct frame *frame)
{
    uint64_t cause = CSR_READ(scause), value = CSR_READ(stval);

    if (cause & CAUSE_INTERRUPT) {
        interrupt((enum irq)(cause & ~CAUSE_INTERRUPT));
        return;
    }
    if (cause == CAUSE_ECALL_U) {
        frame->pc = (uint64_t)user_return;
        frame->sstatus |= SPP;
        return;
    }
    seen = (struct seen){cause, frame->pc, value, frame->sstatus};
    if (!expecting) {
        print("unexpected exception %lu at 0x%lx, stval 0x%lx\n", cause, frame->pc, value);
        (void)sbi(EXT_SRST, 0, SRST_SHUTDOWN, 0, 0);
    }
    expecting = false;
    if (cause == CAUSE_FETCH_ACCESS || cause == CAUSE_FETCH_PAGE)
        frame->pc = frame->x[RA];
    else
        frame->pc += bytes_at(frame->pc);
}

static struct seen expect_by(void (*call)(void (*fn)(void)), void (*fn)(void))
{
    seen = (struct seen){.cause = CAUSE_NONE};
    expecting = true;
    call(fn);
    expecting = false;
    return seen;
}

static void call_here(void (*fn)(void))
{
    fn();
}

struct seen expect(void (*fn)(void))
{
    return expect_by(call_here, fn);
}

struct seen expect_user(void (*fn)(void))
{
    return expect_by(user_call, fn);
}

void irq_set_handler(irq_handler_fn *handler)
{
    irq_handler = handler;
}

/* ---- SBI */

struct sbi_answer sbi(uint64_t extension, uint64_t function, uint64_t a0, uint64_t a1, uint64_t a2)
{
    register uint64_t r0 __asm__("a0") = a0;
    register uint64_t r1 __asm__("a1") = a1;
    register uint64_t r2 __asm__("a2") = a2;
    register uint64_t r3 __asm__("a3") = 0;
    register uint64_t r6 __asm__("a6") = function;
    register uint64_t r7 __asm__("a7") = extension;

    __asm__ volatile("ecall" : "+r"(r0), "+r"(r1) : "r"(r2), "r"(r3), "r"(r6), "r"(r7) : "memory");
    return (struct sbi_answer){(int64_t)r0, r1};
}

bool is_bare(void)
{
    return sbi(EXT_BASE, BASE_IMPL_ID, 0, 0, 0).value == IMPL_OPENSBI;
}

extern char guest_second_start[];
static uint64_t second_stack[1024] __attribute__((aligned(16)));

bool second_hart(void (*fn)(void))
{
    uint64_t *top = &second_stack[ARRAY_SIZE(second_stack) - 2];

    *top = (uint64_t)fn;
    return sbi(EXT_HSM, HSM_START, other_hart(), (uint64_t)guest_second_start, (uint64_t)top)
               .error == 0;
}

void hart_stop(void)
{
    (void)sbi(EXT_HSM, HSM_STOP, 0, 0, 0);
}

bool second_hart_wait_off(void)
{
    return WAIT_UNTIL(sbi(EXT_HSM, HSM_STATUS, other_hart(), 0, 0).value == HSM_STOPPED);
}
