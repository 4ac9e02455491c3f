import {
  CompressionType,
  compressionRegistry,
  DataType,
  type Field,
  Precision,
  type RecordBatch,
  RecordBatchReader,
  Table,
  TimeUnit,
  tableToIPC,
} from 'apache-arrow';
import { Footer } from 'apache-arrow/ipc/metadata/file';
import { decompress } from 'fzstd';
import type { CellFormat, Column } from '../../../shared/kit/table/cell-format.ts';
import type { ColumnSource } from '../../../shared/kit/table/column-source.ts';
import type { ColumnType } from '../../../shared/kit/table/infer-schema.ts';
import { unpackFrame } from './lz4.ts';

compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: unpackFrame });
compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => decompress(bytes) });

export interface ArrowFile {
  readonly columns: readonly Column[];
  /** Its batches, one after another. */
  batches(): AsyncGenerator<RecordBatch>;
}

const PART = 1024 * 1024;

/** A footer larger than this is not read. */
const MAX_FOOTER = 32 * 1024 * 1024;

type Read = (from: number, to: number) => Promise<Uint8Array>;

/**
 * Opens an Arrow file or stream. Reads from its beginning on; where more than `most` bytes are asked for, it is an error.
 * Throws an error for people where it is neither.
 */
export async function openArrow(read: Read, size: number, most: number): Promise<ArrowFile> {
  const magic = new TextDecoder('latin1').decode(await read(0, Math.min(8, size)));
  if (magic.startsWith('FEA1')) throw new Error('this is Feather of the first version, which is not known here');
  const isFile = magic.startsWith('ARROW1');
  if (!isFile && magic.slice(0, 4) !== '\xff\xff\xff\xff') throw new Error('not an Arrow file or stream');
  let left = most;
  async function* between(from: number, to: number): AsyncGenerator<Uint8Array> {
    for (let at = from; at < to; at += PART) {
      const end = Math.min(to, at + PART);
      left -= end - at;
      if (left < 0) throw new TooLarge('it is too large to be read so far');
      yield Uint8Array.from(await read(at, end));
    }
  }
  async function* pieces(): AsyncGenerator<Uint8Array> {
    if (!isFile) {
      yield* between(0, size);
      return;
    }
    // A file is made into a stream: what it says at its end of its schema, and its blocks one after another.
    const footer = await footerOf(read, size);
    yield tableToIPC(new Table(footer.schema), 'stream').slice(0, -8);
    for (const blocks of [footer.dictionaryBatches(), footer.recordBatches()])
      for (const { offset, metaDataLength, bodyLength } of blocks) {
        const end = offset + metaDataLength + bodyLength;
        if (!(offset >= 8 && metaDataLength > 0 && bodyLength >= 0 && end <= size))
          throw new Error('a block is said to be where it cannot be');
        yield* between(offset, end);
      }
  }
  const reader = await broken(async () => (await RecordBatchReader.from(pieces())).open());
  const { schema } = reader;
  if (!schema) throw new Error('this Arrow file is broken: it has no schema');
  return {
    columns: schema.fields.map(columnOf),
    async *batches() {
      for (;;) {
        const { value, done } = await broken(async () => reader.next());
        if (done) return;
        yield value;
      }
    },
  };
}

async function footerOf(read: Read, size: number): Promise<Footer> {
  const tail = size < 20 ? new Uint8Array(10) : await read(size - 10, size);
  if (new TextDecoder('latin1').decode(tail.subarray(4)) !== 'ARROW1') throw new Error('it does not end with ARROW1');
  const length = new DataView(tail.buffer, tail.byteOffset, 10).getInt32(0, true);
  if (length <= 0 || length > Math.min(size - 18, MAX_FOOTER)) throw new Error('its footer cannot be');
  return Footer.decode(Uint8Array.from(await read(size - 10 - length, size - 10)));
}

/** More of a file was asked for than is to be read. */
class TooLarge extends Error {}

async function broken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TooLarge) throw error;
    throw new Error(
      `this Arrow file is broken, or not whole: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** Batches as columns of blocks. */
export function arrowSource(columns: readonly Column[], batches: readonly RecordBatch[]): ColumnSource {
  const blocks: number[] = [];
  let rows = 0;
  for (const batch of batches) {
    blocks.push(rows);
    rows += batch.numRows;
  }
  return {
    rows,
    columns,
    blocks,
    read: async (column, from, to) => {
      const number = blocks.findLastIndex((at, i) => at <= from && (batches[i]?.numRows ?? 0) > 0);
      const start = blocks[number] ?? 0;
      const batch = batches[number];
      return Array.from({ length: to - from }, (_, i) => batch && valueAt(batch, column, from - start + i));
    },
  };
}

/** A value as it is in its column: a moment as its count, and what is nested as plain objects. */
export function valueAt(batch: RecordBatch, column: number, row: number): unknown {
  const vector = batch.getChildAt(column);
  if (!vector?.isValid(row)) return null;
  const type = vector.type as DataType;
  // What the library makes of these loses what is smaller than a millisecond.
  if (DataType.isTimestamp(type) || DataType.isTime(type) || DataType.isDuration(type)) {
    const data = vector.data[0];
    return (data?.values as ArrayLike<unknown> | undefined)?.[row];
  }
  const value: unknown = vector.get(row);
  if (DataType.isDate(type)) return Number(value) / 86_400_000;
  if (DataType.isDecimal(type)) return decimalOf(value, type.scale);
  if (value !== null && typeof value === 'object' && 'toJSON' in value && typeof value.toJSON === 'function')
    return value.toJSON() as unknown;
  return value;
}

function decimalOf(value: unknown, scale: number): number {
  const words = value as Uint32Array;
  let sum = 0n;
  for (const word of [...words].reverse()) sum = (sum << 32n) | BigInt(word);
  return Number(BigInt.asIntN(32 * words.length, sum)) / 10 ** scale;
}

const PER_SECOND: Readonly<Record<TimeUnit, number>> = {
  [TimeUnit.SECOND]: 1,
  [TimeUnit.MILLISECOND]: 1e3,
  [TimeUnit.MICROSECOND]: 1e6,
  [TimeUnit.NANOSECOND]: 1e9,
};

function columnOf({ name, type }: Field): Column {
  const is = (shown: ColumnType, format: CellFormat = { kind: 'plain' }): Column => ({
    name,
    type: shown,
    label: String(type).slice(0, 200),
    format,
  });
  const t: DataType = DataType.isDictionary(type) ? (type.dictionary as DataType) : (type as DataType);
  if (DataType.isInt(t)) return is('integer');
  if (DataType.isFloat(t)) return is('number', { kind: t.precision === Precision.SINGLE ? 'float' : 'plain' });
  if (DataType.isDecimal(t)) return is('number', { kind: 'decimal', scale: Math.min(100, Math.max(0, t.scale)) });
  if (DataType.isBool(t)) return is('boolean');
  if (DataType.isTimestamp(t))
    return is('date', { kind: 'moment', perSecond: PER_SECOND[t.unit], zone: Boolean(t.timezone) });
  if (DataType.isTime(t)) return is('date', { kind: 'clock', perSecond: PER_SECOND[t.unit] });
  if (DataType.isDate(t)) return is('date', { kind: 'date' });
  if (DataType.isUtf8(t) || DataType.isLargeUtf8(t)) return is('text');
  if (DataType.isBinary(t) || DataType.isLargeBinary(t) || DataType.isFixedSizeBinary(t))
    return is('text', { kind: 'bytes' });
  return is('text', { kind: 'json' });
}
