/* document_single.c - see document_single.h. The page may do nothing but set up a state that does
 * not change a picture, clip to what holds the whole of it, and draw it once, upright. */
#include "firmware/render/document_single.h"

#include <math.h>

#include "firmware/render/document_objects.h"
#include "hal/base/inflate.h"

#define CONTENT_MAX 4096u
#define OPERANDS_MAX 8u
#define STATES_MAX 8u
#define PARENTS_MAX 4u
#define NEAR_PT 0.2 /* a box that is meant to be another */

struct matrix { /* x' = a x + c y + e, y' = b x + d y + f */
    double a, b, c, d, e, f;
};

struct frame {
    double left, bottom, right, top;
};

struct drawing {
    const struct objects *objects;
    struct bytes resources;
    struct matrix states[STATES_MAX];
    unsigned state;
    struct bytes operands[OPERANDS_MAX];
    unsigned operand_count;
    struct frame path, clip;
    bool has_path, clips, drawn;
    struct matrix image_at;
    const struct object *image;
};

static bool is_name(struct bytes value, const char *name)
{
    return value.len > 0 && value.data[0] == '/' && bytes_equal_text(bytes_from(value, 1), name);
}

static bool take_numbers(const struct drawing *drawing, double *numbers, unsigned count)
{
    if (drawing->operand_count != count) return false;
    for (unsigned i = 0; i < count; i++) {
        if (!objects_number(drawing->operands[i], &numbers[i])) return false;
    }
    return true;
}

/* The box of four numbers, its corners in order. */
static bool read_frame(struct bytes array, struct frame *out_frame)
{
    double numbers[4];
    struct bytes rest = objects_inside(array), value;
    for (unsigned i = 0; i < 4; i++) {
        if (!objects_next(&rest, &value) || !objects_number(value, &numbers[i])) return false;
    }
    *out_frame = (struct frame){fmin(numbers[0], numbers[2]), fmin(numbers[1], numbers[3]),
                                fmax(numbers[0], numbers[2]), fmax(numbers[1], numbers[3])};
    return out_frame->right > out_frame->left && out_frame->top > out_frame->bottom;
}

static bool concatenate(struct drawing *drawing)
{
    double n[6];
    if (!take_numbers(drawing, n, 6)) return false;
    struct matrix *m = &drawing->states[drawing->state];
    struct matrix old = *m;
    *m = (struct matrix){n[0] * old.a + n[1] * old.c,         n[0] * old.b + n[1] * old.d,
                         n[2] * old.a + n[3] * old.c,         n[2] * old.b + n[3] * old.d,
                         n[4] * old.a + n[5] * old.c + old.e, n[4] * old.b + n[5] * old.d + old.f};
    return true;
}

static bool is_upright(const struct matrix *m)
{
    return fabs(m->b) < 1e-6 && fabs(m->c) < 1e-6;
}

static bool add_rectangle(struct drawing *drawing)
{
    double n[4];
    const struct matrix *m = &drawing->states[drawing->state];
    if (drawing->has_path || !take_numbers(drawing, n, 4) || !is_upright(m)) return false;
    double x0 = m->a * n[0] + m->e, x1 = m->a * (n[0] + n[2]) + m->e;
    double y0 = m->d * n[1] + m->f, y1 = m->d * (n[1] + n[3]) + m->f;
    drawing->path = (struct frame){fmin(x0, x1), fmin(y0, y1), fmax(x0, x1), fmax(y0, y1)};
    drawing->has_path = true;
    return true;
}

static bool end_path(struct drawing *drawing)
{
    struct frame *clip = &drawing->clip;
    const struct frame *path = &drawing->path;
    if (drawing->has_path && drawing->clips)
        *clip = (struct frame){fmax(clip->left, path->left), fmax(clip->bottom, path->bottom),
                               fmin(clip->right, path->right), fmin(clip->top, path->top)};
    drawing->has_path = drawing->clips = false;
    return true;
}

static bool draw_object(struct drawing *drawing)
{
    if (drawing->drawn || drawing->operand_count != 1 || drawing->operands[0].data[0] != '/')
        return false;
    struct bytes images = objects_get(drawing->objects, drawing->resources, "XObject"), name, value;
    struct bytes rest = objects_inside(images);
    while (objects_next(&rest, &name) && objects_next(&rest, &value)) {
        if (bytes_equal(name, drawing->operands[0]))
            drawing->image = objects_find(drawing->objects, value);
    }
    drawing->image_at = drawing->states[drawing->state];
    drawing->drawn = true;
    return drawing->image != NULL;
}

/* A state that leaves pictures as they are: full strength, the usual blending, no mask. */
static bool set_state(const struct drawing *drawing)
{
    static const char *const harmless[] = {"Type", "LW", "LC", "LJ",  "ML", "D", "SA",
                                           "AIS",  "OP", "op", "OPM", "FL", "SM"};
    if (drawing->operand_count != 1 || drawing->operands[0].len > 32) return false;
    char key[32];
    if (!bytes_to_text(bytes_from(drawing->operands[0], 1), key, sizeof key)) return false;
    struct bytes all = objects_get(drawing->objects, drawing->resources, "ExtGState");
    struct bytes state = objects_get(drawing->objects, all, key), name, value;
    struct bytes rest = objects_inside(state);
    if (!bytes_start_with(state, "<<")) return false;
    while (objects_next(&rest, &name) && objects_next(&rest, &value)) {
        double number;
        bool good =
            is_name(name, "BM") && (is_name(value, "Normal") || is_name(value, "Compatible"));
        good = good || (is_name(name, "SMask") && is_name(value, "None"));
        good = good || ((is_name(name, "ca") || is_name(name, "CA")) &&
                        objects_number(value, &number) && number >= 0.999);
        for (size_t i = 0; i < ARRAY_LEN(harmless); i++) good = good || is_name(name, harmless[i]);
        if (!good) return false;
    }
    return true;
}

static bool is_harmless(struct bytes word)
{
    static const char *const words[] = {"w", "J", "j", "M",  "d",  "i",  "ri", "g",
                                        "G", "k", "K", "rg", "RG", "cs", "CS"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (bytes_equal_text(word, words[i])) return true;
    }
    return false;
}

static bool take_operator(struct drawing *drawing, struct bytes word)
{
    if (bytes_equal_text(word, "q")) {
        if (drawing->state + 1 == STATES_MAX) return false;
        drawing->states[drawing->state + 1] = drawing->states[drawing->state];
        drawing->state++;
        return true;
    }
    if (bytes_equal_text(word, "Q")) {
        if (drawing->state == 0) return false;
        drawing->state--;
        return true; /* a clip that it ends is taken as lasting: that can only lead to a no */
    }
    if (bytes_equal_text(word, "cm")) return concatenate(drawing);
    if (bytes_equal_text(word, "re")) return add_rectangle(drawing);
    if (bytes_equal_text(word, "W") || bytes_equal_text(word, "W*")) {
        drawing->clips = true;
        return drawing->has_path;
    }
    if (bytes_equal_text(word, "n")) return end_path(drawing);
    if (bytes_equal_text(word, "Do")) return draw_object(drawing);
    if (bytes_equal_text(word, "gs")) return set_state(drawing);
    return is_harmless(word);
}

static bool is_operand(struct bytes value)
{
    double number;
    return value.data[0] == '/' || value.data[0] == '[' || objects_number(value, &number);
}

static bool follow(struct drawing *drawing, struct bytes content)
{
    struct bytes value;
    while (objects_next(&content, &value)) {
        if (is_operand(value)) {
            if (drawing->operand_count == OPERANDS_MAX) return false;
            drawing->operands[drawing->operand_count++] = value;
            continue;
        }
        if (!take_operator(drawing, value)) return false;
        drawing->operand_count = 0;
    }
    return content.len == 0 && drawing->drawn;
}

/* One filter, or ASCII85 and then this one. */
static bool is_filter(struct bytes filter, const char *name, bool *out_in_ascii85)
{
    struct bytes rest = objects_inside(filter), first, second, third;
    *out_in_ascii85 = false;
    if (!bytes_start_with(filter, "[")) return is_name(filter, name);
    if (!objects_next(&rest, &first)) return false;
    if (!objects_next(&rest, &second)) return is_name(first, name);
    *out_in_ascii85 = true;
    return is_name(first, "ASCII85Decode") && is_name(second, name) && !objects_next(&rest, &third);
}

/* One stream of the contents, unpacked. */
static bool add_content(const struct object *object, uint8_t *content, size_t *len)
{
    if (object == NULL || object->stream.data == NULL) return false;
    struct bytes filter = objects_get_plain(object->value, "Filter"), stream = object->stream;
    size_t room = CONTENT_MAX - *len - 1, added = stream.len;
    uint8_t packed[CONTENT_MAX];
    bool in_ascii85;
    if (objects_get_plain(object->value, "DecodeParms").len > 0) return false;
    if (filter.len == 0) {
        if (added > room) return false;
        for (size_t i = 0; i < added; i++) content[*len + i] = stream.data[i];
    } else {
        if (!is_filter(filter, "FlateDecode", &in_ascii85)) return false;
        if (in_ascii85) {
            if (stream.len > sizeof packed || !single_ascii85(stream, packed, &stream.len))
                return false;
            stream.data = packed;
        }
        if (!inflate_bytes(stream, content + *len, room, &added)) return false;
    }
    *len += added;
    content[(*len)++] = '\n';
    return *len < CONTENT_MAX;
}

static bool read_content(const struct objects *objects, struct bytes page, uint8_t *content,
                         size_t *out_len)
{
    struct bytes contents = objects_get_plain(page, "Contents"), part;
    struct bytes rest = bytes_start_with(contents, "[") ? objects_inside(contents) : contents;
    size_t len = 0;
    while (objects_next(&rest, &part)) {
        if (!add_content(objects_find(objects, part), content, &len)) return false;
    }
    *out_len = len;
    return rest.len == 0 && len > 0;
}

/* The only page, and what it has from the pages above it. */
static bool find_page(const struct objects *objects, struct bytes *out_page)
{
    double count;
    if (objects_get_plain(objects->trailer, "Encrypt").len > 0) return false;
    struct bytes root = objects_get(objects, objects->trailer, "Root");
    struct bytes node = objects_get(objects, root, "Pages"), kid, second;
    if (objects_get_plain(root, "OCProperties").len > 0) return false;
    for (unsigned depth = 0; depth < PARENTS_MAX; depth++) {
        if (is_name(objects_get(objects, node, "Type"), "Page")) {
            *out_page = node;
            return true;
        }
        struct bytes kids = objects_inside(objects_get(objects, node, "Kids"));
        if (!objects_number(objects_get(objects, node, "Count"), &count) || count > 1.0)
            return false;
        if (!objects_next(&kids, &kid) || objects_next(&kids, &second)) return false;
        const struct object *below = objects_find(objects, kid);
        if (below == NULL) return false;
        node = below->value;
    }
    return false;
}

static struct bytes inherited(const struct objects *objects, struct bytes page, const char *key)
{
    for (unsigned depth = 0; depth < PARENTS_MAX; depth++) {
        struct bytes value = objects_get(objects, page, key);
        if (value.len > 0) return value;
        page = objects_get(objects, page, "Parent");
    }
    return BYTES_NONE;
}

static bool near_to(double a, double b)
{
    return fabs(a - b) <= NEAR_PT;
}

static bool find_box(const struct objects *objects, struct bytes page, struct frame *out_box)
{
    struct frame crop;
    double turn = 0.0;
    struct bytes cropped = inherited(objects, page, "CropBox");
    struct bytes turned = inherited(objects, page, "Rotate");
    if (!read_frame(inherited(objects, page, "MediaBox"), out_box)) return false;
    if (cropped.len > 0 &&
        (!read_frame(cropped, &crop) || !near_to(crop.left, out_box->left) ||
         !near_to(crop.bottom, out_box->bottom) || !near_to(crop.right, out_box->right) ||
         !near_to(crop.top, out_box->top)))
        return false;
    if (turned.len > 0 && (!objects_number(turned, &turn) || turn < 0.0 || turn > 0.0))
        return false;
    struct bytes notes = objects_get(objects, page, "Annots"), rest = objects_inside(notes), note;
    return !objects_next(&rest, &note) && objects_get_plain(page, "UserUnit").len == 0;
}

static bool has_plain_colours(const struct objects *objects, struct bytes image)
{
    struct bytes space = objects_get(objects, image, "ColorSpace");
    if (is_name(space, "DeviceGray") || is_name(space, "DeviceRGB")) return true;
    struct bytes rest = objects_inside(space), family, profile;
    double components = 0.0;
    if (!objects_next(&rest, &family) || !objects_next(&rest, &profile)) return false;
    if (is_name(family, "CalGray") || is_name(family, "CalRGB")) return true;
    const struct object *object = objects_find(objects, profile);
    return is_name(family, "ICCBased") && object != NULL &&
           objects_number(objects_get(objects, object->value, "N"), &components) &&
           (components < 1.5 || (components > 2.5 && components < 3.5));
}

static bool take_image(const struct objects *objects, const struct object *image,
                       struct single *single)
{
    static const char *const other[] = {"SMask", "Mask",        "Decode",    "DecodeParms",
                                        "OC",    "SMaskInData", "Alternates"};
    struct bytes dictionary = image->value;
    struct bytes filter = objects_get(objects, dictionary, "Filter");
    double width, height, bits;
    for (size_t i = 0; i < ARRAY_LEN(other); i++) {
        if (objects_get_plain(dictionary, other[i]).len > 0) return false;
    }
    if (!is_filter(filter, "DCTDecode", &single->in_ascii85) ||
        !is_name(objects_get(objects, dictionary, "Subtype"), "Image") ||
        bytes_equal_text(objects_get(objects, dictionary, "ImageMask"), "true") ||
        !has_plain_colours(objects, dictionary))
        return false;
    if (!objects_number(objects_get(objects, dictionary, "Width"), &width) ||
        !objects_number(objects_get(objects, dictionary, "Height"), &height) ||
        !objects_number(objects_get(objects, dictionary, "BitsPerComponent"), &bits))
        return false;
    if (!(width >= 1.0 && width < 65536.0 && height >= 1.0 && height < 65536.0 && bits > 7.5))
        return false;
    single->width = (unsigned)width;
    single->height = (unsigned)height;
    single->jpeg = image->stream;
    return image->stream.len > 0;
}

/* Where it lies, from the upper left corner; all of it within the page and the clip. */
static bool take_place(const struct drawing *drawing, const struct frame *box,
                       struct single *single)
{
    const struct matrix *m = &drawing->image_at;
    const struct frame *clip = &drawing->clip;
    if (!is_upright(m) || !(m->a > 1.0 && m->d > 1.0)) return false;
    if (m->e < clip->left - NEAR_PT || m->f < clip->bottom - NEAR_PT ||
        m->e + m->a > clip->right + NEAR_PT || m->f + m->d > clip->top + NEAR_PT)
        return false;
    single->width_pt = box->right - box->left;
    single->height_pt = box->top - box->bottom;
    single->left_pt = m->e - box->left;
    single->top_pt = box->top - (m->f + m->d);
    single->across_pt = m->a;
    single->down_pt = m->d;
    return true;
}

bool single_ascii85(struct bytes from, uint8_t *out, size_t *out_len)
{
    uint64_t group = 0;
    unsigned count = 0;
    size_t len = 0, at = 0;
    for (; at < from.len && from.data[at] != '~'; at++) {
        uint8_t byte = from.data[at];
        bool white = byte == ' ' || (byte >= '\t' && byte <= '\r') || byte == 0;
        bool zero = byte == 'z' && count == 0;
        if (white) continue;
        if (!zero && (byte < '!' || byte > 'u')) return false;
        group = group * 85 + (zero ? 0 : byte - '!');
        count = zero ? 5 : count + 1;
        if (count < 5) continue;
        if (group > UINT32_MAX || len + 4 > from.len) return false; /* 'z' may make it longer */
        for (unsigned i = 0; i < 4; i++) out[len++] = (uint8_t)(group >> (24 - 8 * i));
        group = count = 0;
    }
    if (at == from.len || count == 1) return false;
    for (unsigned i = count; count > 0 && i < 5; i++) group = group * 85 + 84;
    if (group > UINT32_MAX) return false;
    for (unsigned i = 0; i + 1 < count; i++) out[len++] = (uint8_t)(group >> (24 - 8 * i));
    *out_len = len;
    return true;
}

bool single_find(struct bytes document, struct single *out_single)
{
    struct objects objects;
    struct bytes page;
    struct frame box;
    uint8_t content[CONTENT_MAX];
    size_t len = 0;
    if (!objects_read(document, &objects) || !find_page(&objects, &page) ||
        !find_box(&objects, page, &box) || !read_content(&objects, page, content, &len))
        return false;
    struct drawing drawing = {.objects = &objects, .states = {{1, 0, 0, 1, 0, 0}}, .clip = box};
    drawing.resources = inherited(&objects, page, "Resources");
    return follow(&drawing, bytes_of(content, len)) &&
           take_image(&objects, drawing.image, out_single) &&
           take_place(&drawing, &box, out_single);
}
