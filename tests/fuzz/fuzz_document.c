/* Guards: no document, of whatever kind, breaks what draws it: it is drawn on the stock, with an
 * answer in its bounds, or refused with a word and a sentence. */
#include <string.h>

#include "firmware/render/bits.h"
#include "firmware/render/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpoppler\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct render_answer answer;
    struct render_request request = {.version = RENDER_VERSION,
                                     .dpi = 203,
                                     .width_dots = 203,
                                     .height_dots = 305};
    struct grey grey;
    if (size > 64u * 1024u) return 0;
    request.input_bytes = (uint32_t)size;
    memcpy(request.wanted[0], "2841", 5);
    memset(&answer, 0, sizeof answer);
    if (document_draw(&request, bytes_of(data, size), &grey, &answer)) {
        ENSURE(grey.width == request.width_dots && grey.height == request.height_dots);
        ENSURE(answer.pages > 0 && answer.page > 0 && answer.page <= answer.pages);
        ENSURE(answer.scale_ppm > 0 && answer.result == RENDER_DONE && answer.word[0] == '\0');
        grey_free(&grey);
    } else {
        ENSURE(answer.result == RENDER_REFUSED && answer.word[0] != '\0' &&
               answer.sentence[0] != '\0');
    }
    answer.version = RENDER_VERSION;
    answer.width_dots = request.width_dots;
    answer.height_dots = request.height_dots;
    answer.bytes_per_row = (request.width_dots + 7u) / 8u;
    answer.output_bytes =
        answer.result == RENDER_REFUSED ? 0 : answer.bytes_per_row * request.height_dots;
    ENSURE(render_answer_check(&answer, &request));
    return 0;
}
