/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the list of properties: Xen's dom0less binding (docs/misc/arm/device-tree/booting.txt of
 * Xen) and ours, what type each has and what becomes of it. Must not read values:
 * vm_config_domain.c and vm_config_module.c do. docs/binding.md is the same list for users.
 */
#include "core/dtb.h"
#include "core/vm_config_impl.h"
#include "lib/string.h"

enum kind { ANY, FLAG, U32, U64, STRING };

enum handling {
    PLAIN,  /* structure, or of interest to others: no word about it */
    READ,   /* used; TEXT is an example of how to write it */
    IGNORE, /* a warning with TEXT: the VM works without it */
    REFUSE, /* an error with TEXT: without it a promise would be broken */
};

struct rule {
    const char *name;
    uint8_t where; /* of enum config_where, several */
    uint8_t kind;
    uint8_t handling;
    /* IGNORE and REFUSE: the value with which there is nothing to say; "0" is the cell <0> */
    const char *harmless;
    const char *text;
};

#define NO_GRANTS "Trapeze has no grant tables; the property is ignored. Leave it out."
#define NO_STATIC                                                                                \
    "Trapeze chooses the host memory of a VM itself. Leave it out if the VM does not depend on " \
    "its "                                                                                       \
    "place in host memory."

static const struct rule rules[] = {
    /* any node */
    {"compatible", IN_DOMAIN | IN_MODULE | IN_VCPU, ANY, PLAIN, NULL, NULL},
    {"status", IN_DOMAIN | IN_MODULE | IN_VCPU, STRING, READ, NULL, "status = \"okay\";"},
    {"phandle", IN_DOMAIN | IN_MODULE | IN_VCPU, ANY, PLAIN, NULL, NULL},
    {"linux,phandle", IN_DOMAIN | IN_MODULE | IN_VCPU, ANY, PLAIN, NULL, NULL},
    {"name", IN_DOMAIN | IN_MODULE | IN_VCPU, ANY, PLAIN, NULL, NULL},
    {"#address-cells", IN_CHOSEN | IN_DOMAIN | IN_MODULE, U32, READ, NULL, "#address-cells = <2>;"},
    {"#size-cells", IN_CHOSEN | IN_DOMAIN | IN_MODULE, U32, READ, NULL, "#size-cells = <2>;"},

    /* a VM: what is used */
    {"memory", IN_DOMAIN, U64, READ, NULL, "memory = <0x0 0x80000>; (in KiB; this is 512 MiB)"},
    {"cpus", IN_DOMAIN, U32, READ, NULL, "cpus = <2>;"},
    {"vpl011", IN_DOMAIN, FLAG, READ, NULL, "vpl011;"},
    {"nr_spis", IN_DOMAIN, U32, READ, NULL, "nr_spis = <32>;"},
    {"trap-unmapped-accesses", IN_DOMAIN, U32, READ, NULL, "trap-unmapped-accesses = <1>;"},
    {"trapeze,name", IN_DOMAIN, STRING, READ, NULL, "trapeze,name = \"linux0\";"},
    {"trapeze,priority", IN_DOMAIN, U32, READ, NULL, "trapeze,priority = <16>;"},
    {"trapeze,user-mode", IN_DOMAIN, FLAG, READ, NULL, "trapeze,user-mode;"},
    {"trapeze,virtualise", IN_DOMAIN, STRING, READ, NULL, "trapeze,virtualise = \"emulate\";"},
    {"trapeze,vns16550", IN_DOMAIN, FLAG, READ, NULL, "trapeze,vns16550;"},
    {"trapeze,start-mode", IN_DOMAIN, STRING, READ, NULL, "trapeze,start-mode = \"machine\";"},
    {"trapeze,imsic", IN_DOMAIN, FLAG, READ, NULL, "trapeze,imsic;"},
    {"trapeze,sbi-legacy", IN_DOMAIN, FLAG, READ, NULL, "trapeze,sbi-legacy;"},

    /* a VM: what of Xen's would be a broken promise */
    {"xen,static-mem", IN_DOMAIN, ANY, REFUSE, NULL, NO_STATIC},
    {"direct-map", IN_DOMAIN, ANY, REFUSE, NULL,
     "Guest addresses equal to host addresses are not supported. Leave it out if the VM does not "
     "depend on them."},
    {"passthrough", IN_DOMAIN, STRING, REFUSE, "disabled",
     "Devices cannot be assigned to a VM. Write passthrough = \"disabled\"; or leave it out."},
    {"domain-cpupool", IN_DOMAIN, ANY, REFUSE, NULL,
     "CPU pools are not supported. Bind the vCPUs by xen,vcpu nodes with hard-affinity instead."},
    {"llc-colors", IN_DOMAIN, ANY, REFUSE, NULL,
     "Cache colouring is not supported, so the VM would share the last-level cache. Leave it out "
     "if it may."},
    {"xen,sci_type", IN_DOMAIN, STRING, REFUSE, "none",
     "SCMI calls are not forwarded to firmware. Write xen,sci_type = \"none\"; or leave it out."},
    {"capabilities", IN_DOMAIN, U32, REFUSE, "0",
     "Trapeze has no control, hardware or xenstore domain. Write capabilities = <0>; or leave it "
     "out."},
    {"xen,shared-mem", IN_DOMAIN, ANY, REFUSE, NULL,
     "Shared memory is not supported. Leave it out."},

    /* a VM: what of Xen's can be done without */
    {"xen,enhanced", IN_DOMAIN, ANY, IGNORE, "disabled",
     "Xen's paravirtual interfaces are not offered; the VM starts without them. Leave it out."},
    {"xen,domain-p2m-mem-mb", IN_DOMAIN, U32, IGNORE, NULL,
     "Trapeze sizes its page tables itself; the property is ignored. Leave it out."},
    {"max_grant_version", IN_DOMAIN, U32, IGNORE, NULL, NO_GRANTS},
    {"max_grant_frames", IN_DOMAIN, U32, IGNORE, NULL, NO_GRANTS},
    {"max_maptrack_frames", IN_DOMAIN, U32, IGNORE, NULL, NO_GRANTS},
    {"sve", IN_DOMAIN, ANY, IGNORE, "0",
     "SVE is not given to VMs; this one starts without it. Leave it out."},
    {"v8r_el1_msa", IN_DOMAIN, STRING, IGNORE, NULL,
     "This is for Armv8-R only and ignored. Leave it out."},

    /* a module */
    {"reg", IN_MODULE, ANY, READ, NULL, NULL},
    {"bootargs", IN_MODULE, STRING, READ, NULL, "bootargs = \"console=ttyAMA0\";"},
    {"trapeze,file", IN_MODULE, STRING, READ, NULL, "trapeze,file = \"Image\";"},
    {"trapeze,load-address", IN_MODULE, U64, READ, NULL,
     "trapeze,load-address = <0x0 0x40200000>;"},
    {"trapeze,fdt-address", IN_MODULE, U64, READ, NULL, "trapeze,fdt-address = <0x0 0x40000000>;"},
    {"xen,uefi-binary", IN_MODULE, ANY, IGNORE, NULL,
     "Trapeze loads no files by UEFI; the property is ignored. Give the module's place by reg."},

    /* a vCPU */
    {"id", IN_VCPU, U32, READ, NULL, "id = <0>;"},
    {"hard-affinity", IN_VCPU, STRING, READ, NULL, "hard-affinity = \"0-3,5\";"},

    /* the system */
    {"trapeze,console", IN_CHOSEN, STRING, READ, NULL, "trapeze,console = \"batch\";"},
    {"trapeze,arch", IN_CHOSEN, STRING, READ, NULL, "trapeze,arch = \"arm64\";"},
};

static const char *const kind_text[] = {
    [ANY] = "a value",
    [FLAG] = "no value",
    [U32] = "one cell (4 bytes)",
    [U64] = "two cells (8 bytes)",
    [STRING] = "one string",
};

static const char *where_text(uint8_t where)
{
    if (where & IN_DOMAIN)
        return "the node of a VM (compatible \"xen,domain\")";
    if (where & IN_MODULE)
        return "the node of a module (compatible \"multiboot,kernel\" and the like)";
    return where & IN_VCPU ? "a node with compatible \"xen,vcpu\"" : "/chosen";
}

/* ---- which name was meant ------------------------------------------------------------------- */

#define NAME_MAX_ 40u

/* How many letters must be added, removed or changed to make A of B; a large number for long names.
 */
static uint32_t edit_distance(const char *a, const char *b)
{
    uint32_t row[NAME_MAX_ + 1];
    size_t b_length = strlen(b);

    if (strlen(a) > NAME_MAX_ || b_length > NAME_MAX_)
        return NAME_MAX_;
    for (uint32_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (uint32_t i = 0; a[i] != 0; i++) {
        uint32_t diagonal = row[0];

        row[0] = i + 1;
        for (uint32_t j = 0; j < b_length; j++) {
            uint32_t change = diagonal + (a[i] != b[j]);

            diagonal = row[j + 1];
            row[j + 1] = MIN(change, MIN(row[j], row[j + 1]) + 1);
        }
    }
    return row[b_length];
}

/* NAME without a vendor's prefix. */
static const char *bare_name(const char *name)
{
    const char *comma = strchr(name, ',');

    return comma != NULL ? comma + 1 : name;
}

/* The rule with the name most like NAME for such a node, or NULL if none is near. */
static const struct rule *nearest_rule(const char *name, enum config_where where)
{
    const struct rule *best = NULL;
    size_t length = strlen(bare_name(name));
    uint32_t best_distance = length <= 4 ? 2 : length <= 8 ? 3 : 4;

    for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
        const struct rule *rule = &rules[i];
        uint32_t whole = edit_distance(name, rule->name);
        uint32_t bare = edit_distance(bare_name(name), bare_name(rule->name));
        uint32_t distance = MIN(whole, bare);

        if ((rule->where & where) != 0 && rule->handling != PLAIN && distance < best_distance) {
            best_distance = distance;
            best = rule;
        }
    }
    return best;
}

static const struct rule *find_rule(const char *name, enum config_where where)
{
    const struct rule *elsewhere = NULL;

    for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
        if (strcmp(name, rules[i].name) != 0)
            continue;
        if ((rules[i].where & where) != 0)
            return &rules[i];
        elsewhere = &rules[i];
    }
    return elsewhere;
}

static bool is_ours(const char *name)
{
    return strncmp(name, "trapeze,", strlen("trapeze,")) == 0;
}

static void report_unknown(struct config_reader *r, const char *name, enum config_where where)
{
    const struct rule *near = nearest_rule(name, where);

    if (is_ours(name) && near != NULL)
        config_error(r, name, "Trapeze knows no such property. Did you mean %s?", near->name);
    else if (is_ours(name))
        config_error(r, name,
                     "Trapeze knows no such property. Leave it out, or see docs/binding.md for "
                     "those that there are.");
    else if (near != NULL)
        config_warn(r, name, "The property is unknown and ignored. Did you mean %s?", near->name);
    else
        config_warn(r, name, "The property is unknown and ignored. Leave it out.");
}

/* ---- one property --------------------------------------------------------------------------- */

static bool is_string(const char *value, int length)
{
    return length > 0 && memchr(value, 0, (size_t)length) == value + length - 1;
}

static bool kind_fits(enum kind kind, const char *value, int length)
{
    switch (kind) {
    case FLAG:
        return length == 0;
    case U32:
        return length == 4;
    case U64:
        return length == 8;
    case STRING:
        return is_string(value, length);
    case ANY:
        break;
    }
    return true;
}

static bool is_harmless(const struct rule *rule, const char *value, int length)
{
    if (rule->harmless == NULL)
        return false;
    if (strcmp(rule->harmless, "0") == 0)
        return length == 4 && dtb_cells(value, 1) == 0;
    return is_string(value, length) && strcmp(value, rule->harmless) == 0;
}

static void check_type(struct config_reader *r, const struct rule *rule, const char *value,
                       int length)
{
    if (kind_fits(rule->kind, value, length))
        return;
    if (rule->kind == FLAG)
        config_warn(r, rule->name,
                    "It takes no value, and is on whatever the value. Write %s or leave it out.",
                    rule->text);
    else if (rule->kind == U64 && length == 4)
        config_warn(r, rule->name,
                    "It is one cell, and taken as such, where the binding has two. "
                    "Write %s = <0x0 0x%x>;",
                    rule->name, (unsigned)dtb_cells(value, 1));
    else if (rule->kind == STRING && length > 0)
        config_error(r, rule->name, "It is not one string that ends with a zero byte. Write %s",
                     rule->text);
    else
        config_error(r, rule->name, "It has %d bytes where %s belong%s. Write %s", length,
                     kind_text[rule->kind], rule->kind == STRING ? "s" : "", rule->text);
}

static void check_property(struct config_reader *r, enum config_where where, const char *name,
                           const char *value, int length)
{
    const struct rule *rule = find_rule(name, where);

    if (rule == NULL) {
        /* Much in /chosen is not for us: only what claims to be is looked at. */
        if (where != IN_CHOSEN || is_ours(name))
            report_unknown(r, name, where);
        return;
    }
    if ((rule->where & where) == 0) {
        if (where == IN_CHOSEN && !is_ours(name))
            return;
        (is_ours(name) ? config_error : config_warn)(
            r, name, "The property has no meaning here. Write it in %s.", where_text(rule->where));
        return;
    }
    if (rule->handling == READ)
        check_type(r, rule, value, length);
    else if (rule->handling == IGNORE && !is_harmless(rule, value, length))
        config_warn(r, name, "%s", rule->text);
    else if (rule->handling == REFUSE && !is_harmless(rule, value, length))
        config_error(r, name, "%s", rule->text);
}

void config_check_node(struct config_reader *r, int node, enum config_where where)
{
    struct dtb_property property = {0};

    while (dtb_next_property(r->fdt, node, &property))
        check_property(r, where, property.name, property.value, (int)property.length);
}
