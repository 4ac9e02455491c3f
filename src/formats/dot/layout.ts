/** A program for a thread of its own: lays one graph out and ends. Graphviz cannot be stopped otherwise. */
import { parentPort, workerData } from 'node:worker_threads';
import { instance } from '@viz-js/viz';

/** What is to be laid out, and how. */
export interface Task {
  readonly text: string;
  readonly engine: 'dot' | 'sfdp';
}

export type Laid =
  | { readonly svg: string; readonly warnings: readonly string[] }
  | { readonly svg?: undefined; readonly fault: string };

const FONT = { fontname: 'Helvetica' };

const { text, engine } = workerData as Task;
// After a text that is broken Graphviz misreads the next one, so each has an instance of its own.
const viz = await instance();
const { status, output, errors } = viz.render(text, {
  format: 'svg',
  engine,
  graphAttributes: { ...FONT, bgcolor: 'transparent', ...(engine === 'sfdp' && { overlap: 'scale' }) },
  nodeAttributes: FONT,
  edgeAttributes: FONT,
});
const messages = errors.map(({ message }) => message);
const laid: Laid =
  status === 'success'
    ? { svg: output, warnings: messages }
    : { fault: messages.join('; ') || 'Graphviz did not say why' };
parentPort?.postMessage(laid);
