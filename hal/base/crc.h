/* crc.h - CRC-32C (Castagnoli; RFC 3720 appendix B.4), which finds every flip of a bit or of a run
 * of up to 32, the CRC-32 of PNG files, and the CRC-16 of ZPL pictures. No protection against
 * anybody who means it. */
#ifndef PACKD_HAL_BASE_CRC_H
#define PACKD_HAL_BASE_CRC_H

#include "hal/base/bytes.h"

/* Of the bytes added since 0, in any pieces. */
uint32_t crc32c_add(uint32_t crc, struct bytes data);
/* The same with the polynomial of Ethernet, zip and PNG (ISO 3309). */
uint32_t crc32_add(uint32_t crc, struct bytes data);

/* Polynomial 0x1021 from 0, nothing reflected: the kind called XMODEM. */
uint16_t crc16_add(uint16_t crc, struct bytes data);

#endif
