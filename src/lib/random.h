/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random bytes for guests' seeds (rng-seed, kaslr-seed): ChaCha20 (RFC 8439, 2.3) as a generator
 * that overwrites its key after each use, so that what was given out cannot be found from its
 * state. As good as what was mixed in: at boot the firmware's seeds and the counter, later the
 * times of events.
 *
 * Locks: none; the state is one, and calls must not overlap (the caller serialises).
 */
#pragma once

#include "lib/types.h"

/* Mix SIZE bytes at DATA, which is not NULL, in. Order and boundaries count; nothing that is mixed
 * in can make it worse. */
void random_mix(const void *data, size_t size);
/* Fill OUT. Two calls never give the same bytes. */
void random_bytes(void *out, size_t size);

/* The block function, for the RFC's test vectors: 16 words, in the order they are to be written. */
void chacha20_block(const uint32_t key[8], uint32_t counter, const uint32_t nonce[3],
                    uint32_t out[16]);
