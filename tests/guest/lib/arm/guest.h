/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small world of an ARMv7 test guest, under Trapeze or on QEMU's own machine: its devices are
 * where one of the two has them, its MMU is off. Output is a line for each test that failed and a
 * summary, as of the AArch64 guests.
 */
#pragma once

#include "lib/types.h"

void guest_main(void); /* the guest's own */
void guest_boot(void); /* the runtime's, before it */

/* ---- output: %s %x %u, 32 bits; %X, 64 bits in hexadecimal; %U in decimal */
void print(const char *format, ...);

/* ---- tests */
struct test {
    const char *name;
    void (*run)(void);
};
#define TEST(function)                     \
    {                                      \
        .name = #function, .run = function \
    }
/* Run COUNT TESTS, print the summary; check_run switches off then. */
void check_all(const struct test *tests, unsigned count);
void check_run(const struct test *tests, unsigned count);
#define CHECK(condition) check_true(!!(condition), __LINE__, #condition)
#define CHECK_EQ(a, b)   check_equal((uint64_t)(a), (uint64_t)(b), __LINE__, #a " == " #b)
bool check_true(bool ok, int line, const char *what);
bool check_equal(uint64_t a, uint64_t b, int line, const char *what);

/* ---- exceptions */
enum exception { EXC_UNDEF, EXC_SVC, EXC_PREFETCH, EXC_DATA, EXC_IRQ, EXC_FIQ, EXC_NONE };
struct frame {
    uint32_t r[13], lr; /* of SVC mode */
    uint32_t pc, cpsr;
};
/* What the last exception was; an unexpected one ends the guest. */
struct seen {
    enum exception kind;
    struct frame frame;
    uint32_t dfsr, dfar, ifsr, ifar;
};
/* Call FN, which is to cause one exception; goes on behind the instruction, or at the caller's if
 * it was a prefetch abort. */
struct seen expect(void (*fn)(void));
/* Asynchronous external aborts taken so far, which anything may be interrupted by (CPSR.A). */
unsigned async_aborts(void);
/* Called at each IRQ and FIQ with the interrupt's number; it is acknowledged before and ended
 * after. */
typedef void irq_handler_fn(uint32_t intid, enum exception how);
void irq_set_handler(irq_handler_fn *handler);
void guest_exception(struct frame *frame, enum exception kind);

/* ---- devices */
struct machine {
    uint32_t uart, gicd, gicc;
    const char *bootargs;
};
extern struct machine machine;
#define UART machine.uart
#define GICD machine.gicd
#define GICC machine.gicc
enum { UART_DR = 0x00, UART_FR = 0x18, UART_FR_TXFF = 0x20 };
enum {
    GICD_CTLR = 0x000,
    GICD_TYPER = 0x004,
    GICD_IGROUPR = 0x080,
    GICD_ISENABLER = 0x100,
    GICD_IPRIORITYR = 0x400,
    GICD_SGIR = 0xf00,
    GICC_CTLR = 0x00,
    GICC_PMR = 0x04,
    GICC_IAR = 0x0c,
    GICC_EOIR = 0x10,
};
#define GICD_SGIR_SELF 0x02000000u
#define INTID_SPURIOUS 1020u

static inline uint32_t mmio_read(uint32_t at)
{
    uint32_t value;

    __asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(at) : "memory");
    return value;
}
static inline void mmio_write(uint32_t at, uint32_t value)
{
    __asm__ volatile("str %0, [%1]" ::"r"(value), "r"(at) : "memory");
}
/* Distributor and this CPU's interface on, all priorities through. */
void gic_init(void);
void gic_enable(uint32_t intid);

/* ---- the CPU */
#define CP_READ(cp, op1, crn, crm, op2)                                                          \
    ({                                                                                           \
        uint32_t value_;                                                                         \
        __asm__ volatile("mrc " #cp ", " #op1 ", %0, " #crn ", " #crm ", " #op2 : "=r"(value_)); \
        value_;                                                                                  \
    })
/* clang-format off */
#define CP_WRITE(cp, op1, crn, crm, op2, value) \
    __asm__ volatile("mcr " #cp ", " #op1 ", %0, " #crn ", " #crm ", " #op2 ::"r"(value) : "memory")
/* clang-format on */
#define CP_READ64(op1, crm)                                                     \
    ({                                                                          \
        uint64_t value_;                                                        \
        __asm__ volatile("mrrc p15, " #op1 ", %Q0, %R0, " #crm : "=r"(value_)); \
        value_;                                                                 \
    })
#define CP_WRITE64(op1, crm, value) \
    __asm__ volatile("mcrr p15, " #op1 ", %Q0, %R0, " #crm ::"r"((uint64_t)(value)) : "memory")
#define barrier() __asm__ volatile("dsb sy\n\tisb" ::: "memory")

static inline uint64_t counter(void)
{
    __asm__ volatile("isb" ::: "memory");
    return CP_READ64(1, c14); /* CNTVCT */
}
static inline void irq_unmask(void)
{
    __asm__ volatile("cpsie if" ::: "memory");
}
static inline void irq_mask(void)
{
    __asm__ volatile("cpsid if" ::: "memory");
}

/* ---- firmware */
enum {
    PSCI_VERSION = 0x84000000,
    PSCI_CPU_OFF = 0x84000002,
    PSCI_CPU_ON = 0x84000003,
    PSCI_AFFINITY_INFO = 0x84000004,
    PSCI_SYSTEM_OFF = 0x84000008,
    PSCI_SYSTEM_RESET = 0x84000009,
};
/* From User mode, under trapeze,user-mode, an SVC. */
uint32_t hvc(uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3);
uint32_t smc(uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3);
/* Start CPU index 1 with FN, which ends it by cpu_off; in Thumb state first if THUMB. */
bool second_cpu(void (*fn)(void), bool thumb);
void cpu_off(void);
/* False if it is still on after a while. */
bool second_cpu_wait_off(void);
