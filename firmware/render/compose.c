/* compose.c - see compose.h: from a request to dots or a PDF. */
#include "firmware/render/compose.h"

#include <stdio.h>
#include <string.h>

#include "firmware/render/compose_load.h"
#include "firmware/render/compose_paper.h"

#define PDF_DPI 600u
/* What the fields take as a table and as texts, and a label with every node used. */
#define ARENA_LEAST ((size_t)(1024u * 1024u))
#define ARENA_MOST ((size_t)(24u * 1024u * 1024u))

static bool refuse(struct render_answer *answer, const char *word, const char *sentence)
{
    answer->result = RENDER_REFUSED;
    (void)snprintf(answer->word, sizeof answer->word, "%s", word);
    (void)snprintf(answer->sentence, sizeof answer->sentence, "%s", sentence);
    return false;
}

const struct template *templates_find(const struct templates *templates, const char *name)
{
    size_t best = templates->count, best_len = 0, len = strlen(name);
    for (size_t i = 0; i < templates->count; i++) {
        const char *known = templates->loaded[i].name;
        size_t known_len = strlen(known);
        bool whole = strcmp(known, name) == 0;
        bool front =
            known_len < len && name[known_len] == '-' && strncmp(known, name, known_len) == 0;
        if ((whole || front) && known_len >= best_len) {
            best = i;
            best_len = known_len;
        }
    }
    return best < templates->count ? templates->loaded[best].template : NULL;
}

bool compose_prepare(struct drawing *drawing, const struct templates *templates,
                     const struct template *template, struct bytes text, struct arena *arena)
{
    struct fields *fields = arena_take(arena, sizeof *fields);
    drawing->template = template;
    drawing->images = templates->images;
    drawing->image_count = templates->image_count;
    drawing->canvas.fonts = templates->fonts;
    drawing->arena = arena;
    drawing->scope = (struct scope){.fields = fields,
                                    .covers = text_covers,
                                    .context = templates->fonts,
                                    .page = 1,
                                    .pages = 1};
    if (fields == NULL || !fields_read(text, arena, fields)) {
        drawing_fail(drawing, NULL, "too_large", "There are more fields than a label can take.");
        return false;
    }
    for (size_t i = 0; i < template->need_count; i++) {
        if (fields_get(fields, template->needs[i]).len > 0) continue;
        drawing_fail(drawing, NULL, "field_missing", "This label cannot be without its %.*s.",
                     (int)template->needs[i].len, (const char *)template->needs[i].data);
        return false;
    }
    return true;
}

/* What stands on it comes out the same as before: nothing here knows a time. */
struct work {
    struct drawing drawing;
    struct arena arena;
    const struct template *template;
};

static bool begin(struct work *work, const struct templates *templates,
                  const struct render_request *request, struct bytes fields,
                  struct render_answer *answer)
{
    size_t room = ARENA_LEAST + fields.len * 12;
    char name[RENDER_NAME_SIZE];
    (void)snprintf(name, sizeof name, "%.*s", (int)sizeof request->name - 1, request->name);
    memset(work, 0, sizeof *work);
    if (templates->fonts == NULL)
        return refuse(answer, "no_font", "None of our fonts is installed.");
    work->template = templates_find(templates, name);
    if (work->template == NULL)
        return refuse(answer, "no_template", "There is no template of this name.");
    if (request->dpi < 100 || request->dpi > 1200)
        return refuse(answer, "dpi", "No printer has so many dots.");
    if (!arena_make(&work->arena, room < ARENA_MOST ? room : ARENA_MOST))
        return refuse(answer, "no_memory", "There is no memory for this label.");
    return true;
}

/* Frees, and copies what came of it to the answer. */
static bool end(struct work *work, const struct page_plan *plan, struct render_answer *answer)
{
    struct drawing *drawing = &work->drawing;
    bool good = !drawing->failed;
    answer->warnings |= drawing->warnings;
    if (drawing->scope.missing) answer->warnings |= RENDER_WARN_FONTS;
    if (drawing->scope.cut) answer->warnings |= RENDER_WARN_TEXT_CUT;
    if (!good) (void)refuse(answer, drawing->word, drawing->sentence);
    else answer->result = RENDER_DONE;
    answer->pages = (uint16_t)(plan->pages < UINT16_MAX ? plan->pages : UINT16_MAX);
    answer->page = (uint16_t)plan->page;
    answer->scale_ppm = 1000000;
    answer->codes_drawn = drawing->canvas.symbols;
    arena_free(&work->arena);
    return good;
}

static bool is_too_small(const struct template *template, const struct canvas *canvas,
                         unsigned width, unsigned height)
{
    return width + 1 < canvas_dots(canvas, template->least_width_um) ||
           height + 1 < canvas_dots(canvas, template->least_height_um);
}

bool compose_picture(const struct templates *templates, const struct render_request *request,
                     struct bytes fields, struct bits *bits, struct render_answer *answer)
{
    struct work work;
    struct page_plan plan = {.page = request->page > 0 ? request->page : 1,
                             .width = bits->width,
                             .height = bits->height};
    if (!begin(&work, templates, request, fields, answer)) return false;
    struct drawing *drawing = &work.drawing;
    drawing->canvas = (struct canvas){.dpi = request->dpi, .bits = bits};
    if (is_too_small(work.template, &drawing->canvas, bits->width, bits->height))
        drawing_fail(drawing, NULL, "stock_too_small",
                     "This label needs stock of %u x %u mm or more.",
                     (unsigned)(work.template->least_width_um / 1000),
                     (unsigned)(work.template->least_height_um / 1000));
    bool good = !drawing->failed &&
                compose_prepare(drawing, templates, work.template, fields, &work.arena) &&
                layout_pages(drawing, &plan);
    if (good && plan.page > plan.pages)
        drawing_fail(drawing, NULL, "no_such_page", "It has %u pages.", plan.pages);
    if (good && plan.pages > 1) drawing->warnings |= RENDER_WARN_MORE_PAGES;
    return end(&work, &plan, answer);
}

bool compose_pdf(const struct templates *templates, const struct render_request *request,
                 struct bytes fields, uint8_t *out, size_t size, struct render_answer *answer)
{
    struct work work;
    struct paper paper;
    if (!begin(&work, templates, request, fields, answer)) return false;
    struct drawing *drawing = &work.drawing;
    struct page_plan plan = {.begin = paper_next_page, .context = &paper};
    drawing->canvas = (struct canvas){.dpi = PDF_DPI};
    plan.width = canvas_dots(&drawing->canvas, work.template->paper_width_um);
    plan.height = canvas_dots(&drawing->canvas, work.template->paper_height_um);
    if (plan.width == 0) {
        plan.width = request->width_dots * PDF_DPI / request->dpi;
        plan.height = request->height_dots * PDF_DPI / request->dpi;
    }
    if (!paper_begin(&paper, &drawing->canvas, plan.width, plan.height, out, size,
                     work.template->title))
        drawing_fail(drawing, NULL, "no_memory", "There is no memory for this PDF.");
    bool good = !drawing->failed &&
                compose_prepare(drawing, templates, work.template, fields, &work.arena) &&
                layout_pages(drawing, &plan);
    bool written = paper_end(&paper);
    if (good && !written)
        drawing_fail(drawing, NULL, "too_large", "The PDF would be larger than 2 MB.");
    if (!drawing->failed) answer->output_bytes = (uint32_t)paper.used;
    return end(&work, &plan, answer);
}
