/* read_back.c - the order in which a picture is looked through; see read_back.h.
 *
 * Bars first, in patches of a few rows; then matrix codes, where their finders are; each that was
 * read is whitened, so that what hid behind it comes up; at last the library looks at all that is
 * left, twice, so that nothing is missed that it would have found without us. */
#include "firmware/render/read_back_inside.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS_MAX 24u /* looks at the whole picture; each but the last finds something */
#define SPOTS_MAX 32u
#define DARK_UM 5000u /* a black area of this side may hold a white code */
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

void reader_add(struct reader *reader, const struct grade *grade, bool down)
{
    struct render_answer *answer = reader->answer;
    const struct looked *looked = &reader->looked;
    struct region box = grade->box;
    take_off(reader, box, down);
    for (size_t i = 0; i < RENDER_WANTED_MAX; i++)
        if (read_back_matches(bytes_of(looked->text, looked->text_len), wanted_of(reader, i),
                              looked->gs1))
            reader->got[i] = true;
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
    code->x = (uint16_t)(down ? box.y : box.x);
    code->y = (uint16_t)(down ? box.x : box.y);
    code->width = (uint16_t)(down ? box.height : box.width);
    code->height = (uint16_t)(down ? box.width : box.height);
    code->module_mdots =
        (uint16_t)(grade->module_mdots < UINT16_MAX ? grade->module_mdots : UINT16_MAX);
    code->warnings = (uint16_t)(grade->warnings | (reader->hard ? RENDER_CODE_HARD : 0u));
}

/* ---- bars ---- */

static void read_bars(struct reader *reader, bool down)
{
    struct region regions[SEEK_REGIONS_MAX];
    size_t count = seek_bars(&reader->left[down], reader->dpi, regions, SEEK_REGIONS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct piece piece = {.region = regions[i], .down = down};
        while (read_piece(reader, &piece)) {
            if (reader_full(reader)) break;
        }
    }
}

/* ---- matrix codes ---- */

static void read_spots_of(struct reader *reader, struct part *part, const struct blobs *blobs)
{
    static const unsigned kinds[] = {[SEEK_QR] = CODE_BIT(CODE_QR),
                                     [SEEK_AZTEC] = CODE_BIT(CODE_AZTEC),
                                     [SEEK_MAXICODE] = CODE_BIT(CODE_MAXICODE),
                                     [SEEK_DATAMATRIX] = CODE_BIT(CODE_DATAMATRIX)};
    struct spot spots[SPOTS_MAX];
    size_t count = seek_spots(&part->bits, blobs, spots, SPOTS_MAX);
    for (size_t i = 0; i < count && !reader_full(reader); i++)
        read_spot(reader, part, spots[i].region, kinds[spots[i].shape],
                  spots[i].shape == SEEK_MAXICODE);
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

static void read_spots(struct reader *reader)
{
    struct part part = {.bits = reader->left[0]}; /* the same dots */
    struct blobs blobs;
    if (!seek_blobs(&part.bits, &blobs)) return;
    read_spots_of(reader, &part, &blobs);
    read_dark(reader, &blobs);
    seek_blobs_free(&blobs);
}

/* ---- all that is left ---- */

static void read_whole(struct reader *reader, unsigned kinds)
{
    struct part part = {.bits = reader->left[0]};
    struct region all = {0, 0, part.bits.width, part.bits.height};
    for (unsigned i = 0; i < ROUNDS_MAX && !reader_full(reader); i++)
        if (!read_spot(reader, &part, all, kinds, false)) return;
}

static bool reader_begin(struct reader *reader, const struct bits *bits)
{
    struct region all = {0, 0, bits->width, bits->height};
    if (bits->width < 8 || bits->height < 8 || bits->width > RENDER_SIDE_MAX_DOTS ||
        bits->height > RENDER_SIDE_MAX_DOTS)
        return false;
    reader->whole[0] = *bits;
    reader->dots = malloc(LOOK_DOTS_MAX);
    return reader->dots != NULL && bits_transpose(bits, &reader->whole[1]) &&
           bits_cut(bits, all, false, &reader->left[0]) && bits_transpose(bits, &reader->left[1]);
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
        read_bars(&reader, false);
        read_bars(&reader, true);
        read_spots(&reader);
        read_whole(&reader, CODES_MATRIX & ~CODE_BIT(CODE_MAXICODE));
        read_whole(&reader, CODES_LINEAR);
        if (reader_wants_more(&reader) && !reader_full(&reader)) read_harder(&reader);
    }
    if (reader_wants_more(&reader)) answer->warnings |= RENDER_WARN_WANTED;
    reader_end(&reader);
}
