/* SPDX-License-Identifier: Apache-2.0 */
/* gzip and zstd at pack time. */
#pragma once

#include "tool/util.h"

/* BLOB itself if it is not compressed; the tool ends, naming PATH, if it is and is broken. */
struct blob unpack(struct blob blob, const char *path);
