/* Guards: no picture breaks the reader of barcodes, whatever its dots: what it says lies on the
 * picture, its texts end, its lists keep their bounds, and the picture itself stays as it was. The
 * first bytes are the sides and the resolution, the rest the dots, over and over. */
#include "firmware/render/read_back.h"

#include <stdlib.h>
#include <string.h>

#include "hal/base/ensure.h"

#define SIDE_MAX 255u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_code(const struct render_code *code, const struct bits *bits)
{
    ENSURE(memchr(code->type, 0, sizeof code->type) != NULL && code->type[0] != '\0');
    ENSURE(memchr(code->text, 0, sizeof code->text) != NULL);
    ENSURE(code->width > 0 && code->height > 0);
    ENSURE(code->x + (unsigned)code->width <= bits->width);
    ENSURE(code->y + (unsigned)code->height <= bits->height);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t resolutions[] = {203, 300, 600, 0};
    static struct render_answer answer;
    if (size < 4) return 0;
    struct bits bits = {.width = data[0], .height = data[1]};
    bits.bytes_per_row = (bits.width + 7) / 8;
    size_t len = bits.bytes_per_row * bits.height;
    uint8_t *kept = malloc(len > 0 ? len : 1);
    bits.rows = malloc(len > 0 ? len : 1);
    ENSURE(kept != NULL && bits.rows != NULL);
    for (size_t i = 0; i < len; i++) kept[i] = data[3 + i % (size - 3)];
    for (size_t y = 0; y < bits.height && bits.width % 8 != 0; y++)
        kept[(y + 1) * bits.bytes_per_row - 1] &= (uint8_t)(0xFF00u >> bits.width % 8);
    memcpy(bits.rows, kept, len);
    struct render_request request = {.dpi = resolutions[data[2] % 4], .read_back = 1};
    if (data[2] & 4) memcpy(request.wanted[0], "28411210000145", 15);
    memset(&answer, 0xA5, sizeof answer);
    read_back(&bits, &request, &answer);
    ENSURE(answer.code_count <= RENDER_CODES_MAX);
    for (uint32_t i = 0; i < answer.code_count; i++) check_code(&answer.codes[i], &bits);
    ENSURE(memcmp(bits.rows, kept, len) == 0);
    free(bits.rows);
    free(kept);
    return 0;
}
