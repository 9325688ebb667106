/* SPDX-License-Identifier: Apache-2.0 */
/* Every ISS of the large exception classes, and every class: the decoder's promises hold for all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "arch/arm/model/a64_decode.h"
#include "arch/arm/model/a64_regs.h"
#include "lib/bits.h"

#define ISS_COUNT (1u << 25)
#define FAR       0xffff80000bad0e7cULL
#define PAGE      0x4711ULL

/* One assertion a value would take minutes; the first broken promise is reported by its line. */
#define PROMISE(condition)                                                            \
    do {                                                                              \
        if (unlikely(!(condition)))                                                   \
            fail_msg("ESR %#llx: %s", (unsigned long long)out->syndrome, #condition); \
    } while (0)

static void decode(unsigned ec, uint32_t iss, struct trap *out)
{
    struct a64_syndrome in = {.esr = REG_PUT(ESR_ELx, EC, ec) | ESR_ELx_IL | iss,
                              .far = FAR,
                              .hpfar = REG_PUT(HPFAR_EL2, FIPA, PAGE)};

    a64_decode(&in, out);
}

static bool reg_is_valid(const struct trap *out)
{
    return out->reg <= A64_REG_ZR || out->reg == TRAP_REG_NONE;
}

static void check_fault(const struct trap *out, uint32_t iss)
{
    PROMISE(out->kind == TRAP_S2_FAULT);
    PROMISE(out->reg == TRAP_REG_NONE);
    PROMISE(!(out->fault.permission && out->fault.external));
    PROMISE(out->fault.gpa.raw >> PAGE_SHIFT == PAGE);
    PROMISE(out->fault.gva.raw == FAR);
    PROMISE(out->fault.on_table_walk == ((iss & ISS_DABT_S1PTW) != 0));
}

static void every_data_abort(void **state)
{
    struct trap trap, *out = &trap;
    uint32_t mmio_count = 0;

    for (uint32_t iss = 0; iss < ISS_COUNT; iss++) {
        decode(ESR_EC_DABT_LOWER, iss, out);
        PROMISE(out->insn_bytes == 4);
        if (out->kind != TRAP_MMIO) {
            check_fault(out, iss);
            PROMISE(out->fault.access == ((iss & ISS_DABT_WnR) != 0 ? TRAP_WRITE : TRAP_READ));
            continue;
        }
        mmio_count++;
        PROMISE((iss & ISS_DABT_ISV) != 0);
        PROMISE((iss & (ISS_DABT_S1PTW | ISS_DABT_CM)) == 0);
        PROMISE(out->mmio.gpa.raw == ((PAGE << PAGE_SHIFT) | (FAR & 0xfff)));
        PROMISE(is_pow2(out->mmio.size_bytes) && out->mmio.size_bytes <= 8);
        PROMISE(out->mmio.reg_bits == 32 || out->mmio.reg_bits == 64);
        PROMISE(out->write == ((iss & ISS_DABT_WnR) != 0));
        PROMISE(reg_is_valid(out));
    }
    /* ISV set, S1PTW and CM clear, four of the 64 DFSC (translation, levels 0 to 3; level -1 is
     * none of ours): 2^16 others are free. */
    assert_int_equal(mmio_count, 4u << 16);
}

static void every_instruction_abort(void **state)
{
    struct trap trap, *out = &trap;

    for (uint32_t iss = 0; iss < ISS_COUNT; iss++) {
        decode(ESR_EC_IABT_LOWER, iss, out);
        check_fault(out, iss);
        PROMISE(out->fault.access == TRAP_FETCH);
        PROMISE(!out->fault.cache_maintenance);
    }
}

static void every_system_register_access(void **state)
{
    struct trap trap, *out = &trap;

    for (uint32_t iss = 0; iss < ISS_COUNT; iss++) {
        decode(ESR_EC_SYS64, iss, out);
        PROMISE(out->kind == TRAP_SYSREG);
        PROMISE(out->insn_bytes == 4);
        PROMISE(reg_is_valid(out));
        PROMISE(out->write == ((iss & ISS_SYS64_Direction) == 0));
        PROMISE(out->sysreg.key < 65536);
        /* The key loses nothing: put back together it is the ISS. */
        PROMISE((REG_PUT(ISS_SYS64, Op0, REG_GET(A64_KEY, Op0, out->sysreg.key)) |
                 REG_PUT(ISS_SYS64, Op1, REG_GET(A64_KEY, Op1, out->sysreg.key)) |
                 REG_PUT(ISS_SYS64, CRn, REG_GET(A64_KEY, CRn, out->sysreg.key)) |
                 REG_PUT(ISS_SYS64, CRm, REG_GET(A64_KEY, CRm, out->sysreg.key)) |
                 REG_PUT(ISS_SYS64, Op2, REG_GET(A64_KEY, Op2, out->sysreg.key))) ==
                (iss &
                 (ISS_SYS64_Op0 | ISS_SYS64_Op1 | ISS_SYS64_CRn | ISS_SYS64_CRm | ISS_SYS64_Op2)));
    }
}

/* All 64 classes; the ISS one bit at a time, all zeros and all ones. */
static void every_class(void **state)
{
    struct trap trap, *out = &trap;

    for (unsigned ec = 0; ec < 64; ec++)
        for (unsigned bit = 0; bit <= 26; bit++) {
            uint32_t iss = bit < 25 ? bit32(bit) : bit == 25 ? 0 : ISS_COUNT - 1;

            decode(ec, iss, out);
            PROMISE(out->kind < TRAP_KIND_COUNT);
            PROMISE(reg_is_valid(out));
            PROMISE(out->insn_bytes == (ec == ESR_EC_HVC64 ? 0 : 4));
            PROMISE(out->value == 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_data_abort),
        cmocka_unit_test(every_instruction_abort),
        cmocka_unit_test(every_system_register_access),
        cmocka_unit_test(every_class),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
