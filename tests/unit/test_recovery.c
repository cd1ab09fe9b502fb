/* Guards: what a start makes of the facts it finds. The rows of the table in firmware/DESIGN.md,
 * "What happens when the power goes", one by one: each open parcel is given back to its machine,
 * none twice. */
#include "firmware/station/recovery.h"
#include "firmware/station/pool.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

#define TASK                                                                                       \
    "{\"reference\":\"R\",\"order_no\":\"WEB-1\",\"awb\":\"\",\"to\":{\"name\":\"A\",\"phone\":"   \
    "\"9000000001\",\"line1\":\"1 Road\",\"city\":\"Pune\",\"state\":\"MH\",\"postcode\":"         \
    "\"411001\",\"country\":\"IN\"},\"payment\":\"prepaid\",\"currency\":\"INR\",\"value_minor\":" \
    "100,"                                                                                         \
    "\"contents\":\"Mug\",\"mass_mg\":742000}"

static struct recovery recovery;
static struct packing packing;
static struct orders orders;
static struct weighing weighing;
static struct devices devices;
static struct booking bookings[BOOKINGS_MAX];
static struct printing printing;
static struct pool pool;
static struct parcel_list recalls, shelf;
static struct voids voids;
static struct scale_care care;
static struct floor floor_ = {&orders, &weighing, &devices, bookings, &printing,
                              &pool,   &recalls,  &shelf,   &voids,   &care};
static struct step step;

#define ROWS_MAX 64u
static struct {
    char key[FACT_KEY_SIZE], body[FACT_BODY_SIZE];
    const char *kind;
} journal[ROWS_MAX];
static size_t rows;
static bool with_tasks;

static void start(void)
{
    bench_init();
    bench.config.limits.booking_wait_ms = 5000;
    rows = 0;
    with_tasks = true;
    memset(&recovery, 0, sizeof recovery);
    packing_init(&packing);
    orders_init(&orders);
    weighing_init(&weighing);
    devices_init(&devices, &bench.config, NULL, NULL, 0);
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) booking_init(&bookings[slot], slot);
    printing_init(&printing);
    pool_init(&pool);
    parcel_list_init(&recalls, "recalls");
    parcel_list_init(&shelf, "shelf");
    recalls.loaded = true;
    care_init(&care);
}

static struct parcel parcel_of(unsigned n)
{
    struct parcel parcel = {.package_no = 1,
                            .packages_total = 1,
                            .generation = 1,
                            .carrier = "delhivery",
                            .mass_mg = 742000,
                            .copy = 1};
    snprintf(parcel.reference, sizeof parcel.reference, "R-%u", n);
    snprintf(parcel.order_id, sizeof parcel.order_id, "SH-%u", n);
    snprintf(parcel.order_no, sizeof parcel.order_no, "WEB-%u", n);
    return parcel;
}

static void write_fact(enum fact_kind kind, const struct parcel *parcel)
{
    struct step writing = bench_step(1);
    if (kind == FACT_EVENT) fact_put_event(&writing, OMS_EVENT_PACKED, "packed", parcel, "");
    else fact_put(&writing, kind, parcel);
    const struct batch_fact *fact = &bench.commands.batch.facts[0];
    ENSURE(rows < ROWS_MAX && bytes_to_text(fact->key, journal[rows].key, FACT_KEY_SIZE) &&
           bytes_to_text(fact->body, journal[rows].body, FACT_BODY_SIZE));
    journal[rows++].kind = fact_kind_word(kind);
}

/* Letters are facts, in order: i)ntent b)ooked l)abel p)rint P)rinted a)side s)ending c)losed
 * r)efused t)aken back, x: absent, e)vent. */
static void write_facts(const char *letters, unsigned n)
{
    struct parcel parcel = parcel_of(n);
    static const struct {
        char letter;
        enum fact_kind kind;
    } kinds[] = {{'i', FACT_INTENT}, {'b', FACT_BOOKED},  {'l', FACT_LABEL},
                 {'p', FACT_PRINT},  {'P', FACT_PRINTED}, {'a', FACT_ASIDE},
                 {'c', FACT_CLOSED}, {'r', FACT_REFUSED}, {'x', FACT_ABSENT},
                 {'e', FACT_EVENT},  {'s', FACT_SENDING}, {'t', FACT_TAKEN_BACK}};
    for (; *letters != '\0'; letters++) {
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
            if (kinds[i].letter != *letters) continue;
            if (kinds[i].kind == FACT_BOOKED) snprintf(parcel.awb, sizeof parcel.awb, "AWB%06u", n);
            write_fact(kinds[i].kind, &parcel);
        }
    }
}

static void check(void)
{
    for (unsigned slot = 0; slot < BOOKINGS_MAX; slot++) booking_check(&bookings[slot], 1000);
    printing_check(&printing);
    packing_check(&packing, &floor_);
}

/* The whole reading, a few rows a page, and the tasks that are asked for. */
static void recover(void)
{
    static struct event event;
    step = bench_step(1000);
    recovery_begin(&recovery, &step, 0);
    for (unsigned turns = 0; recovery.state != RECOVERY_DONE && turns < 200; turns++) {
        bool reading = recovery.state == RECOVERY_READING;
        int64_t after = recovery.seq;
        memset(&event, 0, sizeof event);
        event.kind = reading ? EVENT_ROWS : EVENT_BLOB;
        for (size_t i = (size_t)after; reading && i < rows && event.rows.count < 5; i++) {
            event.rows.rows[event.rows.count++] =
                (struct event_row){.seq = (int64_t)i + 1,
                                   .key = bytes_of_text(journal[i].key),
                                   .kind = bytes_of_text(journal[i].kind),
                                   .body = bytes_of_text(journal[i].body)};
        }
        if (reading) event.rows.more = (size_t)after + event.rows.count < rows;
        if (!reading) {
            event.blob.found = with_tasks;
            event.blob.bytes = BYTES_LITERAL(TASK);
        }
        step = bench_step(1000);
        recovery_answer(&recovery, &step, &packing, &floor_, &event);
    }
    EXPECT_I64(RECOVERY_DONE, recovery.state, "it comes to an end");
    check();
}

static void every_row_of_the_crash_table(void)
{
    static const struct {
        const char *facts;
        enum packing_state packing;
        enum held_reason reason;
        enum booking_state booking; /* of slot 0 */
        enum printing_state printing;
        const char *promise;
    } table[] = {
        {"", PACKING_IDLE, HELD_NONE, BOOKING_FREE, PRINTING_IDLE, "nothing stored: scan again"},
        {"ie", PACKING_BOOKING, HELD_NONE, BOOKING_SETTLING, PRINTING_IDLE,
         "an intent: the whole window, then the look-up"},
        {"ieb", PACKING_BOOKING, HELD_NONE, BOOKING_BOOKED, PRINTING_IDLE,
         "booked: on to the label"},
        {"iebl", PACKING_BOOKING, HELD_NONE, BOOKING_BOOKED, PRINTING_IDLE,
         "its label there as well"},
        {"iebp", PACKING_HELD, HELD_LABEL_UNKNOWN, BOOKING_FREE, PRINTING_IDLE,
         "a print that was begun is one question"},
        {"iebpP", PACKING_HELD, HELD_LABEL_UNKNOWN, BOOKING_FREE, PRINTING_IDLE,
         "printed alone is never stored, and if it were: the question"},
        {"iebpPce", PACKING_IDLE, HELD_NONE, BOOKING_FREE, PRINTING_IDLE, "closed is closed"},
        {"ier", PACKING_IDLE, HELD_NONE, BOOKING_FREE, PRINTING_IDLE, "refused is over"},
        {"iex", PACKING_IDLE, HELD_NONE, BOOKING_FREE, PRINTING_IDLE, "so is what a person ended"},
        {"iea", PACKING_IDLE, HELD_NONE, BOOKING_FREE, PRINTING_IDLE,
         "what left the bench is the backlog's, and the bench is free"},
        {"ieas", PACKING_IDLE, HELD_NONE, BOOKING_FREE, PRINTING_IDLE, "however far it got there"},
        {"ieab", PACKING_IDLE, HELD_NONE, BOOKING_FREE, PRINTING_IDLE,
         "booked on the shelf: its order's scan finds it"},
        {"ieba", PACKING_IDLE, HELD_NONE, BOOKING_FREE, PRINTING_IDLE, "in either order"},
        {"iebpa", PACKING_IDLE, HELD_NONE, BOOKING_FREE, PRINTING_IDLE,
         "also when a print was begun"},
        {"iep", PACKING_HELD, HELD_LABEL_UNKNOWN, BOOKING_SETTLING, PRINTING_IDLE,
         "a label begun ahead: the question, and the booking goes on"},
        {"iepb", PACKING_HELD, HELD_LABEL_UNKNOWN, BOOKING_FREE, PRINTING_IDLE,
         "the yes came while the label was printed"},
        {"iepPcea", PACKING_IDLE, HELD_NONE, BOOKING_FREE, PRINTING_IDLE,
         "closed ahead: the backlog tells the courier"},
        {"iepre", PACKING_HELD, HELD_RECALLED, BOOKING_FREE, PRINTING_IDLE,
         "the no came while the label was printed: it must be destroyed"},
        {"iepret", PACKING_IDLE, HELD_NONE, BOOKING_FREE, PRINTING_IDLE, "and was"},
        {"bPc", PACKING_IDLE, HELD_NONE, BOOKING_FREE, PRINTING_IDLE,
         "facts of a parcel whose intent is settled are passed"},
        {"bp", PACKING_HELD, HELD_LABEL_UNKNOWN, BOOKING_FREE, PRINTING_IDLE,
         "but for a label begun: it was fetched from the shelf"},
        {"ieabp", PACKING_HELD, HELD_LABEL_UNKNOWN, BOOKING_FREE, PRINTING_IDLE,
         "also when its intent is read"},
        {"iebpap", PACKING_HELD, HELD_LABEL_UNKNOWN, BOOKING_FREE, PRINTING_IDLE,
         "also for a second label"},
        {"ieabpa", PACKING_IDLE, HELD_NONE, BOOKING_FREE, PRINTING_IDLE, "and back to the shelf"},
        {"bpPc", PACKING_IDLE, HELD_NONE, BOOKING_FREE, PRINTING_IDLE, "and closed"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        start();
        write_facts(table[i].facts, 1);
        recover();
        EXPECT_TEXT(packing_state_word(table[i].packing), packing_state_word(packing.state),
                    table[i].promise);
        EXPECT_TEXT(held_reason_word(table[i].reason), held_reason_word(packing.reason),
                    table[i].promise);
        EXPECT_TEXT(booking_state_word(table[i].booking), booking_state_word(bookings[0].state),
                    table[i].promise);
        EXPECT_I64(table[i].printing, printing.state, table[i].promise);
        EXPECT(bookings[1].state == BOOKING_FREE, "one parcel, one slot");
        if (packing.state != PACKING_IDLE)
            EXPECT_TEXT("WEB-1", packing.scan, "the order can be searched by again");
    }
}

static void the_newest_parcel_is_in_hand(void)
{
    start();
    write_facts("iea", 1);
    write_facts("ie", 2);
    write_facts("iea", 3);
    recover();
    EXPECT_I64(PACKING_BOOKING, packing.state, "one is in hand");
    EXPECT_TEXT("R-2", packing.parcel.reference, "the newest that nobody set aside");
    EXPECT(!bookings[0].aside, "it is waited for");
    EXPECT(bookings[1].state == BOOKING_FREE, "the others are the backlog's");
    EXPECT_I64(3, bookings[0].seq_floor, "the next start has to read from before its intent");
    EXPECT_I64(4, recovery.next_event_seq, "and event numbers go on");
}

static void two_that_are_open_have_a_slot_each(void)
{
    start();
    write_facts("ie", 1);
    write_facts("ie", 2);
    recover();
    EXPECT_TEXT("R-2", packing.parcel.reference, "the newest is in hand");
    EXPECT(bookings[0].aside && !bookings[1].aside, "the other goes on by itself");
    EXPECT_I64(0, bookings[0].seq_floor, "and holds back what is settled");
}

static void a_reprint_that_was_cut_off_opens_nothing(void)
{
    struct parcel parcel = parcel_of(1);
    start();
    memcpy(parcel.note, "smudged", sizeof "smudged");
    parcel.copy = 2;
    write_fact(FACT_PRINT, &parcel);
    recover();
    EXPECT_I64(PACKING_IDLE, packing.state, "its parcel was closed long ago");
}

static void a_recalled_parcel_is_on_the_list(void)
{
    start();
    write_facts("iepr", 1);
    recover();
    EXPECT(parcel_list_find(&recalls, BYTES_LITERAL("WEB-1")) != NULL, "by its order");
    EXPECT(bench.commands.batch.blob_count == 1 && bench.commands.batch_ticket != 0,
           "which is stored at once");
}

static void a_courier_that_left_the_settings_waits_for_them(void)
{
    start();
    write_facts("ie", 1);
    memcpy(bench.config.carriers[1].name, "nobody", sizeof "nobody");
    recover();
    EXPECT_I64(1, recovery.left_over, "it is left over");
    EXPECT_I64(PACKING_IDLE, packing.state, "and does not stop the bench");
}

static void a_lost_shipment_is_still_looked_up(void)
{
    start();
    write_facts("ie", 1);
    with_tasks = false;
    recover();
    EXPECT_I64(BOOKING_SETTLING, bookings[0].state, "the window is waited");
    EXPECT_TEXT("R-1", bookings[0].task.shipment.reference, "and asked for by reference");
    struct step later = bench_step(bookings[0].deadline_ms);
    booking_tick(&bookings[0], &later);
    EXPECT_I64(BOOKING_ASKING, bookings[0].state, "that needs no address");
    start();
    write_facts("iebp", 1);
    with_tasks = false;
    recover();
    EXPECT_I64(HELD_LABEL_UNKNOWN, packing.reason, "nor does the question about a label");
}

static void rows_that_cannot_be_read_are_counted_and_passed(void)
{
    start();
    write_facts("ie", 1);
    journal[rows].kind = "wonder";
    memcpy(journal[rows].body, "{}", 3);
    rows++;
    write_facts("e", 2);
    memcpy(journal[rows - 1].body, "{", 2);
    write_facts("c", 3);
    memcpy(journal[rows - 1].body, "{", 2);
    struct parcel parcel = parcel_of(9);
    write_fact(FACT_EVENT_REFUSED, &parcel);
    recover();
    EXPECT_I64(3, recovery.unreadable, "each is counted");
    EXPECT_I64(BOOKING_SETTLING, bookings[0].state, "what can be read is done");
}

int main(void)
{
    EXPECT_RUN(every_row_of_the_crash_table);
    EXPECT_RUN(the_newest_parcel_is_in_hand);
    EXPECT_RUN(two_that_are_open_have_a_slot_each);
    EXPECT_RUN(a_reprint_that_was_cut_off_opens_nothing);
    EXPECT_RUN(a_recalled_parcel_is_on_the_list);
    EXPECT_RUN(a_courier_that_left_the_settings_waits_for_them);
    EXPECT_RUN(a_lost_shipment_is_still_looked_up);
    EXPECT_RUN(rows_that_cannot_be_read_are_counted_and_passed);
    return expect_result();
}
