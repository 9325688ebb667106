/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which extensions a hart has, by its node in the device tree (Linux,
 * Documentation/devicetree/bindings/riscv/extensions.yaml), and which of them guests are shown.
 */
#pragma once

#include "lib/types.h"

/*
 * Name, and whether guests may have it: what needs no state beyond what is switched, or only a
 * setting of henvcfg that the hypervisor makes. In the order of an ISA string (Volume I, 28.11).
 * Vectors: where their registers are switched (rv_isa_set_vectors).
 * Not Zawrs: where WFI traps, WRS.NTO does as well, so that spinning costs less.
 */
/* clang-format off */
#define RV_VECTOR_EXTENSION_LIST(E) \
    E(zvbb, false) E(zvbc, false) E(zve32f, false) E(zve32x, false) E(zve64d, false) \
    E(zve64f, false) E(zve64x, false) E(zvfh, false) E(zvfhmin, false) E(zvkb, false) \
    E(zvkg, false) E(zvkned, false) E(zvknha, false) E(zvknhb, false) E(zvksed, false) \
    E(zvksh, false) E(zvkt, false)
#define RV_EXTENSION_LIST(E) \
    E(i, true) E(m, true) E(a, true) E(f, true) E(d, true) E(c, true) E(v, false) E(h, false) \
    E(zic64b, true) E(zicbom, true) E(zicbop, true) E(zicboz, true) E(ziccamoa, true) \
    E(ziccif, true) E(zicclsm, true) E(ziccrse, true) E(zicntr, true) E(zicond, true) \
    E(zicsr, true) E(zifencei, true) E(zihintntl, true) E(zihintpause, true) E(zihpm, false) \
    E(zimop, true) E(zmmul, true) E(za64rs, true) E(zaamo, true) E(zabha, true) E(zacas, true) \
    E(zalrsc, true) E(zama16b, true) E(zawrs, false) E(zfa, true) E(zfh, true) E(zfhmin, true) \
    E(zca, true) E(zcb, true) E(zcd, true) E(zcmop, true) E(zba, true) E(zbb, true) E(zbc, true) \
    E(zbkb, true) E(zbkc, true) E(zbkx, true) E(zbs, true) E(zkn, true) E(zknd, true) \
    E(zkne, true) E(zknh, true) E(zkr, false) E(zks, true) E(zksed, true) E(zksh, true) \
    E(zkt, true) E(ztso, true) \
    RV_VECTOR_EXTENSION_LIST(E) E(smstateen, false) E(ssaia, false) E(ssccptr, true) \
    E(sscounterenw, true) E(ssstateen, false) E(sstc, true) E(sstvala, true) E(sstvecd, true) \
    E(ssu64xl, true) E(svade, true) E(svadu, true) E(svinval, true) E(svnapot, true) \
    E(svpbmt, true) E(svvptc, true)
/* clang-format on */
#define RV_EXTENSION_ENUM(name, guest) RV_EXT_##name,
enum rv_extension { RV_EXTENSION_LIST(RV_EXTENSION_ENUM) RV_EXTENSION_COUNT };
#undef RV_EXTENSION_ENUM

struct rv_isa {
    uint8_t have[RV_EXTENSION_COUNT]; /* bool */
    uint32_t cbom_bytes, cboz_bytes;  /* block sizes, 0 without */
};

static inline bool rv_isa_has(const struct rv_isa *isa, enum rv_extension extension)
{
    return isa->have[extension] != 0;
}
/* What the node of a hart says. What is not in the list is left out. */
void rv_isa_read(const void *fdt, int node, struct rv_isa *isa);
/* Of the ISA string TEXT alone: "rv64imafdch_zicsr_...". Single letters end where '_' or a
 * multi-letter name begins. False: it is none of RV64. */
bool rv_isa_parse(const char *text, struct rv_isa *isa);
/* Keep in ISA what OTHER has as well: guests run on every hart. */
void rv_isa_meet(struct rv_isa *isa, const struct rv_isa *other);
/* GUEST is shown V and what is built on it as HOST has them; NULL: nothing of it. */
void rv_isa_set_vectors(struct rv_isa *guest, const struct rv_isa *host);
/* What guests are shown of HOST. */
void rv_isa_for_guests(const struct rv_isa *host, struct rv_isa *guest);
/* As an ISA string, into TEXT of SIZE bytes. Returns its length; it is cut to fit. */
size_t rv_isa_string(const struct rv_isa *isa, char *text, size_t size);
/* As a list of strings, each with its end. Returns the bytes used, 0 if it does not fit. */
size_t rv_isa_list(const struct rv_isa *isa, char *list, size_t size);
