// SPDX-License-Identifier: GPL-2.0
/*
 * soil DEVICE: make the info-block of a raw namespace what a writer of version
 * 1.2 could leave behind: whatever lay on the media in every byte that 1.2
 * gives no meaning, and in the flags.
 */
#include <endian.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fuzz_media.h"

int main(int argc, char **argv)
{
	struct nd_media_pfn block;
	int fd = argc == 2 ? open(argv[1], O_RDWR) : -1;

	if (fd < 0 || pread(fd, &block, sizeof(block), ND_INFO_OFFSET) != sizeof(block)) {
		perror("soil");
		return 1;
	}
	if (memcmp(block.signature, ND_PFN_SIG, ND_SIG_LEN)) {
		fputs("soil: no info-block\n", stderr);
		return 1;
	}
	block.version_minor = htole16(2);
	block.flags = htole32(0xa5a5a5a5);
	memset(&block.page_size, 0xa5, (u8 *)&block.checksum - (u8 *)&block.page_size);
	block.checksum = 0;
	block.checksum = htole64(nd_fletcher_of(&block, sizeof(block)));
	if (pwrite(fd, &block, sizeof(block), ND_INFO_OFFSET) != sizeof(block) || fsync(fd)) {
		perror("soil");
		return 1;
	}
	return 0;
}
