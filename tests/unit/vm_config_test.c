/* SPDX-License-Identifier: Apache-2.0 */
/* core/vm_config*.c and core/dtb.c: every message by what it says, and trees that are no trees. */
#include "fdt_tree.h"

#include "core/board.h"
#include "core/dtb.h"
#include "core/vm_config_impl.h"

#define L0 "/chosen/linux0"
#define L1 "/chosen/linux1@1"
#define K0 L0 "/kernel@48000000"
#define R0 L0 "/ramdisk@4a000000"
#define K1 L1 "/kernel@4c000000"
#define V0 L0 "/vcpu@0"

#define C1            "\0\0\0\1"
#define C2            "\0\0\0\2"
#define DOMAIN        "xen,domain"
#define MODULE(kind)  "multiboot," kind "\0multiboot,module"
#define REG(mid, len) "\0\0\0\0" mid "\0\0\0" /* address */ "\0\0\0\0" len

/* Two VMs with all in order: nothing to report. */
static const struct edit base_tree[] = {
    STRING("/chosen", "bootargs", "whatever"),
    STRING(L1, "compatible", DOMAIN),
    BYTES(L1, "#address-cells", C2),
    BYTES(L1, "#size-cells", C1),
    BYTES(L1, "memory", "\0\0\0\0\0\4\0\0"),
    BYTES(L1, "cpus", C1),
    STRING(K1, "compatible", MODULE("kernel")),
    BYTES(K1, "reg", "\0\0\0\0\x4c\0\0\0\0\x10\0\0"),
    STRING(L0, "compatible", DOMAIN),
    BYTES(L0, "#address-cells", C2),
    BYTES(L0, "#size-cells", C2),
    BYTES(L0, "memory", "\0\0\0\0\0\x8\0\0"),
    BYTES(L0, "cpus", C2),
    BYTES(L0, "vpl011", ""),
    STRING(K0, "compatible", MODULE("kernel")),
    BYTES(K0, "reg", "\0\0\0\0\x48\0\0\0\0\0\0\0\1\0\0\0"),
    STRING(K0, "bootargs", "earlycon console=ttyAMA0 root=/dev/ram0"),
    STRING(R0, "compatible", MODULE("ramdisk")),
    BYTES(R0, "reg", "\0\0\0\0\x4a\0\0\0\0\0\0\0\0\0\x12\x34"),
    STRING(V0, "compatible", "xen,vcpu"),
    BYTES(V0, "id", "\0\0\0\1"),
    STRING(V0, "hard-affinity", "0-1,3"),
};

static const struct board board = {
    .memory = {{HPA(0x40000000), 0x20000000}, {HPA(0x80000000), 0x20000000}},
    .memory_count = 2,
    .reserved = {{HPA(0x50000000), 0x1000}},
    .reserved_count = 1,
};
static const struct board_limits limits = {
    .cpu_count = 4,
    .memory_bytes = GIB(1),
    .board = &board,
    .hypervisor = {HPA(0x40200000), 0x100000},
    .device_tree = {HPA(0x44000000), 0x4000},
};

static void *make_base(void)
{
    return tree_make(base_tree, ARRAY_SIZE(base_tree));
}

static enum err parse(void *fdt, bool files, const struct board_limits *l, struct reports *reports,
                      struct system_config *out)
{
    struct config_sink sink = {reports_add, reports};

    reports->count = 0;
    assert_int_equal(fdt_pack(fdt), 0);
    return vm_config_parse(edge_copy(fdt, fdt_totalsize(fdt)), fdt_totalsize(fdt), files, l, &sink,
                           out);
}

static const struct vm_config *find(const struct system_config *s, const char *name)
{
    for (uint32_t i = 0; i < s->vm_count; i++) {
        if (strcmp(s->vms[i].name, name) == 0)
            return &s->vms[i];
    }
    fail_msg("no VM %s", name);
    return NULL;
}

/* ---- what is right -------------------------------------------------------------------------- */

static void test_good(void **state)
{
    void *fdt = make_base();
    struct reports reports;
    struct system_config s;
    const struct vm_config *vm;

    assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NONE);
    reports_print(&reports);
    assert_int_equal(reports.count, 0);
    assert_int_equal(s.vm_count, 2);
    assert_false(s.batch);

    vm = find(&s, "linux0");
    assert_false(vm->refused);
    assert_string_equal(vm->path, L0);
    assert_int_equal(vm->memory_bytes, MIB(512));
    assert_int_equal(vm->cpu_count, 2);
    assert_int_equal(vm->spi_count, 0);
    assert_int_equal(vm->priority, VM_PRIORITY_DEFAULT);
    assert_true(vm->vpl011);
    assert_false(vm->unmapped_reads_ones);
    assert_string_equal(vm->bootargs, "earlycon console=ttyAMA0 root=/dev/ram0");
    assert_true(vm->kernel.present && vm->ramdisk.present && !vm->device_tree.present);
    assert_int_equal(vm->kernel.base.raw, 0x48000000);
    assert_int_equal(vm->kernel.size_bytes, 0x1000000);
    assert_int_equal(vm->ramdisk.base.raw, 0x4a000000);
    assert_int_equal(vm->ramdisk.size_bytes, 0x1234);
    assert_null(vm->kernel.file);
    assert_true(vm->affinity[0] == ~0ULL);
    assert_true(vm->affinity[1] == 0xb);

    vm = find(&s, "linux1");
    assert_false(vm->refused);
    assert_string_equal(vm->path, L1);
    assert_int_equal(vm->memory_bytes, MIB(256));
    assert_int_equal(vm->cpu_count, 1);
    assert_false(vm->vpl011);
    assert_null(vm->bootargs);
    assert_int_equal(vm->kernel.base.raw, 0x4c000000);
    assert_int_equal(vm->kernel.size_bytes, 0x100000);
    free(fdt);
}

static void test_options(void **state)
{
    static const struct edit edits[] = {
        STRING("/chosen", "trapeze,console", "batch"),
        STRING(L0, "trapeze,name", "First-VM_0.1+"),
        BYTES(L0, "trapeze,priority", "\0\0\0\x1f"),
        BYTES(L0, "nr_spis", "\0\0\0\x40"),
        STRING(L0, "trapeze,virtualise", "emulate"),
        STRING(L0, "trapeze,start-mode", "machine"),
        STRING(L0 "/disk@4b000000", "compatible", "trapeze,disk\0multiboot,module"),
        BYTES(L0 "/disk@4b000000", "reg", "\0\0\0\0\x4b\0\0\0\0\0\0\0\0\0\4\0"),
        BYTES(L0, "trap-unmapped-accesses", "\0\0\0\0"),
        STRING(L0, "passthrough", "disabled"),
        STRING(L0, "xen,enhanced", "disabled"),
        STRING(L0, "xen,sci_type", "none"),
        BYTES(L0, "capabilities", "\0\0\0\0"),
        BYTES(L0, "sve", "\0\0\0\0"),
        STRING(L0, "status", "okay"),
        STRING(K0, "trapeze,file", "Image"),
        BYTES(K0, "trapeze,load-address", "\0\0\0\2\x40\0\x10\0"),
        BYTES(K0, "trapeze,fdt-address", "\0\0\0\0\0\0\0\0"),
        BYTES(L1, "trapeze,vns16550", ""),
        BYTES(L0, "trapeze,user-mode", ""),
        BYTES(L1, "trapeze,sbi-legacy", ""),
        BYTES(L1, "trap-unmapped-accesses", C1),
        STRING("/chosen/off", "compatible", DOMAIN),
        STRING("/chosen/off", "status", "disabled"),
    };
    void *fdt = make_base();
    struct reports reports;
    struct system_config s;
    const struct vm_config *vm;

    tree_apply(fdt, edits, ARRAY_SIZE(edits));
    assert_int_equal(parse(fdt, false, NULL, &reports, &s), ERR_NONE);
    reports_print(&reports);
    assert_int_equal(reports.count, 0);
    assert_int_equal(s.vm_count, 2);
    assert_true(s.batch);
    vm = find(&s, "First-VM_0.1+");
    assert_int_equal(vm->priority, VM_PRIORITY_MAX);
    assert_int_equal(vm->spi_count, 64);
    assert_true(vm->emulate);
    assert_true(vm->start_machine);
    assert_true(vm->disk.present && vm->disk.base.raw == 0x4b000000 && vm->disk.size_bytes == 1024);
    assert_true(vm->unmapped_reads_ones);
    assert_true(vm->user_mode);
    assert_string_equal(vm->kernel.file, "Image");
    assert_true(vm->has_load_address && vm->load_address.raw == 0x240001000);
    assert_true(vm->has_fdt_address && vm->fdt_address.raw == 0);
    vm = find(&s, "linux1");
    assert_true(vm->vpl011);
    assert_true(vm->sbi_legacy);
    assert_false(vm->unmapped_reads_ones || vm->has_load_address || vm->has_fdt_address);
    free(fdt);
}

/* At pack time a file stands for a place; without, the reader says to pack. */
static void test_files(void **state)
{
    static const struct edit edits[] = {
        GONE(K0, "reg"),
        STRING(K0, "trapeze,file", "build/Image"),
        GONE(R0, "reg"),
        STRING(R0, "trapeze,file", "initrd"),
    };
    void *fdt = make_base();
    struct reports reports;
    struct system_config s;

    tree_apply(fdt, edits, ARRAY_SIZE(edits));
    assert_int_equal(parse(fdt, true, &limits, &reports, &s), ERR_NONE);
    assert_int_equal(reports.count, 0);
    assert_string_equal(find(&s, "linux0")->kernel.file, "build/Image");
    assert_int_equal(find(&s, "linux0")->kernel.size_bytes, 0);

    assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NONE);
    assert_true(reports_have(&reports, CONFIG_ERROR, K0, "reg", "trapeze pack"));
    assert_true(find(&s, "linux0")->refused);

    assert_int_equal(fdt_delprop(fdt, fdt_path_offset(fdt, K0), "trapeze,file"), 0);
    assert_int_equal(parse(fdt, true, &limits, &reports, &s), ERR_NONE);
    assert_true(reports_have(&reports, CONFIG_ERROR, K0, "reg", "neither a place in memory nor"));
    free(fdt);
}

/* One blob for two VMs is fine. */
static void test_shared_module(void **state)
{
    static const struct edit edits[] = {
        BYTES(K1, "reg", "\0\0\0\0\x48\0\0\0\1\0\0\0"),
    };
    void *fdt = make_base();
    struct reports reports;
    struct system_config s;

    tree_apply(fdt, edits, ARRAY_SIZE(edits));
    assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NONE);
    assert_int_equal(reports.count, 0);
    free(fdt);
}

/* ---- what is wrong: one line a message ------------------------------------------------------ */

#define E CONFIG_ERROR
#define W CONFIG_WARNING

static const struct {
    struct edit edits[4];
    enum config_severity severity;
    const char *path, *property, *text;
} cases[] = {
    /* memory */
    {{GONE(L0, "memory")}, E, L0, "memory", "has no memory. Write its size in KiB"},
    {{BYTES(L0, "memory", "\0\0\0\0\0\0\0\0")}, E, L0, "memory", "is zero. Write its size"},
    {{BYTES(L0, "memory", "\0\0\0\0")}, E, L0, "memory", "is zero"},
    {{BYTES(L0, "memory", "\0\x8\0\0")}, W, L0, "memory", "Write memory = <0x0 0x80000>;"},
    {{BYTES(L0, "memory", "\0\0\0\0\0\x8")},
     E,
     L0,
     "memory",
     "6 bytes where two cells (8 bytes) belong. Write memory = <0x0 0x80000>;"},
    {{BYTES(L0, "memory", "")}, E, L0, "memory", "0 bytes where two cells"},
    {{BYTES(L0, "memory", "\0\0\0\0\0\0\0\5")},
     E,
     L0,
     "memory",
     "5 KiB is no whole number of pages of 4 KiB. Write memory = <0x0 0x8>;"},
    {{BYTES(L0, "memory", "\xff\xff\xff\xff\xff\xff\xff\xff")}, E, L0, "memory", "can be"},
    {{BYTES(L0, "memory", "\0\0\0\0\0\x10\0\4")},
     E,
     L0,
     "memory",
     "1048580 KiB are more than the machine has, which is 1048576 KiB"},
    {{BYTES(L1, "memory", "\0\0\0\0\0\xc\0\0")},
     E,
     L1,
     "memory",
     "786432 KiB are more than the VMs before leave of the machine's memory, which is 524288"},
    /* CPUs */
    {{GONE(L0, "cpus")}, E, L0, "cpus", "has no CPUs. Write how many"},
    {{BYTES(L0, "cpus", "\0\0\0\0")}, E, L0, "cpus", "zero CPUs. Write at least"},
    {{BYTES(L0, "cpus", "\0\0\0\x9")}, E, L0, "cpus", "9 virtual CPUs are too many. Write at most"},
    {{BYTES(L0, "cpus", "\0\0\0\5")}, W, L0, "cpus", "the machine 4 real ones"},
    {{BYTES(L0, "cpus", "\0\0")}, E, L0, "cpus", "2 bytes where one cell (4 bytes) belong. Write"},
    /* options */
    {{BYTES(L0, "vpl011", C1)}, W, L0, "vpl011", "takes no value"},
    {{BYTES(L0, "trapeze,priority", "\0\0\0\x20")},
     E,
     L0,
     "trapeze,priority",
     "32 is no priority. Write a number from 0 (lowest) to 31"},
    {{STRING(L0, "trapeze,virtualise", "fast")},
     E,
     L0,
     "trapeze,virtualise",
     "\"fast\" is no way to run a guest. Write \"emulate\""},
    {{STRING(L0, "trapeze,start-mode", "user")},
     E,
     L0,
     "trapeze,start-mode",
     "\"user\" is no mode that a kernel can start in. Write \"supervisor\""},
    {{STRING(L0, "trapeze,start-mode", "machine"), BYTES(L0, "trapeze,sbi-legacy", "")},
     E,
     L0,
     "trapeze,sbi-legacy",
     "A VM that starts in machine mode has no firmware"},
    {{STRING(R0, "compatible", "trapeze,disk\0multiboot,module"),
      BYTES(R0, "reg", REG("\x4a", "\0\0\1\xff"))},
     E,
     R0,
     "reg",
     "at least one sector of 512 bytes"},
    {{BYTES(L0, "nr_spis", "\0\0\3\xdd")}, E, L0, "nr_spis", "989 shared interrupts are more"},
    {{BYTES(L0, "trap-unmapped-accesses", C2)}, E, L0, "trap-unmapped-accesses", "2 is neither 1"},
    {{STRING("/chosen", "trapeze,console", "loud")},
     E,
     "/chosen",
     "trapeze,console",
     "\"loud\" is no kind of console. Write \"batch\""},
    /* names */
    {{STRING(L1, "trapeze,name", "linux0")}, E, L1, "trapeze,name", L0 " is called linux0 as well"},
    {{STRING(L0, "trapeze,name", "linux1")}, E, L1, "", L0 " is called linux1 as well"},
    {{STRING(L0, "trapeze,name", "")}, E, L0, "trapeze,name", "name is empty"},
    {{STRING(L0, "trapeze,name", "a b")}, E, L0, "trapeze,name", "other signs than letters"},
    {{BYTES(L0, "trapeze,name", "abc")}, E, L0, "trapeze,name", "not one string that ends"},
    {{STRING(L0, "trapeze,name", "a\0b")}, E, L0, "trapeze,name", "not one string that ends"},
    {{BYTES(L0, "trapeze,name", "")}, E, L0, "trapeze,name", "0 bytes where one string belongs"},
    {{STRING(L0, "trapeze,name", "0123456789012345678901234567890x")},
     E,
     L0,
     "trapeze,name",
     "32 letters. Write trapeze,name with at most 31"},
    {{STRING("/chosen/a,b", "compatible", DOMAIN)}, E, "/chosen/a,b", "", "other signs"},
    /* unknown and misplaced */
    {{BYTES(L0, "trapeze,priorty", C1)},
     E,
     L0,
     "trapeze,priorty",
     "knows no such property. Did you mean trapeze,priority?"},
    {{BYTES(L0, "trapeze,memory", C1)}, E, L0, "trapeze,memory", "Did you mean memory?"},
    {{BYTES(L0, "trapeze,wonderful", C1)}, E, L0, "trapeze,wonderful", "Leave it out"},
    {{BYTES("/chosen", "trapeze,consol", C1)}, E, "/chosen", "trapeze,consol", "trapeze,console?"},
    {{STRING(L0, "trapeze,file", "x")}, E, L0, "trapeze,file", "Write it in the node of a module"},
    {{BYTES("/chosen", "trapeze,priority", C1)},
     E,
     "/chosen",
     "trapeze,priority",
     "Write it in the node of a VM"},
    {{STRING(L0, "hard-affinity", "0")}, W, L0, "hard-affinity", "Write it in a node with compat"},
    {{STRING(L0, "trapeze,console", "batch")}, E, L0, "trapeze,console", "Write it in /chosen"},
    {{STRING(L0, "bootargs", "x")},
     W,
     L0,
     "bootargs",
     "no meaning here. Write it in the node of a"},
    {{BYTES(L0, "vlp011", "")}, W, L0, "vlp011", "ignored. Did you mean vpl011?"},
    {{BYTES(L0, "vpl0l1", "")}, W, L0, "vpl0l1", "Did you mean vpl011?"},
    {{BYTES(L0, "cpu", C1)}, W, L0, "cpu", "Did you mean cpus?"},
    {{BYTES(L0, "xen,static-men", C1)}, W, L0, "xen,static-men", "Did you mean xen,static-mem?"},
    {{BYTES(L0, "colour", C1)}, W, L0, "colour", "unknown and ignored. Leave it out"},
    {{BYTES(L0, "a-name-longer-than-all-the-names-that-there-are", C1)},
     W,
     L0,
     "a-name-longer-than-all-the-names-that-there-are",
     "unknown and ignored. Leave it out"},
    {{BYTES(V0, "affinity", C1)}, W, V0, "affinity", "unknown and ignored"},
    /* Xen's that are not supported: refused */
    {{BYTES(L0, "xen,static-mem", C1)}, E, L0, "xen,static-mem", "chooses the host memory"},
    {{BYTES(L0, "direct-map", "")}, E, L0, "direct-map", "equal to host addresses"},
    {{STRING(L0, "passthrough", "enabled")},
     E,
     L0,
     "passthrough",
     "Write passthrough = \"disabled"},
    {{BYTES(L0, "passthrough", "")}, E, L0, "passthrough", "Devices cannot be assigned"},
    {{BYTES(L0, "domain-cpupool", C1)}, E, L0, "domain-cpupool", "hard-affinity instead"},
    {{STRING(L0, "llc-colors", "0-3")}, E, L0, "llc-colors", "share the last-level cache"},
    {{STRING(L0, "xen,sci_type", "scmi_smc")}, E, L0, "xen,sci_type", "not forwarded"},
    {{BYTES(L0, "capabilities", C1)}, E, L0, "capabilities", "no control"},
    {{BYTES(L0, "xen,shared-mem", C1)}, E, L0, "xen,shared-mem", "not supported"},
    {{STRING(L0 "/evt", "compatible", "xen,evtchn-v1")}, E, L0 "/evt", "compatible", "event chan"},
    {{STRING(L0 "/shm", "compatible", "xen,domain-shared-memory-v1")},
     E,
     L0 "/shm",
     "compatible",
     "shared between VMs is not supported"},
    {{STRING(L0 "/dt", "compatible", MODULE("device-tree")),
      BYTES(L0 "/dt", "reg", "\0\0\0\0\x51\0\0\0\0\0\0\0\0\0\1\0")},
     E,
     L0 "/dt",
     "compatible",
     "A partial device tree"},
    /* Xen's that can be done without: warned of */
    {{BYTES(L0, "xen,enhanced", "")}, W, L0, "xen,enhanced", "paravirtual interfaces"},
    {{STRING(L0, "xen,enhanced", "enabled")}, W, L0, "xen,enhanced", "paravirtual interfaces"},
    {{BYTES(L0, "xen,domain-p2m-mem-mb", C1)},
     W,
     L0,
     "xen,domain-p2m-mem-mb",
     "page tables itself"},
    {{BYTES(L0, "max_grant_version", C1)}, W, L0, "max_grant_version", "no grant tables"},
    {{BYTES(L0, "max_grant_frames", C1)}, W, L0, "max_grant_frames", "no grant tables"},
    {{BYTES(L0, "max_maptrack_frames", C1)}, W, L0, "max_maptrack_frames", "no grant tables"},
    {{BYTES(L0, "sve", "")}, W, L0, "sve", "SVE is not given"},
    {{STRING(L0, "v8r_el1_msa", "mpu")}, W, L0, "v8r_el1_msa", "Armv8-R only"},
    {{STRING("/chosen/pool", "compatible", "xen,cpupool")},
     W,
     "/chosen/pool",
     "compatible",
     "CPU pools are not supported"},
    {{STRING("/chosen/module@1", "compatible", MODULE("kernel"))},
     W,
     "/chosen/module@1",
     "compatible",
     "belongs to no VM"},
    {{STRING(K0, "xen,uefi-binary", "Image")}, W, K0, "xen,uefi-binary", "no files by UEFI"},
    {{STRING("/stray", "compatible", DOMAIN)}, W, "/stray", "compatible", "not a child of /chosen"},
    /* modules */
    {{NO_NODE(K0)}, E, L0, "", "has no kernel. Add a node"},
    {{STRING(K0, "status", "disabled")}, E, L0, "", "has no kernel. Add a node"},
    {{GONE(K0, "reg")}, E, K0, "reg", "no place in memory. Write reg"},
    {{BYTES(K0, "reg", "\0\0\0\0\x48\0\0\0\0\0\0\0")},
     E,
     K0,
     "reg",
     "12 bytes where 16 belong, by #address-cells = <2> and #size-cells = <2>"},
    {{BYTES(K0, "reg", "")}, E, K0, "reg", "0 bytes where 16 belong"},
    {{BYTES(K0, "reg", "\0\0\0\0\x48\0\0\0\0\0\0\0\0\0\0\0")}, E, K0, "reg", "size is zero. Write"},
    {{BYTES(K0, "reg", "\xff\xff\xff\xff\xff\xff\xff\xf0\0\0\0\0\0\0\0\x11")},
     E,
     K0,
     "reg",
     "ends beyond the last address"},
    {{BYTES(L0, "#address-cells", "\0\0\0\0")}, E, K0, "reg", "#address-cells = <0> and"},
    {{BYTES(L0, "#size-cells", "\0\0\0\3")}, E, K0, "reg", "Write <1> or <2> for each"},
    {{BYTES(L0, "#address-cells", "\xff\xff\xff\xff"), BYTES(L0, "#size-cells", "\0\0\0\1")},
     E,
     K0,
     "reg",
     "Write <1> or <2> for each"},
    {{BYTES(L0, "#size-cells", "\0\0")}, E, L0, "#size-cells", "2 bytes where one cell"},
    {{GONE(L0, "#size-cells")}, E, K0, "reg", "16 bytes where 12 belong"},
    {{BYTES(R0, "reg", "\0\0\0\0\x48\0\0\0\0\0\0\0\0\0\x10\0")},
     E,
     R0,
     "reg",
     "overlaps " K0 " at 0x48000000 of 0x1000000 bytes"},
    {{BYTES(R0, "reg", "\0\0\0\0\x4c\0\0\0\0\0\0\0\0\0\x10\0")}, E, K1, "reg", "overlaps " R0},
    {{BYTES(R0, "reg", "\0\0\0\0\x3f\xff\xff\xff\0\0\0\0\0\0\0\2")},
     E,
     R0,
     "reg",
     "at 0x3fffffff of 0x2 bytes is not in the machine's memory, which begins at 0x40000000 and "
     "ends before 0xa0000000, with holes. Load it there"},
    {{BYTES(R0, "reg", "\0\0\0\0\x9f\xff\xff\xff\0\0\0\0\0\0\0\2")},
     E,
     R0,
     "reg",
     "is not in the machine's memory"},
    {{BYTES(R0, "reg", "\0\0\0\0\x50\0\xf\xff\0\0\0\0\0\0\0\2")},
     E,
     R0,
     "reg",
     "overlaps what is reserved at 0x50000000 of 0x1000 bytes. Load it elsewhere"},
    {{BYTES(R0, "reg", "\0\0\0\0\x40\x1f\xff\xff\0\0\0\0\0\0\0\2")},
     E,
     R0,
     "reg",
     "overlaps the hypervisor at 0x40200000 of 0x100000 bytes"},
    {{BYTES(R0, "reg", "\0\0\0\0\x44\0\x3f\xff\0\0\0\0\0\0\0\1")},
     E,
     R0,
     "reg",
     "overlaps the device tree at 0x44000000 of 0x4000 bytes"},
    {{STRING(R0, "compatible", "multiboot,module")}, E, R0, "compatible", "what the module is"},
    {{STRING(R0, "compatible", MODULE("kernel"))}, E, K0, "compatible", "a second module of the"},
    {{STRING(R0, "compatible", "multiboot,ramdisk\0multiboot,kernel")},
     E,
     R0,
     "compatible",
     "is both multiboot,kernel and multiboot,ramdisk"},
    {{STRING(R0, "bootargs", "quiet")}, W, R0, "bootargs", "Only a kernel has this"},
    {{BYTES(R0, "trapeze,fdt-address", "\0\0\0\0\0\0\0\0")},
     W,
     R0,
     "trapeze,fdt-address",
     "Only a kernel has this; it is ignored"},
    {{BYTES(K0, "trapeze,load-address", "\0\0\0\0\0\0\x10\x08")},
     E,
     K0,
     "trapeze,load-address",
     "0x1008 is no multiple of 0x1000. Write one that is."},
    {{BYTES(K0, "trapeze,fdt-address", "\0\0\0\0\0\0\0\4")},
     E,
     K0,
     "trapeze,fdt-address",
     "0x4 is no multiple of 0x8"},
    {{BYTES(K0, "trapeze,load-address", "\x40\0\0\0")},
     W,
     K0,
     "trapeze,load-address",
     "Write trapeze,load-address = <0x0 0x40000000>;"},
    {{STRING(K0, "trapeze,file", "")}, E, K0, "trapeze,file", "file's name is empty"},
    {{STRING(L0 "/thing", "compatible", "acme,thing")},
     W,
     L0 "/thing",
     "compatible",
     "neither a module nor a vCPU"},
    {{STRING(K0, "bootargs", "quiet")}, W, K0, "bootargs", "Add console=ttyAMA0"},
    {{STRING("/chosen", "trapeze,arch", "riscv64"), STRING(K0, "bootargs", "quiet")},
     W,
     K0,
     "bootargs",
     "Add console=ttyS0."},
    {{STRING(K0, "bootargs", "xconsole=ttyAMA0 ")}, W, K0, "bootargs", "no console="},
    {{GONE(L0, "vpl011")}, W, K0, "bootargs", "the VM has no UART. Write vpl011;"},
    {{BYTES(K0, "bootargs", "x")}, E, K0, "bootargs", "not one string that ends"},
    /* vCPUs */
    {{GONE(V0, "id")}, E, V0, "id", "does not say which virtual CPU"},
    {{BYTES(V0, "id", C2)}, E, V0, "id", "no virtual CPU 2. Write a number from 0 to 1"},
    {{STRING(L0 "/vcpu@9", "compatible", "xen,vcpu"), BYTES(L0 "/vcpu@9", "id", C1)},
     E,
     V0,
     "id",
     "a second node for virtual CPU 1"},
    {{STRING(V0, "hard-affinity", "")}, E, V0, "hard-affinity", "\"\" is no list of CPUs. Write"},
    {{STRING(V0, "hard-affinity", "3-1")}, E, V0, "hard-affinity", "is no list of CPUs"},
    {{STRING(V0, "hard-affinity", "0-")}, E, V0, "hard-affinity", "is no list of CPUs"},
    {{STRING(V0, "hard-affinity", "1,")}, E, V0, "hard-affinity", "is no list of CPUs"},
    {{STRING(V0, "hard-affinity", "1 2")}, E, V0, "hard-affinity", "is no list of CPUs"},
    {{STRING(V0, "hard-affinity", "64")}, E, V0, "hard-affinity", "is no list of CPUs"},
    {{STRING(V0, "hard-affinity", "99999999999")}, E, V0, "hard-affinity", "is no list of CPUs"},
    {{STRING(V0, "hard-affinity", "4-7,63")}, E, V0, "hard-affinity", "None of the CPUs"},
    {{STRING(V0, "hard-affinity", "3-4")}, W, V0, "hard-affinity", "Some of the CPUs"},
};

static void test_messages(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        void *fdt = make_base();
        struct reports reports;
        struct system_config s;
        bool refused = false;

        tree_apply(fdt, cases[i].edits, ARRAY_SIZE(cases[i].edits));
        assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NONE);
        if (!reports_have(&reports, cases[i].severity, cases[i].path, cases[i].property,
                          cases[i].text)) {
            reports_print(&reports);
            fail_msg("case %zu: %s %s: %s", i, cases[i].path, cases[i].property, cases[i].text);
        }
        /* A sentence that ends, with what to write: at least two, and none cut off. */
        for (uint32_t k = 0; k < reports.count; k++) {
            const char *text = reports.all[k].text;

            assert_non_null(strchr(text, '.'));
            assert_non_null(strchr(".;?\")", text[strlen(text) - 1]));
        }
        /* An error refuses its VM and no other; a warning none. Errors of /chosen belong to none.
         */
        for (uint32_t k = 0; k < s.vm_count; k++) {
            const char *path = s.vms[k].path;
            bool named = cases[i].severity == E && strncmp(cases[i].path, path, strlen(path)) == 0;

            if (s.vms[k].refused != named)
                fail_msg("case %zu: %s refused: %d", i, path, s.vms[k].refused);
            refused |= named;
        }
        assert_true(refused == (cases[i].severity == E && strcmp(cases[i].path, "/chosen") != 0));
        free(fdt);
    }
}

/* All problems at once, and the good VM stays good. */
static void test_many_errors(void **state)
{
    static const struct edit edits[] = {
        GONE(L0, "memory"),
        GONE(L0, "cpus"),
        BYTES(L0, "trapeze,priority", "\0\0\1\0"),
        NO_NODE(K0),
    };
    void *fdt = make_base();
    struct reports reports;
    struct system_config s;

    tree_apply(fdt, edits, ARRAY_SIZE(edits));
    assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NONE);
    assert_int_equal(reports.count, 4);
    assert_true(find(&s, "linux0")->refused);
    assert_false(find(&s, "linux1")->refused);
    free(fdt);
}

/* A refused VM's memory is free for the others. */
static void test_refused_takes_nothing(void **state)
{
    static const struct edit edits[] = {
        BYTES(L1, "memory", "\0\0\0\0\0\x10\0\0"),
        GONE(L0, "cpus"),
    };
    void *fdt = make_base();
    struct reports reports;
    struct system_config s;

    tree_apply(fdt, edits, ARRAY_SIZE(edits));
    assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NONE);
    assert_false(find(&s, "linux1")->refused);
    free(fdt);
}

/* What a refused VM would have taken does not keep another from starting. */
static void test_refused_is_no_obstacle(void **state)
{
    static const struct edit edits[] = {
        GONE(L0, "cpus"),
        STRING(L1, "trapeze,name", "linux0"),
        BYTES(K1, "reg", "\0\0\0\0\x48\0\0\0\0\x10\0\0"),
    };
    void *fdt = make_base();
    struct reports reports;
    struct system_config s;

    tree_apply(fdt, edits, ARRAY_SIZE(edits));
    assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NONE);
    assert_int_equal(reports.count, 3);
    assert_true(reports_have(&reports, W, L1, "trapeze,name", "is called linux0 as well"));
    assert_true(reports_have(&reports, W, K1, "reg", "overlaps " K0));
    assert_string_equal(s.vms[0].path, L0);
    assert_true(s.vms[0].refused);
    assert_false(s.vms[1].refused);
    free(fdt);
}

/* At the very edges of what is there, and beside what is taken. */
static void test_places(void **state)
{
    static const char *const places[] = {
        "\0\0\0\0\x40\0\0\0\0\0\0\0\0\x20\0\0",      /* up to the hypervisor */
        "\0\0\0\0\x40\x30\0\0\0\0\0\0\3\xd0\0\0",    /* from there to the device tree */
        "\0\0\0\0\x4f\xff\xff\xff\0\0\0\0\0\0\0\1",  /* up to what is reserved */
        "\0\0\0\0\x50\0\x10\0\0\0\0\0\xf\xff\xf0\0", /* from there to the hole */
        "\0\0\0\0\x9f\xff\xff\xff\0\0\0\0\0\0\0\1",  /* the last byte */
    };

    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        const struct edit edit = {R0, "reg", places[i], 16};
        void *fdt = make_base();
        struct reports reports;
        struct system_config s;

        tree_edit(fdt, &edit);
        assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NONE);
        reports_print(&reports);
        assert_int_equal(reports.count, 0);
        free(fdt);
    }
}

/* No board at hand: nothing is too much. */
static void test_no_limits(void **state)
{
    static const struct board_limits none = {0};
    static const struct edit edits[] = {
        BYTES(L0, "memory", "\0\0\1\0\0\0\0\0"),
        BYTES(L0, "cpus", "\0\0\0\x8"),
        STRING(V0, "hard-affinity", "63"),
    };
    void *fdt = make_base();
    struct reports reports;
    struct system_config s;

    tree_apply(fdt, edits, ARRAY_SIZE(edits));
    assert_int_equal(parse(fdt, false, NULL, &reports, &s), ERR_NONE);
    assert_int_equal(reports.count, 0);
    assert_int_equal(parse(fdt, false, &none, &reports, &s), ERR_NONE);
    assert_int_equal(reports.count, 0);
    assert_true(find(&s, "linux0")->affinity[1] == 1ULL << 63);
    free(fdt);
}

/* As in Xen, the cell counts of the nodes above count where the VM's node has none. */
static void test_inherited_cells(void **state)
{
    static const struct edit edits[] = {
        GONE(L0, "#address-cells"),
        GONE(L0, "#size-cells"),
        BYTES("/chosen", "#address-cells", C1),
        BYTES("/chosen", "#size-cells", C1),
        BYTES(K0, "reg", "\x48\0\0\0\1\0\0\0"),
        BYTES(R0, "reg", "\x4a\0\0\0\0\0\0\1"),
    };
    void *fdt = make_base();
    struct reports reports;
    struct system_config s;

    tree_apply(fdt, edits, ARRAY_SIZE(edits));
    assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NONE);
    assert_int_equal(reports.count, 0);
    assert_int_equal(find(&s, "linux0")->kernel.base.raw, 0x48000000);
    assert_int_equal(find(&s, "linux0")->ramdisk.size_bytes, 1);
    free(fdt);
}

static void test_too_many(void **state)
{
    void *fdt = make_base();
    struct reports reports;
    struct system_config s;

    for (int i = 0; i < VM_COUNT_MAX; i++) {
        char path[32];
        struct edit edit = {path, "compatible", DOMAIN, sizeof(DOMAIN)};

        snprintf(path, sizeof(path), "/chosen/more%d", i);
        tree_edit(fdt, &edit);
    }
    assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NONE);
    assert_int_equal(s.vm_count, VM_COUNT_MAX);
    assert_true(reports_have(&reports, E, L0, "", "more than 16 VMs") ||
                reports_have(&reports, E, L1, "", "more than 16 VMs"));
    free(fdt);
}

static void test_no_vms(void **state)
{
    void *fdt = tree_make(NULL, 0);
    struct reports reports;
    struct system_config s;

    assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NOT_FOUND);
    assert_true(reports_have(&reports, E, "/chosen", "", "No VM is described"));
    free(fdt);
}

/* As QEMU's guest-loader leaves it: no VM, no cell counts but the root's. */
static const struct edit loose_tree[] = {
    BYTES("/", "#address-cells", C2),
    BYTES("/", "#size-cells", C2),
    STRING("/chosen/module@0x48000000", "compatible", "multiboot,module\0multiboot,kernel"),
    BYTES("/chosen/module@0x48000000", "reg", "\0\0\0\0\x48\0\0\0\0\0\0\0\1\0\0\0"),
    STRING("/chosen/module@0x48000000", "bootargs", "console=ttyAMA0"),
    STRING("/chosen/module@0x4a000000", "compatible", "multiboot,module\0multiboot,ramdisk"),
    BYTES("/chosen/module@0x4a000000", "reg", "\0\0\0\0\x4a\0\0\0\0\0\0\0\0\0\x12\x34"),
};

static void test_loose_modules(void **state)
{
    void *fdt = tree_make(loose_tree, ARRAY_SIZE(loose_tree));
    struct board_limits many = {.cpu_count = 32, .memory_bytes = MIB(1023)};
    struct reports reports;
    struct system_config s;
    const struct vm_config *vm = &s.vms[0];

    assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NONE);
    assert_int_equal(reports.count, 1);
    assert_true(reports_have(&reports, W, "/chosen", "", "called guest, with 4 CPUs, 512 MiB"));
    assert_int_equal(s.vm_count, 1);
    assert_false(vm->refused);
    assert_string_equal(vm->name, "guest");
    assert_string_equal(vm->path, "/chosen");
    assert_int_equal(vm->memory_bytes, MIB(512));
    assert_true(vm->vpl011 && vm->priority == VM_PRIORITY_DEFAULT && vm->affinity[7] == ~0ULL);
    assert_int_equal(vm->kernel.base.raw, 0x48000000);
    assert_int_equal(vm->ramdisk.size_bytes, 0x1234);
    assert_string_equal(vm->bootargs, "console=ttyAMA0");

    assert_int_equal(parse(fdt, false, &many, &reports, &s), ERR_NONE);
    assert_int_equal(vm->cpu_count, VM_VCPU_MAX);
    assert_int_equal(vm->memory_bytes, MIB(510));
    assert_int_equal(parse(fdt, false, NULL, &reports, &s), ERR_NONE);
    assert_int_equal(vm->cpu_count, 1);
    assert_int_equal(vm->memory_bytes, MIB(512));
    free(fdt);
}

static void test_loose_modules_wrong(void **state)
{
    static const struct edit no_kernel = NO_NODE("/chosen/module@0x48000000");
    static const struct edit overlap =
        BYTES("/chosen/module@0x4a000000", "reg", "\0\0\0\0\x48\0\0\0\0\0\0\0\0\0\x12\x34");
    void *fdt = tree_make(loose_tree, ARRAY_SIZE(loose_tree));
    struct reports reports;
    struct system_config s;

    tree_edit(fdt, &overlap);
    assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NONE);
    assert_true(reports_have(&reports, E, "/chosen/module@0x4a000000", "reg", "overlaps"));
    assert_true(s.vms[0].refused);
    tree_edit(fdt, &no_kernel);
    assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NONE);
    assert_true(reports_have(&reports, E, "/chosen", "", "has no kernel"));
    assert_true(s.vms[0].refused);
    free(fdt);
}

static void test_long_path(void **state)
{
    char path[260] = "/chosen/";
    struct edit edit = {path, "compatible", DOMAIN, sizeof(DOMAIN)};
    void *fdt = make_base();
    struct reports reports;
    struct system_config s;

    memset(path + 8, 'x', 240);
    path[248] = 0;
    tree_edit(fdt, &edit);
    assert_int_equal(parse(fdt, false, &limits, &reports, &s), ERR_NONE);
    assert_int_equal(s.vm_count, 3);
    assert_memory_equal(reports.all[0].path, ".../xxx", 7);
    free(fdt);
}

/* ---- blobs that are no trees ---------------------------------------------------------------- */

static void expect_refused(const void *blob, size_t size, const char *text)
{
    struct reports reports = {0};
    struct config_sink sink = {reports_add, &reports};
    struct system_config s;

    assert_int_equal(vm_config_parse(blob, size, false, &limits, &sink, &s), ERR_INVALID);
    assert_int_equal(reports.count, 1);
    assert_true(reports_have(&reports, E, "/", "", text));
    assert_int_equal(s.vm_count, 0);
}

static void test_truncated(void **state)
{
    void *fdt = make_base();
    uint32_t size;

    assert_int_equal(fdt_pack(fdt), 0);
    size = fdt_totalsize(fdt);
    for (uint32_t n = 0; n < size; n++) {
        void *blob = edge_copy(fdt, n);

        expect_refused(blob, n, n < sizeof(struct fdt_header) ? "too short" : "cut off");
        if (n >= sizeof(struct fdt_header)) {
            /* The header says so too: then something inside does not fit. */
            fdt_set_totalsize(blob, n);
            expect_refused(blob, n, "damaged");
        }
    }
    free(fdt);
}

static void test_damaged(void **state)
{
    void *fdt = make_base();
    uint32_t size = fdt_totalsize(fdt);
    uint8_t *blob = edge_copy(fdt, size);

    expect_refused(blob + 4, size - 4, "multiple of 8");
    blob[0] = 0;
    expect_refused(blob, size, "no device tree");
    blob = edge_copy(fdt, size);
    fdt_set_version(blob, 16);
    expect_refused(blob, size, "not of version 17");
    blob = edge_copy(fdt, size);
    fdt_set_last_comp_version(blob, 18);
    expect_refused(blob, size, "not of version 17");
    blob = edge_copy(fdt, size);
    fdt_set_off_dt_struct(blob, size - 4);
    expect_refused(blob, size, "damaged");
    free(fdt);
}

static void test_deep(void **state)
{
    void *fdt = tree_make(NULL, 0);
    int node = 0;

    for (int i = 0; i < DTB_DEPTH_MAX; i++)
        node = fdt_add_subnode(fdt, node, "n");
    {
        const char *why;

        assert_int_equal(dtb_check(fdt, TREE_MAX, &why), ERR_NONE);
    }
    fdt_add_subnode(fdt, node, "n");
    expect_refused(fdt, TREE_MAX, "32 levels deep");
    free(fdt);
}

/* Bytes changed at random: whatever comes out, nothing outside is read and nothing crashes. */
static void test_mutations(void **state)
{
    uint8_t *fdt = make_base();
    uint32_t seed = 0x7a9e2e;
    uint32_t accepted = 0;
    uint32_t size;

    assert_int_equal(fdt_pack(fdt), 0);
    size = fdt_totalsize(fdt);
    for (int round = 0; round < 20000; round++) {
        uint8_t *blob = edge_copy(fdt, size);
        struct reports reports = {0};
        struct config_sink sink = {reports_add, &reports};
        struct system_config s;

        for (uint32_t n = chance(&seed) % 4 + 1; n > 0; n--)
            blob[chance(&seed) % size] = (uint8_t)chance(&seed);
        accepted += vm_config_parse(blob, size, round & 1, &limits, &sink, &s) == ERR_NONE;
    }
    assert_true(accepted > 1000); /* else nothing but the check was tried */
    free(fdt);
}

/* ---- values --------------------------------------------------------------------------------- */

static void test_cpu_list(void **state)
{
    uint64_t cpus = 0;

    assert_true(config_cpu_list("0", &cpus) && cpus == 1);
    assert_true(config_cpu_list("0-63", &cpus) && cpus == ~0ULL);
    assert_true(config_cpu_list("3-3,1,8-9", &cpus) && cpus == 0x30a);
    assert_false(config_cpu_list("a", &cpus));
    assert_false(config_cpu_list("-1", &cpus));
    assert_false(config_cpu_list("1,,2", &cpus));
}

static void test_words(void **state)
{
    assert_true(config_has_word("console=ttyS0", "console="));
    assert_true(config_has_word("a  console=ttyS0 b", "console="));
    assert_false(config_has_word("", "console="));
    assert_false(config_has_word("earlyconsole=x", "console="));
    assert_false(config_has_word("a console", "console="));
}

/* ---- the list of messages: last, when all were seen ------------------------------------------ */

static void test_table(void **state)
{
    static const char *const headings[] = {"Of the tree as a whole", "Errors", "Warnings"};

    messages_check(headings, ARRAY_SIZE(headings), ARRAY_SIZE(headings));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_shared_module),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_many_errors),
        cmocka_unit_test(test_refused_takes_nothing),
        cmocka_unit_test(test_refused_is_no_obstacle),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_no_limits),
        cmocka_unit_test(test_inherited_cells),
        cmocka_unit_test(test_too_many),
        cmocka_unit_test(test_no_vms),
        cmocka_unit_test(test_loose_modules),
        cmocka_unit_test(test_loose_modules_wrong),
        cmocka_unit_test(test_long_path),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_deep),
        cmocka_unit_test(test_mutations),
        cmocka_unit_test(test_cpu_list),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
