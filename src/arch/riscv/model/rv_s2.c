/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instances of the walker over the G-stage formats. One copy serves every width: level count is a
 * value, the encoders are constants that the compiler folds into the walk.
 */
#include "arch/riscv/model/rv_s2.h"

#include "arch/riscv/model/rv_pt.h"
#include "core/pt_walk.h"

enum err rv_s2_map(enum rv_mode mode, struct pt *pt, gpa_t gpa, hpa_t hpa, uint64_t size_bytes,
                   struct pt_attr attr)
{
    const struct pt_format format = rv_s2_format(mode);
    return pt_map(&format, pt, gpa.raw, hpa, size_bytes, attr);
}

enum err rv_s2_unmap(enum rv_mode mode, struct pt *pt, gpa_t gpa, uint64_t size_bytes)
{
    const struct pt_format format = rv_s2_format(mode);
    return pt_unmap(&format, pt, gpa.raw, size_bytes);
}

enum err rv_s2_protect(enum rv_mode mode, struct pt *pt, gpa_t gpa, uint64_t size_bytes,
                       struct pt_attr attr)
{
    const struct pt_format format = rv_s2_format(mode);
    return pt_protect(&format, pt, gpa.raw, size_bytes, attr);
}

enum err rv_s2_lookup(enum rv_mode mode, const struct pt *pt, gpa_t gpa, hpa_t *hpa,
                      uint64_t *size_bytes, struct pt_attr *attr)
{
    const struct pt_format format = rv_s2_format(mode);
    return pt_lookup(&format, pt, gpa.raw, hpa, size_bytes, attr);
}

uint64_t rv_s2_root_bytes(enum rv_mode mode)
{
    const struct pt_format format = rv_s2_format(mode);
    return pt_root_bytes(&format);
}

void rv_s2_free_tables(enum rv_mode mode, struct pt *pt)
{
    const struct pt_format format = rv_s2_format(mode);
    pt_free_tables(&format, pt);
}

void rv_s2_visit(enum rv_mode mode, const struct pt *pt, const struct pt_visitor *visitor)
{
    const struct pt_format format = rv_s2_format(mode);
    pt_visit(&format, pt, visitor);
}
