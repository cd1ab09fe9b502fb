/* label_data.c - first and last marks of the label formats (ZPL II guide: ^XA ... ^XZ; ISO 32000-1,
 * 7.5: %PDF- and %%EOF; PNG specification 5.2 and 11.2.5: signature and IEND), and the fields of
 * ZPL that are bars (ZPL II guide: a ^B command makes the next ^FD or ^FV a barcode; ^BY only sets
 * its measures). */
#include "carriers/label_data.h"

#define PDF_TAIL_LEN 1024 /* %%EOF lies in the last kilobyte, something may follow it */

static bool is_pdf(struct bytes data)
{
    size_t tail_at = data.len > PDF_TAIL_LEN ? data.len - PDF_TAIL_LEN : 0;
    struct bytes tail = bytes_from(data, tail_at);
    return bytes_start_with(data, "%PDF-") && bytes_find(tail, BYTES_LITERAL("%%EOF")) < tail.len;
}

static bool is_png(struct bytes data)
{
    static const char end[] = "\0\0\0\0IEND\xAE\x42\x60\x82";
    struct bytes last = bytes_of(end, sizeof end - 1);
    return bytes_start_with(data, "\x89PNG\r\n\x1A\n") && data.len > last.len &&
           bytes_equal(bytes_from(data, data.len - last.len), last);
}

/* Downloads (~DG, ~DY) may stand before the first ^XA. */
static bool is_zpl(struct bytes data)
{
    struct bytes trimmed = bytes_trim(data);
    struct bytes last = BYTES_LITERAL("^XZ");
    bool begins = bytes_start_with(trimmed, "^XA") || bytes_start_with(trimmed, "~D");
    return begins && trimmed.len > last.len &&
           bytes_equal(bytes_from(trimmed, trimmed.len - last.len), last) &&
           bytes_find(trimmed, BYTES_LITERAL("^XA")) < trimmed.len;
}

enum label_format label_data_sniff(struct bytes data)
{
    if (data.len < LABEL_DATA_MIN || data.len > LABEL_DATA_MAX) return LABEL_FORMAT_NONE;
    if (is_pdf(data)) return LABEL_FORMAT_PDF;
    if (is_png(data)) return LABEL_FORMAT_PNG;
    return is_zpl(data) ? LABEL_FORMAT_ZPL : LABEL_FORMAT_NONE;
}

enum label_format label_data_format(struct bytes word)
{
    if (bytes_equal_ignore_case(word, "zpl")) return LABEL_FORMAT_ZPL;
    if (bytes_equal_ignore_case(word, "pdf")) return LABEL_FORMAT_PDF;
    if (bytes_equal_ignore_case(word, "png")) return LABEL_FORMAT_PNG;
    return LABEL_FORMAT_NONE;
}

/* Code 128 changes its set by '>' and one more character (ZPL II guide, ^BC). */
static bool code_has(struct bytes code, const char *awb)
{
    char said[200];
    size_t len = 0;
    for (size_t i = 0; i < code.len && len + 1 < sizeof said; i++) {
        if (code.data[i] == '>') i++;
        else said[len++] = (char)code.data[i];
    }
    return bytes_find(bytes_of(said, len), bytes_of_text(awb)) < len;
}

bool label_data_is_foreign(struct bytes zpl, const char *awb)
{
    bool bars = false, any = false;
    for (size_t at = bytes_find_byte(zpl, '^'); at < zpl.len;) {
        struct bytes command = bytes_from(zpl, at + 1);
        size_t len = bytes_find_byte(command, '^');
        command.len = len;
        bool field = bytes_start_with(command, "FD") || bytes_start_with(command, "FV");
        if (bars && field && code_has(bytes_from(command, 2), awb)) return false;
        any = any || (bars && field);
        if (bytes_start_with(command, "FS")) bars = false;
        else if (bytes_start_with(command, "B")) bars = !bytes_start_with(command, "BY");
        at += 1 + len;
    }
    return any;
}
