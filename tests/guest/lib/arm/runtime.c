/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime of an ARMv7 test guest; see guest.h. */
#include "guest/lib/arm/guest.h"

#include "guest/lib/fdt.h"
#include "guest/lib/text.h"

#include <stdarg.h>

/* ---- the machine */

/* arm_guest_layout.h; and QEMU's `virt`, where nothing hands us a device tree. */
static const struct machine machines[] = {
    {.uart = 0x22000000, .gicd = 0x03001000, .gicc = 0x03002000, .bootargs = ""},
    {.uart = 0x09000000, .gicd = 0x08000000, .gicc = 0x08010000, .bootargs = ""},
};
#define FDT_BYTES_MAX 0x10000u

struct machine machine;
extern uint32_t guest_boot_fdt;

void guest_boot(void)
{
    struct fdt fdt;
    const uint8_t *arguments;
    uint32_t bytes;

    machine = machines[guest_boot_fdt == 0];
    if (fdt_open(&fdt, (const void *)(uintptr_t)guest_boot_fdt, FDT_BYTES_MAX)) {
        arguments = fdt_property(&fdt, fdt_find_child(&fdt, "chosen"), "bootargs", &bytes);
        if (arguments != NULL)
            machine.bootargs = (const char *)arguments;
    }
    guest_main();
}

/* ---- output */

static void put(char c)
{
    while (mmio_read(UART + UART_FR) & UART_FR_TXFF)
        ;
    mmio_write(UART + UART_DR, (uint8_t)c);
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
        case 'x':
            put_number(va_arg(args, unsigned), 16);
            break;
        case 'U':
            put_number(va_arg(args, uint64_t), 10);
            break;
        case 'X':
            put_number(va_arg(args, uint64_t), 16);
            break;
        default:
            put(*format);
            break;
        }
    }
    va_end(args);
}

/* ---- tests */

static unsigned failures; /* of the running test */

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
        print("  line %u: %s: 0x%X, 0x%X\n", (unsigned)line, what, a, b);
    }
    return a == b;
}

void check_all(const struct test *tests, unsigned count)
{
    unsigned failed = 0;

    for (unsigned i = 0; i < count; i++) {
        failures = 0;
        tests[i].run();
        if (failures != 0) {
            failed++;
            print("FAIL %s\n", tests[i].name);
        }
    }
    print("%u passed, %u failed\n", count - failed, failed);
}

void check_run(const struct test *tests, unsigned count)
{
    check_all(tests, count);
    hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
}

/* ---- exceptions */

static struct seen seen;
static bool expecting;
static irq_handler_fn *irq_handler;

static volatile unsigned async_count;

#define CPSR_MODE 0x1fu
#define MODE_USR  0x10u
#define CPSR_T    0x20u
/* Fault status, short format: 0b10110. */
#define DFSR_STATUS 0x40fu
#define DFSR_ASYNC  0x406u

static void interrupt(enum exception how)
{
    uint32_t iar = mmio_read(GICC + GICC_IAR);

    if ((iar & 0x3ff) >= INTID_SPURIOUS)
        return;
    if (irq_handler != NULL)
        irq_handler(iar & 0x3ff, how);
    mmio_write(GICC + GICC_EOIR, iar);
}

void guest_exception(struct frame *frame, enum exception kind)
{
    bool thumb = (frame->cpsr & CPSR_T) != 0;

    if (kind == EXC_IRQ || kind == EXC_FIQ) {
        interrupt(kind);
        return;
    }
    if (kind == EXC_DATA && (CP_READ(p15, 0, c5, c0, 0) & DFSR_STATUS) == DFSR_ASYNC) {
        async_count++;
        return;
    }
    seen = (struct seen){
        .kind = kind,
        .frame = *frame,
        .dfsr = CP_READ(p15, 0, c5, c0, 0),
        .dfar = CP_READ(p15, 0, c6, c0, 0),
        .ifsr = CP_READ(p15, 0, c5, c0, 1),
        .ifar = CP_READ(p15, 0, c6, c0, 2),
    };
    if (!expecting) {
        print("unexpected exception %u at 0x%x, DFSR 0x%x DFAR 0x%x IFSR 0x%x\n", kind, frame->pc,
              seen.dfsr, seen.dfar, seen.ifsr);
        hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
    }
    expecting = false;
    switch (kind) {
    case EXC_UNDEF: /* the return address is behind an ARM instruction, or a narrow Thumb one */
        seen.frame.pc -= thumb ? 2 : 4;
        break;
    case EXC_PREFETCH:
        frame->pc = frame->lr & ~1u;
        frame->cpsr = (frame->lr & 1) != 0 ? frame->cpsr | CPSR_T : frame->cpsr & ~CPSR_T;
        break;
    case EXC_DATA:
        frame->pc += 4;
        break;
    default:
        break;
    }
}

struct seen expect(void (*fn)(void))
{
    seen = (struct seen){.kind = EXC_NONE};
    expecting = true;
    fn();
    expecting = false;
    return seen;
}

unsigned async_aborts(void)
{
    return async_count;
}

void irq_set_handler(irq_handler_fn *handler)
{
    irq_handler = handler;
}

/* ---- devices */

void gic_init(void)
{
    mmio_write(GICD + GICD_CTLR, 1);
    mmio_write(GICC + GICC_PMR, 0xff);
    mmio_write(GICC + GICC_CTLR, 1);
}

void gic_enable(uint32_t intid)
{
    mmio_write(GICD + GICD_ISENABLER + intid / 32 * 4, 1u << intid % 32);
}

/* ---- firmware */

#define CALL(instruction)                                                          \
    register uint32_t r0 __asm__("r0") = function;                                 \
    register uint32_t r1 __asm__("r1") = a1;                                       \
    register uint32_t r2 __asm__("r2") = a2;                                       \
    register uint32_t r3 __asm__("r3") = a3;                                       \
    __asm__ volatile(".arch_extension sec\n\t.arch_extension virt\n\t" instruction \
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)::"r12", "memory");   \
    return r0

uint32_t hvc(uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3)
{
    uint32_t cpsr;

    __asm__ volatile("mrs %0, cpsr" : "=r"(cpsr));
    if ((cpsr & CPSR_MODE) == MODE_USR) {
        CALL("svc #0");
    }
    CALL("hvc #0");
}

uint32_t smc(uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3)
{
    CALL("smc #0");
}

extern char guest_second_start[], guest_thumb_start[];
static uint64_t second_stack[512];

bool second_cpu(void (*fn)(void), bool thumb)
{
    uint32_t *top = (uint32_t *)&second_stack[ARRAY_SIZE(second_stack) - 1];

    *top = (uint32_t)(uintptr_t)fn;
    barrier();
    return hvc(PSCI_CPU_ON, 1,
               thumb ? (uint32_t)(uintptr_t)guest_thumb_start
                     : (uint32_t)(uintptr_t)guest_second_start,
               (uint32_t)(uintptr_t)top) == 0;
}

void cpu_off(void)
{
    hvc(PSCI_CPU_OFF, 0, 0, 0);
}

bool second_cpu_wait_off(void)
{
    uint64_t end = counter() + CP_READ(p15, 0, c14, c0, 0);

    while (hvc(PSCI_AFFINITY_INFO, 1, 0, 0) != 1)
        if (counter() > end)
            return false;
    return true;
}

/* ---- for the compiler's library: a division by zero */

int __aeabi_idiv0(int quotient);
long long __aeabi_ldiv0(long long quotient);

int __aeabi_idiv0(int quotient)
{
    return quotient;
}

long long __aeabi_ldiv0(long long quotient)
{
    return quotient;
}
