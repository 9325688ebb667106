/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What CPU a guest sees: the identification registers c0 c1 and c0 c2 of cp15, made once from the
 * host's by a table of fields. Arm ARM DDI 0406C, B4.1, B7 "The CPUID Identification Scheme".
 */
#pragma once

#include "lib/types.h"

/* The registers by CRm, 1 and 2, and opc2; CRm 0 is not used. */
#define A32_ID_CRM_COUNT 3
#define A32_ID_OP2_COUNT 8

/* CSSELR selects one of so many caches: level less 1, and whether it is of instructions. */
#define A32_CSSELR_BITS 4
#define A32_CACHE_COUNT 16

/* Raw values of the CPU. */
struct a32_host_ids {
    uint32_t reg[A32_ID_CRM_COUNT][A32_ID_OP2_COUNT];
    uint32_t tcmtr, tlbtr;
    uint32_t ctr, clidr, ccsidr[A32_CACHE_COUNT]; /* by CSSELR; 0: there is no such cache */
    uint32_t fpsid, mvfr0, mvfr1;                 /* of cp10 */
};

/* Compute the guests' values. Once, at boot. */
void a32_id_init(const struct a32_host_ids *host);
/* What a guest reads; CRM 1 or 2, OP2 0 to 7. */
uint32_t a32_id_value(unsigned crm, unsigned op2);
/* What the host itself has for register KEY (a32_keys.h); false if KEY is none of these. */
bool a32_id_host_value(uint32_t key, uint64_t *value);
/* The host's own, of which some pass to guests as they are. */
const struct a32_host_ids *a32_id_host(void);
