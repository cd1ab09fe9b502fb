/* Guards: no bytes break the GS1 parser, its fields are runs of the text in their order, the place
 * of a trouble lies in it, and a text without separators that is taken has but one reading. */
#include "drivers/code_awb.h"
#include "drivers/code_gs1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct bytes text, const struct gs1_code *code, enum gs1_problem problem)
{
    const uint8_t *at = text.data;
    struct gs1_date date;
    struct decimal value;
    int64_t mass_mg;
    ENSURE(code->count <= GS1_FIELDS_MAX && code->at <= text.len);
    for (size_t i = 0; i < code->count; i++) {
        const struct gs1_field *field = &code->fields[i];
        ENSURE(field->value.len > 0 && field->value.data > at);
        at = field->value.data + field->value.len;
        ENSURE(at <= text.data + text.len);
        ENSURE(bytes_find_byte(field->value, GS1_SEPARATOR) == field->value.len);
        if (gs1_date(field, 2026, &date)) ENSURE(date.month >= 1 && date.month <= 12);
        if (gs1_decimal(field, &value)) ENSURE(value.digits >= 0 && value.decimals <= 5);
        if (gs1_mass_mg(field, &mass_mg)) ENSURE(mass_mg >= 0);
    }
    ENSURE(problem != GS1_OK || code->count > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gs1_code code;
    struct bytes text = bytes_of(data, size);
    check(text, &code, gs1_parse(text, &code));
    if (size > 0 && data[0] == GS1_SEPARATOR) text = bytes_from(text, 1);
    check(text, &code, gs1_parse_unmarked(text, &code));
    (void)code_kind_of(text, "");
    (void)code_kind_of(text, "]C1");
    return 0;
}
