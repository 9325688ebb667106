/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the reading of /chosen: which VMs there are, and what holds among them (names, memory).
 * Must not read what concerns one VM alone: vm_config_domain.c does. Binding: docs/binding.md.
 */
#include "core/vm_config.h"
#include "core/dtb.h"
#include "core/vm_config_impl.h"
#include "lib/string.h"

static bool is(const struct config_reader *r, int node, const char *compatible)
{
    return dtb_is_compatible(r->fdt, node, compatible);
}

static void read_chosen(struct config_reader *r, int chosen)
{
    const char *console = dtb_string(r->fdt, chosen, "trapeze,console");

    config_enter(r, chosen);
    config_check_node(r, chosen, IN_CHOSEN);
    if (console == NULL || strcmp(console, "interactive") == 0 || strcmp(console, "all") == 0)
        return;
    if (strcmp(console, "batch") == 0)
        r->out->batch = true;
    else
        config_error(r, "trapeze,console",
                     "\"%s\" is no kind of console. Write \"batch\", \"all\" or \"interactive\".",
                     console);
}

static void add_domain(struct config_reader *r, int node)
{
    struct system_config *out = r->out;

    if (out->vm_count == VM_COUNT_MAX) {
        config_error(r, NULL, "There are more than %u VMs; this one is refused. Leave some out.",
                     (unsigned)VM_COUNT_MAX);
        return;
    }
    r->vm = &out->vms[out->vm_count++];
    config_read_domain(r, node);
    r->vm = NULL;
}

static void read_chosen_child(struct config_reader *r, int node)
{
    if (!dtb_enabled(r->fdt, node))
        return;
    config_enter(r, node);
    if (is(r, node, "xen,domain"))
        add_domain(r, node);
    else if (is(r, node, "xen,cpupool"))
        config_warn(r, "compatible",
                    "CPU pools are not supported; the node is ignored. Bind vCPUs by xen,vcpu "
                    "nodes with hard-affinity instead.");
    else if (config_is_module(r->fdt, node))
        config_warn(r, "compatible",
                    "The module belongs to no VM and is ignored: Trapeze has no dom0. Move it into "
                    "a node with compatible \"xen,domain\".");
}

/* Modules without a VM around them are one VM, but only if there is no other. */
static bool has_domain(const void *fdt, int chosen)
{
    int node;

    dtb_for_each_child(node, fdt, chosen)
    {
        if (dtb_enabled(fdt, node) && dtb_is_compatible(fdt, node, "xen,domain"))
            return true;
    }
    return false;
}

static void read_vms(struct config_reader *r, int chosen)
{
    int node;

    if (!has_domain(r->fdt, chosen) && config_has_loose_modules(r->fdt, chosen)) {
        r->vm = &r->out->vms[r->out->vm_count++];
        config_read_implicit(r, chosen);
        r->vm = NULL;
        return;
    }
    dtb_for_each_child(node, r->fdt, chosen)
    {
        read_chosen_child(r, node);
    }
}

/* A domain node that is not a child of /chosen would otherwise be passed over in silence. */
static void find_strays(struct config_reader *r, int chosen)
{
    int node;

    for (node = dtb_next_compatible(r->fdt, DTB_NONE, "xen,domain"); node >= 0;
         node = dtb_next_compatible(r->fdt, node, "xen,domain")) {
        if (chosen >= 0 && dtb_parent(r->fdt, node) == chosen)
            continue;
        config_enter(r, node);
        config_warn(r, "compatible",
                    "The node describes a VM but is not a child of /chosen, and is ignored. Move "
                    "it there.");
    }
}

/* ---- VMs against each other ----------------------------------------------------------------- */

static void check_name(struct config_reader *r, uint32_t index)
{
    const struct vm_config *vm = r->vm;

    for (uint32_t i = 0; i < index; i++) {
        const struct vm_config *other = &r->out->vms[i];

        if (strcmp(vm->name, other->name) != 0)
            continue;
        config_conflict(
            r, other, dtb_string(r->fdt, vm->node, "trapeze,name") ? "trapeze,name" : NULL,
            "%s is called %s as well. Write another name, by trapeze,name.", other->path, vm->name);
        return;
    }
}

/* USED_BYTES is what the VMs before have. */
static void check_memory(struct config_reader *r, uint64_t used_bytes)
{
    uint64_t host = r->limits != NULL ? r->limits->memory_bytes : 0;
    uint64_t wanted = r->vm->memory_bytes;

    if (host == 0 || (used_bytes <= host && wanted <= host - used_bytes))
        return;
    if (wanted > host)
        config_error(r, "memory",
                     "%llu KiB are more than the machine has, which is %llu KiB. Write less.",
                     (unsigned long long)(wanted / KIB(1)), (unsigned long long)(host / KIB(1)));
    else
        config_error(r, "memory",
                     "%llu KiB are more than the VMs before leave of the machine's memory, which "
                     "is %llu of %llu KiB. Write less here or there.",
                     (unsigned long long)(wanted / KIB(1)),
                     (unsigned long long)((host - used_bytes) / KIB(1)),
                     (unsigned long long)(host / KIB(1)));
}

static void check_together(struct config_reader *r)
{
    uint64_t used_bytes = 0;

    for (uint32_t i = 0; i < r->out->vm_count; i++) {
        r->vm = &r->out->vms[i];
        config_enter(r, r->vm->node);
        check_name(r, i);
        check_memory(r, used_bytes);
        /* A refused VM takes nothing from the others, so this cannot pass the machine's size. */
        if (!r->vm->refused)
            used_bytes += r->vm->memory_bytes;
    }
    r->vm = NULL;
}

/* ---- entry ---------------------------------------------------------------------------------- */

enum err vm_config_read(const void *fdt, bool files_allowed, const struct board_limits *limits,
                        const struct config_sink *sink, struct system_config *out)
{
    struct config_reader r = {
        .fdt = fdt,
        .files_allowed = files_allowed,
        .limits = limits,
        .sink = sink,
        .out = out,
        .path = "/",
        .chosen = dtb_find(fdt, "/chosen"),
    };
    int chosen = r.chosen;

    memset(out, 0, sizeof(*out));
    if (chosen >= 0) {
        read_chosen(&r, chosen);
        read_vms(&r, chosen);
    }
    find_strays(&r, chosen);
    if (out->vm_count == 0) {
        r.path = "/chosen";
        config_error(
            &r, NULL,
            "No VM is described. Write nodes with compatible = \"xen,domain\" in /chosen.");
        return ERR_NOT_FOUND;
    }
    check_together(&r);
    config_check_places(&r);
    return ERR_NONE;
}

enum err vm_config_parse(const void *fdt, size_t size_bytes, bool files_allowed,
                         const struct board_limits *limits, const struct config_sink *sink,
                         struct system_config *out)
{
    const char *why;

    if (dtb_check(fdt, size_bytes, &why) != ERR_NONE) {
        memset(out, 0, sizeof(*out));
        sink->report(sink->context, CONFIG_ERROR, "/", NULL, why);
        return ERR_INVALID;
    }
    return vm_config_read(fdt, files_allowed, limits, sink, out);
}
