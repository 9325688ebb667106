/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the files of the configuration parser only (vm_config*.c); others include
 * core/vm_config.h. The blob has passed dtb_check() before any of this is called.
 */
#pragma once

#include "core/vm_config.h"
#include "lib/types.h"

#define CONFIG_PATH_MAX 192

/* One run of the parser. */
struct config_reader {
    const void *fdt;
    bool files_allowed;
    const struct board_limits *limits;
    const struct config_sink *sink;
    struct system_config *out;
    struct vm_config *vm; /* the VM whose nodes are read: an error refuses it; NULL outside */
    int chosen;           /* /chosen, negative if there is none */
    int node;             /* being read; its path costs a walk, so only who reports asks for it */
    const char *path;     /* of no node, if not NULL */
};

/* ---- vm_config_report.c: who is told */
/* NODE is what the following reports are about. */
void config_enter(struct config_reader *r, int node);
void config_error(struct config_reader *r, const char *property, const char *format, ...)
    __printf(3, 4);
void config_warn(struct config_reader *r, const char *property, const char *format, ...)
    __printf(3, 4);
/*
 * r->vm and OTHER cannot both have something. An error, but a warning if OTHER is refused: what is
 * wrong with one VM must not keep another from starting.
 */
void config_conflict(struct config_reader *r, const struct vm_config *other, const char *property,
                     const char *format, ...) __printf(4, 5);

/* ---- vm_config_rules.c: which properties there are */
enum config_where {
    IN_CHOSEN = 1,
    IN_DOMAIN = 2,
    IN_MODULE = 4,
    IN_VCPU = 8,
};
/*
 * Report the properties of NODE (entered before) that are unknown, misplaced, of the wrong type or
 * not supported. What passes has the type that the table says.
 */
void config_check_node(struct config_reader *r, int node, enum config_where where);

/* ---- vm_config_value.c: typed values; a property of the wrong type reads as absent */
bool config_u32(const struct config_reader *r, int node, const char *name, uint32_t *out);
/* Two cells, or one (the rules warn of that). */
bool config_u64(const struct config_reader *r, int node, const char *name, uint64_t *out);
bool config_flag(const struct config_reader *r, int node, const char *name);
/*
 * "0-3,5" as a bit mask of CPUs 0 to 63. False if it is anything else, empty or counting down.
 */
bool config_cpu_list(const char *text, uint64_t *out);
/* WORDS, separated by spaces, has one that begins with PREFIX. */
bool config_has_word(const char *words, const char *prefix);

/* ---- vm_config_module.c */
/* Read the module NODE (of r->vm) into the slot that its compatible says. */
void config_read_module(struct config_reader *r, int node);
bool config_is_module(const void *fdt, int node);

/* ---- vm_config_place.c */
/*
 * All modules lie in the machine's memory, clear of what is reserved, of the hypervisor and the
 * device tree, and of each other, except that VMs may have one and the same.
 */
void config_check_places(struct config_reader *r);

/* ---- vm_config_domain.c */
/* Read the domain NODE and its children into *r->vm, which is zeroed. */
void config_read_domain(struct config_reader *r, int node);
/* r->vm has a kernel, and Linux would be heard. */
void config_check_kernel(struct config_reader *r);

/* ---- vm_config_implicit.c */
bool config_has_loose_modules(const void *fdt, int chosen);
/* Make *r->vm, which is zeroed, of the modules in CHOSEN. */
void config_read_implicit(struct config_reader *r, int chosen);
