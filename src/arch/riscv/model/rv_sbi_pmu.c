/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns what a guest's counters count. Events are counted all the time (rv_state.h), so a counter is
 * the difference to when it was started. Must not know what an event is but for its number.
 */
#include "arch/riscv/model/rv_sbi_pmu.h"

#include "core/vcpu.h"
#include "lib/bits.h"
#include "lib/regdef.h"

enum {
    NUM_COUNTERS,
    COUNTER_GET_INFO,
    COUNTER_CONFIG_MATCHING,
    COUNTER_START,
    COUNTER_STOP,
    COUNTER_FW_READ,
    COUNTER_FW_READ_HI,
};
/* clang-format off */
/* event_idx (11.1), counter_info (11.6), and the flags of configuring, starting, stopping (11.7 to
 * 11.9). */
#define EVENT_FIELDS(F) F(EVENT, CODE, 15, 0) F(EVENT, TYPE, 19, 16) F(EVENT, RES0_a, 63, 20)
#define COUNTER_INFO_FIELDS(F) \
    F(COUNTER_INFO, CSR, 11, 0) F(COUNTER_INFO, WIDTH, 17, 12) F(COUNTER_INFO, RES0_a, 62, 18) \
    F(COUNTER_INFO, FIRMWARE, 63, 63)
#define CONFIG_FIELDS(F) \
    F(CONFIG, SKIP_MATCH, 0, 0) F(CONFIG, CLEAR_VALUE, 1, 1) F(CONFIG, AUTO_START, 2, 2) \
    F(CONFIG, INHIBIT, 7, 3) F(CONFIG, RES0_a, 63, 8)
#define START_FIELDS(F) \
    F(START, SET_INIT_VALUE, 0, 0) F(START, INIT_SNAPSHOT, 1, 1) F(START, RES0_a, 63, 2)
#define STOP_FIELDS(F) \
    F(STOP, RESET, 0, 0) F(STOP, TAKE_SNAPSHOT, 1, 1) F(STOP, RES0_a, 63, 2)
/* clang-format on */
REG_DEFINE64(EVENT, EVENT_FIELDS);
REG_DEFINE64(COUNTER_INFO, COUNTER_INFO_FIELDS);
REG_DEFINE64(CONFIG, CONFIG_FIELDS);
REG_DEFINE64(START, START_FIELDS);
REG_DEFINE64(STOP, STOP_FIELDS);

#define EVENT_TYPE_FIRMWARE 15u
#define ALL_COUNTERS        ((uint64_t)low_bits(RV_COUNTER_FW_COUNT))

/* An event's number by SBI (11.5) to ours. */
static const struct {
    uint16_t code;
    uint8_t event;
} known[] = {
    {5, RV_EVENT_SET_TIMER},
    {6, RV_EVENT_IPI_SENT},
    {8, RV_EVENT_FENCE_I_SENT},
    {10, RV_EVENT_SFENCE_VMA_SENT},
    {12, RV_EVENT_SFENCE_VMA_ASID_SENT},
};

static struct rv_sbi_answer answer(int64_t error, uint64_t value)
{
    return (struct rv_sbi_answer){error, value};
}

/* The counters of MASK from BASE on. False: one is not there. */
static bool counters(uint64_t base, uint64_t mask, uint64_t *set)
{
    if (base >= RV_COUNTER_FW_COUNT || mask << base >> base != mask)
        return false;
    *set = mask << base;
    return (*set & ~ALL_COUNTERS) == 0;
}

static uint64_t now(const struct vcpu *vcpu, const struct rv_counter *counter)
{
    return counter->running ? counter->value + vcpu->arch.rv.events[counter->event]
                            : counter->value;
}

/* COUNTER shows VALUE from now on, running or not. */
static void set(const struct vcpu *vcpu, struct rv_counter *counter, uint64_t value)
{
    counter->value = counter->running ? value - vcpu->arch.rv.events[counter->event] : value;
}

static void run(const struct vcpu *vcpu, struct rv_counter *counter, bool running)
{
    uint64_t value = now(vcpu, counter);

    counter->running = running;
    set(vcpu, counter, value);
}

static struct rv_sbi_answer config_matching(struct vcpu *vcpu, const uint64_t *arg)
{
    struct rv_counter *counter = NULL;
    uint64_t candidates, flags = arg[2], index = 0;

    if (!counters(arg[0], arg[1], &candidates) || candidates == 0 || (flags & CONFIG_RES0_a))
        return answer(SBI_ERR_INVALID_PARAM, 0);
    for (; candidates != 0 && counter == NULL; candidates &= candidates - 1) {
        index = bit_lowest(candidates);
        /* Chosen before, or free. */
        if (vcpu->arch.rv.counters[index].configured == ((flags & CONFIG_SKIP_MATCH) != 0))
            counter = &vcpu->arch.rv.counters[index];
    }
    if (counter == NULL)
        return answer(flags & CONFIG_SKIP_MATCH ? SBI_ERR_INVALID_PARAM : SBI_ERR_NOT_SUPPORTED, 0);
    if (!(flags & CONFIG_SKIP_MATCH)) {
        uint64_t event = RV_EVENT_COUNT;

        for (unsigned i = 0; i < ARRAY_SIZE(known); i++)
            if (arg[3] == (REG_PUT(EVENT, TYPE, EVENT_TYPE_FIRMWARE) | known[i].code))
                event = known[i].event;
        if (event == RV_EVENT_COUNT)
            return answer(SBI_ERR_NOT_SUPPORTED, 0);
        *counter = (struct rv_counter){.configured = true, .event = (uint8_t)event};
    }
    if (flags & CONFIG_CLEAR_VALUE)
        set(vcpu, counter, 0);
    if (flags & CONFIG_AUTO_START)
        run(vcpu, counter, true);
    return answer(SBI_SUCCESS, index);
}

static struct rv_sbi_answer start(struct vcpu *vcpu, const uint64_t *arg)
{
    int64_t error = SBI_SUCCESS;
    uint64_t set_of;

    if (arg[2] & START_INIT_SNAPSHOT) /* there is no shared memory */
        return answer(SBI_ERR_NO_SHMEM, 0);
    if (!counters(arg[0], arg[1], &set_of) || (arg[2] & START_RES0_a))
        return answer(SBI_ERR_INVALID_PARAM, 0);
    for (; set_of != 0; set_of &= set_of - 1) {
        struct rv_counter *counter = &vcpu->arch.rv.counters[bit_lowest(set_of)];

        if (!counter->configured)
            return answer(SBI_ERR_INVALID_PARAM, 0);
        if (arg[2] & START_SET_INIT_VALUE)
            set(vcpu, counter, arg[3]);
        if (counter->running)
            error = SBI_ERR_ALREADY_STARTED;
        run(vcpu, counter, true);
    }
    return answer(error, 0);
}

static struct rv_sbi_answer stop(struct vcpu *vcpu, const uint64_t *arg)
{
    int64_t error = SBI_SUCCESS;
    uint64_t set_of;

    if (arg[2] & STOP_TAKE_SNAPSHOT)
        return answer(SBI_ERR_NO_SHMEM, 0);
    if (!counters(arg[0], arg[1], &set_of) || (arg[2] & STOP_RES0_a))
        return answer(SBI_ERR_INVALID_PARAM, 0);
    for (; set_of != 0; set_of &= set_of - 1) {
        struct rv_counter *counter = &vcpu->arch.rv.counters[bit_lowest(set_of)];

        if (!counter->configured)
            return answer(SBI_ERR_INVALID_PARAM, 0);
        if (!counter->running)
            error = SBI_ERR_ALREADY_STOPPED;
        run(vcpu, counter, false);
        if (arg[2] & STOP_RESET)
            *counter = (struct rv_counter){.configured = false};
    }
    return answer(error, 0);
}

struct rv_sbi_answer rv_sbi_pmu(struct vcpu *vcpu, const uint64_t *arg)
{
    enum { FUNCTION = RV_A6 - RV_A0 };
    struct rv_counter *counter;

    switch (arg[FUNCTION]) {
    case NUM_COUNTERS:
        return answer(SBI_SUCCESS, RV_COUNTER_FW_COUNT);
    case COUNTER_GET_INFO:
        return arg[0] < RV_COUNTER_FW_COUNT ? answer(SBI_SUCCESS, COUNTER_INFO_FIRMWARE)
                                            : answer(SBI_ERR_INVALID_PARAM, 0);
    case COUNTER_CONFIG_MATCHING:
        return config_matching(vcpu, arg);
    case COUNTER_START:
        return start(vcpu, arg);
    case COUNTER_STOP:
        return stop(vcpu, arg);
    case COUNTER_FW_READ:
        if (arg[0] >= RV_COUNTER_FW_COUNT)
            return answer(SBI_ERR_INVALID_PARAM, 0);
        counter = &vcpu->arch.rv.counters[arg[0]];
        return counter->configured ? answer(SBI_SUCCESS, now(vcpu, counter))
                                   : answer(SBI_ERR_INVALID_PARAM, 0);
    case COUNTER_FW_READ_HI: /* all of it is in the other on RV64 */
        return arg[0] < RV_COUNTER_FW_COUNT ? answer(SBI_SUCCESS, 0)
                                            : answer(SBI_ERR_INVALID_PARAM, 0);
    default:
        return answer(SBI_ERR_NOT_SUPPORTED, 0);
    }
}

void rv_sbi_pmu_reset(struct vcpu *vcpu)
{
    for (unsigned i = 0; i < RV_COUNTER_FW_COUNT; i++)
        vcpu->arch.rv.counters[i] = (struct rv_counter){.configured = false};
}
