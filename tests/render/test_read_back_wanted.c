/* Guards: a text that is wanted counts as read only when a code says all of it and nothing else;
 * for one that is hard to read more is tried, and said; one that is not there is missed. */
#include "firmware/render/read_back.h"

#include "tests/render/paper.h"
#include "tests/support/expect.h"

static struct render_answer answer;

static void read_wanting(const struct bits *bits, const char *first, const char *second)
{
    struct render_request request = {.dpi = 203, .read_back = 1};
    if (first != NULL) memcpy(request.wanted[0], first, strlen(first));
    if (second != NULL) memcpy(request.wanted[2], second, strlen(second));
    memset(&answer, 0, sizeof answer);
    read_back(bits, &request, &answer);
}

static bool missed(void)
{
    return (answer.warnings & RENDER_WARN_WANTED) != 0;
}

static void what_a_text_says(void)
{
    static const struct {
        const char *text, *wanted;
        bool gs1, says;
        const char *promise;
    } rows[] = {
        {"91234", "91234", false, true, "the whole text"},
        {"91234", "123", false, false, "a part is not the number"},
        {"91234", "9123", false, false, "a beginning is not the number"},
        {"91234", "", false, false, "nothing is wanted"},
        {"", "91234", false, false, "nothing is said"},
        {"00340123450000000018", "340123450000000018", true, true, "the value of a field"},
        {"00340123450000000018", "00340123450000000018", true, true, "with its identifier"},
        {"00340123450000000018", "(00)340123450000000018", true, true, "as it is printed below"},
        {"00340123450000000018", "40123450000000018", true, false, "a part of the value is not"},
        {"00340123450000000018", "340123450000000018", false, false, "only GS1 has fields"},
        {"010950110153000310AB-123\x1D"
         "21XYZ",
         "AB-123", true, true, "behind one of known length"},
        {"010950110153000310AB-123\x1D"
         "21XYZ",
         "XYZ", true, true, "the last one"},
        {"010950110153000310AB-123\x1D"
         "21XYZ",
         "09501101530003", true, true, "the first one"},
        {"010950110153000310AB-123\x1D"
         "21XYZ",
         "AB", true, false, "the beginning of one is not"},
        {"010950110153000310AB-123\x1D"
         "21XYZ",
         "123", true, false, "the end of one is not"},
        {"010950110153000310AB-123\x1D"
         "21XYZ",
         "(01)09501101530003(10)AB-123(21)XYZ", true, true, "all of it as it is printed below"},
        {"420560066\x1D"
         "92055901755477000000000018",
         "92055901755477000000000018", true, true,
         "a parcel number with its identifier, behind a postcode"},
        {"420560066\x1D"
         "92055901755477000000000018",
         "055901755477000000000018", true, true, "and without"},
        {"4031AWB77\x1D"
         "15261126",
         "AWB77", true, false, "identifiers of three signs: 403 and 1AWB77"},
        {"4031AWB77\x1D"
         "15261126",
         "1AWB77", true, true, "and its value"},
        {"3102000234", "000234", true, true, "identifiers of four signs: net weight"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        EXPECT(read_back_matches(bytes_of_text(rows[i].text), bytes_of_text(rows[i].wanted),
                                 rows[i].gs1) == rows[i].says,
               rows[i].promise);
}

static struct bits label_of(struct drawn *drawn)
{
    struct bits bits = paper(812, 400);
    drawn->box = (struct region){60, 60, 0, 0};
    draw(&bits, drawn);
    return bits;
}

static void wanted_is_found_or_missed(void)
{
    struct drawn awb = {.symbology = BARCODE_CODE128, .text = "28411210000145", .module = 2};
    awb.high = 80;
    struct bits bits = label_of(&awb);
    read_wanting(&bits, NULL, NULL);
    EXPECT(!missed(), "nothing wanted, nothing missed");
    read_wanting(&bits, "28411210000145", NULL);
    EXPECT(!missed() && answer.codes[0].warnings == 0, "the number is there, easily read");
    read_wanting(&bits, "28411210000146", NULL);
    EXPECT(missed() && answer.code_count == 1, "another number is not there");
    read_wanting(&bits, "28411210000145", "ORD-1");
    EXPECT(missed(), "one of two is not enough");
    read_wanting(&bits, "2841121000014", NULL);
    EXPECT(missed(), "a shorter number is another one");
    struct drawn order = {.symbology = BARCODE_QRCODE,
                          .text = "ORD-1",
                          .module = 4,
                          .box = {60, 200, 0, 0}};
    draw(&bits, &order);
    read_wanting(&bits, "28411210000145", "ORD-1");
    EXPECT(!missed() && answer.code_count == 2, "two of two are");
    struct bits empty = paper(812, 400);
    read_wanting(&empty, "28411210000145", NULL);
    EXPECT(missed() && answer.code_count == 0, "an empty label says nothing");
    free(empty.rows);
    free(bits.rows);
}

/* One dot in so many is wrong: the smoothed picture says what the dirty one does not. */
static void a_dirty_qr_is_read_the_hard_way(void)
{
    unsigned hard = 0;
    for (uint32_t seed = 1; seed <= 5; seed++) {
        struct drawn qr = {.symbology = BARCODE_QRCODE, .text = "28411210000145", .module = 5};
        struct bits bits = label_of(&qr);
        sprinkle(&bits, 40, seed);
        read_wanting(&bits, "28411210000145", NULL);
        EXPECT(!missed(), "one wrong dot in 40 hides no QR that is wanted");
        if (answer.code_count == 1 && (answer.codes[0].warnings & RENDER_CODE_HARD) != 0) hard++;
        free(bits.rows);
    }
    EXPECT(hard >= 3, "and it is said that it was hard");
}

static void bars_run_together(void)
{
    struct drawn ean = {.symbology = BARCODE_EANX, .text = "978014300723", .module = 2};
    ean.high = 80;
    struct bits bits = label_of(&ean), spread;
    if (!bits_spread(&bits, true, &spread)) abort();
    read_wanting(&spread, "9780143007234", NULL);
    EXPECT(!missed() && answer.code_count == 1, "bars half a module too wide are still an EAN-13");
    bits_free(&spread);
    free(bits.rows);
}

int main(void)
{
    EXPECT_RUN(what_a_text_says);
    EXPECT_RUN(wanted_is_found_or_missed);
    EXPECT_RUN(a_dirty_qr_is_read_the_hard_way);
    EXPECT_RUN(bars_run_together);
    return expect_result();
}
