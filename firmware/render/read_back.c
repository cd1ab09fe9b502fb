/* read_back.c - the order in which a picture is looked through; see read_back.h.
 *
 * Matrix codes first, where their finders are; then bars, in patches of a few rows; each that was
 * read is whitened, so that what hid behind it comes up; at last the library looks at all that is
 * left, so that nothing is missed that it would have found without us. */
#include "firmware/render/read_back_inside.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX 24u /* looks at the whole picture; each but the last finds something */
#define SPOTS_MAX 32u
#define STUBBORN_MAX 12u /* patches of bars that are tried in every way */
#define ZOOM 3u
#define FINE_MAX_DOTS 200u /* a symbol of this size may have a dot a module */
/* MaxiCode is read alone only; a PDF417 whose start was not seen is left alone, for the library of
 * Debian 12 may read beyond its tables in what is none. */
#define CODES_ANYWHERE (CODES_MATRIX & ~CODE_BIT(CODE_MAXICODE) & ~CODE_BIT(CODE_PDF417))
#define SPECKS_MIN 60u /* so many are dirt; dots of letters and dotted rules are larger */
#define DARK_UM 5000u  /* a black area of this side may hold a white code */
#define DARK_MAX 4u

static const char *const type_names[CODE_KINDS][2] = {
    [CODE_CODE128] = {"CODE128", "GS1-128"},
    [CODE_CODE39] = {"CODE39", "CODE39"},
    [CODE_CODE93] = {"CODE93", "CODE93"},
    [CODE_ITF] = {"ITF", "ITF"},
    [CODE_CODABAR] = {"CODABAR", "CODABAR"},
    [CODE_EAN13] = {"EAN13", "EAN13"},
    [CODE_EAN8] = {"EAN8", "EAN8"},
    [CODE_UPCA] = {"UPCA", "UPCA"},
    [CODE_UPCE] = {"UPCE", "UPCE"},
    [CODE_QR] = {"QR", "GS1-QR"},
    [CODE_DATAMATRIX] = {"DATAMATRIX", "GS1-DATAMATRIX"},
    [CODE_PDF417] = {"PDF417", "PDF417"},
    [CODE_AZTEC] = {"AZTEC", "GS1-AZTEC"},
    [CODE_MAXICODE] = {"MAXICODE", "MAXICODE"},
};

bool reader_full(const struct reader *reader)
{
    return reader->answer->code_count == RENDER_CODES_MAX;
}

bool reader_wants_more(const struct reader *reader)
{
    for (size_t i = 0; i < RENDER_WANTED_MAX; i++)
        if (reader->request->wanted[i][0] != '\0' && !reader->got[i]) return true;
    return false;
}

static struct bytes wanted_of(const struct reader *reader, size_t i)
{
    const char *text = reader->request->wanted[i];
    return bytes_of(text, strnlen(text, RENDER_WANTED_SIZE));
}

/* Takes the seen code's place on the picture off what is left. */
static void take_off(struct reader *reader, struct region box, bool down)
{
    struct region other = {box.y, box.x, box.height, box.width};
    bits_whiten(&reader->left[down ? 1 : 0], box);
    bits_whiten(&reader->left[down ? 0 : 1], other);
}

/* The rest of a symbol that a defect cuts in two: what was read last, a millimetre off. */
static bool is_more_of_last(struct reader *reader, struct region box)
{
    const struct looked *looked = &reader->looked;
    if (reader->answer->code_count == 0) return false;
    struct render_code *code = &reader->answer->codes[reader->answer->code_count - 1];
    const char *type = type_names[looked->kind][looked->gs1 ? 1 : 0];
    size_t len = looked->text_len < sizeof code->text ? looked->text_len : sizeof code->text - 1;
    unsigned near = reader->dpi / 25;
    if (strcmp(code->type, type) != 0 || code->text_bytes != looked->text_bytes ||
        memcmp(code->text, looked->text, len) != 0 || box.x > code->x + code->width + near ||
        code->x > box.x + box.width + near || box.y > code->y + code->height + near ||
        code->y > box.y + box.height + near)
        return false;
    unsigned right = code->x + code->width, bottom = code->y + code->height;
    if (box.x + box.width > right) right = box.x + box.width;
    if (box.y + box.height > bottom) bottom = box.y + box.height;
    if (box.x < code->x) code->x = (uint16_t)box.x;
    if (box.y < code->y) code->y = (uint16_t)box.y;
    code->width = (uint16_t)(right - code->x);
    code->height = (uint16_t)(bottom - code->y);
    return true;
}

void reader_add(struct reader *reader, const struct grade *grade, bool down)
{
    struct render_answer *answer = reader->answer;
    const struct looked *looked = &reader->looked;
    struct region box = grade->box;
    take_off(reader, box, down);
    if (down) box = (struct region){box.y, box.x, box.height, box.width};
    for (size_t i = 0; i < RENDER_WANTED_MAX; i++)
        if (read_back_matches(bytes_of(looked->text, looked->text_len), wanted_of(reader, i),
                              looked->gs1))
            reader->got[i] = true;
    if (is_more_of_last(reader, box)) return;
    if (reader_full(reader)) {
        answer->warnings |= RENDER_WARN_MORE_CODES;
        return;
    }
    struct render_code *code = &answer->codes[answer->code_count++];
    memset(code, 0, sizeof *code);
    memcpy(code->type, type_names[looked->kind][looked->gs1 ? 1 : 0],
           strlen(type_names[looked->kind][looked->gs1 ? 1 : 0]));
    size_t len = looked->text_len < sizeof code->text ? looked->text_len : sizeof code->text - 1;
    memcpy(code->text, looked->text, len);
    code->text_bytes =
        (uint16_t)(looked->text_bytes < UINT16_MAX ? looked->text_bytes : UINT16_MAX);
    code->x = (uint16_t)box.x;
    code->y = (uint16_t)box.y;
    code->width = (uint16_t)box.width;
    code->height = (uint16_t)box.height;
    code->module_mdots =
        (uint16_t)(grade->module_mdots < UINT16_MAX ? grade->module_mdots : UINT16_MAX);
    code->warnings = (uint16_t)(grade->warnings | (reader->hard ? RENDER_CODE_HARD : 0u));
}

/* ---- bars ---- */

void read_bars(struct reader *reader, bool down)
{
    struct region regions[SEEK_REGIONS_MAX];
    size_t count = seek_bars(&reader->left[down], reader->dpi, regions, SEEK_REGIONS_MAX);
    unsigned tried = 0;
    for (size_t i = 0; i < count; i++) {
        struct piece piece = {.region = regions[i], .down = down};
        bool found = false;
        for (unsigned k = 0; k < ROUNDS_MAX && !reader_full(reader); k++) {
            if (!read_piece(reader, &piece)) break;
            found = true;
        }
        if (!found && !reader_full(reader) && tried++ < STUBBORN_MAX)
            (void)read_stubborn(reader, &piece);
    }
}

/* ---- matrix codes ---- */

static void read_spots_of(struct reader *reader, struct part *part, const struct blobs *blobs)
{
    static const unsigned kinds[] = {[SEEK_QR] = CODE_BIT(CODE_QR),
                                     [SEEK_AZTEC] = CODE_BIT(CODE_AZTEC),
                                     [SEEK_MAXICODE] = CODE_BIT(CODE_MAXICODE),
                                     [SEEK_DATAMATRIX] = CODE_BIT(CODE_DATAMATRIX),
                                     [SEEK_PDF417] = CODE_BIT(CODE_PDF417)};
    struct spot spots[SPOTS_MAX];
    size_t count = seek_spots(&part->bits, blobs, spots, SPOTS_MAX);
    for (size_t i = 0; i < count && !reader_full(reader); i++) {
        struct sight sight = {.region = spots[i].region,
                              .kinds = kinds[spots[i].shape],
                              .pure = spots[i].shape == SEEK_MAXICODE};
        if (read_sight(reader, part, &sight) || sight.region.width > FINE_MAX_DOTS) continue;
        sight.zoom = ZOOM;
        (void)read_sight(reader, part, &sight);
    }
}

/* White on black: large pieces that are mostly black are looked at the other way round. */
static void read_dark(struct reader *reader, const struct blobs *blobs)
{
    unsigned least = DARK_UM * reader->dpi / 25400, tried = 0;
    for (size_t i = 0; i < blobs->count && tried < DARK_MAX && !reader_full(reader); i++) {
        const struct blob *blob = &blobs->at[i];
        struct region region = {blob->left, blob->top, (unsigned)(blob->right - blob->left),
                                (unsigned)(blob->bottom - blob->top)};
        if (region.width < least || region.height < least ||
            (uint64_t)blob->dots * 2 < (uint64_t)region.width * region.height)
            continue;
        struct part part = {.x = region.x, .y = region.y, .inverted = true};
        struct blobs inside;
        if (!bits_cut(&reader->left[0], region, true, &part.bits)) return;
        tried++;
        if (seek_blobs(&part.bits, &inside)) {
            read_spots_of(reader, &part, &inside);
            seek_blobs_free(&inside);
        }
        bits_free(&part.bits);
    }
}

void read_spots(struct reader *reader, struct part *part)
{
    struct blobs blobs;
    if (!seek_blobs(&part->bits, &blobs)) return;
    reader->specks = 0;
    for (size_t i = 0; i < blobs.count; i++) reader->specks += blobs.at[i].dots <= 2;
    read_spots_of(reader, part, &blobs);
    read_dark(reader, &blobs);
    seek_blobs_free(&blobs);
}

/* ---- all that is left ---- */

void read_sights(struct reader *reader, struct part *part, unsigned step)
{
    struct sight sight = {.region = {0, 0, part->bits.width, part->bits.height},
                          .kinds = CODES_ANYWHERE,
                          .step_x = step,
                          .step_y = step};
    for (unsigned i = 0; i < ROUNDS_MAX && !reader_full(reader); i++)
        if (!read_sight(reader, part, &sight)) return;
}

/* What the finders did not show; small modules are theirs, so a coarser look will do. */
static void read_rest(struct reader *reader)
{
    struct part part = {.bits = reader->left[0]};
    read_sights(reader, &part, (reader->dpi + 100) / 200);
    for (unsigned down = 0; down < 2; down++)
        for (unsigned i = 0; i < ROUNDS_MAX && !reader_full(reader); i++)
            if (!read_lines(reader, down == 1)) break;
    if (reader->specks > SPECKS_MIN && !reader_full(reader)) read_dirty(reader);
}

static bool reader_begin(struct reader *reader, const struct bits *bits)
{
    struct region all = {0, 0, bits->width, bits->height},
                  turned = {0, 0, bits->height, bits->width};
    if (bits->width < 8 || bits->height < 8 || bits->width > RENDER_SIDE_MAX_DOTS ||
        bits->height > RENDER_SIDE_MAX_DOTS)
        return false;
    reader->whole[0] = *bits;
    reader->dots_size = (size_t)(bits->width + 32) * (bits->height + 32) * ZOOM * ZOOM;
    if (reader->dots_size < LOOK_DOTS_MIN) reader->dots_size = LOOK_DOTS_MIN;
    if (reader->dots_size > LOOK_DOTS_MAX) reader->dots_size = LOOK_DOTS_MAX;
    reader->dots = malloc(reader->dots_size);
    return reader->dots != NULL && bits_transpose(bits, &reader->whole[1]) &&
           bits_cut(bits, all, false, &reader->left[0]) &&
           bits_cut(&reader->whole[1], turned, false, &reader->left[1]);
}

static void reader_end(struct reader *reader)
{
    free(reader->dots);
    bits_free(&reader->whole[1]);
    bits_free(&reader->left[0]);
    bits_free(&reader->left[1]);
}

void read_back(const struct bits *bits, const struct render_request *request,
               struct render_answer *answer)
{
    struct reader reader = {.dpi = request->dpi < 100 ? 203u : request->dpi,
                            .request = request,
                            .answer = answer};
    answer->code_count = 0;
    answer->warnings &= ~(uint32_t)(RENDER_WARN_WANTED | RENDER_WARN_MORE_CODES);
    if (reader_begin(&reader, bits)) {
        struct part part = {.bits = reader.left[0]}; /* the same dots */
        read_spots(&reader, &part);
        read_bars(&reader, false);
        read_bars(&reader, true);
        read_rest(&reader);
        if (reader_wants_more(&reader) && !reader_full(&reader)) read_harder(&reader);
    }
    if (reader_wants_more(&reader)) answer->warnings |= RENDER_WARN_WANTED;
    reader_end(&reader);
}
