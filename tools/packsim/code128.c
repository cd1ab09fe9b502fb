/* code128.c - see code128.h. */
#include "tools/packsim/code128.h"

#define CODE_C 99u
#define CODE_B 100u
#define START_B 104u
#define START_C 105u
#define STOP 106u

static const char *const patterns[] = {
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312",  "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122",  "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122",  "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123",  "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331",  "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311",  "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411",  "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412",  "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",  "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211",  "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113",  "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
};

const char *code128_widths(uint8_t symbol)
{
    return patterns[symbol];
}

static size_t digits_from(struct bytes text, size_t at)
{
    size_t run = 0;
    while (at + run < text.len && text.data[at + run] >= '0' && text.data[at + run] <= '9') run++;
    return run;
}

static uint8_t pair_of(struct bytes text, size_t at)
{
    return (uint8_t)((text.data[at] - '0') * 10 + (text.data[at + 1] - '0'));
}

/* Runs of four digits or more two by two, an odd one first by itself. */
size_t code128_symbols(struct bytes text, bool only_b, uint8_t *out_symbols)
{
    size_t count = 0, at = 0;
    size_t run = only_b ? 0 : digits_from(text, 0);
    bool pairs = run >= 4 && run % 2 == 0;
    out_symbols[count++] = pairs ? START_C : START_B;
    while (at < text.len && count < CODE128_SYMBOLS_MAX - 4) {
        run = only_b ? 0 : digits_from(text, at);
        if (pairs && run >= 2) {
            out_symbols[count++] = pair_of(text, at);
            at += 2;
        } else if (!pairs && run >= 4 && run % 2 == 0) {
            out_symbols[count++] = CODE_C;
            pairs = true;
        } else {
            if (pairs) out_symbols[count++] = CODE_B;
            pairs = false;
            out_symbols[count++] = (uint8_t)(text.data[at++] - ' ');
        }
    }
    unsigned sum = out_symbols[0];
    for (size_t i = 1; i < count; i++) sum += (unsigned)i * out_symbols[i];
    out_symbols[count++] = (uint8_t)(sum % 103);
    out_symbols[count++] = STOP;
    return count;
}
