/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the generator of seeds and its key. Must not gather entropy: whoever has some mixes it in.
 * RFC 8439, 2.1 to 2.3.
 */
#include "lib/random.h"
#include "lib/string.h"

#define KEY_WORDS   8
#define BLOCK_WORDS 16
#define KEY_BYTES   (KEY_WORDS * sizeof(uint32_t))
#define ROUNDS      20

static uint32_t key[KEY_WORDS];

/* Blocks that replace the key and blocks that are given out differ in the nonce. */
static const uint32_t nonce_mix[3] = {1, 0, 0};
static const uint32_t nonce_give[3] = {2, 0, 0};

static uint32_t rotate_left(uint32_t x, unsigned n)
{
    return x << n | x >> (32 - n);
}

static void quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    *a += *b;
    *d = rotate_left(*d ^ *a, 16);
    *c += *d;
    *b = rotate_left(*b ^ *c, 12);
    *a += *b;
    *d = rotate_left(*d ^ *a, 8);
    *c += *d;
    *b = rotate_left(*b ^ *c, 7);
}

void chacha20_block(const uint32_t k[8], uint32_t counter, const uint32_t nonce[3],
                    uint32_t out[16])
{
    const uint32_t start[BLOCK_WORDS] = {
        0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, k[0],    k[1],     k[2],     k[3],
        k[4],       k[5],       k[6],       k[7],       counter, nonce[0], nonce[1], nonce[2],
    };

    memcpy(out, start, sizeof(start));
    for (int round = 0; round < ROUNDS; round += 2) {
        for (int i = 0; i < 4; i++)
            quarter_round(&out[i], &out[4 + i], &out[8 + i], &out[12 + i]);
        for (int i = 0; i < 4; i++)
            quarter_round(&out[i], &out[4 + (i + 1) % 4], &out[8 + (i + 2) % 4],
                          &out[12 + (i + 3) % 4]);
    }
    for (int i = 0; i < BLOCK_WORDS; i++)
        out[i] += start[i];
}

/* The key becomes half of a block of itself, which cannot be undone. LENGTH separates inputs. */
static void replace_key(uint32_t length)
{
    uint32_t block[BLOCK_WORDS];

    chacha20_block(key, length, nonce_mix, block);
    memcpy(key, block, sizeof(key));
}

void random_mix(const void *data, size_t size)
{
    const uint8_t *p = data;

    do {
        uint32_t words[KEY_WORDS] = {0};
        size_t piece = MIN(size, KEY_BYTES);

        memcpy(words, p, piece);
        for (int i = 0; i < KEY_WORDS; i++)
            key[i] ^= words[i];
        replace_key((uint32_t)piece);
        p += piece;
        size -= piece;
    } while (size != 0);
}

void random_bytes(void *out, size_t size)
{
    uint32_t block[BLOCK_WORDS];
    uint8_t *p = out;

    for (uint32_t counter = 0; size != 0; counter++) {
        size_t piece = MIN(size, sizeof(block));

        chacha20_block(key, counter, nonce_give, block);
        memcpy(p, block, piece);
        p += piece;
        size -= piece;
    }
    replace_key(0);
}
