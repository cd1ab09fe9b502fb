/* cuts.c - cuts.h. */
#include "tests/crash/cuts.h"

#include <stdio.h>
#include <string.h>

#include "hal/base/ensure.h"

#define TOLD_MAX 12
#define CHAIN_DEPTH 5
#define COPY_EVERY 16 /* the copy is looked at in each step that makes one, and now and then */
#define AGAIN_EVERY 8 /* the next batch is looked for in another start now and then */

static bool loud = true;
static int told;

void tally_say_each(bool say)
{
    loud = say;
}

size_t tally_violations(const struct tally *tally)
{
    return tally->acknowledged_lost + tally->torn + tally->damaged + tally->stuck +
           tally->copies_lost;
}

void tally_add(struct tally *to, const struct tally *tally)
{
    to->cuts += tally->cuts;
    to->acknowledged_lost += tally->acknowledged_lost;
    to->torn += tally->torn;
    to->damaged += tally->damaged;
    to->stuck += tally->stuck;
    to->copies_lost += tally->copies_lost;
    to->while_starting += tally->while_starting;
    for (size_t i = 0; i < ARRAY_LEN(to->by_kind); i++) to->by_kind[i] += tally->by_kind[i];
}

/* What may be there after a cut: the first, or (if `open`) the second as well. */
struct belief {
    struct books either[2];
    bool open;
    char epoch[JOURNAL_EPOCH_SIZE]; /* empty: any will do */
    int step;                       /* of the day, for the message */
    size_t place;
    enum disk_kept kept;
    int depth; /* cuts before this one */
};

static void violation(const struct belief *belief, size_t *counter, const char *what)
{
    (*counter)++;
    if (!loud || told >= TOLD_MAX) return;
    told++;
    fprintf(stderr, "    place %zu, kept %d, depth %d, in step %d (%s): %s\n", belief->place,
            (int)belief->kept, belief->depth, belief->step, day_kind_word(day_kind(belief->step)),
            what);
}

static void note_finding(void *context, const char *sentence)
{
    const struct belief *belief = context;
    if (loud && told < TOLD_MAX) fprintf(stderr, "    %s (place %zu)\n", sentence, belief->place);
}

/* Settles which of the two is there. */
static bool settle(struct journal *journal, struct belief *belief)
{
    bool good = day_matches(journal, &belief->either[0]);
    if (!good && belief->open && day_matches(journal, &belief->either[1])) {
        belief->either[0] = belief->either[1];
        good = true;
    }
    belief->open = false;
    return good;
}

static bool is_an_older_state(struct journal *journal, int step)
{
    for (int i = 0; i < step; i++) {
        if (day_matches(journal, day_books(i))) return true;
    }
    return false;
}

/* The journal as a start finds it. False: it was a violation, which is counted. */
static bool found_well(struct journal *journal, struct belief *belief, struct tally *tally)
{
    size_t findings = 0;
    if (journal_verify(journal, note_finding, belief, &findings) != ERR_NONE || findings > 0) {
        violation(belief, &tally->damaged, "journal_verify finds damage");
        return false;
    }
    bool any = belief->epoch[0] == '\0', same = strcmp(journal_epoch(journal), belief->epoch) == 0;
    if ((any || same) && settle(journal, belief)) return true;
    if (is_an_older_state(journal, belief->step)) {
        violation(belief, &tally->acknowledged_lost, "what was acknowledged is gone");
    } else {
        violation(belief, &tally->torn, "a state that never was");
    }
    return false;
}

static bool opened(struct journal **out_journal, const char *boot_id, struct belief *belief,
                   struct tally *tally)
{
    char sentence[300];
    struct textbuf why;
    textbuf_init(&why, sentence, sizeof(sentence));
    if (day_open_why(DAY_JOURNAL, boot_id, &why, out_journal) == ERR_NONE) return true;
    violation(belief, &tally->damaged, sentence);
    return false;
}

static bool takes_the_next(struct journal *journal, struct belief *belief, struct tally *tally)
{
    struct books *books = &belief->either[0];
    if (day_append_start(journal, books) == ERR_NONE && day_matches(journal, books)) return true;
    violation(belief, &tally->stuck, "the next batch is not taken");
    return false;
}

static void judge_copy(struct belief *belief, const struct books *before, struct tally *tally)
{
    bool may_be_absent = before->copied < 0, may_be_new = before[1].copied != before->copied;
    if (!disk_has(DAY_COPY)) {
        if (!may_be_absent) violation(belief, &tally->copies_lost, "the copy is gone");
        return;
    }
    char sentence[300];
    struct textbuf why;
    textbuf_init(&why, sentence, sizeof(sentence));
    struct journal *copy = NULL;
    size_t findings = 0;
    bool good = day_open_why(DAY_COPY, "copy", &why, &copy) == ERR_NONE &&
                journal_verify(copy, note_finding, belief, &findings) == ERR_NONE && findings == 0;
    bool old = good && !may_be_absent && day_matches(copy, day_books(before->copied));
    bool new = good &&may_be_new && !old &&day_matches(copy, day_books(before[1].copied));
    if (!old && !new) violation(belief, &tally->copies_lost, "the copy is half");
    journal_close(copy);
}

/* What the books say of a cut at that place of the day. */
static struct belief believe(size_t place, enum disk_kept kept)
{
    static int step; /* sweeps go on from where they were */
    if (step >= day_steps() || day_begun_at(step) >= place) step = 0;
    while (step + 1 < day_steps() && day_begun_at(step + 1) < place) step++;
    bool acknowledged = place >= day_done_at(step);
    struct belief belief = {.open = !acknowledged && step > 0,
                            .step = step,
                            .place = place,
                            .kept = kept};
    if (place >= day_done_at(0)) memcpy(belief.epoch, day_epoch(), sizeof(belief.epoch));
    belief.either[0] = *day_books(step);
    if (belief.open) belief.either[1] = *day_books(step - 1);
    return belief;
}

static void judge(size_t place, enum disk_kept kept, struct tally *tally)
{
    struct belief belief = believe(place, kept);
    enum day_kind kind = day_kind(belief.step);
    tally->cuts++;
    tally->by_kind[kind]++;
    if (kind == DAY_COPYING || tally->cuts % COPY_EVERY == 0) {
        struct books copies[2] = {belief.either[belief.open], belief.either[0]};
        judge_copy(&belief, copies, tally);
    }
    struct journal *journal = NULL;
    if (!opened(&journal, "after", &belief, tally)) return;
    bool good = found_well(journal, &belief, tally) && takes_the_next(journal, &belief, tally);
    journal_close(journal);
    if (!good || tally->cuts % AGAIN_EVERY != 0) return;
    if (!opened(&journal, "again", &belief, tally)) return;
    if (!day_matches(journal, &belief.either[0])) {
        violation(&belief, &tally->stuck, "the next batch is not kept");
    }
    journal_close(journal);
}

/* A start after a cut, recorded; and the next cut in it. */
static bool start_and_cut(struct belief *belief, bool flicker, uint64_t *chance,
                          struct tally *tally)
{
    char boot_id[24];
    snprintf(boot_id, sizeof(boot_id), "start-%d", belief->depth);
    struct journal *journal = NULL;
    disk_record(DISK_START);
    bool good = opened(&journal, boot_id, belief, tally);
    size_t begun = disk_tape_len(DISK_START), done = begun;
    struct books before = belief->either[0];
    char epoch[JOURNAL_EPOCH_SIZE] = "";
    if (good) {
        memcpy(epoch, journal_epoch(journal), sizeof(epoch));
        good = found_well(journal, belief, tally);
        before = belief->either[0];
        good = good && takes_the_next(journal, belief, tally);
        done = disk_tape_len(DISK_START);
        journal_close(journal);
    }
    disk_stop();
    if (!good) return false;
    size_t places = flicker ? begun : disk_tape_len(DISK_START);
    size_t place = places == 0 ? 0 : disk_chance(chance) % (places + 1);
    if (place < done) {
        belief->either[1] = before;
        belief->open = true;
    } else {
        memcpy(belief->epoch, epoch, sizeof(epoch));
    }
    belief->kept = (enum disk_kept)(disk_chance(chance) % DISK_KEPT_KINDS);
    belief->depth++;
    disk_cut(DISK_START, place, belief->kept, chance);
    tally->cuts++;
    tally->while_starting++;
    return true;
}

void cuts_chain(size_t place, enum disk_kept kept, int depth, bool flicker, uint64_t *chance,
                struct tally *tally)
{
    struct belief belief = believe(place, kept);
    disk_cut(DISK_DAY, place, kept, chance);
    tally->cuts++;
    tally->by_kind[day_kind(belief.step)]++;
    for (int i = 0; i < depth; i++) {
        if (!start_and_cut(&belief, flicker, chance, tally)) return;
    }
    struct journal *journal = NULL;
    if (!opened(&journal, "at last", &belief, tally)) return;
    (void)(found_well(journal, &belief, tally) && takes_the_next(journal, &belief, tally));
    journal_close(journal);
}

bool cuts_sweep(struct sweep *sweep, struct tally *tally)
{
    size_t kinds = DISK_KEPT_KINDS + (sweep->rubbish ? 1 : 0), wanted = tally->cuts + sweep->cuts;
    size_t end = disk_tape_len(DISK_DAY), apart = sweep->apart == 0 ? 1 : sweep->apart;
    for (; sweep->place <= end; sweep->place += apart, sweep->kept = DISK_KEPT_NONE) {
        for (; sweep->kept < kinds; sweep->kept++) {
            if (tally->cuts >= wanted) return true;
            if (!disk_cut_is_new(DISK_DAY, sweep->place, sweep->kept)) continue;
            if (sweep->chain_every > 0 && tally->cuts % sweep->chain_every == 0) {
                cuts_chain(sweep->place, sweep->kept, CHAIN_DEPTH, false, &sweep->chance, tally);
                continue;
            }
            disk_cut(DISK_DAY, sweep->place, sweep->kept, &sweep->chance);
            judge(sweep->place, sweep->kept, tally);
        }
    }
    return false;
}
