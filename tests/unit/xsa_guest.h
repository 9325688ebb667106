/* SPDX-License-Identifier: Apache-2.0 */
/* The guest of the tests of advisories: the first VM of a world with two, on CPU 0. Included by one
 * test each. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "arch/arch.h"
#include "arch/arm/model/a64_esr.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_sysreg.h"
#include "arch/arm/model/a64_sysreg_keys.h"
#include "arch/arm/model/arm_guest_layout.h"
#include "arch/arm/model/psci.h"
#include "arch/arm/model/smccc.h"
#include "arch/host/host_mem.h"
#include "core/console.h"
#include "core/frame.h"
#include "core/ghost.h"
#include "core/guest_mem.h"
#include "lib/bits.h"
#include "lib/pl011_regs.h"
#include "tests/fuzz/world.h"
#include "vdev/vgic_lr.h"

#define RAM       ARM_GUEST_BANK0_BASE
#define RAM_BYTES KIB(128)
#define VECTORS   (RAM + KIB(64))
#define PPI       20u
#define SECRET    0x5ec2e75ec2e75ec2ULL

static inline struct world_config machine(uint8_t gic_version)
{
    return (struct world_config){
        .gic_version = gic_version,
        .lr_count = 4,
        .apr_count = 1,
        .cpus = 3,
        .vm_count = 2,
        .vms = {{.vcpus = 2, .memory_bytes = RAM_BYTES, .cpus = 3, .uart = true},
                {.vcpus = 1, .memory_bytes = KIB(64), .cpus = 4}},
    };
}

static inline void boot(uint8_t gic_version)
{
    struct world_config config = machine(gic_version);

    world_power_on(&config);
    world_boot();
    world_bring_up(vms[0]);
}

static inline int start_v2(void **state)
{
    boot(2);
    return 0;
}
static inline int start_v3(void **state)
{
    boot(3);
    return 0;
}

/* ---- what a guest does; on CPU 0 */

static inline struct a64_gprs *registers(void)
{
    assert_non_null(world.cpus[0].guest);
    assert_ptr_equal(world.cpus[0].guest->vm, vms[0]);
    return &world.cpus[0].guest->arch.a64.gprs;
}

/* The trap ended with an exception for the guest: at its vectors. */
static inline bool trapped_with(uint64_t esr, uint64_t gpa)
{
    struct a64_syndrome s = {
        .esr = esr, .far = gpa, .hpfar = REG_PUT(HPFAR_EL2, FIPA, gpa >> PAGE_SHIFT)};
    struct a64_gprs *gprs = registers();

    gprs->pc = s.pc = RAM + 0x100;
    gprs->spsr = s.spsr = 5;
    world.cpus[0].guest->arch.a64.el1.vbar = VECTORS;
    world_trap(0, &s);
    world_check();
    return world.cpus[0].guest != NULL && registers()->pc == VECTORS + 0x200;
}

static inline uint64_t ec(unsigned class)
{
    return REG_PUT(ESR_ELx, EC, class) | ESR_ELx_IL;
}

static inline bool access_faults(uint64_t gpa, unsigned size_log2, bool write, uint64_t *value)
{
    bool faults;

    registers()->x[3] = *value;
    faults = trapped_with(ec(ESR_EC_DABT_LOWER) | REG_PUT(ISS_DABT, ISV, 1) |
                              REG_PUT(ISS_DABT, SAS, size_log2) | REG_PUT(ISS_DABT, SF, 1) |
                              REG_PUT(ISS_DABT, SRT, 3) | REG_PUT(ISS_DABT, WnR, write) |
                              REG_PUT(ISS_DABT, DFSC, FSC_TRANSLATION | 3),
                          gpa);
    *value = registers()->x[3];
    return faults;
}
static inline void write32(uint64_t gpa, uint32_t value)
{
    uint64_t wide = value;

    assert_false(access_faults(gpa, 2, true, &wide));
}
static inline uint32_t read32(uint64_t gpa)
{
    uint64_t value = 0;

    assert_false(access_faults(gpa, 2, false, &value));
    return (uint32_t)value;
}

static inline bool sysreg_faults(uint32_t key, bool read)
{
    return trapped_with(ec(ESR_EC_SYS64) | REG_PUT(ISS_SYS64, Op0, REG_GET(A64_KEY, Op0, key)) |
                            REG_PUT(ISS_SYS64, Op1, REG_GET(A64_KEY, Op1, key)) |
                            REG_PUT(ISS_SYS64, CRn, REG_GET(A64_KEY, CRn, key)) |
                            REG_PUT(ISS_SYS64, CRm, REG_GET(A64_KEY, CRm, key)) |
                            REG_PUT(ISS_SYS64, Op2, REG_GET(A64_KEY, Op2, key)) |
                            REG_PUT(ISS_SYS64, Rt, 3) | REG_PUT(ISS_SYS64, Direction, read),
                        0);
}

static inline uint64_t hvc(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
    struct a64_gprs *gprs = registers();

    gprs->x[0] = function;
    gprs->x[1] = a;
    gprs->x[2] = b;
    gprs->x[3] = c;
    assert_false(trapped_with(ec(ESR_EC_HVC64), 0));
    return world.cpus[0].guest != NULL ? gprs->x[0] : 0;
}

static inline uint64_t gicd(void)
{
    return world.hw.version == 3 ? ARM_GUEST_GICV3_GICD_BASE : ARM_GUEST_GICV2_GICD_BASE;
}

static inline hpa_t page_of(const struct vm *vm, uint64_t gpa)
{
    struct s2_mapping map;

    assert_int_equal(s2_lookup((struct s2 *)&vm->s2, GPA(gpa), &map), ERR_NONE);
    return map.hpa;
}
