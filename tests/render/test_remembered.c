/* Guards: where the label lay on its sheet is handed back so that it can be remembered, and the
 * remembered place draws the very dots that the found one drew, in a packd-render that never saw
 * the document before. So a reprint is the same print, whatever was restarted in between. */
#include "hal/files.h"
#include "tests/support/expect.h"
#include "tests/support/render_bench.h"

#define FOLDER PACKD_SOURCE_DIR "/tests/render/documents/"
#define SHEETS_MAX 40u
#define SHEETS_MIN 20u /* of the set */

struct sheet {
    char name[64];
    struct render_request request;
    struct render_crop crop;
    size_t len;
    uint8_t *dots; /* as they came when the label was looked for */
};

static struct sheet sheets[SHEETS_MAX];
static size_t sheet_count;

static bool is_sheet(struct bytes size_mm)
{
    static const char *const sizes[] = {"210x297", "297x210", "148x210", "215.9x279.4"};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        if (bytes_equal_text(size_mm, sizes[i])) return true;
    }
    return false;
}

/* file, expect, want, codes, stock, sheet_mm */
static void take_line(struct bytes line)
{
    struct bytes columns[6];
    for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
        if (!bytes_split(&line, '\t', &columns[i])) columns[i] = BYTES_NONE;
    }
    if (!is_sheet(columns[5])) return;
    ENSURE(sheet_count < SHEETS_MAX);
    struct sheet *sheet = &sheets[sheet_count++];
    sheet->request = render_bench_label();
    sheet->request.read_back = 0;
    ENSURE(bytes_to_text(columns[0], sheet->name, sizeof(sheet->name)));
    ENSURE(bytes_to_text(columns[2], sheet->request.wanted[0], RENDER_WANTED_SIZE));
}

static void read_table(void)
{
    static char text[64 * 1024];
    size_t len = 0;
    ENSURE(files_read(FOLDER "documents.tsv", text, sizeof(text), &len) == ERR_NONE);
    struct bytes rest = bytes_of(text, len), line;
    while (bytes_split(&rest, '\n', &line)) take_line(line);
    EXPECT(sheet_count >= SHEETS_MIN, "the table has sheets");
}

static void ask(struct render_bench *bench, const struct sheet *sheet)
{
    static uint8_t document[RENDER_INPUT_MAX];
    char path[300];
    size_t len = 0;
    snprintf(path, sizeof(path), FOLDER "%s", sheet->name);
    EXPECT_I64(ERR_NONE, files_read(path, document, sizeof(document), &len), path);
    render_bench_ask(bench, &sheet->request, bytes_of(document, len));
    EXPECT(bench->error == ERR_NONE && bench->answer.result == RENDER_DONE, sheet->name);
}

/* In the order of the table, and the remembered ones the other way round. */
static void found_and_remembered_are_the_same_dots(void)
{
    struct render_bench *bench = render_bench_open(PACKD_RENDER, NULL, 0);
    for (size_t i = 0; i < sheet_count; i++) {
        struct sheet *sheet = &sheets[i];
        ask(bench, sheet);
        EXPECT(bench->answer.crop.width_dmm > 0, sheet->name);
        sheet->crop = bench->answer.crop;
        sheet->len = bench->output_bytes;
        sheet->dots = malloc(sheet->len);
        ENSURE(sheet->dots != NULL);
        memcpy(sheet->dots, bench->output, sheet->len);
    }
    render_bench_close(bench);
    bench = render_bench_open(PACKD_RENDER, NULL, 0);
    for (size_t i = sheet_count; i-- > 0;) {
        struct sheet *sheet = &sheets[i];
        sheet->request.crop = sheet->crop;
        ask(bench, sheet);
        EXPECT(memcmp(&sheet->crop, &bench->answer.crop, sizeof(sheet->crop)) == 0, sheet->name);
        EXPECT(sheet->len == bench->output_bytes &&
                   memcmp(sheet->dots, bench->output, sheet->len) == 0,
               sheet->name);
        free(sheet->dots);
    }
    render_bench_close(bench);
}

int main(void)
{
    read_table();
    EXPECT_RUN(found_and_remembered_are_the_same_dots);
    return expect_result();
}
