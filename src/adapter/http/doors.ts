import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { Server as SecureServer } from 'node:tls';
import type { HostPort } from '../config/host-port.ts';

/** After so long without a word, milliseconds, the system asks whether the other end of a connection is still there. */
const KEEP_ALIVE_MS = 30_000;

/** Of each connection that a server takes. Whoever is gone without a word is noticed, in the end. */
export const socketSettings = { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };

/** The further places at which a server takes connections. */
export interface Doors {
  /** Takes no more. Those that are open are the server's own, and end with it. */
  close(): void;
}

/**
 * Has a server that listens already listen at further places: what comes in there is handed to it as if it had come in at its
 * own (Node.js: "this event can also be explicitly emitted"), and counts among its connections. Rejects where a place cannot be had;
 * then none of them is kept.
 */
export async function openDoors(server: Server, places: readonly HostPort[]): Promise<Doors> {
  const doors: Server[] = [];
  const close = (): void => {
    for (const door of doors) door.close();
  };
  try {
    for (const { host, port } of places) {
      // As the servers of Node.js have it themselves.
      const door = createServer({ ...socketSettings, allowHalfOpen: !(server instanceof SecureServer) });
      door.on('connection', (socket) => server.emit('connection', socket));
      doors.push(door);
      door.listen(port, host);
      await once(door, 'listening');
    }
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}
