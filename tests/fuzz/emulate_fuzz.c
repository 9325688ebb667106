/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An emulated guest's exits, any of them in any order, over page tables and instructions that are
 * any bytes (emulate_model.h): what its shadow maps is memory of its own, and its state stays in
 * bounds.
 */
#include "tests/fuzz/emulate_model.h"
#include "tests/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct input in;

static const uint64_t causes[] = {
    RV_CAUSE_ILLEGAL,          RV_CAUSE_ILLEGAL,    RV_CAUSE_ILLEGAL,    RV_CAUSE_ILLEGAL,
    RV_CAUSE_ECALL_U,          RV_CAUSE_FETCH_PAGE, RV_CAUSE_LOAD_PAGE,  RV_CAUSE_LOAD_PAGE,
    RV_CAUSE_STORE_PAGE,       RV_CAUSE_STORE_PAGE, RV_CAUSE_BREAKPOINT, RV_CAUSE_LOAD_MISALIGNED,
    RV_CAUSE_STORE_MISALIGNED,
};
/* Of all that they hold, what matters here. */
static const uint16_t csrs[] = {
    CSR_satp,    CSR_satp, CSR_satp,     CSR_sstatus, CSR_sstatus,  CSR_stvec,      CSR_sepc,
    CSR_sie,     CSR_sip,  CSR_senvcfg,  CSR_mstatus, CSR_mstatus,  CSR_mepc,       CSR_mtvec,
    CSR_medeleg, CSR_mie,  CSR_pmpaddr0, CSR_pmpcfg0, CSR_stimecmp, CSR_scounteren,
};
static const uint32_t instructions[] = {
    0x10200073, 0x30200073, 0x10500073, 0x12000073, 0x12b50073, 0x16b50073, 0x18000073, 0x18100073,
    0x00053507, 0x00053503, 0x00b53023, 0x4108,     0xc10c,     0x00b52023, 0x0005300f, 0xffffffff,
};

static uint64_t some_address(void)
{
    switch (input_below(&in, 8)) {
    case 0:
        return input_value(&in);
    case 1:
        return GUEST_DEVICE + input_u8(&in);
    case 2:
        return RV_SHADOW_PLACES_VA + input_bytes(&in, 2);
    default:
        return GUEST_RAM + input_bytes(&in, 3) % GUEST_RAM_BYTES;
    }
}

/* Table 0 maps all of the address space on itself, by the largest pages; the next one for users; a
 * third leads to a last level of any entries. */
static void prepare_tables(void)
{
    for (unsigned slot = 0; slot < 512; slot++) {
        put_entry(GUEST_RAM, slot, (uint64_t)(slot % 256) << 30, 0x0f | (slot & 1 ? 0xc0 : 0));
        put_entry(GUEST_RAM + 0x1000, slot, (uint64_t)(slot % 256) << 30, 0x1f);
        put_entry(GUEST_RAM + 0x2000, slot, GUEST_RAM + 0x3000 + slot % 4 * PAGE_SIZE, 1);
    }
}

static void put_code(struct vcpu *vcpu)
{
    uint64_t at = (input_bytes(&in, 2) & ~1ULL) % (GUEST_RAM_BYTES - MIB(1) / 2);
    uint32_t insn = INPUT_PICK(&in, instructions);

    if (input_below(&in, 2))
        insn = (uint32_t)INPUT_PICK(&in, csrs) << 20 | 10u << 15 | (1 + input_below(&in, 3)) << 12 |
               input_below(&in, 32) << 7 | 0x73;
    at += MIB(1) / 2;
    put_insn(GUEST_RAM + at, insn);
    vcpu->arch.rv.gprs.pc = GUEST_RAM + at;
    vcpu->arch.rv.gprs.x[10] = input_below(&in, 3) ? input_value(&in) : some_address();
    if (insn >> 20 == CSR_satp)
        vcpu->arch.rv.gprs.x[10] = REG_PUT(SATP, MODE, 8 + input_below(&in, 3)) |
                                   REG_PUT(SATP, ASID, input_below(&in, 4)) |
                                   ((GUEST_RAM >> PAGE_SHIFT) + input_below(&in, 8));
}

/* What the hart could reach is RAM of the guest's, and no more of it than it may. */
static void check_shadow(const struct rv_shadow *shadow)
{
    const struct rv_shadow_context *context = shadow->current;
    const uint64_t *tables[PT_LEVEL_MAX] = {context->pt.root};
    unsigned slots[PT_LEVEL_MAX] = {0}, level = 0;

    for (;;) {
        uint64_t entry;

        if (slots[level] == 512) {
            if (level-- == 0)
                return;
            continue;
        }
        entry = tables[level][slots[level]++];
        if (!rv_pte_is_valid(entry))
            continue;
        if (!rv_pte_is_leaf(entry, level, context->levels)) {
            tables[++level] = arch_to_ptr(rv_pte_address(entry));
            slots[level] = 0;
            continue;
        }
        if (entry & RV_PTE_U) {
            uint64_t offset = rv_pte_address(entry).raw - HOST_BASE;

            BUG_ON(level + 1u != context->levels || offset >= GUEST_RAM_BYTES);
            BUG_ON((entry & RV_PTE_W) && offset >= GUEST_RAM_BYTES - PAGE_SIZE);
            BUG_ON((context->view & RV_VIEW_FETCH) && (entry & (RV_PTE_R | RV_PTE_W)));
        }
    }
}

static void exit_once(struct vcpu *vcpu)
{
    const struct rv_state *rv = &vcpu->arch.rv;
    uint64_t cause = INPUT_PICK(&in, causes);
    struct trap trap;

    if (input_below(&in, 4))
        put_code(vcpu);
    rv_hook_record.time += input_u8(&in);
    BUG_ON(guest_exit(vcpu, cause, some_address(), &trap) == TRAP_KILL);
    BUG_ON(rv->gprs.x[0] != 0);
    BUG_ON(rv->priv.mode == RV_PRIVILEGE_HYPERVISOR ||
           (rv->priv.mode == RV_PRIVILEGE_MACHINE && !rv->priv.has_machine));
    check_shadow(rv->shadow);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    in = (struct input){data, MIN(size, 1024u)};
    guest_start(input_below(&in, 2));
    prepare_tables();
    while (in.left != 0) {
        struct vcpu *vcpu = &vcpus[input_below(&in, GUEST_HARTS)];

        switch (input_below(&in, 8)) {
        case 0:
            put_entry(GUEST_RAM + 0x3000, input_u8(&in), some_address(), input_bytes(&in, 1));
            break;
        case 1:
            rv_emulate_fence(vcpu, some_address(), input_value(&in), NULL);
            break;
        default:
            exit_once(vcpu);
            break;
        }
    }
    return 0;
}
