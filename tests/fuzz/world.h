/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole machine on the host: memory, physical CPUs, a GIC with its virtual interface, and VMs
 * built and run by the hypervisor's own files (core, vdev, the Arm models, a64/glue.c and
 * a64/vcpu.c). What is fake is what the hardware would do, and the few files that speak to it. A
 * guest here has no instructions: a test says what it does next, a trap or something that does not
 * trap.
 *
 * One host thread: world_here is the CPU we are on. A CPU that waits for an interrupt leaves the
 * hypervisor by longjmp and comes back in world_poll.
 */
#pragma once

#include <setjmp.h>

#include "arch/arm/model/a64_decode.h"
#include "core/pcpu.h"
#include "core/vm.h"
#include "core/vm_image.h"
#include "lib/types.h"
#include "vdev/vgic.h"

#define WORLD_CPU_MAX      3
#define WORLD_VM_MAX       3
#define WORLD_MEMORY       0x80000000ULL
#define WORLD_MEMORY_BYTES MIB(24)
#define WORLD_GICV         0x08040000ULL /* GICv2's virtual CPU interface: a device, not in memory */
#define WORLD_SPURIOUS     1023u
#define WORLD_KERNEL_MAX   MIB(2)

struct world_vm {
    uint32_t vcpus;
    uint64_t memory_bytes;
    uint64_t cpus; /* affinity of all its vCPUs */
    uint32_t spis;
    uint8_t priority;
    bool in_place; /* its kernel is an Image of 1 MiB that is mapped where it lies; else raw, one
                      page */
    bool uart, unmapped_reads_ones;
    const void *kernel;    /* this file instead; NULL: none */
    uint64_t kernel_bytes; /* at most WORLD_KERNEL_MAX */
};

struct world_config {
    uint8_t gic_version, lr_count, apr_count;
    uint32_t cpus, vm_count;
    struct world_vm vms[WORLD_VM_MAX];
};

/* A physical CPU and what the hardware holds for it. */
struct world_cpu {
    struct pcpu pcpu;
    struct vcpu *guest; /* who executes; NULL: the CPU waits in the hypervisor */
    jmp_buf back;       /* where waiting ends the road */
    bool ipi;
    uint64_t deadline; /* of the hypervisor's timer */
    uint64_t lrs[VGIC_LR_MAX];
    uint32_t hcr, vmcr, aprs[2][4];
    bool phys_active[32];
};

struct world {
    struct world_config config;
    struct board board;
    struct system_config system;
    struct vm_image_params params;
    struct vgic_hw hw;
    struct world_cpu cpus[WORLD_CPU_MAX];
    bool spi_active[VGIC_INTID_MAX];
    bool off;               /* the machine was powered off */
    uint32_t reports;       /* problems told while VMs were built */
    uint32_t console_bytes; /* printed */
    uint32_t console_room;  /* the UART takes no more for now */
    const char *typed;      /* on the UART, 0-terminated */
    void (*on_poll)(void);  /* whenever a CPU looks for interrupts by itself; NULL */
    void (*on_sleep)(void); /* instead of a CPU's sleep, which is over then; NULL */
};
extern struct world world;
/* Where the problems told go, over all worlds; NULL. */
extern void (*world_on_report)(const char *text);
extern uint32_t world_here;

/* ---- world.c: building it */
/* Switch on a machine as CONFIG says, its kernels in memory; no VM is built. What was before is
 * gone. */
void world_power_on(const struct world_config *config);
/* Build VM number INDEX, as the boot code does; NULL: refused. */
struct vm *world_create(uint32_t index);
/* Build and start all of them, and let every CPU run. */
void world_boot(void);
/* VM's kernel is as if there had been no memory to keep copies of it when it was loaded. */
void world_forget_copies(struct vm *vm);
/* As a kernel boots: all vCPUs on, every interrupt and group enabled. */
void world_bring_up(struct vm *vm);
/* All that is a VM's, each part as a number that changes when anything of it does. */
struct world_digest {
    uint64_t memory, structure, vcpus, vgic, uart, image;
};
struct world_digest world_digest(struct vm *vm);
/* Abort if VM is not what it was. */
void world_check_same(struct vm *vm, const struct world_digest *before);
/* Whatever must hold whenever the hypervisor is left; aborts if not. With the ghost check. */
void world_check(void);

/* ---- world_cpu.c: what happens on a CPU */
/* The guest on CPU takes the exception IN; then pending interrupts elsewhere stay pending. */
void world_trap(uint32_t cpu, const struct a64_syndrome *in);
/* CPU takes what interrupts are pending for it, if any. */
void world_poll(uint32_t cpu);
/* All CPUs do, until nothing is pending. */
void world_settle(void);
/* Do FN(ARGUMENT) in the hypervisor on CPU 0, as the shell does on an interrupt. */
void world_from_shell(void (*fn)(void *argument), void *argument);

/* ---- world_gic.c: what a guest does with its CPU interface, without a trap */
/* Is the maintenance interrupt of CPU signalled? */
bool world_misr(const struct world_cpu *cpu);
/* IAR: take the most urgent interrupt; WORLD_SPURIOUS. */
uint32_t world_ack(uint32_t cpu);
/* EOIR, and DIR with the same value. */
void world_eoi(uint32_t cpu, uint32_t iar);
void world_dir(uint32_t cpu, uint32_t iar);
/* PMR, group enables, EOImode: all of VMCR. */
void world_vmcr(uint32_t cpu, uint32_t value);
/* The virtual timer's interrupt of whoever is loaded on CPU is signalled. */
bool world_vtimer_line(const struct world_cpu *cpu);
void world_gic_init(void);

/* ---- world_statics.c: what the product never takes back */
void world_forget_statics(void);
