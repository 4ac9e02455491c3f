/** Script of a page of metrics: reads the tool's output, from the page and as the file grows, and draws charts. */

import { chunksOf, fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import type { Charset } from '../../shared/kit/text/charset.ts';
import { elementById } from '../../web/kit/dom/element.ts';
import { readGrowing } from '../../web/kit/text/read-growing-file.ts';
import { Charts } from './client/charts.ts';
import { OutputReader, reportCount, summaryOf } from './client/output-reader.ts';
import type { MetricsFacts } from './shared/facts.ts';

/** Characters of output that the page shows while the file grows. */
const MAX_TEXT = 200_000;

interface MetricsPage {
  readonly facts: MetricsFacts;
  readonly url: string;
  output: OutputReader;
  readonly charts: Charts;
  readonly chartsElement: HTMLElement;
  /** The output as text, in an element that is closed at first. */
  readonly textElement: HTMLElement;
  readonly textDetails: HTMLElement | null;
  readonly summaryElement: HTMLElement | null;
  readonly stateElement: HTMLElement | null;
}

const [chartsElement, barElement, textElement] = [
  elementById('charts'),
  document.querySelector<HTMLElement>('.bar'),
  elementById('text'),
];
if (chartsElement && barElement && textElement) start(chartsElement, barElement, textElement);

function start(chartsElement: HTMLElement, bar: HTMLElement, textElement: HTMLElement): void {
  const facts = JSON.parse(elementById('facts')?.textContent ?? '{}') as MetricsFacts;
  const page: MetricsPage = {
    facts,
    url: new URL(facts.source, document.baseURI).href,
    output: new OutputReader(facts.tool),
    charts: new Charts(chartsElement, bar),
    chartsElement,
    textElement,
    textDetails: elementById('raw'),
    summaryElement: elementById('info'),
    stateElement: elementById('state'),
  };
  readPage(page);
  draw(page);
  if (facts.open !== undefined) follow(page, facts.open);
  const loadButton = elementById('show-all');
  loadButton?.addEventListener('click', () => {
    loadButton.hidden = true;
    loadFile(page).catch((error: unknown) => {
      showState(page, `The file could not be loaded: ${error instanceof Error ? error.message : error}.`);
    });
  });
}

/** Reads the samples or the text in the page. */
function readPage({ facts, output, textElement }: MetricsPage): void {
  if (facts.samples) {
    output.addSamples(facts.samples);
    return;
  }
  output.addText(textElement.textContent ?? '');
  if (facts.open === undefined) output.end();
}

function draw({ facts, output, charts, chartsElement, textDetails, summaryElement }: MetricsPage): void {
  charts.draw(output.tables);
  if (summaryElement) summaryElement.textContent = summaryOf(output);
  // A single report makes no line: show its text instead.
  const showsOnlyText = reportCount(output.tables) < 2 && facts.open === undefined;
  chartsElement.hidden = showsOnlyText;
  if (showsOnlyText) textDetails?.setAttribute('open', '');
}

function showState({ stateElement }: MetricsPage, state: string): void {
  if (stateElement) stateElement.textContent = state;
}

/** Reads the file from the offset `from` on, as it grows. */
function follow(page: MetricsPage, from: number): void {
  const { facts, url, textElement } = page;
  const decoder = new TextDecoder(facts.charset as Charset);
  // If the file was empty when the page was made, the tool is not known yet.
  let toolIsKnown = facts.size > 0;
  const requestDraw = oncePerFrame(() => draw(page));
  readGrowing({
    url,
    from,
    onBytes(bytes) {
      const piece = decoder.decode(bytes, { stream: true });
      if (!toolIsKnown) page.output.detectTool(piece);
      toolIsKnown = true;
      page.output.addText(piece);
      appendText(textElement, piece);
      requestDraw();
    },
    onSkip: () => page.output.discardIncompleteLine(),
    onState: (state) => showState(page, state),
  });
}

/** A function that calls `action` in the next animation frame, once however often it is called before. */
function oncePerFrame(action: () => void): () => void {
  let isRequested = false;
  return () => {
    if (isRequested) return;
    isRequested = true;
    requestAnimationFrame(() => {
      isRequested = false;
      action();
    });
  };
}

/** Appends text and removes the oldest pieces beyond `MAX_TEXT`. Stays at the end if the user has scrolled there. */
function appendText(element: HTMLElement, piece: string): void {
  const isAtEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 24;
  element.append(piece);
  while ((element.textContent?.length ?? 0) > MAX_TEXT && element.childNodes.length > 1) element.firstChild?.remove();
  if (isAtEnd) element.scrollTop = element.scrollHeight;
}

/** Replaces the charts by those of the complete file. */
async function loadFile(page: MetricsPage): Promise<void> {
  page.output = new OutputReader(page.facts.tool);
  const decoder = new TextDecoder(page.facts.charset as Charset);
  const response = await fetchFile(page.url);
  for await (const chunk of chunksOf(response)) page.output.addText(decoder.decode(chunk, { stream: true }));
  page.output.end();
  draw(page);
}
