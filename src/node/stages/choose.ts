import { open } from 'node:fs/promises';
import { formats } from '../../formats/index.ts';
import type { FormatInfo } from '../../shared/format.ts';
import type { LocalFacts } from '../../shared/local.ts';
import { typeOfName } from '../../shared/types.ts';
import { layout } from '../directory/directory.ts';
import { findPlugins, shippedPlugins } from './plugin.ts';

/** The type of a file, decided once by the first stage on this machine that has the file. */
export interface FileType {
  /** The type shown for the entry. */
  readonly type: string;
  /**
   * A more specific type, detected from the first bytes if the name gives only a general one (`json`). It decides the
   * renderer.
   */
  readonly detectedType?: string;
}

/** The renderer for a type. */
export interface RendererChoice {
  /** The executable of a plugin. */
  readonly plugin?: string;
  /** The name of the built-in renderer, if no plugin is chosen. */
  readonly renderer: string;
  /** The renderer reads a bounded part of the file, so it need not wait for the copy. */
  readonly preview: boolean;
  /** How many bytes of a large file to render as a preview. */
  readonly first?: number;
  /** The page can follow a file that grows. */
  readonly live: boolean;
}

/** A type and its renderer. */
export interface Choice extends FileType, RendererChoice {}

/**
 * How long the list of plugins is used, milliseconds: a new plugin works at once, a burst of files reads the list once.
 */
const FRESH = 200;

/** The names that clients give to standard input; they carry no type. */
const UNNAMED = /^stdin(?:\.txt)?$/;

/**
 * Decides types and chooses renderers. Of plugins and renderers with the same type, the user's plugins come first, then
 * the built-in renderers, then the plugins that webpipe ships.
 */
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
   * Decides the type of a file: the declared one, else the type of its name, else the type of its first bytes.
   * @param declared the `type` of its record
   * @param head reads the first bytes; only called if the name gives no type or only a general one
   */
  async decideType(
    name: string,
    declared: string | undefined,
    kind: 'file' | 'directory',
    head: () => Promise<Uint8Array>,
  ): Promise<FileType> {
    this.#refresh();
    const declaredType = declared === undefined ? undefined : this.#resolve(declared);
    if (declaredType !== undefined) return { type: this.#pluginFor(declaredType) ? declaredType : (declared ?? '') };
    const named = UNNAMED.test(name) ? undefined : typeOfName(name, this.#known);
    const type = kind === 'directory' ? 'dir' : (named ?? (await sniff(await head())) ?? 'bin');
    // An unknown declared type is shown as a label and does not affect the renderer.
    if (declared !== undefined) return this.#pluginFor(type) ? { type } : { type: declared, detectedType: type };
    const general = type === named && !this.#plugins.user.has(type) ? REFINERS.get(type) : undefined;
    const detectedType = general && (await sniff(await head(), general));
    return { type, ...(detectedType && { detectedType }) };
  }

  /** The type of a file: from an earlier stage on this machine, else decided now. */
  async typeOf(
    { name, type }: { readonly name: string; readonly type?: string | undefined },
    { detectedType }: LocalFacts,
    kind: 'file' | 'directory',
    head: () => Promise<Uint8Array>,
  ): Promise<FileType> {
    if (type !== undefined && detectedType !== undefined) return { type, detectedType };
    return this.decideType(name, type, kind, head);
  }

  /** The renderer for a type that has been decided. */
  rendererFor({ type, detectedType }: FileType): RendererChoice {
    this.#refresh();
    const knownType = detectedType ?? this.#resolve(type) ?? 'bin';
    const plugin = this.#pluginFor(knownType);
    if (plugin) return { plugin, renderer: '', preview: false, live: false };
    const info = BUILT_IN.get(knownType) ?? BUILT_IN.get('bin');
    return {
      renderer: info?.name ?? 'fallback',
      preview: info?.preview ?? false,
      first: info?.first,
      live: info?.live ?? false,
    };
  }

  /** Resolves a type word as if it were a file name extension: `PNG` is `png`. */
  #resolve(word: string): string | undefined {
    return this.#known.has(word) ? word : typeOfName(`x.${word}`, this.#known);
  }

  #pluginFor(type: string): string | undefined {
    const { user, shipped } = this.#plugins;
    return user.get(type) ?? (BUILT_IN.has(type) ? undefined : shipped.get(type));
  }

  /** Decides the type of a file and chooses its renderer. */
  async choose(...file: Parameters<Chooser['decideType']>): Promise<Choice> {
    const type = await this.decideType(...file);
    return { ...type, ...this.rendererFor(type) };
  }
}

const BUILT_IN = new Map(formats.flatMap((info) => info.types.map((type) => [type, info] as const)));

/** The formats that have a sniff, in the order in which they are tried. */
const SNIFFERS = [...formats].filter(({ sniffs }) => sniffs).sort((a, b) => a.sniffOrder - b.sniffOrder);

/** For each general type (`json`), the formats that may recognise a more specific type. */
const REFINERS = new Map<string, readonly FormatInfo[]>(
  SNIFFERS.flatMap(({ refines }) => refines).map((type) => [
    type,
    SNIFFERS.filter(({ refines }) => refines.includes(type)),
  ]),
);

/** The type that the first of the formats `among` recognises in a file's first bytes. */
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
