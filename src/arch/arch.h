/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract between the portable core and an architecture: the only names with several
 * definitions, chosen at link time. src/arch/host has a fake for the tests.
 * Unless said otherwise: callable on any CPU, interrupts masked, no lock needed.
 */
#pragma once

#include "arch_defs.h"
#include "core/pt.h"
#include "core/trap.h"
#include "lib/types.h"

struct pcpu;
struct vcpu;
struct vm;
struct guest_fdt_params;
struct vm_image_params;
struct exit_record;
struct guest_view;
struct trace_record;
struct uart_words;

/* ---- this CPU */
struct pcpu *arch_this_cpu(void);
void arch_cpu_relax(void);
/* Wait until an interrupt is pending, however masked. Returns with it still pending. */
void arch_cpu_wait(void);
/* Take and handle a pending physical interrupt, if there is one; with others pending arch_cpu_wait
 * returns at once. */
void arch_irq_take(void);
void arch_cpu_stop(void) __noreturn;

/* ---- other CPUs */
/* Start the CPU with index CPU; it enters boot_cpu_main() on its own stack. 0, or the firmware's
 * error. */
int arch_cpu_start(uint32_t cpu) __must_check;
/* Interrupt CPU; what for is in its pcpu's ipi_pending, which the caller has written before. */
void arch_ipi_send(uint32_t cpu);

/* Enable physical interrupt IRQ; shared ones go to the boot CPU. */
void arch_irq_enable(uint32_t irq, bool edge);

/* ---- machine */
void arch_machine_off(void) __noreturn;
void arch_machine_reset(void) __noreturn;
/* End a run with failure where the platform can say so, else stop. */
void arch_machine_fail(void) __noreturn;
/*
 * For last words, on the CPU that panics: the registers of the exception that led there, if one
 * did, with its syndrome in words, and the stack's calls (panic_print and panic_backtrace of
 * core/panic.h). Must not fault.
 */
void arch_panic_print(void);
/* Where a function with frame pointer FP keeps its caller's frame pointer and, behind it, its
 * return address; 0 if code has none. */
uintptr_t arch_frame_record(uintptr_t fp);

/* ---- time: one counter, the same on all CPUs */
uint64_t arch_counter(void);
uint64_t arch_counter_hz(void);
/* The hypervisor's own timer interrupt on this CPU at DEADLINE, TIMER_NEVER for none. */
void arch_timer_program(uint64_t deadline_ticks);

/* ---- memory */
hpa_t arch_to_hpa(const void *p); /* of direct-mapped or image memory */
/* Through the direct map; NULL: it does not hold that. What the frame allocator gives as pages it
 * does.
 */
void *arch_to_ptr(hpa_t hpa);
/*
 * The same for any memory of the board, guests' for instance, of which *RUN bytes, made less if
 * need be, are seen there in a row. Good until this CPU's next call.
 */
void *arch_guest_ptr(hpa_t hpa, uint64_t *run_bytes);
/* Map a device for good, uncached; NULL when the space is used up. */
void *arch_map_device(hpa_t base, uint64_t size_bytes);
/* What was written through P is seen by a guest that runs with caches off, and as instructions. */
void arch_publish_code(const void *p, uint64_t size_bytes);
void arch_zero_pages(void *p, uint64_t size_bytes);
/* Both: pages that are a guest's from now on hold nothing, whichever way it looks. */
void arch_scrub_pages(void *p, uint64_t size_bytes);
/* DST and SRC are page-aligned and do not overlap. */
void arch_copy_pages(void *dst, const void *src, uint64_t size_bytes);

/* ---- stage 2: the format and what only the architecture can do (core/s2.c) */
enum err arch_s2_map(struct pt *pt, gpa_t gpa, hpa_t hpa, uint64_t size_bytes, struct pt_attr attr);
enum err arch_s2_unmap(struct pt *pt, gpa_t gpa, uint64_t size_bytes);
enum err arch_s2_protect(struct pt *pt, gpa_t gpa, uint64_t size_bytes, struct pt_attr attr);
enum err arch_s2_lookup(struct pt *pt, gpa_t gpa, hpa_t *hpa, uint64_t *size_bytes,
                        struct pt_attr *attr);
uint64_t arch_s2_root_bytes(void); /* size and alignment of a root table */
void arch_s2_free_tables(struct pt *pt);
/* Every TLB entry of VMID for [gpa, gpa + size) is gone from all CPUs on return. */
void arch_s2_forget(uint16_t vmid, gpa_t gpa, uint64_t size_bytes);
void arch_s2_publish(void);
uint32_t arch_s2_vmid_count(void);

/* ---- for the ghost check (core/ghost.h) only */
void arch_s2_visit(const struct pt *pt, const struct pt_visitor *visitor);
/* The hypervisor's own table. */
void arch_hyp_visit(const struct pt_visitor *visitor);
/* VA is in a window on memory that is not the hypervisor's by being mapped there: the direct map,
 * the board's tree. */
bool arch_va_is_window(uint64_t va);
/* The hardware gives each CPU its own view of this device page, so that every guest may have it. */
bool arch_hpa_is_banked(hpa_t hpa);

/* ---- vCPUs */
/* Once, when the VM is built: virtual interrupt controller, timers, register file. */
enum err arch_vm_init(struct vm *vm) __must_check;
/* The VM (re)starts: its controller and devices to reset state. No vCPU of it runs. */
void arch_vm_reset(struct vm *vm);
enum err arch_vcpu_init(struct vcpu *vcpu) __must_check;
/* Enter the guest; VCPU is loaded. Drops the stack: the next trap starts at its top. */
void arch_vcpu_enter(struct vcpu *vcpu) __noreturn;
/* Architectural reset, then PC = entry and the first argument register = argument. */
void arch_vcpu_reset(struct vcpu *vcpu, uint64_t entry, uint64_t argument);
/* Move VCPU's state onto this CPU / off it. */
void arch_vcpu_load(struct vcpu *vcpu);
void arch_vcpu_save(struct vcpu *vcpu);
/* VCPU, saved, will not run until it is reset: forget what the hardware still holds for it (lazy
 * state). */
void arch_vcpu_off(struct vcpu *vcpu);
/* Act on VCPU_REQ_VIRQ: VCPU is loaded here. */
void arch_vcpu_sync_virqs(struct vcpu *vcpu);
/* An interrupt is pending that would wake it from WFI. VCPU is loaded here or nowhere. */
bool arch_vcpu_virq_pending(struct vcpu *vcpu);
/* When VCPU's own virtual timer will fire, TIMER_NEVER for never; VCPU is not loaded anywhere or
 * loaded here. */
uint64_t arch_vcpu_timer_deadline(struct vcpu *vcpu);
/* That deadline has passed while VCPU did not run: its timer line rises. */
void arch_vcpu_timer_fired(struct vcpu *vcpu);
/* Trap handlers of the architecture (core/trap.h). */
trap_handler_fn arch_trap_sysreg, arch_trap_call, arch_trap_fp;
uint64_t arch_vcpu_pc(const struct vcpu *vcpu);
/* How VCPU, which is loaded here or nowhere, looks from outside (core/trace.h). */
void arch_vcpu_view(const struct vcpu *vcpu, struct guest_view *view);
/* The general registers of VCPU, which is loaded here or nowhere; GPRS comes zeroed, and stays so
 * from where the architecture has no more. */
#define ARCH_GPR_MAX 31
void arch_vcpu_gprs(const struct vcpu *vcpu, uint64_t gprs[ARCH_GPR_MAX]);
/* What a guest that touches GPA, where it has nothing, may take it for, and what to do; NULL if
 * that is not known. */
const char *arch_gpa_hint(gpa_t gpa);
/* The platform's virtual UART in a user's words. */
const struct uart_words *arch_uart_words(void);
/*
 * RECORD, of a kind that is the architecture's (a system register, a call, an instruction), in
 * words: "reads ID_AA64MMFR0_EL1 = 0x1122". Returns the length; 0 if there are none for it.
 */
int arch_trap_text(const struct trace_record *record, char *text, size_t size);
/* What EXIT was, as far as its few words tell: no values, no guest-physical address. Must not
 * fault. */
void arch_exit_trap(const struct exit_record *exit, struct trap *trap);
/* Nodes of the architecture for the guest's tree (guest_fdt_arch_fn). */
int arch_guest_fdt(void *fdt, const struct guest_fdt_params *params);
/* Where guests' RAM lies and which kernels they run: fills PARAMS' banks and kernel_kinds. */
void arch_vm_image_params(struct vm_image_params *params);
/* Libraries on the target may use floating-point registers: whatever a guest has there is saved.
 * Before libfdt and zlib. */
void arch_lib_begin(void);
/* Where the platform's virtual UART is: address, interrupt line; adds it to the VM's bus. */
enum err arch_vm_add_uart(struct vm *vm) __must_check;
/* The same of its block device, over vm->disk. */
enum err arch_vm_add_disk(struct vm *vm) __must_check;
