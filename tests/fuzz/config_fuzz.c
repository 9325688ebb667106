/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device trees: the board's and the VMs' description, read from any bytes, or from a good tree with
 * properties changed. The blob ends at an unmapped page. What is accepted is in range, and whatever
 * is refused was said.
 */
#include "core/board.h"
#include "core/dtb.h"
#include "lib/panic.h"
#include "tests/fuzz/input.h"
#include "tests/unit/fdt_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* clang-format off */
#define VM     "/chosen/linux0"
#define KERNEL VM "/kernel@48000000"
#define DISK   VM "/ramdisk@4a000000"
#define C1     "\0\0\0\1"
#define C2     "\0\0\0\2"
static const struct edit base_tree[] = {
    BYTES("/", "#address-cells", C2),
    BYTES("/", "#size-cells", C2),
    STRING("/memory@40000000", "device_type", "memory"),
    BYTES("/memory@40000000", "reg", "\0\0\0\0\x40\0\0\0\0\0\0\0\x40\0\0\0"),
    BYTES("/cpus", "#address-cells", C1),
    BYTES("/cpus", "#size-cells", "\0\0\0\0"),
    STRING("/cpus/cpu@0", "device_type", "cpu"),
    BYTES("/cpus/cpu@0", "reg", "\0\0\0\0"),
    STRING("/cpus/cpu@1", "device_type", "cpu"),
    BYTES("/cpus/cpu@1", "reg", C1),
    BYTES("/reserved-memory", "#address-cells", C2),
    BYTES("/reserved-memory", "#size-cells", C2),
    BYTES("/reserved-memory", "ranges", ""),
    BYTES("/reserved-memory/fw@50000000", "reg", "\0\0\0\0\x50\0\0\0\0\0\0\0\0\x10\0\0"),
    STRING(VM, "compatible", "xen,domain"),
    BYTES(VM, "#address-cells", C2),
    BYTES(VM, "#size-cells", C2),
    BYTES(VM, "memory", "\0\0\0\0\0\x4\0\0"),
    BYTES(VM, "cpus", C2),
    BYTES(VM, "vpl011", ""),
    STRING(KERNEL, "compatible", "multiboot,kernel\0multiboot,module"),
    BYTES(KERNEL, "reg", "\0\0\0\0\x48\0\0\0\0\0\0\0\1\0\0\0"),
    STRING(KERNEL, "bootargs", "console=ttyAMA0"),
    STRING(DISK, "compatible", "multiboot,ramdisk\0multiboot,module"),
    BYTES(DISK, "reg", "\0\0\0\0\x4a\0\0\0\0\0\0\0\0\0\x12\x34"),
    STRING(VM "/vcpu@0", "compatible", "xen,vcpu"),
    BYTES(VM "/vcpu@0", "id", C1),
    STRING(VM "/vcpu@0", "hard-affinity", "0-1"),
    STRING("/chosen/vm1", "compatible", "xen,domain"),
    BYTES("/chosen/vm1", "memory", "\0\0\0\0\0\0\x80\0"),
    BYTES("/chosen/vm1", "cpus", C1),
};
/* clang-format on */
static const char *const paths[] = {"/",
                                    "/chosen",
                                    VM,
                                    KERNEL,
                                    DISK,
                                    VM "/vcpu@0",
                                    "/memory@40000000",
                                    "/cpus",
                                    "/cpus/cpu@0",
                                    "/chosen/vm1",
                                    "/reserved-memory",
                                    "/reserved-memory/fw@50000000",
                                    "/chosen/vm1/kernel",
                                    "/chosen/new/module@1"};
static const char *const properties[] = {"#address-cells",
                                         "#size-cells",
                                         "reg",
                                         "compatible",
                                         "memory",
                                         "cpus",
                                         "vpl011",
                                         "nr_spis",
                                         "trapeze,virtualise",
                                         "trapeze,sbi-legacy",
                                         "bootargs",
                                         "xen,static-mem",
                                         "direct-map",
                                         "passthrough",
                                         "status",
                                         "device_type",
                                         "ranges",
                                         "trapeze,file",
                                         "trapeze,priority",
                                         "trapeze,name",
                                         "trapeze,console",
                                         "id",
                                         "hard-affinity",
                                         "trapeze,prioritty",
                                         "xen,enhanced",
                                         "trap-unmapped-accesses",
                                         "xen,passthrough",
                                         "llc-colors",
                                         "trapeze,vns16550",
                                         "kernel",
                                         "no-map",
                                         "size"};

static void report(void *context, enum config_severity severity, const char *path,
                   const char *property, const char *text)
{
    uint32_t *errors = context;

    *errors += severity == CONFIG_ERROR;
    BUG_ON(path == NULL || text == NULL || strlen(text) == 0);
}

static void check_vm(const struct vm_config *vm)
{
    BUG_ON(strnlen(vm->name, sizeof(vm->name)) == sizeof(vm->name));
    BUG_ON(strnlen(vm->path, sizeof(vm->path)) == sizeof(vm->path));
    if (vm->refused)
        return;
    BUG_ON(vm->cpu_count == 0 || vm->cpu_count > VM_VCPU_MAX || vm->memory_bytes == 0);
    BUG_ON(vm->priority > VM_PRIORITY_MAX || vm->spi_count > 988 || !vm->kernel.present);
    for (uint32_t i = 0; i < vm->cpu_count; i++)
        BUG_ON(vm->affinity[i] == 0);
    BUG_ON(vm->kernel.base.raw + vm->kernel.size_bytes < vm->kernel.base.raw);
}

static void parse(const void *fdt, size_t size, bool files)
{
    static struct system_config system;
    static struct board board;
    uint32_t errors = 0, board_errors = 0;
    const struct config_sink sink = {report, &errors}, board_sink = {report, &board_errors};
    struct board_limits limits = {.cpu_count = 0};
    bool refused = false;
    enum err err = board_parse(fdt, size, &board_sink, &board);

    if (err == ERR_NONE) {
        BUG_ON(board.memory_count == 0 || board.memory_count > BOARD_RANGE_MAX);
        BUG_ON(board.cpu_count == 0 || board.cpu_count > BOARD_CPU_MAX);
        BUG_ON(board.reserved_count > BOARD_RANGE_MAX);
        for (uint32_t i = 0; i < board.memory_count; i++)
            BUG_ON(board.memory[i].base.raw + board.memory[i].size_bytes <
                   board.memory[i].base.raw);
        limits = (struct board_limits){.cpu_count = board.cpu_count,
                                       .memory_bytes = GIB(1),
                                       .board = &board,
                                       .hypervisor = {HPA(0x40200000), MIB(1)},
                                       .device_tree = {HPA(0x44000000), KIB(64)}};
    } else {
        BUG_ON(board_errors == 0);
    }
    err = vm_config_parse(fdt, size, files, &limits, &sink, &system);
    if (err != ERR_NONE)
        return;
    BUG_ON(system.vm_count > VM_COUNT_MAX);
    for (uint32_t i = 0; i < system.vm_count; i++) {
        check_vm(&system.vms[i]);
        refused |= system.vms[i].refused;
    }
    BUG_ON(refused && errors == 0);
}

static void change(struct input *in, void *fdt)
{
    const char *path = INPUT_PICK(in, paths), *property = INPUT_PICK(in, properties);
    uint8_t value[64], how = input_u8(in);
    unsigned length = how & 63;
    int node = fdt_path_offset(fdt, path);

    for (unsigned i = 0; i < length; i++)
        value[i] = input_u8(in);
    if (how & 0x40) { /* numbers and texts near what is meant */
        length = (length & ~3u);
        for (unsigned i = 0; i < length; i++)
            value[i] = i % 4 == 3 ? value[i] : (value[i] > 0xf0 ? value[i] : 0);
    }
    if (node < 0) { /* its parent may be gone too */
        const char *name = strrchr(path, '/');
        int parent = fdt_path_offset_namelen(fdt, path, (int)(name - path));

        node = parent < 0 ? -1 : fdt_add_subnode(fdt, parent, name + 1);
    }
    if (node < 0)
        return;
    if (how == 0x80)
        (void)fdt_delprop(fdt, node, property);
    else if (how == 0xc0 && node != 0)
        (void)fdt_del_node(fdt, node);
    else
        (void)fdt_setprop(fdt, node, property, value, (int)length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t tree[TREE_MAX] __aligned(8);
    static void *base;
    struct input in = {data, size};
    uint8_t how = input_u8(&in);

    if (in.left > EDGE_BYTES)
        return 0;
    if (how & 1) { /* any bytes */
        parse(edge_copy(in.bytes, in.left), in.left, how & 2);
        return 0;
    }
    if (base == NULL)
        base = tree_make(base_tree, ARRAY_SIZE(base_tree));
    memcpy(tree, base, TREE_MAX);
    for (unsigned n = 0; n < 12 && in.left != 0; n++)
        change(&in, tree);
    if (fdt_pack(tree) == 0)
        parse(edge_copy(tree, fdt_totalsize(tree)), fdt_totalsize(tree), how & 2);
    return 0;
}
