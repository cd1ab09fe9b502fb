/* page.c - server-sent events over HTTP/1.0: lines, of which those with "data: " are documents. */
#include "tests/guest/page.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool page_open(struct page *page, uint16_t port)
{
    static const char question[] = "GET /events HTTP/1.0\r\nHost: localhost\r\n\r\n";
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    page_close(page);
    page->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (page->fd >= 0 && connect(page->fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
        send(page->fd, question, sizeof(question) - 1, MSG_NOSIGNAL) > 0) {
        return true;
    }
    page_close(page);
    return false;
}

void page_close(struct page *page)
{
    if (page->fd >= 0) close(page->fd);
    page->fd = -1;
    page->len = 0;
}

static void take_document(struct page *page, const char *text, int64_t now_ms)
{
    if (page->count == PAGE_DOCUMENTS_MAX) {
        free(page->documents[0].text);
        page->count--;
        memmove(&page->documents[0], &page->documents[1], page->count * sizeof(page->documents[0]));
    }
    char *copy = strdup(text);
    if (copy) page->documents[page->count++] = (struct page_document){now_ms, copy};
}

static void take_line(struct page *page, char *line, int64_t now_ms)
{
    static const char mark[] = "data: ";
    size_t len = strlen(line);
    if (len > 0 && line[len - 1] == '\r') line[len - 1] = '\0';
    if (strncmp(line, mark, sizeof(mark) - 1) == 0) {
        take_document(page, line + sizeof(mark) - 1, now_ms);
    }
}

void page_turn(struct page *page, int64_t now_ms)
{
    ssize_t got =
        recv(page->fd, page->line + page->len, sizeof(page->line) - 1 - page->len, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        page_close(page);
        return;
    }
    page->len += (size_t)got;
    char *start = page->line;
    for (char *end; (end = memchr(start, '\n', page->len)) != NULL; start = end + 1) {
        *end = '\0';
        page->len -= (size_t)(end + 1 - start);
        take_line(page, start, now_ms);
    }
    memmove(page->line, start, page->len);
    if (page->len == sizeof(page->line) - 1) page->len = 0; /* no document is that long */
}

const struct page_document *page_newest(const struct page *page)
{
    return page->count > 0 ? &page->documents[page->count - 1] : NULL;
}

static bool has_all(const char *text, const char *wanted, size_t len)
{
    char part[256];
    while (len > 0) {
        const char *end = memmem(wanted, len, " & ", 3);
        size_t part_len = end ? (size_t)(end - wanted) : len;
        if (part_len >= sizeof(part)) return false;
        memcpy(part, wanted, part_len);
        part[part_len] = '\0';
        if (!strstr(text, part)) return false;
        part_len += end ? 3 : 0;
        wanted += part_len;
        len -= part_len;
    }
    return true;
}

bool page_has(const struct page_document *document, const char *wanted)
{
    while (document) {
        const char *other = strstr(wanted, " || ");
        if (has_all(document->text, wanted, other ? (size_t)(other - wanted) : strlen(wanted))) {
            return true;
        }
        if (!other) return false;
        wanted = other + 4;
    }
    return false;
}

const struct page_document *page_since(const struct page *page, int64_t from_ms, const char *wanted)
{
    for (size_t i = 0; i < page->count; i++) {
        const struct page_document *one = &page->documents[i];
        if (one->at_ms >= from_ms && page_has(one, wanted)) return one;
    }
    return NULL;
}
