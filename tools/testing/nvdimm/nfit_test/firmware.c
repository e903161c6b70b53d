// SPDX-License-Identifier: GPL-2.0
/* Pretended ACPI devices; see boundary.h. */
#include <linux/acpi.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/mutex.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "boundary.h"
#include "wrap.h"

static LIST_HEAD(devices);
static DEFINE_SPINLOCK(devices_lock);

/* The device a handle of ours names, or NULL when it is ACPI's. */
static struct mock_acpi *mock_of(acpi_handle handle)
{
	struct mock_acpi *acpi, *found = NULL;

	rcu_read_lock();
	list_for_each_entry_rcu(acpi, &devices, node) {
		if (acpi == handle) {
			found = acpi;
			break;
		}
	}
	rcu_read_unlock();
	return found;
}

static void release_adev(struct device *dev)
{
	kfree(to_acpi_device(dev));
}

int mock_acpi_add(struct mock_acpi *acpi, const char *name)
{
	struct acpi_device *adev = kzalloc(sizeof(*adev), GFP_KERNEL);

	if (!adev)
		return -ENOMEM;
	device_initialize(&adev->dev);
	adev->dev.release = release_adev;
	adev->handle = acpi;
	if (dev_set_name(&adev->dev, "%s", name)) {
		put_device(&adev->dev);
		return -ENOMEM;
	}
	acpi->adev = adev;
	mutex_init(&acpi->lock);
	spin_lock(&devices_lock);
	list_add_tail_rcu(&acpi->node, &devices);
	spin_unlock(&devices_lock);
	return 0;
}
EXPORT_SYMBOL_GPL(mock_acpi_add);

void mock_acpi_del(struct mock_acpi *acpi)
{
	spin_lock(&devices_lock);
	list_del_rcu(&acpi->node);
	spin_unlock(&devices_lock);
	synchronize_rcu();
	put_device(&acpi->adev->dev);
	mutex_destroy(&acpi->lock);
}
EXPORT_SYMBOL_GPL(mock_acpi_del);

void mock_acpi_notify(struct mock_acpi *acpi, u32 event)
{
	guard(mutex)(&acpi->lock);
	if (acpi->handler)
		acpi->handler(acpi, event, acpi->context);
}
EXPORT_SYMBOL_GPL(mock_acpi_notify);

int mock_acpi_verdict(acpi_handle handle, u32 func, int rc)
{
	struct mock_acpi *acpi = mock_of(handle);

	return acpi && acpi->ops->verdict ? acpi->ops->verdict(acpi, func, rc) : rc;
}
EXPORT_SYMBOL_GPL(mock_acpi_verdict);

static acpi_status answer(union acpi_object *object, struct acpi_buffer *result)
{
	if (IS_ERR_OR_NULL(object))
		return object ? AE_NO_MEMORY : AE_NOT_FOUND;
	*result = (struct acpi_buffer) { sizeof(*object), object };
	return AE_OK;
}

/* _DSM: GUID, revision, function, and a package of arguments. */
acpi_status __wrap_acpi_evaluate_object(acpi_handle handle, acpi_string name,
					struct acpi_object_list *args, struct acpi_buffer *result)
{
	struct mock_acpi *acpi = mock_of(handle);
	union acpi_object *arg;

	if (!acpi)
		return acpi_evaluate_object(handle, name, args, result);
	if (strcmp(name, "_DSM") || args->count != 4)
		return AE_NOT_FOUND;
	arg = args->pointer;
	return answer(acpi->ops->dsm(acpi, (guid_t *)arg[0].buffer.pointer, arg[1].integer.value,
				     arg[2].integer.value, &arg[3]), result);
}
EXPORT_SYMBOL_GPL(__wrap_acpi_evaluate_object);

acpi_status __wrap_acpi_evaluate_object_typed(acpi_handle handle, acpi_string name,
					      struct acpi_object_list *args,
					      struct acpi_buffer *result, acpi_object_type type)
{
	struct mock_acpi *acpi = mock_of(handle);
	union acpi_object *object;

	if (!acpi)
		return acpi_evaluate_object_typed(handle, name, args, result, type);
	object = acpi->ops->method ? acpi->ops->method(acpi, name, args) : NULL;
	if (!IS_ERR_OR_NULL(object) && object->type != type) {
		ACPI_FREE(object);
		return AE_TYPE;
	}
	return answer(object, result);
}
EXPORT_SYMBOL_GPL(__wrap_acpi_evaluate_object_typed);

acpi_status __wrap_acpi_get_handle(acpi_handle parent, acpi_string name, acpi_handle *handle)
{
	struct mock_acpi *acpi = mock_of(parent);

	if (!acpi)
		return acpi_get_handle(parent, name, handle);
	if (!acpi->ops->has_method || !acpi->ops->has_method(acpi, name))
		return AE_NOT_FOUND;
	*handle = acpi;
	return AE_OK;
}
EXPORT_SYMBOL_GPL(__wrap_acpi_get_handle);

struct acpi_device *__wrap_acpi_find_child_device(struct acpi_device *parent, u64 adr,
						  bool check_children)
{
	struct mock_acpi *acpi = parent ? mock_of(parent->handle) : NULL, *child;

	if (!acpi)
		return acpi_find_child_device(parent, adr, check_children);
	child = acpi->ops->child ? acpi->ops->child(acpi, adr) : NULL;
	return child ? child->adev : NULL;
}
EXPORT_SYMBOL_GPL(__wrap_acpi_find_child_device);

acpi_status __wrap_acpi_install_notify_handler(acpi_handle handle, u32 type,
					       acpi_notify_handler handler, void *context)
{
	struct mock_acpi *acpi = mock_of(handle);

	if (!acpi)
		return acpi_install_notify_handler(handle, type, handler, context);
	guard(mutex)(&acpi->lock);
	if (acpi->handler)
		return AE_ALREADY_EXISTS;
	acpi->handler = handler;
	acpi->context = context;
	return AE_OK;
}
EXPORT_SYMBOL_GPL(__wrap_acpi_install_notify_handler);

acpi_status __wrap_acpi_remove_notify_handler(acpi_handle handle, u32 type,
					      acpi_notify_handler handler)
{
	struct mock_acpi *acpi = mock_of(handle);

	if (!acpi)
		return acpi_remove_notify_handler(handle, type, handler);
	guard(mutex)(&acpi->lock);
	if (acpi->handler != handler)
		return AE_NOT_EXIST;
	acpi->handler = NULL;
	return AE_OK;
}
EXPORT_SYMBOL_GPL(__wrap_acpi_remove_notify_handler);
