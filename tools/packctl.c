/* packctl.c - asks a running packd over its local socket and prints the answer, one JSON object a
 * line. Errors go to standard error. Exit 0 done, 1 the answer is no or nobody answers, 2 usage. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hal/base/json.h"
#include "hal/control.h"
#include "hal/files.h"

#define DEFAULT_SOCKET "/run/packd/control.sock"
#define TIMEOUT_MS 5000
#define BACKUP_TIMEOUT_MS 600000 /* a large journal on a slow stick */
#define QUESTION_SIZE 2048
#define ANSWER_ERROR "{\"error\":"

enum { EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2 };

static int usage(void)
{
    fputs("usage: packctl [--socket PATH] status|devices|screen|recalls|shelf|backlog|letters\n"
          "       packctl [--socket PATH] press WORD [TEXT]\n"
          "       packctl [--socket PATH] pool add COURIER[.cod] NUMBER...\n"
          "       packctl [--socket PATH] show scale|scanner N|printer | show this N | show end\n"
          "       packctl [--socket PATH] cast scale|scanner N|printer ADDRESS|auto\n"
          "       packctl [--socket PATH] letter again N [ORDER_ID] | letter drop N NAME\n"
          "       packctl [--socket PATH] journal [--after N] [--limit N]\n"
          "       packctl [--socket PATH] journal backup FILE\n",
          stderr);
    return EXIT_USAGE;
}

static bool print_line(void *context, struct bytes line)
{
    bool *good = context;
    bool error = bytes_start_with(line, ANSWER_ERROR);
    if (line.len == 0) return true;
    if (error) *good = false;
    fwrite(line.data, 1, line.len, error ? stderr : stdout);
    fputc('\n', error ? stderr : stdout);
    return true;
}

static int ask(const char *socket, struct bytes question, uint32_t timeout_ms)
{
    struct control_link *link = NULL;
    bool good = true;
    enum err problem = control_connect(socket, timeout_ms, &link);
    if (problem != ERR_NONE) {
        fprintf(stderr, "packctl: no packd answers at %s (%s)\n", socket, err_word(problem));
        return EXIT_NO;
    }
    problem = control_ask(link, question, print_line, &good);
    control_disconnect(link);
    if (problem != ERR_NONE) fprintf(stderr, "packctl: no answer (%s)\n", err_word(problem));
    return problem == ERR_NONE && good && fflush(stdout) == 0 ? EXIT_DONE : EXIT_NO;
}

static bool take_number(struct json_writer *json, const char *key, const char *digits)
{
    uint64_t value;
    if (!bytes_to_u64(bytes_of_text(digits), INT64_MAX, &value)) return false;
    json_write_i64(json, key, (int64_t)value);
    return true;
}

static bool write_journal(struct json_writer *json, int argc, char *argv[])
{
    for (int at = 0; at < argc; at += 2) {
        if (at + 1 == argc) return false;
        if (strcmp(argv[at], "--after") == 0) {
            if (!take_number(json, "after", argv[at + 1])) return false;
        } else if (strcmp(argv[at], "--limit") != 0 || !take_number(json, "limit", argv[at + 1])) {
            return false;
        }
    }
    return true;
}

/* packd does not know where we stand, so the name is made whole here. */
static bool write_file(struct json_writer *json, const char *file)
{
    char folder[FILES_PATH_MAX], whole[2 * FILES_PATH_MAX];
    if (file[0] == '/') {
        json_write_text(json, "file", file);
        return true;
    }
    if (file[0] == '\0' || getcwd(folder, sizeof(folder)) == NULL) return false;
    snprintf(whole, sizeof(whole), "%s/%s", folder, file);
    json_write_text(json, "file", whole);
    return true;
}

/* Asked without any words. */
static bool is_plain(const char *command)
{
    static const char *const plain[] = {"status", "devices", "screen", "recalls",
                                        "shelf",  "backlog", "letters"};
    for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
        if (strcmp(command, plain[i]) == 0) return true;
    }
    return false;
}

/* A press whose text is the letter's number and, for one that is dropped, who says so. */
static bool write_letter(struct json_writer *json, int argc, char *argv[])
{
    char storage[256];
    struct textbuf text;
    bool drop = argc > 0 && strcmp(argv[0], "drop") == 0;
    bool again = argc > 0 && strcmp(argv[0], "again") == 0;
    if (!(drop && argc == 3) && !(again && (argc == 2 || argc == 3))) return false;
    textbuf_init(&text, storage, sizeof(storage));
    textbuf_text(&text, argv[1]);
    if (argc == 3) textbuf_char(&text, ' ');
    if (argc == 3) textbuf_text(&text, argv[2]);
    json_write_text(json, "press", drop ? "letter_drop" : "letter_again");
    json_write_text(json, "text", storage);
    return textbuf_ok(&text);
}

/* The words that name a role: "scale", or "scanner 2". How many there are; 0: none. */
static int role_words(int argc, char *argv[])
{
    if (argc < 1) return 0;
    bool scanner = strcmp(argv[0], "scanner") == 0;
    bool other = strcmp(argv[0], "scale") == 0 || strcmp(argv[0], "printer") == 0;
    if (scanner) return argc >= 2 ? 2 : 0;
    return other ? 1 : 0;
}

static bool write_words(struct json_writer *json, const char *press, int argc, char *argv[])
{
    char storage[QUESTION_SIZE / 2];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof(storage));
    for (int i = 0; i < argc; i++) {
        if (i > 0) textbuf_char(&text, ' ');
        textbuf_text(&text, argv[i]);
    }
    json_write_text(json, "press", press);
    json_write_text(json, "text", storage);
    return textbuf_ok(&text);
}

static bool write_show(struct json_writer *json, int argc, char *argv[])
{
    bool end = argc == 1 && strcmp(argv[0], "end") == 0;
    bool this = argc == 2 && strcmp(argv[0], "this") == 0;
    if (end) return write_words(json, "show_end", 0, argv);
    if (this) return write_words(json, "show_this", 1, argv + 1);
    int words = role_words(argc, argv);
    return words > 0 && argc == words && write_words(json, "show", argc, argv);
}

static bool write_cast(struct json_writer *json, int argc, char *argv[])
{
    int words = role_words(argc, argv);
    return words > 0 && argc == words + 1 && write_words(json, "cast", argc, argv);
}

/* A press whose text is the list and its numbers. */
static bool write_pool(struct json_writer *json, int argc, char *argv[])
{
    bool good = argc >= 3 && strcmp(argv[0], "add") == 0;
    return good && write_words(json, "pool_add", argc - 1, argv + 1);
}

static bool is_backup(const char *command, int argc, char *argv[])
{
    return strcmp(command, "journal") == 0 && argc == 2 && strcmp(argv[0], "backup") == 0;
}

/* The words after the command, as members of the question. */
static bool write_question(struct json_writer *json, const char *command, int argc, char *argv[])
{
    bool backup = is_backup(command, argc, argv);
    json_write_open(json, NULL, '{');
    bool letter = strcmp(command, "letter") == 0;
    bool pool = strcmp(command, "pool") == 0;
    bool show = strcmp(command, "show") == 0;
    bool cast = strcmp(command, "cast") == 0;
    const char *asked = letter || pool || show || cast ? "press" : backup ? "backup" : command;
    json_write_text(json, "command", asked);
    bool good = argc == 0;
    if (strcmp(command, "press") == 0) {
        good = argc == 1 || argc == 2;
        if (good) json_write_text(json, "press", argv[0]);
        if (argc == 2) json_write_text(json, "text", argv[1]);
    } else if (letter) {
        good = write_letter(json, argc, argv);
    } else if (pool) {
        good = write_pool(json, argc, argv);
    } else if (show) {
        good = write_show(json, argc, argv);
    } else if (cast) {
        good = write_cast(json, argc, argv);
    } else if (backup) {
        good = write_file(json, argv[1]);
    } else if (strcmp(command, "journal") == 0) {
        good = write_journal(json, argc, argv);
    } else {
        good = good && is_plain(command);
    }
    json_write_close(json, '}');
    return good && textbuf_ok(json->text);
}

int main(int argc, char *argv[])
{
    const char *socket = DEFAULT_SOCKET;
    char storage[QUESTION_SIZE];
    struct textbuf question;
    struct json_writer json;
    int at = 1;
    if (argc > 2 && strcmp(argv[1], "--socket") == 0) {
        socket = argv[2];
        at = 3;
    }
    if (at >= argc) return usage();
    textbuf_init(&question, storage, sizeof(storage));
    json_write_init(&json, &question);
    if (!write_question(&json, argv[at], argc - at - 1, argv + at + 1)) return usage();
    bool backup = is_backup(argv[at], argc - at - 1, argv + at + 1);
    return ask(socket, textbuf_bytes(&question), backup ? BACKUP_TIMEOUT_MS : TIMEOUT_MS);
}
