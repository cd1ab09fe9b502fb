/* document_gif.c - the first frame of a GIF, on the sheet that its header says, over white. Read
 * line by line; the library's own way of reading it whole trusts the sizes. */
#include <gif_lib.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/render/document_inside.h"

#define BLOCKS_MAX 256u /* of comments and the like, before the first frame */

struct reading {
    struct bytes rest;
    GifFileType *gif;
    int see_through; /* the colour that is none; -1: every one is */
    uint8_t *line;
};

static int read_bytes(GifFileType *gif, GifByteType *into, int count)
{
    struct reading *reading = gif->UserData;
    struct bytes part = bytes_slice(reading->rest, 0, count > 0 ? (size_t)count : 0);
    if (part.len > 0) memcpy(into, part.data, part.len);
    reading->rest = bytes_from(reading->rest, part.len);
    return (int)part.len;
}

static bool skip_extension(struct reading *reading)
{
    int code = 0;
    GifByteType *block = NULL;
    if (DGifGetExtension(reading->gif, &code, &block) == GIF_ERROR) return false;
    for (unsigned blocks = 0; block != NULL; blocks++) {
        GraphicsControlBlock control;
        if (code == GRAPHICS_EXT_FUNC_CODE && block[0] == 4 &&
            DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
            reading->see_through = control.TransparentColor;
        if (blocks > BLOCKS_MAX * 16 || DGifGetExtensionNext(reading->gif, &block) == GIF_ERROR)
            return false;
    }
    return true;
}

/* Up to the first frame. */
static bool skip_to_frame(struct reading *reading)
{
    for (unsigned blocks = 0; blocks < BLOCKS_MAX; blocks++) {
        GifRecordType type = UNDEFINED_RECORD_TYPE;
        if (DGifGetRecordType(reading->gif, &type) == GIF_ERROR) return false;
        if (type == IMAGE_DESC_RECORD_TYPE) return true;
        if (type != EXTENSION_RECORD_TYPE || !skip_extension(reading)) return false;
    }
    return false;
}

static void make_greys(const struct reading *reading, uint8_t greys[256])
{
    const ColorMapObject *map = reading->gif->Image.ColorMap;
    if (map == NULL) map = reading->gif->SColorMap;
    memset(greys, 255, 256);
    for (int i = 0; map != NULL && i < map->ColorCount && i < 256; i++) {
        const GifColorType *colour = &map->Colors[i];
        if (i != reading->see_through)
            greys[i] = image_grey(colour->Red, colour->Green, colour->Blue);
    }
}

static bool read_line(struct reading *reading, const uint8_t greys[256], unsigned y,
                      struct grey *grey)
{
    const GifImageDesc *frame = &reading->gif->Image;
    if (DGifGetLine(reading->gif, reading->line, frame->Width) == GIF_ERROR) return false;
    uint8_t *to = grey->rows + ((unsigned)frame->Top + y) * grey->bytes_per_row + frame->Left;
    for (int x = 0; x < frame->Width; x++) to[x] = greys[reading->line[x]];
    return true;
}

/* GIF89a, appendix E: every eighth line, those between, those between these, the rest. */
static bool read_lines(struct reading *reading, struct grey *grey)
{
    static const unsigned begins[] = {0, 4, 2, 1}, steps[] = {8, 8, 4, 2};
    uint8_t greys[256];
    make_greys(reading, greys);
    const GifImageDesc *frame = &reading->gif->Image;
    unsigned passes = frame->Interlace ? 4 : 1;
    for (unsigned pass = 0; pass < passes; pass++) {
        unsigned begin = frame->Interlace ? begins[pass] : 0;
        unsigned step = frame->Interlace ? steps[pass] : 1;
        for (unsigned y = begin; y < (unsigned)frame->Height; y += step) {
            if (!read_line(reading, greys, y, grey)) return false;
        }
    }
    return true;
}

static enum image_result read_all(struct reading *reading, struct image *image)
{
    const GifFileType *gif = reading->gif;
    enum image_result sides = image_check_sides((uint64_t)gif->SWidth, (uint64_t)gif->SHeight);
    if (sides != IMAGE_READ) return sides;
    if (!skip_to_frame(reading) || DGifGetImageDesc(reading->gif) == GIF_ERROR) return IMAGE_BROKEN;
    const GifImageDesc *frame = &gif->Image;
    if (frame->Left < 0 || frame->Top < 0 || frame->Width <= 0 || frame->Height <= 0 ||
        frame->Left + frame->Width > gif->SWidth || frame->Top + frame->Height > gif->SHeight)
        return IMAGE_BROKEN;
    reading->line = malloc((size_t)frame->Width);
    if (reading->line == NULL ||
        !grey_make(&image->grey, (unsigned)gif->SWidth, (unsigned)gif->SHeight))
        return IMAGE_NO_MEMORY;
    return read_lines(reading, &image->grey) ? IMAGE_READ : IMAGE_BROKEN;
}

enum image_result document_read_gif(struct bytes document, struct image *out_image)
{
    struct reading reading = {.rest = document, .see_through = NO_TRANSPARENT_COLOR};
    int error = 0;
    reading.gif = DGifOpen(&reading, read_bytes, &error);
    if (reading.gif == NULL) return IMAGE_BROKEN;
    enum image_result result = read_all(&reading, out_image);
    free(reading.line);
    DGifCloseFile(reading.gif, &error);
    return result;
}
