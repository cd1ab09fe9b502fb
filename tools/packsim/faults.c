/* faults.c - the list of armed faults; see faults.h for its lines. */
#include "tools/packsim/faults.h"

#include <string.h>

#include "tools/packsim/world.h"

#define FAULTS_MAX 64

static struct fault armed[FAULTS_MAX];
static size_t armed_count;

static const struct {
    const char *word;
    enum fault_kind kind;
    int64_t number; /* when the line gives none */
    bool takes_number;
} kinds[] = {
    {"delay", FAULT_DELAY, 3000, true},
    {"drop-before", FAULT_DROP_BEFORE, 0, false},
    {"drop-after", FAULT_DROP_AFTER, 0, false},
    {"late", FAULT_LATE, 5000, true},
    {"status", FAULT_STATUS, 503, true},
    {"html", FAULT_HTML, 0, false},
    {"truncated", FAULT_TRUNCATED, 0, false},
    {"duplicate", FAULT_DUPLICATE, 0, false},
    {"empty", FAULT_EMPTY, 0, false},
    {"garbage", FAULT_GARBAGE, 0, false},
    {"slow", FAULT_SLOW, 50, true},
    {"reset", FAULT_RESET, 0, false},
    {"endless", FAULT_ENDLESS, 64, true},
    {"answer", FAULT_ANSWER, 0, false},
    {"raw", FAULT_RAW, 0, false},
    {"headers", FAULT_HEADERS, 10000, true},
    {"long-header", FAULT_LONG_HEADER, 1024, true},
    {"interim", FAULT_INTERIM, 1000, true},
    {"reset-at", FAULT_RESET_AT, 20, true},
    {"stall", FAULT_STALL, 10000, true},
};

const char *fault_word(enum fault_kind kind)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (kinds[i].kind == kind) return kinds[i].word;
    }
    return "none";
}

static bool kind_parse(struct bytes word, struct fault *fault, bool *out_takes_number)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (!bytes_equal_text(word, kinds[i].word)) continue;
        fault->kind = kinds[i].kind;
        fault->number = kinds[i].number;
        *out_takes_number = kinds[i].takes_number;
        return true;
    }
    return false;
}

static bool word_next(struct bytes *rest, struct bytes *out_word)
{
    while (bytes_split(rest, ' ', out_word)) {
        if (out_word->len > 0) return true;
    }
    return false;
}

/* count= probability= skip= retry-after= effect */
static bool setting_take(struct fault *fault, struct bytes word)
{
    struct bytes name;
    uint64_t number = 0;
    if (bytes_equal_text(word, "effect")) {
        fault->effect = true;
        return true;
    }
    if (bytes_equal_text(word, "count=always")) {
        fault->left = -1;
        return true;
    }
    if (!bytes_split(&word, '=', &name) || !bytes_to_u64(word, 1000000, &number)) return false;
    if (bytes_equal_text(name, "count")) fault->left = (int64_t)number;
    else if (bytes_equal_text(name, "skip")) fault->skip = (uint32_t)number;
    else if (bytes_equal_text(name, "probability")) fault->probability = (uint32_t)number;
    else if (bytes_equal_text(name, "retry-after")) fault->retry_after_s = (int64_t)number;
    else return false;
    return true;
}

/* What stands after the kind: a number where it takes one, settings, and for `answer` and `raw` the
 * text. */
static bool rest_take(struct fault *fault, struct bytes rest, bool takes_number)
{
    struct bytes word, before = rest;
    uint64_t number;
    for (; word_next(&rest, &word); before = rest) {
        if (takes_number && bytes_to_u64(word, 100000000, &number)) fault->number = (int64_t)number;
        else if (!setting_take(fault, word)) break;
        takes_number = false;
    }
    before = bytes_trim(before);
    bool takes_text = fault->kind == FAULT_ANSWER || fault->kind == FAULT_RAW;
    return takes_text ? bytes_to_text(before, fault->text, sizeof fault->text) : before.len == 0;
}

bool fault_arm(struct bytes line, const char **out_why)
{
    struct fault fault = {.left = 1, .probability = 100, .retry_after_s = -1};
    struct bytes word;
    bool takes_number;
    *out_why = "a fault is: courier|oms OPERATION|* KIND [NUMBER] [effect] [count=N|always] "
               "[probability=P] [skip=N] [retry-after=S]";
    if (!word_next(&line, &word) || !bytes_to_text(word, fault.service, sizeof fault.service))
        return false;
    if (strcmp(fault.service, "courier") != 0 && strcmp(fault.service, "oms") != 0) return false;
    if (!word_next(&line, &word) || !bytes_to_text(word, fault.operation, sizeof fault.operation))
        return false;
    if (!word_next(&line, &word) || !kind_parse(word, &fault, &takes_number)) return false;
    if (!rest_take(&fault, line, takes_number)) return false;
    if (armed_count == FAULTS_MAX) {
        *out_why = "too many faults are armed";
        return false;
    }
    armed[armed_count++] = fault;
    return true;
}

void fault_clear(void)
{
    armed_count = 0;
}

static bool fits(const struct fault *fault, const char *service, const char *operation)
{
    if (strcmp(fault->service, service) != 0) return false;
    if (strcmp(fault->operation, operation) == 0) return true;
    return strcmp(fault->operation, "*") == 0 && strcmp(operation, "connect") != 0;
}

struct fault fault_take(const char *service, const char *operation)
{
    for (size_t i = 0; i < armed_count; i++) {
        struct fault *fault = &armed[i];
        if (!fits(fault, service, operation)) continue;
        if (fault->skip > 0) {
            fault->skip--;
            continue;
        }
        if (world_random(100) >= fault->probability) continue;
        struct fault met = *fault;
        if (fault->left > 0 && --fault->left == 0) {
            armed_count--;
            memmove(fault, fault + 1, (armed_count - i) * sizeof *fault);
        }
        return met;
    }
    return (struct fault){.kind = FAULT_NONE};
}

void fault_list(struct json_writer *writer)
{
    json_write_open(writer, "faults", '[');
    for (size_t i = 0; i < armed_count; i++) {
        json_write_open(writer, NULL, '{');
        json_write_text(writer, "service", armed[i].service);
        json_write_text(writer, "operation", armed[i].operation);
        json_write_text(writer, "kind", fault_word(armed[i].kind));
        json_write_i64(writer, "number", armed[i].number);
        json_write_i64(writer, "left", armed[i].left);
        json_write_close(writer, '}');
    }
    json_write_close(writer, ']');
}
