/** The script of a flame graph's page: what is shown, zooming, finding, and the functions in a list. */

import { anyCase } from '../../shared/case.ts';
import { fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import { loadOnce } from '../../web/kit/ranges/load-once.ts';
import { createPicture, type Scene } from './client/draw.ts';
import { type Frame, type Layout, matchedWeight, mergedLayout, timeLayout } from './client/layout.ts';
import { type FlameFacts, type ProfileFacts, weightText } from './shared/facts.ts';

interface Place {
  readonly frame: Frame;
  readonly row: number;
}

const at = <T extends HTMLElement>(id: string): T | null => document.getElementById(id) as T | null;
const element = at('graph');
if (element) start(element);

function start(graph: HTMLElement): void {
  let facts = JSON.parse(at('facts')?.textContent ?? '{}') as FlameFacts;
  const picture = createPicture(graph);
  const [said, all] = [at('said'), at('all')];
  const [find, order] = [at<HTMLInputElement>('find'), at<HTMLSelectElement>('order')];
  const choose = at<HTMLSelectElement>('profile');
  const tip = document.createElement('div');
  tip.className = 'tip';
  tip.hidden = true;
  document.body.append(tip);
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
  const say = (text: string): void => {
    if (said) said.textContent = text || '\u00a0';
  };

  /** Shows the profile and the order that are chosen, from the beginning. */
  function show(): void {
    profile = facts.profiles[Number(choose?.value ?? 0)] ?? profile;
    const timed = order?.value === 'time' && profile.lanes.length > 0;
    if (order) order.disabled = profile.lanes.length === 0;
    layout = timed ? timeLayout(profile) : mergedLayout(profile);
    const upward = scene?.upward ?? false;
    scene = { layout, from: 0, to: layout.width, upward, found: undefined, chosen: undefined, name };
    list();
    search();
  }

  function draw(): void {
    const zoomed = scene.from > 0 || scene.to < layout.width;
    if (all) all.hidden = !zoomed;
    picture.draw(scene);
    if (zoomed) loadMore();
  }

  function search(): void {
    const text = find?.value.trim() ?? '';
    const wanted = anyCase(text);
    const names = facts.names.map((one) => wanted.test(one));
    const found = new Set<number>();
    if (text) for (let at = 0; at < profile.nodes.length; at += 4) if (names[profile.nodes[at] ?? 0]) found.add(at / 4);
    scene = { ...scene, found: text ? found : undefined };
    const sum = text ? matchedWeight(profile, (one) => names[one] ?? false) : 0;
    say(text ? (found.size === 0 ? 'Not found.' : `Found: ${weight(sum)}, ${percent(sum)} of all.`) : '');
    draw();
    if (text) loadMore();
  }

  /** Nodes that are too small for the page are loaded once they may be seen. */
  const loadMore = loadOnce(
    async () => {
      if (!facts.more) return;
      facts = (await (await fetchFile(new URL(facts.more, document.baseURI))).json()) as FlameFacts;
      const { from, to } = scene;
      show();
      scene = { ...scene, from, to };
      draw();
    },
    (message) => say(`The smaller frames could not be loaded: ${message}.`),
  );

  function zoom(place: Place | undefined): void {
    scene = place
      ? { ...scene, from: place.frame.x, to: place.frame.x + place.frame.width }
      : { ...scene, from: 0, to: layout.width };
    draw();
    if (place) say(describe(place.frame));
  }

  function describe(frame: Frame): string {
    const own = profile.nodes[frame.node * 4 + 3] ?? 0;
    const here = Math.abs(frame.width - total(frame.node)) > total(0) / 1e6 ? `${weight(frame.width)} here, ` : '';
    return `${name(frame.node)}: ${here}${weight(total(frame.node))}, ${percent(total(frame.node))}; itself ${weight(own)}, ${percent(own)}`;
  }

  function hover(event: MouseEvent): void {
    const place = picture.at(event.clientX, event.clientY);
    tip.hidden = !place;
    graph.style.cursor = place ? 'pointer' : '';
    if (!place) return;
    const text = describe(place.frame);
    const title = document.createElement('b');
    title.textContent = name(place.frame.node);
    tip.replaceChildren(title, text.slice(title.textContent.length + 2));
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(event.clientX + 12, innerWidth - width - 4))}px`;
    const below = event.clientY + 16;
    tip.style.top = `${below + height > innerHeight ? Math.max(0, event.clientY - height - 8) : below}px`;
  }

  /** Moves the choice inwards, outwards and to the sides; gives false for a key that means nothing here. */
  function key(event: KeyboardEvent): boolean {
    const inward = scene.upward ? 'ArrowUp' : 'ArrowDown';
    const outward = scene.upward ? 'ArrowDown' : 'ArrowUp';
    const place = scene.chosen;
    if (event.key === 'Escape' && (scene.from > 0 || scene.to < layout.width)) zoom(undefined);
    else if (event.key === 'Enter' && place) zoom(place);
    else if ([inward, outward, 'ArrowLeft', 'ArrowRight'].includes(event.key)) {
      const row = place ? place.row + (event.key === inward ? 1 : event.key === outward ? -1 : 0) : 0;
      const frames = layout.rows[row] ?? [];
      const middle = place ? place.frame.x + place.frame.width / 2 : 0;
      let next = frames.find((frame) =>
        event.key === inward && place ? frame.x >= place.frame.x : frame.x + frame.width > middle,
      );
      if (place && event.key === 'ArrowRight') next = frames[frames.indexOf(place.frame) + 1];
      if (place && event.key === 'ArrowLeft') next = frames[frames.indexOf(place.frame) - 1];
      const inside = !place || event.key !== inward || (next && next.x < place.frame.x + place.frame.width);
      if (!next || !inside) return true;
      scene = { ...scene, chosen: { frame: next, row } };
      draw();
      picture.reveal(row);
      say(describe(next));
    } else return false;
    return true;
  }

  /** The heaviest functions; a click finds one. */
  function list(): void {
    const table = at<HTMLTableElement>('top');
    if (!table) return;
    const head = document.createElement('tr');
    for (const text of ['itself', '', 'with what it calls', '', 'function'])
      head.append(Object.assign(document.createElement('th'), { textContent: text, scope: 'col' }));
    const rows = profile.top.map(([label, own, sum]) => {
      const row = document.createElement('tr');
      for (const text of [weight(own), percent(own), weight(sum), percent(sum)])
        row.append(Object.assign(document.createElement('td'), { className: 'n', textContent: text }));
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: label });
      button.addEventListener('click', () => {
        if (find) find.value = label;
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
    tip.hidden = true;
  });
  graph.addEventListener('click', (event) => {
    const place = picture.at(event.clientX, event.clientY);
    if (place) zoom(place);
  });
  graph.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !key(event)) return;
    event.preventDefault();
  });
  all?.addEventListener('click', () => zoom(undefined));
  find?.addEventListener('input', search);
  choose?.addEventListener('change', show);
  order?.addEventListener('change', show);
  at('turn')?.addEventListener('click', (event) => {
    scene = { ...scene, upward: !scene.upward };
    (event.currentTarget as HTMLElement).setAttribute('aria-pressed', String(scene.upward));
    draw();
  });
  show();
}
