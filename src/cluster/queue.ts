/** Does one piece of work after the other, in the order in which they were added. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  /** Settles as the work does; a failure of one does not keep the next from being done. */
  add<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = this.#last.then(work, work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  /** Settles when all that has been added so far is done. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
