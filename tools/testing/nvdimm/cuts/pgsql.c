// SPDX-License-Identifier: GPL-2.0
/* libs: pq */
/* server: postgresql-15 */
/*
 * PostgreSQL with page checksums; the path is its cluster. The server, which the build puts beside
 * this program, runs as a user of its own, as it refuses root. Segments of its log are short and
 * checkpoints frequent: power is to fail in the middle of those, too.
 *
 * Who writes does so through a server. A copy is judged by a single process (postgres --single):
 * the recovery is the same, and nobody waits for processes that start, connect and end. It gets all
 * questions at once, and answers each into a file of COPY's binary format, of which no end can get
 * lost: what failed has no such file, or one without its trailer.
 */
#include <endian.h>
#include <fcntl.h>
#include <postgresql/libpq-fe.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "store.h"

#define SERVER "pgsql.server/lib/postgresql/15/bin/postgres"
/* as initdb has made it on the host: an emulated processor would take 40 s */
#define CLUSTER "pgsql.server/cluster/."
#define SAID "/tmp/pgsql.log"
#define OWNER 26
#define ANSWERS "/tmp/pgsql.answers"
/* seconds that an emulated processor takes for it, with much to spare */
#define LONGEST 300
/* transactions; the server itself makes one every 30 s, and there is none sooner */
#define BETWEEN_CHECKPOINTS 32

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

/* here() - the directory of this program, where the build has put what it needs */
static const char *here(void)
{
	static char self[256];
	ssize_t size;

	if (*self)
		return self;
	size = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (size < 0)
		fail("/proc/self/exe cannot be read");
	self[size] = '\0';
	*strrchr(self, '/') = '\0';
	return self;
}

/* program_start() - by the server's user; @input is what it reads */
static pid_t program_start(char **words, int input)
{
	pid_t pid = fork();
	int said;

	if (pid < 0)
		fail("no process for %s", words[0]);
	if (pid)
		return pid;
	said = open(SAID, O_WRONLY | O_CREAT | O_APPEND, 0666);
	dup2(input, STDIN_FILENO);
	dup2(said, STDOUT_FILENO);
	dup2(said, STDERR_FILENO);
	setenv("LD_LIBRARY_PATH", here(), 1);
	setenv("LC_ALL", "C", 1);
	setenv("TZ", "GMT", 1);
	if (setgid(OWNER) || setuid(OWNER))
		_exit(126);
	execvp(words[0], words);
	_exit(127);
}

/* server_program() - by all of its path it finds what belongs to it */
static char *server_program(void)
{
	static char program[512];

	snprintf(program, sizeof(program), "%s/" SERVER, here());
	return program;
}

static void cluster_make(const char *path)
{
	char from[512];
	char *words[] = { "cp", "-r", from, (char *)path, NULL };
	int status;

	snprintf(from, sizeof(from), "%s/" CLUSTER, here());
	if (mkdir(path, 0700) || chown(path, OWNER, OWNER))
		fail("%s cannot be made", path);
	if (waitpid(program_start(words, STDIN_FILENO), &status, 0) < 0 || status)
		fail_with_log("cp", "it failed");
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

/* what a server is told, and who judges: it is the same database */
#define SETTINGS \
	"-c", "max_connections=5", "-c", "shared_buffers=16MB", "-c", "huge_pages=off", \
	"-c", "dynamic_shared_memory_type=sysv", "-c", "jit=off", \
	"-c", "recovery_init_sync_method=syncfs", "-c", "min_wal_size=2MB", "-c", "max_wal_size=8MB"

static void server_start(const char *path)
{
	char *words[] = { server_program(), "-D", (char *)path, "-k", "/tmp",
			  "-c", "listen_addresses=", SETTINGS,
			  "-c", "checkpoint_timeout=30s", "-c", "autovacuum_naptime=5s", NULL };
	const struct timespec moment = { .tv_nsec = 100 * 1000 * 1000 };
	time_t end = time(NULL) + LONGEST;

	server = program_start(words, STDIN_FILENO);
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

/* what is asked of a copy; a statement is a line */
enum question { THERE, COUNT, INDEXES, HEAPS, RECORDS, QUESTIONS };

static const char *const questions[QUESTIONS] = {
	[THERE] = "SELECT count(*) FROM pg_class WHERE relname = 'count'",
	[COUNT] = "SELECT n FROM count WHERE id = 1",
	/* each returns nothing, or fails */
	[INDEXES] = "SELECT count(bt_index_check(oid, true)::text) FROM pg_class WHERE relname IN "
		    "('record_pkey', 'count_pkey', 'pg_class_oid_index')",
	[HEAPS] = "SELECT (SELECT count(*) FROM verify_heapam('record')) + "
		  "(SELECT count(*) FROM verify_heapam('pg_class'))",
	[RECORDS] = "SELECT n, bytes FROM record ORDER BY n",
};

static void server_kill(int signal)
{
	(void)signal;
	kill(server, SIGKILL);
}

/* copy_ask() - all of them; a server of a single process ends with its input */
static void copy_ask(const char *path)
{
	char *words[] = { server_program(), "--single", "-D", (char *)path, SETTINGS,
			  "postgres", NULL };
	char answer[64];
	FILE *script = tmpfile();
	int i, status;

	if (!script)
		fail("there is no place for questions");
	for (i = 0; i < QUESTIONS; i++) {
		snprintf(answer, sizeof(answer), ANSWERS ".%d", i);
		/* of the copy before */
		unlink(answer);
		fprintf(script, "COPY (%s) TO '%s' (FORMAT binary)\n", questions[i], answer);
	}
	/* its offset is the one of who reads it, too */
	if (fflush(script) || lseek(fileno(script), 0, SEEK_SET))
		fail("questions cannot be written");
	unlink(SAID);
	signal(SIGALRM, server_kill);
	server = program_start(words, fileno(script));
	alarm(LONGEST);
	if (waitpid(server, &status, 0) < 0 || status)
		fail_with_log("the server", "it does not recover, or does not end well");
	alarm(0);
	server = 0;
	fclose(script);
}

/* answer_take() - @size of the bytes that answer a question */
static void answer_take(FILE *answer, void *bytes, size_t size, const char *sql)
{
	if (fread(bytes, 1, size, answer) != size)
		fail_with_log(sql, "its answer is cut off");
}

static FILE *answer_open(enum question question)
{
	static const char magic[11] = "PGCOPY\n\377\r\n";
	const char *sql = questions[question];
	char name[64], head[19];
	FILE *answer;

	snprintf(name, sizeof(name), ANSWERS ".%d", question);
	answer = fopen(name, "r");
	if (!answer)
		fail_with_log(sql, "it is not answered");
	/* the magic, flags, and the length of an extension: neither is ever set */
	answer_take(answer, head, sizeof(head), sql);
	if (memcmp(head, magic, sizeof(magic)))
		fail_with_log(sql, "its answer is none of COPY's");
	return answer;
}

/* answer_row() - is there another row, of @columns? */
static int answer_row(FILE *answer, int columns, const char *sql)
{
	uint16_t found;

	answer_take(answer, &found, sizeof(found), sql);
	if (found == 0xffff)
		return 0;
	if (be16toh(found) != columns)
		fail_with_log(sql, "its answer has other columns");
	return 1;
}

/* answer_column() - of at most @size; returns the size that it has */
static size_t answer_column(FILE *answer, void *bytes, size_t size, const char *sql)
{
	uint32_t found;

	answer_take(answer, &found, sizeof(found), sql);
	found = be32toh(found);
	if (found > size)
		fail_with_log(sql, "a value is not there, or longer than any");
	answer_take(answer, bytes, found, sql);
	return found;
}

static uint64_t answer_number(FILE *answer, const char *sql)
{
	uint64_t n;

	if (answer_column(answer, &n, sizeof(n), sql) != sizeof(n))
		fail_with_log(sql, "its answer is no number");
	return be64toh(n);
}

/* number_of() - what a question of one number is answered */
static uint64_t number_of(enum question question)
{
	const char *sql = questions[question];
	FILE *answer = answer_open(question);
	uint64_t n = answer_row(answer, 1, sql) ? answer_number(answer, sql) : 0;

	fclose(answer);
	return n;
}

void store_open(const char *path, int make)
{
	if (chmod("/tmp", 01777))
		fail("/tmp cannot be opened to all");
	user_exists();
	if (!make) {
		copy_ask(path);
		return;
	}
	cluster_make(path);
	server_start(path);
	statement_run("CREATE TABLE record (n bigint PRIMARY KEY, bytes bytea)");
	statement_run("CREATE TABLE count (id int PRIMARY KEY, n bigint)");
	statement_run("INSERT INTO count VALUES (1, 0)");
	statement_run("CREATE EXTENSION amcheck");
}

uint64_t store_count(void)
{
	/* power may have failed before there was a table to count in */
	return number_of(THERE) ? number_of(COUNT) : 0;
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

	/* what is acknowledged so far is, and power fails in the middle of it as anywhere */
	if (n % BETWEEN_CHECKPOINTS == 0)
		statement_run("CHECKPOINT");
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
	const char *sql = questions[RECORDS];
	uint64_t next = record_first(n);
	unsigned char bytes[RECORD_MAX];
	FILE *answer;
	size_t size;

	if (!n)
		return;
	if (number_of(INDEXES) != 3)
		fail_with_log("bt_index_check", "an index is not there");
	if (number_of(HEAPS))
		fail_with_log("verify_heapam", "a table is not sound");
	answer = answer_open(RECORDS);
	for (; answer_row(answer, 2, sql); next++) {
		if (answer_number(answer, sql) != next)
			fail("record %llu is not there", (llu)next);
		size = answer_column(answer, bytes, sizeof(bytes), sql);
		record_check(next, bytes, size);
	}
	fclose(answer);
	if (next != n + 1)
		fail("records end with %llu, it counts to %llu", (llu)next - 1, (llu)n);
}
