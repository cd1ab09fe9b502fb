/* Guards: what we send to couriers and order systems, byte for byte, and what we make of recorded
 * answers. A change here is a change of what leaves the box. */
#include "tests/golden/golden.h"

#include <dirent.h>
#include <stdlib.h>

#include "tests/support/expect.h"

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

void golden_request_write(struct textbuf *text, const struct http_request *request)
{
    textbuf_format(text, "%s %s\n", http_method_word(request->method), request->url);
    for (size_t i = 0; i < request->header_count; i++) {
        textbuf_format(text, "%s: %s\n", request->headers[i].name, request->headers[i].value);
    }
    textbuf_char(text, '\n');
    textbuf_bytes_put(text, textbuf_bytes(&request->body));
}

struct scratch golden_scratch(void)
{
    static _Alignas(16) uint8_t memory[2 * 1024 * 1024];
    ENSURE(json_scratch_size(GOLDEN_FILE_MAX) <= sizeof memory);
    return (struct scratch){memory, sizeof memory};
}

bool golden_expect(bool good, const char *where, const char *promise)
{
    if (!good) fprintf(stderr, "in %s:\n", where);
    return EXPECT(good, promise);
}

bool golden_expect_bytes(struct bytes wanted, struct bytes got, const char *where,
                         const char *promise)
{
    if (!bytes_equal(wanted, got)) fprintf(stderr, "in %s:\n", where);
    return EXPECT_BYTES(wanted, got, promise);
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

int main(void)
{
    EXPECT_RUN(golden_carriers);
    EXPECT_RUN(golden_oms);
    return expect_result();
}
