import { createServer, type Server } from 'node:net';

/** The first of so many ports in a row that nobody uses now. */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = await portOf(await listening(0));
    const others = await Promise.allSettled(Array.from({ length: count - 1 }, (_, at) => listening(first + at + 1)));
    const servers = others.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    await Promise.all(servers.map(closed));
    if (servers.length === count - 1) return first;
  }
  throw new Error(`There are no ${count} free ports in a row.`);
}

function listening(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}

async function portOf(server: Server): Promise<number> {
  const address = server.address();
  await closed(server);
  if (address === null || typeof address === 'string') throw new Error('It listens on no port.');
  return address.port;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
