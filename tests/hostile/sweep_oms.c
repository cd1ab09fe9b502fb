/* sweep_oms.c - every recorded answer of an order system, spoilt in every way, and judged. */
#include <stdio.h>
#include <string.h>

#include "tests/golden/golden.h"
#include "tests/hostile/hostile.h"
#include "tests/hostile/judge.h"

#define LEAST 125000ul
#define DOCUMENTS_MAX (160u * 1024u)

static struct mutate mutate;
static bool seen[OMS_PING + 1];
static unsigned long acknowledged;

static void try_one(void *context, const struct spoilt *spoilt)
{
    static struct oms_outcome outcome;
    static char storage[DOCUMENTS_MAX];
    static struct golden_oms_case *from;
    struct textbuf documents;
    char says[120];
    from = context;
    textbuf_init(&documents, storage, sizeof storage);
    from->oms->take(&from->task, &spoilt->response, golden_scratch(), &documents, &outcome);
    struct oms_claim claim = {&from->task, spoilt, &outcome};
    const char *broken = judge_oms(&claim);
    if (outcome.acked) acknowledged++;
    snprintf(says, sizeof says, "%s acked=%lld items=%zu", oms_class_word(outcome.class),
             outcome.acked ? (long long)outcome.acked_seq : -1, outcome.item_count);
    hostile_verdict(oms_operation_word(from->task.operation), spoilt, says, broken);
}

static void run_folder(const char *group, const char *folder)
{
    static struct golden_oms_case from;
    static struct golden_response answer;
    char seqs[2][24];
    (void)group;
    if (!golden_oms_case(folder, &from) || !golden_response(folder, 0, &answer)) return;
    size_t events = from.task.event_count;
    uint64_t first = events > 0 ? from.events[0].seq : 1;
    uint64_t last = events > 0 ? from.events[events - 1].seq : 1;
    snprintf(seqs[0], sizeof seqs[0], "%llu", (unsigned long long)first);
    snprintf(seqs[1], sizeof seqs[1], "%llu", (unsigned long long)last);
    mutate.judge = try_one;
    mutate.context = &from;
    mutate.large = mutate.thorough || !seen[from.task.operation];
    seen[from.task.operation] = true;
    mutate.ours =
        (struct ours){{from.epoch, seqs[0], seqs[1], from.task.scan, from.task.cursor}, 5};
    mutate_answer(&mutate, &answer.response);
}

void hostile_oms(bool thorough)
{
    mutate = (struct mutate){.thorough = thorough};
    (void)golden_each("oms", run_folder);
    printf("order systems: %lu acknowledge something\n", acknowledged);
    hostile_count("order systems", &mutate, acknowledged > 0 ? LEAST : UINT64_MAX);
}
