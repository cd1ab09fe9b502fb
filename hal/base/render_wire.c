/* render_wire.c - see render_wire.h. */
#include "hal/base/render_wire.h"

#include <string.h>

static bool is_text(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

static bool is_side(unsigned dots)
{
    return dots > 0 && dots <= RENDER_SIDE_MAX_DOTS;
}

static bool is_turn(unsigned degrees)
{
    return degrees == 0 || degrees == 90 || degrees == 180 || degrees == 270;
}

bool render_ready_check(const struct render_ready *ready)
{
    return ready->version == RENDER_VERSION;
}

bool render_request_check(const struct render_request *request)
{
    bool good = request->version == RENDER_VERSION && request->kind <= RENDER_TEMPLATE &&
                request->form <= RENDER_PDF && request->input_bytes <= RENDER_INPUT_MAX &&
                is_side(request->width_dots) && is_side(request->height_dots) &&
                request->dpi >= 100 && request->dpi <= 600 && request->read_back <= 1 &&
                request->anew <= 1 && is_turn(request->crop.turn) &&
                is_text(request->name, sizeof request->name);
    if (request->form == RENDER_PDF && request->kind != RENDER_TEMPLATE) good = false;
    for (size_t i = 0; i < RENDER_WANTED_MAX; i++)
        good = good && is_text(request->wanted[i], sizeof request->wanted[i]);
    return good;
}

static bool code_is_good(const struct render_code *code)
{
    return is_text(code->type, sizeof code->type) && is_text(code->text, sizeof code->text) &&
           code->x <= RENDER_SIDE_MAX_DOTS && code->y <= RENDER_SIDE_MAX_DOTS &&
           code->width <= RENDER_SIDE_MAX_DOTS && code->height <= RENDER_SIDE_MAX_DOTS;
}

static bool output_is_good(const struct render_answer *answer, const struct render_request *request)
{
    if (answer->result != RENDER_DONE) return answer->output_bytes == 0;
    if (request->form == RENDER_PDF) return answer->output_bytes <= RENDER_OUTPUT_MAX;
    return answer->width_dots == request->width_dots &&
           answer->height_dots == request->height_dots &&
           answer->bytes_per_row == (answer->width_dots + 7u) / 8u &&
           answer->output_bytes == answer->bytes_per_row * answer->height_dots &&
           answer->output_bytes <= RENDER_OUTPUT_MAX;
}

bool render_answer_check(const struct render_answer *answer, const struct render_request *request)
{
    bool good = answer->version == RENDER_VERSION && answer->number == request->number &&
                answer->result <= RENDER_ENDED && answer->code_count <= RENDER_CODES_MAX &&
                is_turn(answer->crop.turn) &&
                is_text(answer->cropped_from, sizeof answer->cropped_from) &&
                is_text(answer->word, sizeof answer->word) &&
                is_text(answer->sentence, sizeof answer->sentence);
    for (size_t i = 0; good && i < answer->code_count; i++) good = code_is_good(&answer->codes[i]);
    return good && output_is_good(answer, request);
}
