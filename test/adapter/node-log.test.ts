import { expect, it } from 'vitest';
import { nodeLog } from '../../src/adapter/serve/node-log.ts';

function logged(level: string | undefined, write: (log: ReturnType<typeof nodeLog>) => void): readonly unknown[] {
  const lines: unknown[] = [];
  write(nodeLog('n1', level, { write: (line: string) => void lines.push(JSON.parse(line)) }));
  return lines;
}

it('a log says which node it is, and holds no token, value or body, whoever hands it one', () => {
  const [line] = logged(undefined, (log) => {
    log.info(
      {
        term: 3,
        token: 's',
        value: 's',
        body: 's',
        headers: { authorization: 's' },
        request: { token: 's', value: 's' },
      },
      'n1 leads term 3.',
    );
  });
  expect(line).toMatchObject({ node: 'n1', term: 3, msg: 'n1 leads term 3.' });
  expect(JSON.stringify(line)).not.toContain('"s"');
});

it.each([
  [undefined, ['info', 'error']],
  ['error', ['error']],
  ['debug', ['debug', 'info', 'error']],
  ['silent', []],
  ['loud', ['info', 'error']],
] as const)('of the level %s it tells %j', (level, told) => {
  const lines = logged(level, (log) => {
    log.debug('debug');
    log.info('info');
    log.error('error');
  });
  expect(lines.map((line) => (line as { readonly msg: string }).msg)).toEqual(told);
});
