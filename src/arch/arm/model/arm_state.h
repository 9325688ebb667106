/* SPDX-License-Identifier: Apache-2.0 */
/* What a VM and a vCPU have on Arm in either execution state: their devices and timers. */
#pragma once

#include "core/timer.h"
#include "lib/types.h"

struct arm_vcpu {
    struct vgic_cpu *vgic;
    struct timer cntp_timer; /* the emulated physical timer of EL1 (PL1) */
};

struct arm_vm {
    struct vgic *vgic;
    uint64_t vttbr;
    uint64_t cntvoff;
    void *uart;            /* struct vpl011 */
    void *disk;            /* struct virtio_blk */
    uint8_t gic_version;   /* 2 or 3 */
    bool gicc_emulated;    /* its GICC is not the hardware's virtual one */
    bool undescribed_told; /* the log has its first access that no syndrome describes */
    uint8_t last_vcpu[32]; /* by physical CPU: which vCPU's translations its TLB may hold */
};
