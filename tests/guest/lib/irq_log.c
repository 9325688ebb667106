/* SPDX-License-Identifier: Apache-2.0 */
/* The handler of irq_log.h. */
#include "guest/lib/irq_log.h"

#include "guest/lib/gic.h"
#include "guest/lib/smp.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/timer.h"

#define LINGER_US 5000

static struct irq_log logs[GUEST_CPU_MAX];
static void (*quiesce_source)(uint32_t intid);

static void handle(struct exception_frame *frame)
{
    uint64_t time = counter();
    struct irq_log *log = &logs[cpu_index()];
    uint32_t iar = gic_ack();
    uint32_t intid = gic_intid(iar);

    if (intid >= 1020)
        return; /* went away meanwhile */
    if (log->count < IRQ_LOG_MAX) {
        log->records[log->count] = (struct irq_record){
            .intid = intid,
            .source = gic_source(iar),
            .active = gic_is_active(intid),
            .pending = gic_is_pending(intid),
            .running_priority = gic_running_priority(),
            .time = time,
        };
    }
    if (quiesce_source != NULL)
        quiesce_source(intid);
    gic_eoi(iar);
    __atomic_store_n(&log->count, log->count + 1, __ATOMIC_RELEASE);
}

void irq_log_start(void)
{
    __atomic_store_n(&logs[cpu_index()].count, 0, __ATOMIC_RELEASE);
    quiesce_source = NULL;
    irq_set_handler(handle);
}

void irq_log_set_quiesce(void (*quiesce)(uint32_t intid))
{
    quiesce_source = quiesce;
    barrier_sync();
}

uint32_t irq_log_count(unsigned cpu)
{
    return __atomic_load_n(&logs[cpu].count, __ATOMIC_ACQUIRE);
}

const struct irq_record *irq_log_at(unsigned cpu, uint32_t index)
{
    return &logs[cpu].records[MIN(index, IRQ_LOG_MAX - 1u)];
}

bool irq_log_wait(uint32_t count)
{
    irq_unmask();
    bool came = WAIT_UNTIL(irq_log_count(cpu_index()) >= count);
    irq_mask();
    return came;
}

void irq_log_wait_asleep(uint32_t count)
{
    while (irq_log_count(cpu_index()) < count) {
        wait_for_interrupt();
        irq_unmask();
        barrier_context();
        irq_mask();
    }
}

void irq_log_linger(void)
{
    irq_unmask();
    delay_us(LINGER_US);
    irq_mask();
}
