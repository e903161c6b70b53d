// SPDX-License-Identifier: GPL-2.0
/*
 * infoblock - change fields of the info-block on a raw disk, and seal it again.
 *
 *   infoblock DISK FIELD=VALUE...
 *
 * Fields are those of struct nd_media_pfn; padding=N and parent_uuid=N fill all of it, and
 * checksum=N is so far from the right one.
 */
#define _GNU_SOURCE
#include <err.h>
#include "fuzz_media.h"

static void set(struct nd_media_pfn *info, const char *field, u64 value)
{
	if (!strcmp(field, "version_major"))
		info->version_major = value;
	else if (!strcmp(field, "version_minor"))
		info->version_minor = value;
	else if (!strcmp(field, "flags"))
		info->flags = value;
	else if (!strcmp(field, "align"))
		info->align = value;
	else if (!strcmp(field, "dataoff"))
		info->dataoff = value;
	else if (!strcmp(field, "mode"))
		info->mode = value;
	else if (!strcmp(field, "parent_uuid"))
		memset(info->parent_uuid, value, sizeof(info->parent_uuid));
	else if (!strcmp(field, "npfns"))
		info->npfns = value;
	else if (!strcmp(field, "start_pad"))
		info->start_pad = value;
	else if (!strcmp(field, "end_trunc"))
		info->end_trunc = value;
	else if (!strcmp(field, "page_size"))
		info->page_size = value;
	else if (!strcmp(field, "page_struct_size"))
		info->page_struct_size = value;
	else if (!strcmp(field, "padding"))
		memset(info->padding, value, sizeof(info->padding));
	else
		errx(2, "no field %s", field);
}

int main(int argc, char **argv)
{
	static union {
		struct nd_media_pfn info;
		u8 bytes[ND_INFO_SIZE];
	} block __attribute__((aligned(4096)));
	u64 wrong = 0;
	int fd;

	if (argc < 2)
		errx(2, "usage: infoblock DISK FIELD=VALUE...");
	fd = open(argv[1], O_RDWR | O_DIRECT | O_SYNC);
	if (fd < 0 || pread(fd, &block, sizeof(block), ND_INFO_OFFSET) != sizeof(block))
		err(1, "%s", argv[1]);
	if (memcmp(block.info.signature, ND_PFN_SIG, ND_SIG_LEN) &&
	    memcmp(block.info.signature, ND_DAX_SIG, ND_SIG_LEN))
		errx(1, "%s has no info-block", argv[1]);
	for (int i = 2; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (!value)
			errx(2, "not FIELD=VALUE: %s", argv[i]);
		*value++ = 0;
		if (!strcmp(argv[i], "checksum"))
			wrong = strtoull(value, NULL, 0);
		else
			set(&block.info, argv[i], strtoull(value, NULL, 0));
	}
	block.info.checksum = 0;
	block.info.checksum = nd_fletcher_of(&block, sizeof(block)) + wrong;
	if (pwrite(fd, &block, sizeof(block), ND_INFO_OFFSET) != sizeof(block) || close(fd))
		err(1, "%s", argv[1]);
	return 0;
}
