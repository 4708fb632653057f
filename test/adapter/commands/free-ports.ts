import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/** Below the ports that systems give to connections that go out, so that none of those takes one before it is listened at. */
const FIRST_PORT = 12_000;
const LAST_PORT = 32_000;

/** The first of so many ports in a row that nobody uses now. It is drawn, for other tests look for theirs at the same time. */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = randomInt(FIRST_PORT, LAST_PORT - count);
    const tried = await Promise.allSettled(Array.from({ length: count }, (_, at) => listening(first + at)));
    const servers = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await Promise.all(servers.map(closed));
    if (servers.length === count) return first;
  }
  throw new Error(`There are no ${count} free ports in a row.`);
}

function listening(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
