/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns which CSRs a guest finds where its access traps. With the H extension the supervisor's own
 * registers do not: the hardware has them twice. What has no row is an illegal instruction.
 *
 * Guests read the time directly, but not the cycles and instructions of a CPU that they share with
 * others: those counters exist and stand still.
 */
#include "arch/riscv/model/rv_csr_rows.h"

#include "arch/riscv/model/rv_csr.h"
#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_insn.h"
#include "core/reg_row.h"
#include "core/vcpu.h"
#include "lib/bits.h"
#include "lib/panic.h"

static const struct csr_name {
    uint16_t number;
    const char *name;
} names[] = {
#define NAME(name, number) {number, #name},
    RV_CSR_LIST(NAME)
#undef NAME
};

/* User mode reads the counters that the supervisor lets it (scounteren). */
static enum trap_result read_counter(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                     uint64_t *value)
{
    if (!rv_hook_in_supervisor(vcpu) &&
        (rv_hook_scounteren(vcpu) & bit64(row->key % RV_COUNTER_COUNT)) == 0)
        return TRAP_UNDEF;
    *value = 0;
    return TRAP_DONE;
}

#define COUNTER(number, text)                                                                 \
    {                                                                                         \
        .key = (number), .access = REG_RO, .kind = REG_FN, .fn = read_counter, .name = (text) \
    }
#define HPM(n) COUNTER(CSR_cycle + (n), "hpmcounter" #n)
/* clang-format off */
static const struct reg_row rows[] = {
    COUNTER(CSR_cycle, "cycle"), COUNTER(CSR_instret, "instret"),
    HPM(3), HPM(4), HPM(5), HPM(6), HPM(7), HPM(8), HPM(9), HPM(10), HPM(11), HPM(12), HPM(13),
    HPM(14), HPM(15), HPM(16), HPM(17), HPM(18), HPM(19), HPM(20), HPM(21), HPM(22), HPM(23),
    HPM(24), HPM(25), HPM(26), HPM(27), HPM(28), HPM(29), HPM(30), HPM(31),
};
/* clang-format on */

static struct reg_table table __section(".sealed");

void rv_csr_init(void)
{
    BUG_ON(reg_table_init(&table, rows, ARRAY_SIZE(rows)) != ERR_NONE);
}

/* The rules of 2.1 that hold for every CSR, with H or without. */
static bool may_access(const struct vcpu *vcpu, const struct rv_csr_insn *csr)
{
    uint64_t privilege = REG_GET(RV_CSR_NUMBER, PRIVILEGE, csr->number);

    if (csr->writes && REG_GET(RV_CSR_NUMBER, ACCESS, csr->number) == RV_CSR_ACCESS_READ_ONLY)
        return false;
    return privilege == RV_PRIVILEGE_USER ||
           (privilege == RV_PRIVILEGE_SUPERVISOR && rv_hook_in_supervisor(vcpu));
}

enum trap_result rv_csr_access(struct vcpu *vcpu, struct trap *trap)
{
    struct rv_csr_insn csr;
    const struct reg_row *row;
    enum trap_result result = TRAP_DONE;
    uint64_t source;

    if (!rv_insn_csr((uint32_t)trap->syndrome, &csr) || !may_access(vcpu, &csr))
        return TRAP_UNDEF;
    row = reg_table_find(&table, csr.number);
    if (row == NULL)
        return TRAP_UNDEF;
    source = csr.immediate ? csr.source : vcpu->arch.rv.gprs.x[csr.source];
    trap->write = false;
    trap->value = 0;
    if (csr.reads)
        result = reg_row_access(vcpu, &vcpu->arch.rv.super, row, trap);
    if (csr.writes && result == TRAP_DONE) {
        uint64_t old = trap->value;

        trap->write = true;
        trap->value = rv_csr_result(csr.op, old, source);
        trap->sysreg.written = trap->value;
        result = reg_row_access(vcpu, &vcpu->arch.rv.super, row, trap);
        trap->value = old;
    }
    return result;
}

const char *rv_csr_name(uint32_t number)
{
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (names[i].number == number)
            return names[i].name;
    return NULL;
}
