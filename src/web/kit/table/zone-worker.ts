/** Builds the zone map in a second worker, parallel to the worker that reads the table. */

import type { RowBytes } from '../../../shared/kit/table/delimited-text.ts';
import type { ColumnType } from '../../../shared/kit/table/infer-schema.ts';
import { type ZoneMap, zoneMapBuilder } from './zone-maps.ts';

/** Builds the zone map of a table from batches of rows. */
export interface ZoneMapBuilder {
  /** Adds rows. The promise applies back-pressure. */
  add(lines: RowBytes): void | Promise<void>;
  /** The finished zone map; undefined if it could not be built. */
  zones(): ZoneMap | Promise<ZoneMap | undefined>;
}

/** A worker with this name serves zone maps. */
const WORKER_NAME = 'zones';
/** Batches sent to the worker that are not acknowledged yet. */
const MAX_PENDING_BATCHES = 4;

type ZoneRequest =
  | { readonly columns: number; readonly types: readonly ColumnType[]; readonly step: number }
  | { readonly lines: RowBytes }
  | 'zones';

/** Starts a worker with the current worker's script. If it cannot run, there is no zone map; the table works without. */
export function buildZonesInWorker(columns: number, types: readonly ColumnType[], step: number): ZoneMapBuilder {
  const waiting: ((zones?: ZoneMap) => void)[] = [];
  let worker: Worker | undefined;
  const end = (): void => {
    worker?.terminate();
    worker = undefined;
    for (const resume of waiting.splice(0)) resume();
  };
  try {
    worker = new Worker(location.href, { name: WORKER_NAME });
    worker.onmessage = ({ data }: MessageEvent<ZoneMap | undefined>) => waiting.shift()?.(data);
    worker.onerror = (event) => {
      event.preventDefault();
      end();
    };
    worker.postMessage({ columns, types, step } satisfies ZoneRequest);
  } catch {
    end();
  }
  const ask = (question: ZoneRequest, transfer: Transferable[]): Promise<ZoneMap | undefined> =>
    new Promise((resume) => {
      if (!worker) return resume(undefined);
      waiting.push(resume);
      worker.postMessage(question, transfer);
    });
  const sent: Promise<unknown>[] = [];
  return {
    async add({ bytes, starts, ends, dialect }) {
      // Copy the bytes: the reader reuses its buffer.
      const [from, to] = [starts[0] ?? 0, ends.at(-1) ?? 0];
      const lines: RowBytes = {
        bytes: bytes.slice(from, to),
        starts: starts.map((at) => at - from),
        ends: ends.map((at) => at - from),
        dialect,
      };
      sent.push(ask({ lines }, [lines.bytes.buffer, lines.starts.buffer, lines.ends.buffer] as ArrayBuffer[]));
      if (sent.length > MAX_PENDING_BATCHES) await sent.shift();
    },
    async zones() {
      const zones = await ask('zones', []);
      end();
      return zones;
    },
  };
}

/** If this worker was started by `buildZonesInWorker`, serves its requests and returns true. */
export function serveZones(): boolean {
  if (self.name !== WORKER_NAME) return false;
  let maker: ReturnType<typeof zoneMapBuilder> | undefined;
  addEventListener('message', ({ data }: MessageEvent<ZoneRequest>) => {
    if (data === 'zones') {
      const zones = maker?.zones();
      postMessage(zones, { transfer: zones ? ([zones.numbers.buffer, zones.keys.buffer] as ArrayBuffer[]) : [] });
    } else if ('lines' in data) {
      maker?.add(data.lines);
      postMessage(undefined);
    } else maker = zoneMapBuilder(data.columns, data.types, data.step);
  });
  return true;
}
