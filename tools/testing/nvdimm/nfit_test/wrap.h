/* SPDX-License-Identifier: GPL-2.0 */
/* The redirected calls: __wrap_NAME() stands for NAME() in test builds (ld --wrap). */
#ifndef _NFIT_TEST_WRAP_H
#define _NFIT_TEST_WRAP_H

#include <linux/acpi.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/memremap.h>

void *__wrap_memremap(resource_size_t offset, size_t size, unsigned long flags);
void __wrap_memunmap(void *addr);
void *__wrap_devm_memremap(struct device *dev, resource_size_t offset, size_t size,
			   unsigned long flags);
void __iomem *__wrap_ioremap(resource_size_t offset, unsigned long size);
void __wrap_iounmap(void __iomem *addr);
void *__wrap_memremap_pages(struct dev_pagemap *pgmap, int nid);
void __wrap_memunmap_pages(struct dev_pagemap *pgmap);
void *__wrap_devm_memremap_pages(struct device *dev, struct dev_pagemap *pgmap);

struct resource *__wrap___request_region(struct resource *parent, resource_size_t start,
					 resource_size_t n, const char *name, int flags);
void __wrap___release_region(struct resource *parent, resource_size_t start, resource_size_t n);
struct resource *__wrap___devm_request_region(struct device *dev, struct resource *parent,
					      resource_size_t start, resource_size_t n,
					      const char *name);
void __wrap___devm_release_region(struct device *dev, struct resource *parent,
				  resource_size_t start, resource_size_t n);
int __wrap_insert_resource(struct resource *parent, struct resource *res);
int __wrap_remove_resource(struct resource *res);

acpi_status __wrap_acpi_evaluate_object(acpi_handle handle, acpi_string name,
					struct acpi_object_list *args, struct acpi_buffer *result);
acpi_status __wrap_acpi_evaluate_object_typed(acpi_handle handle, acpi_string name,
					      struct acpi_object_list *args,
					      struct acpi_buffer *result, acpi_object_type type);
acpi_status __wrap_acpi_get_handle(acpi_handle parent, acpi_string name, acpi_handle *handle);
struct acpi_device *__wrap_acpi_find_child_device(struct acpi_device *parent, u64 adr,
						  bool check_children);
acpi_status __wrap_acpi_install_notify_handler(acpi_handle handle, u32 type,
					       acpi_notify_handler handler, void *context);
acpi_status __wrap_acpi_remove_notify_handler(acpi_handle handle, u32 type,
					      acpi_notify_handler handler);

void __wrap___memcpy_flushcache(void *to, const void *from, size_t len);

#endif /* _NFIT_TEST_WRAP_H */
