/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns what a domain node says of its VM: name, memory, CPUs, UART, and the vCPU nodes. Must not
 * compare VMs with each other (vm_config.c does). Binding: docs/binding.md.
 */
#include "core/dtb.h"
#include "core/vm_config_impl.h"
#include "lib/bits.h"
#include "lib/string.h"

/* INTIDs 32 to 1019 are shared peripheral interrupts (Arm IHI 0069H, 2.2.1). */
#define SPI_COUNT_MAX 988u

/* ---- name ----------------------------------------------------------------------------------- */

/* Letters, digits and -._+: what the console and the shell can take for one word. */
static bool is_name(const char *s, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool letter = (s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z');
        bool digit = s[i] >= '0' && s[i] <= '9';

        if (!letter && !digit && strchr("-._+", s[i]) == NULL)
            return false;
    }
    return length != 0;
}

static void read_name(struct config_reader *r, int node)
{
    const char *property = "trapeze,name";
    const char *name = dtb_string(r->fdt, node, property);
    size_t length;

    if (name != NULL) {
        length = strlen(name);
    } else {
        const char *unit;

        property = NULL;
        name = dtb_name(r->fdt, node);
        unit = strchr(name, '@');
        length = unit != NULL ? (size_t)(unit - name) : strlen(name);
    }
    if (length >= VM_NAME_MAX)
        config_error(r, property,
                     "The VM's name has %u letters. Write trapeze,name with at most %u.",
                     (unsigned)length, VM_NAME_MAX - 1u);
    else if (!is_name(name, length))
        config_error(r, property,
                     "The VM's name is empty or has other signs than letters, digits and -._+ in "
                     "it. Write trapeze,name = \"linux0\"; or the like.");
    length = MIN(length, (size_t)VM_NAME_MAX - 1);
    memcpy(r->vm->name, name, length);
    r->vm->name[length] = 0;
}

/* ---- memory and CPUs ------------------------------------------------------------------------ */

static void read_memory(struct config_reader *r, int node)
{
    uint64_t kib;

    if (!config_flag(r, node, "memory")) {
        config_error(r, "memory",
                     "The VM has no memory. Write its size in KiB as two cells: "
                     "memory = <0x0 0x80000>; is 512 MiB.");
        return;
    }
    if (!config_u64(r, node, "memory", &kib))
        return; /* told by the rules */
    if (kib == 0) {
        config_error(r, "memory",
                     "The VM's memory is zero. Write its size in KiB as two cells: "
                     "memory = <0x0 0x80000>; is 512 MiB.");
        return;
    }
    if (kib > UINT64_MAX / KIB(1)) {
        config_error(r, "memory",
                     "0x%llx KiB are more than there can be. Write the size in KiB as two cells: "
                     "memory = <0x0 0x80000>; is 512 MiB.",
                     (unsigned long long)kib);
        return;
    }
    r->vm->memory_bytes = KIB(kib);
    if (!is_aligned(r->vm->memory_bytes, PAGE_SIZE))
        config_error(r, "memory",
                     "%llu KiB is no whole number of pages of 4 KiB. Write memory = <0x0 0x%llx>;",
                     (unsigned long long)kib,
                     (unsigned long long)(align_down(r->vm->memory_bytes, PAGE_SIZE) / KIB(1) + 4));
}

static void read_cpus(struct config_reader *r, int node)
{
    uint32_t host = r->limits != NULL ? r->limits->cpu_count : 0;
    uint32_t count;

    if (!config_flag(r, node, "cpus")) {
        config_error(r, "cpus",
                     "The VM has no CPUs. Write how many virtual CPUs it has: "
                     "cpus = <1>;");
        return;
    }
    if (!config_u32(r, node, "cpus", &count))
        return; /* told by the rules */
    if (count == 0) {
        config_error(r, "cpus", "The VM has zero CPUs. Write at least cpus = <1>;");
    } else if (count > VM_VCPU_MAX) {
        config_error(r, "cpus", "%u virtual CPUs are too many. Write at most cpus = <%u>;",
                     (unsigned)count, (unsigned)VM_VCPU_MAX);
    } else {
        r->vm->cpu_count = count;
        /* They take turns, which works but is seldom wanted. */
        if (host != 0 && count > host)
            config_warn(r, "cpus",
                        "The VM has %u virtual CPUs, the machine %u real ones: they will take "
                        "turns. Write cpus = <%u>; for more speed.",
                        (unsigned)count, (unsigned)host, (unsigned)host);
    }
}

/* ---- smaller things ------------------------------------------------------------------------- */

/* In which mode the kernel is entered. */
static void read_start_mode(struct config_reader *r, int node)
{
    const char *mode = dtb_string(r->fdt, node, "trapeze,start-mode");

    if (mode == NULL)
        return;
    r->vm->start_machine = strcmp(mode, "machine") == 0;
    if (!r->vm->start_machine && strcmp(mode, "supervisor") != 0)
        config_error(r, "trapeze,start-mode",
                     "\"%s\" is no mode that a kernel can start in. Write \"supervisor\", which "
                     "needs not be said, or on RISC-V \"machine\".",
                     mode);
}

static void read_virtualise(struct config_reader *r, int node)
{
    const char *how = dtb_string(r->fdt, node, "trapeze,virtualise");

    r->vm->emulate = how != NULL && strcmp(how, "emulate") == 0;
    if (how != NULL && !r->vm->emulate)
        config_error(r, "trapeze,virtualise",
                     "\"%s\" is no way to run a guest. Write \"emulate\", or leave it out for what "
                     "the machine does best.",
                     how);
}

static void read_options(struct config_reader *r, int node)
{
    struct vm_config *vm = r->vm;
    uint32_t value;

    vm->vpl011 = config_flag(r, node, "vpl011") || config_flag(r, node, "trapeze,vns16550");
    vm->user_mode = config_flag(r, node, "trapeze,user-mode");
    vm->priority = VM_PRIORITY_DEFAULT;
    if (config_u32(r, node, "trapeze,priority", &value)) {
        if (value > VM_PRIORITY_MAX)
            config_error(r, "trapeze,priority",
                         "%u is no priority. Write a number from 0 (lowest) to %u.",
                         (unsigned)value, VM_PRIORITY_MAX);
        else
            vm->priority = (uint8_t)value;
    }
    read_virtualise(r, node);
    read_start_mode(r, node);
    vm->imsic = config_flag(r, node, "trapeze,imsic");
    vm->sbi_legacy = config_flag(r, node, "trapeze,sbi-legacy");
    if (vm->sbi_legacy && vm->start_machine)
        config_error(r, "trapeze,sbi-legacy",
                     "A VM that starts in machine mode has no firmware to call. Leave it out.");
    if (config_u32(r, node, "nr_spis", &value)) {
        if (value > SPI_COUNT_MAX)
            config_error(r, "nr_spis",
                         "%u shared interrupts are more than an interrupt controller has. Write at "
                         "most %u, or leave it out.",
                         (unsigned)value, SPI_COUNT_MAX);
        else
            vm->spi_count = value;
    }
    if (config_u32(r, node, "trap-unmapped-accesses", &value)) {
        if (value > 1)
            config_error(r, "trap-unmapped-accesses",
                         "%u is neither 1 (accesses to nothing fault) nor 0 (they read ones). "
                         "Write one of them.",
                         (unsigned)value);
        vm->unmapped_reads_ones = value == 0;
    }
}

/* What Linux calls the platform's UART: of RISC-V a 16550, of Arm a PL011. */
static const char *console_name(const struct config_reader *r)
{
    int chosen = dtb_find(r->fdt, "/chosen");
    const char *arch = chosen < 0 ? NULL : dtb_string(r->fdt, chosen, "trapeze,arch");

    return arch != NULL && strcmp(arch, "riscv64") == 0 ? "ttyS0" : "ttyAMA0";
}

void config_check_kernel(struct config_reader *r)
{
    const struct vm_config *vm = r->vm;
    const char *bootargs = vm->bootargs;

    config_enter(r, vm->node);
    if (!vm->kernel.present) {
        config_error(r, NULL,
                     "The VM has no kernel. Add a node with compatible = \"multiboot,kernel\", "
                     "\"multiboot,module\"; and reg = <ADDRESS SIZE>;");
        return;
    }
    config_enter(r, vm->kernel.node);
    if (vm->vpl011 && bootargs != NULL && !config_has_word(bootargs, "console="))
        config_warn(r, "bootargs",
                    "There is no console= in them, so Linux may stay silent. Add console=%s.",
                    console_name(r));
    if (!vm->vpl011 && bootargs != NULL && config_has_word(bootargs, "console=tty"))
        config_warn(r, "bootargs",
                    "They name a console, but the VM has no UART. Write vpl011; in the node of "
                    "the VM.");
    config_enter(r, vm->node);
}

/* ---- vCPU nodes ----------------------------------------------------------------------------- */

static void read_affinity(struct config_reader *r, int node, uint32_t id)
{
    const char *text = dtb_string(r->fdt, node, "hard-affinity");
    uint32_t host = r->limits != NULL ? r->limits->cpu_count : 0;
    uint64_t cpus;

    if (text == NULL)
        return;
    if (!config_cpu_list(text, &cpus)) {
        config_error(r, "hard-affinity",
                     "\"%s\" is no list of CPUs. Write numbers and ranges with commas between, as "
                     "in \"0-3,5\".",
                     text);
        return;
    }
    if (host != 0 && (cpus & low_bits(host)) == 0) {
        config_error(r, "hard-affinity",
                     "None of the CPUs \"%s\" is in the machine, which has %u. Write numbers from "
                     "0 to %u.",
                     text, (unsigned)host, (unsigned)host - 1);
        return;
    }
    if (host != 0 && (cpus & ~low_bits(host)) != 0)
        config_warn(r, "hard-affinity",
                    "Some of the CPUs \"%s\" are not in the machine, which has %u. Write numbers "
                    "from 0 to %u.",
                    text, (unsigned)host, (unsigned)host - 1);
    r->vm->affinity[id] = cpus;
}

/* SEEN has a bit for each id that had its node. */
static void read_vcpu(struct config_reader *r, int node, uint32_t *seen)
{
    uint32_t id;

    config_check_node(r, node, IN_VCPU);
    if (!config_flag(r, node, "id")) {
        config_error(r, "id",
                     "The node does not say which virtual CPU it is. Write id = <0>; or "
                     "higher.");
        return;
    }
    /* Of a wrong type, or with `cpus` wrong: told already. */
    if (!config_u32(r, node, "id", &id) || r->vm->cpu_count == 0)
        return;
    if (id >= r->vm->cpu_count) {
        config_error(r, "id", "The VM has no virtual CPU %u. Write a number from 0 to %u.",
                     (unsigned)id, (unsigned)r->vm->cpu_count - 1);
        return;
    }
    if (*seen & bit32(id)) {
        config_error(r, "id", "There is a second node for virtual CPU %u. Leave one out.",
                     (unsigned)id);
        return;
    }
    *seen |= bit32(id);
    read_affinity(r, node, id);
}

/* An interrupt file is one CPU's. */
static void check_imsic(struct config_reader *r)
{
    const struct vm_config *vm = r->vm;

    if (vm->imsic && (vm->emulate || vm->start_machine))
        config_error(r, "trapeze,imsic",
                     "A VM that is emulated has no use for the machine's interrupt files. Leave "
                     "one of them out.");
    for (uint32_t i = 0; vm->imsic && i < vm->cpu_count; i++) {
        if ((vm->affinity[i] & (vm->affinity[i] - 1)) == 0)
            continue;
        config_error(r, "trapeze,imsic",
                     "Virtual CPU %u may run on more than one CPU, where its interrupts do not "
                     "follow it. Give each an xen,vcpu node with hard-affinity of one CPU.",
                     (unsigned)i);
        return;
    }
}

/* ---- the node ------------------------------------------------------------------------------- */

static bool is(const struct config_reader *r, int node, const char *compatible)
{
    return dtb_is_compatible(r->fdt, node, compatible);
}

static void read_child(struct config_reader *r, int node, uint32_t *seen_vcpus)
{
    if (!dtb_enabled(r->fdt, node))
        return;
    config_enter(r, node);
    if (config_is_module(r->fdt, node)) {
        config_check_node(r, node, IN_MODULE);
        config_read_module(r, node);
    } else if (is(r, node, "xen,vcpu")) {
        read_vcpu(r, node, seen_vcpus);
    } else if (is(r, node, "xen,evtchn-v1")) {
        config_error(r, "compatible",
                     "Xen's event channels are not supported. Leave this node out.");
    } else if (is(r, node, "xen,domain-shared-memory-v1")) {
        config_error(r, "compatible",
                     "Memory shared between VMs is not supported. Leave this node out.");
    } else {
        config_warn(
            r, "compatible",
            "The node is neither a module nor a vCPU, and ignored. Write compatible = "
            "\"multiboot,kernel\", \"multiboot,module\"; or \"xen,vcpu\", or leave it out.");
    }
    config_enter(r, r->vm->node);
}

void config_read_domain(struct config_reader *r, int node)
{
    struct vm_config *vm = r->vm;
    uint32_t seen_vcpus = 0;
    int child;

    vm->node = node;
    dtb_path(r->fdt, node, vm->path, sizeof(vm->path));
    for (uint32_t i = 0; i < VM_VCPU_MAX; i++)
        vm->affinity[i] = ~(uint64_t)0;
    config_check_node(r, node, IN_DOMAIN);
    read_name(r, node);
    read_memory(r, node);
    read_cpus(r, node);
    read_options(r, node);
    dtb_for_each_child(child, r->fdt, node)
    {
        read_child(r, child, &seen_vcpus);
    }
    check_imsic(r);
    config_check_kernel(r);
}
