/* golden.h - recorded conversations: what the halves of the golden test and tests/hostile share.
 *
 * A case is a folder: task.json, then for each exchange the request we must build, byte for byte,
 * and the answer; last the outcome. README.md has the formats. */
#ifndef PACKD_TESTS_GOLDEN_GOLDEN_H
#define PACKD_TESTS_GOLDEN_GOLDEN_H

#include "carriers/carrier.h"
#include "firmware/oms/oms.h"

#define GOLDEN_FILE_MAX (64u * 1024u)
#define GOLDEN_CASES_MAX 256

struct golden_response { /* one response.txt, with the memory it was read into */
    char text[GOLDEN_FILE_MAX];
    struct http_response response;
};

/* The file's bytes in storage of GOLDEN_FILE_MAX; false when there is no such file. */
bool golden_read(const char *folder, const char *name, char *storage, struct bytes *out_text);
/* Status line "200", headers "Retry-After: 5" and "ETag: ..." or none, an empty line, the body. */
bool golden_response(const char *folder, unsigned exchange, struct golden_response *out);
/* "request.txt" for the first exchange, "request2.txt" for the second. */
void golden_name(char *name, size_t size, const char *stem, unsigned exchange);
/* Method and address, one header a line, an empty line, the body. */
void golden_request_write(struct textbuf *text, const struct http_request *request);
/* Calls `run` for each folder below tests/golden/<group>, in the order of their names. Returns how
 * many there were. */
unsigned golden_each(const char *group, void (*run)(const char *group, const char *folder));

/* The folder's task.json. */
bool golden_carrier_task(const char *folder, struct carrier_task *out);

struct golden_oms_case { /* with the storage that the task points into: not to be copied */
    const struct oms *oms;
    struct oms_task task;
    struct oms_event events[OMS_PUSH_MAX];
    char epoch[17];
};
bool golden_oms_case(const char *folder, struct golden_oms_case *out);

/* Memory for one parse, enough for any golden file. */
struct scratch golden_scratch(void);

void golden_carriers(void);
void golden_oms(void);

/* Provided to the halves, since the counters of expect.h live in golden.c. */
bool golden_expect(bool good, const char *where, const char *promise);
bool golden_expect_bytes(struct bytes wanted, struct bytes got, const char *where,
                         const char *promise);

#endif
