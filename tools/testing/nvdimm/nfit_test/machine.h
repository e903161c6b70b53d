/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pretended machine: what its firmware answers.
 *
 * Pure: state in, payload in, payload out. No device, no lock (the caller holds
 * the machine's), no clock but @now. Written from "NVDIMM DSM Interface" 3.0
 * for Intel's DIMM functions and ACPI 6.5 §9.19.7 for those of the root device,
 * apart from drivers/nvdimm/nfit on purpose: a misreading there shows here.
 *
 *	platforms.c	the two machines, as data
 *	table.c		a machine as an NFIT
 *	call.c		which function is whose
 *	labels.c smart.c security.c update.c	functions of a DIMM
 *	scrub.c poison.c activate.c		functions of the root device
 *	faults.c	which call fails, and how
 */
#ifndef _NFIT_TEST_MACHINE_H
#define _NFIT_TEST_MACHINE_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>
#include <linux/uuid.h>

/* ---- platforms.c ---- */

enum mock_kind { MOCK_PMEM, MOCK_VCD };

#define MOCK_LABEL_SIZE		(128u << 10)
#define MOCK_LABEL_TRANSFER	4096u
#define MOCK_HINTS		8
#define MOCK_DIMMS_MAX		5
#define MOCK_SPANS_MAX		3

/**
 * struct mock_span_desc - an address range of the platform
 * @kind: what it is
 * @index: in the NFIT
 * @size: bytes
 * @late: not there before it is plugged in
 */
struct mock_span_desc {
	enum mock_kind kind;
	u16 index;
	bool late;
	u64 size;
};

/**
 * struct mock_dimm_desc - a DIMM
 * @handle: NFIT device handle
 * @phys_id: SMBIOS handle
 * @dcr_index: of its control region
 * @code: interface format
 * @late: not there before it is plugged in
 * @hints: it has flush hints
 */
struct mock_dimm_desc {
	u32 handle;
	u16 phys_id;
	u16 dcr_index;
	u16 code;
	bool late;
	bool hints;
};

/**
 * struct mock_map_desc - part of a DIMM in a range
 * @dimm: number of the DIMM
 * @span: number of the range, or MOCK_NO_SPAN
 * @ways: DIMMs in the set
 * @flags: NFIT_MAP_*
 * @size: bytes of the DIMM
 * @dpa: where they start
 * @region_offset: of the first byte in the range, which tells the order of the set
 */
struct mock_map_desc {
	u8 dimm;
	u8 span;
	u8 ways;
	u16 flags;
	u64 size;
	u64 dpa;
	u64 region_offset;
};

#define MOCK_NO_SPAN	0xff

/**
 * struct mock_platform - a machine
 * @dimm: its DIMMs; sysfs calls them test_dimm@first_dimm and following
 * @dimm_functions: of Intel's family
 * @bus_functions: of the root device
 * @intel_bus_functions: likewise, Intel's family
 * @capabilities: NFIT_CAP_*, 0 when it does not tell
 */
struct mock_platform {
	const struct mock_dimm_desc *dimm;
	const struct mock_span_desc *span;
	const struct mock_map_desc *map;
	u8 ndimm;
	u8 nspan;
	u8 nmap;
	u8 first_dimm;
	u32 dimm_functions;
	u32 bus_functions;
	u32 intel_bus_functions;
	u32 capabilities;
};

#define MOCK_PLATFORMS	2
extern const struct mock_platform mock_platforms[MOCK_PLATFORMS];

/* ---- table.c ---- */

/**
 * struct mock_layout - where a platform's memory has been put
 * @span: address of each range
 * @hints: of each DIMM's first flush hint
 * @plugged: what comes late is there
 */
struct mock_layout {
	u64 span[MOCK_SPANS_MAX];
	u64 hints[MOCK_DIMMS_MAX];
	bool plugged;
};

/**
 * mock_table_build() - the platform as an NFIT, without its ACPI header
 * @to: room for it, or NULL to be told how much it takes
 * @room: bytes at @to
 *
 * Return: bytes of the table; when that is more than @room, nothing is usable.
 */
u32 mock_table_build(const struct mock_platform *p, const struct mock_layout *layout, void *to,
		     u32 room);

/* ---- a call ---- */

/**
 * struct mock_call - a function of firmware is called
 * @in: input payload
 * @in_len: its length
 * @out: output payload, at least MOCK_OUT_MAX bytes
 * @out_len: how much of it there is; nothing yet
 * @now: milliseconds since whenever
 */
struct mock_call {
	const u8 *in;
	u32 in_len;
	u8 *out;
	u32 out_len;
	u64 now;
};

#define MOCK_OUT_MAX	8192u

/* Status words of Intel's functions. */
enum mock_status {
	MOCK_OK			= 0,
	MOCK_NOT_SUPPORTED	= 1,
	MOCK_NO_DEVICE		= 2,
	MOCK_BAD_INPUT		= 3,
	MOCK_HARDWARE		= 4,
	MOCK_RETRY		= 5,
	MOCK_EXTENDED		= 7,
	MOCK_BAD_STATE		= 10,
	MOCK_BAD_PASSPHRASE	= 11,
};

/* Output of @size zeroed bytes, status first. */
void *mock_reply(struct mock_call *call, u32 size, u32 status);
/* Input as a structure of @size bytes; NULL, and BAD_INPUT replied, when there are fewer. */
const void *mock_input(struct mock_call *call, u32 size);

/* ---- poison.c ---- */

#define MOCK_POISON_MAX	512

/**
 * struct mock_poison - what the platform knows to be poisoned; sorted, apart from each other
 */
struct mock_poison {
	u32 n;
	struct { u64 start, end; } part[MOCK_POISON_MAX];	/* [start, end) */
};

/* Return: false when there is no room for more. */
bool mock_poison_add(struct mock_poison *poison, u64 start, u64 len);
bool mock_poison_clear(struct mock_poison *poison, u64 start, u64 len);

/* ---- scrub.c ---- */

#define MOCK_SCRUB_MS		1000u
#define MOCK_SCRUB_RECORDS	170u	/* what fits in 4 KiB */
#define MOCK_CLEAR_UNIT		256u

/**
 * struct mock_scrub - the root device's one scrub
 * @start: of the range
 * @length: bytes
 * @done: when it is over
 * @any: there was one
 * @found: poison that firmware knows of: what scrubs found when they started, and what was notified
 * @limit: most records it returns at once, MOCK_SCRUB_RECORDS unless told otherwise
 * @begun: scrubs so far, recalls left out
 * @usurp: so many scrubs to come are followed by one of firmware's own before anybody has asked
 *	for their results: a page at the start of the first range
 * @own: the last one was such
 * @broken: the last one ended in an error, which its status tells until there is a new one
 */
struct mock_scrub {
	u64 start;
	u64 length;
	u64 done;
	bool any;
	struct mock_poison found;
	u32 limit;
	u32 begun;
	u32 usurp;
	bool own;
	u32 broken;
};

/* ---- DIMMs ---- */

#define MOCK_PASSPHRASE	32

/* @old: state to return to after an overwrite */
struct mock_security {
	u8 state;
	u8 extended;
	u8 old;
	u8 user[MOCK_PASSPHRASE];
	u8 master[MOCK_PASSPHRASE];
	u64 overwritten;
};

enum mock_update_state { UPDATE_NONE, UPDATE_SENDING, UPDATE_VERIFYING, UPDATE_STAGED };

/*
 * @context: of the update in progress
 * @sent: bytes
 * @verified: when verifying is over
 * @version: of the staged image
 * @missed: there was an activation, and nothing staged
 * @activation: which one last concerned this DIMM
 */
struct mock_update {
	enum mock_update_state state;
	u32 context;
	u32 sent;
	u64 verified;
	u64 version;
	bool armed;
	bool missed;
	u32 activation;
};

/* Intel's "Get SMART and Health Info", the part that follows the status. */
struct mock_smart {
	__le32 valid;
	u8 reserved0[4];
	u8 health;
	u8 spares;
	u8 life_used;
	u8 alarms;
	__le16 media_temperature;
	__le16 controller_temperature;
	__le32 shutdown_count;
	u8 ait_status;
	__le16 pmic_temperature;
	u8 reserved1[8];
	u8 shutdown_state;
	__le32 vendor_size;
	u8 vendor[92];
} __packed;
static_assert(sizeof(struct mock_smart) == 128);

struct mock_threshold {
	__le16 alarms;
	u8 spares;
	__le16 media_temperature;
	__le16 controller_temperature;
} __packed;
static_assert(sizeof(struct mock_threshold) == 7);

/**
 * struct mock_faults - calls of a device that are to fail
 * @functions: which, by number
 * @code: negative errno that the driver is to see, or 0 for -EIO
 * @skip: so many of them succeed first
 * @count: so many fail, then no more; 0: all
 */
struct mock_faults {
	u32 functions;
	int code;
	u32 skip;
	u32 count;
};

/**
 * struct mock_dimm - a DIMM's state
 * @desc: what does not change
 * @label: its label area
 * @notify: health is to be notified
 */
struct mock_dimm {
	const struct mock_dimm_desc *desc;
	u8 *label;
	struct mock_smart smart;
	struct mock_threshold threshold;
	struct mock_security security;
	struct mock_update update;
	struct mock_faults faults;
	bool notify;
};

/* Named methods of a DIMM. */
#define MOCK_LSI	1u
#define MOCK_LSR	2u
#define MOCK_LSW	4u

/**
 * struct mock_habits - what the firmware of a machine is like
 * @families: of functions that DIMMs speak, a bit each
 * @methods: that DIMMs have, MOCK_LSI …
 * @absent: DIMMs that are in the table alone, a bit each
 * @overwriting: DIMMs that are being overwritten when power comes on, a bit each
 * @recalls: it tells again what earlier scrubs have found
 * @remembers: which is a sector 4 KiB into each persistent range
 */
struct mock_habits {
	u32 families;
	u32 methods;
	u32 absent;
	u32 overwriting;
	bool recalls;
	bool remembers;
};

/**
 * struct mock_machine - a machine's state
 * @habits: of its firmware
 * @activation: number of firmware activations
 * @activated: when the last one was
 * @notify: an uncorrectable error is to be notified
 */
struct mock_machine {
	const struct mock_platform *platform;
	struct mock_layout layout;
	struct mock_poison poison;
	struct mock_scrub scrub;
	struct mock_dimm dimm[MOCK_DIMMS_MAX];
	struct mock_faults faults;
	struct mock_habits habits;
	u32 activation;
	u64 activated;
	bool notify;
};

/* ---- call.c ---- */

/* As new; labels hold no index block. @label: as many areas as the platform has DIMMs. */
void mock_machine_init(struct mock_machine *m, const struct mock_platform *platform,
		       u8 *const label[]);
/* Functions of another vendor's family, of which no more is known than that they succeed. */
#define MOCK_OTHER_FUNCTIONS	(GENMASK(8, 1) | BIT(10))
void mock_dimm_other_call(u32 func, struct mock_call *call);
/* Functions of Intel's DIMM family; no output for one that is not there. */
void mock_dimm_call(struct mock_machine *m, struct mock_dimm *dimm, u32 func,
		    struct mock_call *call);
/* Functions of the root device. */
void mock_bus_call(struct mock_machine *m, u32 func, struct mock_call *call);
/* Likewise, of Intel's family. */
void mock_bus_intel_call(struct mock_machine *m, u32 func, struct mock_call *call);

/* ---- faults.c ---- */

/*
 * mock_fault() - is this call to fail?
 *
 * Return: 0 or a negative errno. Counts.
 */
int mock_fault(struct mock_faults *faults, u32 func);

/* Bytes on their way to a label area: store.c's in the kernel, a test's natively. */
void mock_store(void *to, const void *from, size_t len);

/* ---- functions, by file; all answer a call ---- */

void mock_labels_size(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_labels_read(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_labels_write(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);

void mock_smart_init(struct mock_dimm *d);
void mock_smart_get(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_smart_get_threshold(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_smart_set_threshold(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_smart_inject(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_smart_latch(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);

/* The passphrase was never given since power on. */
void mock_security_lock(struct mock_dimm *d);
bool mock_security_locked(const struct mock_dimm *d);
/* An overwrite has begun, and goes on until @end; U64_MAX: until somebody says so. */
void mock_security_overwriting(struct mock_dimm *d, u64 end);
void mock_security_init(struct mock_dimm *d);
void mock_security_state(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_security_set(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_security_disable(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_security_unlock(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_security_freeze(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_security_erase(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_security_overwrite(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_security_query_overwrite(struct mock_machine *m, struct mock_dimm *d,
				   struct mock_call *call);
void mock_security_set_master(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_security_master_erase(struct mock_machine *m, struct mock_dimm *d,
				struct mock_call *call);

void mock_update_info(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_update_start(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_update_send(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_update_finish(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_update_query(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);

void mock_activate_dimm_info(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_activate_arm(struct mock_machine *m, struct mock_dimm *d, struct mock_call *call);
void mock_activate_bus_info(struct mock_machine *m, struct mock_call *call);
void mock_activate(struct mock_machine *m, struct mock_call *call);

void mock_scrub_capabilities(struct mock_machine *m, struct mock_call *call);
void mock_scrub_start(struct mock_machine *m, struct mock_call *call);
void mock_scrub_status(struct mock_machine *m, struct mock_call *call);
/* Are the @len bytes that it has replied results, and not that a scrub goes on, or none was? */
bool mock_scrub_is_told(const void *reply, u32 len);
void mock_poison_cure(struct mock_machine *m, struct mock_call *call);
void mock_poison_translate(struct mock_machine *m, struct mock_call *call);
void mock_poison_inject(struct mock_machine *m, struct mock_call *call);
void mock_poison_withdraw(struct mock_machine *m, struct mock_call *call);
void mock_poison_query(struct mock_machine *m, struct mock_call *call);
void mock_poison_options(struct mock_machine *m, struct mock_call *call);

#endif /* _NFIT_TEST_MACHINE_H */
