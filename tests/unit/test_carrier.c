/* Guards: the words of the courier contract, what silence means, and the parts that couriers share:
 * clean text, label bytes, hosts a label may come from. */
#include "carriers/carrier_list.h"
#include "carriers/clean.h"
#include "carriers/label_data.h"
#include "carriers/reply.h"
#include "carriers/request.h"
#include "tests/support/expect.h"

static void every_operation_has_its_word(void)
{
    for (int i = 0; i <= CARRIER_TRACK; i++) {
        enum carrier_operation operation = (enum carrier_operation)i, back = CARRIER_TRACK;
        struct bytes word = bytes_of_text(carrier_operation_word(operation));
        EXPECT(carrier_operation_parse(word, &back), "its word is known");
        EXPECT_I64(operation, back, "a word and its operation are one");
    }
    enum carrier_operation none = CARRIER_BOOK;
    EXPECT(!carrier_operation_parse(BYTES_LITERAL("steal"), &none), "other words are not");
}

static void every_courier_is_found_by_its_name(void)
{
    size_t count = 0;
    for (; carrier_at(count) != NULL; count++) {
        const struct carrier *carrier = carrier_at(count);
        EXPECT(carrier_find(bytes_of_text(carrier->name)) == carrier, "found by its own name");
        EXPECT(carrier->supports[CARRIER_BOOK], "every courier books");
        EXPECT(carrier->promises.repeat == REPEAT_SAFE_KEY || carrier->promises.settle_s > 0,
               "without a safe key there is a settle window");
        EXPECT(carrier->promises.reference_max < SHIPMENT_REFERENCE_SIZE, "references fit");
    }
    EXPECT(count >= 2, "there are couriers");
    EXPECT(carrier_find(BYTES_LITERAL("nobody")) == NULL, "no such courier");
}

static void silence_after_sending_is_unknown_for_writes_only(void)
{
    static struct carrier_outcome outcome;
    for (int i = 0; i <= CARRIER_TRACK; i++) {
        enum carrier_operation operation = (enum carrier_operation)i;
        bool writes =
            operation == CARRIER_BOOK || operation == CARRIER_WEIGHT || operation == CARRIER_CANCEL;
        carrier_outcome_of_end(operation, EXCHANGE_MAYBE_SENT, &outcome);
        EXPECT_I64(writes ? CARRIER_UNKNOWN : CARRIER_RETRY, outcome.result, "maybe sent");
        EXPECT_I64(writes, outcome.lookup, "a look-up is next exactly after a write");
        carrier_outcome_of_end(operation, EXCHANGE_NOT_SENT, &outcome);
        EXPECT_I64(CARRIER_RETRY, outcome.result, "not sent: nothing was done");
        carrier_outcome_of_end(operation, EXCHANGE_NO_CLOCK, &outcome);
        EXPECT_I64(CARRIER_RETRY, outcome.result, "no clock: nothing was sent");
        carrier_outcome_of_end(operation, EXCHANGE_UNTRUSTED, &outcome);
        EXPECT_I64(CARRIER_RETRY, outcome.result, "wrong certificate: nothing was sent");
        EXPECT(outcome.after_s >= 60, "and not again at once");
    }
}

static void a_fresh_outcome_claims_nothing(void)
{
    static struct carrier_outcome outcome;
    carrier_outcome_init(&outcome);
    EXPECT_I64(CARRIER_UNKNOWN, outcome.result, "it may have happened");
    EXPECT(outcome.lookup && outcome.after_s == -1 && outcome.cod_max_minor == -1, "not stated");
}

/* The words of carriers/WORDS.md. */
static void outcomes_are_written_in_the_words_of_the_reference(void)
{
    static struct carrier_outcome outcome;
    char storage[256];
    struct textbuf text;
    textbuf_init(&text, storage, sizeof storage);
    carrier_outcome_init(&outcome);
    reply_reject(REASON_COD_LIMIT, &outcome);
    carrier_outcome_write(&text, CARRIER_BOOK, &outcome);
    EXPECT_TEXT("reject;cod_limit", storage, "a refusal and its reason");
    textbuf_reset(&text);
    outcome.result = CARRIER_AUTH;
    carrier_outcome_write(&text, CARRIER_BOOK, &outcome);
    EXPECT_TEXT("auth;refresh", storage, "a token that ran out");
    textbuf_reset(&text);
    outcome.result = CARRIER_PENDING;
    carrier_outcome_write(&text, CARRIER_BOOK, &outcome);
    EXPECT_TEXT("pending", storage, "ask again");
}

static void clean_text_keeps_words(void)
{
    static const struct {
        const char *text, *forbidden, *wanted, *rest;
        size_t max;
        const char *promise;
    } rows[] = {
        {" a\t b\r\nc ", "", "a b c", "", 30, "blanks collapse, line breaks are blanks"},
        {"A/12#B&C;D\\E", "&#;\\", "A/12 B C D E", "", 30, "what is forbidden separates words"},
        {"one two three", "", "one two", "three", 10, "broken at a word"},
        {"one two three", "", "one two", "three", 12, "the blank between counts"},
        {"one two three", "", "one two three", "", 13, "exactly full"},
        {"abcdefghij klm", "", "abcdefgh", "ij klm", 8, "a word longer than the line is broken"},
        {"\xF0\x9F\x8F\xA0 home \xE2\x80\xAE x", "", "home x", "", 30, "no emoji, no turning mark"},
        {"\xE0\xA4\x85\xE0\xA4\xB6 \xE0\xA4\xA8", "", "\xE0\xA4\x85\xE0\xA4\xB6", "\xE0\xA4\xA8", 2,
         "characters are counted, not bytes"},
        {"a\xFF\x80z", "", "a z", "", 30, "what is not UTF-8 is a blank"},
        {"a\xC2\x9Bz\x7Fy", "", "a z y", "", 30, "control characters of every kind"},
        {"", "", "", "", 30, "nothing stays nothing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char storage[64];
        struct textbuf out;
        textbuf_init(&out, storage, sizeof storage);
        struct bytes rest =
            clean_put(&out, bytes_of_text(rows[i].text), rows[i].forbidden, rows[i].max);
        EXPECT_TEXT(rows[i].wanted, storage, rows[i].promise);
        EXPECT_BYTES(bytes_of_text(rows[i].rest), rest, rows[i].promise);
    }
    EXPECT(clean_is("PK-1/2", "&#"), "a plain reference is clean");
    EXPECT(!clean_is("PK 1", "&#") && !clean_is("PK#1", "&#") && !clean_is("", ""),
           "blank, forbidden or empty is not");
    EXPECT(clean_is_empty(" # \n", "#") && !clean_is_empty("# a", "#"), "nothing left");
}

static void phones_are_ten_digits_from_6_to_9(void)
{
    static const struct {
        const char *text, *wanted, *promise;
    } rows[] = {
        {"9800000001", "9800000001", "plain"},
        {"+91 98000 00001", "9800000001", "country code and blanks"},
        {"09800000001", "9800000001", "leading zero"},
        {"98000-00001/9700000002", "9800000001", "the first of two"},
        {"080-12345, 9700000002", "9700000002", "the first that can be one"},
        {"9800000001 9700000002", "9700000002", "two without a sign between: the last ten"},
        {"12345", NULL, "too short"},
        {"5800000001", NULL, "begins below 6"},
        {"9800000001 ext 12", NULL, "an extension makes it unclear"},
        {"", NULL, "empty"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char digits[CLEAN_PHONE_SIZE] = "";
        bool good = clean_phone(bytes_of_text(rows[i].text), digits);
        EXPECT_I64(rows[i].wanted != NULL, good, rows[i].promise);
        if (rows[i].wanted != NULL) EXPECT_TEXT(rows[i].wanted, digits, rows[i].promise);
    }
}

static void pincodes_are_six_digits(void)
{
    char digits[CLEAN_PINCODE_SIZE] = "";
    EXPECT(clean_pincode(BYTES_LITERAL("560 001"), digits), "a blank after the third is usual");
    EXPECT_TEXT("560001", digits, "without it");
    EXPECT(!clean_pincode(BYTES_LITERAL("056001"), digits), "the first is 1 to 9");
    EXPECT(!clean_pincode(BYTES_LITERAL("56000"), digits), "not five");
    EXPECT(!clean_pincode(BYTES_LITERAL("5600011"), digits), "not seven");
    EXPECT(!clean_pincode(BYTES_LITERAL("56000l"), digits), "digits only");
}

static void labels_are_what_their_bytes_say(void)
{
    static const char png[] = "\x89PNG\r\n\x1A\n....\0\0\0\0IEND\xAE\x42\x60\x82";
    EXPECT_I64(LABEL_FORMAT_ZPL, label_data_sniff(BYTES_LITERAL("\n^XA^FO1,1^FDx^FS^XZ\r\n")),
               "ZPL");
    EXPECT_I64(LABEL_FORMAT_NONE, label_data_sniff(BYTES_LITERAL("^XA^FO1,1^FDxxxxx^FS")),
               "cut ZPL");
    EXPECT_I64(LABEL_FORMAT_PDF, label_data_sniff(BYTES_LITERAL("%PDF-1.4 objects\n%%EOF\n")),
               "PDF");
    EXPECT_I64(LABEL_FORMAT_NONE, label_data_sniff(BYTES_LITERAL("%PDF-1.4 objects\n%%EO")),
               "cut PDF");
    EXPECT_I64(LABEL_FORMAT_PNG, label_data_sniff(bytes_of(png, sizeof png - 1)), "PNG");
    EXPECT_I64(LABEL_FORMAT_NONE, label_data_sniff(bytes_of(png, sizeof png - 2)), "cut PNG");
    EXPECT_I64(LABEL_FORMAT_NONE, label_data_sniff(BYTES_NONE), "nothing");
    EXPECT_I64(LABEL_FORMAT_NONE, label_data_sniff(BYTES_LITERAL("<html>sign in please</html>")),
               "a web page");
}

static void a_label_with_other_bars_is_another_parcels(void)
{
    static const struct {
        const char *zpl;
        bool foreign;
        const char *promise;
    } rows[] = {
        {"^XA^FO1,1^BY3^BCN,200,Y,N,N,A^FDSBX0000001^FS^XZ", false, "the AWB in bars"},
        {"^XA^FO1,1^BCN,200^FD>:SBX>50000001^FS^XZ", false, "with changes of the code's set"},
        {"^XA^FO1,1^BCN,200^FDWEB-9^FS^FO1,9^BQN,2,4^FDQA,SBX0000001^FS^XZ", false,
         "in one of two"},
        {"^XA^FO1,1^A0N,30^FDa text^FS^FO1,9^GFA,2,2,1,aa55^FS^XZ", false,
         "a picture says nothing"},
        {"^XA^FO1,1^BY3^A0N,30^FDa text^FS^XZ", false, "measures of bars are no bars"},
        {"^XA^FO1,1^BCN,200^FDSBX0000002^FS^XZ", true, "another AWB in bars"},
        {"^XA^FO1,1^BCN,200^FDSBX0000002^FS^FO1,9^A0N,30^FDSBX0000001^FS^XZ", true,
         "the AWB in letters does not outweigh the bars"},
        {"^XA^FO1,1^BCN,200^FVSBX000000^FS^XZ", true, "a part of it is not it"},
        {"^XA^BCN,200^FD", true, "empty bars"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        EXPECT(label_data_is_foreign(bytes_of_text(rows[i].zpl), "SBX0000001") == rows[i].foreign,
               rows[i].promise);
    }
}

static void labels_come_from_known_hosts_only(void)
{
    static const char *const domains[] = {".delhivery.com"};
    static const struct {
        const char *link;
        bool good;
        const char *promise;
    } rows[] = {
        {"https://api.example:7801/files/1.pdf", true, "the account's own host and port"},
        {"https://api.example/files/1.pdf", false, "another port is another server"},
        {"https://cdn.delhivery.com/1.pdf?x=1", true, "a host of the courier's"},
        {"https://CDN.Delhivery.COM#x", true, "hosts have no case"},
        {"https://cdn.delhivery.com:22/1.pdf", false, "a port of one's own choice"},
        {"https://evildelhivery.com/1.pdf", false, "a look-alike"},
        {"https://evil.example/.delhivery.com", false, "the name in the path"},
        {"https://evil.example?.delhivery.com", false, "the name in the query"},
        {"https://evil.example#.delhivery.com", false, "the name in the fragment"},
        {"https://cdn.delhivery.com@10.0.0.1/", false, "the name as a user"},
        {"https://user@cdn.delhivery.com/1.pdf", false, "no user name, wherever it leads"},
        {"https://10.0.0.1\\.delhivery.com/", false, "a backslash that some read as a slash"},
        {"http://cdn.delhivery.com/1.pdf", false, "not without encryption"},
        {"https://.delhivery.com", false, "no host at all"},
        {"file:///etc/passwd", false, "a file"},
        {"", false, "nothing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        EXPECT_I64(rows[i].good,
                   request_may_follow(bytes_of_text(rows[i].link), "https://api.example:7801/v1",
                                      domains, ARRAY_LEN(domains)),
                   rows[i].promise);
    }
}

static void numbers_of_parcels_are_plausible(void)
{
    EXPECT(reply_is_awb(BYTES_LITERAL("28411210000145")), "digits");
    EXPECT(reply_is_awb(BYTES_LITERAL("500999A3408005")), "letters and digits");
    EXPECT(!reply_is_awb(BYTES_LITERAL("")) && !reply_is_awb(BYTES_LITERAL("None")) &&
               !reply_is_awb(BYTES_LITERAL("null")) &&
               !reply_is_awb(BYTES_LITERAL("<b>123456</b>")) &&
               !reply_is_awb(BYTES_LITERAL("28411 210000145")),
           "words for nothing, tags and blanks are no numbers");
}

static void a_message_is_clean_and_bounded(void)
{
    static struct carrier_outcome outcome;
    char endless[1024];
    memset(endless, 'x', sizeof endless);
    carrier_outcome_init(&outcome);
    reply_message(BYTES_LITERAL("a\n b\x01"), &outcome);
    EXPECT_TEXT("a b", outcome.message, "one line, clean");
    reply_message(bytes_of(endless, sizeof endless), &outcome);
    EXPECT_TEXT("a b", outcome.message, "a word without an end does not fit");
    for (int i = 0; i < 100; i++) reply_message(BYTES_LITERAL("again"), &outcome);
    EXPECT(strlen(outcome.message) < CARRIER_MESSAGE_SIZE, "it stays in its place");
}

static void retry_after_is_clamped(void)
{
    static const struct {
        int64_t told_s, at_least_s, wanted_s;
    } rows[] = {{-1, 60, 60}, {0, -1, 1}, {5, -1, 5}, {5, 60, 60}, {86400, 60, 3600}, {-1, -1, -1}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        static struct carrier_outcome outcome;
        struct http_response response = {.status = 429, .retry_after_s = rows[i].told_s};
        carrier_outcome_init(&outcome);
        reply_throttled(&response, rows[i].at_least_s, &outcome);
        EXPECT_I64(rows[i].wanted_s, outcome.after_s, "one second to an hour, not below the least");
    }
}

int main(void)
{
    EXPECT_RUN(every_operation_has_its_word);
    EXPECT_RUN(every_courier_is_found_by_its_name);
    EXPECT_RUN(silence_after_sending_is_unknown_for_writes_only);
    EXPECT_RUN(a_fresh_outcome_claims_nothing);
    EXPECT_RUN(outcomes_are_written_in_the_words_of_the_reference);
    EXPECT_RUN(clean_text_keeps_words);
    EXPECT_RUN(phones_are_ten_digits_from_6_to_9);
    EXPECT_RUN(pincodes_are_six_digits);
    EXPECT_RUN(labels_are_what_their_bytes_say);
    EXPECT_RUN(a_label_with_other_bars_is_another_parcels);
    EXPECT_RUN(labels_come_from_known_hosts_only);
    EXPECT_RUN(numbers_of_parcels_are_plausible);
    EXPECT_RUN(a_message_is_clean_and_bounded);
    EXPECT_RUN(retry_after_is_clamped);
    return expect_result();
}
