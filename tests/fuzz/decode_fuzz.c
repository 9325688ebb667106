/* SPDX-License-Identifier: Apache-2.0 */
/* Syndrome to trap: every answer is complete, in range, and does not depend on what was there
 * before. */
#include <string.h>

#include "arch/arm/model/a64_decode.h"
#include "arch/arm/model/a64_regs.h"
#include "lib/panic.h"
#include "tests/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct a64_syndrome *in, const struct trap *t)
{
    BUG_ON(t->kind >= TRAP_KIND_COUNT || t->syndrome != in->esr);
    BUG_ON(t->insn_bytes != 0 && t->insn_bytes != 2 && t->insn_bytes != 4);
    BUG_ON(t->reg != TRAP_REG_NONE && t->reg > A64_REG_ZR);
    switch (t->kind) {
    case TRAP_MMIO:
        BUG_ON(!is_pow2(t->mmio.size_bytes) || t->mmio.size_bytes > 8);
        BUG_ON(t->mmio.reg_bits != 32 && t->mmio.reg_bits != 64);
        BUG_ON((t->mmio.gpa.raw ^ in->far) & (PAGE_SIZE - 1));
        BUG_ON(t->mmio.gpa.raw >> 56 != 0);
        break;
    case TRAP_S2_FAULT:
        BUG_ON(t->fault.gpa.raw >> 56 != 0);
        BUG_ON(t->fault.access == TRAP_FETCH && t->fault.cache_maintenance);
        BUG_ON(t->fault.external && t->fault.permission);
        break;
    case TRAP_SYSREG:
        BUG_ON(REG_GET(A64_KEY, Op0, t->sysreg.key) > 3);
        break;
    default:
        break;
    }
}

/* Fields that the kind has are the same whatever TRAP held before. */
static void compare(const struct trap *a, const struct trap *b)
{
    BUG_ON(a->kind != b->kind || a->insn_bytes != b->insn_bytes || a->reg != b->reg ||
           a->write != b->write || a->value != b->value);
    switch (a->kind) {
    case TRAP_MMIO:
        BUG_ON(a->mmio.gpa.raw != b->mmio.gpa.raw || a->mmio.size_bytes != b->mmio.size_bytes ||
               a->mmio.sign_extend != b->mmio.sign_extend || a->mmio.gva.raw != b->mmio.gva.raw);
        break;
    case TRAP_S2_FAULT:
        BUG_ON(a->fault.gpa.raw != b->fault.gpa.raw || a->fault.access != b->fault.access ||
               a->fault.permission != b->fault.permission ||
               a->fault.gva_valid != b->fault.gva_valid ||
               a->fault.on_table_walk != b->fault.on_table_walk ||
               a->fault.external != b->fault.external ||
               a->fault.cache_maintenance != b->fault.cache_maintenance);
        break;
    case TRAP_SYSREG:
        BUG_ON(a->sysreg.key != b->sysreg.key);
        break;
    case TRAP_HYPERCALL:
        BUG_ON(a->call.immediate != b->call.immediate || a->call.smc != b->call.smc);
        break;
    case TRAP_WAIT:
        BUG_ON(a->wait.event != b->wait.event || a->wait.timeout != b->wait.timeout);
        break;
    default:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    struct a64_syndrome syndrome = {.esr = input_bytes(&in, 8), .far = input_bytes(&in, 8)};
    struct trap first, second;

    syndrome.hpfar = input_bytes(&in, 8);
    if (a64_hpfar_missing(syndrome.esr))
        syndrome.hpfar = a64_hpfar_of_par(syndrome.hpfar);
    memset(&first, 0, sizeof(first));
    memset(&second, 0xff, sizeof(second));
    second.write = first.write = false; /* a bool of 0xff is no bool */
    a64_decode(&syndrome, &first);
    a64_decode(&syndrome, &second);
    check(&syndrome, &first);
    compare(&first, &second);
    return 0;
}
