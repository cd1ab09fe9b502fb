/* Guards: whatever a courier or an order system answers, or something between us and them, the
 * outcome is what the contract allows: nothing is taken for booked, not found or acknowledged that
 * was not said to be so, of our parcel, by the one who was asked.
 *
 *     test_hostile [carriers|oms] [thorough] */
#include "tests/hostile/hostile.h"

#include "tests/support/expect.h"

#define SHOWN_MAX 3 /* of one promise, at length */
#define PROMISES_MAX 100

static const char *half = "";
static bool thorough;

static struct {
    const char *promise;
    unsigned long broken;
} tally[PROMISES_MAX];

static unsigned long count_broken(const char *promise)
{
    size_t at = 0;
    while (at < PROMISES_MAX - 1 && tally[at].promise != NULL && tally[at].promise != promise) at++;
    tally[at].promise = promise;
    return ++tally[at].broken;
}

void hostile_verdict(const char *where, const struct spoilt *spoilt, const char *outcome,
                     const char *broken)
{
    expect_checks++;
    if (broken == NULL) return;
    expect_failures++;
    if (count_broken(broken) > SHOWN_MAX) return;
    struct bytes body = bytes_slice(spoilt->response.body, 0, 700);
    fprintf(stderr, "broken promise: %s\n    in %s, %s: %s\n    taken for %s\n    %d %.*s\n",
            broken, where, mutation_word(spoilt->mutation), spoilt->what, outcome,
            spoilt->response.status, (int)body.len, (const char *)body.data);
}

static void tell_tally(void)
{
    for (size_t i = 0; i < PROMISES_MAX && tally[i].promise != NULL; i++) {
        fprintf(stderr, "%8lu times: %s\n", tally[i].broken, tally[i].promise);
    }
}

void hostile_count(const char *title, const struct mutate *mutate, unsigned long least)
{
    unsigned long all = 0;
    printf("%s:", title);
    for (int i = 0; i < MUTATIONS; i++) {
        bool wanted = i != MUTATION_PAIR || thorough;
        EXPECT(!wanted || mutate->tried[i] > 0, mutation_word((enum mutation)i));
        printf(" %s %lu", mutation_word((enum mutation)i), mutate->tried[i]);
        all += mutate->tried[i];
    }
    printf(", %lu spoilt answers\n", all);
    EXPECT(all >= least, "there are as many spoilt answers as ever");
}

static void couriers_book_nothing_by_a_spoilt_answer(void)
{
    hostile_carriers(thorough);
}

static void order_systems_acknowledge_nothing_by_one(void)
{
    hostile_oms(thorough);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "thorough") == 0) thorough = true;
        else half = argv[i];
    }
    if (strcmp(half, "oms") != 0) EXPECT_RUN(couriers_book_nothing_by_a_spoilt_answer);
    if (strcmp(half, "carriers") != 0) EXPECT_RUN(order_systems_acknowledge_nothing_by_one);
    tell_tally();
    return expect_result();
}
