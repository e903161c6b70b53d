// SPDX-License-Identifier: GPL-2.0
/*
 * sweep PART/PARTS[-LAST] WHAT...
 *	bind DRIVER DEVICE	DEVICE is bound to the driver in that directory
 *	workers DRIVER DEVICE	the same, but what fails is in workqueues that it starts
 *	module FILE NAME	the module is loaded, nothing else needs it; refused is what its
 *				init() asks for, for the loader's own way back is the kernel's
 *	disk FILE -		the disk is opened, read, written and flushed
 *	map FILE -		the dax device is opened, mapped and stored to
 *	store FILE WORD [FILE WORD]	that word is written to an attribute, the other one before
 *				each time: it undoes what the first has done
 *
 * Has the kernel refuse the first allocation of that operation, once, then the
 * second, and so on until there is none left or the one numbered LAST has been;
 * of PARTS in a row the one numbered PART, from 0, so that all the PARTS refuse
 * each once. After each the operation is repeated with memory enough: it has to
 * succeed, and what is on the nd and dax buses has to be what was there at
 * first. Who is refused memory while it stores to a mapping gets no SIGBUS; and who stores to an
 * attribute is told ENOMEM and nothing else: nothing is disabled, or not to be had, because of it.
 * With ONLY_ENOMEM in the environment that goes for who binds as well.
 *
 * Needs failslab, /proc/TASK/fail-nth and, for modules, trace events.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DEVICES		"/sys/bus/nd/devices"
#define DAX_DEVICES	"/sys/bus/dax/devices"
#define DRIVERS		"/sys/bus/nd/drivers"
#define ENOUGH		1000000
#define ERRNOS		134

static const char *dir, *device;
static bool in_workers, is_module, only_enomem;
static int (*use)(void);	/* it is no device that is bound, but one that is used */
static const char *back_file, *back_word;
static unsigned int book[ERRNOS], never_asked;

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	return err;
}

static int read_number(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return -1;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	close(fd);
	return atoi(text);
}

/* ---- faults ---- */

static bool is_worker(const char *pid)
{
	char path[64], name[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%.16s/comm", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	if (read(fd, name, sizeof(name) - 1) < 0)
		name[0] = 0;
	close(fd);
	return !strncmp(name, "kworker/u", 9);
}

/* Those whose counters were set; later ones have none. */
static int worker[256], workers;

static void set_counter(int pid, unsigned int nth)
{
	char path[64], text[16];

	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	snprintf(text, sizeof(text), "%u", nth);
	write_file(path, text);
}

static void arm_workers(unsigned int nth)
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");

	workers = 0;
	while (proc && workers < 256 && (entry = readdir(proc))) {
		if (!isdigit(entry->d_name[0]) || !is_worker(entry->d_name))
			continue;
		worker[workers] = atoi(entry->d_name);
		set_counter(worker[workers++], nth);
	}
	if (proc)
		closedir(proc);
}

/* What the busiest of them has left. */
static unsigned int disarm_workers(void)
{
	unsigned int least = ENOUGH, left;
	char path[64];

	while (workers) {
		snprintf(path, sizeof(path), "/proc/%d/fail-nth", worker[--workers]);
		left = read_number(path);
		least = left < least ? left : least;
		set_counter(worker[workers], 0);
	}
	return least;
}

/* Of this task, by a file that is open already: to open one takes memory. */
static unsigned int disarm(int counter)
{
	char text[16] = "";

	if (pread(counter, text, sizeof(text) - 1, 0) < 0 || pwrite(counter, "0", 1, 0) < 0)
		perror("fail-nth");
	return atoi(text);
}

/* ---- what a module's init() asks for ---- */

#define TRACING		"/sys/kernel/debug/tracing"

static const char *const watched[] = {
	TRACING "/events/initcall/initcall_start/enable",
	TRACING "/events/kmem/kmalloc/enable",
	TRACING "/events/kmem/kmem_cache_alloc/enable",
};

/* The file that stops it at once, while it goes on. */
static int tracing = -1;

/* Of this task alone. */
static void trace_begins(void)
{
	char pid[16];
	int fd = open(TRACING "/trace", O_WRONLY | O_TRUNC);

	/* what another one traced is gone now */
	if (fd >= 0)
		close(fd);
	write_file(TRACING "/tracing_on", "1");
	snprintf(pid, sizeof(pid), "%d", getpid());
	write_file(TRACING "/set_event_pid", pid);
	for (int i = 0; i < 3; i++)
		write_file(watched[i], "1");
	tracing = open(TRACING "/tracing_on", O_WRONLY);
}

static void trace_stops(void)
{
	if (tracing >= 0 && pwrite(tracing, "0", 1, 0) < 0)
		perror("tracing_on");
}

static void trace_ends(void)
{
	close(tracing);
	tracing = -1;
	for (int i = 0; i < 3; i++)
		write_file(watched[i], "0");
}

/* ---- the operation, and its opposite ---- */

static void settle(void)
{
	char path[320], text[8];
	struct dirent *entry;
	DIR *d = opendir(DEVICES);
	int fd;

	while (d && (entry = readdir(d))) {
		if (strncmp(entry->d_name, "ndbus", 5))
			continue;
		snprintf(path, sizeof(path), DEVICES "/%s/wait_probe", entry->d_name);
		fd = open(path, O_RDONLY);
		/* as every path of this kind is gone while the bus is */
		if (fd < 0)
			continue;
		if (read(fd, text, sizeof(text)) < 0)
			text[0] = 0;
		close(fd);
	}
	if (d)
		closedir(d);
}

static int use_disk(void)
{
	static char block[4096] __attribute__((aligned(4096)));
	int fd = open(dir, O_RDWR | O_DIRECT), err = 0;

	if (fd < 0)
		return errno;
	if (pread(fd, block, sizeof(block), 0) < 0 || pwrite(fd, block, sizeof(block), 0) < 0 ||
	    fsync(fd))
		err = errno;
	close(fd);
	return err;
}

static sigjmp_buf after;

static void on_sigbus(__attribute__((unused)) int sig)
{
	siglongjmp(after, 1);
}

static int use_map(void)
{
	int fd = open(dir, O_RDWR), err = 0;
	volatile char *at;

	if (fd < 0)
		return errno;
	at = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED) {
		err = errno;
		close(fd);
		return err;
	}
	signal(SIGBUS, on_sigbus);
	if (sigsetjmp(after, 1))
		err = EFAULT;
	else
		at[4096] = 1;
	munmap((void *)at, 2 << 20);
	close(fd);
	return err;
}

/* Opened by operate(), without a refusal: to open takes memory of the kernel's own. */
static int attribute = -1;

static int use_attribute(void)
{
	return pwrite(attribute, device, strlen(device), 0) < 0 ? errno : 0;
}

static bool is_done(void)
{
	char path[256];

	if (use)
		return true;
	if (is_module)
		snprintf(path, sizeof(path), "/sys/module/%s", device);
	else
		snprintf(path, sizeof(path), "%s/%s", dir, device);
	return !access(path, F_OK);
}

/* One that is enabled pins its provider's module. */
static void disable_regions(void)
{
	struct dirent *entry;
	DIR *d = opendir(DEVICES);

	while (d && (entry = readdir(d)))
		if (!strncmp(entry->d_name, "region", 6))
			write_file(DRIVERS "/nd_region/unbind", entry->d_name);
	if (d)
		closedir(d);
}

/* What was begun may have to end first. */
static void store_back(void)
{
	int err = write_file(back_file, back_word);

	for (int i = 0; err == EBUSY && i < 300; i++) {
		usleep(100000);
		err = write_file(back_file, back_word);
	}
	if (err)
		printf("%s > %s: %s\n", back_word, back_file, strerrorname_np(err));
}

static void undo(void)
{
	char path[256];

	if (back_file)
		store_back();
	if (use)
		return;
	if (is_module) {
		if (syscall(SYS_delete_module, device, O_NONBLOCK) && errno == EAGAIN) {
			disable_regions();
			syscall(SYS_delete_module, device, O_NONBLOCK);
		}
		return;
	}
	snprintf(path, sizeof(path), "%s/unbind", dir);
	write_file(path, device);
	settle();
}

static int open_for_it(void)
{
	char path[256];

	if (use == use_attribute)
		return attribute = open(dir, O_WRONLY);
	if (is_module || use)
		return open(is_module ? dir : "/dev/null", O_RDONLY);
	snprintf(path, sizeof(path), "%s/bind", dir);
	return open(path, O_WRONLY);
}

/* With the @nth allocation refused, 0: none. @left: what is left of the count. */
static int operate(unsigned int nth, unsigned int *left)
{
	int fd = open_for_it(), counter = open("/proc/self/fail-nth", O_RDWR), rc;
	char text[16];

	if (fd < 0 || counter < 0) {
		perror("open");
		exit(2);
	}
	if (nth && in_workers) {
		arm_workers(nth);
	} else if (nth) {
		snprintf(text, sizeof(text), "%u", nth);
		if (write(counter, text, strlen(text)) < 0)
			perror("fail-nth");
	}
	if (use)
		rc = use();
	else if (is_module)
		rc = syscall(SYS_finit_module, fd, "", 0) ? errno : 0;
	else
		rc = write(fd, device, strlen(device)) < 0 ? errno : 0;
	*left = disarm(counter);
	trace_stops();
	settle();
	if (nth && in_workers)
		*left = disarm_workers();
	close(counter);
	close(fd);
	return rc;
}

/*
 * How many allocations there were since a module's init() began, and a few more: not each that is
 * traced can be refused. 0 when none began. Those of the checkers are never refused.
 */
static unsigned int traced_since_init(void)
{
	FILE *f = fopen(TRACING "/trace", "r");
	unsigned int n = 0;
	bool begun = false;
	char line[512];

	while (f && fgets(line, sizeof(line), f)) {
		begun |= !!strstr(line, " initcall_start: ");
		n += begun && strstr(line, "call_site=") && !strstr(line, "kmemleak_object") &&
		     !strstr(line, "debug_objects_cache");
	}
	if (f)
		fclose(f);
	return begun && !n ? 1 : n;
}

/* The operation without a refusal: of its @total allocations, the first to be refused; 0: none. */
static unsigned int first_of(unsigned int *total)
{
	unsigned int left, since;

	if (is_module)
		trace_begins();
	operate(ENOUGH, &left);
	*total = ENOUGH - left;
	if (!is_module)
		return *total > 0;
	since = traced_since_init();
	trace_ends();
	if (!since)
		return 0;
	return since < *total ? *total - since + 1 : 1;
}

/* ---- what there is on the bus ---- */

static const char *const kind[] = {
	"nmem", "region", "namespace", "btt", "pfn", "dax", "ndbus", "dax device",
};

#define KINDS		8
#define DAX_DEVICE	7

static void count_in(const char *devices, unsigned int *all, unsigned int *bound)
{
	char path[320];
	struct dirent *entry;
	DIR *d = opendir(devices);

	while (d && (entry = readdir(d))) {
		for (int k = 0; k < KINDS; k++) {
			bool dax = !strcmp(devices, DAX_DEVICES);

			if (dax != (k == DAX_DEVICE) ||
			    (!dax && strncmp(entry->d_name, kind[k], strlen(kind[k]))) ||
			    entry->d_name[0] == '.')
				continue;
			all[k]++;
			snprintf(path, sizeof(path), "%s/%s/driver", devices, entry->d_name);
			bound[k] += !access(path, F_OK);
		}
	}
	if (d)
		closedir(d);
}

/* Kinds, and how many are bound: numbers of claims depend on who was found first. */
static void inventory(char *text, size_t len)
{
	unsigned int all[KINDS] = { }, bound[KINDS] = { };
	int n = 0;

	count_in(DEVICES, all, bound);
	count_in(DAX_DEVICES, all, bound);
	for (int k = 0; k < KINDS; k++)
		n += snprintf(text + n, len - n, "%s%u of %u %s", k ? ", " : "", bound[k], all[k],
			      kind[k]);
}

/* Once more, with memory enough. */
static bool retry(unsigned int nth, const char *wanted)
{
	unsigned int left;
	char found[256];
	int err;

	/* it may have succeeded with less than it should have */
	if (is_done())
		undo();
	if (!use && is_done()) {
		printf("allocation %u: cannot be undone\n", nth);
		return false;
	}
	err = operate(0, &left);
	if (err || !is_done()) {
		printf("allocation %u: fails without a reason: %s\n", nth, strerrorname_np(err));
		return false;
	}
	inventory(found, sizeof(found));
	if (strcmp(found, wanted)) {
		printf("allocation %u: %s; was %s\n", nth, found, wanted);
		return false;
	}
	return true;
}

/* ---- main ---- */

/*
 * What a caller may be told when memory is short: that it is, or nothing; and where firmware is
 * asked, what was not to be had without its answer (only_enomem: nowhere). Who binds is also told
 * -EINVAL by the driver core, of a device that it found no memory to name.
 */
static bool documented(int err)
{
	switch (err) {
	case 0:
	case ENOMEM:
		return true;
	case EINVAL:
		return use != use_attribute;
	case ENXIO:
	case EBUSY:
		return use != use_attribute && !only_enomem;
	default:
		return false;
	}
}

static bool struck(int err, unsigned int nth, const char *wanted)
{
	bool good = documented(err);

	book[err < ERRNOS ? err : 0]++;
	if (!good)
		printf("allocation %u: undocumented: %s\n", nth, strerrorname_np(err));
	return retry(nth, wanted) && good;
}

static bool is_asked_for(unsigned int nth)
{
	unsigned int left;

	undo();
	operate(ENOUGH, &left);
	return ENOUGH - left >= nth;
}

/*
 * How many allocations there are differs by a few from one time to the next, so that the last ones
 * may not be asked for. Who counts as many again, and cannot refuse that one, refuses nothing.
 */
static bool refuse(unsigned int nth, const char *wanted)
{
	unsigned int left;
	int err;

	for (int i = 0; i < 5; i++) {
		undo();
		/* or what was warned of once is never heard of again */
		write_file("/sys/kernel/debug/clear_warn_once", "1");
		err = operate(nth, &left);
		if (!left || err)
			return struck(err, nth, wanted);
		if (in_workers || !is_asked_for(nth)) {
			never_asked++;
			return true;
		}
	}
	printf("allocation %u: is asked for, and never refused\n", nth);
	return false;
}

int main(int argc, char **argv)
{
	unsigned int part, parts, last = ENOUGH, total, first, nth, refused = 0;
	bool good = true;
	char wanted[256];

	if (argc != 5 && argc != 7)
		return 2;
	if (sscanf(argv[1], "%u/%u-%u", &part, &parts, &last) < 2 || part >= parts)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	only_enomem = getenv("ONLY_ENOMEM");
	in_workers = !strcmp(argv[2], "workers");
	is_module = !strcmp(argv[2], "module");
	use = !strcmp(argv[2], "disk") ? use_disk : !strcmp(argv[2], "map") ? use_map :
	      !strcmp(argv[2], "store") ? use_attribute : NULL;
	dir = argv[3];
	device = argv[4];
	back_file = argv[5];
	back_word = argc == 7 ? argv[6] : NULL;

	undo();
	/* who of the workers does what differs: some are asked in vain, or for too few */
	first = first_of(&total);
	inventory(wanted, sizeof(wanted));
	if (!first) {
		printf("%s: nothing of it can be refused\n", device);
		return 1;
	}
	if (total > last)
		total = last;
	for (nth = first + part; good && nth <= total; nth += parts) {
		good = refuse(nth, wanted);
		refused++;
	}
	printf("%s: %u allocations, %u refused from %u on:", device, total, refused, first);
	for (int err = 0; err < ERRNOS; err++)
		if (book[err])
			printf(" %s %u", err ? strerrorname_np(err) : "survived", book[err]);
	if (never_asked)
		printf(" not asked for this time %u", never_asked);
	printf("; %s\n", wanted);
	/* a part may have only what is survived */
	return good && (parts > 1 || in_workers || book[ENOMEM]) ? 0 : 1;
}
