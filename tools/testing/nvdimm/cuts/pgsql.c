// SPDX-License-Identifier: GPL-2.0
/* libs: pq */
/* server: postgresql-15 */
/*
 * PostgreSQL with page checksums; the path is its cluster. The server, which the build puts beside
 * this program, runs as a user of its own, as it refuses root. Segments of its log are short and
 * checkpoints frequent: power is to fail in the middle of those, too.
 */
#include <fcntl.h>
#include <postgresql/libpq-fe.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "store.h"

#define SERVER "lib/postgresql/15/bin"
#define SAID "/tmp/pgsql.log"
#define OWNER 26
/* seconds that an emulated processor takes for it, with much to spare */
#define LONGEST 300

static PGconn *db;
static pid_t server;

/* what went wrong, and the last that the server said */
static void __attribute__((noreturn)) fail_with_log(const char *what, const char *why)
{
	char line[512];
	FILE *said = fopen(SAID, "r");

	if (said && fseek(said, -2000, SEEK_END))
		rewind(said);
	while (said && fgets(line, sizeof(line), said))
		fputs(line, stdout);
	fail("%s: %s", what, why);
}

/* user_exists() - a process of the server's asks for the name of its user */
static void user_exists(void)
{
	static const char line[] = "postgres:x:26:26::/:/bin/sh\n";
	char known[512];
	FILE *file = fopen("/etc/passwd", "a+");

	if (!file)
		fail("/etc/passwd cannot be opened");
	while (fgets(known, sizeof(known), file))
		if (!strcmp(known, line)) {
			fclose(file);
			return;
		}
	fputs(line, file);
	fclose(file);
}

/* program_start() - one of the server's programs, by its name, which is the first of @words */
static pid_t program_start(char **words)
{
	static char program[512];
	char self[256] = "", *slash;
	pid_t pid;
	int said;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		fail("/proc/self/exe cannot be read");
	slash = strrchr(self, '/');
	*slash = '\0';
	/* by all of its path it finds what belongs to it */
	snprintf(program, sizeof(program), "%s/pgsql.server/%s/%s", self, SERVER, words[0]);
	words[0] = program;
	pid = fork();
	if (pid < 0)
		fail("no process for %s", program);
	if (pid)
		return pid;
	said = open(SAID, O_WRONLY | O_CREAT | O_APPEND, 0666);
	dup2(said, STDOUT_FILENO);
	dup2(said, STDERR_FILENO);
	setenv("LD_LIBRARY_PATH", self, 1);
	setenv("LC_ALL", "C", 1);
	setenv("TZ", "GMT", 1);
	if (setgid(OWNER) || setuid(OWNER))
		_exit(126);
	execv(program, words);
	_exit(127);
}

static void cluster_make(const char *path)
{
	char *words[] = { "initdb", "-D", (char *)path, "-U", "postgres", "-A", "trust", "--no-locale",
			  "-E", "SQL_ASCII", "--data-checksums", "--wal-segsize=1", "--no-sync",
			  NULL };
	int status;

	if (mkdir(path, 0700) || chown(path, OWNER, OWNER))
		fail("%s cannot be made", path);
	if (waitpid(program_start(words), &status, 0) < 0 || status)
		fail_with_log("initdb", "it failed");
	/* once, and not for each of a thousand files: of virtio-pmem the host is asked each time */
	sync();
}

/* a fast shutdown: the filesystem is to be unmounted afterwards */
static void server_stop(void)
{
	PQfinish(db);
	if (server <= 0)
		return;
	kill(server, SIGINT);
	waitpid(server, NULL, 0);
	server = 0;
}

static void server_start(const char *path)
{
	char *words[] = { "postgres", "-D", (char *)path, "-k", "/tmp", "-c", "listen_addresses=",
			  "-c", "max_connections=5", "-c", "shared_buffers=16MB", "-c", "huge_pages=off",
			  "-c", "dynamic_shared_memory_type=sysv", "-c", "jit=off",
			  "-c", "recovery_init_sync_method=syncfs", "-c", "min_wal_size=2MB",
			  "-c", "max_wal_size=8MB",
			  "-c", "checkpoint_timeout=30s", "-c", "autovacuum_naptime=5s", NULL };
	const struct timespec moment = { .tv_nsec = 100 * 1000 * 1000 };
	time_t end = time(NULL) + LONGEST;

	server = program_start(words);
	atexit(server_stop);
	/* it says of itself when it is ready: it is asked until then */
	for (;;) {
		db = PQconnectdb("host=/tmp user=postgres dbname=postgres");
		if (PQstatus(db) == CONNECTION_OK)
			return;
		if (waitpid(server, NULL, WNOHANG) == server) {
			server = 0;
			fail_with_log("the server ended", PQerrorMessage(db));
		}
		if (time(NULL) > end)
			fail_with_log("the server does not answer", PQerrorMessage(db));
		PQfinish(db);
		db = NULL;
		nanosleep(&moment, NULL);
	}
}

/* result_of() - of a statement that has to succeed; the caller clears it */
static PGresult *result_of(PGresult *result, const char *sql)
{
	if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
		fail_with_log(sql, PQerrorMessage(db));
	return result;
}

static void statement_run(const char *sql)
{
	PQclear(result_of(PQexec(db, sql), sql));
}

void store_open(const char *path, int make)
{
	if (chmod("/tmp", 01777))
		fail("/tmp cannot be opened to all");
	user_exists();
	if (make)
		cluster_make(path);
	server_start(path);
	if (!make)
		return;
	statement_run("CREATE TABLE record (n bigint PRIMARY KEY, bytes bytea)");
	statement_run("CREATE TABLE count (id int PRIMARY KEY, n bigint)");
	statement_run("INSERT INTO count VALUES (1, 0)");
	statement_run("CREATE EXTENSION amcheck");
}

/* number_of() - what a query of one number answers */
static uint64_t number_of(const char *sql)
{
	PGresult *result = result_of(PQexec(db, sql), sql);
	uint64_t n = PQntuples(result) ? strtoull(PQgetvalue(result, 0, 0), NULL, 10) : 0;

	PQclear(result);
	return n;
}

uint64_t store_count(void)
{
	/* power may have failed before there was a table to count in */
	if (!number_of("SELECT count(*) FROM pg_class WHERE relname = 'count'"))
		return 0;
	return number_of("SELECT n FROM count WHERE id = 1");
}

static void statement_with(const char *sql, const void *bytes, int size)
{
	const char *const values[] = { bytes };
	const int lengths[] = { size }, formats[] = { 1 };
	PGresult *result = PQexecParams(db, sql, 1, NULL, values, lengths, formats, 1);

	PQclear(result_of(result, sql));
}

void store_commit(uint64_t n)
{
	unsigned char bytes[RECORD_MAX];
	size_t size = record_fill(n, bytes);
	char sql[128];

	statement_run("BEGIN");
	snprintf(sql, sizeof(sql), "INSERT INTO record VALUES (%llu, $1)", (llu)n);
	statement_with(sql, bytes, size);
	snprintf(sql, sizeof(sql), "DELETE FROM record WHERE n = %llu",
		 n > KEPT ? (llu)n - KEPT : 0);
	statement_run(sql);
	snprintf(sql, sizeof(sql), "UPDATE count SET n = %llu", (llu)n);
	statement_run(sql);
	statement_run("COMMIT");
}

void store_check(uint64_t n)
{
	static const char query[] = "SELECT n::text, bytes FROM record ORDER BY record.n";
	uint64_t next = record_first(n);
	PGresult *result;
	int i;

	if (!n)
		return;
	statement_run("SELECT bt_index_check(oid, true) FROM pg_class WHERE relname IN "
		      "('record_pkey', 'count_pkey', 'pg_class_oid_index')");
	if (number_of("SELECT count(*) FROM verify_heapam('record')") ||
	    number_of("SELECT count(*) FROM verify_heapam('pg_class')"))
		fail_with_log("verify_heapam", "a table is not sound");
	result = result_of(PQexecParams(db, query, 0, NULL, NULL, NULL, NULL, 1), query);
	for (i = 0; i < PQntuples(result); i++, next++) {
		if (strtoull(PQgetvalue(result, i, 0), NULL, 10) != next)
			fail("record %llu is not there", (llu)next);
		record_check(next, PQgetvalue(result, i, 1), PQgetlength(result, i, 1));
	}
	PQclear(result);
	if (next != n + 1)
		fail("records end with %llu, it counts to %llu", (llu)next - 1, (llu)n);
}
