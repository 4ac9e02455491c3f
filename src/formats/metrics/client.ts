/** Script of a page of metrics: reads the tool's output, from the page and as the file grows, and draws charts. */

import { chunksOf, fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import type { Charset } from '../../shared/kit/text/charset.ts';
import { count, plural } from '../../shared/kit/text/numbers.ts';
import { elementById } from '../../web/kit/dom/element.ts';
import { readGrowing } from '../../web/kit/text/read-growing-file.ts';
import { createCharts } from './client/charts.ts';
import { createStore } from './client/store.ts';
import type { MetricsFacts } from './shared/facts.ts';
import { readerOf, type Tool, toolOf } from './shared/tools.ts';

/** Characters of output that the page shows while the file grows. */
const MAX_TEXT = 200_000;

const facts = JSON.parse(elementById('facts')?.textContent ?? '{}') as MetricsFacts;
const [chartsElement, bar, detailsElement, outputElement] = [
  elementById('charts'),
  document.querySelector<HTMLElement>('.bar'),
  elementById('raw'),
  elementById('text'),
];
if (chartsElement && bar && outputElement) start(chartsElement, bar, outputElement);

function start(charts: HTMLElement, controls: HTMLElement, text: HTMLElement): void {
  const url = new URL(facts.source, document.baseURI).href;
  const drawing = createCharts(charts, controls);
  let store = createStore();
  let incompleteLine = '';
  let unknownLines = 0;
  let readLine = readerOf(facts.tool, (sample) => store.add(sample));
  let toolIsKnown = facts.open === undefined || facts.size > 0;

  function feed(piece: string, last = false): void {
    const lines = (incompleteLine + piece).split('\n');
    incompleteLine = last ? '' : (lines.pop() ?? '');
    // No tool writes lines of this length.
    if (incompleteLine.length > MAX_TEXT) incompleteLine = '';
    for (const line of lines) if (!readLine(line.replace(/\r$/, ''))) unknownLines++;
  }

  /** Determines the tool of a stream that was empty when the page was made. */
  function recognise(piece: string): void {
    if (toolIsKnown) return;
    const tool: Tool | undefined = toolOf(piece);
    if (tool) readLine = readerOf(tool, (sample) => store.add(sample));
    toolIsKnown = true;
  }

  function draw(): void {
    drawing.draw(store.tables);
    const reports = Math.max(0, ...[...store.tables.values()].map(({ times }) => times.length));
    const omitted = [...store.tables.values()].reduce((sum, table) => sum + table.omitted, 0);
    const info = elementById('info');
    if (info)
      info.textContent = [
        plural(reports, 'report'),
        ...(unknownLines > 0 ? [`${plural(unknownLines, 'line')} not understood`] : []),
        ...(omitted > 0 ? [`${count(omitted)} values left out: too many devices or processes`] : []),
      ].join(' · ');
    // A single report makes no line: show its text instead.
    charts.hidden = reports < 2 && facts.open === undefined;
    if (reports < 2 && facts.open === undefined) detailsElement?.setAttribute('open', '');
  }

  for (const sample of facts.samples ?? []) store.add(sample);
  if (!facts.samples) {
    const content = text.textContent ?? '';
    feed(content.slice(0, facts.head));
    if (facts.head !== undefined) feed(content.slice(facts.head));
    if (facts.open === undefined) feed('', true);
  }
  draw();

  if (facts.open !== undefined) {
    const decoder = new TextDecoder(facts.charset as Charset);
    let animationFrame = 0;
    readGrowing({
      url,
      from: facts.open,
      onBytes(bytes) {
        const piece = decoder.decode(bytes, { stream: true });
        recognise(piece);
        feed(piece);
        const atEnd = text.scrollTop + text.clientHeight >= text.scrollHeight - 24;
        text.append(piece);
        while ((text.textContent?.length ?? 0) > MAX_TEXT && text.childNodes.length > 1) text.firstChild?.remove();
        if (atEnd) text.scrollTop = text.scrollHeight;
        if (animationFrame === 0)
          animationFrame = requestAnimationFrame(() => {
            animationFrame = 0;
            draw();
          });
      },
      onSkip: () => {
        incompleteLine = '';
      },
      onState: (state) => {
        const note = elementById('state');
        if (note) note.textContent = state;
      },
    });
  }

  elementById('whole')?.addEventListener('click', (event) => {
    (event.currentTarget as HTMLElement).hidden = true;
    loadWhole().catch((error: unknown) => {
      const note = elementById('state');
      if (note) note.textContent = `Could not load: ${error instanceof Error ? error.message : error}`;
    });
  });

  async function loadWhole(): Promise<void> {
    store = createStore();
    [incompleteLine, unknownLines] = ['', 0];
    readLine = readerOf(facts.tool, (sample) => store.add(sample));
    const decoder = new TextDecoder(facts.charset as Charset);
    const response = await fetchFile(url);
    for await (const chunk of chunksOf(response)) feed(decoder.decode(chunk, { stream: true }));
    feed('', true);
    draw();
  }
}
