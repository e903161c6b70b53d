// SPDX-License-Identifier: GPL-2.0
/*
 * key - put keys into the kernel's user keyring, where the drivers look for passphrases.
 *
 *   key NAME...    an encrypted key of 32 random bytes under each name; prints serial numbers
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/keyctl.h>

static int add(const char *type, const char *name, const char *payload)
{
	int id = syscall(SYS_add_key, type, name, payload, strlen(payload),
			 KEY_SPEC_USER_KEYRING);

	if (id < 0)
		err(1, "add_key(%s, %s)", type, name);
	return id;
}

int main(int argc, char **argv)
{
	/* what encrypted keys are encrypted with; the session sees the user's keyring */
	add("user", "nd-master", "0123456789abcdef0123456789abcdef");
	syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_SESSION_KEYRING);
	for (int i = 1; i < argc; i++)
		printf("%d\n", add("encrypted", argv[i], "new enc32 user:nd-master 32"));
	return 0;
}
