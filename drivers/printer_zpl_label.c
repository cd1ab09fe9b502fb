/* printer_zpl_label.c - draws a plain label in ZPL II (Programming Guide: ^FO ^A0 ^FB ^FH ^BC
 * ^GB).
 *
 * Rules. No text can become a command: "^", "~" and the escape itself are written in hex (^FH),
 * and a text with control characters or bad UTF-8 is not drawn at all. Bars keep their quiet zones
 * inside the width they were given and have the widest modules that fit, or the label is refused:
 * a narrower one would not scan. Text is never wider than its block: it is set narrower, and what
 * then still does not fit is cut, because ^FB prints overlong text on top of its own last line. */
#include "drivers/label_fit.h"
#include "drivers/printer_zpl.h"

#define DARKNESS_MAX 30u
#define TEXT_NARROWEST_PERCENT 60u
#define TEXT_WRAP_PERCENT \
    85u /* of several lines, what is used: a word that does not fit moves on */

struct pen {
    struct textbuf *out;
    unsigned dots_per_mm;
};

static unsigned dots(const struct pen *pen, unsigned length_dmm)
{
    return label_dots(length_dmm, pen->dots_per_mm);
}

/* How wide font 0 is about to be, in hundredths of its nominal width; on the wide side. */
static unsigned advance_percent(uint8_t first)
{
    static const char narrow[] = "ijlftrI.,:;'|!()[] /-`\"";
    static const char wide[] = "mwMW@%";
    if (bytes_find_byte(BYTES_LITERAL(narrow), first) < sizeof narrow - 1) return 34;
    if (bytes_find_byte(BYTES_LITERAL(wide), first) < sizeof wide - 1) return 90;
    if (first >= 0x80 || (first >= 'A' && first <= 'Z')) return 66;
    return 55;
}

static unsigned text_percent(struct bytes text)
{
    unsigned percent = 0;
    while (text.len > 0) {
        percent += advance_percent(text.data[0]);
        text = bytes_from(text, bytes_utf8_sequence(text));
    }
    return percent;
}

/* The longest beginning, in whole characters, that is not wider than allowed. */
static struct bytes cut_to(struct bytes text, unsigned percent_max)
{
    struct bytes rest = text;
    unsigned percent = 0;
    while (rest.len > 0) {
        percent += advance_percent(rest.data[0]);
        if (percent > percent_max) break;
        rest = bytes_from(rest, bytes_utf8_sequence(rest));
    }
    return bytes_slice(text, 0, text.len - rest.len);
}

static void put_escaped(struct pen *pen, uint8_t byte)
{
    if (byte == '^' || byte == '~' || byte == '_') textbuf_format(pen->out, "_%02X", byte);
    else textbuf_char(pen->out, (char)byte);
}

/* In a block, "\&" is a new line and "\\" a backslash; not every clone knows the second, so the
 * two characters are also kept apart. */
static void put_text_data(struct pen *pen, struct bytes text, bool block)
{
    textbuf_text(pen->out, "^FH^FD");
    for (size_t i = 0; i < text.len; i++) {
        bool backslash = block && text.data[i] == '\\';
        put_escaped(pen, text.data[i]);
        if (backslash) textbuf_char(pen->out, '\\');
        if (backslash && bytes_start_with(bytes_from(text, i + 1), "&"))
            textbuf_char(pen->out, ' ');
    }
    textbuf_text(pen->out, "^FS\n");
}

static bool put_text(struct pen *pen, const struct label_item *item)
{
    struct bytes text = bytes_trim(bytes_of_text(item->text));
    unsigned lines = item->lines > 0 ? item->lines : 1;
    unsigned height = dots(pen, item->height_dmm);
    unsigned block = dots(pen, item->width_dmm);
    if (text.len == 0) return true;
    if (!label_text_is_sayable(text) || height == 0 || block == 0) return false;
    unsigned room = lines == 1 ? block : block * lines * TEXT_WRAP_PERCENT / 100;
    unsigned percent = text_percent(text);
    unsigned width = height;
    if (percent * width / 100 > room) {
        unsigned narrowest = height * TEXT_NARROWEST_PERCENT / 100;
        width = room * 100 / percent;
        if (width < narrowest) width = narrowest;
        if (width == 0) return false;
        text = cut_to(text, room * 100 / width);
    }
    textbuf_format(pen->out, "^FO%u,%u^A0N,%u,%u", dots(pen, item->x_dmm), dots(pen, item->y_dmm),
                   height, width);
    if (lines > 1) textbuf_format(pen->out, "^FB%u,%u,0,L,0", block, lines);
    put_text_data(pen, text, lines > 1);
    return true;
}

static bool put_code128(struct pen *pen, const struct label_item *item)
{
    struct bytes text = bytes_of_text(item->text);
    struct label_bars bars;
    bool fits = label_text_is_ascii(text) &&
                label_fit_bars(dots(pen, item->width_dmm), label_code128_modules(text),
                               pen->dots_per_mm, &bars);
    if (!fits) return false;
    unsigned height = dots(pen, item->height_dmm);
    textbuf_format(pen->out, "^BY%u,3,%u^FO%u,%u^BCN,%u,N,N,N,A^FH^FD", bars.module, height,
                   dots(pen, item->x_dmm) + bars.margin, dots(pen, item->y_dmm), height);
    for (size_t i = 0; i < text.len; i++) put_escaped(pen, text.data[i]);
    textbuf_text(pen->out, "^FS\n");
    return true;
}

static bool put_line(struct pen *pen, const struct label_item *item)
{
    unsigned thick = dots(pen, item->height_dmm);
    if (thick == 0) thick = 1;
    textbuf_format(pen->out, "^FO%u,%u^GB%u,%u,%u^FS\n", dots(pen, item->x_dmm),
                   dots(pen, item->y_dmm), dots(pen, item->width_dmm), thick, thick);
    return true;
}

static bool put_item(struct pen *pen, const struct label_item *item)
{
    switch (item->kind) {
    case LABEL_TEXT: return put_text(pen, item);
    case LABEL_CODE128: return put_code128(pen, item);
    case LABEL_LINE: return put_line(pen, item);
    }
    ensure_failed("item kind is one of the list", __FILE__, __LINE__);
}

/* What nobody has set is not said. ~SD acts at once, so it stands in front. */
void zpl_open(const struct printer_setup *setup, struct textbuf *out)
{
    static const char *const media[] = {"", "^MNY", "^MNM", "^MNN"};
    static const char *const modes[] = {"", "^MMT", "^MMP", "^MMC"};
    unsigned dots_per_mm = label_dots_per_mm(setup->dpi);
    if (setup->darkness > 0) textbuf_format(out, "~SD%02u\n", setup->darkness * DARKNESS_MAX / 100);
    textbuf_text(out, ZPL_OPEN);
    if (setup->speed_ips > 0) textbuf_format(out, "^PR%u", setup->speed_ips);
    textbuf_text(out, media[setup->media]);
    textbuf_text(out, modes[setup->mode]);
    textbuf_format(out, "^PW%u^LL%u\n", label_dots(setup->width_dmm, dots_per_mm),
                   label_dots(setup->height_dmm, dots_per_mm));
}

bool zpl_encode_label(const struct label *label, const struct printer_setup *setup,
                      struct textbuf *out)
{
    struct pen pen = {.out = out, .dots_per_mm = label_dots_per_mm(setup->dpi)};
    if (pen.dots_per_mm == 0) return false;
    ENSURE(label->count <= LABEL_ITEMS_MAX);
    zpl_open(setup, out);
    for (size_t i = 0; i < label->count; i++) {
        const struct label_item *item = &label->items[i];
        if (!label_holds(label, item) || !put_item(&pen, item)) return false;
    }
    textbuf_text(out, ZPL_CLOSE);
    return textbuf_ok(out);
}
