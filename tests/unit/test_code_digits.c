/* Guards: a number's check digit is right or wrong as its scheme says, what is not of the form is
 * neither, and a look-alike is mended only in an S10 number from a hand, by place. Numbers: samples
 * of GS1, UPU S10, UPS and FedEx in public use; the Blue Dart rule is known from two live ones. */
#include "drivers/code_digits.h"

#include "tests/support/expect.h"

static const struct {
    const char *scheme, *text;
    char expected; /* 0: not of the form */
    bool valid;
    const char *promise;
} rows[] = {
    {"gs1", "006141411234567890", '0', true, "SSCC of a common sample prefix"},
    {"gs1", "106141412345678908", '8', true, "SSCC, a GS1 sample"},
    {"gs1", "890123400000000012", '2', true, "SSCC with India's prefix"},
    {"gs1", "006141411234567891", '0', false, "SSCC, one too many"},
    {"gs1", "09506000134352", '2', true, "GTIN-14"},
    {"gs1", "4006381333931", '1', true, "GTIN-13"},
    {"gs1", "8901042960340", '0', true, "GTIN-13, an Indian retail item"},
    {"gs1", "2112345678901", '0', false, "GTIN-13 from the GS1 syntax engine's tests"},
    {"gs1", "036000291452", '2', true, "GTIN-12"},
    {"gs1", "96385074", '4', true, "GTIN-8"},
    {"gs1", "9506000134352", '2', true, "GLN"},
    {"gs1", "06141411234567890", '0', true, "GSIN"},
    {"gs1", "123456789", 0, false, "nine digits are none of them"},
    {"gs1", "", 0, false, "nothing"},
    {"gs1", "40063813339O1", 0, false, "a letter among the digits"},
    {"gs1", "400638133393O", '1', false, "a letter where the check digit stands"},
    {"gs1", "0000000000000000000000000000000000", 0, false, "far too long"},
    {"gtin", "06141411234567890", 0, false, "a GTIN has no 17 digits"},
    {"sscc", "006141411234567890", '0', true, "by its own name"},
    {"gsin", "06141411234567890", '0', true, "by its own name"},
    {"gln", "9506000134352", '2', true, "by its own name"},
    {"s10", "RR473124829GB", '9', true, "the example of UPU S10"},
    {"s10", "RR287043775IN", '5', true, "a live one"},
    {"s10", "EE100000140IN", '0', true, "ten counts as 0"},
    {"s10", "RM200000045IN", '5', true, "eleven counts as 5"},
    {"s10", "EE123456784IN", '5', false, "a wrong digit"},
    {"s10", "EE12345678OIN", '5', false, "O is not 0"},
    {"s10", "E1123456785IN", 0, false, "a digit where a letter belongs"},
    {"s10", "ee123456785in", 0, false, "small letters are not S10"},
    {"s10", "EE123456785I", 0, false, "too short"},
    {"ups", "1Z999AA10123456784", '4', true, "the vendor's sample"},
    {"ups", "1Z12345E6605272234", '4', true, "another"},
    {"ups", "1Z12345E0205271688", '6', false, "one of the vendor's that does not fit its rule"},
    {"ups", "2Z999AA10123456784", 0, false, "another prefix"},
    {"fedex", "794953535000", '0', true, "ten counts as 0"},
    {"bluedart", "12345678901", '3', false, "1234567890 leaves 3 when divided by seven"},
    {"bluedart", "12345678903", '3', true, "and with it it fits"},
    {"dhl", "1234567891", '1', true, "123456789 leaves 1"},
};

static void check_digits_are_told(void)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool valid = false;
        char expected = 0;
        const struct code_scheme *scheme = code_scheme_find(bytes_of_text(rows[i].scheme));
        bool form = code_check(scheme, bytes_of_text(rows[i].text), &valid, &expected);
        EXPECT_I64(rows[i].expected != 0, form, rows[i].promise);
        EXPECT_I64(rows[i].expected, expected, rows[i].promise);
        EXPECT_I64(rows[i].valid, valid, rows[i].promise);
    }
}

/* One digit changed, or two neighbours of another weight and value exchanged, is always noticed. */
static void one_wrong_digit_is_noticed(void)
{
    char number[] = "4006381333931";
    for (size_t i = 0; i < 13; i++) {
        char before = number[i];
        for (int digit = '0'; digit <= '9'; digit++) {
            number[i] = (char)digit;
            EXPECT_I64(digit == before, code_gs1_digit_fits(bytes_of_text(number)),
                       "each digit counts");
        }
        number[i] = before;
    }
}

static void a_hand_is_understood_by_place(void)
{
    static const struct {
        const char *typed, *number, *promise;
    } hands[] = {
        {"EE123456785IN", "EE123456785IN", "as it is printed"},
        {" ee 123 456 785 in ", "EE123456785IN", "in groups and small"},
        {"EEI2345678SIN", "", "an S is no 5: nobody says so"},
        {"EEI23456785IN", "EE123456785IN", "I among digits is 1"},
        {"EE1234567851N", "EE123456785IN", "1 among letters is I"},
        {"EEO00000005IN", "EE000000005IN", "O among digits is 0"},
        {"EE123456784IN", "", "a wrong check digit stays wrong"},
        {"EE123456785INX", "", "too long"},
        {"", "", "nothing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(hands); i++) {
        char number[CODE_S10_LEN + 1] = "";
        bool good = code_s10_from_hand(bytes_of_text(hands[i].typed), number);
        EXPECT_I64(hands[i].number[0] != '\0', good, hands[i].promise);
        EXPECT_TEXT(hands[i].number, number, hands[i].promise);
    }
}

int main(void)
{
    EXPECT_RUN(check_digits_are_told);
    EXPECT_RUN(one_wrong_digit_is_noticed);
    EXPECT_RUN(a_hand_is_understood_by_place);
    return expect_result();
}
