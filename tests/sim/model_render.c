/* model_render.c - whoever draws labels. What is drawn is the text of its barcode, as the bytes of
 * the first row; the model printer reads it from there. Its faults: it dies, takes its time,
 * refuses a document, or draws what cannot be read back. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/world.h"

#define DRAW_MS 12
#define DRAW_SLOW_MS 4000 /* two children, each to its deadline */

struct drawing {
    uint32_t ticket;
    struct render_request request;
    char text[RENDER_WANTED_SIZE];
    bool dies, unread, refused;
};

/* What stands behind `name` in the bytes, up to the end of the line. */
static void copy_behind(struct bytes bytes, const char *name, char *out, size_t size)
{
    size_t at = bytes_find(bytes, bytes_of_text(name));
    out[0] = '\0';
    if (at == bytes.len) return;
    struct bytes rest = bytes_from(bytes, at + strlen(name));
    size_t end = bytes_find(rest, BYTES_LITERAL("\n"));
    ENSURE(bytes_to_text(bytes_slice(rest, 0, end), out, size));
}

static void done(struct world *world, void *data)
{
    static uint8_t rows[(RENDER_SIDE_MAX_DOTS / 8) * RENDER_SIDE_MAX_DOTS];
    static struct render_answer answer;
    const struct drawing *drawing = data;
    struct event event = {.kind = EVENT_RENDERED};
    event.rendered.ticket = drawing->ticket;
    answer = (struct render_answer){.version = RENDER_VERSION,
                                    .number = drawing->request.number,
                                    .width_dots = drawing->request.width_dots,
                                    .height_dots = drawing->request.height_dots};
    answer.bytes_per_row = (answer.width_dots + 7u) / 8u;
    answer.output_bytes = answer.bytes_per_row * answer.height_dots;
    memset(rows, 0, answer.output_bytes);
    size_t len = strlen(drawing->text);
    if (len <= answer.bytes_per_row) memcpy(rows, drawing->text, len);
    answer.warnings = world->render_warns | (drawing->unread ? RENDER_WARN_WANTED : 0u);
    answer.scale_ppm = (answer.warnings & RENDER_WARN_SCALED) != 0 ? 953500 : 1000000;
    if (drawing->refused || len > answer.bytes_per_row) {
        answer.result = RENDER_REFUSED;
        answer.output_bytes = 0;
        snprintf(answer.sentence, sizeof answer.sentence, "it is no label");
    }
    event.rendered.error = drawing->dies ? ERR_CLOSED : ERR_NONE;
    event.rendered.answer = drawing->dies ? NULL : &answer;
    event.rendered.output = bytes_of(rows, drawing->dies ? 0 : answer.output_bytes);
    snprintf(event.rendered.hash, sizeof event.rendered.hash, "%s%026x",
             drawing->unread ? SIM_UNREAD : "000000", sim_hash(drawing->text));
    sim_give(world, &event);
}

void render_draw(struct world *world, const struct command *command)
{
    const struct render_request *request = command->render.request;
    struct drawing *drawing = sim_alloc(sizeof *drawing);
    bool template = request->kind == RENDER_TEMPLATE;
    bool hold = strncmp(request->name, "hold", 4) == 0;
    drawing->ticket = command->render.ticket;
    drawing->request = *request;
    const char *name = !template ? "awb:" : hold ? "reference=" : "awb=";
    copy_behind(command->render.input, name, drawing->text, sizeof drawing->text);
    if (template)
        copy_behind(command->render.input, "routing=", world->drawn_route,
                    sizeof world->drawn_route);
    ENSURE(render_request_check(request));
    drawing->dies = world->render_gone || sim_fault(world, FAULT_RENDER_DIES, 10);
    drawing->unread = (world->render_blind && !template) ||
                      strcmp(drawing->text, request->wanted[0]) != 0 ||
                      sim_fault(world, FAULT_LABEL_UNREAD, 20);
    drawing->refused = sim_fault(world, FAULT_LABEL_REFUSED, 10);
    bool slow = sim_fault(world, FAULT_RENDER_SLOW, 10);
    sim_later(world, slow ? DRAW_SLOW_MS : DRAW_MS, false, done, drawing);
}
