/* SPDX-License-Identifier: Apache-2.0 */
/* The CPU's own identification registers, for the model that makes the guests' of them. */
#include "arch/arm/a32/mm.h"
#include "arch/arm/a32/sysreg.h"
#include "arch/arm/model/a32_id.h"
#include "lib/bits.h"

#define CP10_READ(name)                                                  \
    ({                                                                   \
        uint32_t value_;                                                 \
        __asm__ volatile(".fpu neon\n\tvmrs %0, " #name : "=r"(value_)); \
        value_;                                                          \
    })

/* CLIDR has three bits for each level: instructions, data, and both in one. */
#define CLIDR_CTYPE_BITS         3
#define CLIDR_CTYPE_INSTRUCTIONS bit32(0)
#define CLIDR_CTYPE_DATA         (bit32(1) | bit32(2))
#define CLIDR_LEVELS             7

/* By the manual's rule for what CSSELR may select (B4.1.41). */
static void read_caches(struct a32_host_ids *ids)
{
    ids->clidr = sysreg_read(CLIDR);
    for (uint32_t select = 0; select < 2 * CLIDR_LEVELS; select++) {
        uint32_t type = ids->clidr >> (select / 2 * CLIDR_CTYPE_BITS);

        if ((type & (select % 2 != 0 ? CLIDR_CTYPE_INSTRUCTIONS : CLIDR_CTYPE_DATA)) == 0)
            continue;
        sysreg_write(CSSELR, select);
        isb();
        ids->ccsidr[select] = sysreg_read(CCSIDR);
    }
}

void a32_host_ids_read(struct a32_host_ids *ids)
{
    *ids = (struct a32_host_ids){
        .reg =
            {
                [1] = {sysreg_read(ID_PFR0), sysreg_read(ID_PFR1), sysreg_read(ID_DFR0),
                       sysreg_read(ID_AFR0), sysreg_read(ID_MMFR0), sysreg_read(ID_MMFR1),
                       sysreg_read(ID_MMFR2), sysreg_read(ID_MMFR3)},
                [2] = {sysreg_read(ID_ISAR0), sysreg_read(ID_ISAR1), sysreg_read(ID_ISAR2),
                       sysreg_read(ID_ISAR3), sysreg_read(ID_ISAR4), sysreg_read(ID_ISAR5)},
            },
        .tcmtr = sysreg_read(TCMTR),
        .tlbtr = sysreg_read(TLBTR),
        .ctr = sysreg_read(CTR),
        /* cp10 is not trapped before the first guest is loaded. */
        .fpsid = CP10_READ(FPSID),
        .mvfr0 = CP10_READ(MVFR0),
        .mvfr1 = CP10_READ(MVFR1),
    };
    read_caches(ids);
}
