/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stage 2 against a map of single pages, with a CPU that walks and caches beside it: the oracle of
 * tests/unit/pt_test.c, its choices made by the fuzzer.
 */
#include "tests/fuzz/input.h"

static struct input choices;

static uint32_t choose(uint32_t n)
{
    return n == 1 ? 0 : (uint32_t)input_bytes(&choices, n <= 256 ? 1 : 2) % n;
}

#define RANDOM_BELOW choose
#define main         unit_main
int unit_main(void);
#include "tests/unit/pt_test.c"
#undef main

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t done[5] = {0}, fail_one_in;

    choices = (struct input){data, size};
    random_begin(&formats[choose(ARRAY_SIZE(formats))]);
    fail_one_in = choose(2) * 3;
    for (unsigned n = 0; n < 60 && choices.left != 0; n++)
        random_round(fail_one_in, done);
    random_end();
    return 0;
}
