/* SPDX-License-Identifier: Apache-2.0 */
/* gzip and zstd at pack time. */
#pragma once

#include "tool/util.h"

/*
 * What is in *BLOB takes its place; one that is not compressed stays. NULL, or what is wrong with
 * it, for a sentence that begins with the file's name.
 */
const char *unpack(struct blob *blob);
