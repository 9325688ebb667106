/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system description: VMs read from /chosen of a device tree, by the dom0less binding
 * (docs/binding.md). Pure: the hypervisor and the host tool read it with this one parser.
 *
 * Whatever is wrong is reported through a sink, with the node's path, the property, what is wrong
 * and what to write instead; all problems of a tree are reported, not just the first. A VM with an
 * error is refused (`refused` set) and the others stay good. No byte outside the blob is read.
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

#define VM_COUNT_MAX        16
#define VM_VCPU_MAX         8
#define VM_NAME_MAX         32
#define VM_PRIORITY_MAX     31
#define VM_PRIORITY_DEFAULT 16

enum config_severity { CONFIG_ERROR, CONFIG_WARNING };

/* PATH is the node's full path, PROPERTY may be NULL; TEXT is one sentence or two. */
typedef void config_report_fn(void *context, enum config_severity severity, const char *path,
                              const char *property, const char *text);
struct config_sink {
    config_report_fn *report;
    void *context;
};

/*
 * What the VMs are checked against (board_limits() of core/board.h makes one). What is 0 or NULL is
 * not known, and nothing is checked against it.
 */
struct board;
struct board_limits {
    uint32_t cpu_count;
    uint64_t memory_bytes;
    const struct board *board; /* where memory and reserved regions lie */
    struct hpa_range hypervisor, device_tree;
};

struct vm_module {
    bool present;
    hpa_t base;          /* where the blob lies in host memory (`reg`) */
    uint64_t size_bytes; /* exact */
    const char *file;    /* trapeze,file: for the host tool only; points into the blob, or NULL */
    int node;            /* offset of the node in the blob */
};

struct vm_config {
    char name[VM_NAME_MAX]; /* the node's name: trapeze,name, or the node's without unit address */
    char path[128];
    int node; /* offset in the blob */
    bool refused;
    uint64_t memory_bytes;
    uint32_t cpu_count;
    uint32_t spi_count;       /* nr_spis; 0: not given, as many as the platform's devices need */
    uint8_t priority;         /* trapeze,priority: 0 lowest to VM_PRIORITY_MAX */
    bool vpl011;              /* the platform's virtual UART: vpl011, trapeze,vns16550 */
    bool emulate;             /* trapeze,virtualise = "emulate": not by the hardware's help */
    bool start_machine;       /* trapeze,start-mode = "machine" */
    bool sbi_legacy;          /* trapeze,sbi-legacy: firmware calls from before SBI 0.2 */
    bool unmapped_reads_ones; /* trap-unmapped-accesses = <0> */
    bool user_mode;           /* trapeze,user-mode: a program without a kernel below it */
    const char *bootargs;     /* into the blob; NULL for none */
    bool has_load_address;    /* trapeze,load-address: where a raw kernel goes and is entered */
    bool has_fdt_address;     /* trapeze,fdt-address: where the guest looks for its device tree */
    gpa_t load_address, fdt_address;
    struct vm_module kernel, ramdisk, device_tree, disk;
    uint64_t affinity[VM_VCPU_MAX]; /* bit per physical CPU; all ones by default */
};

struct system_config {
    struct vm_config vms[VM_COUNT_MAX];
    uint32_t vm_count; /* refused ones included */
    bool batch;        /* trapeze,console = "batch": no input, each line with its VM's name */
};

/*
 * Read FDT (a blob of at most SIZE_BYTES) into OUT. Modules need `reg`, or with FILES_ALLOWED a
 * trapeze,file instead (pack time). Returns ERR_INVALID if the blob is no device tree at all,
 * ERR_NOT_FOUND if it describes no VM; else ERR_NONE, with refused VMs marked.
 */
enum err vm_config_parse(const void *fdt, size_t size_bytes, bool files_allowed,
                         const struct board_limits *limits, const struct config_sink *sink,
                         struct system_config *out) __must_check;
/* The same of a tree that has passed dtb_check (core/dtb.h), as that of board_parse has. */
enum err vm_config_read(const void *fdt, bool files_allowed, const struct board_limits *limits,
                        const struct config_sink *sink, struct system_config *out) __must_check;
