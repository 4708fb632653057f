import { crc32 as zlibCrc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { crc32 } from '../../src/kv/crc32.ts';
import { below, createRandom } from '../../src/raft/random.ts';

it('the checksum is the one that everyone calls CRC-32, whatever the length', () => {
  const random = createRandom(1, 'crc32');
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  for (let length = 0; length < 300; length++) {
    const bytes = Uint8Array.from({ length }, () => below(random, 256));
    expect(crc32(bytes), `${length} bytes`).toBe(zlibCrc32(bytes));
  }
});
