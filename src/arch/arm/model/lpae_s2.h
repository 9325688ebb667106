/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walker of core/pt_walk.h over LPAE stage 2, for both Arm execution states and the host tests.
 * IPA_BITS is the width the machine was set up with, the same in all calls on one table
 * (LPAE_S2_IPA_BITS_MIN to _MAX). Results and failures are core/pt_walk.h's.
 * Locks: the caller serialises calls on one table.
 */
#pragma once

#include "core/pt.h"

enum err lpae_s2_map(unsigned ipa_bits, struct pt *pt, gpa_t gpa, hpa_t hpa, uint64_t size_bytes,
                     struct pt_attr attr) __must_check;
enum err lpae_s2_unmap(unsigned ipa_bits, struct pt *pt, gpa_t gpa,
                       uint64_t size_bytes) __must_check;
enum err lpae_s2_protect(unsigned ipa_bits, struct pt *pt, gpa_t gpa, uint64_t size_bytes,
                         struct pt_attr attr) __must_check;
enum err lpae_s2_lookup(unsigned ipa_bits, const struct pt *pt, gpa_t gpa, hpa_t *hpa,
                        uint64_t *size_bytes, struct pt_attr *attr) __must_check;
/* Size and alignment of the root. */
uint64_t lpae_s2_root_bytes(unsigned ipa_bits);
void lpae_s2_free_tables(unsigned ipa_bits, struct pt *pt);
void lpae_s2_visit(unsigned ipa_bits, const struct pt *pt, const struct pt_visitor *visitor);
