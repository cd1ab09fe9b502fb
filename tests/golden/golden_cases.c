/* golden_cases.c - reads the cases' folders, answers and tasks, for here and for tests/hostile. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/oms/oms_list.h"
#include "tests/golden/golden.h"

bool golden_read(const char *folder, const char *name, char *storage, struct bytes *out_text)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) return false;
    size_t len = fread(storage, 1, GOLDEN_FILE_MAX, file);
    fclose(file);
    *out_text = bytes_of(storage, len);
    return len < GOLDEN_FILE_MAX;
}

void golden_name(char *name, size_t size, const char *stem, unsigned exchange)
{
    if (exchange == 0) snprintf(name, size, "%s.txt", stem);
    else snprintf(name, size, "%s%u.txt", stem, exchange + 1);
}

static void take_header(struct bytes line, struct http_response *response)
{
    static const char retry[] = "Retry-After: ", etag[] = "ETag: ";
    uint64_t seconds = 0;
    if (bytes_start_with(line, etag)) response->etag = bytes_from(line, sizeof etag - 1);
    if (!bytes_start_with(line, retry)) return;
    struct bytes digits = bytes_from(line, sizeof retry - 1);
    if (bytes_to_u64(digits, 1u << 30, &seconds)) response->retry_after_s = (int64_t)seconds;
}

bool golden_response(const char *folder, unsigned exchange, struct golden_response *out)
{
    char name[64];
    struct bytes rest, line;
    uint64_t status;
    golden_name(name, sizeof name, "response", exchange);
    if (!golden_read(folder, name, out->text, &rest)) return false;
    if (!bytes_split(&rest, '\n', &line) || !bytes_to_u64(line, 599, &status)) return false;
    out->response = (struct http_response){.status = (int)status, .retry_after_s = -1};
    while (bytes_split(&rest, '\n', &line) && line.len > 0) take_header(line, &out->response);
    out->response.body = rest;
    return true;
}

struct scratch golden_scratch(void)
{
    static _Alignas(16) uint8_t memory[2 * 1024 * 1024];
    ENSURE(json_scratch_size(GOLDEN_FILE_MAX) <= sizeof memory);
    return (struct scratch){memory, sizeof memory};
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

unsigned golden_each(const char *group, void (*run)(const char *group, const char *folder))
{
    static char names[GOLDEN_CASES_MAX][256];
    char path[1024];
    unsigned count = 0;
    const struct dirent *entry;
    snprintf(path, sizeof path, "%s/tests/golden/%s", PACKD_SOURCE_DIR, group);
    DIR *listing = opendir(path);
    if (listing == NULL) return 0;
    while ((entry = readdir(listing)) != NULL) {
        if (entry->d_name[0] == '.') continue;
        ENSURE(count < GOLDEN_CASES_MAX);
        snprintf(names[count++], sizeof names[0], "%s", entry->d_name);
    }
    closedir(listing);
    qsort(names, count, sizeof names[0], by_name);
    for (unsigned i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/tests/golden/%s/%s", PACKD_SOURCE_DIR, group, names[i]);
        run(group, path);
    }
    return count;
}

bool golden_carrier_task(const char *folder, struct carrier_task *out)
{
    char storage[GOLDEN_FILE_MAX];
    struct bytes text, word;
    struct json root;
    struct shipment shipment = {.reference = ""};
    enum carrier_operation operation;
    int64_t count = 0;
    if (!golden_read(folder, "task.json", storage, &text) ||
        json_parse(text, golden_scratch(), &root) != JSON_OK)
        return false;
    bool good = json_text(json_get(root, "operation"), &word) &&
                carrier_operation_parse(word, &operation) &&
                (json_kind(json_get(root, "shipment")) == JSON_MISSING ||
                 shipment_parse(json_get(root, "shipment"), &shipment));
    if (!good) return false;
    carrier_task_init(out, operation, &shipment);
    if (json_i64(json_get(root, "count"), 1, CARRIER_POOL_BATCH_MAX, &count)) {
        out->count = (unsigned)count;
    }
    return true;
}

static bool read_operation(struct json value, enum oms_operation *out)
{
    struct bytes word;
    if (!json_text(value, &word)) return false;
    for (int i = 0; i <= OMS_PING; i++) {
        if (!bytes_equal_text(word, oms_operation_word((enum oms_operation)i))) continue;
        *out = (enum oms_operation)i;
        return true;
    }
    return false;
}

bool golden_oms_case(const char *folder, struct golden_oms_case *out)
{
    char storage[GOLDEN_FILE_MAX];
    struct bytes text, name, unused;
    struct json root, each;
    struct json_walk walk = {0};
    memset(out, 0, sizeof *out);
    if (!golden_read(folder, "task.json", storage, &text) ||
        json_parse(text, golden_scratch(), &root) != JSON_OK)
        return false;
    if (!json_text(json_get(root, "oms"), &name)) return false;
    out->oms = oms_find(name);
    out->task.epoch = out->epoch;
    out->task.events = out->events;
    bool has_epoch = json_text_copy(json_get(root, "epoch"), out->epoch, sizeof out->epoch);
    bool has_cursor =
        json_text_copy(json_get(root, "cursor"), out->task.cursor, sizeof out->task.cursor);
    bool has_scan = json_text_copy(json_get(root, "scan"), out->task.scan, sizeof out->task.scan);
    (void)(has_epoch || has_cursor || has_scan); /* each may be left out */
    while (json_each(json_get(root, "events"), &walk, &unused, &each)) {
        if (!oms_event_parse(each, &out->events[out->task.event_count++])) return false;
    }
    return out->oms != NULL && read_operation(json_get(root, "operation"), &out->task.operation);
}
