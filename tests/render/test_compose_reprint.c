/* Guards: the mark of a reprint says which one it is, changes nothing else, and leaves every
 * barcode readable; a first label has none. */
#include "tests/support/compose_bench.h"

static uint8_t before[BENCH_BYTES];

struct box {
    unsigned left, top, right, below, changed;
};

static struct box changes(void)
{
    struct box box = {.left = 9999, .top = 9999};
    struct bits old = bench_bits;
    old.rows = before;
    for (unsigned y = 0; y < bench_bits.height; y++) {
        for (unsigned x = 0; x < bench_bits.width; x++) {
            if (bits_black(&old, x, y) == bits_black(&bench_bits, x, y)) continue;
            box.left = x < box.left ? x : box.left;
            box.right = x > box.right ? x : box.right;
            box.top = y < box.top ? y : box.top;
            box.below = y;
            box.changed++;
        }
    }
    return box;
}

static bool was_white(struct box box)
{
    struct bits old = bench_bits;
    old.rows = before;
    for (unsigned y = box.top; y <= box.below; y++) {
        for (unsigned x = box.left; x <= box.right; x++) {
            if (bits_black(&old, x, y)) return false;
        }
    }
    return true;
}

static void mark(unsigned copy)
{
    memcpy(before, bench_rows, sizeof before);
    bench_request.copy = (uint16_t)copy;
    compose_reprint_mark(&bench_bits, &bench_request);
}

static void the_first_label_has_none(void)
{
    EXPECT(bench_draw("courier", bytes_of_text(RICH_FIELDS), 203, 812, 1218), "it is drawn");
    mark(0);
    EXPECT_I64(0, changes().changed, "not the first");
    mark(1);
    EXPECT_I64(0, changes().changed, "however it is counted");
}

static void it_goes_where_the_label_is_white(void)
{
    static const char *const names[] = {"courier", "courier-delhivery", "courier-sandbox", "hold"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        EXPECT(bench_draw(names[i], bytes_of_text(RICH_FIELDS), 203, 812, 1218), "it is drawn");
        mark(2);
        struct box box = changes();
        EXPECT(box.changed > 500, "there is a mark");
        EXPECT(box.right - box.left < 250 && box.below - box.top < 40, "of its own size");
        EXPECT(was_white(box), "on white");
    }
}

static void every_code_is_still_read(void)
{
    char path[] = "/tmp/packd-mark-XXXXXX.pbm", command[100];
    int file = mkstemps(path, 4);
    ENSURE(file >= 0);
    close(file);
    (void)snprintf(command, sizeof command, "zbarimg -q --nodbus %s 2>/dev/null", path);
    for (unsigned i = 0; i < 2; i++) {
        EXPECT(bench_draw("courier", bytes_of_text(i == 0 ? RICH_FIELDS : LONGEST_FIELDS), 203, 812,
                          1218),
               "it is drawn");
        mark(12);
        EXPECT(changes().changed > 500, "there is a mark");
        ENSURE(bench_write(path));
        const char *said = bench_ask(command);
        const char *wanted = i == 0 ? "CODE-128:28411210000145\n"
                                    : "CODE-128:DLV0123456789012345678901234567890123456\n";
        EXPECT(said != NULL && strstr(said, wanted) != NULL, "the number is read");
        EXPECT(said != NULL && strstr(said, "QR-Code:bay-") != NULL, "the reference too");
    }
    EXPECT_I64(0, remove(path), "nothing is left behind");
}

/* A courier's label without a white place: black everywhere but for a barcode's row. */
static void a_full_label_is_marked_at_its_lower_edge(void)
{
    EXPECT(bench_draw("courier", bytes_of_text(RICH_FIELDS), 203, 812, 1218), "it is drawn");
    memset(bench_rows, 0x55, 102u * 1218u);
    mark(3);
    struct box box = changes();
    EXPECT(box.changed > 500, "there is a mark");
    EXPECT(box.below > 1218 - 30, "at the lower edge");
}

static void other_numbers_are_other_marks(void)
{
    static uint8_t two[BENCH_BYTES];
    EXPECT(bench_draw("hold", bytes_of_text(RICH_FIELDS), 300, 1200, 1800), "it is drawn");
    mark(2);
    memcpy(two, bench_rows, sizeof two);
    memcpy(bench_rows, before, sizeof two);
    mark(3);
    EXPECT(memcmp(two, bench_rows, 150u * 1800u) != 0, "2 is not 3");
    memcpy(bench_rows, before, sizeof two);
    mark(2);
    EXPECT(memcmp(two, bench_rows, 150u * 1800u) == 0, "2 is 2");
}

/* Labels of any size, also smaller than the mark: no dot beyond them is touched (a guard of the
 * address sanitizer). */
static void small_stock_is_left_alone(void)
{
    for (unsigned side = 1; side < 400; side += 7) {
        struct bits bits = {.width = side, .height = side, .bytes_per_row = (side + 7) / 8};
        bits.rows = calloc(bits.bytes_per_row, side);
        ENSURE(bits.rows != NULL);
        bench_request.copy = 2;
        bench_request.dpi = 203;
        compose_reprint_mark(&bits, &bench_request);
        unsigned beyond = 0;
        for (unsigned y = 0; y < side && side % 8 != 0; y++)
            beyond |= bits.rows[(y + 1) * bits.bytes_per_row - 1] & (0xFFu >> side % 8);
        EXPECT_I64(0, beyond, "bits beyond the width are 0");
        free(bits.rows);
    }
}

int main(void)
{
    bench_load();
    EXPECT_RUN(the_first_label_has_none);
    EXPECT_RUN(it_goes_where_the_label_is_white);
    EXPECT_RUN(every_code_is_still_read);
    EXPECT_RUN(a_full_label_is_marked_at_its_lower_edge);
    EXPECT_RUN(other_numbers_are_other_marks);
    EXPECT_RUN(small_stock_is_left_alone);
    templates_free(bench_templates);
    return expect_result();
}
