/** Script of a flame graph's page: zoom, search, keyboard navigation and the list of functions. */

import { anyCase } from '../../shared/case.ts';
import { fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import { elementById } from '../../web/kit/dom/element.ts';
import { loadOnce } from '../../web/kit/ranges/load-once.ts';
import { createGraphCanvas, type Scene } from './client/graph-canvas.ts';
import { type Frame, type Layout, matchedWeight, mergedLayout, timeLayout } from './client/layout.ts';
import { type FlameFacts, type ProfileFacts, weightText } from './shared/facts.ts';

interface FramePosition {
  readonly frame: Frame;
  readonly row: number;
}

const element = elementById('graph');
if (element) start(element);

function start(graph: HTMLElement): void {
  let facts = JSON.parse(elementById('facts')?.textContent ?? '{}') as FlameFacts;
  const picture = createGraphCanvas(graph);
  const [statusElement, resetButton] = [elementById('said'), elementById('all')];
  const [searchInput, orderSelect] = [elementById<HTMLInputElement>('find'), elementById<HTMLSelectElement>('order')];
  const profileSelect = elementById<HTMLSelectElement>('profile');
  const tooltip = document.createElement('div');
  tooltip.className = 'tip';
  tooltip.hidden = true;
  document.body.append(tooltip);
  let profile = facts.profiles[0] as ProfileFacts;
  let layout: Layout;
  let scene: Scene;

  const name = (node: number): string => facts.names[profile.nodes[node * 4] ?? 0] || 'all';
  const total = (node: number): number => profile.nodes[node * 4 + 2] ?? 0;
  const percent = (part: number): string => {
    const share = (100 * part) / (total(0) || 1);
    return `${share === 0 ? 0 : share.toFixed(share < 0.1 ? 3 : 1)} %`;
  };
  const weight = (value: number): string => weightText(value, profile.unit);
  const showStatus = (text: string): void => {
    if (statusElement) statusElement.textContent = text || '\u00a0';
  };

  /** Shows the selected profile in the selected order, without zoom. */
  function showProfile(): void {
    profile = facts.profiles[Number(profileSelect?.value ?? 0)] ?? profile;
    const inTime = orderSelect?.value === 'time' && profile.lanes.length > 0;
    if (orderSelect) orderSelect.disabled = profile.lanes.length === 0;
    layout = inTime ? timeLayout(profile) : mergedLayout(profile);
    const upward = scene?.upward ?? false;
    scene = { layout, from: 0, to: layout.width, upward, matches: undefined, selected: undefined, name };
    fillTopTable();
    search();
  }

  function draw(): void {
    const zoomed = scene.from > 0 || scene.to < layout.width;
    if (resetButton) resetButton.hidden = !zoomed;
    picture.draw(scene);
    if (zoomed) loadMore();
  }

  function search(): void {
    const text = searchInput?.value.trim() ?? '';
    const pattern = anyCase(text);
    const names = facts.names.map((one) => pattern.test(one));
    const found = new Set<number>();
    if (text) for (let at = 0; at < profile.nodes.length; at += 4) if (names[profile.nodes[at] ?? 0]) found.add(at / 4);
    scene = { ...scene, matches: text ? found : undefined };
    const sum = text ? matchedWeight(profile, (one) => names[one] ?? false) : 0;
    showStatus(text ? (found.size === 0 ? 'Not found.' : `Found: ${weight(sum)}, ${percent(sum)} of all.`) : '');
    draw();
    if (text) loadMore();
  }

  /** Loads the nodes that are too small for the page, when zooming or searching may show them. */
  const loadMore = loadOnce(
    async () => {
      if (!facts.more) return;
      facts = (await (await fetchFile(new URL(facts.more, document.baseURI))).json()) as FlameFacts;
      const { from, to } = scene;
      showProfile();
      scene = { ...scene, from, to };
      draw();
    },
    (message) => showStatus(`The smaller frames could not be loaded: ${message}.`),
  );

  function zoom(position: FramePosition | undefined): void {
    scene = position
      ? { ...scene, from: position.frame.x, to: position.frame.x + position.frame.width }
      : { ...scene, from: 0, to: layout.width };
    draw();
    if (position) showStatus(describe(position.frame));
  }

  function describe(frame: Frame): string {
    const selfWeight = profile.nodes[frame.node * 4 + 3] ?? 0;
    const visibleWeight =
      Math.abs(frame.width - total(frame.node)) > total(0) / 1e6 ? `${weight(frame.width)} here, ` : '';
    return `${name(frame.node)}: ${visibleWeight}${weight(total(frame.node))}, ${percent(total(frame.node))}; itself ${weight(selfWeight)}, ${percent(selfWeight)}`;
  }

  function hover(event: MouseEvent): void {
    const position = picture.frameAtPoint(event.clientX, event.clientY);
    tooltip.hidden = !position;
    graph.style.cursor = position ? 'pointer' : '';
    if (!position) return;
    const text = describe(position.frame);
    const title = document.createElement('b');
    title.textContent = name(position.frame.node);
    tooltip.replaceChildren(title, text.slice(title.textContent.length + 2));
    const { width, height } = tooltip.getBoundingClientRect();
    tooltip.style.left = `${Math.max(4, Math.min(event.clientX + 12, innerWidth - width - 4))}px`;
    const below = event.clientY + 16;
    tooltip.style.top = `${below + height > innerHeight ? Math.max(0, event.clientY - height - 8) : below}px`;
  }

  /** Handles a key. Returns false if the key has no meaning here. */
  function handleKey(event: KeyboardEvent): boolean {
    const inward = scene.upward ? 'ArrowUp' : 'ArrowDown';
    const outward = scene.upward ? 'ArrowDown' : 'ArrowUp';
    const position = scene.selected;
    if (event.key === 'Escape' && (scene.from > 0 || scene.to < layout.width)) zoom(undefined);
    else if (event.key === 'Enter' && position) zoom(position);
    else if ([inward, outward, 'ArrowLeft', 'ArrowRight'].includes(event.key)) {
      const row = position ? position.row + (event.key === inward ? 1 : event.key === outward ? -1 : 0) : 0;
      const frames = layout.rows[row] ?? [];
      const middle = position ? position.frame.x + position.frame.width / 2 : 0;
      let next = frames.find((frame) =>
        event.key === inward && position ? frame.x >= position.frame.x : frame.x + frame.width > middle,
      );
      if (position && event.key === 'ArrowRight') next = frames[frames.indexOf(position.frame) + 1];
      if (position && event.key === 'ArrowLeft') next = frames[frames.indexOf(position.frame) - 1];
      const inside = !position || event.key !== inward || (next && next.x < position.frame.x + position.frame.width);
      if (!next || !inside) return true;
      scene = { ...scene, selected: { frame: next, row } };
      draw();
      picture.reveal(row);
      showStatus(describe(next));
    } else return false;
    return true;
  }

  /** Fills the table of the heaviest functions; a click searches for one. */
  function fillTopTable(): void {
    const table = elementById<HTMLTableElement>('top');
    if (!table) return;
    const head = document.createElement('tr');
    for (const text of ['itself', '', 'with what it calls', '', 'function'])
      head.append(Object.assign(document.createElement('th'), { textContent: text, scope: 'col' }));
    const rows = profile.top.map(([label, selfWeight, sum]) => {
      const row = document.createElement('tr');
      for (const text of [weight(selfWeight), percent(selfWeight), weight(sum), percent(sum)])
        row.append(Object.assign(document.createElement('td'), { className: 'n', textContent: text }));
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: label });
      button.addEventListener('click', () => {
        if (searchInput) searchInput.value = label;
        search();
      });
      const cell = document.createElement('td');
      cell.append(button);
      row.append(cell);
      return row;
    });
    table.replaceChildren(head, ...rows);
  }

  graph.addEventListener('mousemove', hover);
  graph.addEventListener('mouseleave', () => {
    tooltip.hidden = true;
  });
  graph.addEventListener('click', (event) => {
    const position = picture.frameAtPoint(event.clientX, event.clientY);
    if (position) zoom(position);
  });
  graph.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !handleKey(event)) return;
    event.preventDefault();
  });
  resetButton?.addEventListener('click', () => zoom(undefined));
  searchInput?.addEventListener('input', search);
  profileSelect?.addEventListener('change', showProfile);
  orderSelect?.addEventListener('change', showProfile);
  elementById('turn')?.addEventListener('click', (event) => {
    scene = { ...scene, upward: !scene.upward };
    (event.currentTarget as HTMLElement).setAttribute('aria-pressed', String(scene.upward));
    draw();
  });
  showProfile();
}
