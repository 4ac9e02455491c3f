/** The script of PDF pages: opens the document by ranges and draws the pages that are looked at. */
import type { PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { shownOf } from '../../shared/kit/text/numbers.ts';
import { button } from '../../web/kit/dom/button.ts';
import { isComplete } from '../../web/kit/ranges/is-complete.ts';
import { findIn } from './client/find.ts';
import { open } from './client/library.ts';
import { createSheet, type Sheet } from './client/sheet.ts';
import { EXTRAS } from './shared/extras.ts';

/** Screen pixels for one point (1/72 inch) at 100 %. */
const ACTUAL = 96 / 72;
const STEPS = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4, 6, 8];
/** Pages further away than this are emptied. */
const NEAR = 900;
/** So many pages have a place: a document may claim any number. */
const MOST = 5000;
/** The height of the stage in the scroll, at most. */
const ROOM = 600;
const ONE = 720;
/** How long we wait before we look again whether the whole file is there, milliseconds, and how often we do. */
const PAUSE = 700;
const LOOKS = 500;

const at = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
if (parent === window) document.documentElement.classList.add('alone');
if (document.getElementById('pages')) void start();

function complain(text: string): void {
  const words = at('fault').querySelector('span');
  if (words) words.textContent = text;
  at('fault').hidden = text === '';
}

async function start(): Promise<void> {
  const { source = '', size = '', worker = '', extras = '' } = document.body.dataset;
  const here = (url: string): string => new URL(url, document.baseURI).href;
  const url = here(source);
  for (let looks = 0; !(await isComplete(url, Number(size))) && looks < LOOKS; looks++) {
    if (looks > 2) complain('The whole file is not here yet.');
    await new Promise((done) => setTimeout(done, PAUSE));
  }
  complain('');
  try {
    const places = extras.split(' ').map(here);
    const task = await open(
      url,
      here(worker),
      new Map(EXTRAS.map((name, i) => [name, places[i] ?? ''])),
      (error) => complain(`A part of the file cannot be had: ${error.message}`),
      (name) => complain(lackOf(name)),
    );
    task.onPassword = askPassword;
    await show(await task.promise);
  } catch (error) {
    at('pages').hidden = true;
    complain(`It cannot be shown: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What is not seen for want of a file of pdf.js. */
function lackOf(name: string): string {
  return name.endsWith('.bcmap')
    ? `Some text is not drawn: its font needs the CMap ${name.slice(0, -6)}, which does not come with webpipe.`
    : `Something is not drawn: it needs ${name}, which does not come with webpipe.`;
}

/** Asks for the password of the document until it fits. */
function askPassword(use: (password: string) => void, reason: number): void {
  complain('');
  const form = document.createElement('form');
  const input = document.createElement('input');
  input.type = 'password';
  input.placeholder = 'Password';
  input.ariaLabel = 'Password of the document';
  const button = document.createElement('button');
  button.textContent = 'Open';
  form.className = 'bar';
  form.style.padding = '16px';
  form.append(reason === 2 ? 'That was not it. ' : 'It is locked. ', input, button);
  // A sandboxed page submits no forms; a button and Enter do.
  const submit = (): void => {
    form.remove();
    use(input.value);
  };
  button.type = 'button';
  button.onclick = submit;
  input.onkeydown = (event) => {
    if (event.key === 'Enter') submit();
  };
  at('pages').replaceChildren(form);
}

async function show(pdf: PDFDocumentProxy): Promise<void> {
  const stage = at('pages');
  const count = Math.min(pdf.numPages, MOST);
  const first = (await pdf.getPage(1)).getViewport({ scale: 1 });
  const points = { width: first.width, height: first.height };
  /** Undefined: the width of the stage, but no larger than on paper. */
  let zoom: number | undefined;
  const fit = (): number => Math.max(0.05, (stage.clientWidth - 24) / points.width);
  const scale = (): number => zoom ?? Math.min(ACTUAL, fit());

  const sheets: Sheet[] = Array.from({ length: count }, (_, i) => createSheet(pdf, i + 1, points, (page) => go(page)));
  at('count').textContent = `${shownOf(count, pdf.numPages, 'page')} · `;

  const current = document.createElement('input');
  const percent = document.createElement('output');
  const search = document.createElement('input');
  const found = document.createElement('span');
  found.className = 'found';
  const group = (...parts: HTMLElement[]): HTMLElement => {
    const made = document.createElement('span');
    made.className = 'zoom';
    made.append(...parts);
    return made;
  };

  function lay(): void {
    const now = scale();
    for (const sheet of sheets) sheet.lay(now);
    percent.textContent = `${Math.round((now / ACTUAL) * 100)} %`;
    // One page, a plot perhaps, has as much room as it needs.
    const alone = document.documentElement.classList.contains('alone');
    stage.style.height = alone ? '' : `${Math.min(count === 1 ? ONE : ROOM, contentHeight() + 22)}px`;
    draw();
  }
  const contentHeight = (): number => {
    const last = sheets.at(-1)?.element;
    return last ? last.offsetTop + last.offsetHeight : ROOM;
  };

  /** Draws what is near the window of the stage and empties the rest. */
  function draw(): void {
    const top = stage.scrollTop;
    const bottom = top + stage.clientHeight;
    let visible: number | undefined;
    for (const [i, { element, draw: paint, clear }] of sheets.entries()) {
      const begin = element.offsetTop;
      const end = begin + element.offsetHeight;
      if (end > top - 200 && begin < bottom + 200) paint(scale());
      else if (end < top - NEAR || begin > bottom + NEAR) clear();
      if (visible === undefined && end > top + stage.clientHeight / 3) visible = i + 1;
    }
    if (document.activeElement !== current) current.value = String(visible ?? count);
  }

  function go(page: number): void {
    const target = sheets[Math.min(count, Math.max(1, page)) - 1]?.element;
    if (target) stage.scrollTop = target.offsetTop - 10;
    draw();
  }

  /** Another size, with the same place in the middle of the stage. */
  function resize(next: number | undefined): void {
    const place = (stage.scrollTop + stage.clientHeight / 2) / stage.scrollHeight;
    zoom = next === undefined ? undefined : Math.min(8, Math.max(0.1, next / ACTUAL)) * ACTUAL;
    lay();
    stage.scrollTop = place * stage.scrollHeight - stage.clientHeight / 2;
    draw();
  }
  const step = (direction: 1 | -1): void => {
    const now = (scale() / ACTUAL) * (1 + direction * 0.01);
    const next = direction > 0 ? STEPS.find((s) => s > now) : STEPS.findLast((s) => s < now);
    if (next !== undefined) resize(next * ACTUAL);
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
  let hit = 0;
  let wanted = '';

  async function find(text: string): Promise<void> {
    wanted = text;
    for (const { page } of hits) sheets[page - 1]?.mark(new Set(), new Set());
    hits = [];
    hit = 0;
    found.textContent = '';
    if (text.trim() === '') return;
    for (let page = 1; page <= count; page++) {
      const places = findIn(await textOf(page), text);
      if (wanted !== text) return;
      const before = hits.length;
      hits.push(...places.map((pieces) => ({ page, pieces })));
      if (before === 0 && hits.length > 0) showHit();
      if (page % 20 === 0 || page === count) say();
    }
    if (hits.length === 0) found.textContent = 'not found';
  }
  const say = (): void => {
    found.textContent = hits.length === 0 ? 'searching…' : `${hit + 1} of ${hits.length}`;
  };
  function showHit(): void {
    const now = hits[hit];
    if (!now) return;
    const target = sheets[now.page - 1];
    const top = target?.element.offsetTop ?? 0;
    if (top > stage.scrollTop + stage.clientHeight || top + (target?.element.offsetHeight ?? 0) < stage.scrollTop)
      go(now.page);
    for (const page of new Set(hits.map((one) => one.page))) {
      const all = new Set(hits.filter((one) => one.page === page).flatMap((one) => one.pieces));
      sheets[page - 1]?.mark(all, new Set(page === now.page ? now.pieces : []));
    }
    say();
  }
  const next = (direction: 1 | -1): void => {
    if (hits.length === 0) return;
    hit = (hit + direction + hits.length) % hits.length;
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
  let typing: ReturnType<typeof setTimeout> | undefined;
  search.oninput = () => {
    clearTimeout(typing);
    typing = setTimeout(() => void find(search.value), 200);
  };
  search.onkeydown = (event) => {
    if (event.key !== 'Enter') return;
    if (search.value === wanted) next(event.shiftKey ? -1 : 1);
    else void find(search.value);
  };
  const turning =
    count > 1
      ? [
          group(
            button('‹', 'Page before', () => go(Number(current.value) - 1)),
            current,
            button('›', 'Next page', () => go(Number(current.value) + 1)),
          ),
        ]
      : [];
  at('info').after(
    found,
    search,
    ...turning,
    group(
      button('−', 'Zoom out', () => step(-1)),
      percent,
      button('+', 'Zoom in', () => step(1)),
      button('Fit', 'As wide as the window', () => resize(fit())),
      button('1:1', 'As large as on paper', () => resize(ACTUAL)),
    ),
  );

  stage.replaceChildren(...sheets.map(({ element }) => element));
  let waiting = false;
  stage.addEventListener('scroll', () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
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
  addEventListener('resize', lay);
  new MutationObserver(lay).observe(document.documentElement, { attributeFilter: ['class'] });
  lay();
}
