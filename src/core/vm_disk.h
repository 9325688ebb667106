/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a VM's disk, which is a module: what the VM has not written to is read from the
 * module itself, and what it writes goes to the VM's own memory, a chunk at a time. So each start
 * of the VM finds the disk as it was packed, without anything being copied for that, and VMs may
 * share a module. Memory for all of it is taken when the VM is built: writing never fails for want
 * of it.
 *
 * Must not know the device in front of it, whose lock serialises all calls.
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

#define VM_DISK_CHUNK KIB(64)

struct vm_disk {
    uint8_t *pristine; /* the module, never written to */
    uint64_t size_bytes;
    uint32_t chunk_count;
    struct vm_disk_chunk {
        uint8_t *bytes;
        bool written; /* bytes hold the chunk, else the module does */
    } * chunks;
};

/*
 * A disk of the SIZE_BYTES, not 0, at PRISTINE, which is mapped. NULL: no memory is left. Boot CPU
 * only.
 */
struct vm_disk *vm_disk_create(void *pristine, uint64_t size_bytes);
/* As it was packed: nothing is written. The VM does not run. */
void vm_disk_reset(struct vm_disk *disk);
/*
 * The bytes of OWNER, a struct vm_disk, from OFFSET on, below its size, of which *RUN_BYTES lie
 * there in a row; WRITE: to be written to. Never NULL.
 */
void *vm_disk_at(void *owner, uint64_t offset, bool write, uint64_t *run_bytes);
