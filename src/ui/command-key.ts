const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** A letter with the key for commands, as it is written here: `⌘K`, `Ctrl K`. */
export function commandKey(letter: string): string {
  return isMac ? `⌘${letter}` : `Ctrl ${letter}`;
}
