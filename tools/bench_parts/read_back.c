/* read_back.c - what it costs to read a label's barcodes back, at 203, 300 and 600 dots an inch.
 *
 *   bench_read_back     two lines a resolution
 *
 * The usual label (two Code 128, a QR, an address in Latin and Devanagari), then twenty of them
 * with other numbers, places, turns and more text: median and worst, in milliseconds of the clock,
 * and how often a code was not read. Each is read eleven times, and the median taken. */
#include <stdio.h>
#include <time.h>

#include "firmware/render/read_back.h"
#include "tests/render/paper.h"
#include "tools/bench_parts/spans.h"

#define RUNS 11u
#define LABELS 20u

static void add_address(struct bits *bits, unsigned dpi, unsigned lines)
{
    static const char *const address =
        "Deliver to: Anil Kumar, 14/2 Nehru Road, near Shiv Mandir, Whitefield, Bengaluru 560066\n"
        "प्रति: अनिल कुमार, १४/२ नेहरू रोड, शिव मंदिर के पास, बेंगलुरु ५६००६६\n";
    char font[40];
    for (unsigned i = 0; i < lines; i++) {
        snprintf(font, sizeof font, "Noto Sans %u", (9 + i % 3) * dpi / 203);
        write_text(bits, font, address, dpi * 4 + i * dpi / 2);
    }
}

/* The number of the label decides what is on it; 0 is the usual one. */
static double label_ms(unsigned dpi, unsigned number, unsigned *missed)
{
    uint32_t seed = number;
    unsigned module = dpi < 250 ? 2 : dpi < 450 ? 3 : 6, inch = dpi;
    char awb[20], order[20], link[40];
    snprintf(awb, sizeof awb, "284112%08u", number * 7919 + 145);
    snprintf(order, sizeof order, "ORD-2026-%06u", number * 31 + 881);
    snprintf(link, sizeof link, "https://example.com/t/%s", awb);
    bool upright = number > 0 && chance(&seed) % 2 == 0;
    struct drawn codes[] = {
        {.symbology = BARCODE_CODE128,
         .text = awb,
         .module = module * 3 / 2,
         .high = inch / 2,
         .box = {inch / 4, inch / 4, 0, 0}},
        {.symbology = BARCODE_CODE128,
         .text = order,
         .module = module,
         .high = inch / 3,
         .turn = upright ? 1 : 0,
         .box = {upright ? inch * 7 / 2 : inch / 4, inch, 0, 0}},
        {.symbology = BARCODE_QRCODE,
         .text = link,
         .module = 2 * module,
         .turn = chance(&seed) % 4,
         .box = {inch / 4 + chance(&seed) % inch, inch * 2, 0, 0}},
    };
    struct bits bits = paper(dpi == 203 ? 812 : 4 * dpi, dpi == 203 ? 1218 : 6 * dpi);
    for (size_t i = 0; i < 3; i++) draw(&bits, &codes[i]);
    add_address(&bits, dpi, number == 0 ? 1 : 1 + chance(&seed) % 3);
    struct render_request request = {.dpi = (uint16_t)dpi};
    static struct render_answer answer;
    double ms[RUNS];
    for (unsigned i = 0; i < RUNS; i++) {
        double began = (double)spans_now_ns() / 1e6;
        read_back(&bits, &request, &answer);
        ms[i] = (double)spans_now_ns() / 1e6 - began;
    }
    *missed += answer.code_count < 3 ? 3 - answer.code_count : 0;
    free(bits.rows);
    spans_sort(ms, RUNS);
    return ms[RUNS / 2];
}

int main(void)
{
    static const unsigned resolutions[] = {203, 300, 600};
    for (size_t i = 0; i < 3; i++) {
        double ms[LABELS];
        unsigned dpi = resolutions[i], missed = 0;
        printf("%u dpi: the usual label %.1f ms\n", dpi, label_ms(dpi, 0, &missed));
        for (unsigned k = 0; k < LABELS; k++) ms[k] = label_ms(dpi, k + 1, &missed);
        spans_sort(ms, LABELS);
        printf("%u dpi: %u labels, median %.1f ms, worst %.1f ms, codes not read %u\n", dpi, LABELS,
               ms[LABELS / 2], ms[LABELS - 1], missed);
    }
    return 0;
}
