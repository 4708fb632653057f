/** The reflected polynomial of CRC-32 as in Ethernet, gzip and PNG. */
const POLYNOMIAL = 0xedb88320;
/** So many bytes are taken at once, each by a table of its own (slicing-by-4). */
const SLICE = 4;
const TABLE_SIZE = 256;

/** `tables[slice * 256 + byte]`: what the byte comes to with so many bytes after it. */
const tables = new Uint32Array(SLICE * TABLE_SIZE);
for (let byte = 0; byte < TABLE_SIZE; byte++) {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder & 1) === 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1;
  }
  tables[byte] = remainder;
}
for (let place = TABLE_SIZE; place < tables.length; place++) {
  const before = tables[place - TABLE_SIZE] ?? 0;
  tables[place] = (before >>> 8) ^ (tables[before & 0xff] ?? 0);
}

/** The CRC-32 of the bytes, 0 to 2^32 - 1. It finds every flipped bit and every damaged stretch of up to 32 bits. */
export function crc32(bytes: Uint8Array): number {
  let remainder = -1;
  let at = 0;
  for (; at + SLICE <= bytes.length; at += SLICE) {
    const first = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
    remainder ^= first | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
    const early = (tables[768 + (remainder & 0xff)] ?? 0) ^ (tables[512 + ((remainder >>> 8) & 0xff)] ?? 0);
    remainder = early ^ (tables[256 + ((remainder >>> 16) & 0xff)] ?? 0) ^ (tables[remainder >>> 24] ?? 0);
  }
  for (; at < bytes.length; at++) {
    remainder = (remainder >>> 8) ^ (tables[(remainder ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  }
  return ~remainder >>> 0;
}
