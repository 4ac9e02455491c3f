/**
 * The globals that code in `shared` folders may use: those that Node and browsers both have. Each is as in the standards
 * (Encoding, Fetch, Streams, Compression, DOM's AbortSignal, HTML's timers), reduced to what is used.
 */

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: ArrayBuffer | ArrayBufferView, options?: { stream?: boolean }): string;
  readonly encoding: string;
}

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
  encodeInto(input: string, target: Uint8Array): { read: number; written: number };
}

declare class URL {
  constructor(url: string, base?: string | URL);
  static canParse(url: string, base?: string | URL): boolean;
  readonly href: string;
  readonly protocol: string;
}

interface AbortSignal {
  readonly aborted: boolean;
}

interface ReadableStreamDefaultReader<T> {
  read(): Promise<{ done: false; value: T } | { done: true; value: undefined }>;
  cancel(reason?: unknown): Promise<void>;
}

interface ReadableStreamByteReader {
  read<V extends ArrayBufferView>(view: V): Promise<{ done: boolean; value: V | undefined }>;
  cancel(reason?: unknown): Promise<void>;
}

declare class ReadableStream<T> {
  constructor(source: {
    pull?(controller: { enqueue(chunk: T): void; close(): void }): void | Promise<void>;
    cancel?(reason?: unknown): void | Promise<void>;
  });
  getReader(): ReadableStreamDefaultReader<T>;
  getReader(options: { mode: 'byob' }): ReadableStreamByteReader;
  pipeThrough<R>(transform: { readable: ReadableStream<R>; writable: unknown }): ReadableStream<R>;
  cancel(reason?: unknown): Promise<void>;
}

declare class DecompressionStream {
  constructor(format: 'deflate' | 'deflate-raw' | 'gzip');
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly writable: unknown;
}

interface RequestInit {
  cache?: 'no-store';
  headers?: Record<string, string>;
  method?: string;
  signal?: AbortSignal;
}

declare class Response {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  arrayBuffer(): Promise<ArrayBuffer>;
  json(): Promise<unknown>;
  text(): Promise<string>;
}

declare function fetch(url: string | URL, init?: RequestInit): Promise<Response>;
declare function setTimeout(callback: () => void, milliseconds?: number): number;
declare function clearTimeout(timer: number): void;
