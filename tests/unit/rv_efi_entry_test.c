/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The UEFI entry against a firmware that keeps the book: what is asked of it, in which order, what
 * it is told when something is missing, and a memory map that changes under it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

/* The image: what the linker script has. */
#define TEST_FILE_BYTES 3000
__asm__(".globl image_start, file_end, image_end\n"
        ".data\n"
        "image_start: .fill 3000, 1, 0x4d\n"
        "file_end: .fill 1096, 1, 0\n"
        "image_end: .byte 0\n"
        ".text\n");
/* Parts of the hypervisor that run before it: they are pure but for what they call. */
#include "arch/riscv/hw/efi.c"
#include "arch/riscv/hw/efi_files.c"

#define HART       6u
#define CHUNK_MAX  32u
#define MAP_LINES  3u
#define LINE_BYTES 48u

/* ---- the firmware */

static struct {
    bool has_fdt, has_hart, has_volume;
    unsigned chunk_count, chunk_limit, map_calls, stale_keys;
    uint64_t exit_error;
    bool exited;
    char said[1024];
    void *chunks[CHUNK_MAX];
} firmware;
static uint8_t fdt[512] __attribute__((aligned(8))), volume_fdt[512] __attribute__((aligned(8)));
static uint8_t module_place[8192] __attribute__((aligned(4096)));
static char modules_text[256], module_bytes[5000];

static uint64_t say(struct efi_text_output *self, const uint16_t *text)
{
    size_t length = strlen(firmware.said);

    assert_int_equal(firmware.map_calls > 1, false); /* no more when its services are to end */
    for (; *text != 0 && length + 1 < sizeof(firmware.said); text++)
        firmware.said[length++] = (char)*text;
    return EFI_SUCCESS;
}

static uint64_t allocate_pages(uint32_t how, uint32_t type, uint64_t count, uint64_t *address)
{
    assert_false(firmware.exited);
    if (how == EFI_AT_ADDRESS)
        return *address == (uint64_t)module_place && count <= sizeof(module_place) / 4096
                   ? EFI_SUCCESS
                   : EFI_NOT_FOUND;
    assert_int_equal(how, EFI_MAX_ADDRESS);
    assert_int_equal(*address, GIB(256) - 1);
    if (firmware.chunk_count == firmware.chunk_limit)
        return EFI_ERROR(9);
    firmware.chunks[firmware.chunk_count] = aligned_alloc(4096, count * 4096);
    memset(firmware.chunks[firmware.chunk_count], 0xa5, count * 4096);
    *address = (uint64_t)firmware.chunks[firmware.chunk_count++];
    return EFI_SUCCESS;
}

static uint64_t get_memory_map(uint64_t *size_bytes, void *lines, uint64_t *key,
                               uint64_t *line_bytes, uint32_t *version)
{
    uint64_t room = *size_bytes;

    *size_bytes = (uint64_t)MAP_LINES * LINE_BYTES;
    *line_bytes = LINE_BYTES;
    *version = 1;
    *key = 100 + firmware.map_calls++;
    if (room < *size_bytes)
        return EFI_BUFFER_TOO_SMALL;
    for (unsigned i = 0; i < MAP_LINES; i++) {
        /* Each time another hole: how often it was asked for. */
        struct efi_memory_descriptor line = {i == 1 ? EFI_RUNTIME_SERVICES_DATA : EFI_CONVENTIONAL,
                                             i == 0   ? 0
                                             : i == 1 ? 0x1000
                                                      : 0x1000 * (1 + (uint64_t)firmware.map_calls),
                                             0, i == 2 ? 0x100 : 1, 0};

        memcpy((char *)lines + i * LINE_BYTES, &line, sizeof(line));
    }
    return EFI_SUCCESS;
}

static uint64_t exit_boot_services(void *image, uint64_t key)
{
    assert_int_equal(key, 100 + firmware.map_calls - 1); /* the last */
    if (firmware.exit_error != 0)
        return firmware.exit_error;
    if (firmware.stale_keys > 0) {
        firmware.stale_keys--;
        return EFI_INVALID_PARAMETER;
    }
    firmware.exited = true;
    return EFI_SUCCESS;
}

static uint64_t get_hart(struct efi_riscv_boot *self, uint64_t *hart)
{
    *hart = HART;
    return EFI_SUCCESS;
}
static struct efi_riscv_boot riscv_protocol = {.get_hart = get_hart};
static uint64_t locate_protocol(const struct efi_guid *guid, void *registration, void **found)
{
    *found = &riscv_protocol;
    return firmware.has_hart && guid->a == 0xccd15fec ? EFI_SUCCESS : EFI_NOT_FOUND;
}

/* A volume of two files and a module. */
static struct test_file {
    struct efi_file file; /* first */
    const void *bytes;
    uint64_t size_bytes, position;
} files[4];
static uint64_t open_name(struct efi_file *self, struct efi_file **found, const uint16_t *name,
                          uint64_t mode, uint64_t attributes)
{
    static const char *const names[] = {"", "system.dtb", "modules.txt", "one-kernel"};
    char text[EFI_NAME_MAX] = "";

    for (size_t i = 0; name[i] != 0; i++)
        text[i] = (char)name[i];
    for (size_t i = 1; i < 4; i++) {
        if (strcmp(names[i], text) == 0 && files[i].bytes != NULL) {
            *found = &files[i].file;
            files[i].position = 0;
            return EFI_SUCCESS;
        }
    }
    return EFI_NOT_FOUND;
}
static uint64_t close_file(struct efi_file *self)
{
    return EFI_SUCCESS;
}
static uint64_t read_some(struct efi_file *self, uint64_t *size_bytes, void *to)
{
    struct test_file *file = (void *)self;

    *size_bytes = MIN(MIN(*size_bytes, 1000ULL), file->size_bytes - file->position);
    memcpy(to, (const char *)file->bytes + file->position, *size_bytes);
    file->position += *size_bytes;
    return EFI_SUCCESS;
}
static uint64_t get_position(struct efi_file *self, uint64_t *position)
{
    *position = ((struct test_file *)self)->position;
    return EFI_SUCCESS;
}
static uint64_t set_position(struct efi_file *self, uint64_t position)
{
    struct test_file *file = (void *)self;

    file->position = position == UINT64_MAX ? file->size_bytes : position;
    return EFI_SUCCESS;
}
static uint64_t open_volume(struct efi_file_system *self, struct efi_file **root)
{
    *root = &files[0].file;
    return EFI_SUCCESS;
}
static struct efi_file_system volume = {.open_volume = open_volume};
static struct efi_loaded_image loaded = {.device = &volume};
static uint64_t handle_protocol(void *handle, const struct efi_guid *guid, void **found)
{
    if (guid->a == 0x5b1b31a1)
        *found = &loaded;
    else if (guid->a == 0x964e5b22 && handle == &volume && firmware.has_volume)
        *found = &volume;
    else
        return EFI_NOT_FOUND;
    return EFI_SUCCESS;
}

/* ---- one entry */

static jmp_buf entered;
static struct {
    uint64_t hart, fdt, place;
} seen;
void efi_enter(uint64_t hart, uint64_t tree, uint64_t place)
{
    seen.hart = hart;
    seen.fdt = tree;
    seen.place = place;
    longjmp(entered, 1);
}

/* The status, EFI_SUCCESS if the hypervisor was entered. */
static uint64_t enter(void)
{
    static struct efi_boot_services boot = {
        .allocate_pages = allocate_pages,
        .get_memory_map = get_memory_map,
        .handle_protocol = handle_protocol,
        .exit_boot_services = exit_boot_services,
        .locate_protocol = locate_protocol,
    };
    static struct efi_text_output output = {.output = say};
    const struct efi_configuration configuration[] = {{{1, 2, 3, {4}}, "no tree"}, {fdt_guid, fdt}};
    struct efi_system_table system = {
        .output = &output,
        .boot = &boot,
        .configuration_count = firmware.has_fdt ? 2 : 1,
        .configuration = configuration,
    };

    if (setjmp(entered) != 0)
        return EFI_SUCCESS;
    return efi_main(&loaded, &system, image_start);
}

static void make_tree(void *at, size_t size, const char *model)
{
    assert_int_equal(fdt_create(at, (int)size), 0);
    assert_int_equal(fdt_finish_reservemap(at), 0);
    assert_int_equal(fdt_begin_node(at, ""), 0);
    assert_int_equal(fdt_property_string(at, "model", model), 0);
    assert_int_equal(fdt_end_node(at), 0);
    assert_int_equal(fdt_finish(at), 0);
}

static void put_file(unsigned index, const void *bytes, uint64_t size_bytes)
{
    files[index].bytes = bytes;
    files[index].size_bytes = size_bytes;
}

static int start(void **state)
{
    memset(&firmware, 0, sizeof(firmware));
    memset(&seen, 0, sizeof(seen));
    memset(module_place, 0, sizeof(module_place));
    memset(module_bytes, 0x77, sizeof(module_bytes));
    firmware.has_fdt = firmware.has_hart = true;
    firmware.chunk_limit = CHUNK_MAX;
    for (unsigned i = 0; i < 4; i++)
        files[i] = (struct test_file){.file = {.open = open_name,
                                               .close = close_file,
                                               .read = read_some,
                                               .get_position = get_position,
                                               .set_position = set_position}};
    make_tree(fdt, sizeof(fdt), "firmware's");
    make_tree(volume_fdt, sizeof(volume_fdt), "volume's");
    snprintf(modules_text, sizeof(modules_text), "%#llx %zu one-kernel\n",
             (unsigned long long)module_place, sizeof(module_bytes));
    put_file(1, volume_fdt, sizeof(volume_fdt));
    put_file(2, modules_text, strlen(modules_text));
    put_file(3, module_bytes, sizeof(module_bytes));
    return 0;
}
static int end(void **state)
{
    for (unsigned i = 0; i < firmware.chunk_count; i++)
        free(firmware.chunks[i]);
    return 0;
}
static void again(void)
{
    (void)end(NULL);
    (void)start(NULL);
}

static void assert_refused(uint64_t status, const char *why)
{
    assert_int_equal(enter(), status);
    assert_false(firmware.exited);
    if (strstr(firmware.said, why) == NULL)
        fail_msg("\"%s\" was said", firmware.said);
}

static void as_from_opensbi(void **state)
{
    uint64_t base, size;

    assert_int_equal(enter(), EFI_SUCCESS);
    assert_true(firmware.exited);
    assert_int_equal(seen.hart, HART);
    assert_int_equal(seen.place % MIB(2), 0);
    assert_memory_equal((void *)seen.place, image_start, TEST_FILE_BYTES);
    assert_int_equal(*(uint8_t *)(seen.place + TEST_FILE_BYTES), 0xa5); /* no more than the file */
    assert_string_equal(fdt_getprop((void *)seen.fdt, 0, "model", NULL), "firmware's");
    assert_int_equal(fdt_get_mem_rsv((void *)seen.fdt, 0, &base, &size), 0);
    assert_int_equal(base, 0x1000);
    assert_string_equal(firmware.said, "");
}

/* The tree is of the map whose key was accepted. */
static void keys_that_are_stale(void **state)
{
    uint64_t base, size;

    firmware.stale_keys = 3;
    assert_int_equal(enter(), EFI_SUCCESS);
    assert_int_equal(firmware.map_calls, 1 + 4);
    assert_int_equal(fdt_get_mem_rsv((void *)seen.fdt, 0, &base, &size), 0);
    assert_int_equal(base, 0x1000);
    assert_int_equal(size, 0x1000 * 5);
    again();
    firmware.stale_keys = 1000;
    assert_int_equal(enter(), EFI_INVALID_PARAMETER);
    again();
    firmware.exit_error = EFI_ERROR(7);
    assert_int_equal(enter(), EFI_ERROR(7));
    assert_int_equal(firmware.map_calls, 1 + 1);
}

static void what_firmware_must_have(void **state)
{
    firmware.has_fdt = false;
    assert_refused(EFI_NOT_FOUND, "no device tree");
    again();
    firmware.has_hart = false;
    assert_refused(EFI_NOT_FOUND, "which hart");
    again();
    fdt[0] = 0;
    assert_refused(EFI_LOAD_ERROR, "or it is none");
    for (unsigned limit = 0; limit < 3; limit++) {
        again();
        firmware.chunk_limit = limit;
        assert_refused(EFI_LOAD_ERROR, "no memory");
    }
}

static void from_a_volume(void **state)
{
    firmware.has_volume = true;
    firmware.has_fdt = false;
    assert_int_equal(enter(), EFI_SUCCESS);
    assert_string_equal(fdt_getprop((void *)seen.fdt, 0, "model", NULL), "volume's");
    assert_memory_equal(module_place, module_bytes, sizeof(module_bytes));
    assert_int_equal(module_place[sizeof(module_bytes)], 0);
    /* A volume without a tree is no more than where the image came from. */
    again();
    firmware.has_volume = true;
    put_file(1, NULL, 0);
    assert_int_equal(enter(), EFI_SUCCESS);
    assert_string_equal(fdt_getprop((void *)seen.fdt, 0, "model", NULL), "firmware's");
    assert_int_equal(module_place[0], 0);
    /* Nor need a tree have modules. */
    again();
    firmware.has_volume = true;
    put_file(2, NULL, 0);
    assert_int_equal(enter(), EFI_SUCCESS);
    assert_string_equal(fdt_getprop((void *)seen.fdt, 0, "model", NULL), "volume's");
}

static void modules_that_are_not_right(void **state)
{
    firmware.has_volume = true;
    put_file(3, NULL, 0);
    assert_refused(EFI_NOT_FOUND, "one-kernel\r\nTrapeze: this module is not as modules.txt");
    again();
    firmware.has_volume = true;
    put_file(3, module_bytes, sizeof(module_bytes) - 1);
    assert_refused(EFI_NOT_FOUND, "not as modules.txt");
    again();
    firmware.has_volume = true;
    snprintf(modules_text, sizeof(modules_text), "0x1000 5000 one-kernel\n");
    put_file(2, modules_text, strlen(modules_text));
    assert_refused(EFI_LOAD_ERROR, "the firmware has this module's place");
    again();
    firmware.has_volume = true;
    put_file(2, modules_text, strlen(modules_text) - 1);
    assert_refused(EFI_LOAD_ERROR, "not as `trapeze pack` writes it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(as_from_opensbi, start, end),
        cmocka_unit_test_setup_teardown(keys_that_are_stale, start, end),
        cmocka_unit_test_setup_teardown(what_firmware_must_have, start, end),
        cmocka_unit_test_setup_teardown(from_a_volume, start, end),
        cmocka_unit_test_setup_teardown(modules_that_are_not_right, start, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
