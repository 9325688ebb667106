/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual APLIC's registers (4.5) and its messages (4.9). Must not know a VM or a vCPU. */
#include "vdev/vaplic.h"

#include "lib/aplic_regs.h"
#include "lib/bits.h"
#include "lib/string.h"

/* Of an array that has a bit for each source. */
#define APLIC_MAP_BYTES 0x80u
#define DOMAINCFG_FIXED 0x80u

static bool is_active(const struct vaplic *aplic, uint32_t source)
{
    return aplic->mode[source] != SOURCE_INACTIVE;
}
static bool is_level(const struct vaplic *aplic, uint32_t source)
{
    return aplic->mode[source] >= SOURCE_LEVEL_HIGH;
}

/* The rectified input (4.5.2). */
static bool input(const struct vaplic *aplic, uint32_t source)
{
    bool line = (aplic->line & bit64(source)) != 0;

    if (aplic->mode[source] <= SOURCE_DETACHED)
        return false;
    return line ==
           (aplic->mode[source] == SOURCE_EDGE_RISES || aplic->mode[source] == SOURCE_LEVEL_HIGH);
}

/* ---- messages */

static void send(struct vaplic *aplic, uint32_t target)
{
    uint32_t hart = (uint32_t)REG_GET(APLIC_MSI_TARGET, HART, target);
    uint32_t eiid = (uint32_t)REG_GET(APLIC_MSI_TARGET, EIID, target);

    /* Its harts have no guests. */
    if (hart < aplic->config.hart_count && eiid != 0 &&
        REG_GET(APLIC_MSI_TARGET, GUEST, target) == 0)
        aplic->config.send(aplic->config.owner, hart, eiid);
}

/* What is pending and enabled is sent, and is not pending any more (4.9.2). */
static void forward(struct vaplic *aplic)
{
    uint64_t ready = aplic->enabled ? aplic->pending & aplic->enabled_sources : 0;

    aplic->pending &= ~ready;
    for (; ready != 0; ready &= ready - 1)
        send(aplic, aplic->target[bit_lowest(ready)]);
}

/* ---- pending (4.7, as it is for messages) */

static void input_changed(struct vaplic *aplic, uint32_t source, bool before)
{
    bool now = input(aplic, source);

    if (now && !before)
        aplic->pending |= bit64(source);
    else if (!now && is_level(aplic, source))
        aplic->pending &= ~bit64(source);
}

static void set_pending(struct vaplic *aplic, uint64_t sources)
{
    for (; sources != 0; sources &= sources - 1) {
        uint32_t source = bit_lowest(sources);

        if (is_active(aplic, source) && (!is_level(aplic, source) || input(aplic, source)))
            aplic->pending |= bit64(source);
    }
}

static void set_level(struct virq_controller *controller, uint32_t cpu, uint32_t number, bool level)
{
    struct vaplic *aplic = container_of(controller, struct vaplic, controller);
    bool before;

    if (number == 0 || number >= VAPLIC_SOURCE_COUNT)
        return;
    spin_lock(&aplic->lock);
    before = input(aplic, number);
    aplic->line = level ? aplic->line | bit64(number) : aplic->line & ~bit64(number);
    input_changed(aplic, number, before);
    forward(aplic);
    spin_unlock(&aplic->lock);
}

static const struct virq_controller_ops vaplic_ops = {.set_level = set_level};

/* ---- registers */

static void write_sourcecfg(struct vaplic *aplic, uint32_t source, uint32_t value)
{
    bool before = input(aplic, source);
    uint32_t mode = (uint32_t)REG_GET(APLIC_SOURCECFG, SM, value);

    /* Nothing is delegated, there is no domain below; 2 and 3 are reserved. */
    if ((value & APLIC_SOURCECFG_D) != 0 || mode == 2 || mode == 3)
        mode = SOURCE_INACTIVE;
    aplic->mode[source] = (uint8_t)mode;
    if (mode == SOURCE_INACTIVE) {
        aplic->pending &= ~bit64(source);
        aplic->enabled_sources &= ~bit64(source);
        aplic->target[source] = 0;
        return;
    }
    input_changed(aplic, source, before);
}

static uint64_t active_sources(const struct vaplic *aplic)
{
    uint64_t active = 0;

    for (uint32_t source = 1; source < VAPLIC_SOURCE_COUNT; source++)
        active |= is_active(aplic, source) ? bit64(source) : 0;
    return active;
}

/* The sources of word INDEX of a map whose bits are VALUE; of a number. */
static uint64_t word_to_map(uint64_t index, uint32_t value)
{
    return index < 2 ? (uint64_t)value << (32 * index) & ~(uint64_t)1 : 0;
}
static uint64_t number_to_map(uint32_t number)
{
    return number != 0 && number < VAPLIC_SOURCE_COUNT ? bit64(number) : 0;
}

static void write_maps(struct vaplic *aplic, uint64_t offset, uint32_t value)
{
    uint64_t base = align_down(offset, 0x100), index = (offset - base) / 4;
    bool is_number = offset % 0x100 == APLIC_SETIPNUM % 0x100;
    uint64_t map = is_number                     ? number_to_map(value)
                   : index < APLIC_MAP_BYTES / 4 ? word_to_map(index, value)
                                                 : 0;

    if (base == APLIC_SETIP)
        set_pending(aplic, map);
    else if (base == APLIC_SETIE)
        aplic->enabled_sources |= map & active_sources(aplic);
    else if (base == APLIC_CLRIE)
        aplic->enabled_sources &= ~map;
    else if (base == APLIC_IN_CLRIP)
        aplic->pending &= ~map;
}

static void write_register(struct vaplic *aplic, uint64_t offset, uint32_t value)
{
    uint32_t source = (uint32_t)(offset % 0x1000 / 4);

    if (offset == APLIC_DOMAINCFG)
        aplic->enabled = (value & APLIC_DOMAINCFG_IE) != 0;
    else if (offset < APLIC_SOURCECFG_END && source < VAPLIC_SOURCE_COUNT)
        write_sourcecfg(aplic, source, value);
    else if (offset >= APLIC_SETIP && offset < APLIC_SETIPNUM_LE)
        write_maps(aplic, offset, value);
    else if (offset == APLIC_SETIPNUM_LE)
        set_pending(aplic, number_to_map(value));
    else if (offset == APLIC_SETIPNUM_BE)
        set_pending(aplic, number_to_map(__builtin_bswap32(value)));
    else if (offset == APLIC_GENMSI)
        send(aplic, value & (APLIC_MSI_TARGET_HART | APLIC_MSI_TARGET_EIID));
    else if (offset > APLIC_TARGET && source < VAPLIC_SOURCE_COUNT && is_active(aplic, source))
        aplic->target[source] = value & ~(uint32_t)APLIC_MSI_TARGET_RES0_a;
    forward(aplic);
}

static uint32_t word_of(uint64_t map, uint64_t index)
{
    return index < 2 ? (uint32_t)(map >> (32 * index)) : 0;
}

static uint64_t all_inputs(const struct vaplic *aplic)
{
    uint64_t inputs = 0;

    for (uint32_t source = 1; source < VAPLIC_SOURCE_COUNT; source++)
        inputs |= input(aplic, source) ? bit64(source) : 0;
    return inputs;
}

static uint32_t read_register(const struct vaplic *aplic, uint64_t offset)
{
    uint64_t base = align_down(offset, 0x100), index = (offset - base) / 4;
    uint32_t source = (uint32_t)(offset % 0x1000 / 4);

    if (offset == APLIC_DOMAINCFG)
        return (uint32_t)(REG_PUT(APLIC_DOMAINCFG, FIXED, DOMAINCFG_FIXED) | APLIC_DOMAINCFG_DM |
                          (aplic->enabled ? APLIC_DOMAINCFG_IE : 0));
    if (offset < APLIC_SOURCECFG_END)
        return source < VAPLIC_SOURCE_COUNT ? aplic->mode[source] : 0;
    if (base == APLIC_SETIP)
        return word_of(aplic->pending, index);
    if (base == APLIC_IN_CLRIP)
        return word_of(all_inputs(aplic), index);
    if (base == APLIC_SETIE)
        return word_of(aplic->enabled_sources, index);
    if (offset > APLIC_TARGET && source < VAPLIC_SOURCE_COUNT)
        return aplic->target[source];
    return 0;
}

/* Registers are 32 bits wide and accessed so (4.5). */
bool vaplic_mmio(void *device, struct mmio_access *access)
{
    struct vaplic *aplic = device;

    if (access->size_bytes != 4 || !is_aligned(access->offset, 4) || access->offset >= VAPLIC_SIZE)
        return false;
    spin_lock(&aplic->lock);
    if (access->write)
        write_register(aplic, access->offset, (uint32_t)access->value);
    else
        access->value = read_register(aplic, access->offset);
    spin_unlock(&aplic->lock);
    return true;
}

void vaplic_reset(struct vaplic *aplic)
{
    spin_lock(&aplic->lock);
    aplic->enabled = false;
    aplic->pending = aplic->enabled_sources = 0;
    memset(aplic->mode, 0, sizeof(aplic->mode));
    memset(aplic->target, 0, sizeof(aplic->target));
    spin_unlock(&aplic->lock);
}

void vaplic_init(struct vaplic *aplic, const struct vaplic_config *config)
{
    memset(aplic, 0, sizeof(*aplic));
    aplic->controller.ops = &vaplic_ops;
    aplic->config = *config;
}
