/* crc.c - see crc.h. Half a byte at a time: a table of 64 bytes stays in a small box's cache. */
#include "hal/base/crc.h"

static const uint32_t castagnoli[16] = {
    /* reflected polynomial 0x82F63B78 */
    0x00000000, 0x105EC76F, 0x20BD8EDE, 0x30E349B1, 0x417B1DBC, 0x5125DAD3, 0x61C69362, 0x7198540D,
    0x82F63B78, 0x92A8FC17, 0xA24BB5A6, 0xB21572C9, 0xC38D26C4, 0xD3D3E1AB, 0xE330A81A, 0xF36E6F75,
};

static const uint32_t ethernet[16] = {
    /* reflected polynomial 0xEDB88320 */
    0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
    0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C, 0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
};

static const uint16_t xmodem[16] = {
    /* polynomial 0x1021, the highest bit first */
    0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50A5, 0x60C6, 0x70E7,
    0x8108, 0x9129, 0xA14A, 0xB16B, 0xC18C, 0xD1AD, 0xE1CE, 0xF1EF,
};

static uint32_t add(const uint32_t table[16], uint32_t crc, struct bytes data)
{
    crc = ~crc;
    for (size_t i = 0; i < data.len; i++) {
        crc ^= data.data[i];
        crc = (crc >> 4) ^ table[crc & 15];
        crc = (crc >> 4) ^ table[crc & 15];
    }
    return ~crc;
}

uint32_t crc32c_add(uint32_t crc, struct bytes data)
{
    return add(castagnoli, crc, data);
}

uint32_t crc32_add(uint32_t crc, struct bytes data)
{
    return add(ethernet, crc, data);
}

uint16_t crc16_add(uint16_t crc, struct bytes data)
{
    unsigned sum = crc;
    for (size_t i = 0; i < data.len; i++) {
        sum ^= (unsigned)data.data[i] << 8;
        sum = (sum << 4 & 0xFFFFu) ^ xmodem[sum >> 12];
        sum = (sum << 4 & 0xFFFFu) ^ xmodem[sum >> 12];
    }
    return (uint16_t)sum;
}
