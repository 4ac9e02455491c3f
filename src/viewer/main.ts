import { byId } from './dom.ts';
import { parseFragment, placeOf } from './place.ts';
import { readScroll } from './reader.ts';
import { showScrolls } from './scrolls.ts';

const place = placeOf(location.pathname, document.documentElement.hasAttribute('data-static'));
const { login } = parseFragment(location.hash);
// The code works once, and has no business in the history.
if (login !== undefined) history.replaceState(null, '', location.pathname);
if (place.list) byId('home').setAttribute('href', place.list);

if (place.scroll === undefined) showScrolls(login);
else readScroll(place, login);
