// SPDX-License-Identifier: GPL-2.0
/*
 * lateioctl - a command to a DIMM that comes when the DIMM is nearly gone.
 *
 *   lateioctl /dev/nmemN FOUND GO
 *
 * Asks for the size of the label area with a buffer in a page that is not there: the kernel has
 * found the DIMM by the time it misses the page. Then the file FOUND is made; when there is a file
 * GO the page is given, and the command goes on. Says how it ended: "ok" or the errno's name.
 */
/* cc: -pthread -Wno-unused-parameter */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ndctl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE	4096

static int dimm, error;
static void *page;

static void *ask(void *data)
{
	if (ioctl(dimm, ND_IOCTL_GET_CONFIG_SIZE, page) < 0)
		error = errno;
	return NULL;
}

static int watch_page(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api))
		err(1, "userfaultfd");
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		err(1, "mmap");
	reg.range.start = (unsigned long)page;
	reg.range.len = PAGE;
	if (ioctl(fd, UFFDIO_REGISTER, &reg))
		err(1, "userfaultfd");
	return fd;
}

int main(int argc, char **argv)
{
	struct uffdio_zeropage zero = { .range.len = PAGE };
	struct pollfd missed = { .events = POLLIN };
	pthread_t thread;

	if (argc != 4)
		errx(2, "lateioctl /dev/nmemN FOUND GO");
	dimm = open(argv[1], O_RDWR);
	if (dimm < 0)
		err(1, "%s", argv[1]);
	missed.fd = watch_page();
	zero.range.start = (unsigned long)page;
	if (pthread_create(&thread, NULL, ask, NULL))
		errx(1, "no thread");
	if (poll(&missed, 1, 20000) != 1)
		errx(1, "the page is not missed");
	close(open(argv[2], O_WRONLY | O_CREAT, 0600));
	while (access(argv[3], F_OK))
		usleep(1000);
	if (ioctl(missed.fd, UFFDIO_ZEROPAGE, &zero))
		err(1, "userfaultfd");
	pthread_join(thread, NULL);
	puts(error ? strerrorname_np(error) : "ok");
	return 0;
}
