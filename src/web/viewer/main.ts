import { byId } from './dom.ts';
import { entryHost } from './hosts.ts';
import { parseFragment, placeOf } from './place.ts';
import { readScroll } from './reader.ts';
import { showScrolls } from './scrolls.ts';

const { login } = parseFragment(location.hash);
// The code works once, and has no business in the history.
if (login !== undefined) history.replaceState(null, '', location.pathname);
void start();

async function start(): Promise<void> {
  const isStatic = document.documentElement.hasAttribute('data-static');
  const place = placeOf(location.pathname, isStatic);
  if (place.list) byId('home').setAttribute('href', place.list);

  if (place.scroll === undefined) showScrolls(login);
  else readScroll(isStatic ? place : placeOf(location.pathname, isStatic, await entryHost()), login);
}
