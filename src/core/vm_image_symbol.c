/* SPDX-License-Identifier: Apache-2.0 */
/* What a guest's code address is called, where its kernel says so. */
#include "arch/arch.h"
#include "core/vm_image.h"
#include "lib/fmt.h"

const char *vm_image_symbol(const struct vm *vm, uint64_t pc, char *text, size_t size)
{
    const struct vm_module *kernel = &vm->config->kernel;
    const char *name = NULL;
    uint64_t offset;

    if (vm->image != NULL && vm->image->kernel.kind == IMAGE_ELF)
        name = image_elf_symbol(arch_to_ptr(kernel->base), kernel->size_bytes, pc, &offset);
    *text = 0;
    if (name != NULL)
        fmt_print(text, size, " (%.80s+0x%llx)", name, (unsigned long long)offset);
    return text;
}
