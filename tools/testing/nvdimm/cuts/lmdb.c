// SPDX-License-Identifier: GPL-2.0
/* libs: lmdb */
/* LMDB: copied pages, and two roots, of which a transaction writes one; each is synced. */
#include <lmdb.h>

#include "store.h"

static MDB_env *env;
static MDB_dbi records;

static void must(int rc, const char *what)
{
	if (rc)
		fail("%s: %s", what, mdb_strerror(rc));
}

static MDB_txn *begin(unsigned int flags)
{
	MDB_txn *txn;

	must(mdb_txn_begin(env, NULL, flags, &txn), "txn_begin");
	return txn;
}

void store_open(const char *path, int make)
{
	MDB_txn *txn;

	must(mdb_env_create(&env), "env_create");
	must(mdb_env_set_mapsize(env, 24 << 20), "env_set_mapsize");
	if (!make && access(path, F_OK))
		fail("%s is not there", path);
	must(mdb_env_open(env, path, MDB_NOSUBDIR, 0600), path);
	txn = begin(0);
	must(mdb_dbi_open(txn, NULL, MDB_INTEGERKEY, &records), "dbi_open");
	must(mdb_txn_commit(txn), "txn_commit");
}

/* Record 0 is the count. */
static int look(MDB_txn *txn, uint64_t n, MDB_val *value)
{
	MDB_val key = { sizeof(n), &n };

	return mdb_get(txn, records, &key, value);
}

static void store(MDB_txn *txn, uint64_t n, void *bytes, size_t size)
{
	MDB_val key = { sizeof(n), &n }, value = { size, bytes };

	must(mdb_put(txn, records, &key, &value, 0), "put");
}

uint64_t store_count(void)
{
	MDB_txn *txn = begin(MDB_RDONLY);
	MDB_val value;
	uint64_t n = 0;

	if (!look(txn, 0, &value))
		memcpy(&n, value.mv_data, sizeof(n));
	mdb_txn_abort(txn);
	return n;
}

void store_commit(uint64_t n)
{
	unsigned char bytes[RECORD_MAX];
	size_t size = record_fill(n, bytes);
	MDB_txn *txn = begin(0);
	uint64_t old = n - KEPT;
	MDB_val key = { sizeof(old), &old };

	store(txn, n, bytes, size);
	if (n > KEPT)
		must(mdb_del(txn, records, &key, NULL), "del");
	store(txn, 0, &n, sizeof(n));
	must(mdb_txn_commit(txn), "txn_commit");
}

void store_check(uint64_t n)
{
	MDB_txn *txn = begin(MDB_RDONLY);
	uint64_t i, first = record_first(n);
	MDB_stat stat;
	MDB_val value;

	must(mdb_stat(txn, records, &stat), "stat");
	if (stat.ms_entries != n - first + 1 + !!n)
		fail("%zu entries, it counts to %llu", stat.ms_entries, (llu)n);
	for (i = first; i <= n; i++) {
		must(look(txn, i, &value), "a record is not there");
		record_check(i, value.mv_data, value.mv_size);
	}
	mdb_txn_abort(txn);
	/* that it can be written, too */
	store_commit(n + 1);
}
