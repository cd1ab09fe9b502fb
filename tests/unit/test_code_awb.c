/* Guards: a code is called what it looks like, so that the packer can be told; where two couriers'
 * numbers look alike both are named, and a number whose check digit is wrong is not called theirs.
 * Forms: carriers' pages and live numbers. */
#include "drivers/code_awb.h"

#include "hal/base/textbuf.h"

#include "tests/support/expect.h"

static const struct {
    const char *text, *aim, *kind, *promise;
} kinds[] = {
    {"WEB-1001", "", "other", "an order"},
    {"4006381333931", "]E0", "product", "a product's bars"},
    {"4006381333931", "", "product", "the same from a scanner without AIM ids"},
    {"28411210000145", "]C0", "awb", "digits that no retail bar carries"},
    {"006141411234567890", "]C0", "other", "eighteen digits are an SSCC only where GS1 says so"},
    {"00006141411234567890", "]C1", "sscc", "a logistic unit"},
    {"0109506000134352", "]C1", "product", "a product in GS1-128"},
    {"400PO-1", "]C1", "gs1", "an order number in GS1-128"},
    {"WEB-1001", "]C1", "other", "bars that call themselves GS1 and are not"},
    {"EE123456785IN", "", "s10", "Speed Post"},
    {"EE123456784IN", "", "other", "with a wrong check digit"},
    {"560038", "", "pincode", "a PIN code"},
    {"060038", "", "other", "none begins with 0"},
    {"1Z999AA10123456784", "", "awb", "UPS"},
    {"D20001234", "", "awb", "DTDC"},
    {"500999A3408005", "", "awb", "Ekart"},
    {"{\"order_no\":\"A\"}", "", "json", "an object"},
    {"https://shop.example/o/1", "", "url", "an address"},
    {"", "", "other", "nothing"},
};

static void codes_are_called_what_they_look_like(void)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        enum code_kind kind = code_kind_of(bytes_of_text(kinds[i].text), kinds[i].aim);
        EXPECT_TEXT(kinds[i].kind, code_kind_word(kind), kinds[i].promise);
    }
}

static void couriers_are_named_by_the_form(void)
{
    static const struct {
        const char *text, *names, *promise;
    } rows[] = {
        {"28411210000145", "delhivery xpressbees", "fourteen digits may be two couriers'"},
        {"12345678903", "bluedart", "eleven digits with the right remainder"},
        {"12345678901", "", "and with a wrong one"},
        {"1234567891", "dhl ecom", "ten digits"},
        {"794953535000", "fedex", "twelve digits that fit"},
        {"EE123456785IN", "indiapost", "S10"},
        {"SBX0000001", "sandbox", "of the sandbox"},
        {"ORDER", "", "nobody's"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *names[CODE_AWB_COURIERS_MAX];
        char storage[128];
        struct textbuf text;
        textbuf_init(&text, storage, sizeof storage);
        size_t count = code_awb_couriers(bytes_of_text(rows[i].text), names);
        for (size_t n = 0; n < count; n++)
            textbuf_format(&text, "%s%s", n > 0 ? " " : "", names[n]);
        EXPECT_TEXT(rows[i].names, storage, rows[i].promise);
    }
}

static void symbologies_have_names(void)
{
    EXPECT_TEXT("gs1-128", code_symbology_word("]C1"), "the exact id first");
    EXPECT_TEXT("code-128", code_symbology_word("]C0"), "then the letter");
    EXPECT_TEXT("code-39", code_symbology_word("]A7"), "whatever its options");
    EXPECT_TEXT("unknown", code_symbology_word(""), "a scanner that does not say");
    EXPECT_TEXT("unknown", code_symbology_word("]X0"), "what is no code");
}

int main(void)
{
    EXPECT_RUN(codes_are_called_what_they_look_like);
    EXPECT_RUN(couriers_are_named_by_the_form);
    EXPECT_RUN(symbologies_have_names);
    return expect_result();
}
