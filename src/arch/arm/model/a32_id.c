/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy for identification registers. Must not be consulted for anything but what a guest
 * reads. A row may only show what the world switch saves and no trap refuses.
 */
#include "arch/arm/model/a32_id.h"

#include "arch/arm/model/a32_keys.h"
#include "arch/arm/model/a64_id_regs.h"

/* Instructions that HSTR traps. */
#define ID_ISAR1_FIELDS(F)    \
    F(ID_ISAR1, OTHER, 27, 0) \
    F(ID_ISAR1, Jazelle, 31, 28)
REG_DEFINE32(ID_ISAR1, ID_ISAR1_FIELDS);
/* PerfMon: all ones is "none". */
#define NO_PMU 0xf

/*
 * Bits that pass, and bits that are set, by register. What is not named reads 0: Jazelle and
 * ThumbEE, the Security and Virtualization Extensions, debug, trace.
 */
static const struct id_row {
    uint8_t crm, op2;
    uint32_t pass, set;
} policy[] = {
    {1, 0, ID_PFR0_State0 | ID_PFR0_State1 | ID_PFR0_State3 | ID_PFR0_CSV2 | ID_PFR0_DIT, 0},
    {1, 1, ID_PFR1_ProgMod | ID_PFR1_GenTimer, 0},
    {1, 2, 0, (uint32_t)REG_PUT(ID_DFR0, PerfMon, NO_PMU)},
    {1, 4, UINT32_MAX, 0}, /* ID_MMFR0 to 3: memory is as it is */
    {1, 5, UINT32_MAX, 0},
    {1, 6, UINT32_MAX, 0},
    {1, 7, UINT32_MAX, 0},
    {2, 0, UINT32_MAX, 0}, /* ID_ISAR0 to 5: instructions nobody traps */
    {2, 1, ID_ISAR1_OTHER, 0},
    {2, 2, UINT32_MAX, 0},
    {2, 3, UINT32_MAX, 0},
    {2, 4, UINT32_MAX, 0},
    {2, 5, UINT32_MAX, 0},
};

static struct a32_host_ids host_ids __section(".bss.sealed");
static uint32_t guest_ids[A32_ID_CRM_COUNT][A32_ID_OP2_COUNT] __section(".bss.sealed");

void a32_id_init(const struct a32_host_ids *host)
{
    host_ids = *host;
    for (unsigned crm = 0; crm < A32_ID_CRM_COUNT; crm++)
        for (unsigned op2 = 0; op2 < A32_ID_OP2_COUNT; op2++)
            guest_ids[crm][op2] = 0;
    for (size_t i = 0; i < ARRAY_SIZE(policy); i++) {
        const struct id_row *row = &policy[i];

        guest_ids[row->crm][row->op2] = (host->reg[row->crm][row->op2] & row->pass) | row->set;
    }
}

uint32_t a32_id_value(unsigned crm, unsigned op2)
{
    return guest_ids[crm % A32_ID_CRM_COUNT][op2 % A32_ID_OP2_COUNT];
}

bool a32_id_host_value(uint32_t key, uint64_t *value)
{
    unsigned crm = (unsigned)REG_GET(A32_KEY, CRm, key);
    unsigned op2 = (unsigned)REG_GET(A32_KEY, Op2, key);

    if (key != A32_KEY(A32_CP15, 0, 0, crm, op2) || crm == 0 || crm >= A32_ID_CRM_COUNT)
        return false;
    *value = host_ids.reg[crm][op2];
    return true;
}

const struct a32_host_ids *a32_id_host(void)
{
    return &host_ids;
}
