/* tongue.c - what the languages share; see tongue.h. */
#include "tools/packsim/tongue.h"

#include <stdlib.h>
#include <string.h>

const struct tongue *tongue_find(struct bytes name)
{
    static const struct tongue *const all[] = {&tongue_tspl, &tongue_epl, &tongue_escpos};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        if (bytes_equal_text(name, all[i]->name)) return all[i];
    }
    return NULL;
}

void tongue_intake_drop(struct tongue_intake *intake)
{
    intake->job_len = intake->len = 0;
    intake->last[0] = intake->last[1] = 0;
}

bool tongue_intake_is_partial(const struct tongue_intake *intake)
{
    return intake->len > intake->job_len;
}

static void command_take(struct tongue_intake *intake, const struct tongue *tongue, size_t len,
                         const struct tongue_sink *sink)
{
    struct bytes command = bytes_of(intake->bytes + intake->job_len, len);
    enum tongue_act act = tongue->act(command);
    if (act == TONGUE_CLEARS) { /* it begins a label */
        memmove(intake->bytes, command.data, len);
        intake->job_len = 0;
    }
    bool kept = act == TONGUE_DRAWS || act == TONGUE_PRINTS || act == TONGUE_CLEARS;
    if (kept) intake->job_len += len;
    sink->act(act, command, bytes_of(intake->bytes, intake->job_len));
    if (act == TONGUE_PRINTS || act == TONGUE_CANCELS) intake->job_len = 0;
    intake->len = intake->job_len;
}

void tongue_intake_feed(struct tongue_intake *intake, const struct tongue *tongue, uint8_t one,
                        const struct tongue_sink *sink)
{
    bool asks = tongue->asks[0] != 0 && memcmp(intake->last, tongue->asks, 2) == 0;
    if (asks) sink->ask(bytes_of((const uint8_t[]){intake->last[0], intake->last[1], one}, 3));
    intake->last[0] = intake->last[1];
    intake->last[1] = one;
    if (intake->bytes == NULL) intake->bytes = malloc(TONGUE_JOB_MAX);
    ENSURE(intake->bytes != NULL);
    if (intake->len == TONGUE_JOB_MAX) tongue_intake_drop(intake);
    intake->bytes[intake->len++] = one;
    struct bytes front = bytes_of(intake->bytes + intake->job_len, intake->len - intake->job_len);
    size_t len = tongue->next(front);
    if (len > 0) command_take(intake, tongue, len, sink);
}

void tongue_draw(const struct tongue *tongue, struct bytes job, struct canvas *canvas)
{
    while (job.len > 0) {
        size_t len = tongue->next(job);
        if (len == 0) return;
        tongue->draw(bytes_slice(job, 0, len), canvas);
        job = bytes_from(job, len);
    }
}

bool tongue_numbers(struct bytes *rest, unsigned *out_numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct bytes word;
        uint64_t number;
        if (!bytes_split(rest, ',', &word)) return false;
        if (!bytes_to_u64(bytes_trim(word), 100000, &number)) return false;
        out_numbers[i] = (unsigned)number;
    }
    return true;
}

size_t tongue_line(struct bytes front)
{
    size_t end = bytes_find_byte(front, '\n');
    return end < front.len ? end + 1 : 0;
}

void tongue_raster(struct canvas *canvas, const unsigned *place_and_size, struct bytes rows,
                   bool black)
{
    unsigned x = place_and_size[0], y = place_and_size[1], width = place_and_size[2];
    for (size_t i = 0; i < rows.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            bool one = (rows.data[i] & 0x80u >> bit) != 0;
            canvas_dot(canvas, x + (unsigned)(i % width) * 8 + bit, y + (unsigned)(i / width),
                       one == black);
        }
    }
}
