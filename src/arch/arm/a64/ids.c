/* SPDX-License-Identifier: Apache-2.0 */
/* The CPU's own identification registers, for the model that makes the guests' of them. */
#include "arch/arm/a64/mm.h"
#include "arch/arm/a64/sysreg.h"
#include "arch/arm/model/a64_id.h"

/* op0 3, op1 0, CRn 0, CRm 1 to 7: all of it reads, what is unallocated as zero (D19.1.2). */
#define ID_ROW(R, m) R(m, 0) R(m, 1) R(m, 2) R(m, 3) R(m, 4) R(m, 5) R(m, 6) R(m, 7)
#define ID_ALL(R) \
    ID_ROW(R, 1) ID_ROW(R, 2) ID_ROW(R, 3) ID_ROW(R, 4) ID_ROW(R, 5) ID_ROW(R, 6) ID_ROW(R, 7)

void a64_host_ids_read(struct a64_host_ids *ids)
{
#define READ(m, n) ids->reg[m][n] = sysreg_read(S3_0_C0_C##m##_##n);
    ID_ALL(READ)
#undef READ
    ids->ipa_bits = (uint8_t)mm_ipa_bits();
}
