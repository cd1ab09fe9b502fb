/* page.h - the packer's page as a program reads it: every state document that packd sends, and when
 * it came. So a test waits for what a person would see, and can say how long that took. */
#ifndef PACKD_TESTS_GUEST_PAGE_H
#define PACKD_TESTS_GUEST_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_DOCUMENTS_MAX 256

struct page_document {
    int64_t at_ms; /* boot clock */
    char *text;
};

struct page {
    int fd; /* -1: not open */
    char line[131072];
    size_t len;
    struct page_document documents[PAGE_DOCUMENTS_MAX]; /* the latest, oldest first */
    size_t count;
};

/* False: nobody serves it. */
bool page_open(struct page *page, uint16_t port);
void page_close(struct page *page);
/* When fd is readable. */
void page_turn(struct page *page, int64_t now_ms);
/* NULL before the first. */
const struct page_document *page_newest(const struct page *page);
/* The first one since `from_ms` that has `wanted`: all parts that " & " divides, of one of the
 * choices that " || " divides. */
const struct page_document *page_since(const struct page *page, int64_t from_ms,
                                       const char *wanted);
bool page_has(const struct page_document *document, const char *wanted);

#endif
