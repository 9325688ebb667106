/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counter of retired instructions (Privileged Architecture, version 20240411: 3.1.10, 3.1.11;
 * Volume I, 7.1). M-mode may keep it from us, stop it, or count in its stead, and QEMU without
 * -icount shows the host's clock there; so it is tried out over a few instructions.
 */
#include "arch/riscv/hw/instret.h"

#include "arch/riscv/hw/csr.h"
#include "lib/bits.h"

/*
 * entry.S: it is read three times, with one instruction between, then four. Low and high half of
 * the result: what was counted from each to the next. 0: it cannot be read.
 */
uint64_t instret_span(void);
#define SPAN_EXACT (5ULL << 32 | 2)
#define ATTEMPTS   3

void instret_init_cpu(struct pcpu *pcpu)
{
    unsigned exact = 0;

    /* M-mode's interrupts are counted with us, if one should come: once is enough. */
    for (unsigned i = 0; i < ATTEMPTS; i++)
        exact += instret_span() == SPAN_EXACT;
    pcpu->arch.counts_instructions = exact >= ATTEMPTS - 1;
}

uint64_t instret_count(const struct pcpu *pcpu)
{
    return pcpu->arch.counts_instructions ? csr_read(instret) : 0;
}
