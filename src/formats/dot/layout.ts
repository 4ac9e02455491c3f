/**
 * Worker thread that lays out one graph and ends. Graphviz runs synchronously, so only terminating its thread can stop
 * it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { instance } from '@viz-js/viz';

/** Input of the worker. */
export interface LayoutTask {
  readonly text: string;
  readonly engine: 'dot' | 'sfdp';
}

export type LayoutResult =
  | { readonly svg: string; readonly warnings: readonly string[] }
  | { readonly svg?: undefined; readonly fault: string };

const FONT = { fontname: 'Helvetica' };

const { text, engine } = workerData as LayoutTask;
// After a syntax error a Graphviz instance misreads the next graph, so each graph gets a new instance.
const viz = await instance();
const { status, output, errors } = viz.render(text, {
  format: 'svg',
  engine,
  graphAttributes: { ...FONT, bgcolor: 'transparent', ...(engine === 'sfdp' && { overlap: 'scale' }) },
  nodeAttributes: FONT,
  edgeAttributes: FONT,
});
const messages = errors.map(({ message }) => message);
const result: LayoutResult =
  status === 'success'
    ? { svg: output, warnings: messages }
    : { fault: messages.join('; ') || 'Graphviz gave no reason' };
parentPort?.postMessage(result);
