/* compose_load.c - templates and images from their folders, each tried out with sample fields. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "firmware/render/compose_load.h"
#include "firmware/render/compose_paper.h"

#define PATH_SIZE 512
#define NAMES_MAX 128u
#define TRY_WIDTH 800u /* 100 x 150 mm at 203 dpi */
#define TRY_HEIGHT 1200u

struct loading {
    struct templates *templates;
    templates_complain_fn *complain;
    void *context;
    char path[PATH_SIZE];
};

static void complain(struct loading *loading, unsigned line, const char *sentence)
{
    if (loading->complain != NULL)
        loading->complain(loading->context, loading->path, line, sentence);
}

/* The whole file with a NUL behind it, malloc'd; NULL: it cannot be read, and that is said. */
static char *read_file(struct loading *loading, size_t most, size_t *out_len)
{
    struct stat about;
    char *text = NULL;
    FILE *file = fopen(loading->path, "rbe");
    bool good = file != NULL && fstat(fileno(file), &about) == 0 && S_ISREG(about.st_mode) &&
                about.st_size >= 0 && (size_t)about.st_size <= most;
    if (good) text = malloc((size_t)about.st_size + 1);
    if (text != NULL) {
        *out_len = fread(text, 1, (size_t)about.st_size, file);
        text[*out_len] = '\0';
    }
    if (file != NULL) (void)fclose(file);
    if (text == NULL)
        complain(loading, 0,
                 "It cannot be read, so it is not known. Look at its rights, and "
                 "whether it is a file of at most 24 KiB, an image of 256 KiB.");
    return text;
}

/* ---- one template --------------------------------------------------------------------------- */

/* Without the nodes it does not have. */
static struct template *shrunk(const struct template *template)
{
    size_t size =
        offsetof(struct template, nodes) + template->node_count * sizeof(struct template_node);
    struct template *copy = malloc(size);
    if (copy != NULL) memcpy(copy, template, size);
    return copy;
}

/* Draws it with the samples onto the smallest usual stock, so that what cannot fit is known before
 * a parcel waits for it. */
static bool try_out(struct loading *loading, const struct template *template)
{
    struct drawing drawing = {.canvas = {.dpi = 203}};
    struct page_plan plan = {.page = 1, .width = TRY_WIDTH, .height = TRY_HEIGHT};
    struct arena arena;
    char sentence[TEMPLATE_SENTENCE_SIZE + 64];
    if (template->paper_width_um > 0) {
        plan.width = canvas_dots(&drawing.canvas, template->paper_width_um);
        plan.height = canvas_dots(&drawing.canvas, template->paper_height_um);
    }
    if (!arena_make(&arena, 1024u * 1024u)) return false;
    bool good =
        compose_prepare(&drawing, loading->templates, template, template_samples(), &arena) &&
        layout_pages(&drawing, &plan);
    arena_free(&arena);
    if (good) return true;
    (void)snprintf(sentence, sizeof sentence,
                   "Tried out with the fields of the manual at 203 dpi: %s Give it more room.",
                   drawing.sentence);
    complain(loading, drawing.line, sentence);
    return false;
}

static struct loaded *place_for(struct templates *templates, const char *name)
{
    for (size_t i = 0; i < templates->count; i++) {
        if (strcmp(templates->loaded[i].name, name) != 0) continue;
        free(templates->loaded[i].text);
        free(templates->loaded[i].template);
        return &templates->loaded[i];
    }
    if (templates->count == TEMPLATES_MAX) return NULL;
    return &templates->loaded[templates->count++];
}

static void load_template(struct loading *loading, const char *name, struct template *scratch)
{
    struct template_complaints complaints;
    size_t len = 0;
    char *text = read_file(loading, TEMPLATE_FILE_MAX, &len);
    if (text == NULL) return;
    bool good = template_read(bytes_of(text, len), scratch, &complaints);
    for (size_t i = 0; i < complaints.count; i++)
        complain(loading, complaints.entries[i].line, complaints.entries[i].sentence);
    struct template *template = NULL;
    if (good && try_out(loading, scratch)) template = shrunk(scratch);
    struct loaded *place = template != NULL ? place_for(loading->templates, name) : NULL;
    if (place == NULL) {
        if (template != NULL)
            complain(loading, 0, "There are more than 64 templates. Take some away.");
        free(text);
        free(template);
        return;
    }
    (void)snprintf(place->name, sizeof place->name, "%s", name);
    place->text = text;
    place->template = template;
}

static void load_image(struct loading *loading, const char *name)
{
    struct templates *templates = loading->templates;
    struct image image = {.rows = NULL};
    size_t len = 0, at = 0;
    char *file = read_file(loading, IMAGE_FILE_MAX, &len);
    if (file == NULL) return;
    bool good = image_read(bytes_of(file, len), &image);
    free(file);
    while (at < templates->image_count && strcmp(templates->images[at].name, name) != 0) at++;
    if (!good || at == IMAGES_MAX) {
        complain(loading, 0,
                 good ? "There are more than 32 images. Take some away."
                      : "This is no PBM picture of at most 2000 x 2000 dots. Save it "
                        "as PBM, black and white.");
        free(image.rows);
        return;
    }
    if (at == templates->image_count) templates->image_count++;
    else free(templates->images[at].rows);
    (void)snprintf(image.name, sizeof image.name, "%s", name);
    templates->images[at] = image;
}

/* ---- a folder ------------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

static bool ends_with(const char *name, const char *ending)
{
    size_t len = strlen(name), end = strlen(ending);
    return len > end && strcmp(name + len - end, ending) == 0;
}

/* Names with this ending, in order; longer ones than a request can say are left out. */
static size_t list_folder(const char *folder, const char *ending, char (*names)[64])
{
    struct dirent *entry;
    size_t count = 0;
    DIR *open = opendir(folder);
    if (open == NULL) return 0;
    while (count < NAMES_MAX && (entry = readdir(open)) != NULL) {
        size_t len = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || len >= 64 || !ends_with(entry->d_name, ending)) continue;
        memcpy(names[count++], entry->d_name, len + 1);
    }
    (void)closedir(open);
    qsort(names, count, 64, compare_names);
    return count;
}

static void load_folder(struct loading *loading, const char *folder, struct template *scratch)
{
    char(*names)[64] = calloc(NAMES_MAX, 64);
    if (names == NULL) return;
    size_t count = list_folder(folder, ".pbm", names);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(loading->path, PATH_SIZE, "%s/%s", folder, names[i]);
        load_image(loading, names[i]);
    }
    count = list_folder(folder, ".label", names);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(loading->path, PATH_SIZE, "%s/%s", folder, names[i]);
        names[i][strlen(names[i]) - strlen(".label")] = '\0';
        if (strlen(names[i]) < RENDER_NAME_SIZE) load_template(loading, names[i], scratch);
        else complain(loading, 0, "The name of a template has at most 31 letters. Shorten it.");
    }
    free(names);
}

struct templates *templates_load(const char *const *folders, size_t count,
                                 templates_complain_fn *complain_fn, void *context)
{
    struct loading loading = {.complain = complain_fn, .context = context, .path = "fonts"};
    struct template *scratch = malloc(sizeof *scratch);
    loading.templates = calloc(1, sizeof *loading.templates);
    if (loading.templates == NULL || scratch == NULL) {
        free(loading.templates);
        free(scratch);
        return NULL;
    }
    loading.templates->fonts = text_engine();
    if (loading.templates->fonts == NULL)
        complain(&loading, 0,
                 "None of our fonts is here, so no label can be drawn. Install the "
                 "package fonts-noto-core.");
    for (size_t i = 0; i < count && loading.templates->fonts != NULL; i++)
        load_folder(&loading, folders[i], scratch);
    free(scratch);
    if (!paper_warm_up()) complain(&loading, 0, "No PDF can be made: there is too little memory.");
    if (loading.templates->fonts != NULL) text_engine_settle(loading.templates->fonts);
    return loading.templates;
}

size_t templates_fonts(const struct templates *templates, const char *const **out_paths)
{
    *out_paths = NULL;
    return templates->fonts != NULL ? text_fonts(templates->fonts, out_paths) : 0;
}

void templates_rest(const struct templates *templates)
{
    if (templates->fonts != NULL) text_engine_rest(templates->fonts);
}

void templates_free(struct templates *templates)
{
    if (templates == NULL) return;
    for (size_t i = 0; i < templates->count; i++) {
        free(templates->loaded[i].text);
        free(templates->loaded[i].template);
    }
    for (size_t i = 0; i < templates->image_count; i++) free(templates->images[i].rows);
    free(templates);
}
