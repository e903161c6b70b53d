// SPDX-License-Identifier: GPL-2.0
/* libs: sqlite3 */
/* SQLite with a write-ahead log, each transaction synced. */
#include <sqlite3.h>

#include "store.h"

static sqlite3 *db;

static void run(const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &why))
		fail("%s: %s", sql, why ? why : sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare(const char *sql)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL))
		fail("%s: %s", sql, sqlite3_errmsg(db));
	return statement;
}

void store_open(const char *path, int make)
{
	int flags = SQLITE_OPEN_READWRITE | (make ? SQLITE_OPEN_CREATE : 0);

	if (sqlite3_open_v2(path, &db, flags, NULL))
		fail("%s: %s", path, sqlite3_errmsg(db));
	run("PRAGMA journal_mode = WAL");
	run("PRAGMA synchronous = FULL");
	if (!make)
		return;
	run("CREATE TABLE record (n INTEGER PRIMARY KEY, bytes BLOB)");
	run("CREATE TABLE count (id INTEGER PRIMARY KEY, n INTEGER)");
}

uint64_t store_count(void)
{
	sqlite3_stmt *asked = prepare("SELECT n FROM count WHERE id = 1");
	uint64_t n = 0;

	if (sqlite3_step(asked) == SQLITE_ROW)
		n = sqlite3_column_int64(asked, 0);
	sqlite3_finalize(asked);
	return n;
}

static void step(sqlite3_stmt *statement)
{
	if (sqlite3_step(statement) != SQLITE_DONE)
		fail("a transaction failed: %s", sqlite3_errmsg(db));
	sqlite3_reset(statement);
}

void store_commit(uint64_t n)
{
	static sqlite3_stmt *insert, *drop, *count;
	unsigned char bytes[RECORD_MAX];
	size_t size = record_fill(n, bytes);

	if (!insert) {
		insert = prepare("INSERT INTO record VALUES (?, ?)");
		drop = prepare("DELETE FROM record WHERE n = ?");
		count = prepare("INSERT OR REPLACE INTO count VALUES (1, ?)");
	}
	run("BEGIN");
	sqlite3_bind_int64(insert, 1, n);
	sqlite3_bind_blob(insert, 2, bytes, size, SQLITE_STATIC);
	step(insert);
	sqlite3_bind_int64(drop, 1, n > KEPT ? n - KEPT : 0);
	step(drop);
	sqlite3_bind_int64(count, 1, n);
	step(count);
	run("COMMIT");
}

void store_check(uint64_t n)
{
	sqlite3_stmt *asked = prepare("PRAGMA integrity_check");
	uint64_t next = record_first(n);

	if (sqlite3_step(asked) != SQLITE_ROW ||
	    strcmp((const char *)sqlite3_column_text(asked, 0), "ok"))
		fail("integrity_check: %s", sqlite3_column_text(asked, 0));
	sqlite3_finalize(asked);
	asked = prepare("SELECT n, bytes FROM record ORDER BY n");
	for (; sqlite3_step(asked) == SQLITE_ROW; next++) {
		if ((uint64_t)sqlite3_column_int64(asked, 0) != next)
			fail("record %llu is not there", (llu)next);
		record_check(next, sqlite3_column_blob(asked, 1),
			     sqlite3_column_bytes(asked, 1));
	}
	sqlite3_finalize(asked);
	if (next != n + 1)
		fail("records end with %llu, it counts to %llu", (llu)next - 1, (llu)n);
}
