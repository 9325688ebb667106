/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns a VM's stage-2 table: serialises its changes and gives it pages. The walk itself is
 * core/pt_walk.h, instantiated by the architecture over its own entries (arch_s2_*).
 *
 * While a block is split, its pages are unmapped for a moment. So a vCPU's fault is judged by
 * s2_lookup, which waits for the lock: what is found there with the right asked for is simply tried
 * again.
 */
#include "core/s2.h"

#include "arch/arch.h"
#include "core/frame.h"
#include "core/ghost.h"
#include "lib/panic.h"

static void *table_alloc(struct pt *pt)
{
    return frame_alloc_page();
}
static void table_free(struct pt *pt, void *page)
{
    frame_free_page(page);
}
static void table_publish(struct pt *pt)
{
    arch_s2_publish();
}
static void table_forget(struct pt *pt, uint64_t ia, uint64_t size_bytes)
{
    arch_s2_forget(container_of(pt, struct s2, pt)->vmid, GPA(ia), size_bytes);
}

static const struct pt_ops s2_ops = {
    .alloc_page = table_alloc,
    .free_page = table_free,
    .to_hpa = arch_to_hpa,
    .to_table = arch_to_ptr,
    .publish = table_publish,
    .forget = table_forget,
};

static uint32_t root_pages(void)
{
    return (uint32_t)(arch_s2_root_bytes() / PAGE_SIZE);
}

enum err s2_init(struct s2 *s2, uint16_t vmid)
{
    *s2 = (struct s2){.vmid = vmid};
    s2->pt.ops = &s2_ops;
    s2->pt.root = frame_alloc_pages(root_pages(), arch_s2_root_bytes());
    if (s2->pt.root == NULL)
        return ERR_NO_MEMORY;
    s2->pt.page_count = root_pages();
    /* Zeroes reach the walkers before anyone loads the root */
    arch_s2_publish();
    ghost_space_added(s2);
    return ERR_NONE;
}

enum err s2_map(struct s2 *s2, gpa_t gpa, hpa_t hpa, uint64_t size_bytes, struct pt_attr attr)
{
    spin_lock(&s2->lock);
    enum err err = arch_s2_map(&s2->pt, gpa, hpa, size_bytes, attr);
    spin_unlock(&s2->lock);
    ghost_map_changed();
    return err;
}

enum err s2_unmap(struct s2 *s2, gpa_t gpa, uint64_t size_bytes)
{
    spin_lock(&s2->lock);
    enum err err = arch_s2_unmap(&s2->pt, gpa, size_bytes);
    spin_unlock(&s2->lock);
    ghost_map_changed();
    return err;
}

enum err s2_protect(struct s2 *s2, gpa_t gpa, uint64_t size_bytes, struct pt_attr attr)
{
    spin_lock(&s2->lock);
    enum err err = arch_s2_protect(&s2->pt, gpa, size_bytes, attr);
    spin_unlock(&s2->lock);
    ghost_map_changed();
    return err;
}

enum err s2_lookup(struct s2 *s2, gpa_t gpa, struct s2_mapping *out)
{
    spin_lock(&s2->lock);
    enum err err = arch_s2_lookup(&s2->pt, gpa, &out->hpa, &out->size_bytes, &out->attr);
    spin_unlock(&s2->lock);
    return err;
}

void s2_destroy(struct s2 *s2)
{
    ghost_space_removed(s2);
    spin_lock(&s2->lock);
    arch_s2_free_tables(&s2->pt);
    BUG_ON(s2->pt.page_count != root_pages());
    frame_free_pages(s2->pt.root, root_pages());
    s2->pt.root = NULL;
    s2->pt.page_count = 0;
    spin_unlock(&s2->lock);
}
