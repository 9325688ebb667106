/* SPDX-License-Identifier: Apache-2.0 */
/* Access to system registers by the manual's name, and barriers. */
#pragma once

#include "lib/types.h"

/* The register's current value. Reads are not moved over each other or over barriers. */
#define sysreg_read(name)                                  \
    ({                                                     \
        uint64_t value_;                                   \
        __asm__ volatile("mrs %0, " #name : "=r"(value_)); \
        value_;                                            \
    })
#define sysreg_write(name, value)                                \
    do {                                                         \
        uint64_t written_ = (value);                             \
        __asm__ volatile("msr " #name ", %x0" ::"rZ"(written_)); \
    } while (0)

#define isb()       __asm__ volatile("isb" ::: "memory")
#define dsb(domain) __asm__ volatile("dsb " #domain ::: "memory")
#define dmb(domain) __asm__ volatile("dmb " #domain ::: "memory")
