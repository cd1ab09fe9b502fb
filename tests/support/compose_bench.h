/* compose_bench.h - the shipped templates, fields of four kinds of parcels, and labels drawn. */
#ifndef PACKD_TESTS_SUPPORT_COMPOSE_BENCH_H
#define PACKD_TESTS_SUPPORT_COMPOSE_BENCH_H

#include <stdlib.h>
#include <unistd.h>

#include "firmware/render/compose.h"
#include "tests/support/expect.h"

#define BENCH_BYTES (300u * 3600u) /* 4 x 6 inches at 600 dpi */

static struct templates *bench_templates;
static struct render_request bench_request;
static struct render_answer bench_answer;
static uint8_t bench_rows[BENCH_BYTES];
static struct bits bench_bits;

/* A parcel like any other. */
#define RICH_FIELDS                                                                               \
    "carrier=delhivery\ncarrier_title=Delhivery\nservice=surface\nawb=28411210000145\n"           \
    "routing=BLR/KOR\norder_no=WEB-2026-001047\nreference=bay-1-01234567-000047-1\n"              \
    "package_no=1\npackages_total=3\npayment=cod\ncollect=1,24,999.00\ncurrency=INR\n"            \
    "mass_kg=12.350\nto_name=Lakshmi Venkataraman\nto_line1=Flat 302, Shanti Apartments\n"        \
    "to_line2=Koramangala 4th Block\nto_city=Bengaluru\nto_state=Karnataka\nto_postcode=560034\n" \
    "to_phone=+91 98450 12345\nfrom_name=Example Stores\nfrom_line1=Plot 7\nfrom_city=Gurugram\n" \
    "from_state=Haryana\nfrom_postcode=122001\ncontents=Kitchen mixer\nfragile=yes\n"             \
    "dangerous=UN3481\ndate=26 Nov 2026\nstation=bay-1\ncarton=C-000123\nlocation=A-12-03-2\n"    \
    "location_title=Aisle A, rack 12\nbatch=MAN-2026-11-26-01\nitem.1.sku=MX-200\n"               \
    "item.1.name=Kitchen mixer 750 W\nitem.1.quantity=2\n"
/* Only what each template needs. */
#define MINIMAL_FIELDS "awb=9\nto_name=A\nto_postcode=1\nreference=r\norder_no=o\nlocation=L\n"
#define NINETY \
    "ninety bytes of an address, ninety bytes of an address, ninety bytes of an address!! "
/* As long as a shipment can hold. */
#define LONGEST_FIELDS                                                                             \
    "carrier_title=Delhivery Surface Premium Heavy\nservice=express-premium-\n"                    \
    "awb=DLV0123456789012345678901234567890123456\nrouting=BLR/KORAMANGALA-HUB/N3/BLR/KORA\n"      \
    "order_no=ORDER-99999999999999999999999999999999999999999999999999999999999\n"                 \
    "reference=bay-0001-01234567-0000000047-00000000000000001-1\npackage_no=11\n"                  \
    "packages_total=12\npayment=cod\ncollect=99,99,99,999.00\ncurrency=INR\nmass_kg=1234.567\n"    \
    "to_name=Venkatanarasimharajuvaripeta Satyanarayana Venkatanarasimharajuvaripeta Sa\n"         \
    "to_line1=" NINETY NINETY "\nto_line2=" NINETY NINETY "\n"                                     \
    "to_city=Thiruvananthapuram Corporation Thiruvananthapuram Corporat\n"                         \
    "to_state=Dadra and Nagar Haveli and Daman and Diu Dadra and Nagar Ha\n"                       \
    "to_postcode=6950349999\nto_phone=+91 98450 12345 6789\nfrom_name=" NINETY "\n"                \
    "from_line1=" NINETY NINETY "\nfrom_line2=" NINETY NINETY "\nfrom_city=Gurugram\n"             \
    "from_state=Haryana\nfrom_postcode=122001\nfrom_phone=+91 124 400 0000\ncontents=" NINETY "\n" \
    "fragile=yes\ndangerous=UN3481\ndate=26 Nov 2026\nstation=bay-0001\ncarton=C-000123456\n"      \
    "location=AISLE-12-RACK-003-SHELF-2\nlocation_title=" NINETY "\n"                              \
    "item.1.sku=SKU-0123456789-0123456789\nitem.1.name=" NINETY NINETY "\nitem.1.quantity=1000\n"
/* Every script of which a label is promised, some together. */
__attribute__((unused)) static const char script_fields[] =
    "awb=28411210000145\nreference=bay-1-01234567-000048-1\norder_no=WEB-2026-001048\n"
    "to_name=श्रीमती लक्ष्मी ಲಕ್ಷ್ಮೀ லட்சுமி\n"
    "to_line1=শান্তি অ্যাপার্টমেন্ট, Flat ३०२, ક્ષત્રિય, శ్రీ\n"
    "to_line2=مکان نمبر ۱۲، پرانی دہلی (Gate 3)\n"
    "to_city=ക്ഷേത്രം ਸ੍ਰੀ\nto_state=କ୍ଷତ୍ରିୟ\nto_postcode=560034\n"
    "to_phone=+91 98450 12345\npayment=prepaid\nmass_kg=0.742\nlocation=B-7\n"
    "location_title=अलमारी ७\ncarton=C-9\nitem.1.name=गेहूँ का आटा ಗೋಧಿ\nitem.1.quantity=1\n";

__attribute__((unused)) static void bench_complain(void *context, const char *file, unsigned line,
                                                   const char *sentence)
{
    (void)context;
    EXPECT(false, "the shipped templates are without a fault");
    fprintf(stderr, "    %s:%u: %s\n", file, line, sentence);
}

__attribute__((unused)) static void bench_load(void)
{
    static const char *const folders[] = {PACKD_SOURCE_DIR "/board/labels"};
    bench_templates = templates_load(folders, 1, bench_complain, NULL);
    ENSURE(bench_templates != NULL);
}

__attribute__((unused)) static void bench_stock(const char *name, unsigned dpi, unsigned width,
                                                unsigned height)
{
    bench_request = (struct render_request){.version = RENDER_VERSION,
                                            .kind = RENDER_TEMPLATE,
                                            .dpi = (uint16_t)dpi,
                                            .width_dots = (uint16_t)width,
                                            .height_dots = (uint16_t)height};
    ENSURE(bytes_to_text(bytes_of_text(name), bench_request.name, sizeof bench_request.name));
}

/* Into bench_bits, white before. */
__attribute__((unused)) static bool bench_draw(const char *name, struct bytes fields, unsigned dpi,
                                               unsigned width, unsigned height)
{
    bench_stock(name, dpi, width, height);
    bench_bits = (struct bits){.width = width,
                               .height = height,
                               .bytes_per_row = (width + 7) / 8,
                               .rows = bench_rows};
    ENSURE(bench_bits.bytes_per_row * height <= sizeof bench_rows);
    memset(bench_rows, 0, bench_bits.bytes_per_row * height);
    memset(&bench_answer, 0, sizeof bench_answer);
    return compose_picture(bench_templates, &bench_request, fields, &bench_bits, &bench_answer);
}

__attribute__((unused)) static bool bench_write(const char *path)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL) return false;
    fprintf(file, "P4\n%u %u\n", bench_bits.width, bench_bits.height);
    bool good =
        fwrite(bench_rows, bench_bits.bytes_per_row, bench_bits.height, file) == bench_bits.height;
    return fclose(file) == 0 && good;
}

/* Runs a program and gives back what it says; NULL: it says nothing and fails. */
__attribute__((unused)) static const char *bench_ask(const char *command)
{
    static char said[256 * 1024];
    FILE *pipe = popen(command, "re"); // NOLINT(cert-env33-c): the command is the test's own
    if (pipe == NULL) return NULL;
    size_t len = fread(said, 1, sizeof said - 1, pipe);
    said[len] = '\0';
    return pclose(pipe) == 0 || len > 0 ? said : NULL;
}

#endif
