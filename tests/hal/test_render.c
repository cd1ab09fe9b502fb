/* Guards: whatever packd-render does, each request is answered exactly once; a document is tried
 * twice and not more; a child that does not start is not blamed on a document; nothing is left
 * behind, neither a zombie nor a descriptor. The child is render_child.c, bad in one way each. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "hal/clock.h"
#include "hal/files.h"
#include "hal/render.h"
#include "tests/support/expect.h"
#include "tests/support/temp_folder.h"

#define TOLD_MAX 16
#define PATIENCE_MS 20000 /* only a test that fails waits for so long */

struct told {
    uint32_t ticket;
    enum err error;
    enum render_result result;
    size_t output_bytes;
    uint8_t first_byte;
};

struct bench {
    struct loop *loop;
    struct render *render;
    struct told told[TOLD_MAX];
    unsigned count;
    unsigned ask_again; /* from the callback, so often */
    char lines[600];
    unsigned line_count;
};

static struct render_request label(void)
{
    return (struct render_request){.kind = RENDER_DOCUMENT,
                                   .dpi = 203,
                                   .width_dots = 812,
                                   .height_dots = 1218};
}

static void ask(struct bench *bench, uint32_t ticket, const char *input)
{
    struct render_request request = label();
    EXPECT_I64(ERR_NONE, render_ask(bench->render, ticket, &request, bytes_of_text(input)),
               "the request is taken");
}

static void done(void *context, uint32_t ticket, enum err error, const struct render_answer *answer,
                 struct bytes output)
{
    struct bench *bench = context;
    ENSURE(bench->count < TOLD_MAX);
    struct told *told = &bench->told[bench->count++];
    *told = (struct told){.ticket = ticket, .error = error, .output_bytes = output.len};
    EXPECT((error == ERR_NONE) == (answer != NULL), "an answer comes exactly with success");
    if (answer != NULL) told->result = answer->result;
    if (output.len > 0) told->first_byte = output.data[output.len - 1];
    if (bench->ask_again == 0) return;
    bench->ask_again--;
    ask(bench, ticket + 1, "again");
}

static void said(void *context, struct bytes line)
{
    struct bench *bench = context;
    size_t len = strlen(bench->lines);
    snprintf(bench->lines + len, sizeof(bench->lines) - len, "%.*s|", (int)line.len,
             (const char *)line.data);
    bench->line_count++;
}

static struct bench *set_up_kept(const char *mode, int64_t deadline_ms, const char *keep_dir)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    ENSURE(bench != NULL);
    struct render_settings settings = {.program = RENDER_CHILD,
                                       .template_folders = &mode,
                                       .folder_count = 1,
                                       .keep_dir = keep_dir,
                                       .deadline_ms = deadline_ms};
    EXPECT_I64(ERR_NONE, loop_open(&bench->loop), "a loop opens");
    EXPECT_I64(ERR_NONE, render_open(bench->loop, &settings, done, bench, &bench->render),
               "render opens");
    render_listen(bench->render, said, bench);
    return bench;
}

static struct bench *set_up(const char *mode)
{
    return set_up_kept(mode, 0, NULL);
}

static unsigned descriptors(void)
{
    unsigned count = 0;
    DIR *listing = opendir("/proc/self/fd");
    ENSURE(listing != NULL);
    while (readdir(listing) != NULL) count++;
    closedir(listing);
    return count;
}

static void tear_down(struct bench *bench)
{
    render_close(bench->render);
    loop_close(bench->loop);
    free(bench);
    EXPECT(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD,
           "no process is left, dead or alive");
}

static void turn_until_told(struct bench *bench, unsigned count)
{
    int64_t end_ms = clock_boot_ms() + PATIENCE_MS;
    while (bench->count < count && clock_boot_ms() < end_ms) loop_turn(bench->loop, end_ms);
    EXPECT_I64(count, bench->count, "each request is answered once");
}

static void turn_until_started(struct bench *bench, uint32_t starts)
{
    int64_t end_ms = clock_boot_ms() + PATIENCE_MS;
    while (render_starts(bench->render) < starts && clock_boot_ms() < end_ms) {
        loop_turn(bench->loop, end_ms);
    }
    EXPECT_I64(starts, render_starts(bench->render), "so often it was started");
}

/* Whether anything more is told: another request, to a child of today, comes after all of it. */
static void nothing_more(struct bench *bench)
{
    unsigned before = bench->count;
    ask(bench, 99, "last");
    turn_until_told(bench, before + 1);
    EXPECT_I64(99, bench->told[before].ticket, "nothing was told twice");
}

static void requests_are_answered_in_turn(void)
{
    struct bench *bench = set_up("good");
    const char *inputs[] = {"a", "b", "c", "d"};
    for (uint32_t i = 0; i < RENDER_QUEUE_MAX; i++) ask(bench, 10 + i, inputs[i]);
    struct render_request request = label();
    EXPECT_I64(ERR_BUSY, render_ask(bench->render, 20, &request, BYTES_NONE),
               "the queue has an end");
    EXPECT_I64(0, bench->count, "nothing is told inside the call");
    turn_until_told(bench, RENDER_QUEUE_MAX);
    for (uint32_t i = 0; i < RENDER_QUEUE_MAX; i++) {
        EXPECT_I64(10 + i, bench->told[i].ticket, "in the order of asking");
        EXPECT_I64(ERR_NONE, bench->told[i].error, "well");
        EXPECT_I64(102 * 1218, bench->told[i].output_bytes, "with the whole picture");
        EXPECT_I64(inputs[i][0], bench->told[i].first_byte, "of its own document");
    }
    EXPECT_I64(1, render_starts(bench->render), "all by one child");
    EXPECT(render_resident_kib(bench->render) > 100, "what it holds is known");
    tear_down(bench);
}

static void a_callback_may_ask(void)
{
    struct bench *bench = set_up("good");
    bench->ask_again = 3;
    ask(bench, 1, "first");
    turn_until_told(bench, 4);
    EXPECT_I64(4, bench->told[3].ticket, "one after the other");
    tear_down(bench);
}

static void a_request_without_bounds_is_not_taken(void)
{
    struct bench *bench = set_up("good");
    struct render_request request = label();
    request.width_dots = 0;
    EXPECT_I64(ERR_INVALID, render_ask(bench->render, 1, &request, BYTES_NONE), "no label at all");
    request = label();
    uint8_t *large = calloc(1, RENDER_INPUT_MAX + 1);
    EXPECT_I64(ERR_TOO_BIG,
               render_ask(bench->render, 2, &request, bytes_of(large, RENDER_INPUT_MAX + 1)),
               "one byte too many");
    EXPECT_I64(ERR_NONE, render_ask(bench->render, 3, &request, bytes_of(large, RENDER_INPUT_MAX)),
               "as much as fits");
    turn_until_told(bench, 1);
    EXPECT_I64(ERR_NONE, bench->told[0].error, "is drawn");
    free(large);
    tear_down(bench);
}

static void a_refusal_is_an_answer(void)
{
    struct bench *bench = set_up("refuses");
    ask(bench, 1, "x");
    turn_until_told(bench, 1);
    EXPECT_I64(ERR_NONE, bench->told[0].error, "the exchange went well");
    EXPECT_I64(RENDER_REFUSED, bench->told[0].result, "and says no");
    EXPECT_I64(1, render_starts(bench->render), "nobody tries a second time");
    tear_down(bench);
}

/* It says so in its last word: no second try, nothing kept, and nobody else's document meets it. */
static void a_child_that_ends_with_its_answer_costs_nobody_a_try(void)
{
    char folder[TEMP_PATH_SIZE];
    struct bench *bench = set_up_kept("ends", 0, temp_path(folder, "ended"));
    for (uint32_t i = 1; i <= RENDER_QUEUE_MAX; i++) ask(bench, i, "x");
    turn_until_told(bench, RENDER_QUEUE_MAX);
    for (uint32_t i = 0; i < RENDER_QUEUE_MAX; i++) {
        EXPECT_I64(ERR_NONE, bench->told[i].error, "it was answered");
        EXPECT_I64(RENDER_REFUSED, bench->told[i].result, "with no");
    }
    turn_until_started(bench, RENDER_QUEUE_MAX + 1);
    EXPECT(!files_is_there(folder), "no document is kept for it");
    tear_down(bench);
}

/* Each of these costs two children, and the request fails with one word. */
static void a_bad_child_costs_two_tries(void)
{
    static const struct {
        const char *mode;
        enum err error;
        const char *promise;
    } rows[] = {
        {"aborts", ERR_CLOSED, "an abort on the request"},
        {"segv", ERR_CLOSED, "a fault on the request"},
        {"exits", ERR_CLOSED, "an exit on the request"},
        {"closes", ERR_CLOSED, "a closed socket, alive"},
        {"short-answer", ERR_CORRUPT, "an answer that is too short"},
        {"long-answer", ERR_CORRUPT, "an answer that is too long"},
        {"wrong-number", ERR_CORRUPT, "the answer to another request"},
        {"wrong-sides", ERR_CORRUPT, "another size"},
        {"wrong-rows", ERR_CORRUPT, "rows of another length"},
        {"too-long", ERR_CORRUPT, "more output than there can be"},
        {"endless-count", ERR_CORRUPT, "four billion barcodes"},
        {"endless-text", ERR_CORRUPT, "a text without end"},
        {"unknown-result", ERR_CORRUPT, "a result that does not exist"},
        {"talks", ERR_CORRUPT, "endless talk"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct bench *bench = set_up(rows[i].mode);
        ask(bench, 1, "x");
        turn_until_told(bench, 1);
        EXPECT_I64(rows[i].error, bench->told[0].error, rows[i].promise);
        EXPECT_I64(1, bench->told[0].ticket, rows[i].promise);
        EXPECT(render_starts(bench->render) >= 2, "it was tried in a fresh one");
        ask(bench, 2, "y");
        turn_until_told(bench, 2);
        EXPECT_I64(rows[i].error, bench->told[1].error, "the next document has a try of its own");
        EXPECT(render_starts(bench->render) <= 5, "two tries each, and one that waits");
        EXPECT(bench->line_count <= 600 * render_starts(bench->render), "talk is bounded");
        tear_down(bench);
    }
}

static void a_child_that_hangs_is_ended(void)
{
    struct bench *bench = set_up_kept("hangs", 50, NULL);
    ask(bench, 1, "x");
    ask(bench, 2, "y");
    turn_until_told(bench, 2);
    EXPECT_I64(ERR_TIMEOUT, bench->told[0].error, "it took too long");
    EXPECT_I64(ERR_TIMEOUT, bench->told[1].error, "so did the next");
    EXPECT(render_starts(bench->render) >= 4, "each in two children");
    tear_down(bench);
}

static void the_second_try_may_succeed(void)
{
    struct bench *bench = set_up("odd");
    ask(bench, 1, "x");
    turn_until_told(bench, 1);
    EXPECT_I64(ERR_NONE, bench->told[0].error, "the fresh one could draw it");
    EXPECT_I64(2, render_starts(bench->render), "one died of it");
    tear_down(bench);
}

static void an_answer_before_death_counts(void)
{
    struct bench *bench = set_up("answers-and-dies");
    ask(bench, 1, "x");
    turn_until_told(bench, 1);
    EXPECT_I64(ERR_NONE, bench->told[0].error, "the answer was whole");
    nothing_more(bench);
    tear_down(bench);
}

static void a_second_answer_is_nobodys(void)
{
    struct bench *bench = set_up("twice");
    ask(bench, 1, "x");
    turn_until_told(bench, 1);
    EXPECT_I64(ERR_NONE, bench->told[0].error, "the first one is good");
    ask(bench, 2, "y");
    turn_until_told(bench, 2);
    EXPECT_I64(2, bench->told[1].ticket, "the next request is answered once too");
    EXPECT(render_starts(bench->render) >= 2, "a child that talks out of turn is replaced");
    tear_down(bench);
}

static void a_child_that_does_not_start_is_not_the_documents_fault(void)
{
    static const char *const modes[] = {"dies-at-once", "aborts-at-once", "old-version",
                                        "short-ready"};
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        char folder[TEMP_PATH_SIZE];
        struct bench *bench = set_up_kept(modes[i], 0, temp_path(folder, "never"));
        ask(bench, 1, "x");
        ask(bench, 2, "y");
        turn_until_told(bench, 2);
        EXPECT_I64(ERR_NOT_FOUND, bench->told[0].error, modes[i]);
        EXPECT_I64(ERR_NOT_FOUND, bench->told[1].error, modes[i]);
        EXPECT_I64(1, render_starts(bench->render), "one start for both");
        ask(bench, 3, "z");
        turn_until_told(bench, 3);
        EXPECT_I64(ERR_NOT_FOUND, bench->told[2].error, "in the pause it fails at once");
        EXPECT_I64(1, render_starts(bench->render), "and nothing is started");
        EXPECT(!files_is_there(folder), "no document is kept for it");
        tear_down(bench);
    }
}

static void there_may_be_no_program_at_all(void)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    ENSURE(bench != NULL);
    struct render_settings settings = {.program = "/nowhere/packd-render"};
    EXPECT_I64(ERR_NONE, loop_open(&bench->loop), "a loop opens");
    EXPECT_I64(ERR_NONE, render_open(bench->loop, &settings, done, bench, &bench->render),
               "render opens all the same");
    render_warm(bench->render);
    ask(bench, 1, "x");
    bench->ask_again = 1;
    turn_until_told(bench, 2);
    EXPECT_I64(ERR_NOT_FOUND, bench->told[0].error, "and says so later");
    EXPECT_I64(ERR_NOT_FOUND, bench->told[1].error, "each time");
    EXPECT_I64(0, render_resident_kib(bench->render), "nothing runs");
    tear_down(bench);
}

static void ready_is_said_once(void)
{
    struct bench *bench = set_up("ready-twice");
    ask(bench, 1, "x");
    turn_until_told(bench, 1);
    EXPECT(bench->told[0].error == ERR_NONE || bench->told[0].error == ERR_CORRUPT,
           "one way or the other, once");
    tear_down(bench);
}

static void it_is_warm_before_it_is_asked(void)
{
    struct bench *bench = set_up("good");
    render_warm(bench->render);
    render_warm(bench->render);
    EXPECT_I64(1, render_starts(bench->render), "started once");
    ask(bench, 1, "x");
    turn_until_told(bench, 1);
    EXPECT_I64(1, render_starts(bench->render), "and used");
    tear_down(bench);
}

static void one_that_holds_too_much_gives_way(void)
{
    struct bench *bench = set_up("eats");
    ask(bench, 1, "x");
    turn_until_told(bench, 1);
    EXPECT_I64(ERR_NONE, bench->told[0].error, "its answer is good");
    turn_until_started(bench, 2);
    ask(bench, 2, "y");
    turn_until_told(bench, 2);
    EXPECT_I64(ERR_NONE, bench->told[1].error, "the next is drawn by a fresh one");
    tear_down(bench);
}

static void what_it_says_comes_in_lines(void)
{
    struct bench *bench = set_up("says");
    ask(bench, 1, "x");
    turn_until_told(bench, 1);
    int64_t end_ms = clock_boot_ms() + PATIENCE_MS;
    while (bench->line_count < 2 && clock_boot_ms() < end_ms) loop_turn(bench->loop, end_ms);
    EXPECT(strncmp(bench->lines, "one line|and ?[31mred000", 24) == 0,
           "one by one, without control characters");
    EXPECT_I64(9 + RENDER_LINE_MAX + 1, strlen(bench->lines), "and not longer than is said");
    tear_down(bench);
}

static unsigned count_kept(const char *folder)
{
    char names[32][FILES_NAME_SIZE];
    size_t count = 0;
    EXPECT_I64(ERR_NONE, files_list(folder, ".personal", names, 32, &count), "a folder is there");
    return (unsigned)count;
}

static void look_at_kept(const char *folder, const char *ending)
{
    char names[32][FILES_NAME_SIZE];
    char path[2 * TEMP_PATH_SIZE];
    char content[64];
    size_t count = 0, len = 0;
    struct stat status = {.st_mode = 0};
    if (files_list(folder, ending, names, 32, &count) != ERR_NONE || count == 0) {
        EXPECT(false, ending);
        return;
    }
    snprintf(path, sizeof(path), "%s/%s", folder, names[0]);
    EXPECT_I64(0, stat(path, &status), "it can be looked at");
    EXPECT_I64(0600, status.st_mode & 07777, "by us alone");
    EXPECT_I64(ERR_NONE, files_read(path, content, sizeof(content), &len), "it is read");
    EXPECT_BYTES(BYTES_LITERAL("%PDF-1.4 x"), bytes_of(content, len), "it is the document");
}

static void what_killed_two_is_kept(void)
{
    char folder[TEMP_PATH_SIZE];
    temp_path(folder, "kept");
    struct bench *bench = set_up_kept("aborts", 0, folder);
    for (unsigned i = 1; i <= RENDER_KEPT_MAX + 3; i++) {
        ask(bench, i, "%PDF-1.4 x");
        turn_until_told(bench, i);
        unsigned wanted = i < RENDER_KEPT_MAX ? i : RENDER_KEPT_MAX;
        EXPECT_I64(wanted, count_kept(folder), "one each, up to the bound");
    }
    look_at_kept(folder, "-sigabrt-203-812x1218-pdf.personal");
    tear_down(bench);
    bench = set_up_kept("hangs", 30, folder);
    ask(bench, 1, "%PDF-1.4 x");
    turn_until_told(bench, 1);
    look_at_kept(folder, "-timeout-203-812x1218-pdf.personal");
    EXPECT_I64(RENDER_KEPT_MAX, count_kept(folder), "the oldest gave way");
    tear_down(bench);
}

static void closing_in_the_middle_leaves_nothing(void)
{
    static const char *const modes[] = {"good", "hangs", "never-ready", "aborts"};
    unsigned before = descriptors();
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        struct bench *bench = set_up(modes[i]);
        ask(bench, 1, "x");
        ask(bench, 2, "y");
        for (int turn = 0; turn < 2; turn++) loop_turn(bench->loop, clock_boot_ms() + 5);
        unsigned told = bench->count;
        render_close(bench->render);
        EXPECT_I64(told, bench->count, "nobody is told any more");
        bench->render = NULL;
        tear_down(bench);
    }
    EXPECT_I64(before, descriptors(), "every descriptor is closed");
}

int main(void)
{
    temp_make();
    EXPECT_RUN(requests_are_answered_in_turn);
    EXPECT_RUN(a_callback_may_ask);
    EXPECT_RUN(a_request_without_bounds_is_not_taken);
    EXPECT_RUN(a_refusal_is_an_answer);
    EXPECT_RUN(a_child_that_ends_with_its_answer_costs_nobody_a_try);
    EXPECT_RUN(a_bad_child_costs_two_tries);
    EXPECT_RUN(a_child_that_hangs_is_ended);
    EXPECT_RUN(the_second_try_may_succeed);
    EXPECT_RUN(an_answer_before_death_counts);
    EXPECT_RUN(a_second_answer_is_nobodys);
    EXPECT_RUN(a_child_that_does_not_start_is_not_the_documents_fault);
    EXPECT_RUN(there_may_be_no_program_at_all);
    EXPECT_RUN(ready_is_said_once);
    EXPECT_RUN(it_is_warm_before_it_is_asked);
    EXPECT_RUN(one_that_holds_too_much_gives_way);
    EXPECT_RUN(what_it_says_comes_in_lines);
    EXPECT_RUN(what_killed_two_is_kept);
    EXPECT_RUN(closing_in_the_middle_leaves_nothing);
    return expect_result();
}
