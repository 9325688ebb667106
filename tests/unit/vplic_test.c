/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual PLIC by its specification: priorities, thresholds, claims, levels and edges; and
 * random accesses against what must always hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vdev/vplic.h"

#define CONTEXTS 4u

static struct vplic plic;
static bool external[CONTEXTS];
static unsigned external_calls;

static void set_external(void *owner, uint32_t context, bool level)
{
    assert_ptr_equal(owner, &plic);
    assert_in_range(context, 0, CONTEXTS - 1);
    assert_true(external[context] != level); /* told of changes only */
    external[context] = level;
    external_calls++;
}

static int start(void **state)
{
    struct vplic_config config = {CONTEXTS, set_external, &plic};

    memset(external, 0, sizeof(external));
    external_calls = 0;
    vplic_init(&plic, &config);
    return 0;
}

static uint32_t get(uint64_t offset)
{
    struct mmio_access access = {.offset = offset, .size_bytes = 4};
    uint64_t peek = vplic_peek(&plic, offset, 4);

    assert_true(vplic_mmio(&plic, &access));
    assert_true(peek == MMIO_ASK || peek == access.value);
    return (uint32_t)access.value;
}
static void put(uint64_t offset, uint32_t value)
{
    struct mmio_access access = {.offset = offset, .size_bytes = 4, .write = true, .value = value};

    assert_true(vplic_mmio(&plic, &access));
}
static void line(uint32_t source, bool level)
{
    plic.controller.ops->set_level(&plic.controller, 0, source, level);
}
static void set_priority(uint32_t source, uint32_t value)
{
    put(4 * source, value);
}
static void enable(uint32_t context, uint32_t source)
{
    uint64_t word = 0x2000 + 0x80 * context + source / 32 * 4;

    put(word, get(word) | 1u << source % 32);
}
static uint64_t threshold(uint32_t context)
{
    return 0x200000 + 0x1000 * context;
}
static uint64_t claim(uint32_t context)
{
    return threshold(context) + 4;
}
static bool is_pending(uint32_t source)
{
    return get(0x1000 + source / 32 * 4) >> source % 32 & 1;
}

static void a_level_from_rise_to_completion(void **state)
{
    set_priority(10, 1);
    enable(1, 10);
    line(10, true);
    assert_true(external[1]);
    assert_false(external[0] || external[2] || external[3]);
    assert_true(is_pending(10));
    assert_int_equal(get(claim(1)), 10);
    assert_false(external[1]);
    assert_false(is_pending(10));
    assert_int_equal(get(claim(1)), 0); /* in service: no second one */
    line(10, false);
    put(claim(1), 10);
    assert_false(external[1]);
}

static void a_level_that_stays_comes_again(void **state)
{
    set_priority(10, 1);
    enable(1, 10);
    line(10, true);
    assert_int_equal(get(claim(1)), 10);
    put(claim(1), 10);
    assert_true(external[1]);
    assert_int_equal(get(claim(1)), 10);
}

static void a_request_stays_when_its_level_falls(void **state)
{
    set_priority(10, 1);
    enable(1, 10);
    line(10, true);
    line(10, false);
    assert_true(external[1]);
    assert_int_equal(get(claim(1)), 10);
    put(claim(1), 10);
    assert_false(external[1]);
}

static void edges(void **state)
{
    vplic_set_edge(&plic, 5);
    set_priority(5, 3);
    enable(3, 5);
    line(5, true);
    assert_int_equal(get(claim(3)), 5);
    line(5, true); /* no rise */
    assert_false(is_pending(5));
    line(5, false);
    line(5, true); /* one in service, one waits */
    assert_true(is_pending(5));
    enable(1, 5); /* another context does not get it before the first is done either */
    assert_false(external[1] || external[3]);
    assert_int_equal(get(claim(1)), 0);
    put(claim(3), 5);
    assert_true(external[1] && external[3]);
    assert_int_equal(get(claim(3)), 5);
    put(claim(3), 5);
    assert_int_equal(get(claim(3)), 0); /* the level does not count */
}

static void priorities_and_ties(void **state)
{
    static const struct {
        uint32_t source, priority;
    } sources[] = {{9, 2}, {3, 5}, {63, 7}, {4, 5}, {1, 1}};
    static const uint32_t order[] = {63, 3, 4, 9, 1, 0};

    for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
        set_priority(sources[i].source, sources[i].priority);
        enable(1, sources[i].source);
        line(sources[i].source, true);
    }
    for (size_t i = 0; i < ARRAY_SIZE(order); i++)
        assert_int_equal(get(claim(1)), order[i]);
}

static void priority_0_never_interrupts(void **state)
{
    enable(1, 10);
    line(10, true);
    assert_false(external[1]);
    assert_int_equal(get(claim(1)), 0);
    set_priority(10, 1);
    assert_true(external[1]);
}

static void the_threshold_holds_back_but_not_a_claim(void **state)
{
    set_priority(10, 3);
    enable(1, 10);
    put(threshold(1), 3);
    line(10, true);
    assert_false(external[1]);
    put(threshold(1), 2);
    assert_true(external[1]);
    put(threshold(1), 7);
    assert_false(external[1]);
    assert_int_equal(get(claim(1)), 10);
}

static void a_source_for_two_contexts_is_claimed_once(void **state)
{
    set_priority(10, 1);
    enable(1, 10);
    enable(3, 10);
    line(10, true);
    assert_true(external[1] && external[3]);
    assert_int_equal(get(claim(3)), 10);
    assert_false(external[1] || external[3]);
    assert_int_equal(get(claim(1)), 0);
    put(claim(1), 10); /* any context that has it enabled */
    assert_true(external[1] && external[3]);
}

static void completions_that_are_ignored(void **state)
{
    set_priority(10, 1);
    enable(1, 10);
    line(10, true);
    assert_int_equal(get(claim(1)), 10);
    put(claim(3), 10); /* not enabled there */
    put(claim(1), 11);
    put(claim(1), 0);
    put(claim(1), 64);
    put(claim(1), UINT32_MAX);
    assert_false(external[1]);
    put(claim(1), 10);
    assert_true(external[1]);
}

static void registers_have_their_bits_only(void **state)
{
    set_priority(0, 7);
    assert_int_equal(get(0), 0);
    set_priority(63, UINT32_MAX);
    assert_int_equal(get(4 * 63), VPLIC_PRIORITY_MAX);
    put(threshold(1), UINT32_MAX);
    assert_int_equal(get(threshold(1)), VPLIC_PRIORITY_MAX);
    put(0x2080, UINT32_MAX);
    assert_int_equal(get(0x2080), UINT32_MAX - 1); /* source 0 does not exist */
    put(0x2084, UINT32_MAX);
    assert_int_equal(get(0x2084), UINT32_MAX);
    put(0x2088, UINT32_MAX); /* beyond the last source */
    assert_int_equal(get(0x2088), 0);
    put(0x1000, UINT32_MAX); /* pending bits are read-only */
    assert_int_equal(get(0x1000), 0);
    put(0x2000 + 0x80 * CONTEXTS, UINT32_MAX); /* beyond the last context */
    assert_int_equal(get(0x2000 + 0x80 * CONTEXTS), 0);
    assert_int_equal(get(claim(CONTEXTS)), 0);
    put(threshold(CONTEXTS), 1);
    assert_int_equal(get(threshold(CONTEXTS)), 0);
}

static void accesses_that_are_refused(void **state)
{
    static const struct {
        uint64_t offset;
        uint8_t size_bytes;
    } bad[] = {{0, 1}, {0, 2}, {0, 8}, {2, 4}, {0x200001, 4}, {VPLIC_SIZE, 4}, {UINT64_MAX - 3, 4}};

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct mmio_access access = {.offset = bad[i].offset, .size_bytes = bad[i].size_bytes};

        assert_false(vplic_mmio(&plic, &access));
    }
}

static void lines_that_are_not_there(void **state)
{
    line(0, true);
    line(64, true);
    line(UINT32_MAX, true);
    assert_int_equal(get(0x1000), 0);
    assert_int_equal(get(0x1004), 0);
}

static void a_peek_is_a_read_that_changes_nothing(void **state)
{
    set_priority(5, 3);
    enable(1, 5);
    line(5, true);
    assert_int_equal(vplic_peek(&plic, 4 * 5, 4), 3);
    assert_int_equal(vplic_peek(&plic, 0x1000, 4), 1u << 5);
    assert_int_equal(vplic_peek(&plic, 0x2080, 4), 1u << 5);
    assert_int_equal(vplic_peek(&plic, threshold(1), 4), 0);
    /* A claim is no such read, wherever it is; nor are those that are refused. */
    assert_true(vplic_peek(&plic, claim(1), 4) == MMIO_ASK);
    assert_true(vplic_peek(&plic, claim(CONTEXTS + 7), 4) == MMIO_ASK);
    assert_true(vplic_peek(&plic, threshold(1), 8) == MMIO_ASK);
    assert_true(vplic_peek(&plic, threshold(1) + 2, 4) == MMIO_ASK);
    assert_true(vplic_peek(&plic, VPLIC_SIZE, 4) == MMIO_ASK);
    assert_int_equal(get(claim(1)), 5);
}

static void reset_keeps_lines(void **state)
{
    set_priority(10, 1);
    enable(1, 10);
    line(10, true);
    vplic_reset(&plic);
    assert_false(external[1]);
    assert_int_equal(get(40), 0);
    set_priority(10, 1);
    enable(1, 10);
    assert_true(external[1]); /* the device still asks */
}

/* Whatever a guest writes: what is claimed was pending, enabled and had a priority; what a context
 * is told is what its registers say. */
static void random_accesses(void **state)
{
    uint64_t random = 88172645463325252ULL;

    for (unsigned i = 0; i < 300000; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        uint32_t context = random % CONTEXTS, source = (random >> 8) % 64;
        uint32_t value = (uint32_t)(random >> 20);
        uint64_t before = plic.pending, enabled = plic.contexts[context].enabled;

        switch ((random >> 4) % 8) {
        case 0:
            line(source, value & 1);
            break;
        case 1:
            set_priority(source, value);
            break;
        case 2:
            put(0x2000 + 0x80 * context + 4 * (value & 1), value >> 1);
            break;
        case 3:
            put(threshold(context), value);
            break;
        case 4:
            put(claim(context), source);
            break;
        case 5:
            put((random >> 16) % VPLIC_SIZE & ~3ULL, value);
            break;
        default:
            source = get(claim(context));
            if (source != 0 && !(before & enabled & 1ULL << source))
                fail_msg("source %u was not to be claimed", source);
            break;
        }
        for (uint32_t c = 0; c < CONTEXTS; c++) {
            bool wanted = false;

            for (uint32_t s = 1; s < 64; s++)
                wanted |= (plic.pending & plic.contexts[c].enabled & 1ULL << s) != 0 &&
                          plic.priority[s] > plic.contexts[c].threshold;
            if (wanted != external[c])
                fail_msg("context %u after step %u", c, i);
        }
        if ((plic.pending & plic.claimed & ~plic.edge) != 0)
            fail_msg("pending while in service after step %u", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_level_from_rise_to_completion, start),
        cmocka_unit_test_setup(a_level_that_stays_comes_again, start),
        cmocka_unit_test_setup(a_request_stays_when_its_level_falls, start),
        cmocka_unit_test_setup(edges, start),
        cmocka_unit_test_setup(priorities_and_ties, start),
        cmocka_unit_test_setup(priority_0_never_interrupts, start),
        cmocka_unit_test_setup(the_threshold_holds_back_but_not_a_claim, start),
        cmocka_unit_test_setup(a_source_for_two_contexts_is_claimed_once, start),
        cmocka_unit_test_setup(completions_that_are_ignored, start),
        cmocka_unit_test_setup(registers_have_their_bits_only, start),
        cmocka_unit_test_setup(accesses_that_are_refused, start),
        cmocka_unit_test_setup(lines_that_are_not_there, start),
        cmocka_unit_test_setup(a_peek_is_a_read_that_changes_nothing, start),
        cmocka_unit_test_setup(reset_keeps_lines, start),
        cmocka_unit_test_setup(random_accesses, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
