import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { MAX_PAGE_FRAME_BYTES } from '../../cluster/remote/attach-frame.ts';
import type { TimelineEvent } from '../../timeline/event.ts';
import { AttachedPage } from './attached-page.ts';
import type { Supervision, WatchedNode } from './watched-node.ts';

/** The most pages that watch one node at once; one more is turned away. */
export const MAX_PAGES = 64;

export interface AttachServerOptions {
  readonly node: WatchedNode;
  /** What a page has to know; undefined: it need know nothing. */
  readonly token?: string | undefined;
  readonly supervision?: Supervision | undefined;
}

/**
 * Lets playgrounds watch a node and speak to it, over connections that were made to the path `/attach`. Whoever hands them in
 * has looked at the Origin, and at the certificate where there is no token; the token is looked at here.
 */
export class AttachServer {
  readonly #options: AttachServerOptions;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAGE_FRAME_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #pages = new Set<AttachedPage>();

  constructor(options: AttachServerOptions) {
    this.#options = options;
  }

  /** How many pages there are. */
  get size(): number {
    return this.#pages.size;
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (opened) => {
      if (this.#pages.size >= MAX_PAGES) {
        // It may go on talking for a while, and nothing that it says may end the node.
        opened.on('error', () => opened.terminate());
        opened.close(1013);
        return;
      }
      const { node, token, supervision } = this.#options;
      const page = new AttachedPage({
        node,
        token,
        supervision,
        socket: opened,
        onLinksChanged: (events) => this.#tellAll(events),
        onTold: (events, telling) => {
          for (const other of this.#pages) if (other !== telling) other.take(events);
        },
        onPictured: (asking) => {
          for (const other of this.#pages) if (other !== asking) other.portray();
        },
        mayJoin: (id, joining) => [...this.#pages].every((other) => other === joining || other.member !== id),
      });
      this.#pages.add(page);
      opened.on('close', () => this.#pages.delete(page));
    });
  }

  /** Hangs up on all of them. */
  close(): void {
    const pages = [...this.#pages];
    // None of them need hear of the others: they go on, only not by way of this node.
    this.#pages.clear();
    for (const page of pages) page.close();
    this.#server.close();
  }

  #tellAll(events: readonly TimelineEvent[]): void {
    for (const page of this.#pages) page.take(events);
  }
}
