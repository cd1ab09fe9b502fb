/* scale_profile_read.c - the text of a profile to a value, or complaints; see scale_profile.h.
 *
 * The file is read line by line, layouts as text; what the lines make together is judged in
 * scale_profile_judge.c. Every complaint says what is wrong, what it would mean and what
 * to do. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "drivers/scale_profile_parts.h"

void scale_complain(struct scale_complaints *complaints, unsigned line, const char *format, ...)
{
    va_list arguments;
    if (complaints->count == SCALE_COMPLAINTS_MAX) {
        complaints->untold++;
        return;
    }
    struct scale_complaint *entry = &complaints->entries[complaints->count++];
    entry->line = line;
    va_start(arguments, format);
    (void)vsnprintf(entry->sentence, sizeof entry->sentence, format, arguments);
    va_end(arguments);
}

/* About the line at hand. */
static void wrong(struct profile_reader *reader, const char *sentence)
{
    scale_complain(reader->complaints, reader->ini.line, "%s", sentence);
}

static bool is(const char *text, const char *word)
{
    return strcmp(text, word) == 0;
}

/* ---- texts, bits and what they mean --------------------------------------------------------- */

static const struct {
    const char *word;
    unsigned means;
} meanings[] = {
    {"plain", 0},         {"stable", MEANS_STABLE},       {"moving", MEANS_MOVING},
    {"over", MEANS_OVER}, {"under", MEANS_UNDER},         {"zero", MEANS_ZERO},
    {"net", MEANS_NET},   {"held", MEANS_HELD},           {"error", MEANS_ERROR},
    {"gross", 0},         {"no_weight", MEANS_NO_WEIGHT}, {"negative", MEANS_NEGATIVE},
};

static bool meaning_of(struct bytes word, unsigned *out_means)
{
    for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
        if (!bytes_equal_text(word, meanings[i].word)) continue;
        *out_means = meanings[i].means;
        return true;
    }
    return false;
}

/* The item that says what is in `wanted`, a new one when there is none; NULL: too many. */
static struct profile_item *item_for(struct profile_field *field, const struct profile_item *wanted)
{
    for (size_t i = 0; i < field->count; i++) {
        struct profile_item *item = &field->items[i];
        bool same = item->len == wanted->len && memcmp(item->text, wanted->text, item->len) == 0 &&
                    item->bit == wanted->bit && item->is_clear == wanted->is_clear;
        if (same) return item;
    }
    if (field->count == SCALE_PROFILE_ITEMS_MAX) return NULL;
    field->items[field->count] = *wanted;
    return &field->items[field->count++];
}

static void add_item(struct profile_reader *reader, struct profile_field *field,
                     const struct profile_item *wanted, unsigned means, int unit)
{
    struct profile_item *item = item_for(field, wanted);
    if (item == NULL) {
        wrong(reader, "This section has more than 24 texts or bits; the rest would be forgotten. "
                      "Leave out what the scale never sends.");
        return;
    }
    if (unit >= 0 && item->unit >= 0 && item->unit != unit)
        wrong(reader,
              "One text stands for two units, and the weight would be read in one of them by "
              "chance. Write it in one line only.");
    item->means = (uint16_t)(item->means | means);
    if (unit >= 0) item->unit = (int8_t)unit;
}

/* "bit3", "no-bit3" */
static bool read_bit(struct bytes word, struct profile_item *out)
{
    uint64_t bit;
    out->is_clear = bytes_start_with(word, "no-");
    if (out->is_clear) word = bytes_from(word, 3);
    if (!bytes_start_with(word, "bit") || !bytes_to_u64(bytes_from(word, 3), 7, &bit)) return false;
    out->bit = (uint8_t)bit;
    return true;
}

static void read_bits(struct profile_reader *reader, struct profile_field *field, unsigned means)
{
    struct bytes rest = bytes_of_text(reader->ini.value);
    struct profile_word token;
    enum profile_token kind;
    while ((kind = profile_next_token(&rest, &token)) != TOKEN_END) {
        struct profile_item item = {.unit = -1};
        if (kind != TOKEN_WORD || token.width > 0 || !read_bit(token.word, &item)) {
            wrong(reader,
                  "A field of bits has bit0 to bit7, or no-bit0 to no-bit7 for a bit that is "
                  "0. Write bit3, or leave out \"as\" where texts stand.");
            return;
        }
        add_item(reader, field, &item, means, -1);
    }
}

static void read_texts(struct profile_reader *reader, struct profile_field *field, unsigned means,
                       int unit)
{
    struct bytes rest = bytes_of_text(reader->ini.value);
    struct profile_word token;
    enum profile_token kind;
    while ((kind = profile_next_token(&rest, &token)) != TOKEN_END) {
        struct profile_item item = {.unit = -1};
        if (kind == TOKEN_BAD) {
            wrong(reader, token.why);
            return;
        }
        if (kind == TOKEN_WORD) {
            wrong(reader,
                  "Texts stand in quotes, so that a blank can be seen: write 'ST' 'US', and '' "
                  "for a place that is blank.");
            return;
        }
        if (token.len > sizeof item.text) {
            wrong(reader, "A text of a field is longer than 10 bytes and would never be found. Use "
                          "fewer, and skip the rest in the layout.");
            return;
        }
        item.len = (uint8_t)token.len;
        memcpy(item.text, token.bytes, token.len);
        add_item(reader, field, &item, means, unit);
    }
}

/* ---- the sections --------------------------------------------------------------------------- */

static bool read_name(const char *value, char *out_name, size_t size)
{
    size_t len = strlen(value);
    for (size_t i = 0; i < len; i++) {
        char one = value[i];
        bool good = (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || one == '-';
        if (!good) return false;
    }
    return len > 0 && bytes_to_text(bytes_of_text(value), out_name, size);
}

/* "9600 8N1" */
static bool read_line(struct bytes text, struct line_settings *out)
{
    struct bytes speed;
    uint64_t baud;
    if (!bytes_split(&text, ' ', &speed) || !bytes_to_u64(speed, 1000000, &baud)) return false;
    text = bytes_trim(text);
    if (text.len != 3 || baud < 300) return false;
    char data = (char)text.data[0], parity = (char)text.data[1], stop = (char)text.data[2];
    bool good = (data == '7' || data == '8') && (stop == '1' || stop == '2') &&
                (parity == 'N' || parity == 'E' || parity == 'O');
    if (!good) return false;
    *out = (struct line_settings){.baud = (uint32_t)baud,
                                  .data_bits = (uint8_t)(data - '0'),
                                  .stop_bits = (uint8_t)(stop - '0'),
                                  .parity = parity == 'N'   ? LINE_PARITY_NONE
                                            : parity == 'E' ? LINE_PARITY_EVEN
                                                            : LINE_PARITY_ODD};
    return true;
}

static bool read_number(const char *value, uint64_t min, uint64_t max, uint32_t *out_number)
{
    uint64_t number;
    if (!bytes_to_u64(bytes_of_text(value), max, &number) || number < min) return false;
    *out_number = (uint32_t)number;
    return true;
}

static bool is_one_of(struct bytes request, const char *const *commands, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes_equal_text(bytes_trim(request), commands[i])) return true;
    }
    return false;
}

/* Commands that zero, tare or reset most scales. */
static bool changes_a_scale(struct bytes request)
{
    static const char *const commands[] = {"Z",     "T",     "C",     "ZI",    "TI",   "TA",
                                           "ZERO",  "TARE",  "MZ",    "MT",    "@",    "\x1BZ",
                                           "\x1BT", "\x1BU", "\x1BV", "\x1BR", "\x1BS"};
    return is_one_of(request, commands, ARRAY_LEN(commands));
}

static void read_request(struct profile_reader *reader)
{
    struct scale_profile *profile = reader->profile;
    struct bytes rest = bytes_of_text(reader->ini.value);
    struct profile_word token;
    enum profile_token kind;
    size_t len = 0;
    while ((kind = profile_next_token(&rest, &token)) != TOKEN_END) {
        if (kind != TOKEN_BYTES) {
            wrong(reader, kind == TOKEN_BAD
                              ? token.why
                              : "A question is texts in quotes and bytes: write 'W' <CR>.");
            return;
        }
        if (len + token.len > sizeof profile->request) {
            wrong(reader, "The question is longer than 16 bytes; cut off it would be another one. "
                          "Scales know shorter ones.");
            return;
        }
        memcpy(profile->request + len, token.bytes, token.len);
        len += token.len;
    }
    reader->has_request = true;
    profile->driver.request = bytes_of(profile->request, len);
    if (len == 0)
        wrong(reader,
              "The question is empty. Leave the line out for a scale that talks by itself.");
    if (changes_a_scale(profile->driver.request))
        wrong(reader,
              "This question zeroes, tares or resets most scales: every later weight would be "
              "wrong, and nobody would see it. Ask for the weight only.");
}

static bool read_yes(struct profile_reader *reader, bool *out_yes)
{
    bool yes = is(reader->ini.value, "yes");
    if (!yes && !is(reader->ini.value, "no")) {
        wrong(reader, "This is neither yes nor no. Write one of them.");
        return false;
    }
    *out_yes = yes;
    return true;
}

static void read_rest(struct profile_reader *reader)
{
    struct scale_profile *profile = reader->profile;
    const char *value = reader->ini.value;
    struct bytes number = BYTES_NONE, rest = bytes_of_text(value);
    uint64_t equal = 0;
    if (is(value, "flag")) profile->rest = REST_FLAG;
    else if (is(value, "always")) profile->rest = REST_ALWAYS;
    else if (is(value, "never")) profile->rest = REST_NEVER;
    else if (bytes_split(&rest, ' ', &number) &&
             bytes_to_u64(number, SCALE_PROFILE_EQUAL_MAX, &equal) &&
             equal >= SCALE_PROFILE_EQUAL_MIN && bytes_equal_text(bytes_trim(rest), "equal")) {
        profile->rest = REST_EQUAL;
        profile->equal_frames = (uint8_t)equal;
    } else {
        wrong(reader,
              "Nobody can tell from this when a weight stands still. Write at_rest = flag (a "
              "field says stable), always (the scale sends weights at rest only), 5 equal (so "
              "many frames in a row, 3 to 50) or never.");
    }
}

static void read_bit7(struct profile_reader *reader)
{
    reader->profile->is_masked = is(reader->ini.value, "parity");
    if (!reader->profile->is_masked && !is(reader->ini.value, "data"))
        wrong(reader, "bit7 is parity (taken off) or data (kept). Write one of them.");
}

static void read_scale(struct profile_reader *reader)
{
    struct scale_profile *profile = reader->profile;
    const char *key = reader->ini.key, *value = reader->ini.value;
    struct scale_driver *driver = &profile->driver;
    if (is(key, "name")) {
        if (!read_name(value, profile->name, sizeof profile->name) || is(value, "auto"))
            wrong(reader,
                  "A name is small letters, digits and '-', at most 31, and not \"auto\": the "
                  "settings must be able to write it.");
    } else if (is(key, "title")) {
        if (value[0] == '\0' ||
            !bytes_to_text(bytes_of_text(value), profile->title, sizeof profile->title))
            wrong(reader, "A title has 1 to 95 bytes. People choose by it.");
    } else if (is(key, "like")) {
        if (!read_name(value, profile->like, sizeof profile->like))
            wrong(reader, "\"like\" is the name of a driver, such as st-gs.");
    } else if (is(key, "line")) {
        if (!read_line(bytes_of_text(value), &driver->usual))
            wrong(reader,
                  "The line is speed, data bits, parity and stop bits in this form: 9600 8N1 "
                  "(parity N, E or O). Without it the port would be opened wrongly.");
    } else if (is(key, "bit7")) {
        read_bit7(reader);
    } else if (is(key, "at_rest")) {
        read_rest(reader);
    } else if (is(key, "request")) {
        read_request(reader);
    } else if (is(key, "request_every_ms")) {
        reader->has_every = true;
        if (!read_number(value, SCALE_PROFILE_ASK_MS_MIN, SCALE_PROFILE_ASK_MS_MAX,
                         &driver->request_every_ms))
            wrong(reader, "A scale is asked every 50 to 10000 milliseconds. 300 suits most.");
    } else if (is(key, "request_is_harmless")) {
        reader->has_harmless = read_yes(reader, &driver->is_harmless);
    } else if (is(key, "by_name_only")) {
        (void)read_yes(reader, &driver->by_name_only);
    } else if (is(key, "silent_after_ms")) {
        reader->has_silent = true;
        if (!read_number(value, 0, SCALE_PROFILE_SILENT_MS_MAX, &driver->silent_after_ms))
            wrong(reader,
                  "After 0 to 60000 milliseconds without a frame a scale is called silent; 0 "
                  "means never. 3000 suits most.");
    } else {
        wrong(reader,
              "[scale] has no such key. It has name, title, like, line, bit7, at_rest, request, "
              "request_every_ms, request_is_harmless, by_name_only and silent_after_ms.");
    }
}

/* The frame of the section at hand, a new one when it is new; NULL: too many. */
static struct profile_frame *frame_at_hand(struct profile_reader *reader, size_t *out_index)
{
    struct scale_profile *profile = reader->profile;
    size_t i = 0;
    while (i < profile->frame_count && !is(reader->frame_names[i], reader->ini.section_name)) i++;
    if (i == SCALE_PROFILE_FRAMES_MAX) return NULL;
    if (i == profile->frame_count) {
        memcpy(reader->frame_names[i], reader->ini.section_name, sizeof reader->frame_names[i]);
        profile->frame_count++;
    }
    *out_index = i;
    return &profile->frames[i];
}

static void read_says(struct profile_reader *reader, unsigned *out_means)
{
    struct bytes rest = bytes_of_text(reader->ini.value), word;
    while (bytes_split(&rest, ' ', &word)) {
        unsigned means;
        if (word.len == 0) continue;
        if (meaning_of(word, &means)) *out_means |= means;
        else
            wrong(reader,
                  "\"says\" has words such as stable, moving, over, under, zero, net, held, error "
                  "or no_weight; this one means nothing. Use one of them.");
    }
}

static void read_frame(struct profile_reader *reader)
{
    size_t index;
    const char *key = reader->ini.key;
    struct profile_frame *frame = frame_at_hand(reader, &index);
    if (frame == NULL) {
        wrong(reader,
              "There are more than 6 frames. Leave out those that carry no weight: what fits no "
              "layout is refused anyhow.");
    } else if (is(key, "layout")) {
        if (reader->lines[index] != 0)
            wrong(reader,
                  "This frame has a layout already. Give the other one a section with a name: "
                  "[frame \"over\"].");
        reader->lines[index] = reader->ini.line;
        memcpy(reader->layouts[index], reader->ini.value, sizeof reader->layouts[index]);
    } else if (is(key, "says")) {
        read_says(reader, &frame->means);
    } else if (is(key, "checksum")) {
        if (!profile_read_checksum(bytes_of_text(reader->ini.value), frame))
            wrong(reader,
                  "A checksum is its kind (xor, sum, negated), its places and how it is written, "
                  "such as: xor 2..9 hex, or negated 1..checksum byte.");
    } else {
        wrong(reader, "[frame] has no such key. It has layout, says and checksum.");
    }
}

static void read_unit(struct profile_reader *reader)
{
    struct scale_profile *profile = reader->profile;
    const char *key = reader->ini.key;
    enum mass_unit unit;
    unsigned means;
    if (is(key, "is")) {
        profile->has_fixed_unit =
            mass_unit_parse(bytes_of_text(reader->ini.value), &profile->fixed_unit) &&
            profile->fixed_unit != MASS_TONNE;
        if (!profile->has_fixed_unit)
            wrong(reader,
                  "A unit is kg, g, mg, lb, oz, gn, ct or tola. A weight in another one cannot be "
                  "booked.");
    } else if (is(key, "says")) {
        read_says(reader, &profile->unit_means);
    } else if (mass_unit_parse(bytes_of_text(key), &unit) && unit != MASS_TONNE) {
        read_texts(reader, &profile->fields[PROFILE_UNIT], 0, (int)unit);
    } else if (meaning_of(bytes_of_text(key), &means)) {
        read_texts(reader, &profile->fields[PROFILE_UNIT], means, -1);
    } else {
        wrong(reader,
              "[unit] has is, says, a unit (kg, g, mg, lb, oz, gn, ct, tola) or a word such as "
              "moving or no_weight for what stands in its place. Use one of them.");
    }
}

static void read_decimals(struct profile_reader *reader)
{
    struct scale_profile *profile = reader->profile;
    uint32_t number = 0;
    if (is(reader->ini.value, "sent")) profile->decimals = DECIMALS_SENT;
    else if (is(reader->ini.value, "point")) profile->decimals = DECIMALS_POINT;
    else if (is(reader->ini.value, "field")) profile->decimals = DECIMALS_FIELD;
    else profile->decimals = DECIMALS_FIXED;
    bool good = profile->decimals != DECIMALS_FIXED ||
                read_number(reader->ini.value, 0, SCALE_PROFILE_DECIMALS_MAX, &number);
    profile->fixed_decimals = number;
    if (!good)
        wrong(reader,
              "Decimals are 0 to 6 (the digits have no point), sent (as the digits have them), "
              "point (there "
              "must be one) or field (a part of the layout says how many). A wrong one is a "
              "weight ten "
              "times off.");
}

static void read_value(struct profile_reader *reader)
{
    struct scale_profile *profile = reader->profile;
    const char *key = reader->ini.key;
    unsigned means;
    if (is(key, "decimals")) {
        read_decimals(reader);
    } else if (is(key, "order")) {
        profile->is_reversed = is(reader->ini.value, "reversed");
        if (!profile->is_reversed && !is(reader->ini.value, "usual"))
            wrong(reader,
                  "The order of digits is usual or reversed (last digit first). Write one of "
                  "them.");
    } else if (meaning_of(bytes_of_text(key), &means)) {
        read_texts(reader, &profile->fields[PROFILE_VALUE], means, -1);
    } else {
        wrong(reader,
              "[value] has decimals, order and words such as over, under, error or held for what "
              "may fill it. Use one of them.");
    }
}

/* The field of the section at hand, a new one when it is new; NULL: too many or a foreign name. */
static struct profile_field *field_at_hand(struct profile_reader *reader)
{
    struct scale_profile *profile = reader->profile;
    const char *name = reader->ini.section_name;
    for (size_t i = PROFILE_OWN; i < profile->field_count; i++) {
        if (is(profile->fields[i].name, name)) return &profile->fields[i];
    }
    if (profile->field_count == SCALE_PROFILE_FIELDS_MAX) {
        wrong(reader, "There are more than 6 fields. Join neighbours, or skip what says nothing.");
        return NULL;
    }
    struct profile_field *field = &profile->fields[profile->field_count];
    struct bytes word = bytes_of_text(name);
    bool simple = bytes_find_byte(word, ' ') == word.len && bytes_find_byte(word, ':') == word.len;
    if (word.len == 0 || !simple || !bytes_to_text(word, field->name, sizeof field->name)) {
        wrong(reader,
              "A field has a name of its own, one word of at most 15 letters, that its layout "
              "uses: [field \"status\"].");
        return NULL;
    }
    field->line = reader->ini.line;
    profile->field_count++;
    return field;
}

static void read_view(struct profile_reader *reader, struct profile_field *field)
{
    const char *value = reader->ini.value;
    if (field->count > 0)
        wrong(reader,
              "\"as\" must stand before what the field means, or its lines were read the wrong "
              "way. Move it up.");
    if (is(value, "text")) field->view = VIEW_TEXT;
    else if (is(value, "bits")) field->view = VIEW_BITS;
    else if (is(value, "hex")) field->view = VIEW_HEX;
    else
        wrong(reader, "A field is read as text, as bits (of its byte) or as hex (the bits of a "
                      "hex "
                      "digit). Write one of them.");
}

static void read_field(struct profile_reader *reader)
{
    unsigned means;
    struct profile_field *field = field_at_hand(reader);
    if (field == NULL) return;
    if (is(reader->ini.key, "as")) {
        read_view(reader, field);
    } else if (!meaning_of(bytes_of_text(reader->ini.key), &means)) {
        wrong(reader,
              "[field] has \"as\" and these words: stable, moving, over, under, zero, net, gross, "
              "held, error, no_weight, negative and plain (says nothing). Use one of them.");
    } else if (field->view == VIEW_TEXT) {
        read_texts(reader, field, means, -1);
    } else {
        read_bits(reader, field, means);
    }
}

/* FNV-1a */
static uint64_t hash(uint64_t hash, const char *text)
{
    for (; *text != '\0'; text++) hash = (hash ^ (uint8_t)*text) * UINT64_C(0x100000001b3);
    return (hash ^ 0xFF) * UINT64_C(0x100000001b3);
}

/* False with a complaint: the same key in the same section would hide the one before. */
static bool is_first(struct profile_reader *reader)
{
    uint64_t key = hash(UINT64_C(0xcbf29ce484222325), reader->ini.section);
    key = hash(hash(key, reader->ini.section_name), reader->ini.key);
    for (size_t i = 0; i < reader->seen_count; i++) {
        if (reader->seen[i] != key) continue;
        wrong(reader, "This key stands in its section already, and one of the two would be "
                      "ignored. "
                      "Leave one out.");
        return false;
    }
    if (reader->seen_count == PROFILE_KEYS_MAX) {
        wrong(reader, "The file has more than 96 keys; the rest would be ignored. Leave out "
                      "what says "
                      "nothing.");
        return false;
    }
    reader->seen[reader->seen_count++] = key;
    return true;
}

static void read_entry(struct profile_reader *reader)
{
    const char *section = reader->ini.section;
    bool named = reader->ini.section_name[0] != '\0';
    if (!is_first(reader)) return;
    if (is(section, "frame")) read_frame(reader);
    else if (is(section, "field")) read_field(reader);
    else if (is(section, "scale") && !named) read_scale(reader);
    else if (is(section, "unit") && !named) read_unit(reader);
    else if (is(section, "value") && !named) read_value(reader);
    else
        wrong(reader,
              "A profile has the sections [scale], [frame], [unit], [value] and [field \"NAME\"]; "
              "this line belongs to none of them. Put it under one.");
}

bool scale_profile_read(struct bytes text, struct scale_profile *out,
                        struct scale_complaints *out_complaints)
{
    struct profile_reader reader = {.profile = out, .complaints = out_complaints};
    const char *why = NULL;
    enum ini_step step;
    memset(out, 0, sizeof *out);
    memset(out_complaints, 0, sizeof *out_complaints);
    out->field_count = PROFILE_OWN;
    out->is_masked = true;
    if (text.len > SCALE_PROFILE_FILE_MAX) {
        scale_complain(out_complaints, 0,
                       "The file is longer than 16 KiB, so it is no profile of a scale. Is it the "
                       "right file?");
        return false;
    }
    ini_init(&reader.ini, text);
    while ((step = ini_next(&reader.ini, &why)) != INI_END) {
        if (step == INI_BAD) wrong(&reader, why);
        else read_entry(&reader);
    }
    profile_judge(&reader);
    return out_complaints->count == 0;
}
