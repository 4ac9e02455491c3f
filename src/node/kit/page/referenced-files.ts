import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, posix, relative, sep } from 'node:path';
import { hasCode } from '../../../shared/errors.ts';

/**
 * The files beside a document that it refers to, copied into its entry, so that its relative links still work when
 * the originals are gone or elsewhere. Only what lies below the document's own directory is copied, never a hidden
 * file (a page from a stranger that lies in a home directory would else be able to ask for `.ssh/id_rsa`), and no
 * link is followed out of it.
 */

const MAX_FILES = 2000;
const MAX_BYTES = 200 * 1024 * 1024;
/** References that are looked at, whether there is a file or not. */
const MAX_REFERENCES = 20_000;
/** The largest style sheet that is searched for the files it names. */
const MAX_CSS = 1024 * 1024;

export interface CopyResult {
  /** Paths, relative to the document's directory, that are in the entry now. */
  readonly files: ReadonlySet<string>;
  /** More was referred to than is copied for one document. */
  readonly incomplete: boolean;
}

export interface CopyRequest {
  /** Where the document was: absolute path. */
  readonly origin: string;
  /** Directory to copy into; made when needed. */
  readonly target: string;
  /** URLs as they stand in the document, of any kind. */
  readonly references: Iterable<string>;
  /** Directories beside the document that are copied whole. */
  readonly directories?: readonly string[];
  /** Its relative URLs start from this directory (a `<base>` of its own), `''` or with a slash at the end. */
  readonly base?: string;
}

/**
 * The path that a URL of a document means, relative to the document's directory, with `/`; or undefined where it is
 * none below that directory, or hidden.
 */
export function relativePath(url: string, base = ''): string | undefined {
  const path = url.trim().replace(/[?#].*$/s, '');
  if (path === '' || /^[/\\]|^[a-z][a-z\d+.-]*:/i.test(path)) return undefined;
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    decoded = path;
  }
  if (decoded.includes('\0') || decoded.length > 4096) return undefined;
  const normal = posix.normalize(posix.join(base, decoded)).replace(/\/$/, '');
  return isVisible(normal, '/') ? normal : undefined;
}

/** Whether no part of a relative path is hidden or leads upwards. */
function isVisible(path: string, separator: string): boolean {
  return path !== '' && path.split(separator).every((part) => part !== '' && !part.startsWith('.'));
}

/** The URLs that a style sheet names. */
export function cssReferences(css: string): string[] {
  const urls = [...css.matchAll(/url\(\s*(["']?)([^"')\s]{1,2048})\1\s*\)/gi)].map((match) => match[2] ?? '');
  const imports = [...css.matchAll(/@import\s{1,9}(["'])([^"']{1,2048})\1/gi)].map((match) => match[2] ?? '');
  return [...urls, ...imports];
}

/** Copies what a document refers to beside it, and what the style sheets among that refer to. Never throws for a file that is not there. */
export async function copyReferencedFiles(wanted: CopyRequest): Promise<CopyResult> {
  const root = await realpath(dirname(wanted.origin)).catch(() => undefined);
  if (root === undefined) return { files: new Set(), incomplete: false };
  const job: CopyJob = {
    root,
    target: wanted.target,
    seen: new Set([basename(wanted.origin)]),
    files: new Set(),
    bytes: 0,
    limitReached: false,
    incomplete: false,
  };
  const queue: string[] = [];
  const want = (path: string | undefined): void => {
    if (path === undefined || job.seen.has(path)) return;
    if (job.seen.size >= MAX_REFERENCES) job.limitReached = true;
    else queue.push(path);
    job.seen.add(path);
  };
  for (const url of wanted.references) {
    if (job.limitReached) break;
    want(relativePath(url, wanted.base));
  }
  for (const name of wanted.directories ?? []) {
    for await (const path of filesBelow(root, name)) {
      if (job.limitReached) break;
      want(path);
    }
  }

  for (let path = queue.shift(); path !== undefined && !job.limitReached; path = queue.shift()) {
    const copied = await copyOne(job, path);
    if (copied === undefined || extname(path).toLowerCase() !== '.css' || copied > MAX_CSS) continue;
    const base = posix.dirname(path) === '.' ? '' : `${posix.dirname(path)}/`;
    for (const url of cssReferences(await readFile(join(job.target, path), 'utf8'))) want(relativePath(url, base));
  }
  return { files: job.files, incomplete: job.limitReached || job.incomplete };
}

interface CopyJob {
  readonly root: string;
  readonly target: string;
  readonly seen: Set<string>;
  readonly files: Set<string>;
  bytes: number;
  /** No more files. */
  limitReached: boolean;
  incomplete: boolean;
}

/** Copies one file and gives its size; undefined where there is none that may be copied. */
async function copyOne(job: CopyJob, path: string): Promise<number | undefined> {
  try {
    const real = await realpath(join(job.root, path));
    const inside = relative(job.root, real);
    if (!isVisible(inside, sep)) return undefined;
    const found = await stat(real);
    if (!found.isFile()) return undefined;
    const { size } = found;
    job.limitReached ||= job.files.size >= MAX_FILES;
    if (job.limitReached || job.bytes + size > MAX_BYTES) {
      // A large file is left out; smaller ones may still have room.
      job.incomplete = true;
      return undefined;
    }
    const to = join(job.target, path);
    await mkdir(dirname(to), { recursive: true });
    // A copy on write where the file system can. What is there stays: it is the original, or was copied before.
    await copyFile(real, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
    job.files.add(path);
    job.bytes += size;
    return size;
  } catch (error) {
    // Not there, not readable, a name that is too long: the document has a broken link, as it had before.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** The visible files below a directory, relative to `root`. Links to directories are not entered. */
async function* filesBelow(root: string, directory: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, directory), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = `${directory}/${entry.name}`;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) yield* filesBelow(root, path);
    else yield path;
  }
}
