/* Guards: what packd and packd-render take from each other keeps the bounds that the header
 * promises, however hostile the other side is; a request that keeps them is answered, whatever lies
 * in the memory, and the answer keeps them too. The first bytes are the request, those behind it
 * the document and, looked at as one, an answer. */
#include <stdlib.h>
#include <string.h>

#include "firmware/render/serve.h"

#define SIDE_MAX 1300u /* larger labels are drawn no otherwise, only slower */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* fontconfig keeps distances instead of pointers, so that what it holds looks forgotten. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}

static bool ends(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

static void look_at_request(const struct render_request *request)
{
    ENSURE(request->version == RENDER_VERSION && request->input_bytes <= RENDER_INPUT_MAX);
    ENSURE(request->width_dots >= 1 && request->width_dots <= RENDER_SIDE_MAX_DOTS);
    ENSURE(request->height_dots >= 1 && request->height_dots <= RENDER_SIDE_MAX_DOTS);
    ENSURE(ends(request->name, sizeof(request->name)));
    for (size_t i = 0; i < RENDER_WANTED_MAX; i++)
        ENSURE(ends(request->wanted[i], sizeof(request->wanted[i])));
}

static void look_at_answer(const struct render_answer *answer, const struct render_request *request)
{
    ENSURE(answer->number == request->number && answer->code_count <= RENDER_CODES_MAX);
    ENSURE(answer->output_bytes <= RENDER_OUTPUT_MAX);
    ENSURE(ends(answer->word, sizeof(answer->word)));
    ENSURE(ends(answer->sentence, sizeof(answer->sentence)));
    for (size_t i = 0; i < answer->code_count; i++) {
        ENSURE(ends(answer->codes[i].text, sizeof(answer->codes[i].text)));
        ENSURE(ends(answer->codes[i].type, sizeof(answer->codes[i].type)));
    }
    if (answer->result != RENDER_DONE || request->form == RENDER_PDF) return;
    ENSURE((size_t)answer->bytes_per_row * 8 >= answer->width_dots);
    ENSURE((size_t)answer->bytes_per_row * answer->height_dots == answer->output_bytes);
}

static struct serve make_serve(void)
{
    const char *folders[] = {PACKD_SOURCE_DIR "/board/labels"};
    struct serve serve = {.socket = -1, .memory = calloc(1, RENDER_MEMORY_BYTES)};
    serve.templates = templates_load(folders, 1, NULL, NULL);
    ENSURE(serve.memory != NULL && serve.templates != NULL && serve_prepare());
    return serve;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct serve serve;
    struct render_request request;
    struct render_answer answer;
    if (serve.memory == NULL) serve = make_serve();
    memset(&answer, 0, sizeof(answer));
    if (size < sizeof(request)) {
        ENSURE(!serve_take(&serve, bytes_of(data, size), &answer));
        return 0;
    }
    memcpy(&request, data, sizeof(request));
    struct bytes rest = bytes_of(data + sizeof(request), size - sizeof(request));
    memcpy(&answer, rest.data, rest.len < sizeof(answer) ? rest.len : sizeof(answer));
    if (render_answer_check(&answer, &request)) look_at_answer(&answer, &request);
    bool good = render_request_check(&request);
    if (good) look_at_request(&request);
    if (good && (request.width_dots > SIDE_MAX || request.height_dots > SIDE_MAX)) return 0;
    memcpy(serve.memory, rest.data, rest.len < RENDER_INPUT_MAX ? rest.len : RENDER_INPUT_MAX);
    struct bytes message = bytes_of(data, sizeof(request));
    ENSURE(serve_take(&serve, message, &answer) == good);
    if (!good) return 0;
    ENSURE(render_answer_check(&answer, &request));
    look_at_answer(&answer, &request);
    return 0;
}
