/** Script of PDF pages: loads the document by ranges and draws the pages near the visible area. */
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { messageOf } from '../../shared/errors.ts';
import { shownOf } from '../../shared/kit/text/numbers.ts';
import { button } from '../../web/kit/dom/button.ts';
import { elementById } from '../../web/kit/dom/element.ts';
import { isComplete } from '../../web/kit/ranges/is-complete.ts';
import { findIn } from './client/find.ts';
import { open } from './client/library.ts';
import { createSheet, type Sheet } from './client/sheet.ts';
import { EXTRAS } from './shared/extras.ts';

/** Screen pixels per point (1/72 inch) at 100 %. */
const ACTUAL_SIZE = 96 / 72;
const STEPS = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4, 6, 8];
/** Pages further than this from the visible area, in pixels, are emptied. */
const KEEP_DISTANCE = 900;
/** Largest number of pages that are laid out. */
const MAX_PAGES = 5000;
/** Largest height of the pages in the scroll, in pixels, and that of a single page. */
const MAX_HEIGHT = 600;
const MAX_SINGLE_HEIGHT = 720;
/** Interval, in milliseconds, and number of checks for the complete file. */
const RETRY_DELAY = 700;
const MAX_RETRIES = 500;

/** An element that the page always has. */
const requiredElement = (id: string): HTMLElement => elementById(id) as HTMLElement;
if (parent === window) document.documentElement.classList.add('alone');
if (elementById('pages')) void start();

function showFault(text: string): void {
  const message = requiredElement('fault').querySelector('span');
  if (message) message.textContent = text;
  requiredElement('fault').hidden = text === '';
}

async function start(): Promise<void> {
  const { source = '', size = '', worker = '', extras = '' } = document.body.dataset;
  const absolute = (url: string): string => new URL(url, document.baseURI).href;
  const url = absolute(source);
  for (let retries = 0; !(await isComplete(url, Number(size))) && retries < MAX_RETRIES; retries++) {
    if (retries > 2) showFault('Waiting for the rest of the file.');
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY));
  }
  showFault('');
  try {
    const extraUrls = extras.split(' ').map(absolute);
    const task = await open(
      url,
      absolute(worker),
      new Map(EXTRAS.map((name, i) => [name, extraUrls[i] ?? ''])),
      (error) => showFault(`A part of the file could not be loaded: ${error.message}`),
      (name) => showFault(missingResourceText(name)),
    );
    task.onPassword = askPassword;
    await show(await task.promise);
  } catch (error) {
    requiredElement('pages').hidden = true;
    showFault(`It cannot be shown: ${messageOf(error)}`);
  }
}

/** The message about a resource of pdf.js that is not part of webpipe. */
function missingResourceText(name: string): string {
  return name.endsWith('.bcmap')
    ? `Some text is not drawn: its font needs the CMap ${name.slice(0, -6)}, which does not come with webpipe.`
    : `Something is not drawn: it needs ${name}, which does not come with webpipe.`;
}

/** Asks for the password of the document. pdf.js calls this again after a wrong one. */
function askPassword(use: (password: string) => void, reason: number): void {
  showFault('');
  const form = document.createElement('form');
  const input = document.createElement('input');
  input.type = 'password';
  input.placeholder = 'Password';
  input.ariaLabel = 'Password of the document';
  const button = document.createElement('button');
  button.textContent = 'Open';
  form.className = 'bar';
  form.style.padding = '16px';
  form.append(reason === 2 ? 'Wrong password. ' : 'This document has a password. ', input, button);
  // Sandboxed pages cannot submit forms.
  const submit = (): void => {
    form.remove();
    use(input.value);
  };
  button.type = 'button';
  button.onclick = submit;
  input.onkeydown = (event) => {
    if (event.key === 'Enter') submit();
  };
  requiredElement('pages').replaceChildren(form);
}

async function show(pdf: PDFDocumentProxy): Promise<void> {
  const stage = requiredElement('pages');
  const count = Math.min(pdf.numPages, MAX_PAGES);
  const first = (await pdf.getPage(1)).getViewport({ scale: 1 });
  const points = { width: first.width, height: first.height };
  /** Pixels per point; undefined: the width of the window, but at most the actual size. */
  let zoom: number | undefined;
  const fit = (): number => Math.max(0.05, (stage.clientWidth - 24) / points.width);
  const scale = (): number => zoom ?? Math.min(ACTUAL_SIZE, fit());

  const sheets: Sheet[] = Array.from({ length: count }, (_, i) => createSheet(pdf, i + 1, points, (page) => go(page)));
  requiredElement('count').textContent = `${shownOf(count, pdf.numPages, 'page')} · `;

  const current = document.createElement('input');
  const percent = document.createElement('output');
  const search = document.createElement('input');
  const searchStatus = document.createElement('span');
  searchStatus.className = 'found';
  const group = (...parts: HTMLElement[]): HTMLElement => {
    const span = document.createElement('span');
    span.className = 'zoom';
    span.append(...parts);
    return span;
  };

  function layOut(): void {
    const currentScale = scale();
    for (const sheet of sheets) sheet.layOut(currentScale);
    percent.textContent = `${Math.round((currentScale / ACTUAL_SIZE) * 100)} %`;
    const alone = document.documentElement.classList.contains('alone');
    const maxHeight = count === 1 ? MAX_SINGLE_HEIGHT : MAX_HEIGHT;
    stage.style.height = alone ? '' : `${Math.min(maxHeight, contentHeight() + 22)}px`;
    draw();
  }
  const contentHeight = (): number => {
    const last = sheets.at(-1)?.element;
    return last ? last.offsetTop + last.offsetHeight : MAX_HEIGHT;
  };

  /** Draws the pages near the visible area and empties the others. */
  function draw(): void {
    const top = stage.scrollTop;
    const bottom = top + stage.clientHeight;
    let visible: number | undefined;
    for (const [i, { element, draw: paint, clear }] of sheets.entries()) {
      const begin = element.offsetTop;
      const end = begin + element.offsetHeight;
      if (end > top - 200 && begin < bottom + 200) paint(scale());
      else if (end < top - KEEP_DISTANCE || begin > bottom + KEEP_DISTANCE) clear();
      if (visible === undefined && end > top + stage.clientHeight / 3) visible = i + 1;
    }
    if (document.activeElement !== current) current.value = String(visible ?? count);
  }

  function go(page: number): void {
    const target = sheets[Math.min(count, Math.max(1, page)) - 1]?.element;
    if (target) stage.scrollTop = target.offsetTop - 10;
    draw();
  }

  /** Changes the scale. The centre of the visible area keeps its position. */
  function resize(next: number | undefined): void {
    const relativePosition = (stage.scrollTop + stage.clientHeight / 2) / stage.scrollHeight;
    zoom = next === undefined ? undefined : Math.min(8, Math.max(0.1, next / ACTUAL_SIZE)) * ACTUAL_SIZE;
    layOut();
    stage.scrollTop = relativePosition * stage.scrollHeight - stage.clientHeight / 2;
    draw();
  }
  const step = (direction: 1 | -1): void => {
    const now = (scale() / ACTUAL_SIZE) * (1 + direction * 0.01);
    const next = direction > 0 ? STEPS.find((s) => s > now) : STEPS.findLast((s) => s < now);
    if (next !== undefined) resize(next * ACTUAL_SIZE);
  };

  const texts = new Map<number, Promise<string[]>>();
  const textOf = (page: number): Promise<string[]> => {
    let text = texts.get(page);
    if (!text) {
      text = pdf
        .getPage(page)
        .then((proxy) => proxy.getTextContent())
        .then(({ items }) => items.flatMap((item) => ('str' in item ? [item.str] : [])));
      texts.set(page, text);
    }
    return text;
  };
  let hits: { page: number; pieces: number[] }[] = [];
  let hitIndex = 0;
  let searchText = '';

  async function find(text: string): Promise<void> {
    searchText = text;
    for (const { page } of hits) sheets[page - 1]?.mark(new Set(), new Set());
    hits = [];
    hitIndex = 0;
    searchStatus.textContent = '';
    if (text.trim() === '') return;
    for (let page = 1; page <= count; page++) {
      const pageHits = findIn(await textOf(page), text);
      if (searchText !== text) return;
      const before = hits.length;
      hits.push(...pageHits.map((pieces) => ({ page, pieces })));
      if (before === 0 && hits.length > 0) showHit();
      if (page % 20 === 0 || page === count) showHitCount();
    }
    if (hits.length === 0) searchStatus.textContent = 'not found';
  }
  const showHitCount = (): void => {
    searchStatus.textContent = hits.length === 0 ? 'searching…' : `${hitIndex + 1} of ${hits.length}`;
  };
  function showHit(): void {
    const currentHit = hits[hitIndex];
    if (!currentHit) return;
    const target = sheets[currentHit.page - 1];
    const top = target?.element.offsetTop ?? 0;
    if (top > stage.scrollTop + stage.clientHeight || top + (target?.element.offsetHeight ?? 0) < stage.scrollTop)
      go(currentHit.page);
    for (const page of new Set(hits.map((hit) => hit.page))) {
      const all = new Set(hits.filter((hit) => hit.page === page).flatMap((hit) => hit.pieces));
      sheets[page - 1]?.mark(all, new Set(page === currentHit.page ? currentHit.pieces : []));
    }
    showHitCount();
  }
  const next = (direction: 1 | -1): void => {
    if (hits.length === 0) return;
    hitIndex = (hitIndex + direction + hits.length) % hits.length;
    showHit();
  };

  current.type = 'number';
  current.min = '1';
  current.max = String(count);
  current.title = current.ariaLabel = 'Page';
  current.onchange = () => go(Number(current.value));
  search.type = 'search';
  search.placeholder = 'Find';
  search.ariaLabel = 'Find in the text';
  let inputTimer: ReturnType<typeof setTimeout> | undefined;
  search.oninput = () => {
    clearTimeout(inputTimer);
    inputTimer = setTimeout(() => void find(search.value), 200);
  };
  search.onkeydown = (event) => {
    if (event.key !== 'Enter') return;
    if (search.value === searchText) next(event.shiftKey ? -1 : 1);
    else void find(search.value);
  };
  const pageButtons =
    count > 1
      ? [
          group(
            button('‹', 'Page before', () => go(Number(current.value) - 1)),
            current,
            button('›', 'Next page', () => go(Number(current.value) + 1)),
          ),
        ]
      : [];
  requiredElement('info').after(
    searchStatus,
    search,
    ...pageButtons,
    group(
      button('−', 'Zoom out', () => step(-1)),
      percent,
      button('+', 'Zoom in', () => step(1)),
      button('Fit', 'As wide as the window', () => resize(fit())),
      button('1:1', 'Actual size', () => resize(ACTUAL_SIZE)),
    ),
  );

  stage.replaceChildren(...sheets.map(({ element }) => element));
  let drawPending = false;
  stage.addEventListener('scroll', () => {
    if (drawPending) return;
    drawPending = true;
    setTimeout(() => {
      drawPending = false;
      draw();
    }, 60);
  });
  stage.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      resize(scale() * Math.exp(-Math.max(-200, Math.min(200, event.deltaY)) / 400));
    },
    { passive: false },
  );
  addEventListener('keydown', (event) => {
    const inField = event.target instanceof HTMLInputElement;
    if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === '+' || event.key === '=') step(1);
    else if (event.key === '-') step(-1);
    else if (event.key === '0') resize(undefined);
    else return;
    event.preventDefault();
  });
  addEventListener('resize', layOut);
  new MutationObserver(layOut).observe(document.documentElement, { attributeFilter: ['class'] });
  layOut();
}
