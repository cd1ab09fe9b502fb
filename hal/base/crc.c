/* crc.c - see crc.h. Half a byte at a time: a table of 64 bytes stays in a small box's cache. */
#include "hal/base/crc.h"

static const uint32_t table[16] = {
    /* reflected polynomial 0x82F63B78 */
    0x00000000, 0x105EC76F, 0x20BD8EDE, 0x30E349B1, 0x417B1DBC, 0x5125DAD3, 0x61C69362, 0x7198540D,
    0x82F63B78, 0x92A8FC17, 0xA24BB5A6, 0xB21572C9, 0xC38D26C4, 0xD3D3E1AB, 0xE330A81A, 0xF36E6F75,
};

uint32_t crc32c_add(uint32_t crc, struct bytes data)
{
    crc = ~crc;
    for (size_t i = 0; i < data.len; i++) {
        crc ^= data.data[i];
        crc = (crc >> 4) ^ table[crc & 15];
        crc = (crc >> 4) ^ table[crc & 15];
    }
    return ~crc;
}

uint16_t crc16_add(uint16_t crc, struct bytes data)
{
    unsigned sum = crc;
    for (size_t i = 0; i < data.len; i++) {
        sum ^= (unsigned)data.data[i] << 8;
        for (unsigned bit = 0; bit < 8; bit++)
            sum = ((sum & 0x8000u) != 0 ? sum << 1 ^ 0x1021u : sum << 1) & 0xFFFFu;
    }
    return (uint16_t)sum;
}
