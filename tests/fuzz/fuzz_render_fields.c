/* Any bytes as fields: what is put into a text of a template is UTF-8 without a control character,
 * bounded, with few marks on a letter; what goes into bars is the value itself; rows are counted
 * without a gap. The first line is a text of a template. */
#include <glib.h>
#include <string.h>

#include "firmware/render/compose_fields.h"

static bool covers(void *context, uint32_t character)
{
    (void)context;
    return character < 0x3000;
}

static void check_text(struct bytes text)
{
    unsigned marks = 0;
    ENSURE(bytes_are_utf8_text(text));
    while (text.len > 0) {
        size_t len = bytes_utf8_sequence(text);
        uint32_t one = (uint32_t)g_utf8_get_char((const char *)text.data);
        ENSURE(len > 0 && one != '\t' && one != '\r');
        ENSURE(one < 0x202A || one > 0x202E);
        ENSURE(one < 0x3000);
        marks = g_unichar_ismark(one) ? marks + 1 : 0;
        ENSURE(marks <= 4);
        text = bytes_from(text, len);
    }
}

static void check_values(const struct fields *fields, struct scope *scope, struct arena *arena)
{
    char out[FIELDS_VALUE_MAX + 1];
    for (size_t i = 0; i < fields->count; i++) {
        struct bytes value = fields_get(fields, fields->sorted[i].name);
        size_t len = clean_text(scope, value, out, sizeof out);
        ENSURE(len <= FIELDS_VALUE_MAX);
        check_text(bytes_of(out, len));
        (void)scope_value(scope, fields->sorted[i].name, arena);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = bytes_of(data, size), text = BYTES_NONE, filled;
    struct arena arena;
    struct fields fields;
    (void)bytes_split(&rest, '\n', &text);
    ENSURE(arena_make(&arena, 65536 + size * 64));
    bool good = fields_read(rest, &arena, &fields);
    ENSURE(good || size > FIELDS_MAX);
    if (good) {
        struct scope scope = {.fields = &fields, .covers = covers, .page = 1, .pages = 2};
        if (!bytes_are_utf8_text(text)) text = BYTES_NONE;
        bool drawn = scope_fill(&scope, text, FILL_TEXT, &arena, &filled);
        ENSURE(!drawn || filled.len > 0);
        if (drawn) ENSURE(bytes_are_utf8_text(filled));
        scope.list = BYTES_LITERAL("item");
        scope.row = fields_rows(&fields, scope.list);
        ENSURE(scope.row <= FIELDS_ROWS_MAX && scope.row <= fields.count);
        if (scope_fill(&scope, text, FILL_BARCODE, &arena, &filled)) ENSURE(filled.len > 0);
        check_values(&fields, &scope, &arena);
    }
    arena_free(&arena);
    return 0;
}
