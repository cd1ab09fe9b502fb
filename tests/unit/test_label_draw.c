/* Guards: our own label holds everything a courier needs, fits both kinds of stock whatever the
 * address is, and can always be said to the printer. */
#include "firmware/station/label_draw.h"

#include "drivers/driver_list.h"
#include "hal/base/ensure.h"
#include "tests/support/expect.h"

static struct label label;
static char job[16384];

static struct shipment example(void)
{
    return (struct shipment){.reference = "bay-1-01234567-41-1",
                             .order_no = "WEB-1001",
                             .awb = "28411000000145",
                             .service = "surface",
                             .to = {.name = "Example Person",
                                    .phone = "9000000001",
                                    .line1 = "1 Sample Road",
                                    .line2 = "Camp",
                                    .city = "Pune",
                                    .state = "Maharashtra",
                                    .postcode = "411001",
                                    .country = "IN"},
                             .currency = "INR",
                             .mass_mg = 742000};
}

static const struct {
    uint16_t width_dmm, height_dmm;
    unsigned dpi;
} stocks[] = {{1016, 1524, 203}, {1000, 1500, 203}, {1016, 1524, 300}, {1000, 1500, 300}};

static bool encodes(unsigned dpi)
{
    const struct printer_setup setup = {.dpi = dpi,
                                        .width_dmm = label.width_dmm,
                                        .height_dmm = label.height_dmm};
    struct textbuf out;
    textbuf_init(&out, job, sizeof job);
    return printer_driver_find(BYTES_LITERAL("zpl"))->encode_label(&label, &setup, &out);
}

static bool has(const char *text)
{
    for (size_t i = 0; i < label.count; i++) {
        if (strstr(label.items[i].text, text) != NULL) return true;
    }
    return false;
}

/* Every item on the label, and none over another: they come from the top. */
static void expect_fits(const char *promise)
{
    unsigned below = 0;
    for (size_t i = 0; i < label.count; i++) {
        const struct label_item *item = &label.items[i];
        unsigned lines = item->lines > 0 ? item->lines : 1;
        EXPECT(item->y_dmm >= below, promise);
        below = item->y_dmm + item->height_dmm * lines;
        EXPECT(item->x_dmm + item->width_dmm <= label.width_dmm, promise);
    }
    EXPECT(below <= label.height_dmm, promise);
}

static void an_ordinary_parcel_says_all_it_must(void)
{
    struct shipment shipment = example();
    static const char *const texts[] = {
        "Courier  surface", "28411000000145", "Example Person",
        "1 Sample Road",    "Camp",           "Pune Maharashtra",
        "411001",           "9000000001",     "PREPAID",
        "0.742 kg",         "WEB-1001",       "bay-1-01234567-41-1"};
    label_draw(&shipment, "Courier", "", 1, 1016, 1524, &label);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) EXPECT(has(texts[i]), texts[i]);
    EXPECT(!has("REPRINT"), "the first label is no reprint");
    size_t bars = 0;
    for (size_t i = 0; i < label.count; i++) bars += label.items[i].kind == LABEL_CODE128;
    EXPECT_I64(1, bars, "one bar code, so that nobody scans another");
    shipment.payment = PAYMENT_COD;
    shipment.collect_minor = 149905;
    label_draw(&shipment, "Courier", "", 3, 1016, 1524, &label);
    EXPECT(has("COD  INR 1499.05"), "the money to collect, to the paisa");
    EXPECT(!has("PREPAID"), "and nothing else");
    EXPECT(has("REPRINT 3"), "a reprint says which one it is");
    EXPECT(!has("FRAGILE") && !has("DANGEROUS"), "no mark that nobody asked for");
    shipment.fragile = true;
    memcpy(shipment.dangerous, "UN3481", sizeof "UN3481");
    label_draw(&shipment, "Courier", "PNQ/CAM", 1, 1016, 1524, &label);
    EXPECT(has("PNQ/CAM"), "the sorter's code");
    EXPECT(has("FRAGILE") && has("DANGEROUS GOODS UN3481"), "how it is to be handled");
}

static void every_label_fits_its_stock(void)
{
    for (size_t s = 0; s < ARRAY_LEN(stocks); s++) {
        for (unsigned copy = 1; copy < 100; copy += 49) {
            struct shipment shipment = example();
            label_draw(&shipment, "Courier", "", copy, stocks[s].width_dmm, stocks[s].height_dmm,
                       &label);
            expect_fits("an ordinary one");
            EXPECT(encodes(stocks[s].dpi), "and can be printed");
            memset(&shipment.to, 'W', sizeof shipment.to);
            shipment.to.name[100] = shipment.to.line1[200] = shipment.to.line2[200] = '\0';
            shipment.to.city[60] = shipment.to.state[60] = shipment.to.postcode[10] = '\0';
            shipment.to.phone[20] = shipment.to.country[2] = '\0';
            memset(shipment.order_no, 'W', sizeof shipment.order_no - 1);
            memset(shipment.reference, 'W', sizeof shipment.reference - 1);
            shipment.payment = PAYMENT_COD;
            shipment.collect_minor = INT64_MAX;
            shipment.fragile = true;
            memcpy(shipment.dangerous, "UN3481", sizeof "UN3481");
            label_draw(&shipment, "A courier with a long name", "WWWW/WWW WWWWWWWWWWWWWWWWWWWWWWW",
                       copy, stocks[s].width_dmm, stocks[s].height_dmm, &label);
            expect_fits("the longest of everything");
            EXPECT(encodes(stocks[s].dpi), "and can be printed");
        }
    }
}

/* Whatever an address holds: the label of a booked parcel can be said in every printer's words. */
static void every_printer_can_say_it(void)
{
    static const char hostile[] = "\"नमस्ते\" \\ ^XA~JA ~!T {B";
    struct shipment shipment = example();
    for (unsigned longest = 0; longest < 2; longest++) {
        for (size_t i = 0; printer_driver_at(i) != NULL; i++) {
            const struct printer_driver *driver = printer_driver_at(i);
            struct textbuf out;
            label_draw(&shipment, "Courier", "", 2, 1016, 1524, &label);
            for (unsigned dpi = 203; dpi <= 300; dpi += 97) {
                const struct printer_setup setup = {.dpi = dpi,
                                                    .width_dmm = 1016,
                                                    .height_dmm = 1524};
                textbuf_init(&out, job, sizeof job);
                EXPECT(driver->encode_label(&label, &setup, &out), driver->name);
                EXPECT(bytes_find(textbuf_bytes(&out), BYTES_LITERAL("28411000000145")) < out.len,
                       "with its AWB");
            }
        }
        memset(shipment.to.line1, 'W', sizeof shipment.to.line1 - 1);
        memcpy(shipment.to.name, hostile, sizeof hostile);
    }
}

static void hindi_is_cut_between_letters(void)
{
    struct shipment shipment = example();
    for (size_t lead = 0; lead < 3; lead++) { /* so that every place in a letter meets the end */
        struct textbuf line;
        textbuf_init(&line, shipment.to.line1, sizeof shipment.to.line1);
        for (size_t i = 0; i < lead; i++) textbuf_char(&line, 'x');
        while (line.len + 3 < sizeof shipment.to.line1) textbuf_text(&line, "क");
        label_draw(&shipment, "Courier", "", 1, 1016, 1524, &label);
        bool found = false;
        for (size_t i = 0; i < label.count; i++) {
            struct bytes text = bytes_of_text(label.items[i].text);
            EXPECT(bytes_are_utf8_text(text), "whole letters only");
            found = found || text.len > LABEL_TEXT_SIZE - 4;
        }
        EXPECT(found, "and as many as fit");
        EXPECT(encodes(203), "it can be printed");
    }
}

static void no_address_keeps_a_booked_parcel_from_its_label(void)
{
    static const char *const lines[] = {"Flat 4\nSample Road", "tab\there", "\x01\x02\x7F", " ",
                                        "^XA~JA_^FS\\&",       "\r\n",      "नमस्ते\nदुनिया"};
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct shipment shipment = example();
        memcpy(shipment.to.line1, lines[i], strlen(lines[i]) + 1);
        memcpy(shipment.to.name, lines[i], strlen(lines[i]) + 1);
        label_draw(&shipment, "Courier", "", 1, 1016, 1524, &label);
        EXPECT(encodes(203), lines[i]);
        const char *start = strstr(job, "^XA");
        EXPECT(start != NULL && strstr(start + 3, "^XA") == NULL, "and stays an address");
    }
    struct shipment empty = {.awb = "28411000000145"};
    label_draw(&empty, "", "", 1, 1016, 1524, &label);
    EXPECT(encodes(203), "even with nothing but a number");
    label_draw(&empty, "Courier", "", 1, 400, 300, &label);
    EXPECT(!encodes(203), "stock that is too small is refused, not printed in part");
}

int main(int argc, char **argv)
{
    if (argc > 1) { /* tests/integration/own_label.sh looks at it with other people's eyes */
        struct shipment shipment = example();
        label_draw(&shipment, "Courier", "", 2, 1016, 1524, &label);
        ENSURE(encodes(strcmp(argv[1], "300") == 0 ? 300 : 203));
        return fputs(job, stdout) < 0;
    }
    EXPECT_RUN(an_ordinary_parcel_says_all_it_must);
    EXPECT_RUN(every_label_fits_its_stock);
    EXPECT_RUN(every_printer_can_say_it);
    EXPECT_RUN(hindi_is_cut_between_letters);
    EXPECT_RUN(no_address_keeps_a_booked_parcel_from_its_label);
    return expect_result();
}
