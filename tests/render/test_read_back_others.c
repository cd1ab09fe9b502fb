/* Guards: what two readers that are not ours (zbarimg, and zxing-cpp of another generation as
 * WebAssembly) read from the very same dots, we read too; and we read what was drawn and nothing
 * else: labels by chance, of every kind. */
#include "firmware/render/read_back.h"

#include <unistd.h>

#include "tests/render/paper.h"
#include "tests/support/expect.h"

#define LABELS 8u
#define CELLS 8u /* two beside each other, four below */

static const struct {
    int symbology;
    const char *form; /* of the text; # is a digit by chance */
    unsigned most;    /* modules: the largest that its cell holds */
    unsigned check;   /* digits that zint adds */
    bool gs1;
} kinds[] = {{BARCODE_CODE128, "2841####", 3, 0, false},
             {BARCODE_CODE128, "AB-##-x", 3, 0, false},
             {BARCODE_GS1_128, "[10]Q####", 3, 0, true},
             {BARCODE_CODE39, "C##", 2, 0, false},
             {BARCODE_CODE93, "N####", 3, 0, false},
             {BARCODE_EANX, "97801430####", 3, 1, false},
             {BARCODE_QRCODE, "https://example.com/######", 6, 0, false},
             {BARCODE_DATAMATRIX, "DM-######", 6, 0, false},
             {BARCODE_AZTEC, "AZ-######", 6, 0, false},
             {BARCODE_PDF417, "PDF-######", 2, 0, false}};
#define KINDS (sizeof kinds / sizeof kinds[0])

static struct label {
    struct bits bits;
    char path[64];
    char texts[CELLS][40]; /* as drawn; of an EAN without its check digit */
    struct render_answer answer;
} labels[LABELS];
static char folder[] = "/tmp/packd-others-XXXXXX";

static void text_of(const char *form, uint32_t *seed, char *text)
{
    size_t i = 0;
    for (; form[i] != '\0'; i++) {
        text[i] = form[i];
        if (form[i] == '#') text[i] = "0123456789"[chance(seed) % 10];
    }
    text[i] = '\0';
}

/* Bars high enough for a scanner, and all within the cell whatever way it is turned. */
static void draw_cell(struct label *label, unsigned cell, uint32_t *seed)
{
    unsigned kind = chance(seed) % KINDS;
    char data[40];
    text_of(kinds[kind].form, seed, data);
    struct drawn drawn = {.symbology = kinds[kind].symbology,
                          .text = data,
                          .module = 2 + chance(seed) % (kinds[kind].most - 1),
                          .high = 60,
                          .turn = chance(seed) % 4,
                          .gs1 = kinds[kind].gs1};
    drawn.box.x = 50 + cell % 2 * 400;
    drawn.box.y = 50 + cell / 2 * 400;
    draw(&label->bits, &drawn);
    const char *text = data;
    if (drawn.gs1) { /* without brackets */
        memmove(data, data + 1, 2);
        memmove(data + 2, data + 4, strlen(data + 4) + 1);
    }
    memcpy(label->texts[cell], text, strlen(text) + 1);
}

static void make_label(unsigned number)
{
    struct label *label = &labels[number];
    uint32_t seed = 77 + number * 1000;
    label->bits = paper(812, 1640);
    for (unsigned cell = 0; cell < CELLS; cell++) draw_cell(label, cell, &seed);
    write_text(&label->bits, "Sans 7", "Deliver to Anil Kumar, 14/2 Nehru Road, 560066", 8);
    snprintf(label->path, sizeof label->path, "%s/%u.pbm", folder, number);
    FILE *file = fopen(label->path, "wb");
    if (file == NULL) abort();
    fprintf(file, "P4\n%u %u\n", label->bits.width, label->bits.height);
    size_t len = label->bits.bytes_per_row * label->bits.height;
    if (fwrite(label->bits.rows, 1, len, file) != len || fclose(file) != 0) abort();
    struct render_request request = {.dpi = 203, .read_back = 1};
    read_back(&label->bits, &request, &label->answer);
}

static bool we_read(const struct label *label, const char *text)
{
    for (unsigned i = 0; i < label->answer.code_count; i++)
        if (strcmp(label->answer.codes[i].text, text) == 0) return true;
    return false;
}

static void we_read_what_was_drawn(void)
{
    for (unsigned number = 0; number < LABELS; number++) {
        const struct label *label = &labels[number];
        char promise[160];
        snprintf(promise, sizeof promise, "label %u has %u codes", number, CELLS);
        EXPECT_I64(CELLS, label->answer.code_count, promise);
        for (unsigned cell = 0; cell < CELLS; cell++) {
            bool found = false; /* an EAN begins so */
            for (unsigned i = 0; i < label->answer.code_count; i++)
                found = found || strncmp(label->answer.codes[i].text, label->texts[cell],
                                         strlen(label->texts[cell])) == 0;
            snprintf(promise, sizeof promise, "label %u: \"%s\" is read", number,
                     label->texts[cell]);
            EXPECT(found, promise);
        }
    }
}

static unsigned expect_ours(unsigned number, const char *reader, const char *text)
{
    char promise[200];
    snprintf(promise, sizeof promise, "label %u: \"%.80s\", which %s reads, we read too", number,
             text, reader);
    EXPECT(we_read(&labels[number], text), promise);
    return 1;
}

static void zbarimg_reads_no_more(void)
{
    unsigned read = 0;
    for (unsigned number = 0; number < LABELS; number++) {
        char line[256], command[320];
        /* Its kinds but for DataBar and add-ons, which it sees where there are none. */
        snprintf(command, sizeof command,
                 "zbarimg -q -Sdisable -Scode128.enable -Scode39.enable -Scode93.enable "
                 "-Sean13.enable -Sqrcode.enable '%s' 2>/dev/null",
                 labels[number].path);
        FILE *answer = popen(command, "r");
        while (answer != NULL && fgets(line, sizeof line, answer) != NULL) {
            line[strcspn(line, "\n")] = '\0';
            const char *colon = strchr(line, ':');
            if (colon != NULL) read += expect_ours(number, "zbarimg", colon + 1);
        }
        if (answer != NULL) (void)pclose(answer);
    }
    EXPECT(read >= 2 * LABELS, "zbarimg is there and reads (package zbar-tools)");
}

static void zxing_wasm_reads_no_more(void)
{
    unsigned read = 0, number = 0;
    char line[512], command[1024], text[256];
    int len = snprintf(command, sizeof command,
                       "node '" PACKD_SOURCE_DIR "/tests/render/other_reader.mjs'");
    for (unsigned i = 0; i < LABELS; i++)
        len += snprintf(command + len, sizeof command - (size_t)len, " '%s'", labels[i].path);
    FILE *answer = popen(command, "r");
    while (answer != NULL && fgets(line, sizeof line, answer) != NULL) {
        if (sscanf(line, "%u %*s %*s \"%255[^\"]", &number, text) == 2 && number < LABELS)
            read += expect_ours(number, "zxing-wasm", text);
    }
    if (answer != NULL) (void)pclose(answer);
    EXPECT(read >= 6 * LABELS, "zxing-wasm is there and reads (tools/deps --demo)");
}

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpango\nleak:libglib\nleak:libcairo\n";
}

int main(void)
{
    if (mkdtemp(folder) == NULL) return 2;
    for (unsigned number = 0; number < LABELS; number++) make_label(number);
    EXPECT_RUN(we_read_what_was_drawn);
    EXPECT_RUN(zbarimg_reads_no_more);
    EXPECT_RUN(zxing_wasm_reads_no_more);
    for (unsigned number = 0; number < LABELS; number++) {
        (void)unlink(labels[number].path);
        free(labels[number].bits.rows);
    }
    (void)rmdir(folder);
    return expect_result();
}
