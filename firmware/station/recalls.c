/* recalls.c - see recalls.h. One entry a line, its fields between tabs: a person can read it. */
#include "firmware/station/recalls.h"

#include <string.h>

#define RECALLS_KEY "recalls"
#define STORE_AGAIN_MS 1000

void recalls_init(struct recalls *recalls)
{
    memset(recalls, 0, sizeof *recalls);
}

void recalls_start(struct recalls *recalls, struct step *step)
{
    recalls->ticket = step_read_blob(step, OWNER_RECALLS, 0, BYTES_LITERAL(RECALLS_KEY));
}

static bool take_line(struct bytes line, struct recall *out)
{
    struct {
        char *text;
        size_t size;
    } fields[] = {{out->reference, sizeof out->reference},
                  {out->order_id, sizeof out->order_id},
                  {out->order_no, sizeof out->order_no},
                  {out->awb, sizeof out->awb},
                  {out->why, sizeof out->why}};
    struct bytes field;
    unsigned *const numbers[] = {&out->package_no, &out->generation};
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (!bytes_split(&line, '\t', &field)) return false;
        if (!bytes_to_text(field, fields[i].text, fields[i].size)) return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        uint64_t value = 0;
        if (!bytes_split(&line, '\t', &field) || !bytes_to_u64(field, 100000, &value)) return false;
        *numbers[i] = (unsigned)value;
    }
    return out->reference[0] != '\0';
}

void recalls_loaded(struct recalls *recalls, const struct event *event)
{
    struct bytes rest = event->blob.found ? event->blob.bytes : BYTES_NONE, line;
    recalls->ticket = 0;
    recalls->loaded = true;
    while (recalls->count < RECALLS_MAX && bytes_split(&rest, '\n', &line)) {
        if (take_line(line, &recalls->list[recalls->count])) recalls->count++;
    }
}

void recalls_store(struct recalls *recalls, struct step *step)
{
    struct textbuf lines;
    ENSURE(recalls->loaded); /* else those on disk would be forgotten */
    commands_text_begin(step->commands, &lines, RECALLS_MAX * sizeof(struct recall));
    for (size_t i = 0; i < recalls->count; i++) {
        const struct recall *recall = &recalls->list[i];
        textbuf_format(&lines, "%s\t%s\t%s\t%s\t%s\t%u\t%u\n", recall->reference, recall->order_id,
                       recall->order_no, recall->awb, recall->why, recall->package_no,
                       recall->generation);
    }
    commands_blob(step->commands, BYTES_LITERAL(RECALLS_KEY),
                  commands_text_end(step->commands, &lines));
    recalls->unstored = true;
    recalls->storing = step_store(step);
}

void recalls_stored(struct recalls *recalls, const struct step *step, uint32_t ticket,
                    enum err error)
{
    if (ticket == 0 || recalls->storing != ticket) return;
    recalls->storing = 0;
    recalls->unstored = error != ERR_NONE;
    recalls->again_ms = step->now_ms + STORE_AGAIN_MS;
}

void recalls_tick(struct recalls *recalls, struct step *step)
{
    if (recalls_deadline(recalls) <= step->now_ms && step_has_room(step))
        recalls_store(recalls, step);
}

int64_t recalls_deadline(const struct recalls *recalls)
{
    return recalls->unstored && recalls->storing == 0 ? recalls->again_ms : NO_DEADLINE;
}

static size_t find(const struct recalls *recalls, const char *reference)
{
    size_t i = 0;
    while (i < recalls->count && strcmp(recalls->list[i].reference, reference) != 0) i++;
    return i;
}

static void drop(struct recalls *recalls, size_t index)
{
    recalls->count--;
    memmove(&recalls->list[index], &recalls->list[index + 1],
            (recalls->count - index) * sizeof recalls->list[0]);
}

/* A tab or a line end inside a text would be another entry after the next start. */
static void put(char *field, size_t size, const char *text)
{
    (void)bytes_to_text(bytes_of_text(text), field, size);
    for (char *one = field; *one != '\0'; one++) {
        if (*one == '\t' || *one == '\n') *one = ' ';
    }
}

void recall_of(struct recall *recall, const struct parcel *parcel, const char *why)
{
    memset(recall, 0, sizeof *recall);
    put(recall->reference, sizeof recall->reference, parcel->reference);
    put(recall->order_id, sizeof recall->order_id, parcel->order_id);
    put(recall->order_no, sizeof recall->order_no, parcel->order_no);
    put(recall->awb, sizeof recall->awb, parcel->awb);
    put(recall->why, sizeof recall->why, why[0] != '\0' ? why : "other");
    recall->package_no = parcel->package_no;
    recall->generation = parcel->generation;
}

void recalls_add(struct recalls *recalls, struct step *step, const struct parcel *parcel,
                 const char *why)
{
    if (find(recalls, parcel->reference) == recalls->count) {
        struct recall recall;
        recall_of(&recall, parcel, why);
        recalls_put_back(recalls, &recall);
    }
    recalls_store(recalls, step);
}

void recalls_put_back(struct recalls *recalls, const struct recall *recall)
{
    if (find(recalls, recall->reference) < recalls->count) return;
    if (recalls->count == RECALLS_MAX) drop(recalls, 0);
    recalls->list[recalls->count++] = *recall;
}

void recalls_remove(struct recalls *recalls, struct step *step, const char *reference)
{
    size_t index = find(recalls, reference);
    if (index < recalls->count) drop(recalls, index);
    recalls_store(recalls, step);
}

const struct recall *recalls_find(const struct recalls *recalls, struct bytes scan)
{
    for (size_t i = 0; i < recalls->count; i++) {
        const struct recall *recall = &recalls->list[i];
        bool same =
            bytes_equal_text(scan, recall->awb) || bytes_equal_text(scan, recall->order_no) ||
            bytes_equal_text(scan, recall->order_id) || bytes_equal_text(scan, recall->reference);
        if (same) return recall;
    }
    return NULL;
}
