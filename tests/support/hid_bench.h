/* hid_bench.h - descriptors and reports for tests: written as hex, or a row of
 * tests/replay/captures/hid.tsv by its id. */
#ifndef PACKD_TESTS_SUPPORT_HID_BENCH_H
#define PACKD_TESTS_SUPPORT_HID_BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hal/base/bytes.h"

#define HID_BENCH_BYTES_MAX 2048u

struct hid_bytes {
    uint8_t data[HID_BENCH_BYTES_MAX];
    size_t len;
};

/* Up to the end, or to a "|" between two reports; returns what is behind it, NULL at the end. */
static inline const char *hid_bytes_take(const char *hex, struct hid_bytes *out)
{
    out->len = 0;
    while (*hex != '\0' && *hex != '|' && *hex != '\t' && *hex != '\n') {
        char pair[3] = {hex[0], hex[1], '\0'};
        char *end;
        if (*hex == ' ') {
            hex++;
            continue;
        }
        ENSURE(out->len < sizeof out->data);
        out->data[out->len++] = (uint8_t)strtoul(pair, &end, 16);
        ENSURE(end == pair + 2);
        hex += 2;
    }
    return *hex == '|' ? hex + 1 : NULL;
}

static inline struct hid_bytes hid_bytes_of(const char *hex)
{
    struct hid_bytes bytes;
    (void)hid_bytes_take(hex, &bytes);
    return bytes;
}

static inline struct bytes hid_run(const struct hid_bytes *bytes)
{
    return bytes_of(bytes->data, bytes->len);
}

/* The hex column of the row; the test ends when there is none. */
static inline const char *hid_capture(const char *id)
{
    static char line[8192];
    FILE *file = fopen(PACKD_SOURCE_DIR "/tests/replay/captures/hid.tsv", "r");
    ENSURE(file != NULL);
    size_t len = strlen(id);
    while (fgets(line, sizeof line, file) != NULL) {
        char *hex = line;
        if (strncmp(line, id, len) != 0 || line[len] != '\t') continue;
        for (int column = 0; column < 3; column++) hex = strchr(hex, '\t') + 1;
        hex[strcspn(hex, "\t\n")] = '\0';
        fclose(file);
        return hex;
    }
    ensure_failed("the capture is in hid.tsv", __FILE__, __LINE__);
}

#endif
