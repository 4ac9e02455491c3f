import { open } from 'node:fs/promises';
import { formats } from '../../formats/index.ts';
import type { FormatInfo } from '../../shared/format.ts';
import { typeOfName } from '../../shared/types.ts';
import { layout } from '../store/layout.ts';
import { findPlugins, shippedPlugins } from './plugin.ts';

/** How a file will be shown. */
export interface Choice {
  readonly type: string;
  /** The type that its first bytes tell, where its name only says how it is written: it is shown so, and keeps its own. */
  readonly told?: string;
  readonly plugin?: string;
  /** The built-in renderer's name, where no plugin is chosen. */
  readonly renderer: string;
  readonly preview: boolean;
  /** Of a large file a page of so many bytes is shown first. */
  readonly first?: number;
  readonly live: boolean;
}

/** How long the list of plugins is believed, milliseconds: a new plugin works at once, a burst reads it once. */
const FRESH = 200;

/** What clients call that which comes through a pipe; its type they say, where they know it. */
const UNNAMED = /^stdin(?:\.txt)?$/;

/** Chooses renderers: the user's plugins come first, then what is built in, then shipped plugins, then the first bytes. */
export class Chooser {
  #dir: string;
  #read = 0;
  #plugins = { user: new Map<string, string>(), shipped: findPlugins(shippedPlugins) };
  #known: ReadonlySet<string> = new Set();

  /** @param dir the webpipe directory */
  constructor(dir: string) {
    this.#dir = dir;
  }

  #refresh(): void {
    const now = Date.now();
    if (now - this.#read < FRESH) return;
    this.#read = now;
    const { shipped } = this.#plugins;
    const user = findPlugins(layout.plugins(this.#dir));
    this.#plugins = { user, shipped };
    this.#known = new Set([...user.keys(), ...BUILT_IN.keys(), ...shipped.keys()]);
  }

  /**
   * @param declared the type that was asked for, if one was
   * @param head gives the first bytes of the file; only called when the name says nothing, or too little
   */
  async choose(
    name: string,
    declared: string | undefined,
    kind: 'file' | 'directory',
    head: () => Promise<Uint8Array>,
  ): Promise<Choice> {
    this.#refresh();
    const { user, shipped } = this.#plugins;
    const known = this.#known;
    const asked =
      declared === undefined ? undefined : known.has(declared) ? declared : typeOfName(`x.${declared}`, known);
    const named = UNNAMED.test(name) ? undefined : typeOfName(name, known);
    const type = asked ?? (kind === 'directory' ? 'dir' : (named ?? (await sniff(await head())) ?? 'bin'));
    // What has no name was asked already.
    const general = declared === undefined && type === named && !user.has(type) ? REFINERS.get(type) : undefined;
    const told = general && (await sniff(await head(), general));
    const shownAs = told ?? type;
    const plugin = user.get(shownAs) ?? (BUILT_IN.has(shownAs) ? undefined : shipped.get(shownAs));
    if (plugin) return { type, ...(told && { told }), plugin, renderer: '', preview: false, live: false };
    const info = BUILT_IN.get(shownAs) ?? BUILT_IN.get('bin');
    return {
      type: declared ?? type,
      ...(told && { told }),
      renderer: info?.name ?? 'fallback',
      preview: info?.preview ?? false,
      first: info?.first,
      live: info?.live ?? false,
    };
  }
}

const BUILT_IN = new Map(formats.flatMap((info) => info.types.map((type) => [type, info] as const)));

/** The formats that have a sniff, in the order in which they are asked. */
const SNIFFERS = [...formats].filter(({ sniffs }) => sniffs).sort((a, b) => a.sniffOrder - b.sniffOrder);

/** For each type whose name is general (`json`), the formats that may recognise something more exact in it. */
const REFINERS = new Map<string, readonly FormatInfo[]>(
  SNIFFERS.flatMap(({ refines }) => refines).map((type) => [
    type,
    SNIFFERS.filter(({ refines }) => refines.includes(type)),
  ]),
);

/** The type of a file by its first bytes, as the first of `among` says that recognises them. */
async function sniff(head: Uint8Array, among: readonly FormatInfo[] = SNIFFERS): Promise<string | undefined> {
  for (const info of among) {
    const type = (await info.load()).default.sniff?.(head);
    if (type) return type;
  }
  return undefined;
}

/** The first 4096 bytes of a file. */
export async function headOf(path: string): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(4096);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
