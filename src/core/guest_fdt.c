/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the nodes of a guest's device tree that are the same on every architecture. Must not know
 * any hardware: the architecture's writer adds it. Devicetree Specification 0.4, chapter 3; /chosen
 * as in dt-schema's chosen.yaml.
 */
#include "core/guest_fdt.h"
#include "lib/fmt.h"

#include <libfdt.h>

#define ADDRESS_CELLS 2u
#define SIZE_CELLS    2u
/* "memory@" and 16 hexadecimal digits. */
#define NODE_NAME_MAX 32

/*
 * libfdt's writers return 0 or a negative error, and after one error all fail: the results are
 * gathered with |, and any non-zero sum is an error.
 */
static int write_range(void *fdt, gpa_t base, uint64_t size_bytes)
{
    fdt64_t reg[2] = {cpu_to_fdt64(base.raw), cpu_to_fdt64(size_bytes)};

    return fdt_property(fdt, "reg", reg, sizeof(reg));
}

static int write_root(void *fdt, const struct guest_fdt_params *params)
{
    int err = 0;

    err |= fdt_property_string(fdt, "compatible", "trapeze,vm");
    err |= fdt_property_string(fdt, "model", params->name);
    err |= fdt_property_cell(fdt, "#address-cells", ADDRESS_CELLS);
    err |= fdt_property_cell(fdt, "#size-cells", SIZE_CELLS);
    err |= fdt_property_cell(fdt, "interrupt-parent", GUEST_FDT_PHANDLE_IRQ);
    return err;
}

static int write_chosen(void *fdt, const struct guest_fdt_params *params)
{
    int err = fdt_begin_node(fdt, "chosen");

    if (params->bootargs != NULL)
        err |= fdt_property_string(fdt, "bootargs", params->bootargs);
    if (params->uart)
        err |= fdt_property_string(fdt, "stdout-path", GUEST_FDT_UART_ALIAS);
    if (params->initrd_bytes != 0) {
        err |= fdt_property_u64(fdt, "linux,initrd-start", params->initrd.raw);
        err |= fdt_property_u64(fdt, "linux,initrd-end", params->initrd.raw + params->initrd_bytes);
    }
    err |= fdt_property(fdt, "rng-seed", params->rng_seed, sizeof(params->rng_seed));
    err |= fdt_property_u64(fdt, "kaslr-seed", params->kaslr_seed);
    err |= fdt_end_node(fdt);
    return err;
}

static int write_memory(void *fdt, const struct guest_bank *bank)
{
    char name[NODE_NAME_MAX];
    int err = 0;

    fmt_print(name, sizeof(name), "memory@%llx", (unsigned long long)bank->base.raw);
    err |= fdt_begin_node(fdt, name);
    err |= fdt_property_string(fdt, "device_type", "memory");
    err |= write_range(fdt, bank->base, bank->size_bytes);
    err |= fdt_end_node(fdt);
    return err;
}

enum err guest_fdt_write(void *buffer, size_t size_bytes, const struct guest_fdt_params *params,
                         guest_fdt_arch_fn *arch, size_t *used)
{
    int err = 0;

    *used = 0;
    err |= fdt_create(buffer, (int)MIN(size_bytes, (size_t)INT32_MAX)); /* libfdt counts in int */
    err |= fdt_finish_reservemap(buffer);
    err |= fdt_begin_node(buffer, "");
    err |= write_root(buffer, params);
    err |= write_chosen(buffer, params);
    for (uint32_t i = 0; i < params->bank_count; i++)
        err |= write_memory(buffer, &params->banks[i]);
    err |= arch(buffer, params);
    err |= fdt_end_node(buffer);
    err |= fdt_finish(buffer);
    if (err != 0)
        return ERR_NO_MEMORY;
    *used = fdt_totalsize(buffer);
    return ERR_NONE;
}
