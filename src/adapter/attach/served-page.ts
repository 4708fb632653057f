import { SERVED_PAGE_MARK } from '../../cluster/remote/served-page-mark.ts';

/** The playground's page with a mark that a node serves it: such a page attaches to where it came from. */
export function markServedPage(html: string): string {
  return html.replace('<head>', `<head><meta name="${SERVED_PAGE_MARK}" content="">`);
}
