/* SPDX-License-Identifier: Apache-2.0 */
/* The errors in words. */
#include "lib/err.h"

#include "lib/types.h"

const char *err_text(enum err err)
{
#define ERR_TEXT(name, text) [name] = text,
    static const char *const texts[ERR_COUNT] = {ERR_LIST(ERR_TEXT)};
#undef ERR_TEXT
    return (unsigned)err < ERR_COUNT ? texts[err] : "unknown error";
}
