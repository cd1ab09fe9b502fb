/* spans.h - what every benchmark does with its times: takes them, and puts them in order, so that
 * the median stands in the middle and the worst at the end. */
#ifndef PACKD_TOOLS_BENCH_PARTS_SPANS_H
#define PACKD_TOOLS_BENCH_PARTS_SPANS_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static inline int64_t spans_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline int spans_compare_whole(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static inline int spans_compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static inline void spans_sort_whole(int64_t *spans, size_t count)
{
    qsort(spans, count, sizeof spans[0], spans_compare_whole);
}

static inline void spans_sort(double *spans, size_t count)
{
    qsort(spans, count, sizeof spans[0], spans_compare);
}

#endif
