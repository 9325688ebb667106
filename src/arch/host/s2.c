/* SPDX-License-Identifier: Apache-2.0 */
/* The stage-2 part of the contract: Arm's real encodings, and a record of what TLBs would be told.
 */
#include "arch/arch.h"
#include "arch/arm/model/lpae_s2.h"
#include "arch/host/host_mem.h"

unsigned host_s2_ipa_bits = 40;
struct host_s2_log host_s2_log;

enum err arch_s2_map(struct pt *pt, gpa_t gpa, hpa_t hpa, uint64_t size_bytes, struct pt_attr attr)
{
    return lpae_s2_map(host_s2_ipa_bits, pt, gpa, hpa, size_bytes, attr);
}

enum err arch_s2_unmap(struct pt *pt, gpa_t gpa, uint64_t size_bytes)
{
    return lpae_s2_unmap(host_s2_ipa_bits, pt, gpa, size_bytes);
}

enum err arch_s2_protect(struct pt *pt, gpa_t gpa, uint64_t size_bytes, struct pt_attr attr)
{
    return lpae_s2_protect(host_s2_ipa_bits, pt, gpa, size_bytes, attr);
}

enum err arch_s2_lookup(struct pt *pt, gpa_t gpa, hpa_t *hpa, uint64_t *size_bytes,
                        struct pt_attr *attr)
{
    return lpae_s2_lookup(host_s2_ipa_bits, pt, gpa, hpa, size_bytes, attr);
}

uint64_t arch_s2_root_bytes(void)
{
    return lpae_s2_root_bytes(host_s2_ipa_bits);
}

void arch_s2_free_tables(struct pt *pt)
{
    lpae_s2_free_tables(host_s2_ipa_bits, pt);
}

void arch_s2_forget(uint16_t vmid, gpa_t gpa, uint64_t size_bytes)
{
    host_s2_log.forget_count++;
    host_s2_log.vmid = vmid;
    host_s2_log.gpa = gpa;
    host_s2_log.size_bytes = size_bytes;
}

void arch_s2_publish(void)
{
    host_s2_log.publish_count++;
}

uint32_t arch_s2_vmid_count(void)
{
    return 256;
}

void arch_s2_visit(const struct pt *pt, const struct pt_visitor *visitor)
{
    lpae_s2_visit(host_s2_ipa_bits, pt, visitor);
}
