/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What CPU a guest sees: the identification registers (op0 3, op1 0, CRn 0, CRm 1 to 7), made once
 * from the host's by a table of fields. A field that the table does not name reads 0, so a feature
 * nobody has thought about stays hidden. Arm ARM DDI 0487, D19.2 "ID_AA64*", G8.2 "ID_*".
 */
#pragma once

#include "lib/types.h"

/* The registers by CRm and op2; CRm 0 is not used. */
#define A64_ID_CRM_COUNT 8
#define A64_ID_OP2_COUNT 8

struct a64_host_ids {
    /* Raw values of the CPU; if CPUs differ, of each field what all of them have. */
    uint64_t reg[A64_ID_CRM_COUNT][A64_ID_OP2_COUNT];
    uint8_t ipa_bits; /* stage 2's input width, 32 to 48 */
};

/* Compute the guests' values. GIC_VERSION is the one that guests are given: 2 or 3. Once, at boot.
 */
void a64_id_init(const struct a64_host_ids *host, unsigned gic_version);
/* What a guest reads; CRM 1 to 7, OP2 0 to 7. */
uint64_t a64_id_value(unsigned crm, unsigned op2);
/* What the host itself has for register KEY (a64_sysreg_keys.h); false if KEY is none of these. */
bool a64_id_host_value(uint32_t key, uint64_t *value);
