/* serve.c - see serve.h. */
#include "firmware/render/serve.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "firmware/render/document.h"
#include "firmware/render/held_poppler.h"
#include "firmware/render/last_word_linux.h"
#include "firmware/render/read_back.h"
#include "firmware/render/snap.h"
#include "firmware/render/template.h"

#define IDLE_MS 1000

/* Texts in the fonts that every PDF may ask for without bringing them, and in one that has to be
 * found for it. What is drawn once at start is open, loaded and warm. */
static const char warm_document[] =
    "%PDF-1.4\n"
    "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 288 432]/Contents 4 0 R/Resources<</Font<<"
    "/A<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    "/B<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"
    "/C<</Type/Font/Subtype/Type1/BaseFont/Courier-Bold>>"
    "/D<</Type/Font/Subtype/TrueType/BaseFont/Unknown>>>>>>>>endobj\n"
    "4 0 obj<</Length 129>>stream\n"
    "BT /A 20 Tf 20 300 Td (Label 1) Tj /B 20 Tf 0 -40 Td (Label 2) Tj\n"
    "/C 20 Tf 0 -40 Td (Label 3) Tj /D 20 Tf 0 -40 Td (Label 4) Tj ET\n"
    "endstream endobj\n"
    "trailer<</Root 1 0 R>>\n"
    "%%EOF\n";

static uint32_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u);
}

static void refuse(struct render_answer *answer, const char *word, const char *sentence)
{
    answer->result = RENDER_REFUSED;
    if (answer->word[0] == '\0') snprintf(answer->word, sizeof(answer->word), "%s", word);
    if (answer->sentence[0] == '\0')
        snprintf(answer->sentence, sizeof(answer->sentence), "%s", sentence);
    answer->output_bytes = 0;
    answer->code_count = 0;
}

static bool draw_document(const struct render_request *request, struct bytes input,
                          struct bits *bits, struct render_answer *answer)
{
    struct grey grey = {.width = 0};
    uint32_t started_us = now_us();
    bool drawn = document_draw(request, input, &grey, answer);
    uint32_t drawn_us = now_us();
    answer->draw_us = drawn_us - started_us;
    if (!drawn) {
        refuse(answer, "unreadable", "This document cannot be drawn.");
        return false;
    }
    ENSURE(grey.width == bits->width && grey.height == bits->height);
    bits_threshold(&grey, bits);
    if (grey.speck_dots > 0) bits_despeckle(bits, grey.speck_dots);
    if (grey.soft) snap_bars(&grey, request->dpi, bits);
    grey_free(&grey);
    answer->bits_us = now_us() - drawn_us;
    return true;
}

static bool draw_template(const struct serve *serve, const struct render_request *request,
                          struct bytes input, struct bits *bits, struct render_answer *answer)
{
    uint32_t started_us = now_us();
    bool drawn = compose_picture(serve->templates, request, input, bits, answer);
    answer->draw_us = now_us() - started_us;
    if (!drawn) refuse(answer, "not_drawn", "This label cannot be drawn.");
    return drawn;
}

static void finish_picture(const struct render_request *request, struct bits *bits,
                           struct render_answer *answer)
{
    answer->width_dots = request->width_dots;
    answer->height_dots = request->height_dots;
    answer->bytes_per_row = (uint32_t)bits->bytes_per_row;
    answer->output_bytes = (uint32_t)(bits->bytes_per_row * bits->height);
    if (request->copy > 1) compose_reprint_mark(bits, request);
    uint64_t dots = (uint64_t)bits->width * bits->height;
    answer->dark_ppm = (uint32_t)(bits_count_black(bits) * 1000000u / dots);
    if (request->read_back == 0) return;
    uint32_t started_us = now_us();
    read_back(bits, request, answer);
    if (answer->code_count < RENDER_CODES_MAX && answer->code_count < answer->codes_drawn)
        answer->warnings |= RENDER_WARN_WANTED;
    answer->read_us = now_us() - started_us;
}

/* A template may be changed, but not while this process lives. */
static bool draw(struct serve *serve, const struct render_request *request, struct bytes input,
                 struct bits *bits, struct render_answer *answer)
{
    if (request->anew == 0 && pictures_find(&serve->lately, request, input, bits, answer))
        return true;
    bool drawn = request->kind == RENDER_DOCUMENT
                     ? draw_document(request, input, bits, answer)
                     : draw_template(serve, request, input, bits, answer);
    if (drawn) pictures_add(&serve->lately, request, input, bits, answer);
    return drawn;
}

static void make_picture(struct serve *serve, const struct render_request *request,
                         struct bytes input, struct render_answer *answer)
{
    struct bits bits = {
        .width = request->width_dots,
        .height = request->height_dots,
        .bytes_per_row = (request->width_dots + 7u) / 8u,
        .rows = serve->memory + RENDER_OUTPUT_AT,
    };
    if (bits.bytes_per_row * bits.height > RENDER_OUTPUT_MAX) {
        refuse(answer, "too_large", "The label has more dots than packd can hold.");
        return;
    }
    memset(bits.rows, 0, bits.bytes_per_row * bits.height);
    if (draw(serve, request, input, &bits, answer)) finish_picture(request, &bits, answer);
}

static void make_pdf(const struct serve *serve, const struct render_request *request,
                     struct bytes input, struct render_answer *answer)
{
    uint32_t started_us = now_us();
    uint8_t *out = serve->memory + RENDER_OUTPUT_AT;
    if (!compose_pdf(serve->templates, request, input, out, RENDER_OUTPUT_MAX, answer))
        refuse(answer, "not_drawn", "This page cannot be drawn.");
    answer->draw_us = now_us() - started_us;
}

bool serve_take(struct serve *serve, struct bytes message, struct render_answer *answer)
{
    struct render_request request;
    if (message.len != sizeof(request)) return false;
    memcpy(&request, message.data, sizeof(request));
    if (!render_request_check(&request)) return false;
    memset(answer, 0, sizeof(*answer)); /* the gaps between its parts leave this process too */
    answer->version = RENDER_VERSION;
    answer->number = request.number;
    struct bytes input = bytes_of(serve->memory, request.input_bytes);
    if (request.form == RENDER_PDF) make_pdf(serve, &request, input, answer);
    else make_picture(serve, &request, input, answer);
    return true;
}

bool serve_prepare(void)
{
    return document_warm() && held_poppler_keep(bytes_of(warm_document, sizeof(warm_document) - 1));
}

/* Beside documents a label of ours, of the template that nearly every label comes from: what its
 * first one would have to fetch is half its time. Where that is not installed, none. */
static bool warm_ours(struct serve *serve)
{
    static struct render_answer answer;
    const struct bytes fields = template_samples();
    struct render_request request = {.version = RENDER_VERSION,
                                     .kind = RENDER_TEMPLATE,
                                     .input_bytes = (uint32_t)fields.len,
                                     .dpi = 203,
                                     .width_dots = 812,
                                     .height_dots = 1218,
                                     .name = "courier"};
    memcpy(serve->memory, fields.data, fields.len);
    return serve_take(serve, bytes_of(&request, sizeof(request)), &answer);
}

bool serve_warm(struct serve *serve)
{
    const struct bytes document = bytes_of(warm_document, sizeof(warm_document) - 1);
    static struct render_answer answer;
    struct render_request request = {.version = RENDER_VERSION,
                                     .input_bytes = (uint32_t)document.len,
                                     .dpi = 203,
                                     .width_dots = 812,
                                     .height_dots = 1218,
                                     .read_back = 1};
    if (serve->templates != NULL && !warm_ours(serve)) return false;
    memcpy(serve->memory, document.data, document.len);
    bool drawn = serve_take(serve, bytes_of(&request, sizeof(request)), &answer);
    pictures_free(&serve->lately); /* nobody will ask for these */
    return drawn;
}

/* Until there is a message. What the last pages took goes back to the system when nothing has come
 * for a while: given back at once, the next label would have to fetch it anew. Behind a label of
 * ours it is at once, for that needs little of a page's memory, and much of the fonts. */
static void wait_for_message(const struct serve *serve, int idle_ms, bool *trimmed)
{
    struct pollfd ready = {.fd = serve->socket, .events = POLLIN};
    if (*trimmed || poll(&ready, 1, idle_ms) != 0) return;
    if (serve->templates != NULL) templates_rest(serve->templates);
    (void)malloc_trim(0);
    *trimmed = true;
}

bool serve_run(struct serve *serve, const struct render_ready *ready)
{
    static struct render_answer answer;
    struct render_request request;
    bool trimmed = false;
    int idle_ms = IDLE_MS;
    if (send(serve->socket, ready, sizeof(*ready), MSG_NOSIGNAL) < 0) return errno == EPIPE;
    for (;;) {
        wait_for_message(serve, idle_ms, &trimmed);
        ssize_t got = recv(serve->socket, &request, sizeof(request), MSG_TRUNC);
        if (got < 0 && errno == EINTR) continue;
        if (got == 0) return true; /* packd is gone */
        errno = got < 0 ? errno : 0;
        if (got != (ssize_t)sizeof(request)) return false;
        last_word_begin(&request, RENDER_WORK_MS);
        bool taken = serve_take(serve, bytes_of(&request, sizeof(request)), &answer);
        last_word_finish();
        if (!taken) return false;
        trimmed = false;
        idle_ms = request.kind == RENDER_TEMPLATE ? 0 : IDLE_MS;
        if (send(serve->socket, &answer, sizeof(answer), MSG_NOSIGNAL) < 0) return errno == EPIPE;
    }
}
