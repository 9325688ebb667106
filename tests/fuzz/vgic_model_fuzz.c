/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vGIC, v2 and v3, against the manual's state machine: the oracle of
 * tests/unit/vgic_model_test.c, its choices made by the fuzzer.
 */
#include "tests/fuzz/input.h"

static struct input choices;

static uint32_t choose(uint32_t n)
{
    return n == 1 ? 0 : input_below(&choices, n);
}

#define RANDOM_BELOW choose
#define main         unit_main
int unit_main(void);
#include "tests/unit/vgic_model_test.c"
#undef main

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t lr_counts[] = {4, 1, 2, 16};
    uint8_t lr_count;

    choices = (struct input){data, size};
    lr_count = lr_counts[choose(ARRAY_SIZE(lr_counts))];
    /* Which of more active interrupts than list registers ends is a guess, so not with active
     * states set by software. */
    changes_active = lr_count >= 4;
    set_up((uint8_t)(2 + choose(2)), lr_count);
    for (unsigned n = 0; n < 400 && choices.left != 0; n++)
        step();
    choices.left = 0;
    wind_up();
    return 0;
}
