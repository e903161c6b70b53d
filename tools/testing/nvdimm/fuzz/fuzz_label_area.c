// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes as a label area: load it, decode every slot, assemble namespaces,
 * change it, load it again and find what was meant.
 */
/* objects: lib/label_media.c drivers/nvdimm/label/codec.c drivers/nvdimm/label/area.c */
/* objects: drivers/nvdimm/label/load.c */
/* objects: drivers/nvdimm/label/set.c */
/* max_len: 2304 */
#include "nd_fuzz.h"
#include "label/label.h"
#include "label/set.h"
#include "label_media.h"

#define MAX_SIZE	8192
#define MAX_SLOTS	64
#define SPACE		(1ull << 40)
#define HEAD		8	/* bytes of an input that are no media */

static u64 media_bytes[MAX_SIZE / 8], mirror[MAX_SIZE / 8], mirror2[MAX_SIZE / 8];
static struct nd_label labels[MAX_SLOTS];
static enum nd_reason found[MAX_SLOTS];

static const u32 sizes[] = { 1024, 1100, 1152, 1280, 2048, 4096, MAX_SIZE, 1000 };

/* Correct checksums, which the fuzzer can't guess: of index blocks, and of slots. */
static void seal(u8 *area, u32 size, bool index, bool slots)
{
	u32 off, index_size = label_index_size(size, 128);
	struct nd_media_label *l;
	struct nd_media_index *i;

	for (off = 0; index && off < 2 * index_size; off += index_size) {
		i = (struct nd_media_index *)(area + off);
		i->checksum = cpu_to_le64(label_index_checksum(i, index_size));
	}
	for (off = 2 * index_size; slots && off + 256 <= size; off += 256) {
		l = (struct nd_media_label *)(area + off);
		l->checksum = 0;
		l->checksum = cpu_to_le64(label_fletcher64(l, 256));
	}
}

static void check_loaded(const struct label_area *area, const struct label_media *media)
{
	struct nd_label l;
	u32 nfree = 0;

	fuzz_assert(!area->stale);
	fuzz_assert(media->read_bytes <= area->size + 4096);
	if (!area->valid)
		return;
	fuzz_assert(area->minor == 1 || area->minor == 2);
	fuzz_assert(area->label_size == 128 || area->label_size == 256);
	fuzz_assert(area->seq >= 1 && area->seq <= 3 && area->nslot <= MAX_SLOTS);
	fuzz_assert(area->label_off + area->nslot * area->label_size <= area->size);
	for (u32 slot = 0; slot < area->nslot; slot++) {
		found[slot] = label_area_get(area, slot, &labels[slot]);
		if (!label_slot_active(area, slot))
			nfree++;
		fuzz_assert((found[slot] == ND_REASON_REFERENCE) == !label_slot_active(area, slot));
		if (found[slot] != ND_REASON_OK)
			continue;
		fuzz_assert(labels[slot].slot == slot);
		fuzz_assert(labels[slot].position < labels[slot].nlabel ||
			    (labels[slot].position == labels[slot].nlabel &&
			     labels[slot].flags & ND_LABEL_LOCAL));
		fuzz_assert(labels[slot].size && !labels[slot].name[ND_LABEL_NAME_LEN]);
	}
	fuzz_assert(nfree == area->nfree);
	fuzz_assert(label_area_get(area, area->nslot, &l) == ND_REASON_REFERENCE);
}

/* The area as DIMM 0 of a set, and as all of them. */
static void assemble(const struct label_area *area, u32 ndimms)
{
	static struct label_ref refs[4][MAX_SLOTS];
	static struct label_ref *by_uuid[4][MAX_SLOTS];
	struct label_state states[4] = { 0 };
	struct label_dimm dimms[4];
	struct label_ref *ref[4];
	struct label_found out = { .ref = ref };
	u32 cursor[4] = { 0 }, n = 0;
	enum nd_reason reason;
	u64 end = 0;
	int rc;

	for (u32 i = 0; i < ndimms; i++) {
		dimms[i] = (struct label_dimm){ .refs = refs[i], .by_uuid = by_uuid[i],
						.size = SPACE };
		for (u32 slot = 0; area->valid && slot < area->nslot; slot++) {
			if (found[slot] != ND_REASON_OK)
				continue;
			refs[i][dimms[i].nr].label = &labels[slot];
			refs[i][dimms[i].nr++].offset = labels[slot].dpa;
		}
		label_dimm_sort(&dimms[i]);
	}
	while ((rc = label_set_next(dimms, ndimms, cursor, &out, &reason))) {
		fuzz_assert(++n <= dimms[0].nr);
		fuzz_assert(rc == 1 || (rc == -EINVAL && reason != ND_REASON_OK));
		for (u32 i = 0; rc == 1 && i < ndimms; i++)
			fuzz_assert(!((ref[i]->offset | out.lead->size) % ND_LABEL_UNIT) &&
				    ref[i]->offset < SPACE &&
				    out.lead->size <= SPACE - ref[i]->offset);
		if (rc == 1) {
			fuzz_assert(out.lead->dpa >= end);
			end = out.lead->dpa + out.lead->size;
		}
	}
	label_set_rest(dimms, states, ndimms);
}

/* After a change of @area: does a fresh load give what was, less @drop, plus @add? */
static void check_changed(struct label_area *area, struct label_io *io,
			  const struct label_change *c, bool was_valid)
{
	struct label_area fresh = { .data = (u8 *)mirror2, .size = area->size };
	struct nd_label l;
	enum nd_reason reason;

	memset(mirror2, 0x3c, sizeof(mirror2));
	fuzz_assert(!label_area_load(&fresh, io, &reason));
	fuzz_assert(fresh.valid && area->valid && fresh.nfree == area->nfree &&
		    fresh.nslot == area->nslot && fresh.seq == area->seq);
	for (u32 slot = 0; slot < fresh.nslot; slot++) {
		enum nd_reason want = was_valid ? found[slot] : ND_REASON_REFERENCE;
		bool added = false;

		for (u32 i = 0; i < c->ndrop; i++)
			if (c->drop[i] == slot)
				want = ND_REASON_REFERENCE;
		for (u32 i = 0; i < c->nadd; i++)
			added |= c->add[i].slot == slot;
		fuzz_assert(label_area_get(&fresh, slot, &l) == (added ? ND_REASON_OK : want));
		if (added)
			fuzz_assert(was_valid ? found[slot] == ND_REASON_REFERENCE : true);
		else if (want == ND_REASON_OK)
			fuzz_assert(!memcmp(&l, &labels[slot], sizeof(l)));
	}
}

static void change(struct label_area *area, struct label_io *io, const u8 *how)
{
	struct nd_label add[4];
	u32 drop[2] = { how[4] % MAX_SLOTS, how[5] % MAX_SLOTS };
	struct label_change none = { 0 }, c = {
		.add = add, .nadd = how[6] % 5, .drop = drop, .ndrop = how[6] / 8 % 3,
		.spare = how[6] >> 6, .minor = 1 + (how[7] & 1),
	};
	bool was_valid = area->valid;
	enum nd_reason reason;
	int rc;

	for (u32 i = 0; i < 4; i++)
		add[i] = (struct nd_label){ .uuid = {{ i + 1 }}, .nlabel = 1, .size = 4096,
					    .dpa = i * 4096ull, .name = "new" };
	rc = label_area_commit(area, io, &c, &reason);
	if (rc) {
		fuzz_assert(area->newer ? rc == -EOPNOTSUPP : rc == -ENOSPC || rc == -EINVAL);
		fuzz_assert(!area->newer || !((struct label_media *)io->ctx)->writes);
		fuzz_assert(area->valid == was_valid && reason != ND_REASON_OK);
		return;
	}
	fuzz_assert(reason == ND_REASON_OK && !area->newer);
	check_changed(area, io, &c, was_valid);
	if (was_valid && c.nadd + c.ndrop) {
		fuzz_assert(!label_area_undo(area, io, &c, &reason));
		check_changed(area, io, &none, true);
	}
}

void fuzz_one(struct fuzz_in *in)
{
	struct label_media media = { .bytes = (u8 *)media_bytes };
	struct label_area area = { .data = (u8 *)mirror };
	struct label_io io = media_io(&media);
	enum nd_reason reason;
	u8 how[HEAD];

	fuzz_take(in, how, sizeof(how));
	media.size = area.size = sizes[how[0] % ARRAY_SIZE(sizes)];
	io.max_xfer = how[1] * 16;
	memset(media_bytes, 0, media.size);
	memcpy(media_bytes, in->data, min(in->size, (size_t)media.size));
	seal(media.bytes, media.size, how[2] & 1, how[2] & 2);
	memset(mirror, 0xa5, area.size);
	fuzz_assert(!label_area_load(&area, &io, &reason));
	fuzz_assert(area.valid == (reason == ND_REASON_OK));
	check_loaded(&area, &media);
	assemble(&area, 1 + how[3] % 4);
	change(&area, &io, how);
}

/* An index block that counts a slot more than the area has, and room for its bit. */
static void seed_of_a_slot_too_many(void)
{
	static u8 input[HEAD + 4096] = { 5, 0, 1 };	/* 4096 bytes, index blocks are sealed */
	struct label_media media = { .bytes = (u8 *)media_bytes, .size = 4096 };
	struct label_area area = { .data = (u8 *)mirror, .size = 4096 };
	struct nd_label l = { .uuid = {{ 1 }}, .nlabel = 1, .size = 4096 };
	struct label_change c = { .add = &l, .nadd = 1, .minor = 2 };
	struct label_io io = media_io(&media);
	enum nd_reason reason;

	memset(media_bytes, 0, sizeof(media_bytes));
	label_area_load(&area, &io, &reason);
	label_area_commit(&area, &io, &c, &reason);
	memcpy(input + HEAD, media_bytes, media.size);
	for (u32 n = 0; n < 2; n++) {
		struct nd_media_index *i = (void *)(input + HEAD + n * label_index_size(4096, 128));

		i->nslot = cpu_to_le32(area.nslot + 1);
		i->free[area.nslot / 8] |= 1 << area.nslot % 8;
	}
	fuzz_seed("a-slot-too-many", input, HEAD + 2048);
}

/* Areas of each version and some sizes with a few labels. */
void fuzz_seeds(void)
{
	struct label_media media = { .bytes = (u8 *)media_bytes };
	struct label_area area = { .data = (u8 *)mirror };
	struct label_io io = media_io(&media);

	for (u32 size = 0; size < ARRAY_SIZE(sizes) - 1; size++) {
		for (u32 minor = 1; minor <= 2; minor++) {
			u8 input[HEAD + MAX_SIZE] = { size, 0, 3, 1, 0, 1, 9, minor - 1 };
			enum nd_reason reason;
			char name[32];

			media.size = area.size = sizes[size];
			memset(media_bytes, 0, sizeof(media_bytes));
			label_area_load(&area, &io, &reason);
			for (u32 n = 0; n < 4; n++) {
				struct nd_label l = {
					.uuid = {{ n }}, .nlabel = 2, .position = n & 1,
					.size = 4096, .dpa = n / 2 * 4096ull,
				};
				struct label_change c = {
					.add = &l, .nadd = 1, .minor = minor,
				};

				label_area_commit(&area, &io, &c, &reason);
			}
			memcpy(input + HEAD, media_bytes, media.size);
			snprintf(name, sizeof(name), "v1.%u-%u", minor, sizes[size]);
			fuzz_seed(name, input, HEAD + min(sizes[size], 2048u));
		}
	}
	seed_of_a_slot_too_many();
}
