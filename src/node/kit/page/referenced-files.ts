import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, posix, relative, sep } from 'node:path';
import { hasCode } from '../../../shared/errors.ts';

/**
 * Copies the files that a document refers to into its entry, so that relative links work after the originals have
 * moved or changed. Only files below the document's own directory are copied. Hidden files are never copied: otherwise
 * an untrusted document in a home directory could refer to `.ssh/id_rsa`. Symbolic links out of the directory are not
 * followed.
 */

const MAX_FILES = 2000;
const MAX_BYTES = 200 * 1024 * 1024;
/** References that are resolved for one document, including those to missing files. */
const MAX_REFERENCES = 20_000;
/** The largest style sheet that is searched for references. */
const MAX_CSS = 1024 * 1024;

export interface CopyResult {
  /** Paths of the copied files, relative to the document's directory. */
  readonly files: ReadonlySet<string>;
  /** A limit was reached: some files were not copied. */
  readonly incomplete: boolean;
}

export interface CopyRequest {
  /** Absolute path of the original document. */
  readonly origin: string;
  /** Directory to copy into; created if missing. */
  readonly target: string;
  /** URLs as written in the document, of any kind. */
  readonly references: Iterable<string>;
  /** Directories beside the document that are copied with all their visible files. */
  readonly directories?: readonly string[];
  /** The directory that relative URLs resolve against (the document's `<base>`): `''`, or ending in a slash. */
  readonly base?: string;
}

/**
 * The path of a URL relative to the document's directory, separated by `/`; undefined if it is outside of that
 * directory or hidden.
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

/** Whether a relative path has no hidden component and no `..`. */
function isVisible(path: string, separator: string): boolean {
  return path !== '' && path.split(separator).every((part) => part !== '' && !part.startsWith('.'));
}

/** The URLs in a style sheet. */
export function cssReferences(css: string): string[] {
  const urls = [...css.matchAll(/url\(\s*(["']?)([^"')\s]{1,2048})\1\s*\)/gi)].map((match) => match[2] ?? '');
  const imports = [...css.matchAll(/@import\s{1,9}(["'])([^"']{1,2048})\1/gi)].map((match) => match[2] ?? '');
  return [...urls, ...imports];
}

/** Copies the files that a document refers to, and those that its style sheets refer to. Missing files are skipped. */
export async function copyReferencedFiles(request: CopyRequest): Promise<CopyResult> {
  const root = await realpath(dirname(request.origin)).catch(() => undefined);
  if (root === undefined) return { files: new Set(), incomplete: false };
  const job: CopyJob = {
    root,
    target: request.target,
    seen: new Set([basename(request.origin)]),
    files: new Set(),
    bytes: 0,
    limitReached: false,
    incomplete: false,
  };
  const queue: string[] = [];
  const enqueue = (path: string | undefined): void => {
    if (path === undefined || job.seen.has(path)) return;
    if (job.seen.size >= MAX_REFERENCES) job.limitReached = true;
    else queue.push(path);
    job.seen.add(path);
  };
  for (const url of request.references) {
    if (job.limitReached) break;
    enqueue(relativePath(url, request.base));
  }
  for (const name of request.directories ?? []) {
    for await (const path of filesBelow(root, name)) {
      if (job.limitReached) break;
      enqueue(path);
    }
  }

  for (let path = queue.shift(); path !== undefined && !job.limitReached; path = queue.shift()) {
    const copied = await copyOne(job, path);
    if (copied === undefined || extname(path).toLowerCase() !== '.css' || copied > MAX_CSS) continue;
    const base = posix.dirname(path) === '.' ? '' : `${posix.dirname(path)}/`;
    for (const url of cssReferences(await readFile(join(job.target, path), 'utf8'))) enqueue(relativePath(url, base));
  }
  return { files: job.files, incomplete: job.limitReached || job.incomplete };
}

interface CopyJob {
  readonly root: string;
  readonly target: string;
  readonly seen: Set<string>;
  readonly files: Set<string>;
  bytes: number;
  /** No more files are copied. */
  limitReached: boolean;
  incomplete: boolean;
}

/** Copies one file and returns its size; undefined if it is missing or must not be copied. */
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
      // Skip this file; smaller ones may still fit.
      job.incomplete = true;
      return undefined;
    }
    const to = join(job.target, path);
    await mkdir(dirname(to), { recursive: true });
    // Copy on write where the file system supports it. An existing file stays: it is the original or an earlier copy.
    await copyFile(real, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
    job.files.add(path);
    job.bytes += size;
    return size;
  } catch (error) {
    // Missing, unreadable, or a name that is too long: the link was already broken in the original.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** The visible files below a directory, relative to `root`. Does not descend into symbolic links. */
async function* filesBelow(root: string, directory: string): AsyncGenerator<string> {
  const entries = await readdir(join(root, directory), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = `${directory}/${entry.name}`;
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) yield* filesBelow(root, path);
    else yield path;
  }
}
