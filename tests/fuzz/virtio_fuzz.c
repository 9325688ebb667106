/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A driver of the virtio block device that writes what it likes, where it likes and when:
 * registers, rings, descriptors, tables of them, requests. The memory around the guest's is watched
 * by the sanitizer, the disk's bounds by its owner.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/panic.h"
#include "tests/fuzz/input.h"
#include "tests/unit/virtio_guest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct input in;

/* An address that means something, mostly. */
static uint64_t address(void)
{
    static const uint64_t places[] = {
        DESCRIPTORS, DRIVER_RING, DEVICE_RING,          INDIRECT, HEADER,
        RESULT,      DATA,        RAM + RAM_BYTES - 16, RAM - 1,
    };

    return input_u8(&in) % 16 ? INPUT_PICK(&in, places) + input_u8(&in) % 8 * 8 : input_value(&in);
}

static uint32_t length(void)
{
    static const uint32_t lengths[] = {0,   1,   15,  16,   17,       48,
                                       511, 512, 513, 1024, KIB(128), UINT32_MAX};

    return input_u8(&in) % 8 ? INPUT_PICK(&in, lengths) : (uint32_t)input_value(&in);
}

static void write_descriptor(void)
{
    uint64_t table = input_u8(&in) % 2 ? DESCRIPTORS : INDIRECT;
    uint32_t index = input_u8(&in) % QUEUE_SIZE;
    uint64_t gpa = address();
    uint32_t bytes = length();
    uint16_t flags = input_u8(&in) % 8, next = input_u8(&in) % (QUEUE_SIZE + 1);

    describe_at(table, index, gpa, bytes, flags, next);
}

static void write_register(void)
{
    static const uint16_t offsets[] = {0x14, 0x20, 0x24, 0x30, 0x38, 0x44, 0x50, 0x64,
                                       0x70, 0x80, 0x84, 0x90, 0x94, 0xa0, 0xa4, 0x100};
    uint32_t offset = input_u8(&in) % 8 ? INPUT_PICK(&in, offsets) : (uint32_t)input_bytes(&in, 2);
    uint8_t size = (uint8_t)(1u << (input_u8(&in) % 8 ? 2 : input_u8(&in) % 4));
    uint64_t value = input_value(&in);

    (void)reg_access(offset, size, input_u8(&in) % 4 != 0, &value);
}

static void ask(void)
{
    head_of_request(input_u8(&in) % 16, input_u8(&in) % 4 ? input_u8(&in) : input_value(&in));
    if (input_u8(&in) % 2)
        describe_request(input_u8(&in) % (QUEUE_SIZE - 2), input_u8(&in) % 2, input_u8(&in),
                         length());
    offer((uint16_t)(input_u8(&in) % (QUEUE_SIZE + 1)));
}

static void step(void)
{
    switch (input_u8(&in) % 8) {
    case 0:
        drive(input_u8(&in) % 2 ? VIRTIO_F_INDIRECT_DESC : 0);
        break;
    case 1:
        write_register();
        break;
    case 2:
    case 3:
        write_descriptor();
        break;
    case 4:
    case 5:
        ask();
        break;
    case 6:
        driver_ring()[input_u8(&in) % (2 + QUEUE_SIZE)] = (uint16_t)input_bytes(&in, 2);
        break;
    default:
        disk_fails = input_u8(&in) % 16 == 0;
        reg_put(0x50, 0);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    in = (struct input){data, size};
    virtio_start();
    drive(VIRTIO_F_INDIRECT_DESC);
    while (in.left != 0) {
        step();
        /* The line is up as long as something is to be acknowledged, and only then. */
        BUG_ON(irq_level != (reg_get(0x60) != 0));
        BUG_ON(blk.mmio.queue.ready && !virtq_is_valid(&blk.mmio.queue));
    }
    return 0;
}
