/* Guards: hashes and keyed hashes are those of the standards, and comparing secrets tells nothing.
 * Expectations: FIPS 180-4 examples (csrc.nist.gov, SHA256.pdf), RFC 4231 test cases 1 to 7. */
#include "hal/crypto.h"

#include "hal/base/textbuf.h"
#include "tests/support/expect.h"

static void expect_hex(const char *wanted, const uint8_t digest[CRYPTO_SHA256_SIZE],
                       const char *promise)
{
    char hex[2 * CRYPTO_SHA256_SIZE + 1];
    struct textbuf text;
    textbuf_init(&text, hex, sizeof(hex));
    textbuf_hex(&text, bytes_of(digest, CRYPTO_SHA256_SIZE));
    EXPECT_TEXT(wanted, hex, promise);
}

static void sha256_is_the_standard_s(void)
{
    static const struct {
        const char *message, *digest, *promise;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "no bytes"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "one block"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "two blocks"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t digest[CRYPTO_SHA256_SIZE];
        crypto_sha256(bytes_of_text(rows[i].message), digest);
        expect_hex(rows[i].digest, digest, rows[i].promise);
    }
}

static struct bytes repeated(uint8_t *storage, uint8_t value, size_t len)
{
    memset(storage, value, len);
    return bytes_of(storage, len);
}

static void hmac_is_the_standard_s(void)
{
    static uint8_t key_storage[131], data_storage[50];
    struct bytes counting = BYTES_LITERAL("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d"
                                          "\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19");
    struct bytes long_key = BYTES_LITERAL("Test Using Larger Than Block-Size Key - Hash Key First");
    struct bytes long_both = BYTES_LITERAL(
        "This is a test using a larger than block-size key and a larger than block-size data. The"
        " key needs to be hashed before being used by the HMAC algorithm.");
    uint8_t mac[CRYPTO_SHA256_SIZE];

    crypto_hmac_sha256(repeated(key_storage, 0x0b, 20), BYTES_LITERAL("Hi There"), mac);
    expect_hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", mac, "case 1");
    crypto_hmac_sha256(BYTES_LITERAL("Jefe"), BYTES_LITERAL("what do ya want for nothing?"), mac);
    expect_hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", mac, "case 2");
    crypto_hmac_sha256(repeated(key_storage, 0xaa, 20), repeated(data_storage, 0xdd, 50), mac);
    expect_hex("773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe", mac, "case 3");
    crypto_hmac_sha256(counting, repeated(data_storage, 0xcd, 50), mac);
    expect_hex("82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b", mac, "case 4");
    crypto_hmac_sha256(repeated(key_storage, 0xaa, 131), long_key, mac);
    expect_hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54", mac, "case 6");
    crypto_hmac_sha256(repeated(key_storage, 0xaa, 131), long_both, mac);
    expect_hex("9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2", mac, "case 7");
}

static void an_empty_key_and_message_have_a_mac(void)
{
    /* From openssl dgst -sha256 -hmac "" of nothing. */
    uint8_t mac[CRYPTO_SHA256_SIZE];
    crypto_hmac_sha256(BYTES_NONE, BYTES_NONE, mac);
    expect_hex("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", mac,
               "nothing is a message too");
}

static void equal_is_equality(void)
{
    EXPECT(crypto_equal(BYTES_LITERAL("same"), BYTES_LITERAL("same")), "equal runs are equal");
    EXPECT(!crypto_equal(BYTES_LITERAL("same"), BYTES_LITERAL("sama")), "the last byte counts");
    EXPECT(!crypto_equal(BYTES_LITERAL("same"), BYTES_LITERAL("tame")), "the first byte counts");
    EXPECT(!crypto_equal(BYTES_LITERAL("same"), BYTES_LITERAL("sam")), "the length counts");
    EXPECT(!crypto_equal(BYTES_LITERAL("sam"), BYTES_LITERAL("same")), "on either side");
    EXPECT(crypto_equal(BYTES_NONE, BYTES_NONE), "nothing equals nothing");
}

static void chance_does_not_repeat(void)
{
    uint8_t first[32], second[32];
    crypto_random(first, sizeof(first));
    crypto_random(second, sizeof(second));
    EXPECT(memcmp(first, second, sizeof(first)) != 0, "two draws of 256 bits differ");
}

int main(void)
{
    EXPECT_RUN(sha256_is_the_standard_s);
    EXPECT_RUN(hmac_is_the_standard_s);
    EXPECT_RUN(an_empty_key_and_message_have_a_mac);
    EXPECT_RUN(equal_is_equality);
    EXPECT_RUN(chance_does_not_repeat);
    return expect_result();
}
