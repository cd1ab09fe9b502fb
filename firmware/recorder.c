/* recorder.c - see recorder.h. */
#include "firmware/recorder.h"

#include "firmware/station/command.h"
#include "hal/base/textbuf.h"

#define LINE_SIZE 200

enum err recorder_open(struct recorder *recorder, const char *path)
{
    *recorder = (struct recorder){.lines = 0};
    return ring_open(path, RECORDER_SIZE, &recorder->ring);
}

static void begin(struct recorder *recorder, struct textbuf *line, char storage[LINE_SIZE])
{
    textbuf_init(line, storage, LINE_SIZE);
    textbuf_padded(line, ++recorder->lines, 9);
    textbuf_char(line, ' ');
}

static void end_same(struct recorder *recorder)
{
    char storage[LINE_SIZE];
    struct textbuf line;
    if (recorder->same > 0) {
        begin(recorder, &line, storage);
        textbuf_format(&line, "... and %llu more like it", (unsigned long long)recorder->same);
        ring_put(&recorder->ring, textbuf_bytes(&line));
    }
    recorder->same = 0;
    recorder->same_len = 0;
}

static bool is_same(struct recorder *recorder, const struct event *event)
{
    if (event->kind != EVENT_PORT_BYTES || event->port.bytes.len != recorder->same_len ||
        event->port.port != recorder->same_port) {
        return false;
    }
    recorder->same++;
    return true;
}

static void write_port(struct textbuf *line, const struct event *event)
{
    textbuf_format(line, " port=%x", event->port.port);
    if (event->kind == EVENT_PORT_BYTES) textbuf_format(line, " len=%zu", event->port.bytes.len);
    if (event->kind == EVENT_PORT_DRAINED) {
        textbuf_format(line, " drained=%llu", (unsigned long long)event->port.drained);
    }
    if (event->port.error != ERR_NONE) textbuf_format(line, " %s", err_word(event->port.error));
}

static void write_exchange(struct textbuf *line, const struct event *event)
{
    const struct http_response *response = event->exchange.response;
    textbuf_format(line, " ticket=%x %s", event->exchange.ticket,
                   exchange_end_word(event->exchange.end));
    if (response == NULL) return;
    textbuf_format(line, " status=%d len=%zu", response->status, response->body.len);
}

static void write_rest(struct textbuf *line, const struct event *event)
{
    switch (event->kind) {
    case EVENT_STARTED:
        textbuf_format(line, " seed=%llx settled=%lld oms=%lld backlog=%lld",
                       (unsigned long long)event->started.seed,
                       (long long)event->started.settled_seq, (long long)event->started.oms_seq,
                       (long long)event->started.backlog_seq);
        break;
    case EVENT_DEADLINE:
    case EVENT_CONFIG_OFFERED: break;
    case EVENT_CONFIG_REFUSED: textbuf_format(line, " line=%u", event->refused.line); break;
    case EVENT_DEVICE_SEEN:
    case EVENT_DEVICE_GONE: textbuf_format(line, " %s", event->device.address); break;
    case EVENT_PORT_OPENED:
    case EVENT_PORT_FAILED:
    case EVENT_PORT_CLOSED:
    case EVENT_PORT_BYTES:
    case EVENT_PORT_DRAINED:
    case EVENT_PORT_MENDED: write_port(line, event); break;
    case EVENT_EXCHANGE: write_exchange(line, event); break;
    case EVENT_STORED:
    case EVENT_STORE_FAILED:
        textbuf_format(line, " ticket=%x seq=%lld %s", event->store.ticket,
                       (long long)event->store.last_seq, err_word(event->store.error));
        break;
    case EVENT_ROWS:
        textbuf_format(line, " ticket=%x rows=%zu", event->rows.ticket, event->rows.count);
        break;
    case EVENT_BLOB:
        textbuf_format(line, " ticket=%x len=%zu", event->blob.ticket, event->blob.bytes.len);
        break;
    case EVENT_CACHE_FOUND:
    case EVENT_CACHE_STORED:
        textbuf_format(line, " ticket=%x count=%zu", event->cache.ticket, event->cache.count);
        break;
    case EVENT_RENDERED:
        textbuf_format(line, " ticket=%x %s len=%zu", event->rendered.ticket,
                       err_word(event->rendered.error), event->rendered.output.len);
        break;
    case EVENT_PRESS: textbuf_format(line, " %s", press_word(event->press.press)); break;
    case EVENT_DISK: textbuf_format(line, " free_kib=%lld", (long long)event->disk.free_kib); break;
    }
}

void recorder_event(struct recorder *recorder, const struct event *event, const char *state)
{
    char storage[LINE_SIZE];
    struct textbuf line;
    if (is_same(recorder, event)) return;
    end_same(recorder);
    if (event->kind == EVENT_PORT_BYTES) {
        recorder->same_port = event->port.port;
        recorder->same_len = event->port.bytes.len;
    }
    begin(recorder, &line, storage);
    textbuf_format(&line, "%lld %s", (long long)event->now_ms, event_kind_word(event->kind));
    write_rest(&line, event);
    textbuf_format(&line, " in=%s", state);
    ring_put(&recorder->ring, textbuf_bytes(&line));
}

void recorder_log(struct recorder *recorder, const char *id)
{
    char storage[LINE_SIZE];
    struct textbuf line;
    end_same(recorder);
    begin(recorder, &line, storage);
    textbuf_format(&line, "log %s", id);
    ring_put(&recorder->ring, textbuf_bytes(&line));
}

void recorder_close(struct recorder *recorder)
{
    end_same(recorder);
    ring_close(&recorder->ring);
}
