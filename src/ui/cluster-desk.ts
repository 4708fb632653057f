import { ClusterError, type ClusterControl } from '../cluster/cluster-control.ts';
import type { AttachedCluster, ClusterSwitcher } from '../cluster/cluster-switcher.ts';
import { pagePart } from '../cluster/page-part.ts';

export interface ClusterDeskOptions {
  /** The one that is shown at first: the page's own, or a real one. */
  readonly present: { readonly own: ClusterControl } | { readonly real: AttachedCluster };
  /** Makes the page's own, if there is none yet. */
  readonly createOwn: (() => ClusterControl) | undefined;
  readonly show: (control: ClusterControl) => void;
}

/**
 * Which cluster is shown: the page's own, or a real one. The own one is kept while another is shown, and stands still; it goes
 * on as it was left. So there is never more than one of each.
 */
export class ClusterDesk implements ClusterSwitcher {
  readonly #createOwn: (() => ClusterControl) | undefined;
  readonly #show: (control: ClusterControl) => void;
  #own: ClusterControl | undefined;
  #real: AttachedCluster | undefined;
  #goesOn = true;

  constructor({ present, createOwn, show }: ClusterDeskOptions) {
    this.#createOwn = createOwn;
    this.#show = show;
    if ('real' in present) this.#real = present.real;
    else this.#own = present.own;
  }

  async attach(address: string, token?: string): Promise<void> {
    const { attachFromPage } = await pagePart(import('../cluster/remote/attach-from-page.ts'));
    const next = await attachFromPage(address, token);
    const before = this.#real;
    if (before === undefined && this.#own !== undefined) {
      this.#goesOn = (await this.#own.status()).clock.playing;
      await this.#own.pause();
    }
    this.#real = next;
    this.#show(next);
    await before?.dispose();
  }

  async detach(): Promise<void> {
    const before = this.#real;
    if (before === undefined) throw new ClusterError('The cluster that is shown is this page’s own.');
    this.#own ??= this.#createOwn?.();
    if (this.#own === undefined) throw new ClusterError('This page has no cluster of its own.');
    this.#real = undefined;
    this.#show(this.#own);
    if (this.#goesOn) await this.#own.play();
    await before.dispose();
  }

  async join(voter: boolean): Promise<void> {
    await this.#attached.join(voter);
  }

  async leave(): Promise<void> {
    await this.#attached.leave();
  }

  get #attached(): AttachedCluster {
    if (this.#real === undefined) throw new ClusterError('This page is attached to no real cluster.');
    return this.#real;
  }
}
