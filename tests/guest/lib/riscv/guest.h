/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small world of an RV64 test guest, in S-mode: as a VM under Trapeze, or bare on QEMU's virt
 * machine above OpenSBI, whose map guests have (rv_guest_layout.h). Its MMU is off. Output is a
 * line for each test and a summary, the same on both.
 */
#pragma once

#include "lib/types.h"

void guest_main(uint64_t hart, uint64_t fdt); /* the guest's own */
/* Its command line, "" without one. */
const char *bootargs(uint64_t fdt);
/* Of its first hart: "riscv,sv48", or ""; and whether NAME is in the list of its extensions. */
const char *mmu_type(uint64_t fdt);
bool has_extension(uint64_t fdt, const char *name);

/* ---- output: %s; %u 32 bits in decimal, %lu and %lx 64 bits */
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
/* Run COUNT TESTS on HART, print the summary, switch the machine off. */
void check_run(uint64_t hart, const struct test *tests, unsigned count);
#define CHECK(condition) check_true(!!(condition), __LINE__, #condition)
#define CHECK_EQ(a, b)   check_equal((uint64_t)(a), (uint64_t)(b), __LINE__, #a " == " #b)
bool check_true(bool ok, int line, const char *what);
bool check_equal(uint64_t a, uint64_t b, int line, const char *what);
/* The hart that the tests run on, and the other one. */
uint64_t this_hart(void);
uint64_t other_hart(void);

/* ---- traps */
enum cause {
    CAUSE_FETCH_ACCESS = 1,
    CAUSE_ILLEGAL = 2,
    CAUSE_BREAKPOINT = 3,
    CAUSE_LOAD_ACCESS = 5,
    CAUSE_STORE_ACCESS = 7,
    CAUSE_ECALL_U = 8,
    CAUSE_FETCH_PAGE = 12,
    CAUSE_LOAD_PAGE = 13,
    CAUSE_STORE_PAGE = 15,
    CAUSE_NONE = 64,
};
enum irq { IRQ_SOFTWARE = 1, IRQ_TIMER = 5, IRQ_EXTERNAL = 9 };
#define IRQ_BIT(irq) (1ULL << (irq))
#define IRQ_ALL      (IRQ_BIT(IRQ_SOFTWARE) | IRQ_BIT(IRQ_TIMER) | IRQ_BIT(IRQ_EXTERNAL))
/* Of sstatus. */
#define SIE  0x2ULL
#define SPIE 0x20ULL
#define SPP  0x100ULL
#define FS   0x6000ULL
#define VS   0x600ULL
#define SUM  0x40000ULL
#define MXR  0x80000ULL

struct frame {
    uint64_t x[32], pc, sstatus;
};
/* What the last exception was; one that nobody expects ends the guest. */
struct seen {
    uint64_t cause, pc, value, sstatus;
};
/* Call FN, which is to cause one exception, and goes on behind the instruction; at its caller if
 * that could not be fetched. */
struct seen expect(void (*fn)(void));
/* The same in U-mode; FN ends with user_end, which is an exception too: CAUSE_ECALL_U is none. */
struct seen expect_user(void (*fn)(void));
void user_call(void (*fn)(void));
#define user_end() __asm__ volatile("ecall" ::: "memory")
/* Called at each interrupt. Without a handler the interrupt is disabled in sie. */
typedef void irq_handler_fn(enum irq irq);
void irq_set_handler(irq_handler_fn *handler);
void guest_trap(struct frame *frame);

/* ---- the hart */
#define CSR_READ(name)                                                \
    ({                                                                \
        uint64_t value_;                                              \
        __asm__ volatile("csrr %0, " #name : "=r"(value_)::"memory"); \
        value_;                                                       \
    })
#define CSR_WRITE(name, value) \
    __asm__ volatile("csrw " #name ", %0" ::"r"((uint64_t)(value)) : "memory")
#define CSR_SET(name, value) \
    __asm__ volatile("csrs " #name ", %0" ::"r"((uint64_t)(value)) : "memory")
#define CSR_CLEAR(name, value) \
    __asm__ volatile("csrc " #name ", %0" ::"r"((uint64_t)(value)) : "memory")
static inline uint64_t counter(void)
{
    return CSR_READ(time);
}
static inline void wait_for_interrupt(void)
{
    __asm__ volatile("wfi" ::: "memory");
}
/* QEMU's virt machine and VMs on it: ticks of `time`. */
#define COUNTER_HZ 10000000u
/* Until CONDITION, a second at most. False: it did not come. */
#define WAIT_UNTIL(condition)                    \
    ({                                           \
        uint64_t end_ = counter() + COUNTER_HZ;  \
        while (!(condition) && counter() < end_) \
            ;                                    \
        !!(condition);                           \
    })

/* ---- devices */
#define UART         0x10000000u
#define UART_SOURCE  10u
#define PLIC         0x0c000000u
#define PLIC_PENDING (PLIC + 0x1000u)
/* HART's supervisor context is the odd one of its two. */
#define PLIC_ENABLE(hart)    (PLIC + 0x2080u + 0x100u * (hart))
#define PLIC_THRESHOLD(hart) (PLIC + 0x201000u + 0x2000u * (hart))
#define PLIC_CLAIM(hart)     (PLIC_THRESHOLD(hart) + 4u)
/* Neither memory nor a device. */
#define NOWHERE 0x11000000u

static inline uint32_t read32(uint64_t at)
{
    return *(volatile uint32_t *)at;
}
static inline void write32(uint64_t at, uint32_t value)
{
    *(volatile uint32_t *)at = value;
}
static inline uint8_t read8(uint64_t at)
{
    return *(volatile uint8_t *)at;
}
static inline void write8(uint64_t at, uint8_t value)
{
    *(volatile uint8_t *)at = value;
}

/* ---- SBI */
enum {
    EXT_BASE = 0x10,
    EXT_TIME = 0x54494d45,
    EXT_IPI = 0x735049,
    EXT_RFENCE = 0x52464e43,
    EXT_HSM = 0x48534d,
    EXT_SRST = 0x53525354,
    EXT_DBCN = 0x4442434e,
    EXT_SUSP = 0x53555350,
    EXT_PMU = 0x504d55,
};
enum { BASE_IMPL_ID = 1, IMPL_OPENSBI = 1 };
enum { HSM_START, HSM_STOP, HSM_STATUS, HSM_SUSPEND };
enum { HSM_STARTED, HSM_STOPPED };
enum {
    ERR_NOT_SUPPORTED = -2,
    ERR_INVALID_PARAM = -3,
    ERR_INVALID_ADDRESS = -5,
    ERR_ALREADY_AVAILABLE = -6,
};
struct sbi_answer {
    int64_t error;
    uint64_t value;
};
/* With a3 0. */
struct sbi_answer sbi(uint64_t extension, uint64_t function, uint64_t a0, uint64_t a1, uint64_t a2);
/* Above OpenSBI on QEMU, which are not by the book in places: those are for VMs alone. */
bool is_bare(void);
static inline void timer_set(uint64_t deadline)
{
    (void)sbi(EXT_TIME, 0, deadline, 0, 0);
}
/* Suspend by EXTENSION's FUNCTION, where registers are lost: its error, 1 if this hart slept. */
int64_t guest_suspend(uint64_t extension, uint64_t function, uint64_t type);
/* Start the other hart with FN, which ends it by hart_stop. */
bool second_hart(void (*fn)(void));
void hart_stop(void);
/* False if it is still on after a while. */
bool second_hart_wait_off(void);
