/* SPDX-License-Identifier: Apache-2.0 */
/* The G-stage table of a VM, of any width: arch_s2_* (arch/arch.h) with hgatp's MODE said. */
#pragma once

#include "arch/riscv/model/rv_csr.h"
#include "core/pt.h"

enum err rv_s2_map(enum rv_mode mode, struct pt *pt, gpa_t gpa, hpa_t hpa, uint64_t size_bytes,
                   struct pt_attr attr) __must_check;
enum err rv_s2_unmap(enum rv_mode mode, struct pt *pt, gpa_t gpa, uint64_t size_bytes) __must_check;
enum err rv_s2_protect(enum rv_mode mode, struct pt *pt, gpa_t gpa, uint64_t size_bytes,
                       struct pt_attr attr) __must_check;
enum err rv_s2_lookup(enum rv_mode mode, const struct pt *pt, gpa_t gpa, hpa_t *hpa,
                      uint64_t *size_bytes, struct pt_attr *attr) __must_check;
uint64_t rv_s2_root_bytes(enum rv_mode mode);
void rv_s2_free_tables(enum rv_mode mode, struct pt *pt);
void rv_s2_visit(enum rv_mode mode, const struct pt *pt, const struct pt_visitor *visitor);
