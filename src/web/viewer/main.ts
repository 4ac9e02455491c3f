import { parseFragment } from './fragment.ts';
import { findEntryHost } from './frames/entry-host.ts';
import { showScrollListPage } from './scroll-list-page.ts';
import { showScrollPage } from './scroll-page.ts';
import { byId } from './ui/dom.ts';
import { urlsFor } from './urls.ts';

const { login, n, id } = parseFragment(location.hash);
// The code works once and must not stay in the history.
if (login !== undefined) {
  const entry = n ?? id;
  history.replaceState(null, '', location.pathname + (entry === undefined ? '' : `#${entry}`));
}
void start();

async function start(): Promise<void> {
  const isStatic = document.documentElement.hasAttribute('data-static');
  const urls = urlsFor(location.pathname, isStatic);
  if (urls.list) byId('home').setAttribute('href', urls.list);

  if (urls.scroll === undefined) showScrollListPage(login);
  else showScrollPage(isStatic ? urls : urlsFor(location.pathname, isStatic, await findEntryHost()), login);
}
