/** The name of the `meta` that a node puts into the page that it serves. A page elsewhere need not ask its server. */
export const SERVED_PAGE_MARK = 'whitewater-node';
