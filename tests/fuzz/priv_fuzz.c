/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An emulated vCPU's privileged machine under any instructions, exceptions and interrupts. Judged
 * by what may never be (a mode that does not exist, a field that holds what it cannot), and by its
 * effects: whatever the rest of the machine would see changed, it was told of.
 */
#include <string.h>

#include "arch/host/rv_hook_record.h"
#include "arch/riscv/model/rv_isa.h"
#include "arch/riscv/model/rv_mcsr.h"
#include "arch/riscv/model/rv_pmp.h"
#include "arch/riscv/model/rv_priv.h"
#include "core/vcpu.h"
#include "lib/bits.h"
#include "lib/panic.h"
#include "tests/fuzz/input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct vcpu vcpu;
static struct rv_state *const rv = &vcpu.arch.rv;
static struct rv_isa isa;
static struct rv_priv_caps caps = {.isa = &isa, .satp_modes = 1u << RV_MODE_SV39, .asid_bits = 9};
static struct input in;

/* ---- what others see of it */

struct view {
    struct rv_context code, data;
    uint64_t env, deadline, floating;
    bool time, deliverable;
    uint8_t rights[3];
};

static struct view look(void)
{
    static const uint64_t places[] = {0, 0x80000000, 0x80001000};
    uint64_t now = rv_hook_record.time;
    struct rv_state copy = *rv;
    struct view view;
    bool uniform;

    memset(&view, 0, sizeof(view));
    rv_priv_context(rv, true, &view.code);
    rv_priv_context(rv, false, &view.data);
    view.env = rv_priv_env(rv);
    view.time = rv_priv_may_read_time(rv);
    view.deadline = rv_priv_deadline(rv, now);
    view.floating = rv->super.sstatus & (SSTATUS_FS | SSTATUS_VS);
    view.deliverable = rv_priv_interrupt(&copy, now);
    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        view.rights[i] = rv_pmp_rights(rv, RV_PRIVILEGE_USER, GPA(places[i]), PAGE_SIZE, &uniform);
    return view;
}

static bool same_context(const struct rv_context *a, const struct rv_context *b)
{
    return a->mode == b->mode && a->sum == b->sum && a->mxr == b->mxr && a->satp == b->satp &&
           a->update_ad == b->update_ad && a->pbmt == b->pbmt && a->napot == b->napot;
}

static void check_told(const struct view *before, const struct view *after)
{
    uint32_t told = rv->priv.effects;

    BUG_ON((!same_context(&before->code, &after->code) ||
            !same_context(&before->data, &after->data)) &&
           !(told & RV_EFFECT_CONTEXT));
    BUG_ON((before->env != after->env || before->time != after->time) && !(told & RV_EFFECT_ENV));
    BUG_ON(before->deadline != after->deadline && !(told & RV_EFFECT_TIMER));
    BUG_ON(before->floating != after->floating && !(told & RV_EFFECT_FP));
    BUG_ON(after->deliverable && !before->deliverable && !(told & RV_EFFECT_PENDING));
    BUG_ON(memcmp(before->rights, after->rights, sizeof(after->rights)) != 0 &&
           !(told & RV_EFFECT_RIGHTS));
}

static void check_state(void)
{
    const struct rv_machine *machine = &rv->priv.machine;
    uint64_t status = rv->super.sstatus | machine->mstatus;

    BUG_ON((rv->super.sstatus & machine->mstatus) != 0 || (rv->super.sie & machine->mie) != 0);
    BUG_ON(REG_GET(SSTATUS, UXL, status) != RV_XLEN_64 || (status & SSTATUS_SD) != 0);
    BUG_ON(REG_GET(MSTATUS, MPP, status) == RV_PRIVILEGE_HYPERVISOR);
    BUG_ON(rv->priv.mode == RV_PRIVILEGE_HYPERVISOR || rv->priv.mode > RV_PRIVILEGE_MACHINE);
    BUG_ON(rv->priv.mode == RV_PRIVILEGE_MACHINE && !rv->priv.has_machine);
    BUG_ON(rv->super.in_supervisor != (rv->priv.mode != RV_PRIVILEGE_USER));
    BUG_ON(REG_GET(SATP, MODE, rv->super.satp) != RV_MODE_BARE &&
           REG_GET(SATP, MODE, rv->super.satp) != RV_MODE_SV39);
    BUG_ON(REG_GET(SATP, ASID, rv->super.satp) >> caps.asid_bits != 0);
    BUG_ON((rv->super.sepc & 1) != 0 || (machine->mepc & 1) != 0);
    BUG_ON((machine->mideleg & ~(uint64_t)(RV_IRQ_SSI | RV_IRQ_STI | RV_IRQ_SEI)) != 0);
    BUG_ON((machine->medeleg & bit64(RV_CAUSE_ECALL_M)) != 0);
    BUG_ON(rv->gprs.x[0] != 0);
    for (unsigned i = 0; i < RV_PMP_COUNT; i++)
        BUG_ON((machine->pmpcfg[i] & (RV_PMPCFG_R | RV_PMPCFG_W)) == RV_PMPCFG_W);
}

/* ---- what happens to it */

static uint32_t some_insn(void)
{
    static const uint32_t fixed[] = {0x10200073, 0x30200073, 0x10500073, 0x12000073,
                                     0x16318073, 0x18000073, 0x18100073};
    static const uint16_t numbers[] = {0x100, 0x104, 0x105, 0x106, 0x10a, 0x141, 0x144, 0x14d,
                                       0x180, 0x300, 0x302, 0x303, 0x304, 0x305, 0x306, 0x30a,
                                       0x341, 0x344, 0x3a0, 0x3a2, 0x3b0, 0x3b1, 0xc01, 0xf14};
    uint32_t number, rest;

    if (input_u8(&in) % 4 == 0)
        return INPUT_PICK(&in, fixed);
    if (input_u8(&in) % 16 == 0)
        return (uint32_t)input_bytes(&in, 4);
    number = INPUT_PICK(&in, numbers);
    rest = (uint32_t)input_bytes(&in, 2);
    /* Any operation, registers x0, x3 and immediates. */
    return number << 20 | (rest & 7) << 12 | (rest & 8 ? 3u << 15 : rest & 0xf8000) |
           (rest & 16 ? 3u << 7 : 0) | 0x73;
}

static void execute(void)
{
    struct view before;
    uint64_t pc = rv->gprs.pc;
    struct rv_state saved = *rv;
    struct view after;
    enum trap_result result;
    uint32_t insn = some_insn();

    rv->gprs.x[3] = saved.gprs.x[3] = input_value(&in);
    rv->priv.effects = saved.priv.effects = 0;
    before = look();
    result = rv_priv_insn(&vcpu, insn);
    BUG_ON(result != TRAP_DONE && result != TRAP_RETRY && result != TRAP_UNDEF);
    BUG_ON(result == TRAP_DONE && rv->gprs.pc != pc);
    BUG_ON(result == TRAP_UNDEF && memcmp(&saved, rv, sizeof(saved)) != 0);
    after = look();
    check_told(&before, &after);
}

static void take(bool interrupt)
{
    struct view before = look(), after;

    rv->priv.effects = 0;
    if (!interrupt)
        rv_priv_exception(rv, input_u8(&in) % 64, input_value(&in));
    else if (rv_priv_interrupt(rv, rv_hook_record.time) != before.deliverable)
        BUG_ON(true);
    after = look();
    check_told(&before, &after);
}

/* Others than it: devices, other harts, time. */
static void meanwhile(void)
{
    rv->lines = (uint32_t)input_bytes(&in, 2);
    rv->posted = input_u8(&in);
    rv->priv.machine.mtimecmp = input_value(&in);
    rv_hook_record.time += input_u8(&in);
}

static void begin(void)
{
    uint8_t choice = input_u8(&in);

    memset(&vcpu, 0, sizeof(vcpu));
    memset(&rv_hook_record, 0, sizeof(rv_hook_record));
    memset(&isa, choice & 1, sizeof(isa));
    rv_priv_init();
    (choice & 2 ? rv_priv_reset_supervisor : rv_priv_reset_machine)(rv, &caps, 1, 0x80000000, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    in = (struct input){data, size};
    begin();
    while (in.left != 0) {
        switch (input_u8(&in) % 8) {
        case 0:
            meanwhile();
            break;
        case 1:
            take(false);
            break;
        case 2:
            take(true);
            break;
        default:
            execute();
            break;
        }
        check_state();
    }
    return 0;
}
