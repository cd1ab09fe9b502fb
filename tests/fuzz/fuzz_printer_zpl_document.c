/* Guards: no document breaks the ZPL checker, and whatever it lets through is one label of one copy
 * without a direct command, a stored setting, a file or a control character. */
#include "drivers/printer_zpl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect_count(struct bytes job, const char *part, size_t wanted)
{
    size_t count = 0;
    for (size_t i = 0; i + 3 <= job.len; i++) {
        if (bytes_equal_ignore_case(bytes_slice(job, i, 3), part)) count++;
    }
    ENSURE(count == wanted);
}

static void check_job(struct bytes job)
{
    static const char *const never[] = {"^JU", "^DF", "^XF", "^XG", "^DG", "^IS", "^ID", "^CC",
                                        "^CD", "^CT", "^KP", "^MN", "^MT", "^MM", "^HH"};
    ENSURE(bytes_start_with(job, ZPL_OPEN));
    expect_count(job, "^XA", 1);
    expect_count(job, "^XZ", 1);
    expect_count(job, "^PQ", 1);
    expect_count(job, "^JZ", 1); /* ours */
    for (size_t i = 0; i < ARRAY_LEN(never); i++) expect_count(job, never[i], 0);
    ENSURE(bytes_find(job, BYTES_LITERAL(ZPL_CLOSE)) == job.len - sizeof ZPL_CLOSE + 1);
    for (size_t i = 0; i < job.len; i++) {
        uint8_t byte = job.data[i];
        ENSURE(byte != '~' && byte != 0x7F);
        ENSURE(byte >= ' ' || byte == '\r' || byte == '\n' || byte == '\t');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char storage[256 * 1024];
    struct textbuf job;
    const struct printer_setup setup = {.dpi = 203, .width_dmm = 1016, .height_dmm = 1524};
    const char *why = NULL;
    textbuf_init(&job, storage, sizeof storage);
    if (printer_zpl.encode_document(bytes_of(data, size), &setup, &job, &why))
        check_job(textbuf_bytes(&job));
    else ENSURE(why != NULL && why[0] != '\0');
    return 0;
}
