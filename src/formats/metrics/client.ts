/** The script of a page of measurements: reads the tool's text, in the page and as it grows, and draws it. */

import { chunksOf, fetchFile } from '../../shared/kit/ranges/fetch-range.ts';
import type { Charset } from '../../shared/kit/text/charset.ts';
import { count, plural } from '../../shared/kit/text/numbers.ts';
import { readGrowing } from '../../web/kit/text/read-growing-file.ts';
import { createCharts } from './client/charts.ts';
import { createStore } from './client/store.ts';
import type { MetricsFacts } from './shared/facts.ts';
import { readerOf, type Tool, toolOf } from './shared/tools.ts';

/** Characters of raw text that a page keeps while it grows. */
const MAX_TEXT = 200_000;

const at = (id: string) => document.getElementById(id);
const facts = JSON.parse(at('facts')?.textContent ?? '{}') as MetricsFacts;
const [element, bar, raw, pre] = [at('charts'), document.querySelector<HTMLElement>('.bar'), at('raw'), at('text')];
if (element && bar && pre) start(element, bar, pre);

function start(charts: HTMLElement, controls: HTMLElement, text: HTMLElement): void {
  const url = new URL(facts.source, document.baseURI).href;
  const drawing = createCharts(charts, controls);
  let store = createStore();
  let rest = '';
  let unknown = 0;
  let read = readerOf(facts.tool, (sample) => store.add(sample));
  let known = facts.open === undefined || facts.size > 0;

  function feed(piece: string, last = false): void {
    const lines = (rest + piece).split('\n');
    rest = last ? '' : (lines.pop() ?? '');
    // No tool writes such a line.
    if (rest.length > MAX_TEXT) rest = '';
    for (const line of lines) if (!read(line.replace(/\r$/, ''))) unknown++;
  }

  /** Of a stream that had nothing yet the first bytes say which tool it is. */
  function recognise(piece: string): void {
    if (known) return;
    const tool: Tool | undefined = toolOf(piece);
    if (tool) read = readerOf(tool, (sample) => store.add(sample));
    known = true;
  }

  function draw(): void {
    drawing.draw(store.tables);
    const moments = Math.max(0, ...[...store.tables.values()].map(({ times }) => times.length));
    const left = [...store.tables.values()].reduce((sum, table) => sum + table.left, 0);
    const info = at('info');
    if (info)
      info.textContent = [
        plural(moments, 'report'),
        ...(unknown > 0 ? [`${plural(unknown, 'line')} not understood`] : []),
        ...(left > 0 ? [`${count(left)} values left out: too many devices or processes`] : []),
      ].join(' · ');
    // One moment makes no line: its text says more.
    charts.hidden = moments < 2 && facts.open === undefined;
    if (moments < 2 && facts.open === undefined) raw?.setAttribute('open', '');
  }

  for (const sample of facts.samples ?? []) store.add(sample);
  if (!facts.samples) {
    const whole = text.textContent ?? '';
    feed(whole.slice(0, facts.head));
    if (facts.head !== undefined) feed(whole.slice(facts.head));
    if (facts.open === undefined) feed('', true);
  }
  draw();

  if (facts.open !== undefined) {
    const decoder = new TextDecoder(facts.charset as Charset);
    let asked = 0;
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
        if (asked === 0)
          asked = requestAnimationFrame(() => {
            asked = 0;
            draw();
          });
      },
      onSkip: () => {
        rest = '';
      },
      onState: (state) => {
        const note = at('state');
        if (note) note.textContent = state;
      },
    });
  }

  at('whole')?.addEventListener('click', (event) => {
    (event.currentTarget as HTMLElement).hidden = true;
    loadWhole().catch((error: unknown) => {
      const note = at('state');
      if (note) note.textContent = `Could not load: ${error instanceof Error ? error.message : error}`;
    });
  });

  async function loadWhole(): Promise<void> {
    store = createStore();
    [rest, unknown] = ['', 0];
    read = readerOf(facts.tool, (sample) => store.add(sample));
    const decoder = new TextDecoder(facts.charset as Charset);
    const response = await fetchFile(url);
    for await (const chunk of chunksOf(response)) feed(decoder.decode(chunk, { stream: true }));
    feed('', true);
    draw();
  }
}
