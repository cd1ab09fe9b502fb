/* Guards: whatever answers a courier gives, or somebody between us and it, a booking is never
 * stored with a number that is not its own, never given up, never made twice; and when the courier
 * answers well again, it is booked. The couriers' own files read the answers here. */
#include "tests/support/booking_bench.h"

#define REFERENCE "bay-1-01234567-41-1" /* of the bench's parcel */
#define ROUNDS 6

static const struct sample {
    const char *carrier, *awb, *booked, *found;
    bool asked; /* its way out of a doubt is the look-up */
} samples[] = {
    {"delhivery", "28411210000145",
     "{\"success\":true,\"packages\":[{\"status\":\"Success\",\"waybill\":\"28411210000145\","
     "\"refnum\":\"" REFERENCE "\",\"remarks\":[\"\"]}]}",
     "{\"ShipmentData\":[{\"Shipment\":{\"AWB\":\"28411210000145\",\"ReferenceNo\":\"" REFERENCE
     "\",\"Status\":{\"Status\":\"Manifested\",\"StatusType\":\"UD\"}}}]}",
     true},
    {"sandbox", "SBX100000018",
     "{\"awb\":\"SBX100000018\",\"reference\":\"" REFERENCE "\",\"status\":\"booked\","
     "\"mass_g\":742}",
     "{\"shipments\":[{\"awb\":\"SBX100000018\",\"reference\":\"" REFERENCE
     "\",\"status\":\"booked\"}]}",
     false},
};

static const struct shipment whole = {.reference = REFERENCE,
                                      .order_no = "WEB-1",
                                      .to = {.name = "Example Person 7",
                                             .phone = "9000000007",
                                             .line1 = "14 Sample Road",
                                             .city = "Bengaluru",
                                             .state = "Karnataka",
                                             .postcode = "560001",
                                             .country = "IN"},
                                      .value_minor = 149900,
                                      .currency = "INR",
                                      .mass_mg = 742000};

enum change { AS_IT_IS, HALF, DOUBLED, WIDE, OTHER_PARCEL, REPEATED, SWALLOWED };
static const struct row {
    int status;
    enum change change;
    const char *body; /* SWALLOWED: in its place */
    const char *promise;
} rows[] = {
    {200, HALF, "", "a cut answer"},
    {200, DOUBLED, "", "two answers in one"},
    {200, WIDE, "", "an answer in UTF-16"},
    {200, OTHER_PARCEL, "", "an answer to another's question"},
    {200, REPEATED, "", "an answer that says everything twice"},
    {500, AS_IT_IS, "", "a server's failure with a yes in it"},
    {302, AS_IT_IS, "", "a redirection with a yes in it"},
    {100, AS_IT_IS, "", "an interim answer"},
    {409, SWALLOWED, "{\"detail\":\"exists\"}", "a conflict with who knows what"},
    {200, SWALLOWED, "<html>Please sign in</html>", "a portal's page"},
    {200, SWALLOWED, "", "nothing at all"},
    {200, SWALLOWED, "null", "null"},
    {200, SWALLOWED, "{}", "an empty object"},
    {200, SWALLOWED, "[]", "an empty list"},
    {200, SWALLOWED, "{\"success\":true,\"status\":\"booked\"}", "a yes without a number"},
    {200, SWALLOWED, "{\"Success\":true,\"Error\":\"No such waybill or order ID found\"}",
     "nothing found, with success"},
    {404, SWALLOWED, "<html>404</html>", "a page that is not there"},
    {502, SWALLOWED, "Login or API Key Required", "a failure that asks for a login"},
};

static struct bytes spoil(const struct row *row, const char *good)
{
    static char storage[4096];
    struct textbuf text;
    size_t len = strlen(good);
    textbuf_init(&text, storage, sizeof storage);
    switch (row->change) {
    case AS_IT_IS: textbuf_text(&text, good); break;
    case HALF: textbuf_bytes_put(&text, bytes_of(good, len / 2)); break;
    case DOUBLED: textbuf_format(&text, "%s\n%s", good, good); break;
    case WIDE:
        for (size_t i = 0; i < len; i++)
            textbuf_bytes_put(&text, bytes_of((char[]){good[i], 0}, 2));
        break;
    case OTHER_PARCEL:
        for (size_t i = 0; i < len; i++) {
            bool ours = strncmp(good + i, REFERENCE, strlen(REFERENCE)) == 0;
            textbuf_text(&text, ours ? "bay-2" : "");
            i += ours ? 5 : 0;
            textbuf_char(&text, good[i]);
        }
        break;
    case REPEATED: textbuf_format(&text, "{%.*s,%s", (int)len - 2, good + 1, good + 1); break;
    case SWALLOWED: textbuf_text(&text, row->body); break;
    }
    return textbuf_bytes(&text);
}

static void hear(int status, struct bytes body)
{
    struct http_response response = {.status = status, .retry_after_s = -1, .body = body};
    struct event event = {.kind = EVENT_EXCHANGE};
    event.exchange.end = EXCHANGE_ANSWERED;
    event.exchange.response = &response;
    at(step.now_ms + 100);
    booking_answer(&booking, &step, &event);
    check();
}

/* SENDING, with the courier's own file behind it. */
static void send_with(const struct sample *sample)
{
    start(KEY);
    fake.carrier = *carrier_find(bytes_of_text(sample->carrier));
    booking_begin(&booking, &step, 0, &parcel, &whole);
    at(1000);
    store(ERR_NONE);
    expect_state(BOOKING_SENDING, "the request is out");
}

static void expect_open(const struct row *row)
{
    EXPECT(booking.state == BOOKING_RESENDING || booking.state == BOOKING_SETTLING, row->promise);
    EXPECT(!stores("booked") && !stores("refused"), row->promise);
    EXPECT_TEXT("", booking.parcel.awb, "no number was taken from it");
}

/* The courier has booked; what it says, again and again, is spoilt. Then it answers well. */
static void run(const struct sample *sample, const struct row *row)
{
    unsigned sendings = 1;
    send_with(sample);
    hear(row->status, spoil(row, sample->booked));
    expect_open(row);
    for (int round = 0; round < ROUNDS; round++) {
        wait_over();
        bool sends = booking.state == BOOKING_SENDING;
        if (sends) sendings++;
        EXPECT(sends || booking.state == BOOKING_ASKING, "it goes on asking");
        hear(row->status, spoil(row, sends ? sample->booked : sample->found));
        expect_open(row);
    }
    EXPECT(!sample->asked || sendings == 1,
           "who does not know our key is never asked to book twice");
    wait_over();
    bool sends = booking.state == BOOKING_SENDING;
    hear(200, bytes_of_text(sends ? sample->booked : sample->found));
    expect_state(BOOKING_STORING, "a good answer is a yes");
    EXPECT(stores("booked"), "and stored");
    EXPECT_TEXT(sample->awb, booking.parcel.awb, "with the courier's own number");
}

static void no_spoilt_answer_books_and_a_good_one_does(void)
{
    for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
        for (size_t at_row = 0; at_row < ARRAY_LEN(rows); at_row++) run(&samples[i], &rows[at_row]);
    }
}

static void no_spoilt_label_undoes_a_booking(void)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        send_with(&samples[1]);
        hear(201, bytes_of_text(samples[1].booked));
        at(step.now_ms);
        store(ERR_NONE);
        expect_state(BOOKING_LABELLING, "the label did not come with it");
        hear(rows[i].status, spoil(&rows[i], samples[1].booked));
        expect_state(BOOKING_BOOKED, "then we draw it");
        EXPECT_I64(LABEL_FORMAT_NONE, booking.parcel.label_format, rows[i].promise);
        EXPECT_TEXT(samples[1].awb, booking.parcel.awb, "the number stays");
    }
}

int main(void)
{
    EXPECT_RUN(no_spoilt_answer_books_and_a_good_one_does);
    EXPECT_RUN(no_spoilt_label_undoes_a_booking);
    return expect_result();
}
