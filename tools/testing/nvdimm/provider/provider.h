/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nd_provider: firmware in a module. It cuts ranges out of memory that the kernel
 * does not use, at whatever phase, and offers each as a region, with DIMMs or
 * without, through the interface that every provider has: no symbol is
 * wrapped, what is tested is the modules that users run (requirements X23), or
 * the kernel's own.
 *
 *	main.c		parameters, buses, regions
 *	machine.c	/dev/nd_provider: another machine, label areas included
 *	spec.c		the words that describe a range
 *	memory.c	who else has that memory, /proc/iomem, contents that move
 *	media.c		poison, the bus's commands about it, flushes
 *	dimm.c		DIMMs: label areas
 *	security.c	passphrase
 *	virtio.c	a range as a host's virtio-pmem device, and that host
 *	hold.c		commands that take their time, DIMMs that are taken away
 *	locks.c		locks of devices, in any order
 *	slow.c		functions that take their time, or fail
 *	attrs.c		what a test turns on and off while it runs
 *
 * A machine lives from modprobe to rmmod, or to the next one. Locks are this module's own and
 * innermost: libnvdimm is never called with one held.
 */
#ifndef _ND_PROVIDER_H
#define _ND_PROVIDER_H

#include <linux/atomic.h>
#include <linux/libnvdimm.h>
#include <linux/mutex.h>
#include <linux/ndctl.h>
#include <linux/platform_device.h>
#include <linux/types.h>

#define PROVIDER_RANGES	32
#define PROVIDER_BUSES	4

/* What becomes bad, is found and is cleared at once: as of common DIMMs. */
#define PROVIDER_UNIT	256

/**
 * struct provider_spec - a range as the parameter describes it
 * @start: physical address
 * @size: bytes
 * @moved: where its contents are until the module is loaded; 0: stays
 * @label_at: physical address of the label area; 0: memory of the module's own
 * @dpa: where its part of each DIMM begins
 * @label_size: bytes, of each DIMM
 * @dimms: interleaved
 * @on: the first DIMM, of those of ranges before it; -1: its DIMMs are its own
 * @cookie: of the interleave set; 0: one of the module's own
 * @altcookie: that of old kernels; 0: @cookie
 * @ring: it is a virtio-pmem device, whose ring has so many entries; 0: it is not
 * @errors: so many of the first label commands of each DIMM fail
 * @bus: number
 * @node: NUMA node, or NUMA_NO_NODE
 * @position: of each DIMM in the set
 * @own_dimms: it has DIMMs of its own, whose label areas may have no byte
 * @flush: durable only by asking the provider
 * @cache: the platform writes CPU caches back when power fails
 * @volatile_mem: not persistent
 * @pages: struct pages without info-block, too
 * @locked: the DIMM wants its passphrase
 * @frozen: the DIMM takes no more security commands
 * @unchecked: nobody is asked about the memory, nor told
 * @bare: a blank label area leaves the range bare
 */
struct provider_spec {
	u64 start;
	u64 size;
	u64 moved;
	u64 label_at;
	u64 cookie;
	u64 altcookie;
	u64 dpa;
	u32 label_size;
	unsigned int dimms;
	int on;
	unsigned int ring;
	unsigned int errors;
	unsigned int bus;
	int node;
	u8 position[ND_MAX_MAPPINGS];
	bool own_dimms;
	bool flush;
	bool cache;
	bool volatile_mem;
	bool pages;
	bool locked;
	bool frozen;
	bool unchecked;
	bool bare;
};

/**
 * struct provider_security - a DIMM's passphrase
 * @key: what unlocks; zeroes while there is none
 * @set: there is one
 * @locked: it was not given since power-on
 * @frozen: no changes until the next power-on
 * @wiping: polls until an overwrite is over
 */
struct provider_security {
	u8 key[NVDIMM_PASSPHRASE_LEN];
	bool set;
	bool locked;
	bool frozen;
	unsigned int wiping;
};

struct provider_bus;
struct provider_host;
struct provider_range;

/**
 * struct provider_dimm - a DIMM of a range
 * @range: whose it is
 * @nvdimm: libnvdimm's
 * @id: names it in key descriptions
 * @labels: label area
 * @label_errors: so many of the next label commands fail …
 * @label_well: … behind so many that do not
 * @hold: label commands wait
 * @leaving: it is being deleted
 * @running: label commands that run
 * @security: passphrase
 * @lock: of @security and @labels
 */
struct provider_dimm {
	struct provider_range *range;
	struct nvdimm *nvdimm;
	char id[40];
	void *labels;
	atomic_t label_errors;
	atomic_t label_well;
	bool hold;
	bool leaving;
	u8 mute;
	atomic_t running;
	atomic_t unanswered;
	struct provider_security security;
	struct mutex lock;	/* see above */
};

/**
 * struct provider_range - a range and what is wrong with it
 * @spec: as asked for
 * @bus: where it is offered
 * @host: what offers it as a virtio-pmem device instead
 * @region: libnvdimm's
 * @dimms: its own DIMMs, as many as @spec says, or NULL
 * @maps: the DIMMs that it maps, its own or those of a range before it, or NULL
 * @set: their interleave set
 * @bad: a bit for each PROVIDER_UNIT; NULL: nothing is bad
 * @units: bits of @bad
 * @uncurable: the byte that firmware does not clear; U64_MAX: none
 * @flushes: how often the region was flushed
 * @flush_errors: so many of the next flushes fail
 * @lock: of @bad
 */
struct provider_range {
	struct provider_spec spec;
	struct provider_bus *bus;
	struct provider_host *host;
	struct nd_region *region;
	struct provider_dimm *dimms;
	struct provider_dimm *maps;
	struct nd_interleave_set set;
	unsigned long *bad;
	unsigned long units;
	u64 uncurable;
	atomic_t flushes;
	atomic_t flush_errors;
	struct mutex lock;	/* see above */
};

/**
 * struct provider_bus - a bus
 * @pdev: what it hangs on
 * @name: of the provider, "nd_provider.0"
 * @desc: to libnvdimm
 * @bus: libnvdimm's; NULL when no range wants it
 * @scrub: of what the next ND_CMD_ARS_STATUS tells
 * @scrubbed: there was one
 * @hold: none comes to its end
 * @jobs: scrubs that the kernel wants; NULL: its libnvdimm asks for none
 * @going: no scrub is taken any more
 */
struct provider_bus {
	struct platform_device *pdev;
	char name[16];
	struct nvdimm_bus_descriptor desc;
	struct nvdimm_bus *bus;
	struct range scrub;
	bool scrubbed;
	bool hold;
	struct workqueue_struct *jobs;
	bool going;
};

/* poison/scrub.h has what they do; the kernel's own libnvdimm has neither. */
typedef int (*provider_want)(struct nvdimm_bus_descriptor *desc, u64 start, u64 len);
void nvdimm_bus_takes_scrubs(struct nvdimm_bus *bus, provider_want want);
void nvdimm_bus_scrubbed(struct nvdimm_bus *bus, u64 start, u64 len, int rc);

extern struct provider_range provider_ranges[PROVIDER_RANGES];
extern unsigned int provider_nranges;

/* main.c: the machine of so many ranges, whose words are parsed; and none. */
int provider_build(const char *const *range, unsigned int n);
int provider_offer(void);
void provider_take_down(void);

/* machine.c */
int provider_machine_init(void);
void provider_machine_exit(void);

static inline u64 provider_end(const struct provider_spec *spec)
{
	return spec->start + spec->size;
}

/* spec.c: -EINVAL with a message. */
int provider_spec_parse(const char *text, struct provider_spec *spec);
int provider_specs_check(void);

/* memory.c */
int provider_memory_check(u64 start, u64 size);
int provider_memory_move(u64 from, u64 to, u64 size);
int provider_memory_wipe(u64 start, u64 size);
int provider_iomem_enter(bool merge);
void provider_iomem_leave(void);

/* media.c */
int provider_media_init(struct provider_range *range);
void provider_media_exit(struct provider_range *range);
/* Bad from now on; only a scrub knows. -EINVAL: outside. */
int provider_poison(struct provider_range *range, u64 offset, u64 len);
/* The first run of bad bytes at or after @offset. */
bool provider_next_bad(struct provider_range *range, u64 offset, u64 *start, u64 *len);
/* Tell libnvdimm of all that is bad. */
void provider_scrub(struct provider_range *range);
/* Take the scrubs that the kernel wants, before there are regions; and no more, with them there. */
int provider_jobs_init(struct provider_bus *bus);
void provider_jobs_exit(struct provider_bus *bus);
/* An uncorrectable error has been met: tell libnvdimm, and the kernel of its pages. */
int provider_uc(struct provider_range *range, u64 offset, u64 len);
/* The same, but it is the machine-check handler alone that learns of the pages. It unmaps them. */
int provider_mce(struct provider_range *range, u64 offset, u64 len);
int provider_flush(struct nd_region *region, struct bio *bio);
int provider_bus_command(struct provider_bus *bus, unsigned int cmd, void *buf, unsigned int len,
			 int *cmd_rc);

/* dimm.c */
/* DIMM @nr of all, in the order of their ranges, or NULL. */
struct provider_dimm *provider_find_dimm(u32 nr);
int provider_dimms_init(struct provider_range *range, unsigned int nr);
void provider_dimms_exit(struct provider_range *range);
int provider_dimms_add(struct provider_range *range);
int provider_dimm_command(struct provider_dimm *dimm, unsigned int cmd, void *buf,
			  unsigned int len, int *cmd_rc);

/* hold.c */
void provider_hold_enter(struct provider_dimm *dimm);
void provider_hold_leave(struct provider_dimm *dimm);
void provider_hold_clear(void);
void provider_hold_mce(void);
/* A DIMM is being wiped: it is a bug if a region over it is enabled. */
void provider_check_unused(struct provider_range *range);
/* What a DIMM is asked; one that does not answer the later does not answer the earlier. */
enum provider_question {
	PROVIDER_ASKS_OVERWRITE = 1,
	PROVIDER_ASKS_STATE,
};
/* Does it not answer? */
bool provider_mute(struct provider_dimm *dimm, enum provider_question question);
extern struct device_attribute provider_attr_hold, provider_attr_mute, provider_attr_delete,
	provider_attr_removed, provider_attr_slow, provider_attr_linger, provider_attr_clear_hold,
	provider_attr_mce_hold,
	provider_attr_online_hold;
/* Hold probes of the bus below @parent, if the parameter probe_hold says so. */
int provider_hold_probes(struct device *parent);
int provider_hold_init(void);
void provider_hold_exit(void);

/* locks.c */
extern struct device_attribute provider_attr_lock_order;

/* security.c */
extern const struct nvdimm_security_ops provider_security_ops;

/* A passphrase nobody has told the kernel, unless there is one. */
void provider_passphrase(struct provider_security *s);

/* virtio.c */
int provider_host_add(struct provider_range *range, unsigned int nr);
void provider_host_remove(struct provider_range *range);

/* slow.c */
int provider_slow_init(void);
void provider_slow_exit(void);

/* disk.c */
void provider_disk_exit(void);

/* attrs.c */
extern const struct attribute_group *provider_bus_groups[];
extern const struct attribute_group *provider_region_groups[];
extern const struct attribute_group *provider_dimm_groups[];

/* Does the next of so many go wrong? */
static inline bool provider_goes_wrong(atomic_t *errors)
{
	return atomic_dec_if_positive(errors) >= 0;
}

#endif /* _ND_PROVIDER_H */
