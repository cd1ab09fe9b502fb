/* scale_talk.c - see scale_talk.h. Each encoder stands under the manual it is written from. */
#include "tools/packsim/scale_talk.h"

#include <stdio.h>
#include <string.h>

/* ---- what they share ------------------------------------------------------------------------- */

static const char *const unit_words[] = {"kg", "g", "lb", "oz"};

static int64_t size_of(int64_t value)
{
    return value < 0 ? -value : value;
}

/* Nearest division, away from zero in the middle. */
static int64_t divide(int64_t value, int64_t by)
{
    return value < 0 ? -((-value + by / 2) / by) : (value + by / 2) / by;
}

/* Digits and point without a sign: "1.234". */
static void digits_write(int64_t value, unsigned places, char *out_text, size_t size)
{
    int64_t scale = 1;
    for (unsigned i = 0; i < places; i++) scale *= 10;
    value = size_of(value);
    if (places == 0) snprintf(out_text, size, "%lld", (long long)value);
    else
        snprintf(out_text, size, "%lld.%0*lld", (long long)(value / scale), (int)places,
                 (long long)(value % scale));
}

/* With its minus glued on. */
static void value_write(const struct talk_view *view, char *out_text, size_t size)
{
    char digits[32];
    digits_write(view->shown, view->places, digits, sizeof digits);
    snprintf(out_text, size, "%s%s", view->shown < 0 ? "-" : "", digits);
}

static void zeros_in_front(const char *text, size_t width, struct textbuf *out)
{
    for (size_t len = strlen(text); len < width; len++) textbuf_char(out, '0');
    textbuf_text(out, text);
}

/* What stands in the unit's place: pieces and percent are no units of mass. */
static const char *unit_word(const struct talk_view *view, const char *pieces)
{
    if (view->kind == TALK_COUNT) return pieces;
    return view->kind == TALK_PERCENT ? "%" : unit_words[view->unit];
}

static bool out_of_range(const struct talk_view *view)
{
    return view->over || view->under;
}

/* ---- METTLER TOLEDO Wildcat (12/00), tables 6-8 to 6-11 -------------------------------------- */

static uint8_t toledo_status(const struct talk_view *view)
{
    uint8_t status = 0x20;
    if (view->net) status |= 0x01;
    if (view->shown < 0) status |= 0x02;
    if (out_of_range(view)) status |= 0x04;
    if (view->motion) status |= 0x08;
    if (view->unit == TALK_KG || view->unit == TALK_G) status |= 0x10;
    return status;
}

static void toledo_plain(const struct talk_view *view, struct textbuf *out)
{
    static const uint8_t extension[] = {[TALK_KG] = 0, [TALK_G] = 1, [TALK_LB] = 0, [TALK_OZ] = 3};
    if (view->kind != TALK_WEIGHT) return;
    int64_t tare = view->net ? size_of(view->tare) : 0;
    textbuf_char(out, 0x02);
    textbuf_char(out, (char)(0x20 | 0x08 | (2 + view->places)));
    textbuf_char(out, (char)toledo_status(view));
    textbuf_char(out, (char)(0x20 | extension[view->unit]));
    textbuf_format(out, "%06lld%06lld\r", (long long)(size_of(view->shown) % 1000000),
                   (long long)(tare % 1000000));
}

static void toledo(const struct talk_view *view, struct textbuf *out)
{
    unsigned sum = view->bad_sum ? 1 : 0;
    toledo_plain(view, out);
    if (out->len == 0) return;
    for (size_t i = 0; i < out->len; i++) sum += (uint8_t)out->data[i] & 0x7Fu;
    textbuf_char(out, (char)((0x80u - (sum & 0x7Fu)) & 0x7Fu));
}

/* ---- Excell AM4, Selleton SL-7516 ("ST,GS,+  1.234kg"); A&D EJ, EK-L (15 characters) --------- */

static void stgs(const struct talk_view *view, struct textbuf *out)
{
    char value[32];
    digits_write(view->shown, view->places, value, sizeof value);
    bool minus = view->shown < 0 || view->under;
    textbuf_format(out, "%s,%s,%c%7s%s\r\n",
                   out_of_range(view) ? "OL"
                   : view->motion     ? "US"
                                      : "ST",
                   view->net ? "NT" : "GS", minus ? '-' : '+',
                   out_of_range(view) ? "-------" : value, unit_word(view, "PCS"));
}

static void and_standard(const struct talk_view *view, struct textbuf *out)
{
    char value[32];
    if (out_of_range(view)) {
        textbuf_format(out, "OL,%c999999.9%3s\r\n", view->under ? '-' : '+', unit_word(view, "PC"));
        return;
    }
    digits_write(view->shown, view->places, value, sizeof value);
    const char *head = view->motion ? "US" : view->kind == TALK_COUNT ? "QT" : "ST";
    textbuf_format(out, "%s,%c", head, view->shown < 0 ? '-' : '+');
    zeros_in_front(value, 8, out);
    textbuf_format(out, "%3s\r\n", unit_word(view, "PC"));
}

/* ---- CAS NT-200, layout of 22 bytes ---------------------------------------------------------- */

static void cas_22(const struct talk_view *view, struct textbuf *out)
{
    char value[32];
    uint8_t lamps = 0x80 | 0x20;
    if (view->kind != TALK_WEIGHT) return;
    if (!view->motion) lamps |= 0x40;
    lamps |= view->net ? 0x02 : 0x04;
    if (view->zero) lamps |= 0x01;
    digits_write(view->shown, view->places, value, sizeof value);
    textbuf_format(out, "%s,%s,",
                   out_of_range(view) ? "OL"
                   : view->motion     ? "US"
                                      : "ST",
                   view->net ? "NT" : "GS");
    textbuf_char(out, '1');
    textbuf_char(out, (char)lamps);
    textbuf_text(out, view->shown < 0 ? ",-" : ",");
    zeros_in_front(value, view->shown < 0 ? 7 : 8, out);
    textbuf_format(out, " %2s\r\n", unit_words[view->unit]);
}

/* ---- METTLER TOLEDO MT-SICS reference 11780711 ----------------------------------------------- */

static void mt_sics(const struct talk_view *view, struct textbuf *out)
{
    char value[32];
    if (out_of_range(view)) {
        textbuf_text(out, view->over ? "S +\r\n" : "S -\r\n");
        return;
    }
    value_write(view, value, sizeof value);
    textbuf_format(out, "S %c %10s %s\r\n", view->motion ? 'D' : 'S', value,
                   unit_word(view, "PCS"));
}

/* ---- SMA SCP-0499 (2005) --------------------------------------------------------------------- */

static void sma(const struct talk_view *view, struct textbuf *out)
{
    char value[32];
    const char *state = view->over ? "O" : view->under ? "U" : view->zero ? "Z" : " ";
    value_write(view, value, sizeof value);
    textbuf_format(out, "\n%s1%c%c %10s%-3s\r", state, view->net ? 'N' : 'G',
                   view->motion ? 'M' : ' ', out_of_range(view) ? "----------" : value,
                   unit_word(view, "pcs"));
}

/* ---- NCI 6702, Weigh-Tronix SCP-01; the ECR form of the DIVA manual; CAS CI-100A ------------- */

static void nci_status(const struct talk_view *view, bool ecr, struct textbuf *out)
{
    bool fourth = view->kind != TALK_WEIGHT, third = view->net || fourth;
    textbuf_text(out, ecr ? "\nS" : "\n");
    textbuf_char(out, (char)(0x30 | (view->motion ? 1 : 0) | (view->zero ? 2 : 0)));
    textbuf_char(out,
                 (char)(0x30 | (view->under ? 1 : 0) | (view->over ? 2 : 0) | (third ? 0x40 : 0)));
    if (third) textbuf_char(out, (char)(0x31 | (view->net ? 4 : 0) | (fourth ? 0x40 : 0)));
    if (fourth) textbuf_char(out, view->kind == TALK_COUNT ? 0x31 : 0x32);
    textbuf_text(out, "\r\x03");
}

static void nci(const struct talk_view *view, struct textbuf *out)
{
    char value[32];
    value_write(view, value, sizeof value);
    const char *field = view->over ? "^^^^^^^" : view->under ? "_______" : value;
    textbuf_format(out, "\n%7s%s\r", field,
                   view->kind == TALK_WEIGHT ? unit_words[view->unit] : "");
    nci_status(view, false, out);
}

static void nci_ecr(const struct talk_view *view, struct textbuf *out)
{
    char value[32];
    bool alone = view->shown < 0 || view->motion || out_of_range(view);
    value_write(view, value, sizeof value);
    if (!alone) {
        textbuf_char(out, '\n');
        zeros_in_front(value, 7, out);
        textbuf_format(out, "%s\r", unit_words[view->unit]);
    }
    nci_status(view, true, out);
}

/* ---- METTLER TOLEDO DIVA 6.1.3: kilograms with three places, pounds with two, no unit -------- */

static void toledo_8217(const struct talk_view *view, struct textbuf *out)
{
    char value[32];
    if (view->kind != TALK_WEIGHT || (view->unit != TALK_KG && view->unit != TALK_LB)) return;
    if (view->motion || out_of_range(view) || view->shown < 0) {
        uint8_t status = 0x40;
        if (view->motion) status |= 0x01;
        if (view->over) status |= 0x02;
        if (view->under || view->shown < 0) status |= 0x04;
        if (view->net) status |= 0x20;
        textbuf_text(out, "\x02?");
        textbuf_char(out, (char)status);
    } else {
        bool pounds = view->unit == TALK_LB;
        digits_write(pounds ? view->shown / 10 : view->shown, pounds ? 2 : 3, value, sizeof value);
        textbuf_text(out, "\x02");
        zeros_in_front(value, pounds ? 5 : 6, out);
        if (view->net) textbuf_char(out, 'N');
    }
    textbuf_char(out, '\r');
}

/* ---- Ohaus Defender 3000, 5.2 ---------------------------------------------------------------- */

static void ohaus(const struct talk_view *view, struct textbuf *out)
{
    char value[32];
    digits_write(view->shown, view->places, value, sizeof value);
    textbuf_format(out, "%c %7s %-5s%c%-3s\r\n", view->shown < 0 ? '-' : ' ',
                   out_of_range(view) ? "-------" : value, unit_word(view, "PCS"),
                   view->motion ? '?' : ' ', view->net ? "NET" : "   ");
}

/* ---- Sartorius LE, p. 51 and 52: 16 characters, or 22 with a name ---------------------------- */

static void sbi_line(const struct talk_view *view, struct textbuf *out)
{
    char value[32];
    if (out_of_range(view)) {
        textbuf_format(out, "%9c%5s\r\n", view->over ? 'H' : 'L', "");
        return;
    }
    digits_write(view->shown, view->places, value, sizeof value);
    textbuf_format(out, "%c%9s %-3s\r\n", view->shown < 0 ? '-' : '+', value,
                   view->motion ? "" : unit_word(view, "pcs"));
}

static void sbi_22(const struct talk_view *view, struct textbuf *out)
{
    textbuf_format(out, "%-6s", out_of_range(view) ? "Stat" : view->net ? "N" : "G");
    sbi_line(view, out);
}

/* ---- cash registers: ENQ, ACK, DC1, then the weight ------------------------------------------ */

static void check_and_end(size_t block, const char *end, struct textbuf *out)
{
    uint8_t check = 0;
    for (size_t i = block; i < out->len; i++) check ^= (uint8_t)out->data[i];
    textbuf_char(out, (char)check);
    textbuf_text(out, end);
}

/* Ohaus Aviator 7000 service manual, 6.1.1; CAS PD-II manual, 3.1.6: all F past the capacity. */
static void ecr_ap1(const struct talk_view *view, struct textbuf *out)
{
    char value[32];
    if (view->kind != TALK_WEIGHT || (view->unit != TALK_KG && view->unit != TALK_LB)) return;
    digits_write(view->shown, 3, value, sizeof value);
    textbuf_text(out, "\x01\x02");
    size_t block = out->len;
    textbuf_char(out, view->motion ? 'U' : 'S');
    textbuf_text(out, view->over ? "F" : view->shown < 0 || view->under ? "-" : " ");
    zeros_in_front(view->over ? "FFFFFF" : value, 6, out);
    textbuf_text(out, unit_words[view->unit]);
    check_and_end(block, "\x03\x04", out);
}

/* METTLER TOLEDO DIVA service manual, 6.1.11: 15 kg by 5 g or 30 lb by 0.01 lb; out of range a bit
 * and zeros. In motion ENQ is answered by CAN. */
static void ecr_icl(const struct talk_view *view, struct textbuf *out)
{
    bool pounds = view->unit == TALK_LB, outside = out_of_range(view) || view->shown < 0;
    if (view->kind != TALK_WEIGHT || (view->unit != TALK_KG && !pounds)) return;
    int64_t shown = pounds ? divide(view->shown, 10) : divide(view->shown, 5) * 5;
    textbuf_text(out, "\x02");
    size_t block = out->len;
    textbuf_char(out, (char)(0x28 | (outside ? 0x10 : 0) | (pounds ? 2 : 1)));
    textbuf_padded(out, outside ? 0 : (uint64_t)shown % 100000, 5);
    check_and_end(block, "\x03", out);
}

/* ---- a stream of nothing but digits, as field reports of Indian indicators show -------------- */

static void stx_etx(const struct talk_view *view, struct textbuf *out)
{
    char value[32];
    if (view->kind != TALK_WEIGHT) return;
    digits_write(view->shown, view->places, value, sizeof value);
    textbuf_format(out, "\x02%c", view->shown < 0 ? '-' : ' ');
    zeros_in_front(value, 6, out);
    textbuf_char(out, 0x03);
}

/* ---- the table ------------------------------------------------------------------------------- */

static const struct talk talks[] = {
    {"toledo-continuous", .seven_bits = true, .zero = "Z", .frame = toledo},
    {"toledo-continuous-nosum", .seven_bits = true, .zero = "Z", .frame = toledo_plain},
    {"cas-22", .zero = "MZ\r\n", .frame = cas_22},
    {"st-gs", .seven_bits = true, .zero = "Z", .frame = stgs},
    {"st-gs-and", .seven_bits = true, .zero = "Z\r\n", .frame = and_standard},
    {"mt-sics", .asked = true, .asks = {"SI\r\n", "S\r\n"}, .repeat = "SIR\r\n",
     .greeting = "I4\r\n", .greeted = "I4 A \"1126493049\"\r\n", .zero = "Z\r\n",
     .not_known = "ES\r\n", .line_end = '\n', .frame = mt_sics},
    {"sma", .asked = true, .asks = {"\nW\r", "\nP\r"}, .repeat = "\nR\r", .zero = "\nZ\r",
     .not_known = "\n?\r", .line_end = '\r', .frame = sma},
    {"nci", .asked = true, .seven_bits = true, .asks = {"W\r"}, .zero = "Z\r",
     .not_known = "\n?\r\x03", .line_end = '\r', .frame = nci},
    {"nci-ecr", .asked = true, .seven_bits = true, .asks = {"W\r"}, .zero = "Z\r",
     .not_known = "\n?\r\x03", .line_end = '\r', .frame = nci_ecr},
    {"toledo-8217", .asked = true, .seven_bits = true, .asks = {"W"}, .zero = "Z",
     .frame = toledo_8217},
    {"ohaus-3000", .asked = true, .asks = {"IP\r\n", "P\r\n"}, .repeat = "CP\r\n", .zero = "Z\r\n",
     .not_known = "ES\r\n", .line_end = '\n', .frame = ohaus},
    {"sartorius-sbi", .asked = true, .seven_bits = true, .asks = {"\x1BP"}, .zero = "\x1BV",
     .frame = sbi_22},
    {"sartorius-sbi-16", .asked = true, .seven_bits = true, .asks = {"\x1BP"}, .zero = "\x1BV",
     .frame = sbi_line},
    {"ecr-ap1", .asked = true, .seven_bits = true, .asks = {"\x11"}, .greeting = "\x05",
     .greeted = "\x06", .frame = ecr_ap1},
    {"ecr-icl", .asked = true, .seven_bits = true, .asks = {"\x11"}, .greeting = "\x05",
     .greeted = "\x06", .greeted_moving = "\x18", .frame = ecr_icl},
    {"stx-etx", .seven_bits = true, .frame = stx_etx},
};

const struct talk *talk_at(size_t index)
{
    return index < ARRAY_LEN(talks) ? &talks[index] : NULL;
}

const struct talk *talk_find(struct bytes name)
{
    static const char *const older[][2] = {{"toledo", "toledo-continuous"},
                                           {"toledo-nosum", "toledo-continuous-nosum"},
                                           {"stgs", "st-gs"}};
    for (size_t i = 0; i < ARRAY_LEN(older); i++) {
        if (bytes_equal_text(name, older[i][0])) name = bytes_of_text(older[i][1]);
    }
    for (size_t i = 0; i < ARRAY_LEN(talks); i++) {
        if (bytes_equal_text(name, talks[i].name)) return &talks[i];
    }
    return NULL;
}

bool talk_unit_parse(struct bytes word, enum talk_unit *out_unit)
{
    for (size_t i = 0; i < ARRAY_LEN(unit_words); i++) {
        if (!bytes_equal_text(word, unit_words[i])) continue;
        *out_unit = (enum talk_unit)i;
        return true;
    }
    return false;
}

/* 1 lb is 453.59237 g and 1 oz 28.349523125 g: shown to 0.001 lb and 0.01 oz. */
void talk_show(int64_t mass_g, enum talk_unit unit, int64_t *out_shown, unsigned *out_places)
{
    switch (unit) {
    case TALK_KG:
        *out_shown = mass_g;
        *out_places = 3;
        return;
    case TALK_G:
        *out_shown = mass_g;
        *out_places = 0;
        return;
    case TALK_LB:
        *out_shown = divide(mass_g * 100000000, 45359237);
        *out_places = 3;
        return;
    case TALK_OZ:
        *out_shown = divide(mass_g * INT64_C(100000000000), INT64_C(28349523125));
        *out_places = 2;
        return;
    }
}
