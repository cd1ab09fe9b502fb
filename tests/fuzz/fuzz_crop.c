/* Guards: whatever a sheet looks like, the place that is found lies on it, is not empty, and has
 * its room around it. The first bytes are the sides, the stock and the wanted place, the rest is
 * drawn as runs of black and white. */
#include <stdlib.h>

#include "firmware/render/crop.h"

#define SIDE_MAX 256u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_on(const struct area *area, const struct grey *sheet)
{
    return area->x >= 0 && area->y >= 0 && area->width > 0 && area->height > 0 &&
           area->x + area->width <= (int32_t)sheet->width &&
           area->y + area->height <= (int32_t)sheet->height;
}

static bool holds(const struct area *outer, const struct area *inner)
{
    return outer->x <= inner->x && outer->y <= inner->y &&
           outer->x + outer->width >= inner->x + inner->width &&
           outer->y + outer->height >= inner->y + inner->height;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 8) return 0;
    struct grey sheet;
    if (!grey_make(&sheet, data[0] % SIDE_MAX + 1u, data[1] % SIDE_MAX + 1u)) return 0;
    size_t at = 0, dots = (size_t)sheet.width * sheet.height;
    for (size_t i = 8; i < size && at < dots; i++) {
        size_t run = data[i] / 2;
        for (size_t k = 0; k <= run && at < dots; k++) {
            uint8_t dark = (uint8_t)(k % 3 * 60); /* long ones look like bars */
            sheet.rows[at++] = data[i] % 2 == 0 ? 255 : dark;
        }
    }
    struct crop_question question = {.sheet = &sheet,
                                     .dot_um = data[2] * 8u,
                                     .stock_width_um = data[3] * 1000u,
                                     .stock_height_um = data[4] * 1000u,
                                     .wanted = {data[5], data[6], data[7] % 16, 4}};
    struct crop_found found;
    enum crop_result result = crop_find(&question, &found);
    if (result != CROP_FAILED && result != CROP_BLANK) {
        ENSURE(is_on(&found.ink, &sheet) && is_on(&found.room, &sheet));
        ENSURE(holds(&found.room, &found.ink) && found.labels > 0);
    }
    grey_free(&sheet);
    return 0;
}
