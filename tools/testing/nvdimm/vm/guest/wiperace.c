// SPDX-License-Identifier: GPL-2.0
/*
 * wiperace - have a DIMM erased and its region enabled at one moment, many times.
 *
 *   wiperace ROUNDS DIMM REGION
 *
 * Both are told as an administrator would; each may be refused with EBUSY and nothing else. Who of
 * them begins first is left to chance, helped a little. Ends with the region disabled, and says how
 * often either was refused.
 */
/* cc: -pthread -Wno-unused-parameter */
/* cc: -Itools/testing/nvdimm/lib tools/testing/nvdimm/lib/store_text.c */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "store_text.h"

#define DEVICES	"/sys/bus/nd/devices/"
#define DRIVER	"/sys/bus/nd/drivers/nd_region/"

static char security[128], driver[128];
static const char *region;
static pthread_barrier_t both;
static int error[2];
static unsigned long rounds, refused[2], none;

/* Less than what either takes. */
static void dither(unsigned int *seed)
{
	for (volatile int n = rand_r(seed) % 20000; n > 0; n--)
		;
}

static void *wipe(void *data)
{
	unsigned int seed = 1;

	for (unsigned long i = 0; i < rounds; i++) {
		pthread_barrier_wait(&both);
		dither(&seed);
		error[0] = store_text(security, "erase 0");
		pthread_barrier_wait(&both);
	}
	return NULL;
}

/* Reading it waits until nothing is being bound. */
static void settle(void)
{
	int fd = open("/sys/class/nd/ndctl0/device/wait_probe", O_RDONLY);
	char c;

	if (fd < 0 || read(fd, &c, 1) != 1)
		err(1, "wait_probe");
	close(fd);
}

static void judge(unsigned long round)
{
	for (int i = 0; i < 2; i++) {
		if (error[i] && error[i] != EBUSY)
			errx(1, "round %lu: %s: %s", round, i ? "enabling" : "erasing",
			     strerror(error[i]));
		refused[i] += !!error[i];
	}
	none += !error[0] && !error[1];
}

int main(int argc, char **argv)
{
	unsigned int seed = 2;
	pthread_t thread;

	if (argc != 4)
		errx(2, "wiperace ROUNDS DIMM REGION");
	rounds = strtoul(argv[1], NULL, 0);
	region = argv[3];
	snprintf(security, sizeof(security), DEVICES "%s/security", argv[2]);
	snprintf(driver, sizeof(driver), DEVICES "%s/driver", region);
	pthread_barrier_init(&both, NULL, 2);
	if (pthread_create(&thread, NULL, wipe, NULL))
		errx(1, "no thread");
	for (unsigned long i = 0; i < rounds; i++) {
		pthread_barrier_wait(&both);
		dither(&seed);
		error[1] = store_text(DRIVER "bind", region);
		pthread_barrier_wait(&both);
		judge(i);
		/* one that was refused follows */
		settle();
		if (!access(driver, F_OK) && store_text(DRIVER "unbind", region))
			errx(1, "round %lu: the region is not disabled", i);
	}
	pthread_join(thread, NULL);
	printf("%lu rounds: erasing refused %lu, enabling refused %lu, neither %lu\n", rounds,
	       refused[0], refused[1], none);
	return !refused[0] || !refused[1];
}
