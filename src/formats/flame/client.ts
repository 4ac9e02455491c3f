/** Script of a flame graph's page: zoom, search, keyboard navigation and the table of functions. */

import { fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import { elementById } from '../../web/kit/dom/element.ts';
import { loadOnce } from '../../web/kit/ranges/load-once.ts';
import { fillFunctionTable } from './client/function-table.ts';
import { GraphCanvas } from './client/graph-canvas.ts';
import { type Layout, mergedLayout, timeLayout } from './client/layout.ts';
import { findNodes, nameOf, type ShownProfile, searchResultText, weightsText } from './client/shown-profile.ts';
import { createTooltip, showTooltip } from './client/tooltip.ts';
import { type FramePosition, frameAfterMove, isZoomed, moveOfKey, type View, viewOf, zoomTo } from './client/view.ts';
import type { FlameFacts, ProfileFacts } from './shared/facts.ts';

/** The page: its state, and its elements, of which some are only on some pages. */
interface FlamePage {
  facts: FlameFacts;
  shown: ShownProfile;
  view: View;
  readonly graph: HTMLElement;
  readonly canvas: GraphCanvas;
  readonly tooltip: HTMLElement;
  readonly status: HTMLElement | null;
  readonly resetButton: HTMLElement | null;
  readonly searchInput: HTMLInputElement | null;
  readonly orderSelect: HTMLSelectElement | null;
  readonly profileSelect: HTMLSelectElement | null;
  readonly functionTable: HTMLTableElement | null;
  /** Loads the nodes that are too small for the page, once. */
  readonly loadSmallNodes: () => void;
}

const graphElement = elementById('graph');
if (graphElement) start(graphElement);

function start(graph: HTMLElement): void {
  const facts = JSON.parse(elementById('facts')?.textContent ?? '{}') as FlameFacts;
  const profile = facts.profiles[0] as ProfileFacts;
  const page: FlamePage = {
    facts,
    shown: { profile, names: facts.names },
    view: viewOf(mergedLayout(profile), false),
    graph,
    canvas: new GraphCanvas(graph),
    tooltip: createTooltip(),
    status: elementById('status'),
    resetButton: elementById('all'),
    searchInput: elementById<HTMLInputElement>('find'),
    orderSelect: elementById<HTMLSelectElement>('order'),
    profileSelect: elementById<HTMLSelectElement>('profile'),
    functionTable: elementById<HTMLTableElement>('top'),
    loadSmallNodes: loadOnce(
      () => loadSmallNodes(page),
      (message) => showStatus(page, `The smaller frames could not be loaded: ${message}.`),
    ),
  };
  listenToGraph(page);
  listenToControls(page);
  showProfile(page);
}

function listenToGraph(page: FlamePage): void {
  const { graph, canvas, tooltip } = page;
  graph.addEventListener('mousemove', (event) => hover(page, event));
  graph.addEventListener('mouseleave', () => {
    tooltip.hidden = true;
  });
  graph.addEventListener('click', (event) => {
    const position = canvas.frameAtPoint(event.clientX, event.clientY);
    if (position) zoom(page, position);
  });
  graph.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !handleKey(page, event.key)) return;
    event.preventDefault();
  });
}

function listenToControls(page: FlamePage): void {
  page.resetButton?.addEventListener('click', () => zoom(page, undefined));
  page.searchInput?.addEventListener('input', () => search(page));
  page.profileSelect?.addEventListener('change', () => showProfile(page));
  page.orderSelect?.addEventListener('change', () => showProfile(page));
  elementById('turn')?.addEventListener('click', (event) => {
    page.view = { ...page.view, upward: !page.view.upward };
    (event.currentTarget as HTMLElement).setAttribute('aria-pressed', String(page.view.upward));
    draw(page);
  });
}

/** Shows the selected profile in the selected order, without zoom. */
function showProfile(page: FlamePage): void {
  const { facts, orderSelect, functionTable } = page;
  const profile = facts.profiles[Number(page.profileSelect?.value ?? 0)] ?? page.shown.profile;
  page.shown = { profile, names: facts.names };
  if (orderSelect) orderSelect.disabled = profile.lanes.length === 0;
  page.view = viewOf(layoutOf(profile, orderSelect?.value), page.view.upward);
  if (functionTable)
    fillFunctionTable(functionTable, page.shown, (name) => {
      if (page.searchInput) page.searchInput.value = name;
      search(page);
    });
  search(page);
}

function layoutOf(profile: ProfileFacts, order: string | undefined): Layout {
  return order === 'time' && profile.lanes.length > 0 ? timeLayout(profile) : mergedLayout(profile);
}

function draw(page: FlamePage): void {
  const { view, shown } = page;
  if (page.resetButton) page.resetButton.hidden = !isZoomed(view);
  page.canvas.draw({ view, nameOf: (node) => nameOf(shown, node) });
  if (isZoomed(view)) page.loadSmallNodes();
}

function showStatus({ status }: FlamePage, text: string): void {
  // A non-breaking space keeps the height of the line.
  if (status) status.textContent = text || '\u00a0';
}

/** Searches for the text in the search field. */
function search(page: FlamePage): void {
  const text = page.searchInput?.value.trim() ?? '';
  const result = text === '' ? undefined : findNodes(page.shown, text);
  page.view = { ...page.view, matches: result?.nodes };
  showStatus(page, result ? searchResultText(page.shown, result) : '');
  draw(page);
  if (result) page.loadSmallNodes();
}

/** Replaces the profiles by those that include the smaller nodes. Keeps the zoom. */
async function loadSmallNodes(page: FlamePage): Promise<void> {
  if (!page.facts.more) return;
  const response = await fetchFile(new URL(page.facts.more, document.baseURI));
  page.facts = (await response.json()) as FlameFacts;
  const { from, to } = page.view;
  showProfile(page);
  page.view = { ...page.view, from, to };
  draw(page);
}

/** Zooms to a frame or, without one, shows the complete graph. */
function zoom(page: FlamePage, position: FramePosition | undefined): void {
  page.view = zoomTo(page.view, position?.frame);
  draw(page);
  if (position) describe(page, position);
}

/** Describes a frame in the status line. */
function describe(page: FlamePage, { frame }: FramePosition): void {
  showStatus(page, `${nameOf(page.shown, frame.node)}: ${weightsText(page.shown, frame)}`);
}

/** Shows a tooltip for the frame under the pointer. */
function hover({ canvas, graph, tooltip, shown }: FlamePage, event: MouseEvent): void {
  const position = canvas.frameAtPoint(event.clientX, event.clientY);
  graph.style.cursor = position ? 'pointer' : '';
  if (position) showTooltip(tooltip, nameOf(shown, position.frame.node), weightsText(shown, position.frame), event);
  else tooltip.hidden = true;
}

/** Handles a key. Returns false if the key has no meaning here. */
function handleKey(page: FlamePage, key: string): boolean {
  const { view, canvas } = page;
  if (key === 'Escape' && isZoomed(view)) {
    zoom(page, undefined);
    return true;
  }
  if (key === 'Enter' && view.selected) {
    zoom(page, view.selected);
    return true;
  }
  const move = moveOfKey(key, view.upward);
  if (!move) return false;
  const next = frameAfterMove(view, move);
  if (next) {
    page.view = { ...view, selected: next };
    draw(page);
    canvas.reveal(next.row);
    describe(page, next);
  }
  return true;
}
