/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a VM's memory is made of and holds when it starts: host pages for its RAM banks, the kernel,
 * the initrd, the device tree. Can fill it again for a restart, from the modules as they were
 * loaded.
 *
 * A kernel Image that lies suitably in host memory is mapped in place: no copy is made, the guest
 * sees the module itself, of which a copy is kept for a restart: at the start, or block by block at
 * the first write.
 */
#pragma once

#include "core/board.h"
#include "core/image.h"
#include "core/lock.h"
#include "core/vm.h"
#include "core/vm_config.h"
#include "lib/err.h"
#include "lib/types.h"

/* What the caller knows of the guest's architecture and of the machine. */
struct vm_image_params {
    struct {
        gpa_t base; /* 2 MiB-aligned */
        uint64_t max_bytes;
    } banks[VM_BANK_MAX];
    /* Bit per enum image_kind that this architecture's guests run; a gzip file is what is in it. */
    uint32_t kernel_kinds;
    bool user_mode;           /* it can have programs without a kernel below them */
    uint32_t elf_machine;     /* e_machine of an ELF kernel; 0: any */
    bool has_sbi;             /* is its firmware's interface */
    bool has_interrupt_files; /* for guests, of AIA */
    bool has_machine_mode;
    bool can_emulate; /* what else the hardware helps with: trapeze,virtualise */
    const struct board *board;
    const struct system_config *system; /* all VMs: a module that two of them use is copied */
};

#define VM_IMAGE_RUN_MAX   64
#define VM_IMAGE_BLOCK     MIB(2)
#define VM_IMAGE_BLOCK_MAX 64

/* Host memory behind a part of the guest's RAM. */
struct vm_image_run {
    gpa_t gpa;
    hpa_t hpa;
    uint64_t size_bytes;
};

/* A kernel mapped in place. */
struct vm_image_in_place {
    struct spinlock lock; /* `saved`, and the rights of the blocks; taken before s2->lock */
    gpa_t gpa;
    hpa_t hpa;
    uint32_t block_count; /* 0: there is none */
    uint64_t file_bytes;  /* whole pages; what is behind them starts as zeros */
    hpa_t claim;          /* of the last block, what was free memory and is the kernel's bss now */
    uint64_t claim_bytes;
    hpa_t saved[VM_IMAGE_BLOCK_MAX]; /* copies of blocks as they were loaded; 0: not written to so
                                        far */
    bool lost;                       /* a block was written to and no copy of it could be saved */
};

/* How far the memory is filled for a start (core/vm_image_load.c). */
struct vm_image_load {
    enum vm_image_stage {
        VM_IMAGE_RESTORE, /* blocks of a kernel in place that were written to */
        VM_IMAGE_KEEP,    /* copies of its blocks, as far as there is memory */
        VM_IMAGE_SCRUB,
        VM_IMAGE_KERNEL,
        VM_IMAGE_INITRD,
        VM_IMAGE_FDT,
        VM_IMAGE_PUBLISH,
        VM_IMAGE_LOADED,
    } stage;
    /* Within the stage: block, run or segment, and bytes of it. */
    uint32_t index;
    uint64_t done_bytes;
    bool kernel_ready;           /* unpacked by vm_image_build, and not to be scrubbed */
    void *scratch;               /* while the kernel is unpacked; else NULL */
    struct image_gunzip *gunzip; /* in it */
};

struct vm_image {
    struct vm_image_run runs[VM_IMAGE_RUN_MAX]; /* all memory owned, less what is mapped in place */
    uint32_t run_count;
    struct vm_image_in_place in_place;

    struct image_info kernel; /* of the kernel itself, unpacked */
    bool packed;              /* the module is a gzip file of it */
    bool unpacked;            /* ... and was unpacked by vm_image_build, for the first start */
    struct vm_image_load load;
    uint64_t kernel_file_bytes; /* of it, unpacked */
    gpa_t kernel_gpa;           /* where its first byte goes; ELF: its lowest */
    uint64_t kernel_bytes;      /* memory it takes from there */
    gpa_t initrd;
    uint64_t initrd_bytes; /* 0: none */
};

/*
 * Give VM, whose config is set and whose s2 is initialised and empty, its memory: sets vm->image,
 * banks, entry, fdt. The modules are reserved in core/frame.h and direct-mapped. What is wrong is
 * reported to SINK; then nothing is held. Boot CPU only.
 */
enum err vm_image_build(struct vm *vm, const struct vm_image_params *params,
                        const struct config_sink *sink) __must_check;
/*
 * Fill VM's memory for a start: everything zero but the kernel, the initrd and what PUT_FDT writes
 * (at vm->fdt, at most GUEST_FDT_MAX). No vCPU of it runs until *DONE. Each step is short, so that
 * others have their turn in between; one step at a time. Begun anew before the end, it starts from
 * the beginning. ERR_DENIED: VM was started before and a part of its kernel is lost.
 */
typedef enum err vm_image_fdt_fn(struct vm *vm);
enum err vm_image_load_begin(struct vm *vm) __must_check;
enum err vm_image_load_step(struct vm *vm, vm_image_fdt_fn *put_fdt, bool *done) __must_check;
#define VM_IMAGE_STEP_BYTES KIB(256) /* that a step reads or writes at most */
/*
 * GPA was written to and had no right for it. True: now it may be written, also if another vCPU was
 * first; false: it may not. Any context; takes the image's lock, s2's and frame's inside.
 */
bool vm_image_cow(struct vm *vm, gpa_t gpa);
/*
 * " (NAME+0x10)" for the guest address PC if VM's kernel is an ELF file that names it, else "".
 * Returns TEXT.
 */
const char *vm_image_symbol(const struct vm *vm, uint64_t pc, char *text, size_t size);
/* Give everything back. No vCPU of VM runs and none will. */
void vm_image_destroy(struct vm *vm);
