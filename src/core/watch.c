/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gathers the facts about a guest that has not printed so far. Must not change what it sees, nor
 * hold a lock while it asks another CPU.
 */
#include "core/watch.h"

#include "core/call.h"
#include "core/frame.h"
#include "core/pcpu.h"
#include "core/run.h"
#include "core/trace.h"
#include "core/vm.h"
#include "core/vm_image.h"
#include "core/watch_rules.h"
#include "lib/bits.h"
#include "lib/string.h"

/* Looks after which nothing new is expected. */
#define LOOK_MAX 60
/* PCs this close together are one place. */
#define PLACE_BYTES 128
/* A loop that waits changes no more of its registers than this: a time, and how much of it is left.
 * One that gets on with something, as an unpacker does, changes more. */
#define WAIT_REGISTERS 2
/* 2^64 by the golden ratio: the top byte of a product depends on all of the other factor. */
#define HASH_MULTIPLIER 0x9e3779b97f4a7c15ULL

/* A vCPU between two looks. */
struct seen {
    struct watch_vcpu_facts facts;
    uint64_t place;             /* where it was when it became still, */
    uint8_t gprs[ARCH_GPR_MAX]; /* and with what, as in struct look */
    uint64_t trap_count;        /* since the start */
    uint64_t trap_count_before;
    uint64_t run_ticks; /* at the last look */
};

struct watch_state {
    struct watch_facts facts;
    uint32_t said; /* a bit for each rule */
    bool looks;    /* the timer is wanted */
    struct seen seen[VM_VCPU_MAX];
};

/* What one look at a vCPU gives; taken on its CPU. */
struct look {
    struct vcpu *vcpu;
    struct guest_view view;
    uint64_t run_ticks;
    uint8_t state;              /* enum sched_state */
    uint8_t gprs[ARCH_GPR_MAX]; /* its registers, a byte each, by which a change is seen */
};

/* ---- start and end */

static timer_fn look_at_vm;

void watch_init(struct vm *vm)
{
    timer_init(&vm->watch.timer, look_at_vm);
    vm->watch.state = heap_alloc(sizeof(*vm->watch.state));
}

/* The timer's CPU is this one. */
static void arm(struct watch *watch) REQUIRES(watch->lock)
{
    struct pcpu *pcpu = arch_this_cpu();
    uint64_t period = WATCH_PERIOD_NS * (arch_counter_hz() / 1000000) / 1000;

    timer_arm(&pcpu->timers, &watch->timer, arch_counter() + period);
    run_timer_armed(pcpu);
}

static void init_facts(struct vm *vm, struct watch_state *state)
{
    memset(state, 0, sizeof(*state));
    state->looks = true;
    state->facts = (struct watch_facts){
        .vm = vm,
        .bootargs = vm->config->bootargs,
        .has_uart = vm->config->vpl011 || vm->config->sbi_legacy,
        .has_initrd = vm->image->initrd_bytes > 0,
        .kernel = vm->image->kernel.kind,
        .entry = vm->entry.raw,
        .ram_base = vm->banks[0].base.raw,
        .ram_bytes = vm->banks[0].size_bytes,
        .silent_resets = vm->watch.silent_resets,
    };
}

/* Nothing of it is looked at any more. */
static void stop_looking(struct vm *vm)
{
    vm->watch.state->looks = false;
    timer_cancel(&vm->watch.timer);
    trace_observe(vm, OBSERVE_WATCH, false);
}

void watch_stopped(struct vm *vm)
{
    struct watch *watch = &vm->watch;

    if (watch->state == NULL)
        return;
    spin_lock(&watch->lock);
    bool silent = watch->state->facts.has_uart && !watch->printed && watch->line_length == 0;
    stop_looking(vm);
    watch->listens = false;
    spin_unlock(&watch->lock);
    if (silent)
        vm_log(vm, "it is off, and has printed nothing: was that its whole work?");
}

/* ---- judging */

/* Ask the rules about FACTS, and say what they say. */
static void judge(struct vm *vm, struct watch_facts *facts)
{
    struct watch_state *state = vm->watch.state;
    struct watch_words words;
    char symbol[112];
    bool ends = false;

    spin_lock(&vm->watch.lock);
    int rule = watch_judge(facts, state->said, &words, &ends);
    if (rule >= 0)
        state->said |= bit32((unsigned)rule);
    if (ends)
        stop_looking(vm);
    spin_unlock(&vm->watch.lock);
    if (rule < 0)
        return;
    if (facts->vcpu.on)
        vm_log(vm, "vCPU %u at pc=0x%llx%s: %s", facts->vcpu.id,
               (unsigned long long)facts->vcpu.view.pc,
               vm_image_symbol(vm, facts->vcpu.view.pc, symbol, sizeof(symbol)), words.what);
    else
        vm_log(vm, "%s", words.what);
    vm_log(vm, "likely: %s", words.cause);
}

void watch_start(struct vm *vm)
{
    struct watch *watch = &vm->watch;

    if (watch->state == NULL)
        return;
    spin_lock(&watch->lock);
    if (watch->starts++ > 0)
        watch->silent_resets = watch->printed ? 0 : watch->silent_resets + 1;
    /* One reset too many has been told: not again at each of the next ones. */
    uint32_t said = watch->silent_resets > 3 ? watch->state->said : 0;
    init_facts(vm, watch->state);
    watch->state->said = said;
    watch->printed = false;
    watch->listens = true;
    watch->line_length = 0;
    arm(watch);
    struct watch_facts facts = watch->state->facts;
    spin_unlock(&watch->lock);
    trace_observe(vm, OBSERVE_WATCH, true);
    /* One that resets itself fast enough is never looked at. */
    if (facts.silent_resets > 0)
        judge(vm, &facts);
}

/* ---- looks */

static void look_here(void *argument)
{
    struct look *look = argument;
    const struct sched_entity *sched = &look->vcpu->sched;
    uint64_t gprs[ARCH_GPR_MAX] = {0};

    arch_vcpu_view(look->vcpu, &look->view);
    arch_vcpu_gprs(look->vcpu, gprs);
    for (uint32_t i = 0; i < ARCH_GPR_MAX; i++)
        look->gprs[i] = (uint8_t)(gprs[i] * HASH_MULTIPLIER >> 56);
    look->state = sched->state;
    look->run_ticks = sched->run_ticks;
    if (sched->state == SCHED_RUNNING)
        look->run_ticks += arch_counter() - sched->run_start_ticks;
}

/* Is it where it was, and has nothing to show for the time? */
static bool is_at_its_place(const struct seen *seen, const struct look *look)
{
    uint32_t changed = 0;

    for (uint32_t i = 0; i < ARCH_GPR_MAX; i++)
        changed += seen->gprs[i] != look->gprs[i];
    return look->view.pc - seen->place + PLACE_BYTES / 2 < PLACE_BYTES && changed <= WAIT_REGISTERS;
}

/* Note what a LOOK at a vCPU says against the one before. True if it has not done anything since.
 */
static bool compare(struct seen *seen, const struct look *look)
{
    struct watch_vcpu_facts *facts = &seen->facts;
    bool trapped = seen->trap_count != seen->trap_count_before;
    uint64_t ran = look->run_ticks - seen->run_ticks;
    uint64_t period = WATCH_PERIOD_NS * (arch_counter_hz() / 1000000) / 1000;
    bool here = is_at_its_place(seen, look);

    facts->id = look->vcpu->id;
    facts->on = true;
    facts->view = look->view;
    facts->waits = look->state == SCHED_WAITING;
    facts->starved = look->state == SCHED_READY && ran == 0;
    facts->still = !trapped && here && ran > period / 4 ? facts->still + 1 : 0;
    if (!here) {
        seen->place = look->view.pc;
        memcpy(seen->gprs, look->gprs, sizeof(seen->gprs));
    }
    seen->trap_count_before = seen->trap_count;
    seen->run_ticks = look->run_ticks;
    return facts->waits && ran < period / 50 && !look->view.timer_set;
}

/* Take a look at each vCPU that is on. False: the VM does not run just now. */
static bool take_looks(struct vm *vm, struct look *looks, uint32_t *count)
{
    *count = 0;
    if (__atomic_load_n(&vm->paused, __ATOMIC_RELAXED) ||
        __atomic_load_n(&vm->state, __ATOMIC_RELAXED) != VM_RUNNING)
        return false;
    for (uint32_t i = 0; i < vm->vcpu_count; i++) {
        struct runq *runq = vm->vcpus[i]->sched.runq;

        if (runq == NULL || !__atomic_load_n(&vm->vcpus[i]->powered, __ATOMIC_RELAXED))
            continue;
        looks[*count].vcpu = vm->vcpus[i];
        call_run(pcpus[runq->cpu], look_here, &looks[(*count)++]);
    }
    return *count > 0;
}

static void look_at_vm(struct timer *timer, uint64_t now_ticks)
{
    struct vm *vm = container_of(timer, struct vm, watch.timer);
    struct watch *watch = &vm->watch;
    struct watch_state *state = watch->state;
    struct look looks[VM_VCPU_MAX];
    uint32_t count, start = __atomic_load_n(&watch->starts, __ATOMIC_ACQUIRE);
    bool runs = take_looks(vm, looks, &count), still = true;

    spin_lock(&watch->lock);
    if (!state->looks || watch->starts != start) {
        spin_unlock(&watch->lock);
        return;
    }
    if (runs) {
        state->facts.looks++;
        for (uint32_t i = 0; i < count; i++)
            still &= compare(&state->seen[looks[i].vcpu->id], &looks[i]);
        state->facts.still_looks = still ? state->facts.still_looks + 1 : 0;
    }
    if (state->facts.looks < LOOK_MAX)
        arm(watch);
    else
        stop_looking(vm);
    spin_unlock(&watch->lock);
    for (uint32_t i = 0; i < count && state->looks; i++) {
        struct watch_facts facts;

        spin_lock(&watch->lock);
        facts = state->facts;
        facts.vcpu = state->seen[looks[i].vcpu->id].facts;
        spin_unlock(&watch->lock);
        judge(vm, &facts);
    }
}

/* ---- events */

static bool same_trap(const struct trace_record *a, const struct trace_record *b)
{
    if (a->pc != b->pc || a->trap.kind != b->trap.kind || a->result != b->result)
        return false;
    switch (a->trap.kind) {
    case TRAP_MMIO:
        return a->trap.mmio.gpa.raw == b->trap.mmio.gpa.raw;
    case TRAP_S2_FAULT:
        return a->trap.fault.gpa.raw == b->trap.fault.gpa.raw;
    case TRAP_SYSREG:
        return a->trap.sysreg.key == b->trap.sysreg.key;
    case TRAP_INSN:
        /* A loop over caches or pages; nothing tells whoever executes it what to wait for. */
        return a->result != TRAP_DONE;
    default:
        return true;
    }
}

static void note_device(struct watch_facts *facts, const struct vm *vm, const struct trap *trap)
{
    const struct mmio_region *region = NULL;

    if (trap->kind == TRAP_MMIO)
        region = mmio_bus_search(&vm->mmio, trap->mmio.gpa, 1);
    if (region != NULL && strcmp(region->name, "UART") == 0)
        facts->touched_uart = true;
    if (region != NULL || trap->kind == TRAP_HYPERCALL)
        facts->touched_anything = true;
}

void watch_trap(struct vcpu *vcpu, const struct trace_record *record,
                const struct guest_view *before)
{
    struct watch *watch = &vcpu->vm->watch;
    struct watch_facts *facts = &watch->state->facts;
    struct seen *seen = &watch->state->seen[vcpu->id];
    bool failed = record->result == TRAP_ABORT || record->result == TRAP_UNDEF;

    spin_lock(&watch->lock);
    seen->trap_count++;
    seen->facts.repeats = same_trap(&seen->facts.last, record) ? seen->facts.repeats + 1 : 1;
    seen->facts.repeats_fail = failed;
    seen->facts.last = *record;
    note_device(facts, vcpu->vm, &record->trap);
    if (failed && facts->fault_count++ == 0)
        facts->fault = (struct watch_fault){vcpu->id, *record, *before};
    spin_unlock(&watch->lock);
}

void watch_cpu_refused(struct vm *vm, uint32_t index, uint64_t entry)
{
    struct watch_facts facts = {0};

    if (vm->watch.state == NULL)
        return;
    spin_lock(&vm->watch.lock);
    facts = vm->watch.state->facts;
    spin_unlock(&vm->watch.lock);
    facts.refused_cpu = index + 1;
    facts.refused_entry = entry;
    judge(vm, &facts);
}

/* A line is whole. */
static void hear_line(struct vm *vm)
{
    struct watch *watch = &vm->watch;
    struct watch_facts facts = {0};
    bool panic;

    spin_lock(&watch->lock);
    watch->line[watch->line_length] = 0;
    panic = watch_is_panic(watch->line);
    facts = watch->state->facts;
    if (watch->line_length > 0 && !watch->printed) {
        watch->printed = true;
        watch->silent_resets = 0;
        stop_looking(vm);
    }
    if (panic) {
        watch->listens = false;
        facts.panic = watch->line;
    }
    watch->line_length = 0;
    spin_unlock(&watch->lock);
    if (panic)
        judge(vm, &facts);
}

void watch_byte(struct vm *vm, char byte)
{
    struct watch *watch = &vm->watch;

    /* Most are letters. */
    if ((unsigned char)byte >= ' ') {
        if (watch->line_length < WATCH_LINE_MAX)
            watch->line[watch->line_length++] = byte;
    } else if (byte == '\n' && watch->state != NULL && watch->listens) {
        hear_line(vm);
    }
}
