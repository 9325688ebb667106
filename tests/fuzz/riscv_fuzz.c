/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A RISC-V guest's traps, any of them in any order, through the models as they are: decode, CSR
 * rows, SBI, PLIC and 16550, injection. The VM's life cycle and memory are the fuzzer's.
 */
#include <string.h>

#include "arch/host/rv_hook_record.h"
#include "arch/riscv/model/rv_csr_rows.h"
#include "arch/riscv/model/rv_guest_layout.h"
#include "arch/riscv/model/rv_pt.h"
#include "arch/riscv/model/rv_sbi_legacy.h"
#include "arch/riscv/model/rv_trap.h"
#include "arch/riscv/model/rv_virq.h"
#include "core/guest_mem.h"
#include "core/vm.h"
#include "lib/panic.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/plain_walk.h"
#include "vdev/vns16550.h"
#include "vdev/vplic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HARTS 3u

static struct vm vm;
static struct vcpu vcpus[HARTS];
static struct vplic plic;
static struct vns16550 uart;
static struct input in;

/* ---- what the models ask of the core */

enum trap_result arch_trap_sysreg(struct vcpu *vcpu, struct trap *trap)
{
    return rv_csr_access(vcpu, trap);
}
enum trap_result arch_trap_call(struct vcpu *vcpu, struct trap *trap)
{
    return rv_sbi_call(vcpu, trap);
}
enum trap_result trap_dispatch_other(struct vcpu *vcpu, struct trap *trap)
{
    switch (trap->kind) {
    case TRAP_WAIT:
        return TRAP_DONE;
    case TRAP_FP:
        return TRAP_RETRY;
    case TRAP_S2_FAULT:
        return TRAP_ABORT;
    default:
        return TRAP_UNDEF;
    }
}

static enum err mapped;
enum err s2_lookup(struct s2 *s2, gpa_t gpa, struct s2_mapping *out)
{
    out->attr = (struct pt_attr){.rights = PT_READ | PT_EXEC};
    return mapped;
}
void vcpu_kick(struct vcpu *vcpu, uint32_t requests) {}
void vm_stop(struct vm *v, enum vm_stop_reason reason) {}
void vm_cpu_off(struct vcpu *vcpu)
{
    vcpu->powered = false;
}
bool vm_cpu_is_on(struct vm *v, uint32_t index)
{
    BUG_ON(index >= HARTS);
    return vcpus[index].powered;
}
enum err vm_cpu_on(struct vm *v, uint32_t index, uint64_t entry, uint64_t argument)
{
    BUG_ON(index >= HARTS || !range_within(entry, 2, RV_GUEST_BANK0_BASE, MIB(1)));
    if (vcpus[index].powered)
        return ERR_EXISTS;
    vcpus[index].powered = true;
    return ERR_NONE;
}
void watch_cpu_refused(struct vm *v, uint32_t index, uint64_t entry)
{
    BUG_ON(index >= HARTS);
}
enum err guest_mem_read(struct vm *v, gpa_t from, void *to, uint64_t size_bytes)
{
    if (!range_within(from.raw, size_bytes, RV_GUEST_BANK0_BASE, MIB(1)))
        return ERR_RANGE; /* only what a legacy call's mask is read from is not checked before */
    memset(to, input_u8(&in), size_bytes);
    return ERR_NONE;
}
enum err guest_mem_write(struct vm *v, gpa_t to, const void *from, uint64_t size_bytes)
{
    BUG_ON(!range_within(to.raw, size_bytes, RV_GUEST_BANK0_BASE, MIB(1)));
    return input_u8(&in) % 8 ? ERR_NONE : ERR_RANGE;
}

/* The guest's page tables: all of its memory that has contents. */
#define TABLE_COUNT 3u
static uint64_t tables[TABLE_COUNT][512];
static uint64_t *table_entry(gpa_t at)
{
    uint64_t offset = at.raw - RV_GUEST_BANK0_BASE;

    return at.raw % 8 == 0 && offset < sizeof(tables) ? &tables[0][0] + offset / 8 : NULL;
}
const uint64_t *guest_mem_where_u64(struct vm *v, gpa_t at)
{
    return table_entry(at);
}
enum err guest_mem_exchange_u64(struct vm *v, gpa_t at, uint64_t *expected, uint64_t value)
{
    uint64_t *entry = table_entry(at);

    BUG_ON(entry == NULL || *entry != *expected);
    BUG_ON((value ^ *entry) & ~(uint64_t)(RV_PTE_A | RV_PTE_D));
    *entry = value;
    return ERR_NONE;
}

/* ---- the devices' surroundings */

static void set_external(void *owner, uint32_t context, bool level)
{
    BUG_ON(context >= 2 * HARTS);
    rv_virq_set(&vcpus[context / 2], RV_IRQ_SEI, level);
}
static bool put(void *ctx, char byte)
{
    return input_u8(&in) % 4 != 0;
}

/* Three levels, to devices and to the tables themselves, with and without some rights. */
static void start_tables(void)
{
    static const uint64_t pages[] = {RV_GUEST_PLIC_BASE, RV_GUEST_UART_BASE, RV_GUEST_BANK0_BASE,
                                     0};
    static const uint64_t rights[] = {RV_PTE_R | RV_PTE_W, RV_PTE_R | RV_PTE_W | RV_PTE_U, RV_PTE_X,
                                      RV_PTE_R};

    memset(tables, 0, sizeof(tables));
    for (unsigned slot = 0; slot < 4; slot++) {
        for (unsigned t = 0; t + 1 < TABLE_COUNT; t++)
            tables[t][slot] =
                RV_PTE_V |
                REG_PUT(RV_PTE, PPN, (RV_GUEST_BANK0_BASE >> PAGE_SHIFT) + t + 1 + slot % 2 * t);
        tables[TABLE_COUNT - 1][slot] =
            RV_PTE_V | rights[slot] | REG_PUT(RV_PTE, PPN, pages[slot] >> PAGE_SHIFT);
    }
}

static void start(void)
{
    const struct vplic_config plic_config = {2 * HARTS, set_external, NULL};
    const struct vns16550_config uart_config = {
        .put = put, .irq = {.controller = &plic.controller, .number = RV_GUEST_UART_SOURCE}};

    static const struct mmio_region regions[] = {
        {{RV_GUEST_PLIC_BASE}, VPLIC_SIZE, vplic_mmio, &plic, vplic_peek, "PLIC"},
        {{RV_GUEST_UART_BASE}, VNS16550_SIZE, vns16550_mmio, &uart, vns16550_peek, "UART"},
    };
    static const struct vm_config config = {.sbi_legacy = true};

    memset(&vm, 0, sizeof(vm));
    vm.config = &config;
    for (size_t i = 0; i < ARRAY_SIZE(regions); i++)
        BUG_ON(mmio_bus_add(&vm.mmio, &regions[i]) != ERR_NONE);
    memset(vcpus, 0, sizeof(vcpus));
    start_tables();
    memset(&rv_hook_record, 0, sizeof(rv_hook_record));
    rv_csr_init();
    vm.vcpu_count = HARTS;
    vm.bank_count = 1;
    vm.banks[0] = (struct guest_bank){GPA(RV_GUEST_BANK0_BASE), MIB(1)};
    for (uint32_t i = 0; i < HARTS; i++) {
        vcpus[i] = (struct vcpu){.vm = &vm, .id = i};
        vm.vcpus[i] = &vcpus[i];
    }
    vplic_init(&plic, &plic_config);
    vns16550_init(&uart, &uart_config);
}

/* ---- one trap */

static const uint64_t causes[] = {
    RV_CAUSE_ECALL_VS, RV_CAUSE_LOAD_GUEST_PAGE,  RV_CAUSE_STORE_GUEST_PAGE,
    RV_CAUSE_VIRTUAL,  RV_CAUSE_FETCH_GUEST_PAGE, RV_CAUSE_ILLEGAL,
};
static const uint64_t calls[] = {SBI_BASE, SBI_TIME, SBI_IPI,  SBI_RFENCE, SBI_HSM,
                                 SBI_SRST, SBI_DBCN, SBI_SUSP, SBI_PMU};
static const uint64_t places[] = {RV_GUEST_PLIC_BASE,
                                  RV_GUEST_PLIC_BASE + 0x28,
                                  RV_GUEST_PLIC_BASE + 0x2080,
                                  RV_GUEST_PLIC_BASE + 0x201000,
                                  RV_GUEST_PLIC_BASE + 0x201004,
                                  RV_GUEST_UART_BASE,
                                  RV_GUEST_BANK0_BASE,
                                  0x1000};

static void prepare_call(struct rv_gprs *gprs)
{
    uint8_t how = input_u8(&in);

    gprs->x[RV_A7] = how % 8   ? INPUT_PICK(&in, calls)
                     : how % 2 ? input_value(&in)
                               : how / 8 % (SBI_LEGACY_SHUTDOWN + 2);
    gprs->x[RV_A6] = input_u8(&in) % 8;
    for (unsigned i = 0; i < 5; i++)
        gprs->x[RV_A0 + i] = input_u8(&in) % 4 ? input_value(&in) : RV_GUEST_BANK0_BASE;
}

/* ---- what a trap may have left: judged by the manual, not by how it was done */

/* Which registers differ, a bit for each; x0 is none. */
static uint32_t changed(const struct rv_gprs *before, const struct rv_gprs *after)
{
    uint32_t which = 0;

    for (unsigned i = 1; i < 32; i++)
        which |= (before->x[i] != after->x[i]) ? bit32(i) : 0;
    return which;
}

static uint64_t narrowed(uint64_t value, uint32_t size_bytes, bool sign)
{
    switch (size_bytes) {
    case 1:
        return sign ? (uint64_t)(int64_t)(int8_t)value : (uint8_t)value;
    case 2:
        return sign ? (uint64_t)(int64_t)(int16_t)value : (uint16_t)value;
    case 4:
        return sign ? (uint64_t)(int64_t)(int32_t)value : (uint32_t)value;
    default:
        return value;
    }
}

/* Done: it goes on behind the instruction, and no more than its own registers changed. */
static void check_done(const struct rv_syndrome *syndrome, const struct trap *trap,
                       const struct rv_gprs *before, const struct rv_gprs *after)
{
    uint32_t which = changed(before, after);

    BUG_ON(after->pc != before->pc + 2 && after->pc != before->pc + 4);
    if (syndrome->cause == RV_CAUSE_ECALL_VS) {
        uint32_t answers = bit32(RV_A0) | bit32(RV_A1);

        if (before->x[RV_A7] <= SBI_LEGACY_SHUTDOWN) {
            BUG_ON((which & ~bit32(RV_A0)) != 0 || after->pc != before->pc + 4);
            BUG_ON((int64_t)after->x[RV_A0] > UINT8_MAX);
            return;
        }
        BUG_ON((which & ~answers) != 0 || after->pc != before->pc + 4);
        BUG_ON((int64_t)after->x[RV_A0] > 0 || (int64_t)after->x[RV_A0] < SBI_ERR_NO_SHMEM);
        return;
    }
    BUG_ON((which & (which - 1)) != 0 || (which != 0 && which != bit32(trap->reg)));
    if (trap->kind != TRAP_MMIO)
        return;
    BUG_ON(trap->write != (syndrome->cause == RV_CAUSE_STORE_GUEST_PAGE) || (trap->write && which));
    if (!trap->write && trap->reg != TRAP_REG_NONE)
        BUG_ON(after->x[trap->reg] !=
               narrowed(trap->value, trap->mmio.size_bytes, trap->mmio.sign_extend));
}

/* Refused: the exception is taken as 10.1 has it, from where it was. */
static void check_injected(const struct rv_syndrome *syndrome, enum trap_result result,
                           const struct rv_state *before, const struct rv_state *after)
{
    const struct rv_super *old = &before->super, *new = &after->super;
    uint64_t cause = new->scause;

    BUG_ON(changed(&before->gprs, &after->gprs) != 0);
    BUG_ON(after->gprs.pc != align_down(old->stvec, 4) || new->sepc != before->gprs.pc);
    BUG_ON(!new->in_supervisor || (new->sstatus &SSTATUS_SIE) != 0);
    BUG_ON(REG_GET(SSTATUS, SPP, new->sstatus) != old->in_supervisor);
    BUG_ON(REG_GET(SSTATUS, SPIE, new->sstatus) != REG_GET(SSTATUS, SIE, old->sstatus));
    if (result == TRAP_ABORT)
        BUG_ON(cause != RV_CAUSE_FETCH_ACCESS && cause != RV_CAUSE_LOAD_ACCESS &&
               cause != RV_CAUSE_STORE_ACCESS && cause != RV_CAUSE_LOAD_PAGE);
    else if (syndrome->cause == RV_CAUSE_VIRTUAL)
        BUG_ON(cause != RV_CAUSE_ILLEGAL);
    /* A guest has no guests. */
    BUG_ON(cause == RV_CAUSE_VIRTUAL || (result == TRAP_ABORT && rv_is_guest_page_fault(cause)));
}

/* Again, or not at all: nothing changed; or it sleeps and has forgotten all. */
static void check_retry(const struct vcpu *vcpu, const struct rv_syndrome *syndrome,
                        const struct rv_state *before)
{
    const struct rv_state *after = &vcpu->arch.rv;

    if (after->gprs.pc == before->gprs.pc && changed(&before->gprs, &after->gprs) == 0)
        return;
    if (syndrome->cause == RV_CAUSE_ECALL_VS && before->gprs.x[RV_A7] <= SBI_LEGACY_SHUTDOWN) {
        /* The mask could not be read: a load's exception. */
        BUG_ON(after->super.scause != RV_CAUSE_LOAD_ACCESS &&
               after->super.scause != RV_CAUSE_LOAD_PAGE);
        BUG_ON(after->super.stval - before->gprs.x[RV_A0] >= sizeof(uint64_t));
        check_injected(syndrome, TRAP_ABORT, before, after);
        return;
    }
    BUG_ON(syndrome->cause != RV_CAUSE_ECALL_VS || rv_hook_record.wait_count == 0);
    BUG_ON(!range_within(after->gprs.pc, 2, RV_GUEST_BANK0_BASE, MIB(1)) ||
           after->gprs.pc % 2 != 0);
    BUG_ON(after->gprs.x[RV_A0] != vcpu->id || after->gprs.x[RV_A1] != before->gprs.x[RV_A2]);
    BUG_ON(after->super.satp != 0 || (after->super.sstatus & SSTATUS_SIE) != 0);
}

/* ---- faults of which the hart tells no address */

/* An entry of the tables, of the few that addresses below reach: to another, a device, nowhere. */
static void change_tables(void)
{
    uint64_t *entry = &tables[input_below(&in, TABLE_COUNT)][input_below(&in, 4)];
    uint64_t to = input_u8(&in) % 2 ? RV_GUEST_BANK0_BASE + input_below(&in, 4) * PAGE_SIZE
                                    : align_down(INPUT_PICK(&in, places), PAGE_SIZE);

    *entry = REG_PUT(RV_PTE, PPN, to >> PAGE_SHIFT) | input_u8(&in);
    if (input_u8(&in) % 8 == 0)
        *entry ^= bit64(input_below(&in, 64));
}

/* The guest is translated by those tables, and the fault is somewhere in the pages they reach. */
static void untell(struct vcpu *vcpu, struct rv_syndrome *syndrome)
{
    uint64_t slots = input_u8(&in);

    vcpu->arch.rv.super.satp = input_u8(&in) % 4
                                   ? REG_PUT(SATP, MODE, RV_MODE_SV39) |
                                         (RV_GUEST_BANK0_BASE >> PAGE_SHIFT) + input_below(&in, 4)
                                   : 0;
    syndrome->htval = 0;
    syndrome->tval = (slots & 3) << 30 | (slots >> 2 & 3) << 21 | (slots >> 4 & 3) << 12 |
                     zero_extend(syndrome->tval, PAGE_SHIFT);
    if (input_u8(&in) % 16 == 0)
        syndrome->tval ^= bit64(input_below(&in, 64));
}

/* Judged by another walk, made before: TRAP is of the address that it found. */
static void check_untold(const struct rv_syndrome *syndrome, const struct trap *trap,
                         enum trap_result result, enum plain_end end, uint64_t gpa)
{
    bool pseudo = syndrome->htinst != 0 && syndrome->htinst % 2 == 0;

    if (end == PLAIN_PAGE_FAULT || (end == PLAIN_DONE && pseudo)) {
        BUG_ON(result != TRAP_RETRY || rv_hook_record.fence_count != 1);
        return;
    }
    BUG_ON(rv_hook_record.fence_count != 0);
    if (end == PLAIN_DONE && trap->kind == TRAP_MMIO) {
        BUG_ON(trap->mmio.gpa.raw != gpa);
        return;
    }
    BUG_ON(trap->kind != TRAP_S2_FAULT || trap->fault.gpa.raw != gpa);
    BUG_ON(trap->fault.on_table_walk != (end == PLAIN_NO_TABLE));
}

static enum plain_end find_plainly(const struct vcpu *vcpu, const struct rv_syndrome *syndrome,
                                   uint64_t *gpa)
{
    const struct rv_super *super = &vcpu->arch.rv.super;
    const struct plain_guest guest = {
        .memory = &tables[0][0],
        .base = RV_GUEST_BANK0_BASE,
        .size_bytes = sizeof(tables),
        .root = REG_GET(SATP, PPN, super->satp) << PAGE_SHIFT,
        .user = !super->in_supervisor,
        .sum = (super->sstatus & SSTATUS_SUM) != 0,
        .mxr = (super->sstatus & SSTATUS_MXR) != 0,
    };
    char kind = syndrome->cause == RV_CAUSE_STORE_GUEST_PAGE   ? 'w'
                : syndrome->cause == RV_CAUSE_FETCH_GUEST_PAGE ? 'x'
                                                               : 'r';

    return plain_walk(&guest, syndrome->tval, kind, gpa);
}

static void trap_once(struct vcpu *vcpu)
{
    struct rv_gprs *gprs = &vcpu->arch.rv.gprs;
    uint64_t place = INPUT_PICK(&in, places) + input_u8(&in) % 16;
    struct rv_syndrome syndrome = {
        .cause = input_u8(&in) % 16 ? INPUT_PICK(&in, causes) : input_u8(&in) % 64,
        .tval = (input_value(&in) & ~(uint64_t)3) | (place & 3),
        .htval = place >> 2,
        .htinst = input_u8(&in) % 2 ? input_bytes(&in, 4) : 0,
        .pc = gprs->pc,
        .insn = (uint32_t)input_bytes(&in, 4),
        .fp_off = input_u8(&in) & 1,
        .vector_off = input_u8(&in) & 1,
    };
    struct rv_state before;
    enum trap_result result;
    enum plain_end end = PLAIN_DONE;
    uint64_t gpa;
    bool untold;
    struct trap trap;

    mapped = input_u8(&in) & 1 ? ERR_NONE : ERR_NOT_FOUND;
    rv_hook_record.put_room = input_u8(&in);
    rv_hook_record.typed = input_u8(&in) % 2 ? "typed" : NULL;
    rv_hook_record.put_count = 0;
    rv_hook_record.wait_count = 0;
    rv_hook_record.fence_count = 0;
    vcpu->arch.rv.super.in_supervisor = input_u8(&in) & 1;
    vcpu->arch.rv.super.stvec = input_value(&in);
    vcpu->arch.rv.super.sstatus = input_value(&in);
    vcpu->arch.rv.super.satp = input_value(&in);
    if (syndrome.cause == RV_CAUSE_ECALL_VS)
        prepare_call(gprs);
    untold = rv_is_guest_page_fault(syndrome.cause) && input_u8(&in) % 2;
    if (untold) {
        untell(vcpu, &syndrome);
        end = find_plainly(vcpu, &syndrome, &gpa);
    }
    before = vcpu->arch.rv;
    result = rv_trap_handle(vcpu, &syndrome, &trap);
    BUG_ON(gprs->x[0] != 0);
    BUG_ON(result == TRAP_KILL);
    if (result == TRAP_DONE)
        check_done(&syndrome, &trap, &before.gprs, gprs);
    else if (result == TRAP_RETRY)
        check_retry(vcpu, &syndrome, &before);
    else
        check_injected(&syndrome, result, &before, &vcpu->arch.rv);
    if (untold)
        check_untold(&syndrome, &trap, result, end, gpa);
    BUG_ON((rv_hook_record.targets & ~low_bits(HARTS)) != 0);
}

/* What a context is told is what its registers say. */
static void check_plic(void)
{
    for (uint32_t c = 0; c < 2 * HARTS; c++) {
        bool wanted = false;

        for (uint32_t s = 1; s < VPLIC_SOURCE_COUNT; s++)
            wanted |= (plic.pending & ~plic.claimed & plic.contexts[c].enabled & bit64(s)) != 0 &&
                      plic.priority[s] > plic.contexts[c].threshold;
        BUG_ON(wanted != plic.contexts[c].external);
    }
    BUG_ON(((plic.pending | plic.claimed) & 1) != 0);
    BUG_ON(uart.tx.count > NS16550_FIFO_DEPTH || uart.rx.count > NS16550_FIFO_DEPTH);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    in = (struct input){data, size};
    start();
    while (in.left != 0) {
        switch (input_u8(&in) % 8) {
        case 0:
            (void)vns16550_input(&uart, (char)input_u8(&in));
            break;
        case 1:
            vns16550_output_ready(&uart);
            break;
        case 2:
            plic.controller.ops->set_level(&plic.controller, 0, input_u8(&in), input_u8(&in) & 1);
            break;
        case 3:
            change_tables();
            break;
        default:
            trap_once(&vcpus[input_below(&in, HARTS)]);
            break;
        }
        check_plic();
    }
    return 0;
}
