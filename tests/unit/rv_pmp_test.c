/* SPDX-License-Identifier: Apache-2.0 */
/* Physical memory protection: its registers, and the rights that follow, against the manual's
 * rules told byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/riscv/model/rv_mcsr.h"
#include "arch/riscv/model/rv_pmp.h"
#include "lib/bits.h"
#include "lib/random.h"

#define ALL (PT_READ | PT_WRITE | PT_EXEC)

static struct rv_state state;

static int start(void **unused)
{
    memset(&state, 0, sizeof(state));
    state.priv.has_machine = true;
    return 0;
}

static uint8_t rights(unsigned mode, uint64_t gpa)
{
    bool uniform;
    uint8_t found = rv_pmp_rights(&state, (uint8_t)mode, GPA(gpa), PAGE_SIZE, &uniform);

    assert_true(uniform); /* a page always is */
    return found;
}

static void without_entries(void **unused)
{
    assert_int_equal(rights(RV_PRIVILEGE_MACHINE, 0x80000000), ALL);
    assert_int_equal(rights(RV_PRIVILEGE_SUPERVISOR, 0x80000000), 0);
    state.priv.has_machine = false;
    assert_int_equal(rights(RV_PRIVILEGE_USER, 0x80000000), ALL);
}

/* As xv6 and others give the supervisor everything. */
static void all_of_memory(void **unused)
{
    rv_pmp_addr_write(&state, 0, 0x3fffffffffffff);
    assert_true(rv_pmp_cfg_write(&state, 0, 0xf)); /* TOR */
    assert_int_equal(rights(RV_PRIVILEGE_SUPERVISOR, 0x80000000), ALL);
    assert_int_equal(rights(RV_PRIVILEGE_USER, (1ull << 56) - 2 * PAGE_SIZE), ALL);
    assert_true(rv_pmp_cfg_write(&state, 0, 0x1f)); /* NAPOT */
    assert_int_equal(rights(RV_PRIVILEGE_SUPERVISOR, 0), ALL);
    assert_int_equal(rights(RV_PRIVILEGE_SUPERVISOR, (1ull << 56) - PAGE_SIZE), ALL);
}

static void granularity(void **unused)
{
    rv_pmp_addr_write(&state, 0, 0x20000001); /* off: zeros below the granularity */
    assert_int_equal(rv_pmp_addr_read(&state, 0), 0x20000000);
    rv_pmp_cfg_write(&state, 0, 0x17); /* four bytes: not to be had */
    assert_int_equal(rv_pmp_cfg_read(&state, 0), 0x07);
    rv_pmp_cfg_write(&state, 0, 0x1f);
    assert_int_equal(rv_pmp_addr_read(&state, 0), 0x200001ff);
    assert_int_equal(rights(RV_PRIVILEGE_SUPERVISOR, 0x80000000), ALL);
    assert_int_equal(rights(RV_PRIVILEGE_SUPERVISOR, 0x80001000), 0);
    rv_pmp_cfg_write(&state, 0, 0x1a); /* write without read is reserved */
    assert_int_equal(rv_pmp_cfg_read(&state, 0), 0x18);
}

static void locked_until_reset(void **unused)
{
    rv_pmp_addr_write(&state, 0, 0x20000000);
    rv_pmp_addr_write(&state, 1, 0x20000400);
    assert_true(rv_pmp_cfg_write(&state, 0, 0x8900)); /* entry 1: TOR, read, locked */
    assert_false(rv_pmp_cfg_write(&state, 0, 0x0f00));
    assert_false(rv_pmp_addr_write(&state, 1, 0));
    assert_false(rv_pmp_addr_write(&state, 0, 0));  /* its lower bound */
    assert_true(rv_pmp_cfg_write(&state, 0, 0x0f)); /* but the entry below itself is free */
    rv_pmp_cfg_write(&state, 0, 0);
    /* It holds for machine mode as well. */
    assert_int_equal(rights(RV_PRIVILEGE_MACHINE, 0x80000000), PT_READ);
    assert_int_equal(rights(RV_PRIVILEGE_MACHINE, 0x80001000), ALL);
}

static void what_does_not_exist(void **unused)
{
    for (unsigned i = RV_PMP_COUNT; i < 64; i++) {
        assert_false(rv_pmp_addr_write(&state, i, UINT64_MAX));
        assert_int_equal(rv_pmp_addr_read(&state, i), 0);
    }
    for (unsigned i = 4; i < 16; i += 2) {
        assert_false(rv_pmp_cfg_write(&state, i, UINT64_MAX));
        assert_int_equal(rv_pmp_cfg_read(&state, i), 0);
    }
    assert_true(rv_pmp_cfg_write(&state, 2, 0x0f));
    assert_int_equal(state.priv.machine.pmpcfg[8], 0x0f);
}

/* ---- against a slow reading of 3.7 */

static bool entry_matches(unsigned i, uint64_t address)
{
    const struct rv_machine *machine = &state.priv.machine;
    uint64_t addr = rv_pmp_addr_read(&state, i), size = 8;

    switch (machine->pmpcfg[i] >> 3 & 3) {
    case 1:
        return address < addr << 2 &&
               (i == 0 || address >= (machine->pmpaddr[i - 1] & ~0x3ffull) << 2);
    case 3:
        for (; addr & 1; addr >>= 1)
            size *= 2;
        return address / size == (rv_pmp_addr_read(&state, i) << 2) / size;
    default:
        return false;
    }
}

static uint8_t slow_rights(unsigned mode, uint64_t address)
{
    for (unsigned i = 0; i < RV_PMP_COUNT; i++) {
        uint8_t cfg = state.priv.machine.pmpcfg[i];

        if (entry_matches(i, address))
            return mode == 3 && !(cfg & 0x80) ? ALL
                                              : (cfg & 1 ? PT_READ : 0) | (cfg & 2 ? PT_WRITE : 0) |
                                                    (cfg & 4 ? PT_EXEC : 0);
    }
    return mode == 3 ? ALL : 0;
}

static void random_entries(void **unused)
{
    uint64_t seed = 1;

    for (unsigned round = 0; round < 3000; round++) {
        start(NULL);
        for (unsigned i = 0; i < 4; i++) {
            seed = seed * 6364136223846793005 + 1442695040888963407;
            rv_pmp_addr_write(&state, i, (seed >> 40 & 0x3fff) | 0x20000000);
        }
        rv_pmp_cfg_write(&state, 0, seed >> 8 & 0x9f9f9f9f);
        for (uint64_t page = 0x7fffe; page < 0x80012; page++) {
            for (unsigned mode = 0; mode < 4; mode += mode == 1 ? 2 : 1) {
                bool uniform;

                if (rights(mode, page << 12) != slow_rights(mode, page << 12))
                    fail_msg("round %u, page 0x%llx, mode %u", round, (unsigned long long)page,
                             mode);
                /* Of four pages: the first one's, and never said to be alike if they are not. */
                assert_int_equal(
                    rv_pmp_rights(&state, (uint8_t)mode, GPA(page << 12), 4 * PAGE_SIZE, &uniform),
                    slow_rights(mode, page << 12));
                for (unsigned i = 1; uniform && i < 4; i++)
                    assert_int_equal(slow_rights(mode, page << 12),
                                     slow_rights(mode, (page + i) << 12));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_entries, start),
        cmocka_unit_test_setup(all_of_memory, start),
        cmocka_unit_test_setup(granularity, start),
        cmocka_unit_test_setup(locked_until_reset, start),
        cmocka_unit_test_setup(what_does_not_exist, start),
        cmocka_unit_test_setup(random_entries, start),
    };

    return cmocka_run_group_tests_name("rv_pmp", tests, NULL, NULL);
}
