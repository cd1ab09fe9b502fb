/* parcel_list.c - see parcel_list.h. One entry a line, its fields between tabs: it can be read. */
#include "firmware/station/parcel_list.h"

#include <string.h>

#define STORE_AGAIN_MS 1000

void parcel_list_init(struct parcel_list *list, const char *key)
{
    memset(list, 0, sizeof *list);
    list->key = key;
}

void parcel_list_start(struct parcel_list *list, struct step *step, enum owner owner)
{
    list->ticket = step_read_blob(step, owner, 0, bytes_of_text(list->key));
}

static bool take_line(struct bytes line, struct listed *out)
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

void parcel_list_loaded(struct parcel_list *list, const struct event *event)
{
    struct bytes rest = event->blob.found ? event->blob.bytes : BYTES_NONE, line;
    list->ticket = 0;
    list->loaded = true;
    while (list->count < PARCEL_LIST_MAX && bytes_split(&rest, '\n', &line)) {
        if (take_line(line, &list->entries[list->count])) list->count++;
    }
}

void parcel_list_store(struct parcel_list *list, struct step *step)
{
    struct textbuf lines;
    ENSURE(list->loaded); /* else those on disk would be forgotten */
    commands_text_begin(step->commands, &lines, PARCEL_LIST_MAX * sizeof(struct listed));
    for (size_t i = 0; i < list->count; i++) {
        const struct listed *entry = &list->entries[i];
        textbuf_format(&lines, "%s\t%s\t%s\t%s\t%s\t%u\t%u\n", entry->reference, entry->order_id,
                       entry->order_no, entry->awb, entry->why, entry->package_no,
                       entry->generation);
    }
    commands_blob(step->commands, bytes_of_text(list->key),
                  commands_text_end(step->commands, &lines));
    list->unstored = true;
    list->storing = step_store(step);
}

void parcel_list_stored(struct parcel_list *list, const struct step *step, uint32_t ticket,
                        enum err error)
{
    if (ticket == 0 || list->storing != ticket) return;
    list->storing = 0;
    list->unstored = error != ERR_NONE;
    list->again_ms = step->now_ms + STORE_AGAIN_MS;
}

void parcel_list_tick(struct parcel_list *list, struct step *step)
{
    if (parcel_list_deadline(list) <= step->now_ms && step_has_room(step))
        parcel_list_store(list, step);
}

int64_t parcel_list_deadline(const struct parcel_list *list)
{
    return list->unstored && list->storing == 0 ? list->again_ms : NO_DEADLINE;
}

static size_t find(const struct parcel_list *list, const char *reference)
{
    size_t i = 0;
    while (i < list->count && strcmp(list->entries[i].reference, reference) != 0) i++;
    return i;
}

static void drop(struct parcel_list *list, size_t index)
{
    list->count--;
    memmove(&list->entries[index], &list->entries[index + 1],
            (list->count - index) * sizeof list->entries[0]);
}

/* A tab or a line end inside a text would be another entry after the next start. */
static void put(char *field, size_t size, const char *text)
{
    (void)bytes_to_text(bytes_of_text(text), field, size);
    for (char *one = field; *one != '\0'; one++) {
        if (*one == '\t' || *one == '\n') *one = ' ';
    }
}

void listed_of(struct listed *entry, const struct parcel *parcel, const char *why)
{
    memset(entry, 0, sizeof *entry);
    put(entry->reference, sizeof entry->reference, parcel->reference);
    put(entry->order_id, sizeof entry->order_id, parcel->order_id);
    put(entry->order_no, sizeof entry->order_no, parcel->order_no);
    put(entry->awb, sizeof entry->awb, parcel->awb);
    put(entry->why, sizeof entry->why, why[0] != '\0' ? why : "other");
    entry->package_no = parcel->package_no;
    entry->generation = parcel->generation;
}

void parcel_list_add(struct parcel_list *list, struct step *step, const struct parcel *parcel,
                     const char *why)
{
    if (find(list, parcel->reference) == list->count) {
        struct listed entry;
        listed_of(&entry, parcel, why);
        parcel_list_put_back(list, &entry);
    }
    parcel_list_store(list, step);
}

void parcel_list_put_back(struct parcel_list *list, const struct listed *entry)
{
    if (find(list, entry->reference) < list->count) return;
    if (list->count == PARCEL_LIST_MAX) drop(list, 0);
    list->entries[list->count++] = *entry;
}

void parcel_list_remove(struct parcel_list *list, struct step *step, const char *reference)
{
    size_t index = find(list, reference);
    if (index < list->count) drop(list, index);
    parcel_list_store(list, step);
}

void parcel_list_remove_order(struct parcel_list *list, struct step *step, const char *order_id)
{
    size_t before = list->count;
    for (size_t i = list->count; i > 0; i--) {
        if (strcmp(list->entries[i - 1].order_id, order_id) == 0) drop(list, i - 1);
    }
    if (list->count < before) parcel_list_store(list, step);
}

const struct listed *parcel_list_find(const struct parcel_list *list, struct bytes scan)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct listed *entry = &list->entries[i];
        bool same = bytes_equal_text(scan, entry->awb) || bytes_equal_text(scan, entry->order_no) ||
                    bytes_equal_text(scan, entry->order_id) ||
                    bytes_equal_text(scan, entry->reference);
        if (same) return entry;
    }
    return NULL;
}
