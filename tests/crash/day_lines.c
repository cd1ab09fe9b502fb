/* day_lines.c - day_lines.h. Lengths are those of the station's facts and of couriers' labels, and
 * a few that need several pages. */
#include "tests/crash/day_lines.h"

#include <stdio.h>
#include <string.h>

#include "hal/base/ensure.h"

#define LINES_MAX 1200
#define POOL_SIZE (LINE_BLOB_MAX + 8192u)

struct line {
    char key[48], subject[16];
    const char *kind;
    int closes;
    int64_t at_ms;
};

static struct line lines[LINES_MAX];
static uint64_t salt;
static int versions;
static uint8_t pool[POOL_SIZE];

void lines_begin(uint64_t seed)
{
    uint64_t chance = 0x5eed;
    for (size_t i = 0; pool[0] == 0 && i < POOL_SIZE; i++) {
        pool[POOL_SIZE - 1 - i] = (uint8_t)('!' + disk_chance(&chance) % 94);
    }
    salt = seed;
    versions = 0;
}

static uint64_t mix(uint64_t number)
{
    number = (number + salt) * 0xbf58476d1ce4e5b9u;
    number ^= number >> 29;
    number *= 0x94d049bb133111ebu;
    return number ^ number >> 32;
}

static struct bytes stretch(uint64_t number, size_t len)
{
    ENSURE(len <= LINE_BLOB_MAX);
    return bytes_of(pool + mix(number) % (POOL_SIZE - len), len);
}

static struct bytes body_of(int64_t seq, bool of_start)
{
    uint64_t chance = mix((uint64_t)seq * 3 + of_start);
    size_t len = 120 + chance % 500;
    if (chance >> 16 & 1 && chance % 23 == 0) len = 2600 + chance % 900;
    return stretch((uint64_t)seq * 5 + of_start, len);
}

static struct bytes text_of(const char *text)
{
    return bytes_of(text, strlen(text));
}

struct journal_fact line_make(int64_t seq, const char *kind, int parcel, int64_t at_ms)
{
    ENSURE(seq > 0 && seq < LINES_MAX);
    struct line *line = &lines[seq];
    bool closed = strcmp(kind, "closed") == 0;
    *line = (struct line){.kind = kind, .at_ms = at_ms, .closes = closed ? parcel : -1};
    if (closed) snprintf(line->key, sizeof(line->key), "closed/P%d", parcel);
    else snprintf(line->key, sizeof(line->key), "%s/P%d/%lld", kind, parcel, (long long)seq);
    snprintf(line->subject, sizeof(line->subject), "ORDER-%d", parcel);
    return (struct journal_fact){text_of(line->key), text_of(kind), text_of(line->subject),
                                 body_of(seq, false)};
}

int64_t line_at_ms(int64_t seq)
{
    return lines[seq].at_ms;
}

int line_closes(int64_t seq)
{
    return lines[seq].closes;
}

struct journal_fact line_make_start(int64_t seq)
{
    static char key[32];
    snprintf(key, sizeof(key), "start/%lld", (long long)seq);
    return (struct journal_fact){text_of(key), BYTES_LITERAL("start"), BYTES_NONE,
                                 body_of(seq, true)};
}

void line_names(int64_t seq, const char **out_key, const char **out_subject)
{
    bool known = seq > 0 && seq < LINES_MAX;
    *out_key = known ? lines[seq].key : "";
    *out_subject = known ? lines[seq].subject : "";
}

bool line_is(const struct journal_row *row, bool of_start)
{
    if (row->seq <= 0 || row->seq >= LINES_MAX) return false;
    const struct line *line = &lines[row->seq];
    struct journal_fact wanted = {text_of(line->key), text_of(of_start ? "" : line->kind),
                                  text_of(line->subject), body_of(row->seq, of_start)};
    if (of_start) wanted = line_make_start(row->seq);
    return bytes_equal(row->key, wanted.key) && bytes_equal(row->kind, wanted.kind) &&
           bytes_equal(row->subject, wanted.subject) && bytes_equal(row->body, wanted.body) &&
           row->at.wall_ms == (of_start ? 0 : line->at_ms);
}

int line_new_version(void)
{
    return ++versions;
}

struct journal_blob line_blob(int slot, int version)
{
    static char key[32];
    int parcel = slot / 2;
    if (slot == LINE_POOL_SLOT) snprintf(key, sizeof(key), "pool/courier");
    else if (slot == LINE_START_SLOT) snprintf(key, sizeof(key), "start");
    else snprintf(key, sizeof(key), slot % 2 == 0 ? "task/P%d" : "label/P%d", parcel);
    uint64_t chance = mix((uint64_t)slot * 1009 + 7);
    size_t len = slot % 2 == 0 ? 500 + chance % 600 : 900 + chance % 3600;
    if (slot % 2 == 1 && chance % 12 == 0) len = 15000;
    return (struct journal_blob){text_of(key), stretch((uint64_t)version * 31 + 11, len)};
}
