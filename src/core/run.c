/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entering guests: requests are served, the policy asked, states moved, the timer set. Locks are
 * taken one at a time and never held over a guest.
 */
#include "core/run.h"

#include "arch/arch.h"
#include "core/vm.h"
#include "lib/bits.h"
#include "lib/panic.h"

struct pcpu *pcpus[BOARD_CPU_MAX];
uint32_t pcpu_count;

static struct vcpu *entity_vcpu(struct sched_entity *entity)
{
    return entity == NULL ? NULL : container_of(entity, struct vcpu, sched);
}

static uint64_t slice_ticks;

void run_init(struct pcpu *pcpu)
{
    slice_ticks = SCHED_SLICE_NS * (arch_counter_hz() / 1000000) / 1000;
    runq_init(&pcpu->runq, pcpu->id);
    timer_queue_init(&pcpu->timers);
    pcpu->programmed_ticks = TIMER_NEVER;
}

/* What was asked before. */
static uint32_t request(struct vcpu *vcpu, uint32_t bits)
{
    return __atomic_fetch_or(&vcpu->requests, bits, __ATOMIC_RELEASE);
}

void run_reschedule(struct pcpu *pcpu)
{
    if (pcpu == arch_this_cpu()) {
        if (pcpu->current != NULL)
            (void)request(pcpu->current, VCPU_REQ_RESCHED);
        return;
    }
    __atomic_fetch_or(&pcpu->ipi_pending, IPI_RESCHED, __ATOMIC_RELEASE);
    arch_ipi_send(pcpu->id);
}

void run_ipi(struct pcpu *pcpu)
{
    uint32_t pending = __atomic_exchange_n(&pcpu->ipi_pending, 0, __ATOMIC_ACQUIRE);

    if (pending & IPI_STOP)
        arch_cpu_stop();
    if (pending & IPI_CALL)
        call_serve(pcpu);
    if ((pending & IPI_RESCHED) && pcpu->current != NULL)
        (void)request(pcpu->current, VCPU_REQ_RESCHED);
}

/* It runs or rests: what it was woken for is asked of it already. */
static void notify_running(const struct runq *runq)
{
    if (pcpus[runq->cpu] != arch_this_cpu())
        arch_ipi_send(runq->cpu);
}

/* How many other vCPUs of VCPU's VM are assigned to PCPU: those of one VM run best side by side. */
static uint32_t siblings_on(const struct vcpu *vcpu, const struct pcpu *pcpu)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < vcpu->vm->vcpu_count; i++) {
        const struct vcpu *sibling = vcpu->vm->vcpus[i];

        count += sibling != vcpu && sibling->powered && sibling->sched.runq == &pcpu->runq;
    }
    return count;
}

void sched_place(struct vcpu *vcpu)
{
    struct pcpu *best = NULL;

    for (uint32_t i = 0; i < pcpu_count; i++) {
        struct pcpu *pcpu = pcpus[i];

        if (!pcpu->online || (i < 64 && (vcpu->sched.affinity & bit64(i)) == 0))
            continue;
        if (best == NULL || pcpu->runq.load < best->runq.load ||
            (pcpu->runq.load == best->runq.load &&
             siblings_on(vcpu, pcpu) < siblings_on(vcpu, best)))
            best = pcpu;
    }
    /* The configuration was checked against the CPUs that are there; one may have failed to start.
     */
    if (best == NULL)
        best = pcpus[0];
    runq_assign(&best->runq, &vcpu->sched);
}

void sched_wake(struct vcpu *vcpu, bool start)
{
    enum runq_wake wake;

    /* It was never on: what is for it (another's interrupt) it finds when it is. */
    if (vcpu->sched.runq == NULL)
        return;
    wake = runq_wake(&vcpu->sched, start);
    if (wake == RUNQ_NOTIFY_RUNNING)
        notify_running(vcpu->sched.runq);
    else if (wake == RUNQ_PREEMPT)
        run_reschedule(pcpus[vcpu->sched.runq->cpu]);
}

void vcpu_kick(struct vcpu *vcpu, uint32_t requests)
{
    /* Who asked for the same, and was not heard so far, wakes it for us too. */
    if ((request(vcpu, requests) & requests) != requests)
        sched_wake(vcpu, false);
}

void sched_wait(struct vcpu *vcpu)
{
    (void)request(vcpu, VCPU_REQ_WAIT);
}

/* ---- the way back to the vCPU that is current, without the loop */

uint32_t run_show_virqs(struct vcpu *vcpu)
{
    __atomic_fetch_and(&vcpu->requests, ~(uint32_t)VCPU_REQ_VIRQ, __ATOMIC_ACQUIRE);
    arch_vcpu_sync_virqs(vcpu);
    return read_once(vcpu->requests);
}

/* It has run since it was chosen or last accounted for. */
static void account(struct vcpu *vcpu, uint64_t now)
{
    vcpu->sched.run_ticks += now - vcpu->sched.run_start_ticks;
    vcpu->sched.run_start_ticks = now;
}

/* The timer is set as for a guest that runs: its own queue's next. The end of a slice, if that is
 * what it is, means that the queue is to be looked at. */
__no_stack_protector void run_wait(struct vcpu *vcpu)
{
    struct runq *runq = vcpu->sched.runq;

    /* Asked first: what is pending by then is seen, what comes later interrupts. */
    if (run_asked(vcpu) != 0) {
        sched_wait(vcpu);
        return;
    }
    if (arch_vcpu_virq_pending(vcpu))
        return;
    if (!runq_rest(runq)) {
        sched_wait(vcpu);
        return;
    }
    account(vcpu, arch_counter());
    do {
        arch_cpu_wait();
        arch_irq_take();
    } while (read_once(vcpu->requests) == 0 && read_once(vcpu->sched.state) == SCHED_WAITING);
    runq_rest_end(runq);
    vcpu->sched.run_start_ticks = arch_counter();
    if (run_asked(vcpu) != 0)
        sched_wait(vcpu);
}

static void wake_timer_fired(struct timer *timer, uint64_t now_ticks)
{
    struct vcpu *vcpu = container_of(timer, struct vcpu, wake_timer);

    arch_vcpu_timer_fired(vcpu);
    vcpu_kick(vcpu, VCPU_REQ_VIRQ);
}

void vcpu_init(struct vcpu *vcpu, struct vm *vm, uint32_t id)
{
    vcpu->vm = vm;
    vcpu->id = id;
    vcpu->sched.affinity = vm->config->affinity[id];
    vcpu->sched.priority = vm->config->priority;
    list_init(&vcpu->sched.node);
    timer_init(&vcpu->wake_timer, wake_timer_fired);
}

/*
 * VCPU's own timer goes on in software. One that is over already has raised its line; if the guest
 * has not enabled that interrupt nothing more comes of it, and waking the vCPU again and again
 * would only take turns from others.
 */
static void await_timer(struct pcpu *pcpu, struct vcpu *vcpu)
{
    uint64_t deadline = arch_vcpu_timer_deadline(vcpu);

    /* While it was loaded its timer was not armed in software. */
    if (deadline == TIMER_NEVER)
        return;
    if (deadline > arch_counter()) {
        timer_arm(&pcpu->timers, &vcpu->wake_timer, deadline);
        return;
    }
    arch_vcpu_timer_fired(vcpu);
    if (arch_vcpu_virq_pending(vcpu))
        vcpu_kick(vcpu, VCPU_REQ_VIRQ);
}

/* Take the state of whoever is loaded off this CPU, whose own timer goes on in software; and put
 * that of NEXT there, if it is not NULL. */
static __noinline void exchange(struct pcpu *pcpu, struct vcpu *next)
{
    struct vcpu *vcpu = pcpu->loaded;

    if (vcpu != NULL) {
        arch_vcpu_save(vcpu);
        pcpu->loaded = NULL;
        if (vcpu->sched.state != SCHED_OFF)
            await_timer(pcpu, vcpu);
    }
    if (next == NULL)
        return;
    timer_cancel(&next->wake_timer);
    arch_vcpu_load(next);
    pcpu->loaded = next;
    next->stats.switches++;
}

static void unload(struct pcpu *pcpu)
{
    exchange(pcpu, NULL);
}

/* The current vCPU leaves for good: power off, or its VM ends. */
static void leave(struct pcpu *pcpu, struct vcpu *vcpu)
{
    runq_stop(&pcpu->runq);
    pcpu->current = NULL;
    if (pcpu->loaded == vcpu)
        unload(pcpu);
    timer_cancel(&vcpu->wake_timer);
    arch_vcpu_off(vcpu);
    vm_vcpu_stopped(vcpu);
}

/*
 * The current vCPU rests while its VM is paused. Its state is kept; what else was asked of it is
 * not: a WFI may return early, and loading it again takes up its virtual interrupts.
 */
static void park(struct pcpu *pcpu, struct vcpu *vcpu)
{
    runq_stop(&pcpu->runq);
    pcpu->current = NULL;
    if (pcpu->loaded == vcpu)
        unload(pcpu);
    timer_cancel(&vcpu->wake_timer);
    vm_vcpu_parked(vcpu);
}

/* Serve what was asked of the current vCPU. */
static void serve_requests(struct pcpu *pcpu, struct vcpu *vcpu)
{
    uint32_t asked = __atomic_exchange_n(&vcpu->requests, 0, __ATOMIC_ACQUIRE);

    if (asked & VCPU_REQ_STOP) {
        leave(pcpu, vcpu);
        return;
    }
    if (asked & VCPU_REQ_PAUSE) {
        park(pcpu, vcpu);
        return;
    }
    if ((asked & VCPU_REQ_VIRQ) && pcpu->loaded == vcpu)
        arch_vcpu_sync_virqs(vcpu);
    if ((asked & VCPU_REQ_WAIT) && !arch_vcpu_virq_pending(vcpu) && runq_wait(&pcpu->runq))
        pcpu->current = NULL;
}

/*
 * VCPU's time goes into the loading of its VM. What others wait for comes in between, and libraries
 * may use their registers.
 */
static __noinline void load_images(struct pcpu *pcpu, struct vcpu *vcpu)
{
    unload(pcpu);
    vm_start_step(vcpu);
    arch_irq_take();
}

static __noinline void idle(struct pcpu *pcpu)
{
    arch_timer_program(timer_queue_next(&pcpu->timers));
    arch_cpu_wait();
    arch_irq_take();
}

/* No array is here. */
__no_stack_protector struct vcpu *run_loop(struct pcpu *pcpu)
{
    for (;;) {
        uint64_t slice_end, now = arch_counter();
        struct vcpu *vcpu = pcpu->current;

        if (vcpu != NULL) {
            account(vcpu, now);
            serve_requests(pcpu, vcpu);
        }
        timer_queue_expire(&pcpu->timers, now);
        vcpu = entity_vcpu(runq_pick(&pcpu->runq, now, slice_ticks, &slice_end));
        pcpu->current = vcpu;
        if (vcpu == NULL) {
            idle(pcpu);
            continue;
        }
        vcpu->sched.run_start_ticks = now;
        if (unlikely(vcpu->starting)) {
            load_images(pcpu, vcpu);
            continue;
        }
        if (pcpu->loaded != vcpu)
            exchange(pcpu, vcpu);
        /* What it was woken for, most of the time; all else at the top. */
        if (run_asked(vcpu) != 0)
            continue;
        /* Whoever comes to share the CPU makes us look again: the slice needs no timer of its own.
         */
        arch_timer_program(MIN(timer_queue_next(&pcpu->timers), slice_end));
        return vcpu;
    }
}
