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
import { messageOf } from '../../../shared/errors.ts';
import type { CellFormat, Column } from '../../../shared/kit/table/cell-format.ts';
import type { ColumnSource } from '../../../shared/kit/table/column-source.ts';
import type { ColumnType } from '../../../shared/kit/table/infer-schema.ts';
import { decompressFrame } from './lz4-frame.ts';

compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decompressFrame });
compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => decompress(bytes) });

/** An Arrow file or stream whose schema has been read. */
export interface ArrowFile {
  readonly columns: readonly Column[];
  /** Reads the record batches in order. */
  batches(): AsyncGenerator<RecordBatch>;
}

/** Bytes per read. */
const CHUNK_SIZE = 1024 * 1024;

/** Largest footer that is read, in bytes. */
const MAX_FOOTER = 32 * 1024 * 1024;

/** Reads the bytes from `from` up to `to` (exclusive). */
type ReadRange = (from: number, to: number) => Promise<Uint8Array>;

/**
 * Opens an Arrow file or stream. Its record batches are read in order.
 * @param maxBytes largest number of bytes that are read; when more are needed, reading fails
 * @throws Error with a message for users if the file is not in one of these formats or is damaged
 */
export async function openArrow(read: ReadRange, size: number, maxBytes: number): Promise<ArrowFile> {
  const magic = new TextDecoder('latin1').decode(await read(0, Math.min(8, size)));
  if (magic.startsWith('FEA1')) throw new Error('Feather version 1 is not supported');
  const isFile = magic.startsWith('ARROW1');
  if (!isFile && magic.slice(0, 4) !== '\xff\xff\xff\xff') throw new Error('not an Arrow file or stream');
  let remainingBytes = maxBytes;
  async function* readChunks(from: number, to: number): AsyncGenerator<Uint8Array> {
    for (let offset = from; offset < to; offset += CHUNK_SIZE) {
      const end = Math.min(to, offset + CHUNK_SIZE);
      remainingBytes -= end - offset;
      if (remainingBytes < 0) throw new TooLarge('it is too large to be read');
      yield Uint8Array.from(await read(offset, end));
    }
  }
  async function* streamBytes(): AsyncGenerator<Uint8Array> {
    if (!isFile) {
      yield* readChunks(0, size);
      return;
    }
    // Convert the file to a stream: the schema from its footer, then its blocks in order.
    const footer = await readFooter(read, size);
    yield tableToIPC(new Table(footer.schema), 'stream').slice(0, -8);
    for (const blocks of [footer.dictionaryBatches(), footer.recordBatches()])
      for (const { offset, metaDataLength, bodyLength } of blocks) {
        const end = offset + metaDataLength + bodyLength;
        if (!(offset >= 8 && metaDataLength > 0 && bodyLength >= 0 && end <= size))
          throw new Error('its footer refers to a block outside the file');
        yield* readChunks(offset, end);
      }
  }
  const reader = await describeErrors(async () => (await RecordBatchReader.from(streamBytes())).open());
  const { schema } = reader;
  if (!schema) throw new Error('this Arrow file is damaged: it has no schema');
  return {
    columns: schema.fields.map(columnOf),
    async *batches() {
      for (;;) {
        const { value, done } = await describeErrors(async () => reader.next());
        if (done) return;
        yield value;
      }
    },
  };
}

/** Reads the footer of an Arrow file: its schema, and the positions of its blocks. */
async function readFooter(read: ReadRange, size: number): Promise<Footer> {
  const tail = size < 20 ? new Uint8Array(10) : await read(size - 10, size);
  if (new TextDecoder('latin1').decode(tail.subarray(4)) !== 'ARROW1') throw new Error('it does not end with ARROW1');
  const length = new DataView(tail.buffer, tail.byteOffset, 10).getInt32(0, true);
  if (length <= 0 || length > Math.min(size - 18, MAX_FOOTER)) throw new Error('its footer has an impossible length');
  return Footer.decode(Uint8Array.from(await read(size - 10 - length, size - 10)));
}

/** Reading reached `maxBytes`. */
class TooLarge extends Error {}

/** Calls `work`. An error of the library is thrown again with a message for users. */
async function describeErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TooLarge) throw error;
    throw new Error(`this Arrow file is damaged or incomplete: ${messageOf(error)}`, { cause: error });
  }
}

/** A column source that reads from record batches in memory. Each batch is a block. */
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
      const blockIndex = blocks.findLastIndex((start, i) => start <= from && (batches[i]?.numRows ?? 0) > 0);
      const blockStart = blocks[blockIndex] ?? 0;
      const batch = batches[blockIndex];
      return Array.from({ length: to - from }, (_, i) => batch && valueAt(batch, column, from - blockStart + i));
    },
  };
}

/** The value of a cell: a timestamp as an integer in the column's unit, a nested value as plain objects. */
export function valueAt(batch: RecordBatch, column: number, row: number): unknown {
  const vector = batch.getChildAt(column);
  if (!vector?.isValid(row)) return null;
  const type = vector.type as DataType;
  // The library converts these to milliseconds and so loses smaller units. Read the stored integer.
  if (DataType.isTimestamp(type) || DataType.isTime(type) || DataType.isDuration(type)) {
    const data = vector.data[0];
    return (data?.values as ArrayLike<unknown> | undefined)?.[row];
  }
  const value: unknown = vector.get(row);
  if (DataType.isDate(type)) return Number(value) / 86_400_000;
  if (DataType.isDecimal(type)) return unscaledOf(value as Uint32Array);
  if (value !== null && typeof value === 'object' && 'toJSON' in value && typeof value.toJSON === 'function')
    return value.toJSON() as unknown;
  return value;
}

/** The integer of a decimal, stored as a signed little-endian integer of 32-bit words. */
function unscaledOf(words: Uint32Array): bigint {
  let unscaled = 0n;
  for (const word of [...words].reverse()) unscaled = (unscaled << 32n) | BigInt(word);
  return BigInt.asIntN(32 * words.length, unscaled);
}

/** Units per second. */
const PER_SECOND: Readonly<Record<TimeUnit, number>> = {
  [TimeUnit.SECOND]: 1,
  [TimeUnit.MILLISECOND]: 1e3,
  [TimeUnit.MICROSECOND]: 1e6,
  [TimeUnit.NANOSECOND]: 1e9,
};

/** How the values of a field are formatted. A dictionary-encoded field is formatted as its values. */
function columnOf({ name, type }: Field): Column {
  const columnWith = (columnType: ColumnType, format: CellFormat = { kind: 'plain' }): Column => ({
    name,
    type: columnType,
    label: String(type).slice(0, 200),
    format,
  });
  const valueType: DataType = DataType.isDictionary(type) ? (type.dictionary as DataType) : (type as DataType);
  if (DataType.isInt(valueType)) return columnWith('integer');
  if (DataType.isFloat(valueType))
    return columnWith('number', { kind: valueType.precision === Precision.SINGLE ? 'float' : 'plain' });
  if (DataType.isDecimal(valueType))
    return columnWith('number', { kind: 'decimal', scale: Math.min(100, Math.max(0, valueType.scale)) });
  if (DataType.isBool(valueType)) return columnWith('boolean');
  if (DataType.isTimestamp(valueType))
    return columnWith('date', {
      kind: 'moment',
      perSecond: PER_SECOND[valueType.unit],
      zone: Boolean(valueType.timezone),
    });
  if (DataType.isTime(valueType)) return columnWith('date', { kind: 'clock', perSecond: PER_SECOND[valueType.unit] });
  if (DataType.isDate(valueType)) return columnWith('date', { kind: 'date' });
  if (DataType.isUtf8(valueType) || DataType.isLargeUtf8(valueType)) return columnWith('text');
  if (DataType.isBinary(valueType) || DataType.isLargeBinary(valueType) || DataType.isFixedSizeBinary(valueType))
    return columnWith('text', { kind: 'bytes' });
  return columnWith('text', { kind: 'json' });
}
