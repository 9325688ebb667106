/* SPDX-License-Identifier: Apache-2.0 */
/* Shadow page tables under a guest that does what it likes to its own (shadow_model.h). */
#include "tests/fuzz/shadow_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};

    model_start(&in);
    model_prepare(&in);
    while (in.left != 0)
        model_step(&in);
    return 0;
}
