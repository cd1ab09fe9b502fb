/* letters.c - see letters.h. One entry a line, its fields between tabs. */
#include "firmware/station/letters.h"

#include <string.h>

#define LETTERS_KEY "letters"

void letters_init(struct letters *letters)
{
    memset(letters, 0, sizeof *letters);
}

static void go(struct letters *letters, enum letters_state state, uint32_t ticket)
{
    letters->state = state;
    letters->ticket = ticket;
}

/* --- the list */

void letters_start(struct letters *letters, struct step *step)
{
    go(letters, LETTERS_IDLE, step_read_blob(step, OWNER_LETTERS, 0, BYTES_LITERAL(LETTERS_KEY)));
}

static bool take_line(struct bytes line, struct letter *out)
{
    struct {
        char *text;
        size_t size;
    } fields[] = {{out->order_id, sizeof out->order_id},
                  {out->order_no, sizeof out->order_no},
                  {out->type, sizeof out->type},
                  {out->code, sizeof out->code}};
    struct bytes field;
    memset(out, 0, sizeof *out);
    if (!bytes_split(&line, '\t', &field) || !bytes_to_u64(field, INT64_MAX, &out->event_seq))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (!bytes_split(&line, '\t', &field)) return false;
        if (!bytes_to_text(field, fields[i].text, fields[i].size)) return false;
    }
    return true;
}

static void load(struct letters *letters, struct bytes rest)
{
    struct bytes line;
    letters->loaded = true;
    while (letters->count < LETTERS_MAX && bytes_split(&rest, '\n', &line)) {
        if (take_line(line, &letters->list[letters->count])) letters->count++;
    }
}

uint32_t letters_store(const struct letters *letters, struct step *step)
{
    struct textbuf lines;
    ENSURE(letters->loaded); /* else those on disk would be forgotten */
    commands_text_begin(step->commands, &lines, LETTERS_MAX * (sizeof(struct letter) + 24));
    for (size_t i = 0; i < letters->count; i++) {
        const struct letter *letter = &letters->list[i];
        textbuf_format(&lines, "%llu\t%s\t%s\t%s\t%s\n", (unsigned long long)letter->event_seq,
                       letter->order_id, letter->order_no, letter->type, letter->code);
    }
    commands_blob(step->commands, BYTES_LITERAL(LETTERS_KEY),
                  commands_text_end(step->commands, &lines));
    return step_store(step);
}

static size_t find(const struct letters *letters, uint64_t event_seq)
{
    size_t i = 0;
    while (i < letters->count && letters->list[i].event_seq != event_seq) i++;
    return i;
}

static void put(struct letters *letters, const struct letter *letter)
{
    if (letters->count < LETTERS_MAX && find(letters, letter->event_seq) == letters->count)
        letters->list[letters->count++] = *letter;
}

static void take_off(struct letters *letters, size_t index)
{
    letters->count--;
    memmove(&letters->list[index], &letters->list[index + 1],
            (letters->count - index) * sizeof letters->list[0]);
}

/* A tab or a line end inside a text would be another entry after the next start. */
static void copy_plain(char *field, size_t size, const char *text)
{
    (void)bytes_to_text(bytes_of_text(text), field, size);
    for (char *one = field; *one != '\0'; one++) {
        if (*one == '\t' || *one == '\n') *one = ' ';
    }
}

bool letters_add(struct letters *letters, const struct oms_event *event, const char *code)
{
    struct letter letter = {.event_seq = event->seq};
    bool room = letters->loaded && letters->count < LETTERS_MAX;
    if (!room) return find(letters, event->seq) < letters->count;
    copy_plain(letter.order_id, sizeof letter.order_id, event->shipment_id);
    copy_plain(letter.order_no, sizeof letter.order_no, event->order_no);
    copy_plain(letter.type, sizeof letter.type, oms_event_type_word(event->type));
    copy_plain(letter.code, sizeof letter.code, code[0] != '\0' ? code : "refused");
    put(letters, &letter);
    return true;
}

/* --- the ways out */

/* The fact of what was decided: its reference is the event's, its note says who or under what. */
static void put_fact(const struct letters *letters, struct step *step, enum fact_kind kind,
                     const char *note)
{
    const struct letter *letter = &letters->asked;
    fact_put_about_event(step, kind, letter->event_seq, letter->order_id, letter->order_no, note);
}

static void done_with(struct letters *letters, struct step *step)
{
    size_t index = find(letters, letters->asked.event_seq);
    if (index < letters->count) take_off(letters, index);
    go(letters, LETTERS_STORING, letters_store(letters, step));
}

static void read_on(struct letters *letters, struct step *step)
{
    struct command *command = commands_add(step->commands, COMMAND_READ_SUBJECT);
    command->read.ticket = tickets_take(step->tickets, OWNER_LETTERS, 0);
    command->read.after_seq = letters->read_seq;
    command->read.key = commands_keep_text(step->commands, letters->asked.order_id);
    go(letters, LETTERS_READING, command->read.ticket);
}

/* "<number> <rest>"; the rest may be empty. */
static bool take_text(const char *text, uint64_t *out_number, char *out_rest, size_t size)
{
    struct bytes rest = bytes_trim(bytes_of_text(text)), number;
    if (!bytes_split(&rest, ' ', &number) || !bytes_to_u64(number, INT64_MAX, out_number))
        return false;
    return bytes_to_text(bytes_trim(rest), out_rest, size);
}

bool letters_press(struct letters *letters, struct step *step, enum press press, const char *text)
{
    uint64_t number = 0;
    char rest[ORDER_ID_SIZE];
    if (!letters->loaded || letters->state != LETTERS_IDLE) return false;
    if (!take_text(text, &number, rest, sizeof rest)) return false;
    size_t index = find(letters, number);
    if (index == letters->count || (press == PRESS_LETTER_DROP && rest[0] == '\0')) return false;
    letters->asked = letters->list[index];
    if (press == PRESS_LETTER_DROP) {
        put_fact(letters, step, FACT_EVENT_DROPPED, rest);
        commands_log(step->commands, LOG_NOTICE, "log_letter_dropped", "order_no",
                     letters->asked.order_no, "code", letters->asked.code, NULL);
        done_with(letters, step);
        return true;
    }
    memcpy(letters->other_id, rest, sizeof letters->other_id);
    letters->read_seq = 0;
    read_on(letters, step);
    return true;
}

static bool is_asked_for(const struct letters *letters, const struct step *step,
                         const struct event_row *row)
{
    char storage[FACT_KEY_SIZE];
    struct textbuf key;
    textbuf_init(&key, storage, sizeof storage);
    textbuf_format(&key, "event/%s/%llu", step->epoch,
                   (unsigned long long)letters->asked.event_seq);
    return bytes_equal(row->key, textbuf_bytes(&key));
}

static void send_again(struct letters *letters, struct step *step, struct oms_event *event)
{
    char note[24];
    struct textbuf number;
    if (letters->other_id[0] != '\0')
        memcpy(event->shipment_id, letters->other_id, sizeof event->shipment_id);
    fact_put_event_again(step, event);
    textbuf_init(&number, note, sizeof note);
    textbuf_format(&number, "%llu", (unsigned long long)event->seq);
    put_fact(letters, step, FACT_EVENT_AGAIN, note);
    done_with(letters, step);
}

static void take_rows(struct letters *letters, struct step *step, const struct event *event)
{
    struct oms_event found;
    for (size_t i = 0; i < event->rows.count; i++) {
        const struct event_row *row = &event->rows.rows[i];
        letters->read_seq = row->seq;
        if (!is_asked_for(letters, step, row)) continue;
        if (!fact_parse_event(row->body, step->scratch, &found)) break;
        send_again(letters, step, &found);
        return;
    }
    if (event->rows.more) {
        read_on(letters, step);
        return;
    }
    commands_log(step->commands, LOG_ALARM, "log_letter_lost", "order_no", letters->asked.order_no,
                 NULL);
    go(letters, LETTERS_IDLE, 0);
}

void letters_answer(struct letters *letters, struct step *step, const struct event *event)
{
    letters->ticket = 0;
    if (event->kind == EVENT_BLOB && !letters->loaded)
        load(letters, event->blob.found ? event->blob.bytes : BYTES_NONE);
    else if (event->kind == EVENT_ROWS && letters->state == LETTERS_READING)
        take_rows(letters, step, event);
}

void letters_stored(struct letters *letters, struct step *step, uint32_t ticket, enum err error)
{
    if (letters->state != LETTERS_STORING || letters->ticket != ticket) return;
    go(letters, LETTERS_IDLE, 0);
    if (error == ERR_NONE) return;
    put(letters, &letters->asked); /* nothing was done: it is still there */
    commands_log(step->commands, LOG_ALARM, "log_letter_not_stored", "order_no",
                 letters->asked.order_no, NULL);
}

void letters_check(const struct letters *letters)
{
    ENSURE(letters->state == LETTERS_IDLE || letters->ticket != 0);
    ENSURE(letters->count <= LETTERS_MAX);
}

void letter_write(struct json_writer *json, const struct letter *letter)
{
    json_write_i64(json, "number", (int64_t)letter->event_seq);
    json_write_text(json, "order_no", letter->order_no);
    json_write_text(json, "type", letter->type);
    json_write_text(json, "code", letter->code);
}
