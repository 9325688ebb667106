/* SPDX-License-Identifier: Apache-2.0 */
/* Owns how a problem reaches the sink and refuses its VM. Must not decide what is a problem. */
#include "core/dtb.h"
#include "core/vm_config_impl.h"
#include "lib/fmt.h"

#define TEXT_MAX 320

void config_enter(struct config_reader *r, int node)
{
    r->node = node;
    r->path = NULL;
}

static void report(struct config_reader *r, enum config_severity severity, const char *property,
                   const char *format, va_list args)
{
    char text[TEXT_MAX], path[CONFIG_PATH_MAX];

    if (r->path == NULL)
        dtb_path(r->fdt, r->node, path, sizeof(path));
    fmt_vprint(text, sizeof(text), format, args);
    r->sink->report(r->sink->context, severity, r->path != NULL ? r->path : path, property, text);
}

void config_error(struct config_reader *r, const char *property, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    report(r, CONFIG_ERROR, property, format, args);
    va_end(args);
    if (r->vm != NULL)
        r->vm->refused = true;
}

void config_warn(struct config_reader *r, const char *property, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    report(r, CONFIG_WARNING, property, format, args);
    va_end(args);
}

void config_conflict(struct config_reader *r, const struct vm_config *other, const char *property,
                     const char *format, ...)
{
    bool moot = other != r->vm && other->refused;
    va_list args;

    va_start(args, format);
    report(r, moot ? CONFIG_WARNING : CONFIG_ERROR, property, format, args);
    va_end(args);
    if (!moot)
        r->vm->refused = true;
}
