/* SPDX-License-Identifier: Apache-2.0 */
#include "vdev/virtio_mmio.h"

#include "lib/bits.h"
#include "lib/string.h"

/* 4.2.2, table 4.1. */
enum {
    MAGIC_VALUE = 0x000,
    VERSION = 0x004,
    DEVICE_ID = 0x008,
    VENDOR_ID = 0x00c,
    DEVICE_FEATURES = 0x010,
    DEVICE_FEATURES_SEL = 0x014,
    DRIVER_FEATURES = 0x020,
    DRIVER_FEATURES_SEL = 0x024,
    QUEUE_SEL = 0x030,
    QUEUE_NUM_MAX = 0x034,
    QUEUE_NUM = 0x038,
    QUEUE_READY = 0x044,
    QUEUE_NOTIFY = 0x050,
    INTERRUPT_STATUS = 0x060,
    INTERRUPT_ACK = 0x064,
    STATUS = 0x070,
    QUEUE_DESC_LOW = 0x080,
    QUEUE_DESC_HIGH = 0x084,
    QUEUE_DRIVER_LOW = 0x090,
    QUEUE_DRIVER_HIGH = 0x094,
    QUEUE_DEVICE_LOW = 0x0a0,
    QUEUE_DEVICE_HIGH = 0x0a4,
    SHM_LEN_LOW = 0x0b0,
    SHM_LEN_HIGH = 0x0b4,
    SHM_BASE_LOW = 0x0b8,
    SHM_BASE_HIGH = 0x0bc,
    CONFIG_GENERATION = 0x0fc,
    CONFIG = 0x100,
};
#define MAGIC 0x74726976u /* "virt" */
/* As QEMU's devices say, which drivers made for its virt machine check. */
#define VENDOR           0x554d4551u
#define TRANSPORT_NUMBER 2u

/* 2.1 */
enum {
    STATUS_DRIVER_OK = 4,
    STATUS_FEATURES_OK = 8,
    STATUS_NEEDS_RESET = 64,
    STATUS_OF_DRIVER = 0x8f, /* ACKNOWLEDGE, DRIVER, these, FAILED */
};
/* 4.2.2: why there is an interrupt. */
enum { INTERRUPT_QUEUE = 1, INTERRUPT_CONFIG = 2 };

static uint64_t offered(const struct virtio_mmio *device)
{
    return device->config.features | VIRTIO_F_VERSION_1;
}

static void raise(struct virtio_mmio *device, uint32_t why)
{
    if (device->interrupt_status == 0 && why != 0)
        virq_line_set(&device->config.irq, true);
    device->interrupt_status |= why;
}

static void acknowledge(struct virtio_mmio *device, uint32_t what)
{
    bool was = device->interrupt_status != 0;

    device->interrupt_status &= ~what;
    if (was && device->interrupt_status == 0)
        virq_line_set(&device->config.irq, false);
}

/* The driver has broken a rule: nothing more is done until it resets the device (2.1.2). */
static void fail(struct virtio_mmio *device)
{
    device->status |= STATUS_NEEDS_RESET;
    if (device->status & STATUS_DRIVER_OK)
        raise(device, INTERRUPT_CONFIG);
}

static void reset(struct virtio_mmio *device)
{
    acknowledge(device, UINT32_MAX);
    device->status = 0;
    device->features_select = device->driver_features_select = device->queue_select = 0;
    device->driver_features = 0;
    virtq_reset(&device->queue);
}

/* ---- what the driver writes */

static void write_status(struct virtio_mmio *device, uint32_t value)
{
    if (value == 0) {
        reset(device);
        return;
    }
    value &= STATUS_OF_DRIVER;
    /* Agreed only if there is nothing that was not offered (3.1.1, step 5). */
    if ((value & STATUS_FEATURES_OK) && (device->driver_features & ~offered(device)))
        value &= ~(uint32_t)STATUS_FEATURES_OK;
    device->status = (device->status & STATUS_NEEDS_RESET) | value;
}

static void write_features(struct virtio_mmio *device, uint32_t value)
{
    uint64_t word = device->driver_features_select == 0   ? value
                    : device->driver_features_select == 1 ? (uint64_t)value << 32
                                                          : 0;
    uint64_t mask = device->driver_features_select == 0   ? low_bits(32)
                    : device->driver_features_select == 1 ? ~low_bits(32)
                                                          : 0;

    /* What is agreed on stays (2.2.1). */
    if (device->status & STATUS_FEATURES_OK)
        return;
    device->driver_features = (device->driver_features & ~mask) | word;
    device->queue.indirect = (device->driver_features & VIRTIO_F_INDIRECT_DESC) != 0;
}

static void write_ready(struct virtio_mmio *device, bool ready)
{
    struct virtq *queue = &device->queue;

    if (ready && !queue->ready) {
        queue->taken = queue->given = 0;
        if (!virtq_is_valid(queue)) {
            fail(device);
            return;
        }
    }
    queue->ready = ready;
}

static void set_half(gpa_t *gpa, bool high, uint32_t value)
{
    if (high)
        gpa->raw = (gpa->raw & low_bits(32)) | (uint64_t)value << 32;
    else
        gpa->raw = (gpa->raw & ~low_bits(32)) | value;
}

/* A queue's registers; while it is ready its place is settled (4.2.2.2). */
static void write_queue(struct virtio_mmio *device, uint32_t offset, uint32_t value)
{
    struct virtq *queue = &device->queue;

    if (device->queue_select != 0)
        return;
    if (offset == QUEUE_READY) {
        write_ready(device, (value & 1) != 0);
        return;
    }
    if (queue->ready)
        return;
    switch (offset) {
    case QUEUE_NUM:
        queue->size = value;
        break;
    case QUEUE_DESC_LOW:
    case QUEUE_DESC_HIGH:
        set_half(&queue->descriptors, offset == QUEUE_DESC_HIGH, value);
        break;
    case QUEUE_DRIVER_LOW:
    case QUEUE_DRIVER_HIGH:
        set_half(&queue->driver, offset == QUEUE_DRIVER_HIGH, value);
        break;
    case QUEUE_DEVICE_LOW:
    case QUEUE_DEVICE_HIGH:
        set_half(&queue->device, offset == QUEUE_DEVICE_HIGH, value);
        break;
    default:
        break;
    }
}

static void notified(struct virtio_mmio *device, uint32_t index)
{
    bool notify = false;

    if (index != 0 || !device->queue.ready || !(device->status & STATUS_DRIVER_OK) ||
        (device->status & STATUS_NEEDS_RESET))
        return;
    if (device->config.serve(device->config.owner, &device->queue, &notify) != ERR_NONE)
        fail(device);
    raise(device, notify ? INTERRUPT_QUEUE : 0);
}

static void write_register(struct virtio_mmio *device, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case DEVICE_FEATURES_SEL:
        device->features_select = value;
        break;
    case DRIVER_FEATURES:
        write_features(device, value);
        break;
    case DRIVER_FEATURES_SEL:
        device->driver_features_select = value;
        break;
    case QUEUE_SEL:
        device->queue_select = value;
        break;
    case QUEUE_NOTIFY:
        notified(device, value);
        break;
    case INTERRUPT_ACK:
        acknowledge(device, value);
        break;
    case STATUS:
        write_status(device, value);
        break;
    default:
        write_queue(device, offset, value);
        break;
    }
}

/* ---- what it reads: what cannot be read is 0 */

static uint32_t read_register(const struct virtio_mmio *device, uint32_t offset)
{
    switch (offset) {
    case MAGIC_VALUE:
        return MAGIC;
    case VERSION:
        return TRANSPORT_NUMBER;
    case DEVICE_ID:
        return device->config.device_id;
    case VENDOR_ID:
        return VENDOR;
    case DEVICE_FEATURES:
        return device->features_select < 2
                   ? (uint32_t)(offered(device) >> (32 * device->features_select))
                   : 0;
    case QUEUE_NUM_MAX:
        return device->queue_select == 0 ? VIRTQ_SIZE_MAX : 0;
    case QUEUE_READY:
        return device->queue_select == 0 && device->queue.ready;
    case INTERRUPT_STATUS:
        return device->interrupt_status;
    case STATUS:
        return device->status;
    case SHM_LEN_LOW: /* there is no shared memory (4.2.2) */
    case SHM_LEN_HIGH:
    case SHM_BASE_LOW:
    case SHM_BASE_HIGH:
        return UINT32_MAX;
    default: /* CONFIG_GENERATION as well: it never changes */
        return 0;
    }
}

/* Beyond its end the configuration space is 0. */
static uint64_t read_settings(const struct virtio_mmio *device, uint32_t offset, uint32_t size)
{
    const uint8_t *bytes = device->config.settings;
    uint64_t value = 0;

    for (uint32_t i = 0; i < size && offset + i < device->config.settings_bytes; i++)
        value |= (uint64_t)bytes[offset + i] << (8 * i);
    return value;
}

bool virtio_mmio_access(void *owner, struct mmio_access *access)
{
    struct virtio_mmio *device = owner;
    uint32_t offset = (uint32_t)access->offset;

    if (access->offset >= VIRTIO_MMIO_SIZE || !is_aligned(offset, access->size_bytes))
        return false;
    if (offset >= CONFIG) {
        if (!access->write)
            access->value = read_settings(device, offset - CONFIG, access->size_bytes);
        return true;
    }
    if (access->size_bytes != 4)
        return false;
    spin_lock(&device->lock);
    if (access->write)
        write_register(device, offset, (uint32_t)access->value);
    else
        access->value = read_register(device, offset);
    spin_unlock(&device->lock);
    return true;
}

void virtio_mmio_reset(struct virtio_mmio *device)
{
    spin_lock(&device->lock);
    reset(device);
    spin_unlock(&device->lock);
}

void virtio_mmio_init(struct virtio_mmio *device, const struct virtio_mmio_config *config)
{
    memset(device, 0, sizeof(*device));
    device->config = *config;
    device->queue.vm = config->vm;
}
