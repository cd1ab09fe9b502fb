/* stopwatch.c - see stopwatch.h. */
#include "firmware/stopwatch.h"

void span_add(struct span *span, int64_t us)
{
    span->count++;
    span->total_us += us;
    if (us > span->max_us) span->max_us = us;
}

void span_write(struct json_writer *json, const char *key, const struct span *span)
{
    int64_t mean_us = span->count > 0 ? span->total_us / (int64_t)span->count : 0;
    json_write_open(json, key, '{');
    json_write_i64(json, "count", (int64_t)span->count);
    json_write_i64(json, "mean_us", mean_us);
    json_write_i64(json, "max_us", span->max_us);
    json_write_close(json, '}');
}
