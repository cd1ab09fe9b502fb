/* week.c - a week without a line, in seconds: the facts of one parcel that was packed ahead are
 * written again and again into the same journal, for other orders, under other numbers.
 *
 *   week JOURNAL ORDER_ID    standard input: one line a parcel, "order_id order_no awb"
 *
 * The journal is packd's own and packd is not running. What is written is what packd wrote, but for
 * the numbers in it, so the form of a fact is nowhere said twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal/journal.h"

#define FACTS_MAX 16
#define BODY_SIZE 2048
#define TASK_SIZE 8192

struct names { /* of one parcel */
    char order_id[80], order_no[80], awb[48], reference[64];
};

struct fact {
    char key[JOURNAL_KEY_MAX + 1], kind[JOURNAL_KIND_MAX + 1], body[BODY_SIZE];
};

static struct fact facts[FACTS_MAX];
static size_t fact_count;
static char task[TASK_SIZE];
static struct names first;
static unsigned long long next_event;

static void fail(const char *what)
{
    fprintf(stderr, "week: %s\n", what);
    exit(1);
}

static void copy(struct bytes from, char *out, size_t size)
{
    if (!bytes_to_text(from, out, size)) fail("a text is longer than expected");
}

/* The value of "name":"..." in a body; empty when there is none. */
static void member(const char *body, const char *name, char *out, size_t size)
{
    char mark[40];
    snprintf(mark, sizeof mark, "\"%s\":\"", name);
    const char *at = strstr(body, mark);
    out[0] = '\0';
    if (at == NULL) return;
    at += strlen(mark);
    copy(bytes_of(at, strcspn(at, "\"")), out, size);
}

static bool keep_row(void *context, const struct journal_row *row)
{
    (void)context;
    /* The backlog tries the first few again and again; those behind have no such fact. */
    if (bytes_equal_text(row->kind, "sending")) return true;
    if (fact_count == FACTS_MAX) fail("the parcel has more facts than expected");
    struct fact *fact = &facts[fact_count++];
    copy(row->key, fact->key, sizeof fact->key);
    copy(row->kind, fact->kind, sizeof fact->kind);
    copy(row->body, fact->body, sizeof fact->body);
    if (strcmp(fact->kind, "intent") == 0) {
        member(fact->body, "order_no", first.order_no, sizeof first.order_no);
        member(fact->body, "awb", first.awb, sizeof first.awb);
        member(fact->body, "reference", first.reference, sizeof first.reference);
    }
    return true;
}

static bool find_newest_event(void *context, const struct journal_row *row)
{
    unsigned long long seq;
    char key[JOURNAL_KEY_MAX + 1];
    (void)context;
    copy(row->key, key, sizeof key);
    if (sscanf(key, "event/%*[^/]/%llu", &seq) == 1 && seq >= next_event) next_event = seq + 1;
    return true;
}

static void replace(char *text, size_t size, const char *from, const char *to)
{
    char out[TASK_SIZE];
    size_t len = 0;
    for (const char *at = text; *at != '\0';) {
        bool here = from[0] != '\0' && strncmp(at, from, strlen(from)) == 0;
        int put = here ? snprintf(out + len, sizeof out - len, "%s", to)
                       : snprintf(out + len, sizeof out - len, "%c", *at);
        len += (size_t)put;
        at += here ? strlen(from) : 1;
        if (len >= size || len >= sizeof out) fail("a copy is longer than expected");
    }
    memcpy(text, out, len + 1);
}

static void rename_all(char *text, size_t size, const struct names *to)
{
    replace(text, size, first.reference, to->reference);
    replace(text, size, first.order_id, to->order_id);
    replace(text, size, first.order_no, to->order_no);
    replace(text, size, first.awb, to->awb);
}

/* "event/<epoch>/<number>", and the number in the body. */
static void renumber(struct fact *fact)
{
    char number[24], old[48], new[48], *last = strrchr(fact->key, '/') + 1;
    snprintf(number, sizeof number, "%llu", next_event++);
    snprintf(old, sizeof old, "\"seq\":%s,", last);
    snprintf(new, sizeof new, "\"seq\":%s,", number);
    replace(fact->body, sizeof fact->body, old, new);
    snprintf(old, sizeof old, "-%s\",\"type\"", last);
    snprintf(new, sizeof new, "-%s\",\"type\"", number);
    replace(fact->body, sizeof fact->body, old, new);
    *last = '\0';
    strncat(fact->key, number, sizeof fact->key - strlen(fact->key) - 1);
}

static void append(struct journal *journal, const struct names *to, int64_t wall_ms)
{
    static struct fact copies[FACTS_MAX];
    struct journal_fact rows[FACTS_MAX];
    char blob_key[80], blob[TASK_SIZE];
    int64_t first_seq;
    for (size_t i = 0; i < fact_count; i++) {
        copies[i] = facts[i];
        rename_all(copies[i].key, sizeof copies[i].key, to);
        rename_all(copies[i].body, sizeof copies[i].body, to);
        if (strcmp(copies[i].kind, "event") == 0) renumber(&copies[i]);
        rows[i] = (struct journal_fact){.key = bytes_of_text(copies[i].key),
                                        .kind = bytes_of_text(copies[i].kind),
                                        .subject = bytes_of_text(to->order_id),
                                        .body = bytes_of_text(copies[i].body)};
    }
    snprintf(blob_key, sizeof blob_key, "task/%s", to->reference);
    memcpy(blob, task, sizeof blob);
    rename_all(blob, sizeof blob, to);
    const struct journal_blob blobs[] = {{bytes_of_text(blob_key), bytes_of_text(blob)}};
    const struct journal_batch batch = {.at = {wall_ms, 1, true},
                                        .facts = rows,
                                        .fact_count = fact_count,
                                        .blobs = blobs,
                                        .blob_count = 1};
    if (journal_append(journal, &batch, &first_seq) != ERR_NONE) fail(journal_trouble(journal));
}

int main(int argc, char *argv[])
{
    const struct journal_settings settings = {.boot_id = "bench"};
    struct journal *journal;
    struct names to;
    char why_text[200], blob_key[80];
    struct textbuf why;
    size_t len = 0, parcels = 0;
    if (argc != 3) {
        fputs("usage: week JOURNAL ORDER_ID <ORDERS\n", stderr);
        return 2;
    }
    textbuf_init(&why, why_text, sizeof why_text);
    if (journal_open(argv[1], &settings, &why, &journal) != ERR_NONE) fail(why_text);
    snprintf(first.order_id, sizeof first.order_id, "%s", argv[2]);
    if (journal_read_subject(journal, bytes_of_text(argv[2]), 0, keep_row, NULL) != ERR_NONE ||
        journal_read_after(journal, 0, SIZE_MAX >> 1, find_newest_event, NULL) != ERR_NONE)
        fail(journal_trouble(journal));
    snprintf(blob_key, sizeof blob_key, "task/%s", first.reference);
    if (journal_read_blob(journal, bytes_of_text(blob_key), task, sizeof task - 1, &len) !=
        ERR_NONE)
        fail("the parcel's task is not there");
    while (scanf("%79s %79s %47s", to.order_id, to.order_no, to.awb) == 3) {
        snprintf(to.reference, sizeof to.reference, "bay-1-week-%06zu-1", ++parcels);
        append(journal, &to, 1790000000000 + (int64_t)parcels * 30000);
    }
    printf("{\"parcels\":%zu,\"facts\":%zu}\n", parcels, parcels * fact_count);
    journal_close(journal);
    return 0;
}
