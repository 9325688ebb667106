/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checksum at the end of a gzip file (RFC 1952, section 8), in place of zlib's own: that holds
 * five KiB of tables, to be faster at what happens once in the start of a VM whose kernel is
 * compressed. Must keep zlib's name and contract: its inflate calls it.
 */
#include "lib/types.h"

#include <zlib.h>

/* Of x^32 + x^26 + x^23 + ..., its bits mirrored. */
#define POLYNOMIAL 0xedb88320u
#define BYTES      256u

/* What the 8 bits of each index come to. */
static z_crc_t table[BYTES];
static bool table_is_full;

static void table_fill(void)
{
    for (z_crc_t byte = 0; byte < BYTES; byte++) {
        z_crc_t rest = byte;

        for (unsigned bit = 0; bit < 8; bit++)
            rest = (rest & 1) != 0 ? rest >> 1 ^ POLYNOMIAL : rest >> 1;
        table[byte] = rest;
    }
    __atomic_store_n(&table_is_full, true, __ATOMIC_RELEASE);
}

uLong crc32(uLong crc, const Bytef *data, uInt size_bytes)
{
    z_crc_t rest = ~(z_crc_t)crc;

    if (data == NULL) /* what to begin with */
        return 0;
    if (!__atomic_load_n(&table_is_full, __ATOMIC_ACQUIRE)) /* two CPUs write the same */
        table_fill();
    for (; size_bytes != 0; size_bytes--)
        rest = table[(rest ^ *data++) % BYTES] ^ rest >> 8;
    return ~rest;
}
