/* SPDX-License-Identifier: Apache-2.0 */
/* Why an operation did not happen. ERR_NONE is 0, so `if (err)` reads well. */
#pragma once

#define ERR_LIST(E)                     \
    E(ERR_NONE, "no error")             \
    E(ERR_NO_MEMORY, "out of memory")   \
    E(ERR_INVALID, "invalid argument")  \
    E(ERR_RANGE, "out of range")        \
    E(ERR_EXISTS, "already there")      \
    E(ERR_NOT_FOUND, "not found")       \
    E(ERR_DENIED, "not allowed")        \
    E(ERR_BUSY, "in use")               \
    E(ERR_UNSUPPORTED, "not supported") \
    E(ERR_TRUNCATED, "truncated")

#define ERR_ENUM(name, text) name,
enum err { ERR_LIST(ERR_ENUM) ERR_COUNT };
#undef ERR_ENUM

/* The text of ERR; never NULL. */
const char *err_text(enum err err);
