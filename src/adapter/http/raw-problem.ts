import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Problem } from './problem.ts';

/** A problem as a whole HTTP answer, after which the connection ends. */
function rawProblem(problem: Problem): string {
  const body = JSON.stringify(problem.body);
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

/** Answers a request to upgrade, and hangs up: whoever keeps the connection open all the same takes no place of another's. */
export function refuseUpgrade(socket: Duplex, problem: Problem): void {
  // Whoever hung up first need not hear it.
  socket.on('error', () => socket.destroy());
  socket.end(rawProblem(problem), () => socket.destroy());
}

/** Answers a request for which there is no room, and hangs up. */
export function refuseRequest(response: ServerResponse, problem: Problem): void {
  const { socket } = response;
  const body = JSON.stringify(problem.body);
  response.writeHead(problem.status, { 'content-type': 'application/problem+json', connection: 'close' });
  // Its body is not waited for.
  response.end(body, () => socket?.destroySoon());
}

/** What does not read as HTTP, or takes too long to come, gets one answer and no second chance. */
export function refuseMalformed(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  socket.end(rawProblem(malformed(error.code)));
  socket.destroySoon();
}

function malformed(code: string | undefined): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new Problem('headers-too-large', 'The headers of the request are too long.');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem('too-slow', 'The request did not come in time.');
    default:
      return new Problem('bad-request', 'This is not HTTP.');
  }
}
