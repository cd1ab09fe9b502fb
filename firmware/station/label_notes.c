/* label_notes.c - see label_notes.h. */
#include "firmware/station/label_notes.h"

#include "hal/base/units.h"

static const struct {
    uint32_t label, code; /* the warning's bit, of the label or of a barcode */
    const char *word, *log;
} notes_table[] = {
    [LABEL_SCALED] = {RENDER_WARN_SCALED, 0, "scaled", "log_label_scaled"},
    [LABEL_CLIPPED] = {RENDER_WARN_CLIPPED, 0, "clipped", "log_label_clipped"},
    [LABEL_FONTS_MISSING] = {RENDER_WARN_FONTS, 0, "fonts_missing", "log_label_fonts_missing"},
    [LABEL_TEXT_CUT] = {RENDER_WARN_TEXT_CUT, 0, "text_cut", "log_label_text_cut"},
    [LABEL_MORE_LABELS] = {RENDER_WARN_MORE_LABELS, 0, "more_labels", "log_label_more_labels"},
    [LABEL_QUIET_ZONE] = {0, RENDER_CODE_QUIET, "quiet_zone", "log_label_quiet_zone"},
    [LABEL_THIN_BARS] = {0, RENDER_CODE_THIN, "thin_bars", "log_label_thin_bars"},
    [LABEL_LOW_BARS] = {0, RENDER_CODE_LOW, "low_bars", "log_label_low_bars"},
    [LABEL_HARD_TO_READ] = {0, RENDER_CODE_HARD, "hard_to_read", "log_label_hard_to_read"},
};

unsigned label_notes_of(const struct render_answer *answer)
{
    uint32_t codes = 0;
    unsigned notes = 0;
    for (size_t i = 0; i < answer->code_count; i++) codes |= answer->codes[i].warnings;
    for (unsigned i = 0; i < LABEL_NOTES; i++) {
        bool set =
            (answer->warnings & notes_table[i].label) != 0 || (codes & notes_table[i].code) != 0;
        if (set) notes |= 1u << i;
    }
    return notes;
}

void label_notes_write(unsigned notes, char out_text[LABEL_NOTES_SIZE])
{
    struct textbuf text;
    textbuf_init(&text, out_text, LABEL_NOTES_SIZE);
    for (unsigned i = 0; i < LABEL_NOTES; i++) {
        if ((notes & 1u << i) == 0) continue;
        if (text.len > 0) textbuf_char(&text, ' ');
        textbuf_text(&text, notes_table[i].word);
    }
    ENSURE(textbuf_ok(&text));
}

void label_notes_log(struct step *step, const struct parcel *parcel, unsigned notes,
                     uint32_t scale_ppm, uint16_t *noted)
{
    char percent[24];
    struct textbuf text;
    textbuf_init(&text, percent, sizeof percent);
    decimal_write(&text, (struct decimal){.digits = (scale_ppm + 500) / 1000, .decimals = 1});
    for (unsigned i = 0; i < LABEL_NOTES; i++) {
        bool again = (*noted & 1u << i) != 0 && i != LABEL_TEXT_CUT;
        if ((notes & 1u << i) == 0 || again) continue;
        *noted |= (uint16_t)(1u << i);
        commands_log(step->commands, LOG_WARNING, notes_table[i].log, "order_no", parcel->order_no,
                     "courier", parcel->carrier, "percent", percent, NULL);
    }
}
