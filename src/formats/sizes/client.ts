/** Script of a page of sizes: the treemap, the path of the current directory, and the list of its content. */

import { fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import { elementById } from '../../web/kit/dom/element.ts';
import { loadOnce } from '../../web/kit/ranges/load-once.ts';
import { parentsOf } from '../flame/client/layout.ts';
import { type FlameFacts, weightText } from '../flame/shared/facts.ts';
import { type Box, squarify } from './client/squarify.ts';

/** Pixels of a directory's title, levels that are drawn, pixels of the smallest box, and rows of the list. */
const TITLE_HEIGHT = 18;
const MAX_LEVELS = 4;
const MIN_SIDE = 4;
const MAX_ROWS = 40;

const [map, list, path] = [elementById('map'), elementById<HTMLTableElement>('list'), elementById('path')];
if (map && list && path) start(map, list, path);

function start(area: HTMLElement, table: HTMLTableElement, nav: HTMLElement): void {
  let facts = JSON.parse(elementById('facts')?.textContent ?? '{}') as FlameFacts;
  let [parents, children] = indexNodes();
  // Start in the first directory that has more than one child.
  let current = 0;
  while (children[current]?.length === 1 && children[children[current]?.[0] ?? 0]?.length)
    current = children[current]?.[0] ?? 0;

  function nodes(): readonly number[] {
    return facts.profiles[0]?.nodes ?? [];
  }
  function indexNodes(): [Int32Array, number[][]] {
    const profile = facts.profiles[0];
    const parentNodes = profile ? parentsOf(profile) : new Int32Array();
    const childNodes: number[][] = Array.from(parentNodes, () => []);
    for (let node = 1; node < parentNodes.length; node++) childNodes[parentNodes[node] ?? 0]?.push(node);
    return [parentNodes, childNodes];
  }
  const name = (node: number): string => facts.names[nodes()[node * 4] ?? 0] || 'all';
  const total = (node: number): number => nodes()[node * 4 + 2] ?? 0;
  const bytes = (node: number): string => weightText(total(node), 'bytes');
  const share = (node: number): string => `${((100 * total(node)) / (total(current) || 1)).toFixed(1)} %`;

  function ancestorsOf(node: number): number[] {
    const steps: number[] = [];
    for (let ancestor = node; ancestor >= 0; ancestor = parents[ancestor] ?? -1) steps.unshift(ancestor);
    return steps;
  }
  /** The path of a node. */
  function pathOf(node: number): string {
    return ancestorsOf(node).slice(1).map(name).join('/').replace(/^\/\//, '/');
  }

  function draw(): void {
    area.replaceChildren();
    const { clientWidth: width, clientHeight: height } = area;
    divide(current, { x: 0, y: 0, width, height }, 0);
    drawPath();
    drawList();
  }

  function divide(node: number, box: Box, level: number): void {
    const parts = children[node] ?? [];
    // Sizes without a node of their own take part of the area, which stays empty.
    const remaining = Math.max(0, total(node) - parts.reduce((sum, part) => sum + total(part), 0));
    const items = [...parts.map((part) => ({ part, weight: total(part) })), { part: -1, weight: remaining }];
    items.sort((a, b) => b.weight - a.weight);
    const boxes = squarify(
      items.map(({ weight }) => weight),
      box,
    );
    items.forEach(({ part }, i) => {
      const place = boxes[i];
      if (part < 0 || !place || place.width < MIN_SIDE || place.height < MIN_SIDE) return;
      const isDirectory = (children[part]?.length ?? 0) > 0;
      const element = document.createElement('div');
      element.style.cssText = `left:${place.x}px;top:${place.y}px;width:${place.width}px;height:${place.height}px`;
      element.style.background = colour(part, level);
      if (place.width > 26 && place.height > 14) element.textContent = name(part);
      element.title = `${pathOf(part)}\n${bytes(part)}, ${share(part)}`;
      if (isDirectory) element.className = 'directory';
      element.addEventListener('click', () => openDirectory(isDirectory ? part : (parents[part] ?? 0)));
      area.append(element);
      if (isDirectory && level + 1 < MAX_LEVELS && place.height > TITLE_HEIGHT + 16 && place.width > 30)
        divide(
          part,
          {
            x: place.x + 3,
            y: place.y + TITLE_HEIGHT,
            width: place.width - 6,
            height: place.height - TITLE_HEIGHT - 3,
          },
          level + 1,
        );
    });
  }

  /** Each child of the current directory has a hue; deeper levels are lighter. */
  function colour(node: number, level: number): string {
    const top = ancestorsOf(node)[ancestorsOf(current).length] ?? node;
    const hue = ((children[current] ?? []).indexOf(top) * 137 + 250) % 360;
    const dark = matchMedia('(prefers-color-scheme: dark)').matches;
    return dark ? `oklch(${0.36 + level * 0.045} 0.06 ${hue})` : `oklch(${0.8 + level * 0.035} 0.07 ${hue})`;
  }

  function drawPath(): void {
    const steps = ancestorsOf(current);
    nav.replaceChildren();
    steps.forEach((node, i) => {
      if (i > 0) nav.append(Object.assign(document.createElement('span'), { textContent: ' › ' }));
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: name(node) });
      if (i === steps.length - 1) button.setAttribute('aria-current', 'page');
      button.addEventListener('click', () => openDirectory(node));
      nav.append(button);
    });
    nav.append(Object.assign(document.createElement('span'), { textContent: ` ${bytes(current)}` }));
  }

  function drawList(): void {
    const parts = children[current] ?? [];
    const remaining = total(current) - parts.slice(0, MAX_ROWS).reduce((sum, part) => sum + total(part), 0);
    const rows = parts
      .slice(0, MAX_ROWS)
      .map((part) => row(name(part), total(part), (children[part]?.length ?? 0) > 0 ? part : undefined));
    if (remaining > 0 && parts.length > 0) rows.push(row('everything else here', remaining, undefined));
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
      button.addEventListener('click', () => openDirectory(node));
      cell.append(button);
    }
    line.append(bar, cell);
    return line;
  }

  function openDirectory(node: number): void {
    current = node;
    draw();
    loadMore();
  }

  /** Loads the files that are too small for the page, when opening a directory may show them. */
  const loadMore = loadOnce(
    async () => {
      if (!facts.more) return;
      const more = (await (await fetchFile(new URL(facts.more, document.baseURI))).json()) as FlameFacts;
      // The user may have opened another directory meanwhile, so find it in the new data.
      const path = ancestorsOf(current).map(name);
      facts = more;
      [parents, children] = indexNodes();
      current = 0;
      for (const step of path.slice(1)) current = children[current]?.find((node) => name(node) === step) ?? current;
      draw();
    },
    (message) => {
      const status = elementById('status');
      if (status) status.textContent = `The smaller files could not be loaded: ${message}.`;
    },
  );

  new ResizeObserver(draw).observe(area);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
}
