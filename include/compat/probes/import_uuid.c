// SPDX-License-Identifier: GPL-2.0
/*
 * import_uuid() and export_uuid(): v5.8
 */
#include <linux/uuid.h>

void probe(uuid_t *uuid, guid_t *guid, u8 *bytes)
{
	import_uuid(uuid, bytes);
	export_uuid(bytes, uuid);
	import_guid(guid, bytes);
}
