import { describe, expect, it } from 'vitest';
import { attachAddress } from '../../../src/cluster/remote/attach-address.ts';

describe('The address of a node', () => {
  it.each([
    ['127.0.0.1:4101', 'ws://127.0.0.1:4101'],
    [' localhost:4101 ', 'ws://localhost:4101'],
    ['ws://[::1]:4101/', 'ws://[::1]:4101'],
    ['http://10.0.0.1:4101/index.html', 'ws://10.0.0.1:4101'],
    ['https://node.example', 'wss://node.example'],
    ['WSS://node.example:1', 'wss://node.example:1'],
  ])('%s is %s', (text, address) => {
    expect(attachAddress(text)).toEqual({ address });
  });

  it.each(['', 'ftp://x', 'ws://', 'ws://user:secret@x:1', 'ws://x:1?token=secret', '127.0.0.1:70000', 'a b'])(
    '“%s” is none, and is told so in one sentence',
    (text) => {
      expect(attachAddress(text)).toEqual({
        error: `“${text}” is not the address of a node, such as 127.0.0.1:4101 or wss://node.example:4101.`,
      });
    },
  );
});
