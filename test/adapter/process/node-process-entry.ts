import { once } from 'node:events';
import { createServer } from 'node:http';
import { EXIT_STOPPED } from '../../../src/adapter/exit-codes.ts';
import { openDoors } from '../../../src/adapter/http/doors.ts';
import { ClusterNode } from '../../../src/adapter/node/cluster-node.ts';
import { PEER_PATH } from '../../../src/adapter/transport/handshake.ts';
import { StorageError } from '../../../src/host/ports.ts';
import type { FromParent, NodeProcessOptions, ToParent } from './process-messages.ts';

/** A process with one node in it, and a channel to the test that started it. */
async function run({ hosts, port, addresses, ...options }: NodeProcessOptions): Promise<void> {
  const node = await ClusterNode.open({ ...options, addresses: new Map(addresses) });
  node.onFailure(({ sentence }) => stopWith(sentence));
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on('upgrade', (request, socket, head) => {
    if (request.url === PEER_PATH) node.handlePeer(request, socket, head);
    else socket.destroy();
  });
  process.on('message', (message: FromParent) => void answer(node, message));
  // A test that ends badly leaves no process behind.
  process.on('disconnect', () => process.exit(0));
  const [first, ...others] = hosts.map((host) => ({ host, port }));
  server.listen(first);
  await once(server, 'listening');
  await openDoors(server, others);
  say({ type: 'ready' });
}

async function answer(node: ClusterNode, message: FromParent): Promise<void> {
  if (message.type === 'ask') {
    const { requestId } = message.message;
    node.ask(message.message, (outcome, answeredBy) =>
      say({ type: 'answer', reply: { type: 'client-reply', requestId, outcome, ...(answeredBy && { answeredBy }) } }),
    );
    return;
  }
  const { callId, call } = message;
  say({ type: 'result', callId, value: await carryOut(node, call) });
}

async function carryOut(node: ClusterNode, call: Extract<FromParent, { type: 'call' }>['call']): Promise<unknown> {
  switch (call.type) {
    case 'status':
      return {
        ...node.status(),
        store: Object.fromEntries(node.store.entries()),
        rss: process.memoryUsage().rss,
        wallMs: Date.now(),
        nowUs: node.nowUs(),
      };
    case 'change-membership':
      return node.changeMembership(call.change);
    case 'transfer':
      return node.transfer(call.to);
    case 'take-snapshot':
      return node.takeSnapshot();
    case 'set-quality':
      return node.faults?.setQuality(call.to, call.quality);
    case 'cut':
      return node.faults?.cut(call.to);
    case 'heal':
      return node.faults?.heal();
    case 'close':
      return node.close();
  }
}

function say(message: ToParent): void {
  if (process.connected) process.send?.(message);
}

function stopWith(sentence: string): void {
  process.stderr.write(`${sentence}\n`, () => process.exit(EXIT_STOPPED));
}

process.once('message', (options: NodeProcessOptions) => {
  run(options).catch((error: unknown) => {
    stopWith(error instanceof StorageError ? error.message : String(error));
  });
});
