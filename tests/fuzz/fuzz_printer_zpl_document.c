/* Guards: no document breaks the ZPL checker, and whatever it lets through is one label of one copy
 * without a direct command, a stored setting, a file or a control character, and passes once
 * more as it is but for our opening. */
#include <string.h>

#include "drivers/printer_zpl.h"

#define JOB_SIZE (256u * 1024u)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_count(struct bytes job, const char *part, size_t wanted)
{
    size_t count = 0, len = strlen(part);
    for (size_t i = 0; i + len <= job.len; i++) {
        if (bytes_equal_ignore_case(bytes_slice(job, i, len), part)) count++;
    }
    ENSURE(count == wanted);
}

static void check_commands(struct bytes job)
{
    static const char *const never[] = {"^JU", "^DF", "^XF", "^XG", "^DG", "^IS", "^ID", "^IL",
                                        "^IM", "^CC", "^CD", "^CT", "^CW", "^FN", "^FL", "^KP",
                                        "^KN", "^KL", "^KD", "^MP", "^MN", "^MT", "^MM", "^MD",
                                        "^MF", "^ML", "^MU", "^JM", "^JB", "^JJ", "^JS", "^SZ",
                                        "^SS", "^SC", "^SX", "^SN", "^SP", "^ST", "^HH", "^HY",
                                        "^HF", "^NB", "^ND", "^NS", "^PA", "^PF", "^PH", "^PP",
                                        "^CN", "^LT", "^LS", "^RF", "^RS", "^WT", "^EG", "^EF",
                                        "^TO", "^FC", "^GFB"};
    for (size_t i = 0; i < ARRAY_LEN(never); i++) expect_count(job, never[i], 0);
}

static void check_job(struct bytes job)
{
    ENSURE(bytes_start_with(job, ZPL_OPEN));
    expect_count(job, "^XA", 1);
    expect_count(job, "^XZ", 1);
    expect_count(job, "^PQ", 1);
    expect_count(job, "^JZ", 1); /* ours, as these two */
    expect_count(job, "^PM", 1);
    expect_count(job, "^MC", 1);
    check_commands(job);
    ENSURE(bytes_find(job, BYTES_LITERAL(ZPL_CLOSE)) == job.len - sizeof ZPL_CLOSE + 1);
    for (size_t i = 0; i < job.len; i++) {
        uint8_t byte = job.data[i];
        ENSURE(byte != '~' && byte != 0x7F);
        ENSURE(byte >= ' ' || byte == '\r' || byte == '\n' || byte == '\t');
    }
}

/* Behind the opening: "^BY2,3,10^CFA,9,5\n". */
static struct bytes behind_opening(struct bytes job)
{
    struct bytes last = BYTES_LITERAL("^CFA,9,5\n");
    return bytes_from(job, bytes_find(job, last) + last.len);
}

static void check_again(struct bytes job, const struct printer_setup *setup)
{
    static char again[JOB_SIZE + 1024];
    struct textbuf out;
    const char *why = NULL;
    textbuf_init(&out, again, sizeof again);
    ENSURE(printer_zpl.encode_document(job, setup, &out, &why));
    struct bytes once = behind_opening(job),
                 twice = behind_opening(behind_opening(textbuf_bytes(&out)));
    ENSURE(bytes_equal(once, twice));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char storage[JOB_SIZE];
    struct textbuf job;
    struct zpl_report report;
    const struct printer_setup setup = {.dpi = 203, .width_dmm = 1016, .height_dmm = 1524};
    const char *why = NULL;
    textbuf_init(&job, storage, sizeof storage);
    if (zpl_filter_document(bytes_of(data, size), &setup, &job, &report, &why)) {
        ENSURE(report.count <= ZPL_LEFT_OUT_MAX);
        check_job(textbuf_bytes(&job));
        check_again(textbuf_bytes(&job), &setup);
    } else ENSURE(why != NULL && why[0] != '\0');
    return 0;
}
