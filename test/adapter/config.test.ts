import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ClusterConfig } from '../../src/adapter/config/cluster-config.ts';
import { exposureFault } from '../../src/adapter/config/exposure.ts';
import { MAX_CONFIG_BYTES, parseConfig, readConfigFile } from '../../src/adapter/config/read-config.ts';

const nodes = 'nodes:\n  n1: 127.0.0.1:4101\n  n2: 127.0.0.1:4102\n';

function config(text: string, environment: Readonly<Record<string, string>> = {}): ClusterConfig {
  const read = parseConfig(text, '/etc/ww/cluster.yml', environment);
  if ('error' in read) throw new Error(read.error);
  return read.config;
}

function error(text: string, environment: Readonly<Record<string, string>> = {}): string {
  const read = parseConfig(text, 'cluster.yml', environment);
  return 'error' in read ? read.error : 'no error';
}

describe('cluster.yml', () => {
  it('fills in what is left out, and takes paths from where the file is', () => {
    const read = config(`${nodes}data: disks\ntls: { cert: "{id}.pem", key: /keys/a.pem, ca: ca.pem }\n`);
    expect([...read.nodes.keys()]).toEqual(['n1', 'n2']);
    expect(read.nodes.get('n2')).toEqual({
      addresses: [{ host: '127.0.0.1', port: 4102 }],
      listens: [{ host: '127.0.0.1', port: 4102 }],
    });
    expect(read).toMatchObject({
      cluster: 'whitewater',
      members: ['n1', 'n2'],
      dataFolder: '/etc/ww/disks',
      token: undefined,
      tls: { cert: '/etc/ww/{id}.pem', key: '/keys/a.pem', ca: '/etc/ww/ca.pem' },
      faults: false,
      run: { nodes: 2, preVote: true, electionTimeoutMs: { min: 300, max: 500 } },
    });
  });

  it('takes timeouts and switches under the names that a run gives them', () => {
    const { run } = config(`${nodes}electionTimeoutMs: { min: 12, max: 25 }\nheartbeatMs: 4\npreVote: false\n`);
    expect(run).toMatchObject({ electionTimeoutMs: { min: 12, max: 25 }, heartbeatMs: 4, preVote: false });
  });

  it('lets a node listen elsewhere than where the others reach it, also on IPv6', () => {
    const read = config('nodes:\n  n1: { address: "node.example:4101", listen: "[::]:4101" }\n');
    expect(read.nodes.get('n1')).toEqual({
      addresses: [{ host: 'node.example', port: 4101 }],
      listens: [{ host: '::', port: 4101 }],
    });
  });

  it('lets a node be found at several addresses, and listen at all of them or elsewhere', () => {
    const read = config(
      'nodes:\n  n1: [10.0.0.1:4101, "[fd00::1]:4101"]\n  n2: { address: [10.0.0.2:4101, n2.example:4101], listen: 0.0.0.0:4101 }\n',
    );
    const first = [
      { host: '10.0.0.1', port: 4101 },
      { host: 'fd00::1', port: 4101 },
    ];
    expect(read.nodes.get('n1')).toEqual({ addresses: first, listens: first });
    expect(read.nodes.get('n2')).toEqual({
      addresses: [
        { host: '10.0.0.2', port: 4101 },
        { host: 'n2.example', port: 4101 },
      ],
      listens: [{ host: '0.0.0.0', port: 4101 }],
    });
    expect(config('nodes: { n1: [127.0.0.1:4101] }', { WHITEWATER_TOKEN: 'from-the-environment' })).toMatchObject({
      token: 'from-the-environment',
    });
  });

  it('says which of several addresses cannot be', () => {
    expect(error('nodes:\n  n1: [127.0.0.1:4101, nowhere]\n')).toBe(
      'cluster.yml:2:24: nodes.n1.address[1] must be an address such as 127.0.0.1:4101, but is "nowhere".',
    );
    expect(error('nodes:\n  n1:\n    address: 127.0.0.1:4101\n    listen:\n      - 127.0.0.1:4101\n      - 7\n')).toBe(
      'cluster.yml:6:9: nodes.n1.listen[1] must be an address such as 127.0.0.1:4101, but is 7.',
    );
    expect(error('nodes:\n  n1: [a:4101, b:4101, a:4101]\n')).toBe(
      'cluster.yml:2:24: nodes.n1.address[2] must have each address once.',
    );
    expect(error('nodes:\n  n1: []\n')).toBe('cluster.yml:2:7: nodes.n1.address must have at least one address.');
    const many = (count: number): string => Array.from({ length: count }, (_, at) => `a:${4101 + at}`).join(', ');
    expect(error(`nodes:\n  n1: [${many(8)}]\n`)).toBe('no error');
    expect(error(`nodes:\n  n1: [${many(9)}]\n`)).toBe(
      'cluster.yml:2:7: nodes.n1.address must have at most 8 addresses.',
    );
    expect(error('nodes:\n  n1: a:4101\n  n2: [b:4101, a:4101]\n')).toBe(
      'cluster.yml:3:16: n1 and n2 have the same address a:4101.',
    );
    expect(error('nodes:\n  n1: { adress: a:4101 }\n')).toContain('Did you mean address?');
  });

  it('says of what is wrong the line, the column and the field', () => {
    expect(error(`${nodes}electionTimeoutMs:\n  min: soon\n  max: 300\n`)).toBe(
      'cluster.yml:5:8: electionTimeoutMs.min must be a number from 1 to 600,000, but is "soon".',
    );
    expect(error('nodes:\n  n1: 127.0.0.1\n')).toBe(
      'cluster.yml:2:7: nodes.n1.address must be an address such as 127.0.0.1:4101, but is "127.0.0.1".',
    );
    expect(error('nodes:\n  one: 127.0.0.1:4101\n')).toContain('cluster.yml:2:8: nodes.one');
    expect(error(`${nodes}members: [n1, n7]\n`)).toBe(
      'cluster.yml:4:15: members names n7, which is not among the nodes.',
    );
    expect(error('')).toBe('cluster.yml:1:1: nodes is missing.');
    expect(error('- 1\n')).toContain('cluster.yml:1:1: The configuration must be an object');
    expect(error('nodes: {}\n')).toBe('cluster.yml:1:8: nodes must have at least one node.');
    expect(error(`${nodes}heartbeatMs: 100\nleases: { durationMs: 50, driftPpm: 0 }\n`)).toContain(
      'must have leases.durationMs above heartbeatMs',
    );
    expect(error('nodes:\n  n1: 127.0.0.1:4101\n  n2: 127.0.0.1:4101\n')).toContain('n1 and n2 have the same address');
    expect(error('nodes:\n  n1: "a\n')).toContain('this is not YAML');
    expect(error(`${nodes}nodes: {}\n`)).toContain('cluster.yml:4:1: this is not YAML: Map keys must be unique');
    expect(error(`${nodes}token: short\n`)).toBe('cluster.yml:4:8: token must have at least 16 characters.');
  });

  it('refuses a field that it does not know, and says which was probably meant', () => {
    expect(error(`${nodes}hearbeatMs: 50\n`)).toBe(
      'cluster.yml:4:1: hearbeatMs is not a known field. Did you mean heartbeatMs?',
    );
    expect(error(`${nodes}snapshot:\n  keepEntires: 4\n`)).toBe(
      'cluster.yml:5:3: snapshot.keepEntires is not a known field. Did you mean keepEntries?',
    );
    expect(error(`${nodes}colour: blue\n`)).toBe('cluster.yml:4:1: colour is not a known field.');
  });

  it('does not unfold aliases without end', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map((name, at) => `${name}: &${name} [${`*${'abcdefgh'[at] ?? ''},`.repeat(9)}]\n`)
      .join('')}`;
    expect(error(`${nodes}${bomb}`)).toBe('cluster.yml: its aliases unfold to too much.');
  });

  it('reads no file that is not there, or too long', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'whitewater-config-'));
    const path = join(folder, 'cluster.yml');
    expect(await readConfigFile(path, {})).toEqual({ error: `There is no file ${path}.` });
    await writeFile(path, `#${' '.repeat(MAX_CONFIG_BYTES)}`);
    expect(await readConfigFile(path, {})).toEqual({ error: `${path} is larger than 1,048,576 bytes.` });
    expect(await readConfigFile(folder, {})).toEqual({ error: `${folder} is a folder, not a file.` });
    await rm(folder, { recursive: true });
  });
});

describe('the environment', () => {
  it('overrides the file', () => {
    const read = config(`${nodes}token: from-the-file-0000\ndata: a\n`, {
      WHITEWATER_TOKEN: 'from-the-environment',
      WHITEWATER_DATA: '/b',
      WHITEWATER_TLS_CERT: '/c.pem',
      WHITEWATER_TLS_KEY: '/k.pem',
      WHITEWATER_TLS_CA: '/ca.pem',
      WHITEWATER_ORIGINS: 'https://a.example,https://b.example',
    });
    expect(read).toMatchObject({
      token: 'from-the-environment',
      dataFolder: '/b',
      tls: { cert: '/c.pem', key: '/k.pem', ca: '/ca.pem' },
      origins: ['https://a.example', 'https://b.example'],
    });
  });

  it('is held to the same rules, and never repeats a secret', () => {
    expect(error(nodes, { WHITEWATER_TOKEN: 'secret' })).toBe(
      'As the environment has it, token must have at least 16 characters.',
    );
    expect(error(nodes, { WHITEWATER_TOKEN: 'with a space and a secret' })).not.toContain('secret');
    expect(error(nodes, { WHITEWATER_TLS_CERT: '/c.pem' })).toBe('As the environment has it, tls.key is missing.');
    expect(error(nodes, { WHITEWATER_TOKN: 'x' })).toBe(
      'The environment variable WHITEWATER_TOKN is not known. Did you mean WHITEWATER_TOKEN?',
    );
  });
});

describe('what listens beyond this machine', () => {
  const open = 'nodes:\n  n1: { address: "10.0.0.1:4101", listen: "0.0.0.0:4101" }\n';

  it('needs that if one of its addresses is reached from there', () => {
    const listening = (listen: string): string => `nodes:\n  n1: { address: [a:4101, b:4101], listen: ${listen} }\n`;
    expect(exposureFault(config(listening('[127.0.0.1:4101, 10.1.0.1:4101]')), 'n1')).toContain(
      'n1 would listen at 10.1.0.1:4101, where other machines can reach it',
    );
    expect(exposureFault(config(listening('[127.0.0.1:4101, 127.0.0.2:4101]')), 'n1')).toBeUndefined();
  });

  it('needs a token, or TLS that verifies who calls', () => {
    expect(exposureFault(config(open), 'n1')).toContain('without a token');
    expect(exposureFault(config(`${open}tls: { cert: a, key: b, ca: c }\n`), 'n1')).toBeUndefined();
    expect(exposureFault(config(`${open}token: 0123456789abcdef\n`), 'n1')).toBeUndefined();
    expect(exposureFault(config(nodes), 'n1')).toBeUndefined();
  });
});
