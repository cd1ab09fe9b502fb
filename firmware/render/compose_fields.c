/* compose_fields.c - see compose_fields.h. */
#include "firmware/render/compose_fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool arena_make(struct arena *arena, size_t size)
{
    *arena = (struct arena){.memory = malloc(size), .size = size};
    return arena->memory != NULL;
}

void arena_free(struct arena *arena)
{
    free(arena->memory);
    *arena = (struct arena){.memory = NULL};
}

void *arena_take(struct arena *arena, size_t size)
{
    const size_t align = sizeof(void *) * 2;
    if (size > arena->size || arena->size - arena->used < size) return NULL;
    void *taken = arena->memory + arena->used;
    size_t end = arena->used + size;
    size_t rounded = (end + align - 1) / align * align;
    arena->used = rounded > arena->size ? arena->size : rounded;
    memset(taken, 0, size);
    return taken;
}

/* ---- the table ------------------------------------------------------------------------------ */

static int compare_bytes(struct bytes a, struct bytes b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    if (order != 0) return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

/* By name, and by place where names are the same. */
static int compare_fields(const void *left, const void *right)
{
    const struct field *a = left, *b = right;
    int order = compare_bytes(a->name, b->name);
    if (order != 0) return order;
    return a->name.data < b->name.data ? -1 : a->name.data > b->name.data;
}

static bool take_line(struct bytes line, struct field *out)
{
    size_t mark = bytes_find_byte(line, '=');
    if (line.len > 0 && line.data[line.len - 1] == '\r') line.len--;
    if (mark == 0 || mark >= line.len || mark > FIELDS_NAME_MAX) return false;
    *out = (struct field){.name = bytes_slice(line, 0, mark), .value = bytes_from(line, mark + 1)};
    return true;
}

bool fields_read(struct bytes text, struct arena *arena, struct fields *out)
{
    struct bytes rest = text, line;
    struct field field;
    size_t lines = 0;
    *out = (struct fields){.count = 0};
    while (bytes_split(&rest, '\n', &line)) lines += take_line(line, &field) ? 1 : 0;
    if (lines > FIELDS_MAX) return false;
    out->sorted = arena_take(arena, (lines + 1) * sizeof(struct field));
    if (out->sorted == NULL) return false;
    rest = text;
    while (bytes_split(&rest, '\n', &line)) {
        if (take_line(line, &field)) out->sorted[out->count++] = field;
    }
    if (out->count > 1) qsort(out->sorted, out->count, sizeof(struct field), compare_fields);
    return true;
}

/* The first place whose name is not before `name`. */
static size_t lower_bound(const struct fields *fields, struct bytes name)
{
    size_t low = 0, high = fields->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_bytes(fields->sorted[middle].name, name) < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

struct bytes fields_get(const struct fields *fields, struct bytes name)
{
    size_t at = lower_bound(fields, name);
    struct bytes value = BYTES_NONE;
    for (; at < fields->count && bytes_equal(fields->sorted[at].name, name); at++)
        value = fields->sorted[at].value;
    return value;
}

unsigned fields_rows(const struct fields *fields, struct bytes list)
{
    unsigned row = 0;
    for (; row < FIELDS_ROWS_MAX; row++) {
        char begin[FIELDS_NAME_MAX];
        int len = snprintf(begin, sizeof begin, "%.*s.%u.", (int)bytes_slice(list, 0, 24).len,
                           (const char *)list.data, row + 1);
        size_t at = lower_bound(fields, bytes_of(begin, (size_t)len));
        if (at == fields->count || !bytes_start_with(fields->sorted[at].name, begin)) break;
    }
    return row;
}

/* ---- a text with its fields ----------------------------------------------------------------- */

/* "item.sku" in the third row is the field "item.3.sku"; "item.n" is 3, "page" the page. */
static struct bytes look_up(struct scope *scope, struct bytes name, struct arena *arena)
{
    size_t len = scope->list.len;
    unsigned number = 0;
    char storage[FIELDS_NAME_MAX + 16];
    bool in_list = len > 0 && name.len > len + 1 && name.data[len] == '.' &&
                   bytes_equal(bytes_slice(name, 0, len), scope->list);
    if (in_list && !bytes_equal_text(bytes_from(name, len + 1), "n")) {
        int written =
            snprintf(storage, sizeof storage, "%.*s.%u.%.*s", (int)len, (const char *)name.data,
                     scope->row, (int)(name.len - len - 1), (const char *)name.data + len + 1);
        if (written < 0 || (size_t)written >= sizeof storage) return BYTES_NONE;
        return fields_get(scope->fields, bytes_of(storage, (size_t)written));
    }
    if (in_list) number = scope->row;
    else if (bytes_equal_text(name, "page")) number = scope->page;
    else if (bytes_equal_text(name, "pages")) number = scope->pages;
    if (number == 0) return fields_get(scope->fields, name);
    char *text = arena_take(arena, 12);
    if (text == NULL) return BYTES_NONE;
    (void)snprintf(text, 12, "%u", number);
    return bytes_of_text(text);
}

/* "\n" becomes a new line, "\\" one backslash; other pairs stand as they are. */
static size_t unescape(struct bytes value, char *out, size_t size)
{
    size_t len = 0;
    for (size_t i = 0; i < value.len && len < size; i++) {
        char one = (char)value.data[i];
        if (one == '\\' && i + 1 < value.len) {
            char next = (char)value.data[i + 1];
            if (next == 'n' || next == '\\') {
                one = next == 'n' ? '\n' : '\\';
                i++;
            }
        }
        out[len++] = one;
    }
    return len;
}

struct bytes scope_value(struct scope *scope, struct bytes name, struct arena *arena)
{
    struct bytes value = look_up(scope, name, arena);
    if (value.len == 0) return BYTES_NONE;
    if (value.len > 16u * FIELDS_BARCODE_MAX) value.len = 16u * FIELDS_BARCODE_MAX;
    char *text = arena_take(arena, value.len);
    if (text == NULL) return BYTES_NONE;
    return bytes_of(text, unescape(value, text, value.len));
}

bool scope_holds(struct scope *scope, const struct template_node *node, struct arena *arena)
{
    struct bytes value = scope_value(scope, node->field, arena);
    switch (node->condition) {
    case CONDITION_THERE: return value.len > 0;
    case CONDITION_NOT_THERE: return value.len == 0;
    case CONDITION_IS: return bytes_equal(value, node->value);
    case CONDITION_IS_NOT: return !bytes_equal(value, node->value);
    }
    return false;
}

struct filled {
    char *text;
    size_t len, size;
    size_t open_at;      /* where the bracket began */
    bool open, open_bad; /* a field in it is empty */
    bool fields, filled;
};

static void put(struct filled *to, struct bytes text)
{
    size_t len = text.len < to->size - to->len ? text.len : to->size - to->len;
    if (len > 0) memcpy(to->text + to->len, text.data, len);
    to->len += len;
}

static void put_field(struct scope *scope, struct filled *to, struct bytes name,
                      enum filling filling, struct arena *arena)
{
    struct bytes value = scope_value(scope, name, arena);
    to->fields = true;
    if (value.len == 0) {
        to->open_bad = true;
        return;
    }
    to->filled = true;
    if (filling == FILL_BARCODE) put(to, value);
    else to->len += clean_text(scope, value, to->text + to->len, to->size - to->len);
}

/* The length that a text may reach, so that the arena's piece is no larger than needed. */
static size_t room_for(struct scope *scope, struct bytes text, struct arena *arena)
{
    size_t room = text.len;
    struct piece piece;
    while ((piece = template_next_piece(&text)).kind != PIECE_END && piece.kind != PIECE_BAD) {
        if (piece.kind != PIECE_FIELD) continue;
        size_t len = look_up(scope, piece.text, arena).len;
        /* A byte that is no text becomes three. */
        room += len > 16u * FIELDS_BARCODE_MAX ? FIELDS_BARCODE_MAX * 3 : len * 3 + 4;
    }
    return room < 8 * FIELDS_VALUE_MAX ? room : 8 * FIELDS_VALUE_MAX;
}

bool scope_fill(struct scope *scope, struct bytes text, enum filling filling, struct arena *arena,
                struct bytes *out_text)
{
    struct piece piece;
    struct filled to = {.size = room_for(scope, text, arena)};
    to.text = arena_take(arena, to.size + 1);
    if (to.text == NULL) return false;
    while ((piece = template_next_piece(&text)).kind != PIECE_END && piece.kind != PIECE_BAD) {
        if (piece.kind == PIECE_TEXT) {
            put(&to, piece.text);
        } else if (piece.kind == PIECE_FIELD) {
            put_field(scope, &to, piece.text, filling, arena);
        } else if (piece.kind == PIECE_OPEN) {
            to.open_at = to.len;
            to.open_bad = false;
        } else if (to.open_bad) {
            to.len = to.open_at;
        }
    }
    *out_text = bytes_trim(bytes_of(to.text, to.len));
    if (filling == FILL_TEXT) *out_text = cover_text(scope, *out_text, arena);
    return out_text->len > 0 && (!to.fields || to.filled);
}
