/* Guards: an answer finds only the one who still waits for it; a late one does no harm. */
#include "firmware/station/tickets.h"
#include "tests/support/expect.h"

static void an_answer_finds_its_owner_once(void)
{
    struct tickets tickets;
    enum owner owner = OWNER_FEED;
    unsigned index = 0;
    tickets_init(&tickets);
    uint32_t ticket = tickets_take(&tickets, OWNER_BOOKING, 3);
    EXPECT(tickets_settle(&tickets, ticket, &owner, &index), "the first answer is taken");
    EXPECT(owner == OWNER_BOOKING && index == 3, "by the one who asked");
    EXPECT(!tickets_settle(&tickets, ticket, &owner, &index), "a second one finds nobody");
    EXPECT_I64(1, tickets.late, "and is counted");
}

static void a_dropped_ticket_is_dead_even_when_its_slot_is_used_again(void)
{
    struct tickets tickets;
    enum owner owner;
    unsigned index;
    tickets_init(&tickets);
    uint32_t old = tickets_take(&tickets, OWNER_SYNC, 0);
    tickets_drop(&tickets, old);
    uint32_t fresh = tickets_take(&tickets, OWNER_FEED, 0);
    EXPECT(old != fresh, "the number is a new one");
    EXPECT(!tickets_settle(&tickets, old, &owner, &index), "the old answer finds nobody");
    EXPECT(tickets_settle(&tickets, fresh, &owner, &index) && owner == OWNER_FEED,
           "the new one its owner");
}

static void numbers_that_were_never_given_find_nobody(void)
{
    static const uint32_t numbers[] = {0, 1, 63, 64, 255, 0x100, 0xFFFFFFFFu};
    struct tickets tickets;
    enum owner owner;
    unsigned index;
    tickets_init(&tickets);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        EXPECT(!tickets_settle(&tickets, numbers[i], &owner, &index),
               "a foreign number is nobody's");
    }
    for (unsigned i = 0; i < 200000; i++) { /* past the end of the generation counter */
        uint32_t ticket = tickets_take(&tickets, OWNER_SYNC, 0);
        if (ticket == 0) EXPECT(false, "no ticket is 0");
        tickets_drop(&tickets, ticket);
    }
    EXPECT(true, "generations go round");
}

int main(void)
{
    EXPECT_RUN(an_answer_finds_its_owner_once);
    EXPECT_RUN(a_dropped_ticket_is_dead_even_when_its_slot_is_used_again);
    EXPECT_RUN(numbers_that_were_never_given_find_nobody);
    return expect_result();
}
