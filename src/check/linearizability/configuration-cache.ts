/** The first room, in 32-bit words: most histories that are looked at all the time are short. */
const FIRST_WORDS = 1 << 8;

// Before an entry's own words: the next entry of its chain, its hash, and how many words of each part it has.
const NEXT = 0;
const HASH = 1;
const CORE = 2;
const USED = 3;
const HEAD = 4;

/**
 * The configurations that a search has been in, exactly, packed into one array of words. A configuration is a core (which
 * operations have a place, and the state) and the counts of optional operations used. One that was reached before with the same
 * core and no more of them used is as good or better, so it covers the new one.
 */
export class ConfigurationCache {
  readonly #maxWords: number;
  #words: Uint32Array;
  #end = 1; // offset 0 means "none"
  #chains: Uint32Array;
  #count = 0;

  constructor(maxWords: number) {
    this.#maxWords = maxWords;
    this.#words = new Uint32Array(Math.min(FIRST_WORDS, maxWords));
    this.#chains = new Uint32Array(1 << 5);
  }

  get count(): number {
    return this.#count;
  }

  /**
   * Adds a configuration: the first `core` words of `key`, then `used` words, which are pairs of (kind, count) in order of
   * kind. `covered`: one that is as good was there; `full`: there is no room for it.
   */
  add(key: Uint32Array, core: number, used: number): 'added' | 'covered' | 'full' {
    const hash = hashOf(key, core);
    const chain = hash & (this.#chains.length - 1);
    for (let entry = this.#chains[chain] ?? 0; entry !== 0; entry = this.#words[entry + NEXT] ?? 0) {
      if (this.#words[entry + HASH] === hash && this.#covers(entry, key, core, used)) return 'covered';
    }
    if (!this.#makeRoom(HEAD + core + used)) return 'full';
    const words = this.#words;
    const entry = this.#end;
    words[entry + NEXT] = this.#chains[chain] ?? 0;
    words[entry + HASH] = hash;
    words[entry + CORE] = core;
    words[entry + USED] = used;
    for (let word = 0; word < core + used; word += 1) words[entry + HEAD + word] = key[word] ?? 0;
    this.#chains[chain] = entry;
    this.#end += HEAD + core + used;
    this.#count += 1;
    if (this.#count > this.#chains.length) this.#rehash();
    return 'added';
  }

  #covers(entry: number, key: Uint32Array, core: number, used: number): boolean {
    const words = this.#words;
    if (words[entry + CORE] !== core) return false;
    const begin = entry + HEAD;
    for (let word = 0; word < core; word += 1) if (words[begin + word] !== key[word]) return false;
    const end = begin + core + (words[entry + USED] ?? 0);
    let own = core;
    for (let pair = begin + core; pair < end; pair += 2) {
      while (own < core + used && (key[own] ?? 0) < (words[pair] ?? 0)) own += 2;
      if (own >= core + used || key[own] !== words[pair] || (key[own + 1] ?? 0) < (words[pair + 1] ?? 0)) return false;
    }
    return true;
  }

  #makeRoom(words: number): boolean {
    const wanted = this.#end + words;
    if (wanted <= this.#words.length) return true;
    if (wanted > this.#maxWords) return false;
    const grown = new Uint32Array(Math.min(this.#maxWords, Math.max(wanted, this.#words.length * 2)));
    grown.set(this.#words);
    this.#words = grown;
    return true;
  }

  #rehash(): void {
    const chains = new Uint32Array(this.#chains.length * 4);
    for (let entry = 1; entry < this.#end;) {
      const chain = (this.#words[entry + HASH] ?? 0) & (chains.length - 1);
      this.#words[entry + NEXT] = chains[chain] ?? 0;
      chains[chain] = entry;
      entry += HEAD + (this.#words[entry + CORE] ?? 0) + (this.#words[entry + USED] ?? 0);
    }
    this.#chains = chains;
  }
}

function hashOf(key: Uint32Array, length: number): number {
  let hash = length;
  for (let word = 0; word < length; word += 1) {
    hash = Math.imul(hash ^ (key[word] ?? 0), 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
