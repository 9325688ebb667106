/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the check of every access the hypervisor makes to a guest's memory on its behalf: block by
 * block, each looked up in stage 2, which is the one truth about what a VM has. Devices mapped to
 * the guest are not memory. RAM of a VM is never unmapped while the VM lives, so an address stays
 * good after the look-up; the guest may write to the same bytes at the same time, so a caller reads
 * a value once and then trusts its copy only.
 */
#include "core/guest_mem.h"

#include "arch/arch.h"
#include "core/vm.h"
#include "core/vm_image.h"
#include "lib/string.h"

/*
 * The host address of GPA for an access with RIGHT; *run is how many of SIZE bytes lie there in a
 * row. NULL: not the VM's RAM, or it has not this right.
 */
static void *locate(struct vm *vm, gpa_t gpa, uint64_t size_bytes, enum pt_right right,
                    uint64_t *run)
{
    struct s2_mapping map;
    if (s2_lookup(&vm->s2, gpa, &map) || map.attr.memory != PT_NORMAL)
        return NULL;
    if ((map.attr.rights & right) == 0) {
        /* The first write to a kernel that is mapped in place: as if the guest itself had written.
         */
        if (right != PT_WRITE || map.attr.software != S2_MARK_PRISTINE || !vm_image_cow(vm, gpa))
            return NULL;
    }
    uint64_t offset = gpa.raw & (map.size_bytes - 1);
    *run = MIN(size_bytes, map.size_bytes - offset);
    return arch_guest_ptr(map.hpa, run);
}

static bool wraps(gpa_t gpa, uint64_t size_bytes)
{
    return gpa.raw + size_bytes < gpa.raw;
}

enum err guest_mem_read(struct vm *vm, gpa_t from, void *to, uint64_t size_bytes)
{
    if (wraps(from, size_bytes))
        return ERR_RANGE;
    for (uint64_t done = 0, run; done < size_bytes; done += run) {
        const void *p = locate(vm, gpa_add(from, done), size_bytes - done, PT_READ, &run);
        if (p == NULL)
            return ERR_RANGE;
        memcpy((char *)to + done, p, run);
    }
    return ERR_NONE;
}

enum err guest_mem_write(struct vm *vm, gpa_t to, const void *from, uint64_t size_bytes)
{
    if (wraps(to, size_bytes))
        return ERR_RANGE;
    for (uint64_t done = 0, run; done < size_bytes; done += run) {
        void *p = locate(vm, gpa_add(to, done), size_bytes - done, PT_WRITE, &run);
        if (p == NULL)
            return ERR_RANGE;
        memcpy(p, (const char *)from + done, run);
    }
    return ERR_NONE;
}

const uint64_t *guest_mem_where_u64(struct vm *vm, gpa_t at)
{
    uint64_t run;

    if (!is_aligned(at.raw, sizeof(uint64_t)))
        return NULL;
    return locate(vm, at, sizeof(uint64_t), PT_READ, &run);
}

enum err guest_mem_exchange_u64(struct vm *vm, gpa_t at, uint64_t *expected, uint64_t value)
{
    uint64_t run;
    uint64_t *p = locate(vm, at, sizeof(value), PT_WRITE, &run);

    if (!is_aligned(at.raw, sizeof(value)) || p == NULL)
        return ERR_RANGE;
    return __atomic_compare_exchange_n(p, expected, value, false, __ATOMIC_RELAXED,
                                       __ATOMIC_RELAXED)
               ? ERR_NONE
               : ERR_BUSY;
}

enum err guest_mem_zero(struct vm *vm, gpa_t to, uint64_t size_bytes)
{
    if (wraps(to, size_bytes))
        return ERR_RANGE;
    for (uint64_t done = 0, run; done < size_bytes; done += run) {
        void *p = locate(vm, gpa_add(to, done), size_bytes - done, PT_WRITE, &run);
        if (p == NULL)
            return ERR_RANGE;
        memset(p, 0, run);
    }
    return ERR_NONE;
}

enum err guest_mem_load_u16(struct vm *vm, gpa_t at, uint16_t *value)
{
    uint64_t run;
    const uint16_t *p = locate(vm, at, sizeof(*value), PT_READ, &run);

    if (!is_aligned(at.raw, sizeof(*value)) || p == NULL)
        return ERR_RANGE;
    *value = __atomic_load_n(p, __ATOMIC_ACQUIRE);
    return ERR_NONE;
}

enum err guest_mem_store_u16(struct vm *vm, gpa_t at, uint16_t value)
{
    uint64_t run;
    uint16_t *p = locate(vm, at, sizeof(value), PT_WRITE, &run);

    if (!is_aligned(at.raw, sizeof(value)) || p == NULL)
        return ERR_RANGE;
    __atomic_store_n(p, value, __ATOMIC_RELEASE);
    return ERR_NONE;
}
