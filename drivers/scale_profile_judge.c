/* scale_profile_judge.c - a profile as a whole: is everything there, and does it fit together? */
#include <string.h>

#include "drivers/scale_profile_parts.h"

#define SILENT_MS_USUAL 3000u
#define CHECKSUM_HEX_WIDTH 2u
#define MEANS_WITHOUT_VALUE \
    (MEANS_OVER | MEANS_UNDER | MEANS_ERROR | MEANS_NO_WEIGHT | MEANS_MOVING)

static void about_file(struct profile_reader *reader, const char *sentence)
{
    scale_complain(reader->complaints, 0, "%s", sentence);
}

static bool has_element(const struct profile_frame *frame, enum profile_kind kind)
{
    for (size_t i = 0; i < frame->count; i++) {
        if (frame->elements[i].kind == kind) return true;
    }
    return false;
}

static void judge_checksum(struct profile_reader *reader, size_t index)
{
    const struct profile_frame *frame = &reader->profile->frames[index];
    size_t at = 0, width = 0;
    for (size_t i = 0; i < frame->count && width == 0; i++) {
        if (frame->elements[i].kind == ELEMENT_CHECKSUM) width = frame->elements[i].width;
        else at += frame->elements[i].width;
    }
    unsigned line = reader->lines[index];
    if ((width > 0) != (frame->checksum != CHECKSUM_NONE))
        scale_complain(
            reader->complaints, line,
            "A checksum is in the layout but not described, or described and not in it: it "
            "would not be checked. Write both, checksum in the layout and checksum = ...");
    else if (width == 0) return;
    else if (width != (frame->checksum_hex ? CHECKSUM_HEX_WIDTH : 1u))
        scale_complain(
            reader->complaints, line,
            "A checksum written as hex has two characters (checksum:2) and as a byte one. "
            "Make width and kind agree.");
    else if (frame->checksum_first > at || (frame->checksum_last > at && frame->length > 0) ||
             (frame->checksum_last > 0 && frame->length == 0))
        scale_complain(
            reader->complaints, line,
            "The checksum counts places that do not stand before it, or not always. Count "
            "from 1, the first byte, and write ..checksum where the length varies.");
}

/* Some field of a frame without a value can say why there is none. */
static bool fields_say_why(const struct scale_profile *profile, const struct profile_frame *frame)
{
    for (size_t i = 0; i < frame->count; i++) {
        if (frame->elements[i].kind != ELEMENT_FIELD) continue;
        const struct profile_field *field = &profile->fields[frame->elements[i].field];
        for (size_t k = 0; k < field->count; k++) {
            if ((field->items[k].means & MEANS_WITHOUT_VALUE) != 0) return true;
        }
    }
    return false;
}

static void judge_frame(struct profile_reader *reader, size_t index)
{
    const struct scale_profile *profile = reader->profile;
    const struct profile_frame *frame = &profile->frames[index];
    unsigned line = reader->lines[index];
    bool value = has_element(frame, ELEMENT_VALUE), unit = has_element(frame, ELEMENT_UNIT);
    bool decimals = has_element(frame, ELEMENT_DECIMALS);
    bool none = (frame->means & MEANS_WITHOUT_VALUE) != 0;
    judge_checksum(reader, index);
    if (!value && !none && !fields_say_why(profile, frame))
        scale_complain(
            reader->complaints, line,
            "This frame has no value and does not say why, so it would mean nothing. Add "
            "value, or says = moving, over, under, error or no_weight.");
    if (value && !none && unit == profile->has_fixed_unit)
        scale_complain(
            reader->complaints, line,
            unit ? "The layout has a unit and [unit] says that it is always the same: one of "
                   "them is wrong. Leave one out."
                 : "Nothing says the unit, and a weight without one cannot be used. Add unit "
                   "to the layout, or [unit] is = kg.");
    if (value && decimals != (profile->decimals == DECIMALS_FIELD))
        scale_complain(
            reader->complaints, line,
            "The layout's decimals and [value] decimals = field go together: the point would "
            "be at the wrong place. Write both or none.");
}

static bool someone_says_stable(const struct scale_profile *profile)
{
    if ((profile->unit_means & MEANS_STABLE) != 0) return true;
    for (size_t i = 0; i < profile->frame_count; i++) {
        if ((profile->frames[i].means & MEANS_STABLE) != 0) return true;
    }
    for (size_t f = PROFILE_OWN; f < profile->field_count; f++) {
        for (size_t i = 0; i < profile->fields[f].count; i++) {
            if ((profile->fields[f].items[i].means & MEANS_STABLE) != 0) return true;
        }
    }
    return false;
}

static void judge_frames(struct profile_reader *reader)
{
    struct scale_profile *profile = reader->profile;
    bool weighs = false, good = true;
    for (size_t i = 0; i < profile->frame_count; i++) {
        if (reader->lines[i] == 0) {
            about_file(reader, "A [frame] has no layout, so nobody knows how it looks. Add one.");
            good = false;
            continue;
        }
        good = profile_read_layout(profile, bytes_of_text(reader->layouts[i]), reader->lines[i],
                                   &profile->frames[i], reader->complaints) &&
               good;
        if (!good) continue;
        judge_frame(reader, i);
        weighs = weighs || has_element(&profile->frames[i], ELEMENT_VALUE);
    }
    if (!good) return;
    if (!weighs)
        about_file(reader,
                   "No frame has a value, so this scale would never weigh. Add a [frame] whose "
                   "layout has value.");
    else if (!profile_find_marks(profile, reader->lines, reader->complaints)) return;
    if (profile->rest == REST_UNSAID)
        about_file(reader,
                   "at_rest is missing: nobody could tell when a weight stands still. Write "
                   "at_rest = flag, always, 5 equal or never under [scale].");
    if (profile->rest == REST_FLAG && !someone_says_stable(profile))
        about_file(reader,
                   "at_rest = flag, but nothing in the frames says stable, so no weight could be "
                   "used. Say stable in a field, or choose another at_rest.");
    if (profile->decimals == DECIMALS_UNSAID)
        about_file(reader,
                   "[value] decimals is missing: a guess would be a weight ten times off. Write "
                   "decimals = sent, or how many the digits have.");
}

static void judge_fields(struct profile_reader *reader)
{
    const struct scale_profile *profile = reader->profile;
    for (size_t f = PROFILE_OWN; f < profile->field_count; f++) {
        bool used = false;
        for (size_t i = 0; i < profile->frame_count; i++) {
            const struct profile_frame *frame = &profile->frames[i];
            for (size_t e = 0; e < frame->count; e++) {
                used = used ||
                       (frame->elements[e].kind == ELEMENT_FIELD && frame->elements[e].field == f);
            }
        }
        if (used) continue;
        scale_complain(reader->complaints, profile->fields[f].line,
                       "No layout has the field \"%s\", so what it means would never be seen. "
                       "Put its "
                       "name into a layout, or leave the section out.",
                       profile->fields[f].name);
    }
}

/* Harmless on one scale, not on all: R zeroes an A&D, P prints on paper. */
static bool does_harm_elsewhere(struct bytes request)
{
    static const char *const commands[] = {"R", "P", "SP", "CP", "PRT", "PRINT"};
    for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
        if (bytes_equal_text(bytes_trim(request), commands[i])) return true;
    }
    return false;
}

static void judge_scale(struct profile_reader *reader)
{
    struct scale_profile *profile = reader->profile;
    const struct scale_driver *driver = &profile->driver;
    if (profile->name[0] == '\0')
        about_file(
            reader,
            "name is missing: the settings could not name this scale. Write name = ... under "
            "[scale].");
    if (profile->title[0] == '\0')
        about_file(reader,
                   "title is missing: people could not choose this scale. Write title = ... under "
                   "[scale].");
    if (driver->usual.baud == 0)
        about_file(reader,
                   "line is missing: the port would be opened wrongly. Write line = 9600 8N1 "
                   "under "
                   "[scale].");
    if (driver->is_harmless && does_harm_elsewhere(driver->request))
        about_file(reader,
                   "request_is_harmless = yes, but this question zeroes or prints on scales of "
                   "other "
                   "makers, and it would be sent to them too. Write no.");
    if (reader->has_request != reader->has_every || reader->has_request != reader->has_harmless)
        about_file(
            reader,
            "request, request_every_ms and request_is_harmless go together: a scale would not "
            "be asked, or too often. Write all three or none.");
}

void profile_judge(struct profile_reader *reader)
{
    struct scale_profile *profile = reader->profile;
    struct scale_driver *driver = &profile->driver;
    bool like = profile->like[0] != '\0';
    judge_scale(reader);
    if (!like && profile->frame_count == 0)
        about_file(
            reader,
            "There is no [frame], so nothing that the scale sends would be read. Describe one, "
            "or write like = the name of a driver.");
    else if (like && profile->frame_count + profile->field_count > PROFILE_OWN)
        about_file(
            reader,
            "\"like\" takes the frames of a driver, and this profile describes its own too: one "
            "of them would be ignored. Leave one out.");
    else if (!like) judge_frames(reader);
    if (!like) judge_fields(reader);
    driver->name = profile->name;
    driver->title = profile->title;
    driver->profile = profile;
    driver->feed = scale_profile_feed;
    driver->by_name_only = driver->by_name_only || like || profile->has_fixed_unit;
    if (!reader->has_silent) driver->silent_after_ms = SILENT_MS_USUAL;
}
