/* SPDX-License-Identifier: Apache-2.0 */
/* A driver of a virtio block device, and the memory its queue is in: after cmocka.h. */
#pragma once

#include "arch/arch.h"
#include "arch/host/host_mem.h"
#include "core/frame.h"
#include "core/vm.h"
#include "vdev/virtio_blk.h"

#define HOST       MIB(2048)
#define RAM        GIB(1)
#define RAM_BYTES  MIB(2)
#define DISK_BYTES (KIB(64) + 700) /* the end is no whole sector */
#define SECTORS    (DISK_BYTES / 512)

/* Where the driver puts what. */
#define DESCRIPTORS RAM
#define DRIVER_RING (RAM + 0x1000)
#define DEVICE_RING (RAM + 0x2000)
#define INDIRECT    (RAM + 0x3000)
#define HEADER      (RAM + 0x4000)
#define RESULT      (RAM + 0x4100)
#define DATA        (RAM + 0x10000)
#define QUEUE_SIZE  8u

enum { NEXT = 1, WRITE = 2, IS_INDIRECT = 4 };
enum { NOTHING = 0xee }; /* a result that no device writes */

static struct vm vm;
static struct virtio_blk blk;
static uint8_t disk[DISK_BYTES];
static bool disk_fails;
static bool irq_level;

static void irq_set(struct virq_controller *controller, uint32_t cpu, uint32_t number, bool level)
{
    irq_level = level;
}
static const struct virq_controller_ops irq_ops = {irq_set};
static struct virq_controller irq_controller = {&irq_ops};

/* In rows of odd lengths, so that a piece ends somewhere in the middle. */
static void *disk_at(void *owner, uint64_t offset, bool write, uint64_t *run_bytes)
{
    if (offset >= DISK_BYTES)
        abort();
    *run_bytes = MIN(DISK_BYTES - offset, 777 - offset % 777);
    return disk_fails ? NULL : &disk[offset];
}

static void *ram(uint64_t gpa)
{
    return arch_to_ptr(HPA(HOST + gpa - RAM));
}

static void virtio_start(void)
{
    const struct virtio_blk_config config = {
        .vm = &vm, .irq = {&irq_controller, 1, 0}, .size_bytes = DISK_BYTES, .at = disk_at};

    host_mem_init(HPA(HOST), MIB(8));
    frame_reset();
    if (frame_add(HPA(HOST + MIB(6)), MIB(2)) != ERR_NONE)
        abort();
    vm = (struct vm){.id = 1};
    if (s2_init(&vm.s2, 1) != ERR_NONE ||
        s2_map(&vm.s2, GPA(RAM), HPA(HOST), RAM_BYTES,
               (struct pt_attr){PT_READ | PT_WRITE, PT_NORMAL, 0}) != ERR_NONE)
        abort();
    for (size_t i = 0; i < sizeof(disk); i++)
        disk[i] = (uint8_t)(i * 7 + i / 512);
    disk_fails = irq_level = false;
    virtio_blk_init(&blk, &config);
}

/* ---- registers */

static inline bool reg_access(uint32_t offset, uint8_t size, bool write, uint64_t *value)
{
    struct mmio_access access = {
        .offset = offset, .size_bytes = size, .write = write, .value = *value};
    bool done = virtio_blk_mmio(&blk, &access);

    *value = access.value;
    return done;
}

static inline uint32_t reg_get(uint32_t offset)
{
    uint64_t value = 0;

    return reg_access(offset, 4, false, &value) ? (uint32_t)value : 0xbad;
}

static inline void reg_put(uint32_t offset, uint32_t value)
{
    uint64_t wide = value;

    (void)reg_access(offset, 4, true, &wide);
}

/* Agree on FEATURES and start the queue. */
static inline void drive(uint64_t features)
{
    reg_put(0x70, 0);
    reg_put(0x70, 1);
    reg_put(0x70, 3);
    reg_put(0x24, 0);
    reg_put(0x20, (uint32_t)features);
    reg_put(0x24, 1);
    reg_put(0x20, (uint32_t)(features >> 32));
    reg_put(0x70, 11);
    reg_put(0x30, 0);
    reg_put(0x38, QUEUE_SIZE);
    reg_put(0x80, (uint32_t)DESCRIPTORS);
    reg_put(0x90, (uint32_t)DRIVER_RING);
    reg_put(0xa0, (uint32_t)DEVICE_RING);
    reg_put(0x44, 1);
    reg_put(0x70, 15);
}

/* ---- the queue */

struct ring_descriptor {
    uint64_t gpa;
    uint32_t size;
    uint16_t flags, next;
};

static inline void describe_at(uint64_t table, uint32_t i, uint64_t gpa, uint32_t size,
                               uint16_t flags, uint16_t next)
{
    ((struct ring_descriptor *)ram(table))[i] = (struct ring_descriptor){gpa, size, flags, next};
}
static inline void describe(uint32_t i, uint64_t gpa, uint32_t size, uint16_t flags, uint16_t next)
{
    describe_at(DESCRIPTORS, i, gpa, size, flags, next);
}

static inline uint16_t *driver_ring(void)
{
    return ram(DRIVER_RING);
}

static inline void offer(uint16_t head)
{
    uint16_t *ring = driver_ring();

    ring[2 + ring[1] % QUEUE_SIZE] = head;
    ring[1]++;
}

static inline void head_of_request(uint32_t type, uint64_t sector)
{
    const struct {
        uint32_t type, reserved;
        uint64_t sector;
    } head = {type, 0, sector};

    memcpy(ram(HEADER), &head, sizeof(head));
    *(uint8_t *)ram(RESULT) = NOTHING;
}

/* A request of three descriptors from FIRST on. */
static inline void describe_request(uint32_t first, uint32_t type, uint64_t sector, uint32_t size)
{
    head_of_request(type, sector);
    describe(first, HEADER, 16, NEXT, (uint16_t)(first + 1));
    describe(first + 1, DATA, size, NEXT | (type == 1 ? 0 : WRITE), (uint16_t)(first + 2));
    describe(first + 2, RESULT, 1, WRITE, 0);
}
