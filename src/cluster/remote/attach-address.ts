const forms = 'such as 127.0.0.1:4101 or wss://node.example:4101';

/** Where a page connects to: `ws://host:port`, from whatever a person writes; `error` is one sentence. */
export function attachAddress(text: string): { readonly address: string } | { readonly error: string } {
  const trimmed = text.trim();
  const given = /^[a-z]+:\/\//i.test(trimmed) ? trimmed : `ws://${trimmed}`;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const scheme = { 'ws:': 'ws', 'http:': 'ws', 'wss:': 'wss', 'https:': 'wss' }[url?.protocol ?? ''];
  // Some browsers take a host with spaces in it.
  const isWord = !/\s/.test(trimmed);
  if (
    !isWord ||
    url === undefined ||
    scheme === undefined ||
    url.host === '' ||
    url.username !== '' ||
    url.search !== ''
  ) {
    return { error: `“${trimmed.slice(0, 60)}” is not the address of a node, ${forms}.` };
  }
  return { address: `${scheme}://${url.host}` };
}
