/* threshold.c - a grey picture (PGM) to black and white (PBM) at the half, for the programs that
 * draw grey only. As plain as can be, so that it costs them next to nothing.
 *
 *   bench_threshold <GREY >DOTS */
#include <stdio.h>
#include <stdlib.h>

#define SIDE_MAX 20000u

int main(void)
{
    unsigned width = 0, height = 0, most = 0;
    if (scanf("P5 %u %u %u", &width, &height, &most) != 3 || getchar() == EOF || most != 255 ||
        width - 1 >= SIDE_MAX || height - 1 >= SIDE_MAX) {
        return 1;
    }
    static unsigned char grey[SIDE_MAX], dots[SIDE_MAX / 8 + 1];
    printf("P4\n%u %u\n", width, height);
    for (unsigned y = 0; y < height; y++) {
        if (fread(grey, 1, width, stdin) != width) return 1;
        for (unsigned x = 0; x < width; x += 8) {
            unsigned byte = 0;
            for (unsigned bit = 0; bit < 8; bit++) {
                byte = byte << 1 | (x + bit < width && grey[x + bit] < 128);
            }
            dots[x / 8] = (unsigned char)byte;
        }
        fwrite(dots, 1, (width + 7) / 8, stdout);
    }
    return 0;
}
