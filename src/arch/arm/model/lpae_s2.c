/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instances of the walker over LPAE stage 2. One copy serves every width: level count and root size
 * are values, the encoders are constants that the compiler folds into the walk.
 */
#include "arch/arm/model/lpae_s2.h"

#include "arch/arm/model/lpae.h"
#include "core/pt_walk.h"

enum err lpae_s2_map(unsigned ipa_bits, struct pt *pt, gpa_t gpa, hpa_t hpa, uint64_t size_bytes,
                     struct pt_attr attr)
{
    const struct pt_format format = lpae_s2_format(ipa_bits);
    return pt_map(&format, pt, gpa.raw, hpa, size_bytes, attr);
}

enum err lpae_s2_unmap(unsigned ipa_bits, struct pt *pt, gpa_t gpa, uint64_t size_bytes)
{
    const struct pt_format format = lpae_s2_format(ipa_bits);
    return pt_unmap(&format, pt, gpa.raw, size_bytes);
}

enum err lpae_s2_protect(unsigned ipa_bits, struct pt *pt, gpa_t gpa, uint64_t size_bytes,
                         struct pt_attr attr)
{
    const struct pt_format format = lpae_s2_format(ipa_bits);
    return pt_protect(&format, pt, gpa.raw, size_bytes, attr);
}

enum err lpae_s2_lookup(unsigned ipa_bits, const struct pt *pt, gpa_t gpa, hpa_t *hpa,
                        uint64_t *size_bytes, struct pt_attr *attr)
{
    const struct pt_format format = lpae_s2_format(ipa_bits);
    return pt_lookup(&format, pt, gpa.raw, hpa, size_bytes, attr);
}

uint64_t lpae_s2_root_bytes(unsigned ipa_bits)
{
    const struct pt_format format = lpae_s2_format(ipa_bits);
    return pt_root_bytes(&format);
}

void lpae_s2_free_tables(unsigned ipa_bits, struct pt *pt)
{
    const struct pt_format format = lpae_s2_format(ipa_bits);
    pt_free_tables(&format, pt);
}

void lpae_s2_visit(unsigned ipa_bits, const struct pt *pt, const struct pt_visitor *visitor)
{
    const struct pt_format format = lpae_s2_format(ipa_bits);
    pt_visit(&format, pt, visitor);
}
