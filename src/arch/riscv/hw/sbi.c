/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to the firmware. What fails here is the machine's fault; callers say what to do. */
#include "arch/riscv/hw/sbi.h"

#include "arch/arch.h"
#include "arch/riscv/model/rv_sbi.h"
#include "core/pcpu.h"
#include "lib/bits.h"
#include "lib/panic.h"

static bool has_reset __section(".sealed");

struct sbi_result sbi_call(uint64_t extension, uint64_t function, const uint64_t args[5])
{
    register uint64_t a0 __asm__("a0") = args[0];
    register uint64_t a1 __asm__("a1") = args[1];
    register uint64_t a2 __asm__("a2") = args[2];
    register uint64_t a3 __asm__("a3") = args[3];
    register uint64_t a4 __asm__("a4") = args[4];
    register uint64_t a6 __asm__("a6") = function;
    register uint64_t a7 __asm__("a7") = extension;

    /* All registers but a0 and a1 are preserved (chapter 3). */
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1)
                     : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7)
                     : "memory");
    return (struct sbi_result){(int64_t)a0, a1};
}

bool sbi_has(uint64_t extension)
{
    const uint64_t args[5] = {extension};
    struct sbi_result result = sbi_call(SBI_BASE, SBI_BASE_PROBE, args);

    return result.error == SBI_SUCCESS && result.value != 0;
}

const char *sbi_init(void)
{
    static const uint32_t needed[] = {SBI_TIME, SBI_IPI, SBI_RFENCE, SBI_HSM};

    for (unsigned i = 0; i < ARRAY_SIZE(needed); i++)
        if (!sbi_has(needed[i]))
            return "the firmware's SBI lacks one of TIME, IPI, RFENCE and HSM: it must be version "
                   "0.3 or newer";
    has_reset = sbi_has(SBI_SRST);
    return NULL;
}

int64_t sbi_hart_start(uint64_t hartid, uint64_t entry, uint64_t opaque)
{
    const uint64_t args[5] = {hartid, entry, opaque};

    return sbi_call(SBI_HSM, SBI_HSM_START, args).error;
}

void sbi_set_timer(uint64_t deadline_ticks)
{
    const uint64_t args[5] = {deadline_ticks};

    (void)sbi_call(SBI_TIME, 0, args);
}

void sbi_send_ipi(uint64_t hartid)
{
    const uint64_t args[5] = {1, hartid};

    (void)sbi_call(SBI_IPI, 0, args);
}

/* A mask of harts holds 64 from its base on (chapter 3.1): as many calls as that takes. */
void sbi_fence(uint64_t cpus, unsigned function, uint64_t start, uint64_t size_bytes, uint64_t tag)
{
    while (cpus != 0) {
        uint64_t base = pcpus[bit_lowest(cpus)]->arch.hartid, mask = 0;

        for (uint64_t left = cpus; left != 0; left &= left - 1) {
            uint64_t hartid = pcpus[bit_lowest(left)]->arch.hartid;

            if (hartid - base < 64) {
                mask |= bit64((unsigned)(hartid - base));
                cpus &= ~bit64(bit_lowest(left));
            }
        }
        const uint64_t args[5] = {mask, base, start, size_bytes, tag};
        const uint64_t all[5] = {mask, base, 0, UINT64_MAX, tag};

        /* A guest's range may be one that the firmware refuses. */
        if (sbi_call(SBI_RFENCE, function, args).error != SBI_SUCCESS)
            BUG_ON(sbi_call(SBI_RFENCE, function, all).error != SBI_SUCCESS);
    }
}

void sbi_fence_all(unsigned function, uint64_t start, uint64_t size_bytes, uint64_t tag)
{
    uint64_t cpus = 0;

    for (uint32_t i = 0; i < pcpu_count; i++)
        if (__atomic_load_n(&pcpus[i]->online, __ATOMIC_ACQUIRE))
            cpus |= bit64(i);
    sbi_fence(cpus, function, start, size_bytes, tag);
}

static void reset(uint64_t type, uint64_t reason)
{
    const uint64_t args[5] = {type, reason};

    if (has_reset)
        (void)sbi_call(SBI_SRST, 0, args);
}

void arch_machine_off(void)
{
    reset(SBI_SRST_SHUTDOWN, SBI_SRST_NO_REASON);
    arch_cpu_stop();
}

void arch_machine_reset(void)
{
    reset(SBI_SRST_COLD_REBOOT, SBI_SRST_NO_REASON);
    arch_cpu_stop();
}

void arch_machine_fail(void)
{
    reset(SBI_SRST_SHUTDOWN, SBI_SRST_SYSTEM_FAILURE);
    arch_cpu_stop();
}
