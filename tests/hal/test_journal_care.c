/* Guards: pruning removes a prefix and leaves no byte of it; damage, foreign and newer files are
 * found and left as they were; looking and copying change nothing. */
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/support/journal_bench.h"

static void pruning_takes_a_prefix(void)
{
    struct journal *journal = open_named("prune");
    int64_t seq = 0, first = 0, last = 0;
    EXPECT_I64(ERR_NONE, journal_extent(journal, &first, &last), "extent of an empty journal");
    EXPECT(first == 1 && last == 0, "begins after its end");
    for (int i = 1; i <= 10; i++) {
        char key[16];
        snprintf(key, sizeof(key), "k%d", i);
        EXPECT_I64(ERR_NONE, append_at(journal, key, "{}", i * 100, &seq), "a fact");
    }
    struct journal_blob blobs[] = {{BYTES_LITERAL("old"), BYTES_LITERAL("1")}};
    struct journal_batch blob = {.blobs = blobs, .blob_count = 1};
    EXPECT_I64(ERR_NONE, journal_append(journal, &blob, &seq), "a blob that belongs to fact 10");
    static const struct {
        struct journal_prune prune;
        size_t removed;
        int64_t first;
        const char *promise;
    } rows[] = {
        {{.before_seq = 1, .before_wall_ms = 9999, .rows_max = 9}, 0, 1, "nothing settled"},
        {{.before_seq = 99, .before_wall_ms = 100, .rows_max = 9}, 0, 1, "nothing old enough"},
        {{.before_seq = 99, .before_wall_ms = 9999, .rows_max = 2}, 2, 3, "at most so many"},
        {{.before_seq = 5, .before_wall_ms = 9999, .rows_max = 9}, 2, 5, "only what is settled"},
        {{.before_seq = 99, .before_wall_ms = 700, .rows_max = 9}, 2, 7, "only what is old"},
        {{.before_seq = 99, .before_wall_ms = 9999, .rows_max = 9}, 4, 11, "all of it"},
    };
    uint8_t storage[4];
    size_t len = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum err there = journal_read_blob(journal, blobs[0].key, storage, sizeof(storage), &len);
        EXPECT_I64(ERR_NONE, there, "a blob stays as long as its fact");
        size_t removed = 99;
        EXPECT_I64(ERR_NONE, journal_prune(journal, &rows[i].prune, &removed), rows[i].promise);
        EXPECT_I64(rows[i].removed, removed, rows[i].promise);
        EXPECT_I64(ERR_NONE, journal_extent(journal, &first, &last), "extent");
        EXPECT_I64(rows[i].first, first, rows[i].promise);
        EXPECT_I64(10, last, "the last number is remembered");
    }
    EXPECT_I64(ERR_NOT_FOUND,
               journal_read_blob(journal, blobs[0].key, storage, sizeof(storage), &len),
               "the blob goes with its fact");
    journal_close(journal);
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "it opens again, empty");
    EXPECT_I64(ERR_NONE, append(journal, "k1", &seq), "a pruned key may come again");
    EXPECT_I64(11, seq, "a number never");
    journal_close(journal);
}

static void labels_of_closed_parcels_go_first(void)
{
    struct journal *journal = open_named("drop");
    static const struct {
        const char *blob, *fact;
        int64_t closed_ms;
        bool stays;
    } rows[] = {
        {"label/P1", "closed/P1", 100, false}, /* closed long ago */
        {"label/P2", "closed/P2", 900, true},  /* not long enough */
        {"label/P3", "booked/P3", 100, true},  /* not closed */
        {"other/P4", "closed/P4", 100, true},  /* no label */
        {"label/P5", "closed/P5", 100, false}, {"label/P6", "closed/P6", 100, false},
        {"label/P7", "closed/P7", 100, true}, /* somebody still works behind this number */
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct journal_blob blob = {bytes_of_text(rows[i].blob), BYTES_LITERAL("^XA")};
        struct journal_fact one = fact(rows[i].fact, "{}");
        struct journal_batch batch = {.at = {.wall_ms = rows[i].closed_ms},
                                      .facts = &one,
                                      .fact_count = 1,
                                      .blobs = &blob,
                                      .blob_count = 1};
        int64_t seq;
        EXPECT_I64(ERR_NONE, journal_append(journal, &batch, &seq), "a parcel");
    }
    struct journal_drop drop = {7, "label/", "closed/", 500, 2};
    size_t removed = 99;
    EXPECT_I64(ERR_NONE, journal_drop_done(journal, &drop, &removed), "labels can go");
    EXPECT_I64(2, removed, "at most two at once");
    EXPECT_I64(ERR_NONE, journal_drop_done(journal, &drop, &removed), "the rest");
    EXPECT_I64(1, removed, "one");
    uint8_t storage[8];
    size_t len = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        enum err there =
            journal_read_blob(journal, bytes_of_text(rows[i].blob), storage, sizeof(storage), &len);
        EXPECT_I64(rows[i].stays ? ERR_NONE : ERR_NOT_FOUND, there, rows[i].blob);
    }
    EXPECT_I64(7, read_all(journal, 0, 64).count, "the facts stay");
    journal_close(journal);
}

static bool file_holds(const char *file, const char *text)
{
    static char content[1 << 20];
    FILE *in = fopen(file, "rb");
    if (in == NULL) return false;
    size_t len = fread(content, 1, sizeof(content), in);
    fclose(in);
    return bytes_find(bytes_of(content, len), bytes_of_text(text)) < len;
}

static void what_was_pruned_is_overwritten(void)
{
    struct journal *journal = open_named("forget");
    int64_t seq;
    EXPECT_I64(ERR_NONE, append_at(journal, "k", "{\"name\":\"Asha Rao Canary\"}", 1, &seq), "in");
    struct journal_blob blob = {BYTES_LITERAL("label"), BYTES_LITERAL("Canary Street 7")};
    struct journal_batch batch = {.blobs = &blob, .blob_count = 1};
    EXPECT_I64(ERR_NONE, journal_append(journal, &batch, &seq), "in");
    EXPECT_I64(ERR_NONE, journal_checkpoint(journal), "it reaches the main file");
    journal_close(journal); /* the files are opened by other means only while no one holds them */
    EXPECT(file_holds(path, "Canary Street") && file_holds(path, "Asha Rao"), "and can be seen");
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "open again");
    struct journal_prune prune = {.before_seq = 99, .before_wall_ms = 99, .rows_max = 9};
    size_t removed;
    EXPECT_I64(ERR_NONE, journal_prune(journal, &prune, &removed), "pruned");
    EXPECT_I64(ERR_NONE, journal_checkpoint(journal), "checkpointed");
    journal_close(journal);
    EXPECT(!file_holds(path, "Canary"), "no byte of it is left");
}

/* Runs SQL on a closed journal behind its back. */
static void tamper(const char *sql)
{
    sqlite3 *db = NULL;
    EXPECT(sqlite3_open(path, &db) == SQLITE_OK, "the file opens");
    EXPECT(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
    sqlite3_close(db);
}

static void foreign_and_newer_files_are_left_alone(void)
{
    struct journal *journal = open_named("newer");
    journal_close(journal);
    tamper("PRAGMA user_version=3");
    EXPECT_I64(ERR_UNSUPPORTED, open_with(&usual, &journal), "a newer format is refused");
    EXPECT(why.len > 0, "with a sentence");
    tamper("PRAGMA user_version=2");
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "nothing was changed in it");
    journal_close(journal);

    temp_path(path, "foreign");
    tamper("CREATE TABLE theirs(x)");
    EXPECT_I64(ERR_REFUSED, open_with(&usual, &journal), "another program's file is refused");

    char link[TEMP_PATH_SIZE];
    temp_path(path, "newer");
    EXPECT(symlink(path, temp_path(link, "link")) == 0, "a link is made");
    temp_path(path, "link");
    EXPECT_I64(ERR_REFUSED, open_with(&usual, &journal), "a symbolic link is refused");
    temp_path(path, "no-folder/journal");
    EXPECT_I64(ERR_NOT_FOUND, open_with(&usual, &journal),
               "a missing folder is said to be missing");
}

/* A file keeps the page size it was made with; an earlier firmware made other ones. */
static void a_journal_of_other_pages_goes_on(void)
{
    struct journal *journal = NULL;
    struct journal_space space;
    int64_t seq = 0;
    const struct journal_settings small = {.boot_id = "boot-one", .quota_pages = 256};
    temp_path(path, "pages");
    tamper("PRAGMA page_size=2048; PRAGMA journal_mode=WAL");
    EXPECT_I64(ERR_NONE, open_with(&small, &journal), "it opens");
    EXPECT_I64(ERR_NONE, append(journal, "k", &seq), "it takes facts");
    EXPECT_I64(ERR_NONE, journal_measure(journal, &space), "it can be measured");
    EXPECT(space.used_bytes >= 10u * 2048u && space.used_bytes < 30u * 2048u,
           "in its own pages, a dozen");
    EXPECT(space.free_bytes + space.used_bytes <= 256u * JOURNAL_QUOTA_PAGE, "within its quota");
    journal_close(journal);
}

/* A journal whose process died without closing. */
static void leave_hard_stopped(const char *name, int facts)
{
    temp_path(path, name);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct journal *journal = NULL;
        int64_t seq;
        if (open_with(&usual, &journal) != ERR_NONE) _exit(1);
        for (int i = 0; i < facts; i++) {
            char key[16];
            snprintf(key, sizeof(key), "k%d", i);
            if (append(journal, key, &seq) != ERR_NONE) _exit(1);
        }
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_I64(0, status, "the child did its work");
}

static void overwrite(const char *file, long from, size_t len)
{
    FILE *out = fopen(file, "r+b");
    EXPECT(out != NULL, "the file is there");
    fseek(out, from, SEEK_SET);
    for (size_t i = 0; i < len; i++) fputc((int)(i * 37 % 251), out);
    fclose(out);
}

static uint64_t sum_of(const char *ending)
{
    char file[TEMP_PATH_SIZE];
    snprintf(file, sizeof(file), "%.100s%s", path, ending);
    FILE *in = fopen(file, "rb");
    if (in == NULL) return 0;
    uint64_t sum = 14695981039346656037u; /* FNV-1a */
    for (int byte = fgetc(in); byte != EOF; byte = fgetc(in)) {
        sum = (sum ^ (uint64_t)byte) * 1099511628211u;
    }
    fclose(in);
    return sum;
}

/* Makes it a newer firmware's, in its log. */
static void make_newer_leaving_log(void)
{
    sqlite3 *db = NULL;
    EXPECT(sqlite3_open(path, &db) == SQLITE_OK, "the file opens");
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    EXPECT(sqlite3_exec(db, "PRAGMA user_version=3", NULL, NULL, NULL) == SQLITE_OK, "newer");
    sqlite3_close(db);
}

static void a_refused_file_is_left_with_its_log(void)
{
    struct journal *journal = NULL;
    leave_hard_stopped("left", 5);
    make_newer_leaving_log();
    uint64_t file = sum_of(""), log = sum_of("-wal");
    EXPECT(log != 0, "the log is there");
    EXPECT_I64(ERR_UNSUPPORTED, open_with(&usual, &journal), "a newer format is refused");
    EXPECT(sum_of("") == file, "the file is as it was");
    EXPECT(sum_of("-wal") == log, "and so is its log, which holds what was acknowledged");
}

static void a_file_cut_short_is_found(void)
{
    struct journal *journal = open_named("short");
    int64_t seq;
    EXPECT_I64(ERR_NONE, append(journal, "k", &seq), "a fact");
    journal_close(journal);
    struct stat info;
    EXPECT(stat(path, &info) == 0 && truncate(path, info.st_size - 100) == 0, "it is cut short");
    EXPECT_I64(ERR_CORRUPT, open_with(&usual, &journal), "less than a page missing is found too");
}

static void a_damaged_file_is_kept_and_set_aside(void)
{
    leave_hard_stopped("damaged", 600);
    struct journal *journal = NULL;
    int64_t first = 0, last = 0;
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "it recovers");
    EXPECT_I64(ERR_NONE, journal_extent(journal, &first, &last), "it can be read");
    EXPECT_I64(600, last, "everything acknowledged is there");
    char epoch[JOURNAL_EPOCH_SIZE];
    memcpy(epoch, journal_epoch(journal), sizeof(epoch));
    journal_close(journal);
    struct stat info; /* a page in the middle, which opening alone would not look at */
    EXPECT(stat(path, &info) == 0, "the file is there");
    overwrite(path, (long)info.st_size / 8192 * 4096, 4096);
    char log[TEMP_PATH_SIZE];
    snprintf(log, sizeof(log), "%.100s-wal", path);
    FILE *made = fopen(log, "wb"); /* as after a stop that was not clean */
    fclose(made);
    EXPECT_I64(ERR_CORRUPT, open_with(&usual, &journal), "damage is found at the start");
    EXPECT(access(path, F_OK) == 0, "the file is kept");
    char name[TEMP_PATH_SIZE];
    struct textbuf set_aside;
    textbuf_init(&set_aside, name, sizeof(name));
    EXPECT_I64(ERR_NONE, journal_set_aside(path, &set_aside), "it is set aside");
    EXPECT(access(name, F_OK) == 0 && access(path, F_OK) != 0, "under another name");
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "a new one begins");
    EXPECT(strcmp(epoch, journal_epoch(journal)) != 0, "with another epoch");
    EXPECT_I64(0, read_all(journal, 0, 64).count, "and nothing in it");
    journal_close(journal);
}

static char finding[300];

static void note_finding(void *context, const char *sentence)
{
    (void)context;
    snprintf(finding, sizeof(finding), "%s", sentence);
}

static size_t findings_of_closed(void)
{
    struct journal *journal = NULL;
    size_t count = 99;
    finding[0] = '\0';
    textbuf_init(&why, why_storage, sizeof(why_storage));
    EXPECT_I64(ERR_NONE, journal_open_reading(path, &why, &journal), "it opens for reading");
    EXPECT_I64(ERR_NONE, journal_verify(journal, note_finding, NULL, &count), "it can be checked");
    journal_close(journal);
    return count;
}

static void checking_finds_what_is_wrong(void)
{
    static const struct {
        const char *sql, *finding;
    } rows[] = {
        {"DELETE FROM facts WHERE seq = 3", "numbers are missing before fact: 4"},
        {"DELETE FROM facts WHERE seq = 1",
         "the first fact does not follow the last one pruned, but is: 2"},
        {"INSERT INTO cursors VALUES('oms', 6)", "a cursor stands past the last fact: oms"},
        {"INSERT INTO blobs VALUES(1, 'label', 6, x'00', NULL)",
         "a blob belongs to no fact that was ever written: label"},
        {"INSERT INTO blobs VALUES(1, 'a', 3, x'00', NULL), (2, 'b', 2, x'00', NULL)",
         "a blob is out of order: b"},
        {"PRAGMA foreign_keys=OFF; UPDATE facts SET boot = 9, sum = NULL WHERE seq = 2",
         "a fact names a boot that is not known: row 2 of facts"},
        {"PRAGMA ignore_check_constraints=ON; UPDATE facts SET body = '', sum = NULL"
         " WHERE seq = 1",
         "the file is damaged: CHECK constraint failed in facts"},
        {"UPDATE facts SET body = '{\"v\":3}' WHERE seq = 2", "fact 2 does not match its sum"},
        {"UPDATE facts SET at_ms = at_ms + 1 WHERE seq = 5", "fact 5 does not match its sum"},
        {"INSERT INTO blobs VALUES(1, 'a', 3, x'00', 7)", "blob a does not match its sum"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char name[16];
        snprintf(name, sizeof(name), "verify%zu", i);
        leave_hard_stopped(name, 5);
        EXPECT_I64(0, findings_of_closed(), "a sound journal has no findings");
        tamper(rows[i].sql);
        EXPECT_I64(1, findings_of_closed(), rows[i].finding);
        EXPECT_TEXT(rows[i].finding, finding, rows[i].sql);
    }
    leave_hard_stopped("verify-pruned", 5);
    tamper("DELETE FROM facts WHERE seq < 4; UPDATE pruned SET seq = 3");
    EXPECT_I64(0, findings_of_closed(), "a pruned journal is sound");
}

static bool none(void *context, const struct journal_row *row)
{
    *(int64_t *)context = row->seq;
    return true;
}

static void a_fact_that_is_not_what_was_written_is_not_used(void)
{
    struct journal *journal = open_named("rot");
    int64_t seq = 0, given = 0;
    size_t len = 0;
    char storage[9];
    struct journal_blob blob = {BYTES_LITERAL("label"), BYTES_LITERAL("SBX1")};
    struct journal_batch batch = {.blobs = &blob, .blob_count = 1};
    for (unsigned i = 0; i < 3; i++) {
        char key[9];
        snprintf(key, sizeof(key), "k%u", i);
        EXPECT_I64(ERR_NONE, append(journal, key, &seq), "a fact");
    }
    EXPECT_I64(ERR_NONE, journal_append(journal, &batch, &seq), "a blob");
    journal_close(journal);
    tamper("UPDATE facts SET body = '{\"v\":9}' WHERE seq = 2; UPDATE blobs SET data = x'00'");
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "after a clean stop not all is read");
    EXPECT_I64(ERR_NOT_FOUND, journal_read_blob(journal, blob.key, storage, 9, &len), "no blob");
    struct journal_look look = {.rows_max = 2, .finding = note_finding, .more = true};
    finding[0] = '\0';
    EXPECT_I64(ERR_NONE, journal_look(journal, &look), "who looks");
    EXPECT_TEXT("fact 2 does not match its sum", finding, "finds it");
    EXPECT(look.more && look.seq == 2, "and goes on from there");
    EXPECT_I64(ERR_NONE, journal_look(journal, &look), "to the end");
    EXPECT(!look.more && look.seq == 3, "the journal is still in use");
    EXPECT_I64(ERR_CORRUPT, journal_read_after(journal, 0, 9, none, &given), "but what is read is");
    EXPECT_I64(1, given, "it is not given");
    EXPECT_TEXT("fact 2 does not match its sum", journal_trouble(journal), "it is said");
    EXPECT_I64(ERR_CORRUPT, append(journal, "more", &seq), "nothing goes on from there");
    journal_close(journal);
    EXPECT_I64(ERR_CORRUPT, open_with(&usual, &journal), "the next opening finds it by itself");
}

static void an_older_format_is_read_and_brought_to_ours(void)
{
    struct journal *journal = open_named("older");
    int64_t seq = 0;
    EXPECT_I64(ERR_NONE, append(journal, "old", &seq), "a fact");
    journal_close(journal);
    tamper("ALTER TABLE facts DROP COLUMN sum; ALTER TABLE blobs DROP COLUMN sum;"
           "PRAGMA user_version=1");
    EXPECT_I64(0, findings_of_closed(), "reading it changes nothing and finds nothing");
    textbuf_init(&why, why_storage, sizeof(why_storage));
    EXPECT_I64(ERR_NONE, journal_open_reading(path, &why, &journal), "it opens for reading");
    EXPECT_I64(1, read_all(journal, 0, 9).count, "with its fact");
    journal_close(journal);
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "it opens for good");
    EXPECT_I64(ERR_NONE, append(journal, "new", &seq), "it goes on");
    EXPECT_I64(2, seq, "where it was");
    EXPECT_I64(2, read_all(journal, 0, 9).count, "old and new");
    journal_close(journal);
    tamper("UPDATE facts SET body = '{\"v\":9}'");
    EXPECT_I64(1, findings_of_closed(), "what is new has its sum, what is old has none");
    tamper("PRAGMA user_version=0");
    EXPECT(open_with(&usual, &journal) != ERR_NONE, "what was never a format of ours is none");
}

static void reading_changes_nothing(void)
{
    leave_hard_stopped("witness", 7);
    uint64_t file = sum_of(""), log = sum_of("-wal");
    EXPECT(log != 0, "the log is there, as after a crash");
    struct journal *journal = NULL;
    textbuf_init(&why, why_storage, sizeof(why_storage));
    EXPECT_I64(ERR_NONE, journal_open_reading(path, &why, &journal), "it opens for reading");
    EXPECT_I64(7, read_all(journal, 0, 64).count, "with what is in the log");
    int64_t seq;
    EXPECT_I64(ERR_REFUSED, append(journal, "x", &seq), "it takes nothing");
    struct journal_prune prune = {.before_seq = 9, .before_wall_ms = 9999, .rows_max = 9};
    size_t removed;
    EXPECT_I64(ERR_REFUSED, journal_prune(journal, &prune, &removed), "and gives nothing away");
    journal_close(journal);
    EXPECT(sum_of("") == file && sum_of("-wal") == log, "not a byte was changed");
    temp_path(path, "nothing-here");
    EXPECT_I64(ERR_NOT_FOUND, journal_open_reading(path, &why, &journal), "no file is made");
    EXPECT(access(path, F_OK) != 0, "really");
}

static enum err copy_all(struct journal *journal, const char *copy)
{
    bool done = false;
    enum err problem = journal_copy_begin(journal, copy, 1);
    while (problem == ERR_NONE && !done) problem = journal_copy_step(journal, &done);
    return problem;
}

static void a_copy_is_a_whole_journal(void)
{
    struct journal *journal = open_named("source");
    int64_t seq;
    EXPECT_I64(ERR_NONE, append(journal, "one", &seq), "a fact");
    char copy[TEMP_PATH_SIZE], epoch[JOURNAL_EPOCH_SIZE];
    memcpy(epoch, journal_epoch(journal), sizeof(epoch));
    temp_path(copy, "copy");
    EXPECT_I64(ERR_NONE, copy_all(journal, copy), "a copy is made");
    EXPECT_I64(ERR_NONE, append(journal, "two", &seq), "the journal goes on");
    EXPECT_I64(ERR_NONE, copy_all(journal, copy), "and a newer one replaces it");
    char nowhere[TEMP_PATH_SIZE];
    EXPECT_I64(ERR_NOT_FOUND, copy_all(journal, temp_path(nowhere, "no/copy")), "or not");
    EXPECT_I64(ERR_NO_SPACE, journal_copy_begin(journal, copy, UINT64_MAX / 2), "nor without room");
    EXPECT_I64(ERR_NONE, append(journal, "three", &seq), "which harms nobody");
    journal_close(journal);
    struct stat info;
    EXPECT(stat(copy, &info) == 0 && (info.st_mode & 0777) == 0600, "it is for us alone");
    memcpy(path, copy, sizeof(path));
    EXPECT_I64(0, findings_of_closed(), "it is sound");
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "and can go on as a journal");
    EXPECT_I64(2, read_all(journal, 0, 64).count, "with all there was");
    EXPECT_TEXT(epoch, journal_epoch(journal), "under the same epoch");
    journal_close(journal);
}

static void the_journal_goes_on_while_it_is_copied(void)
{
    struct journal *journal = open_named("busy");
    char copy[TEMP_PATH_SIZE], half[TEMP_PATH_SIZE], key[20];
    int64_t seq = 0;
    for (unsigned i = 0; i < 3000; i++) {
        snprintf(key, sizeof(key), "before/%u", i);
        EXPECT_I64(ERR_NONE, append(journal, key, &seq), "a fact");
    }
    temp_path(copy, "busy-copy");
    temp_path(half, "busy-copy.new");
    EXPECT_I64(ERR_NONE, journal_copy_begin(journal, copy, 1), "it is begun");
    EXPECT_I64(ERR_BUSY, journal_copy_begin(journal, copy, 1), "one at a time");
    bool done = false;
    unsigned pieces = 0;
    for (; !done && pieces < 1000; pieces++) {
        EXPECT_I64(ERR_NONE, journal_copy_step(journal, &done), "piece by piece");
        snprintf(key, sizeof(key), "meanwhile/%u", pieces);
        if (!done) EXPECT_I64(ERR_NONE, append(journal, key, &seq), "between them facts");
        EXPECT(done || access(copy, F_OK) != 0, "a half one has no name yet");
    }
    EXPECT(done && pieces > 1, "in more than one piece");
    EXPECT(!journal_is_copying(journal) && access(half, F_OK) != 0, "nothing is left over");
    EXPECT_I64(ERR_NONE, journal_copy_begin(journal, copy, 1), "a second one");
    journal_close(journal);
    EXPECT(access(half, F_OK) != 0, "is given up with the journal");
    memcpy(path, copy, sizeof(path));
    EXPECT_I64(0, findings_of_closed(), "the first stands, sound");
    EXPECT_I64(ERR_NONE, open_with(&usual, &journal), "and opens");
    int64_t first = 0, last = 0;
    EXPECT_I64(ERR_NONE, journal_extent(journal, &first, &last), "it knows its facts");
    EXPECT(first == 1 && last == seq && last > 3000, "with what came meanwhile");
    journal_close(journal);
}

int main(void)
{
    temp_make();
    EXPECT_RUN(pruning_takes_a_prefix);
    EXPECT_RUN(labels_of_closed_parcels_go_first);
    EXPECT_RUN(what_was_pruned_is_overwritten);
    EXPECT_RUN(foreign_and_newer_files_are_left_alone);
    EXPECT_RUN(a_journal_of_other_pages_goes_on);
    EXPECT_RUN(a_damaged_file_is_kept_and_set_aside);
    EXPECT_RUN(a_refused_file_is_left_with_its_log);
    EXPECT_RUN(a_file_cut_short_is_found);
    EXPECT_RUN(checking_finds_what_is_wrong);
    EXPECT_RUN(a_fact_that_is_not_what_was_written_is_not_used);
    EXPECT_RUN(an_older_format_is_read_and_brought_to_ours);
    EXPECT_RUN(reading_changes_nothing);
    EXPECT_RUN(a_copy_is_a_whole_journal);
    EXPECT_RUN(the_journal_goes_on_while_it_is_copied);
    return expect_result();
}
