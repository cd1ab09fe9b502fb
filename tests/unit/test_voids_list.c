/* Guards: the list of orders to be voided holds what it was told, over a start too, whatever stands
 * in its blob; when it is full it says so; and an order with more parcels than are looked at at a
 * time, or with facts nobody can read, is still done to the end. */
#include "firmware/station/voids.h"
#include "tests/support/expect.h"
#include "tests/support/step_bench.h"

static struct voids voids;
static struct parcel_list recalls;
static struct step step;

static void load(const char *lines)
{
    struct event event = {.kind = EVENT_BLOB};
    bench_init();
    step = bench_step(1000);
    voids_init(&voids);
    parcel_list_init(&recalls, "recalls");
    voids_start(&voids, &step);
    EXPECT(!voids_have_room(&voids, 0), "before it is read nothing is known");
    EXPECT(!voids_note(&voids, "SH-9", VOID_ORDER_CANCELLED), "and nothing is put there");
    event.blob.found = lines != NULL;
    event.blob.bytes = lines == NULL ? BYTES_NONE : bytes_of_text(lines);
    voids_answer(&voids, &step, &recalls, &event);
    recalls.loaded = true;
    voids_check(&voids);
}

static void a_damaged_line_costs_one_order_at_most(void)
{
    load("\n\torder_cancelled\n"
         "0123456789012345678901234567890123456789012345678901234567890123456789\torder_cancelled\n"
         "SH-1\torder_cancelled\nSH-2\torder_changed\nSH-3\tmoonlight\nSH-4");
    EXPECT_I64(4, (int64_t)voids.count, "empty and overlong ones are no orders");
    for (size_t i = 0; i < voids.count; i++) {
        char id[8];
        snprintf(id, sizeof id, "SH-%zu", i + 1);
        const struct void_entry *entry = voids_find(&voids, id);
        if (!EXPECT(entry != NULL, "the others are there")) continue;
        EXPECT_I64(i == 1 ? VOID_ORDER_CHANGED : VOID_ORDER_CANCELLED, entry->why,
                   "one of unknown why is not packed again");
    }
}

static void what_would_break_the_list_is_not_put_there(void)
{
    static const char *const ids[] = {"", "SH\t1", "SH\n1"};
    load(NULL);
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        EXPECT(voids_note(&voids, ids[i], VOID_ORDER_CANCELLED), "there is room");
        EXPECT_I64(0, (int64_t)voids.count, "but it is nobody's id");
    }
}

static void a_full_list_says_so(void)
{
    static char lines[VOIDS_MAX * 32];
    char id[16];
    struct textbuf text;
    load(NULL);
    for (unsigned i = 0; i < VOIDS_MAX; i++) {
        snprintf(id, sizeof id, "SH-%u", i);
        EXPECT(voids_note(&voids, id, VOID_ORDER_CANCELLED), "there is room");
    }
    EXPECT(!voids_have_room(&voids, 1), "until there is none");
    EXPECT(!voids_note(&voids, "SH-new", VOID_ORDER_CANCELLED), "which is said");
    EXPECT(voids_note(&voids, "SH-0", VOID_ORDER_CANCELLED), "one that stands there is there");
    textbuf_init(&text, lines, sizeof lines);
    for (unsigned i = 0; i <= VOIDS_MAX; i++) textbuf_format(&text, "SH-%u\torder_changed\n", i);
    textbuf_char(&text, '\0');
    EXPECT(textbuf_ok(&text), "one line too many");
    load(lines);
    EXPECT_I64(VOIDS_MAX, (int64_t)voids.count, "of a longer blob its first lines are taken");
    EXPECT(voids_find(&voids, "SH-0") != NULL, "in order");
}

/* --- the facts about one order --- */

static struct event rows;
static int64_t newest_seq;
static char bodies[EVENT_ROWS_MAX][FACT_BODY_SIZE];

/* As they were stored. */
static void add_row(enum fact_kind kind, unsigned no)
{
    struct step made = bench_step(1000);
    struct parcel parcel = {.package_no = no % 90 + 1, .packages_total = 99, .generation = 1};
    snprintf(parcel.reference, sizeof parcel.reference, "bay-1-%u", no);
    memcpy(parcel.order_id, "SH-1", sizeof "SH-1");
    memcpy(parcel.order_no, "WEB-1", sizeof "WEB-1");
    memcpy(parcel.carrier, "sandbox", sizeof "sandbox");
    snprintf(parcel.awb, sizeof parcel.awb, "SBX%u", no);
    fact_put(&made, kind, &parcel);
    struct bytes body = bench.commands.batch.facts[0].body;
    ENSURE(rows.rows.count < EVENT_ROWS_MAX &&
           bytes_to_text(body, bodies[rows.rows.count], FACT_BODY_SIZE));
    rows.rows.rows[rows.rows.count] =
        (struct event_row){.seq = ++newest_seq,
                           .kind = bytes_of_text(fact_kind_word(kind)),
                           .body = bytes_of_text(bodies[rows.rows.count])};
    rows.rows.count++;
}

static void give_rows(bool more)
{
    step = bench_step(1000);
    rows.kind = EVENT_ROWS;
    rows.rows.more = more;
    voids_answer(&voids, &step, &recalls, &rows);
    voids_check(&voids);
    EXPECT_I64(newest_seq, voids.read_seq, "it is read up to here");
    memset(&rows, 0, sizeof rows);
}

static void begin(void)
{
    load("SH-1\torder_cancelled\n");
    voids_tick(&voids, &step, "");
    EXPECT_I64(VOIDS_READING, voids.state, "its facts are read");
    memset(&rows, 0, sizeof rows);
}

static void a_fact_that_cannot_be_read_hides_no_other(void)
{
    begin();
    add_row(FACT_BOOKED, 1);
    add_row(FACT_BOOKED, 2);
    rows.rows.rows[0].body = BYTES_LITERAL("{\"v\":1,");
    add_row(FACT_CLOSED, 3);
    rows.rows.rows[2].kind = BYTES_LITERAL("of a later version");
    give_rows(true);
    EXPECT_I64(VOIDS_READING, voids.state, "there is more to read");
    EXPECT(bench_command(COMMAND_READ_SUBJECT) != NULL, "and it is read");
    add_row(FACT_CLOSED, 2);
    give_rows(false);
    EXPECT_I64(VOIDS_SENDING, voids.state, "the AWB that is known is voided");
    EXPECT_TEXT("SBX2", voids.parcel.awb, "this one");
}

static void more_parcels_than_are_looked_at_have_their_turn(void)
{
    unsigned no = 0;
    begin();
    while (no <= VOIDS_PARCELS_MAX) {
        while (no <= VOIDS_PARCELS_MAX && rows.rows.count < EVENT_ROWS_MAX)
            add_row(FACT_INTENT, ++no);
        give_rows(no <= VOIDS_PARCELS_MAX);
    }
    EXPECT(voids.crowded, "one is left over");
    EXPECT_I64(VOIDS_PAUSED, voids.state, "the order stays on the list");
    EXPECT_I64(1, (int64_t)voids.count, "until all are seen to");
    begin();
    no = 0;
    while (no <= VOIDS_PARCELS_MAX) {
        while (no <= VOIDS_PARCELS_MAX && rows.rows.count + 1 < EVENT_ROWS_MAX) {
            add_row(FACT_INTENT, ++no);
            add_row(FACT_REFUSED, no);
        }
        give_rows(no <= VOIDS_PARCELS_MAX);
    }
    EXPECT(!voids.crowded, "those that ended take no place");
    EXPECT_I64(0, (int64_t)voids.count, "and when all ended, the order is done with");
}

int main(void)
{
    EXPECT_RUN(a_damaged_line_costs_one_order_at_most);
    EXPECT_RUN(what_would_break_the_list_is_not_put_there);
    EXPECT_RUN(a_full_list_says_so);
    EXPECT_RUN(a_fact_that_cannot_be_read_hides_no_other);
    EXPECT_RUN(more_parcels_than_are_looked_at_have_their_turn);
    return expect_result();
}
