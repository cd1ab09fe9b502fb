/* Guards: what was written to the journal is read back as it was, keys forbid a second intent,
 * and the past of an order is folded to the parcel that is open. */
#include "firmware/station/fact.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

static struct parcel example(void)
{
    return (struct parcel){.reference = "bay-1-01234567-12-1",
                           .order_id = "SH/77#a",
                           .order_no = "WEB-1001",
                           .rev = "8",
                           .package_no = 1,
                           .packages_total = 2,
                           .generation = 1,
                           .carrier = "sandbox",
                           .service = "surface",
                           .awb = "SBX100000017",
                           .route = "PNQ/CAM",
                           .mass_mg = 742123,
                           .price_minor = 6200,
                           .currency = "INR",
                           .label_format = LABEL_FORMAT_ZPL,
                           .copy = 1,
                           .note = "torn"};
}

static void a_parcel_comes_back_as_it_was(void)
{
    struct parcel ours = example(), back;
    bench_init();
    struct step step = bench_step(1000);
    fact_put(&step, FACT_BOOKED, &ours);
    struct batch_fact *fact = &bench.commands.batch.facts[0];
    EXPECT(fact_parse(fact->body, step.scratch, &back), "the body can be read");
    fact_put(&step, FACT_LABEL, &back);
    EXPECT_BYTES(fact->body, bench.commands.batch.facts[1].body, "every field is the same");
    EXPECT_I64(742123, back.mass_mg, "the mass to the milligram");
    EXPECT_TEXT("torn", back.note, "the note");
    EXPECT_TEXT("PNQ/CAM", back.route, "the sort code");
    EXPECT_BYTES(BYTES_LITERAL("SH/77#a"), fact->subject, "the subject is the order");
    EXPECT_BYTES(BYTES_LITERAL("booked"), fact->kind, "the kind is its word");
}

static void keys_forbid_what_must_not_happen_twice(void)
{
    static const struct {
        enum fact_kind kind;
        const char *key;
        const char *promise;
    } rows[] = {
        {FACT_INTENT, "intent/SH/77#a/1/1", "one intent for a package and a generation"},
        {FACT_BOOKED, "booked/sandbox/SBX100000017", "one parcel for an AWB"},
        {FACT_PRINT, "print/bay-1-01234567-12-1/1", "one print for a copy"},
        {FACT_PRINTED, "printed/bay-1-01234567-12-1/1", "one proof for a copy"},
        {FACT_CLOSED, "closed/bay-1-01234567-12-1", "one end for a parcel"},
        {FACT_REFUSED, "refused/bay-1-01234567-12-1", "one refusal for a reference"},
    };
    struct parcel ours = example();
    bench_init();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct step step = bench_step(1000);
        fact_put(&step, rows[i].kind, &ours);
        EXPECT_BYTES(bytes_of_text(rows[i].key), bench.commands.batch.facts[0].key,
                     rows[i].promise);
    }
}

static void events_are_numbered_without_gaps(void)
{
    struct parcel ours = example();
    struct oms_event event;
    bench_init();
    struct step step = bench_step(1000);
    fact_put_event(&step, OMS_EVENT_PACKED, "packed", &ours, "");
    fact_put_event(&step, OMS_EVENT_BOOKED, "booked", &ours, "");
    EXPECT_BYTES(BYTES_LITERAL("event/0123456789abcdef/2"), bench.commands.batch.facts[1].key,
                 "epoch and number");
    EXPECT(fact_parse_event(bench.commands.batch.facts[1].body, step.scratch, &event),
           "it can be read");
    EXPECT_I64(2, event.seq, "the second is 2");
    EXPECT_TEXT("SBX100000017", event.awb, "it tells the AWB");
    EXPECT_TEXT("WEB-1001", event.order_no, "of the order");
}

static void no_address_goes_into_facts(void)
{
    struct parcel ours = example();
    bench_init();
    struct step step = bench_step(1000);
    for (unsigned kind = 0; kind < FACT_EVENT; kind++) fact_put(&step, (enum fact_kind)kind, &ours);
    for (size_t i = 0; i < bench.commands.batch.fact_count; i++) {
        struct bytes body = bench.commands.batch.facts[i].body;
        EXPECT(bytes_find(body, BYTES_LITERAL("phone")) == body.len, "no phone");
        EXPECT(bytes_find(body, BYTES_LITERAL("line1")) == body.len, "no street");
    }
}

static void fold(struct past *past, struct step *step, enum fact_kind kind,
                 const struct parcel *parcel)
{
    commands_reset(&bench.commands);
    fact_put(step, kind, parcel);
    const struct batch_fact *fact = &bench.commands.batch.facts[0];
    struct event_row row = {.seq = 1,
                            .key = fact->key,
                            .kind = fact->kind,
                            .subject = fact->subject,
                            .body = fact->body};
    past_fold(past, &row, step->scratch);
}

static void the_past_knows_what_is_open(void)
{
    struct parcel first = example(), second = example();
    struct past past;
    bench_init();
    struct step step = bench_step(1000);
    past_init(&past);
    fold(&past, &step, FACT_INTENT, &first);
    EXPECT(past.has_open && past.open_stage == STAGE_INTENT, "an intent is open");
    fold(&past, &step, FACT_BOOKED, &first);
    fold(&past, &step, FACT_PRINT, &first);
    EXPECT(past.has_open && past.open_stage == STAGE_PRINTING, "a begun print is open");
    fold(&past, &step, FACT_PRINTED, &first);
    fold(&past, &step, FACT_CLOSED, &first);
    EXPECT(!past.has_open && past.has_closed, "a closed one is not");
    EXPECT_I64(STAGE_CLOSED, past.packages[1].stage, "package 1 is done");
    EXPECT_I64(STAGE_NONE, past.packages[2].stage, "package 2 is not begun");
    second.package_no = 2;
    memcpy(second.reference, "bay-1-01234567-13-1", 20);
    fold(&past, &step, FACT_INTENT, &second);
    fold(&past, &step, FACT_REFUSED, &second);
    EXPECT(!past.has_open, "a refused one is over");
    EXPECT_I64(1, past.packages[2].generation, "and its try is remembered");
    fold(&past, &step, FACT_PRINT, &first);
    EXPECT_I64(STAGE_CLOSED, past.packages[1].stage, "a reprint does not open a closed parcel");
}

static void foreign_facts_are_passed(void)
{
    static const char *const bodies[] = {"",        "{}", "[]", "{\"v\":1}", "{\"reference\":5}",
                                         "not json"};
    struct past past;
    struct parcel parcel;
    bench_init();
    struct step step = bench_step(1000);
    past_init(&past);
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        struct event_row row = {.kind = BYTES_LITERAL("intent"), .body = bytes_of_text(bodies[i])};
        EXPECT(!fact_parse(row.body, step.scratch, &parcel),
               "a body without a reference is no parcel");
        past_fold(&past, &row, step.scratch);
    }
    EXPECT(!past.has_open, "nothing was folded");
}

int main(void)
{
    EXPECT_RUN(a_parcel_comes_back_as_it_was);
    EXPECT_RUN(keys_forbid_what_must_not_happen_twice);
    EXPECT_RUN(events_are_numbered_without_gaps);
    EXPECT_RUN(no_address_goes_into_facts);
    EXPECT_RUN(the_past_knows_what_is_open);
    EXPECT_RUN(foreign_facts_are_passed);
    return expect_result();
}
