/* Guards: the sum over a fact is the CRC-32C that everybody else has, that of a picture file the
 * CRC-32 that PNG wants, and that of a picture in ZPL the CRC-16 that printers want, whatever the
 * pieces. */
#include "hal/base/crc.h"
#include "tests/support/expect.h"

static void the_known_sums_come_out(void)
{
    uint8_t zeros[32] = {0}, ones[32], rising[32]; /* RFC 3720, appendix B.4 */
    memset(ones, 0xFF, sizeof(ones));
    for (uint8_t i = 0; i < 32; i++) rising[i] = i;
    EXPECT_I64(0x8A9136AA, crc32c_add(0, bytes_of(zeros, 32)), "32 noughts");
    EXPECT_I64(0x62A8AB43, crc32c_add(0, bytes_of(ones, 32)), "32 bytes of ones");
    EXPECT_I64(0x46DD794E, crc32c_add(0, bytes_of(rising, 32)), "0 to 31");
    EXPECT_I64(0xE3069283, crc32c_add(0, BYTES_LITERAL("123456789")), "the usual check value");
    EXPECT_I64(0, crc32c_add(0, BYTES_NONE), "nothing");
    uint32_t pieces = crc32c_add(crc32c_add(0, BYTES_LITERAL("1234")), BYTES_LITERAL("56789"));
    EXPECT_I64(0xE3069283, pieces, "in two pieces");
}

static void the_sums_of_picture_files_come_out(void)
{
    EXPECT_I64(0xCBF43926, crc32_add(0, BYTES_LITERAL("123456789")), "the usual check value");
    EXPECT_I64(0xAE426082, crc32_add(0, BYTES_LITERAL("IEND")), "the end of every PNG file");
    uint32_t pieces = crc32_add(crc32_add(0, BYTES_LITERAL("1234")), BYTES_LITERAL("56789"));
    EXPECT_I64(0xCBF43926, pieces, "in two pieces");
}

static void the_sums_of_pictures_come_out(void)
{
    /* the catalogue's check value of CRC-16/XMODEM; two pictures of other programs, as
     * ZebraDesigner's and a ZPL library's */
    EXPECT_I64(0x31C3, crc16_add(0, BYTES_LITERAL("123456789")), "the usual check value");
    EXPECT_I64(0xB023, crc16_add(0, BYTES_LITERAL("eJxbFQoAAasBAA==")), "of a library's picture");
    struct bytes text = BYTES_LITERAL("eJzj4KAKYJChDmCwoQ5gEKAOYAAAavEfEQ==");
    uint16_t crc = crc16_add(crc16_add(0, bytes_slice(text, 0, 7)), bytes_from(text, 7));
    EXPECT_I64(0x24EF, crc, "of another program's, in two pieces");
}

int main(void)
{
    EXPECT_RUN(the_sums_of_pictures_come_out);
    EXPECT_RUN(the_sums_of_picture_files_come_out);
    EXPECT_RUN(the_known_sums_come_out);
    return expect_result();
}
