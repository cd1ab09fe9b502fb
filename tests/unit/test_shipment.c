/* Guards: a shipment that was stored comes back the same, so a power cut never changes a request.
 */
#include "carriers/shipment.h"

#include "tests/support/expect.h"

static char text_storage[8192];
static _Alignas(16) uint8_t memory[256 * 1024];

static struct bytes written(const struct shipment *shipment)
{
    struct textbuf text;
    struct json_writer writer;
    textbuf_init(&text, text_storage, sizeof text_storage);
    json_write_init(&writer, &text);
    shipment_write(&writer, NULL, shipment);
    EXPECT(textbuf_ok(&text), "a shipment fits 8 KiB");
    return textbuf_bytes(&text);
}

static bool parsed(struct bytes text, struct shipment *out)
{
    struct json root;
    if (json_parse(text, (struct scratch){memory, sizeof memory}, &root) != JSON_OK) return false;
    return shipment_parse(root, out);
}

static void fill(char *text, size_t size, char with)
{
    memset(text, with, size - 1);
    text[size - 1] = '\0';
}

static void the_fullest_shipment_comes_back(void)
{
    struct shipment before, after;
    memset(&before, 0, sizeof before);
    memset(&after, 0x5A, sizeof after);
    fill(before.reference, sizeof before.reference, 'r');
    fill(before.order_no, sizeof before.order_no, 'o');
    fill(before.awb, sizeof before.awb, '1');
    fill(before.service, sizeof before.service, 's');
    fill(before.currency, sizeof before.currency, 'I');
    fill(before.contents, sizeof before.contents, '"');
    fill(before.dangerous, sizeof before.dangerous, 'U');
    fill(before.date, sizeof before.date, '2');
    before.fragile = true;
    fill(before.to.name, sizeof before.to.name, '\\');
    fill(before.to.phone, sizeof before.to.phone, '9');
    fill(before.to.line1, sizeof before.to.line1, '\n');
    fill(before.to.line2, sizeof before.to.line2, '/');
    fill(before.to.city, sizeof before.to.city, 'c');
    fill(before.to.state, sizeof before.to.state, 't');
    fill(before.to.postcode, sizeof before.to.postcode, '5');
    fill(before.to.country, sizeof before.to.country, 'N');
    before.payment = PAYMENT_COD;
    before.collect_minor = INT64_MAX;
    before.value_minor = 1;
    before.mass_mg = 741001;
    before.length_mm = INT32_MAX;
    before.width_mm = 1;
    before.height_mm = 2;
    EXPECT(parsed(written(&before), &after), "what was written is read");
    static char again[8192];
    struct bytes first = written(&before);
    ENSURE(first.len < sizeof again);
    memcpy(again, first.data, first.len);
    EXPECT_BYTES(bytes_of(again, first.len), written(&after), "every byte comes back");
}

static void what_is_absent_is_empty(void)
{
    struct shipment shipment = {.mass_mg = 1};
    EXPECT(parsed(BYTES_LITERAL("{\"reference\":\"A\",\"to\":null,\"mass_mg\":null}"), &shipment),
           "absent and null fields are no fault");
    EXPECT_TEXT("A", shipment.reference, "what is there is read");
    EXPECT_I64(0, shipment.mass_mg, "an absent mass is zero");
    EXPECT_I64(PAYMENT_PREPAID, shipment.payment, "an absent payment collects nothing");
}

static void what_is_foreign_is_refused(void)
{
    static const struct {
        const char *text;
        const char *promise;
    } rows[] = {
        {"[]", "an array is no shipment"},
        {"{\"reference\":5}", "a number is no reference"},
        {"{\"currency\":\"RUPEE\"}", "a text that is too long is refused, not cut"},
        {"{\"mass_mg\":\"5\"}", "our own numbers are numbers"},
        {"{\"mass_mg\":-1}", "no negative mass"},
        {"{\"mass_mg\":1.5}", "no fraction of a milligram"},
        {"{\"length_mm\":2147483648}", "a length beyond its type is refused"},
        {"{\"payment\":\"credit\"}", "an unknown payment is refused"},
        {"{\"to\":\"Asha\"}", "a receiver is an object"},
        {"{\"to\":{\"postcode\":\"12345678901\"}}", "a postcode that is too long is refused"},
    };
    struct shipment untouched;
    memset(&untouched, 0x5A, sizeof untouched);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        EXPECT(!parsed(bytes_of_text(rows[i].text), &untouched), rows[i].promise);
    }
    EXPECT_I64(0x5A, untouched.reference[0], "the output is untouched on failure");
}

int main(void)
{
    EXPECT_RUN(the_fullest_shipment_comes_back);
    EXPECT_RUN(what_is_absent_is_empty);
    EXPECT_RUN(what_is_foreign_is_refused);
    return expect_result();
}
