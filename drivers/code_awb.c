/* code_awb.c - see code_awb.h. Couriers' forms are rows; a row with a scheme is a match only when
 * its check digit fits. */
#include "drivers/code_awb.h"

#include <string.h>

#include "drivers/code_digits.h"
#include "drivers/code_gs1.h"

struct form { /* so many capitals, then so many digits, or capitals and digits mixed */
    const char *courier;
    const char *starts;
    size_t letters;
    size_t least, most; /* characters behind the letters */
    bool mixed;
    const char *scheme; /* NULL: no public check digit */
};

static const struct form forms[] = {
    {"indiapost", "", 2, 11, 11, true, "s10"},
    {"ups", "1Z", 0, 18, 18, true, "ups"},
    {"bluedart", "", 0, 11, 11, false, "bluedart"},
    {"dhl", "", 0, 10, 10, false, "dhl"},
    {"fedex", "", 0, 12, 12, false, "fedex"},
    {"delhivery", "", 0, 13, 14, false, NULL},
    {"xpressbees", "", 0, 13, 17, false, NULL},
    {"ecom", "", 0, 9, 10, false, NULL},
    {"dtdc", "", 1, 8, 8, false, NULL},
    {"ekart", "500999", 0, 14, 14, true, NULL},
    {"ekart", "CLTC", 4, 4, 14, false, NULL},
    {"sandbox", "SBX", 3, 7, 7, false, NULL},
};

static bool is_digit(uint8_t one)
{
    return one >= '0' && one <= '9';
}

static bool is_capital(uint8_t one)
{
    return one >= 'A' && one <= 'Z';
}

static bool fits(const struct form *form, struct bytes text)
{
    bool valid = true;
    char expected;
    size_t rest = text.len - form->letters;
    if (text.len < form->letters || rest < form->least || rest > form->most) return false;
    if (!bytes_start_with(text, form->starts)) return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t one = text.data[i];
        bool letter = i < form->letters;
        bool good = letter ? is_capital(one) : is_digit(one) || (form->mixed && is_capital(one));
        if (!good) return false;
    }
    if (form->scheme == NULL) return true;
    const struct code_scheme *scheme = code_scheme_find(bytes_of_text(form->scheme));
    return code_check(scheme, text, &valid, &expected) && valid;
}

size_t code_awb_couriers(struct bytes text, const char *out_names[CODE_AWB_COURIERS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LEN(forms) && count < CODE_AWB_COURIERS_MAX; i++) {
        if (fits(&forms[i], text)) out_names[count++] = forms[i].courier;
    }
    return count;
}

static bool is_pincode(struct bytes text)
{
    uint64_t number = 0;
    return text.len == 6 && bytes_to_u64(text, 999999, &number) && number >= 100000;
}

static bool is_product(struct bytes text, const char *aim)
{
    bool retail = strcmp(aim, "]E0") == 0 || strcmp(aim, "]E4") == 0 || strcmp(aim, "]E3") == 0;
    bool linear = aim[0] != '\0' && !retail; /* bars that have no check digit of their own */
    const struct code_scheme *gtin = code_scheme_find(BYTES_LITERAL("gtin"));
    bool valid = false;
    char expected;
    if (retail) return true;
    return !linear && code_check(gtin, text, &valid, &expected) && valid;
}

static enum code_kind kind_of_gs1(struct bytes text)
{
    struct gs1_code code;
    enum gs1_problem problem = gs1_parse(text, &code);
    if (problem != GS1_OK && problem != GS1_PARTNER) return CODE_OTHER;
    if (gs1_find(&code, "00") != NULL) return CODE_SSCC;
    return gs1_find(&code, "01") != NULL ? CODE_PRODUCT : CODE_GS1;
}

enum code_kind code_kind_of(struct bytes text, const char *aim)
{
    const char *names[CODE_AWB_COURIERS_MAX];
    if (gs1_is_marked(aim)) return kind_of_gs1(text);
    if (bytes_start_with(text, "{")) return CODE_JSON;
    bool url = bytes_start_with(text, "https://") || bytes_start_with(text, "http://");
    if (url) return CODE_URL;
    if (code_is_s10(text)) return CODE_S10;
    if (is_pincode(text)) return CODE_PINCODE;
    if (is_product(text, aim)) return CODE_PRODUCT;
    return code_awb_couriers(text, names) > 0 ? CODE_AWB : CODE_OTHER;
}

const char *code_kind_word(enum code_kind kind)
{
    switch (kind) {
    case CODE_OTHER: return "other";
    case CODE_PRODUCT: return "product";
    case CODE_SSCC: return "sscc";
    case CODE_GS1: return "gs1";
    case CODE_S10: return "s10";
    case CODE_AWB: return "awb";
    case CODE_PINCODE: return "pincode";
    case CODE_JSON: return "json";
    case CODE_URL: return "url";
    }
    return "other";
}

/* AIM ids: code letter, and its modifier where that changes the name. Manuals of Zebra DS457,
 * Datalogic, Honeywell, Denso. */
const char *code_symbology_word(const char *aim)
{
    static const struct {
        const char *id, *word;
    } rows[] = {
        {"]C1", "gs1-128"},      {"]C", "code-128"},      {"]A", "code-39"},
        {"]E0", "ean-13"},       {"]E1", "ean-add-on-2"}, {"]E2", "ean-add-on-5"},
        {"]E3", "ean-13"},       {"]E4", "ean-8"},        {"]e0", "gs1-databar"},
        {"]e", "gs1-composite"}, {"]I", "itf"},           {"]d2", "gs1-datamatrix"},
        {"]d", "datamatrix"},    {"]Q3", "gs1-qr"},       {"]Q", "qr"},
        {"]J1", "gs1-dotcode"},  {"]J", "dotcode"},       {"]L", "pdf417"},
        {"]z", "aztec"},         {"]G", "code-93"},       {"]F", "codabar"},
        {"]H", "code-11"},       {"]M", "msi"},           {"]S", "2-of-5"},
        {"]U", "maxicode"},      {"]B", "telepen"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (bytes_start_with(bytes_of_text(aim), rows[i].id)) return rows[i].word;
    }
    return "unknown";
}
