/** The script of a page of sizes: the treemap, the way back, and a list of what is in the directory. */

import { fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import { loadOnce } from '../../web/kit/ranges/load-once.ts';
import { parentsOf } from '../flame/client/layout.ts';
import { type FlameFacts, weightText } from '../flame/shared/facts.ts';
import { type Box, squarify } from './client/squarify.ts';

/** Height of a directory's name, levels that are drawn, the smallest side of a box, and lines of the list. */
const NAME = 18;
const LEVELS = 4;
const SMALL = 4;
const LINES = 40;

const at = <T extends HTMLElement>(id: string): T | null => document.getElementById(id) as T | null;
const [map, list, path] = [at('map'), at<HTMLTableElement>('list'), at('path')];
if (map && list && path) start(map, list, path);

function start(area: HTMLElement, table: HTMLTableElement, nav: HTMLElement): void {
  let facts = JSON.parse(at('facts')?.textContent ?? '{}') as FlameFacts;
  let [parents, children] = index();
  // Where all is in one directory, that is where one begins.
  let current = 0;
  while (children[current]?.length === 1 && children[children[current]?.[0] ?? 0]?.length)
    current = children[current]?.[0] ?? 0;

  function nodes(): readonly number[] {
    return facts.profiles[0]?.nodes ?? [];
  }
  function index(): [Int32Array, number[][]] {
    const profile = facts.profiles[0];
    const above = profile ? parentsOf(profile) : new Int32Array();
    const below: number[][] = Array.from(above, () => []);
    for (let node = 1; node < above.length; node++) below[above[node] ?? 0]?.push(node);
    return [above, below];
  }
  const name = (node: number): string => facts.names[nodes()[node * 4] ?? 0] || 'all';
  const total = (node: number): number => nodes()[node * 4 + 2] ?? 0;
  const bytes = (node: number): string => weightText(total(node), 'bytes');
  const share = (node: number): string => `${((100 * total(node)) / (total(current) || 1)).toFixed(1)} %`;

  function chain(node: number): number[] {
    const steps: number[] = [];
    for (let one = node; one >= 0; one = parents[one] ?? -1) steps.unshift(one);
    return steps;
  }
  /** The path of a node, as it would be typed. */
  function pathOf(node: number): string {
    return chain(node).slice(1).map(name).join('/').replace(/^\/\//, '/');
  }

  function draw(): void {
    area.replaceChildren();
    const { clientWidth: width, clientHeight: height } = area;
    divide(current, { x: 0, y: 0, width, height }, 0);
    crumbs();
    lines();
  }

  function divide(node: number, box: Box, level: number): void {
    const parts = children[node] ?? [];
    // What is in no box of its own keeps its room.
    const rest = Math.max(0, total(node) - parts.reduce((sum, part) => sum + total(part), 0));
    const all = [...parts.map((part) => ({ part, weight: total(part) })), { part: -1, weight: rest }];
    all.sort((a, b) => b.weight - a.weight);
    const boxes = squarify(
      all.map(({ weight }) => weight),
      box,
    );
    all.forEach(({ part }, i) => {
      const place = boxes[i];
      if (part < 0 || !place || place.width < SMALL || place.height < SMALL) return;
      const inner = (children[part]?.length ?? 0) > 0;
      const element = document.createElement('div');
      element.style.cssText = `left:${place.x}px;top:${place.y}px;width:${place.width}px;height:${place.height}px;background:${colour(part, level)}`;
      if (place.width > 26 && place.height > 14) element.textContent = name(part);
      element.title = `${pathOf(part)}\n${bytes(part)}, ${share(part)}`;
      if (inner) element.className = 'directory';
      element.addEventListener('click', () => open(inner ? part : (parents[part] ?? 0)));
      area.append(element);
      if (inner && level + 1 < LEVELS && place.height > NAME + 16 && place.width > 30)
        divide(
          part,
          { x: place.x + 3, y: place.y + NAME, width: place.width - 6, height: place.height - NAME - 3 },
          level + 1,
        );
    });
  }

  /** What lies in one directory of the whole has one hue, deeper parts are lighter or darker. */
  function colour(node: number, level: number): string {
    const top = chain(node)[chain(current).length] ?? node;
    const hue = ((children[current] ?? []).indexOf(top) * 137 + 250) % 360;
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    return dark ? `oklch(${0.36 + level * 0.045} 0.06 ${hue})` : `oklch(${0.8 + level * 0.035} 0.07 ${hue})`;
  }

  function crumbs(): void {
    const steps = chain(current);
    nav.replaceChildren();
    steps.forEach((node, i) => {
      if (i > 0) nav.append(Object.assign(document.createElement('span'), { textContent: ' › ' }));
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: name(node) });
      if (i === steps.length - 1) button.setAttribute('aria-current', 'page');
      button.addEventListener('click', () => open(node));
      nav.append(button);
    });
    nav.append(Object.assign(document.createElement('span'), { textContent: ` ${bytes(current)}` }));
  }

  function lines(): void {
    const parts = children[current] ?? [];
    const rest = total(current) - parts.slice(0, LINES).reduce((sum, part) => sum + total(part), 0);
    const rows = parts
      .slice(0, LINES)
      .map((part) => row(name(part), total(part), (children[part]?.length ?? 0) > 0 ? part : undefined));
    if (rest > 0 && parts.length > 0) rows.push(row('everything else here', rest, undefined));
    table.replaceChildren(...rows);
  }

  function row(label: string, weight: number, node: number | undefined): HTMLTableRowElement {
    const line = document.createElement('tr');
    const part = (100 * weight) / (total(current) || 1);
    for (const text of [weightText(weight, 'bytes'), `${part.toFixed(1)} %`])
      line.append(Object.assign(document.createElement('td'), { className: 'n', textContent: text }));
    const bar = Object.assign(document.createElement('td'), { className: 'share' });
    const filled = document.createElement('i');
    filled.style.width = `${part}%`;
    bar.append(filled);
    const cell = document.createElement('td');
    if (node === undefined) cell.textContent = label;
    else {
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: `${label}/` });
      button.addEventListener('click', () => open(node));
      cell.append(button);
    }
    line.append(bar, cell);
    return line;
  }

  function open(node: number): void {
    current = node;
    draw();
    loadMore();
  }

  /** Files that are too small for the page are loaded once they may be seen. */
  const loadMore = loadOnce(
    async () => {
      if (!facts.more) return;
      const more = (await (await fetchFile(new URL(facts.more, document.baseURI))).json()) as FlameFacts;
      // The person may have opened another folder during the load.
      const path = chain(current).map(name);
      facts = more;
      [parents, children] = index();
      current = 0;
      for (const step of path.slice(1)) current = children[current]?.find((node) => name(node) === step) ?? current;
      draw();
    },
    (message) => {
      const status = at('said');
      if (status) status.textContent = `The smaller files could not be loaded: ${message}.`;
    },
  );

  new ResizeObserver(draw).observe(area);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
}
