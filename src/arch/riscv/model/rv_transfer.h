/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads and stores with the address that they name (The RISC-V Instruction Set Manual, Volume I,
 * 20240411: 2.6, chapters 20 and 21, 26.3, 26.8 and 27 "Zcb"). rv_insn.h has those that devices
 * understand. Owns no state.
 */
#pragma once

#include "arch/riscv/model/rv_insn.h"
#include "arch/riscv/model/rv_state.h"

/* A load or store of an integer or floating-point register. */
struct rv_transfer {
    struct rv_access access;
    bool fp;      /* of a floating-point register */
    uint8_t base; /* the register that its address is relative to */
    int32_t offset;
};

/* INSN, of 16 or 32 bits, as such. False: it is none; atomic instructions are not, nor are those
 * of the vector unit. */
bool rv_insn_transfer(uint32_t insn, struct rv_transfer *transfer);
/* Its address. */
static inline uint64_t rv_transfer_address(const struct rv_transfer *transfer,
                                           const struct rv_gprs *gprs)
{
    uint64_t base = transfer->base != 0 ? gprs->x[transfer->base] : 0;

    return base + (uint64_t)(int64_t)transfer->offset;
}
