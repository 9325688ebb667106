/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the module nodes of a VM: kernel, ramdisk, device tree (multiboot,module in Xen's binding),
 * disk.
 * Must not look at the bytes of a module: they need not be in memory (the host tool reads trees
 * too).
 */
#include "core/dtb.h"
#include "core/vm_config_impl.h"
#include "lib/string.h"

#define CELL_BYTES  4u
#define DISK_SECTOR 512u

static const struct {
    const char *compatible;
    size_t slot;
} module_kinds[] = {
    {"multiboot,kernel", offsetof(struct vm_config, kernel)},
    {"multiboot,ramdisk", offsetof(struct vm_config, ramdisk)},
    {"multiboot,device-tree", offsetof(struct vm_config, device_tree)},
    {"trapeze,disk", offsetof(struct vm_config, disk)},
};

static struct vm_module *slot_of(struct vm_config *vm, size_t kind)
{
    return (struct vm_module *)((char *)vm + module_kinds[kind].slot);
}

static bool has_compatible(const void *fdt, int node, const char *compatible)
{
    return dtb_is_compatible(fdt, node, compatible);
}

bool config_is_module(const void *fdt, int node)
{
    for (size_t i = 0; i < ARRAY_SIZE(module_kinds); i++) {
        if (has_compatible(fdt, node, module_kinds[i].compatible))
            return true;
    }
    return has_compatible(fdt, node, "multiboot,module");
}

/*
 * NAME (#address-cells or #size-cells) for the children of r->vm's node. Where the node itself does
 * not say, the nearest node above counts, as in Xen; the Specification's own default comes last.
 */
static uint32_t cell_count(const struct config_reader *r, const char *name, uint32_t fallback)
{
    uint32_t count = dtb_cell_or(r->fdt, 0, name, fallback);

    count = dtb_cell_or(r->fdt, r->chosen, name, count);
    return dtb_cell_or(r->fdt, r->vm->node, name, count);
}

/* Read `reg`, which is VALUE, into MODULE. */
static void read_reg(struct config_reader *r, const uint8_t *value, uint32_t length,
                     struct vm_module *module)
{
    uint32_t address_cells = cell_count(r, "#address-cells", 2);
    uint32_t size_cells = cell_count(r, "#size-cells", 1);
    uint32_t entry = (address_cells + size_cells) * CELL_BYTES;

    if (address_cells < 1 || address_cells > 2 || size_cells < 1 || size_cells > 2) {
        config_error(r, "reg",
                     "The node above has #address-cells = <%u> and #size-cells = <%u>, with which "
                     "no module can be placed. Write <1> or <2> for each.",
                     (unsigned)address_cells, (unsigned)size_cells);
        return;
    }
    if (length != entry) {
        config_error(r, "reg",
                     "It has %u bytes where %u belong, by #address-cells = <%u> and "
                     "#size-cells = <%u> of the node above. Write one address and one size.",
                     (unsigned)length, (unsigned)entry, (unsigned)address_cells,
                     (unsigned)size_cells);
        return;
    }
    module->base = HPA(dtb_cells(value, address_cells));
    module->size_bytes = dtb_cells(value + address_cells * CELL_BYTES, size_cells);
    if (module->size_bytes == 0)
        config_error(r, "reg",
                     "The module's size is zero. Write the exact size of the file in bytes.");
    else if (module->base.raw + module->size_bytes < module->base.raw)
        config_error(r, "reg",
                     "The module ends beyond the last address. Write where it lies in "
                     "memory and its exact size in bytes.");
}

static void read_place(struct config_reader *r, int node, struct vm_module *module)
{
    int length;
    const uint8_t *reg = dtb_property(r->fdt, node, "reg", &length);

    module->file = dtb_string(r->fdt, node, "trapeze,file");
    if (module->file != NULL && module->file[0] == 0)
        config_error(r, "trapeze,file", "The file's name is empty. Write the path of the file.");
    if (reg != NULL)
        read_reg(r, reg, (uint32_t)length, module);
    else if (module->file != NULL && !r->files_allowed)
        config_error(r, "reg",
                     "The module names a file but has no place in memory. Run `trapeze "
                     "pack`, which finds one, or write reg = <ADDRESS SIZE>;.");
    else if (module->file == NULL && !r->files_allowed)
        config_error(r, "reg",
                     "The module has no place in memory. Write reg = <ADDRESS SIZE>; "
                     "with the exact size.");
    else if (module->file == NULL)
        config_error(r, "reg",
                     "The module has neither a place in memory nor a file. Write reg = <ADDRESS "
                     "SIZE>; or trapeze,file = \"PATH\";.");
}

/* NAME, an address in guest memory that is a multiple of ALIGN. */
static bool read_address(struct config_reader *r, int node, const char *name, uint64_t align,
                         gpa_t *out)
{
    uint64_t address;

    if (!config_u64(r, node, name, &address))
        return false;
    if (!is_aligned(address, align))
        config_error(r, name, "0x%llx is no multiple of 0x%llx. Write one that is.",
                     (unsigned long long)address, (unsigned long long)align);
    *out = GPA(address);
    return true;
}

/* What is said in the node of a kernel, and makes no sense elsewhere. */
static void read_kernel_options(struct config_reader *r, int node, bool is_kernel)
{
    static const char *const names[] = {"bootargs", "trapeze,load-address", "trapeze,fdt-address"};
    struct vm_config *vm = r->vm;

    if (is_kernel) {
        vm->bootargs = dtb_string(r->fdt, node, "bootargs");
        vm->has_load_address =
            read_address(r, node, "trapeze,load-address", PAGE_SIZE, &vm->load_address);
        vm->has_fdt_address = read_address(r, node, "trapeze,fdt-address", 8, &vm->fdt_address);
        return;
    }
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (config_flag(r, node, names[i]))
            config_warn(r, names[i],
                        "Only a kernel has this; it is ignored. Write it in the node with "
                        "compatible \"multiboot,kernel\".");
    }
}

void config_read_module(struct config_reader *r, int node)
{
    size_t kind = ARRAY_SIZE(module_kinds);
    struct vm_module *module;

    for (size_t i = 0; i < ARRAY_SIZE(module_kinds); i++) {
        if (!has_compatible(r->fdt, node, module_kinds[i].compatible))
            continue;
        if (kind != ARRAY_SIZE(module_kinds)) {
            config_error(r, "compatible",
                         "The module is both %s and %s. Write one of them, and a second node for "
                         "the other.",
                         module_kinds[kind].compatible, module_kinds[i].compatible);
            return;
        }
        kind = i;
    }
    if (kind == ARRAY_SIZE(module_kinds)) {
        config_error(r, "compatible",
                     "It does not say what the module is. Add \"multiboot,kernel\", "
                     "\"multiboot,ramdisk\", \"multiboot,device-tree\" or \"trapeze,disk\".");
        return;
    }
    module = slot_of(r->vm, kind);
    if (module->present) {
        config_error(r, "compatible", "The VM has a second module of the kind %s. Leave one out.",
                     module_kinds[kind].compatible);
        return;
    }
    module->present = true;
    module->node = node;
    read_place(r, node, module);
    read_kernel_options(r, node, kind == 0);
    if (module == &r->vm->disk && module->size_bytes != 0 && module->size_bytes < DISK_SECTOR)
        config_error(r, "reg", "A disk has at least one sector of %u bytes. Give a larger file.",
                     DISK_SECTOR);
    if (module == &r->vm->device_tree)
        config_error(r, "compatible",
                     "A partial device tree assigns devices to the VM, which is not supported. "
                     "Leave this module out.");
}
