/** A file, folder or link in an archive or a directory. */
export interface Member {
  /** Its path, names separated by slashes. Used as a label only, never to open a file. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'special';
  readonly size: number;
  /** Its size in the archive, in bytes, if known. */
  readonly packed?: number;
  /** Time of the last change, formatted for display. */
  readonly time?: string;
  readonly mode?: number;
  /** The target of a link. */
  readonly target?: string;
  /** URL of its contents, relative to the page. */
  readonly href?: string;
  /** How a click previews the contents. Without it the page's script decides by name and first bytes. */
  readonly look?: 'picture' | 'text' | 'beginning';
}

/** A row of a listing. */
export interface MemberRow {
  readonly name: string;
  readonly level: number;
  readonly member?: Member;
  /** Number of files in a folder, at any depth. */
  readonly files: number;
  readonly size: number;
  readonly folder: boolean;
  /** Number of direct children that the listing leaves out. */
  readonly unlisted: number;
}

interface TreeNode {
  readonly name: string;
  member?: Member;
  readonly children: Map<string, TreeNode>;
  files: number;
  size: number;
}

/** Path components beyond this depth are joined into one name. */
const MAX_DEPTH = 40;

/**
 * The members as the rows of a tree, in each folder the folders first, then the files, sorted by name. With more than
 * `limit` nodes, upper levels take precedence: every top-level folder is listed before one of them is listed in full.
 */
export function rowsOf(members: readonly Member[], limit: number): MemberRow[] {
  const root = emptyNode('');
  for (const member of members) insertMember(root, member);
  const shown = topLevels(root, limit);
  const rows: MemberRow[] = [];
  const write = (parent: TreeNode, level: number) => {
    for (const child of sortedChildren(parent)) {
      if (!shown.has(child)) continue;
      const { name, member, files, size } = child;
      const unlisted = [...child.children.values()].filter((next) => !shown.has(next)).length;
      rows.push({ name, level, ...(member && { member }), files, size, folder: isFolder(child), unlisted });
      write(child, level + 1);
    }
  };
  write(root, 0);
  return rows;
}

/** The first `limit` nodes in breadth-first order. */
function topLevels(root: TreeNode, limit: number): Set<TreeNode> {
  const shown = new Set<TreeNode>();
  for (let level = [root]; level.length > 0 && shown.size < limit; ) {
    const next: TreeNode[] = [];
    for (const parent of level) {
      for (const child of sortedChildren(parent)) {
        if (shown.size >= limit) return shown;
        shown.add(child);
        next.push(child);
      }
    }
    level = next;
  }
  return shown;
}

function insertMember(root: TreeNode, member: Member): void {
  const parts = member.path.split('/').filter((part) => part !== '' && part !== '.');
  const names = parts.length > MAX_DEPTH ? [...parts.slice(0, MAX_DEPTH), parts.slice(MAX_DEPTH).join('/')] : parts;
  let at = root;
  const file = member.kind === 'folder' ? 0 : 1;
  at.files += file;
  for (const [i, name] of names.entries()) {
    let next = at.children.get(name);
    // An archive may hold two files of one name. Unpacking keeps the later one; the listing shows both.
    if (next?.member && i === names.length - 1 && file && next.children.size === 0) {
      next = emptyNode(name);
      at.children.set(`${name}\0${at.children.size}`, next);
    } else if (!next) {
      next = emptyNode(name);
      at.children.set(name, next);
    }
    at = next;
    at.files += file;
    at.size += member.size;
  }
  if (at !== root) at.member = member;
}

function emptyNode(name: string): TreeNode {
  return { name, children: new Map(), files: 0, size: 0 };
}

function isFolder(node: TreeNode): boolean {
  return node.children.size > 0 || node.member?.kind === 'folder';
}

function sortedChildren(parent: TreeNode): TreeNode[] {
  return [...parent.children.values()].sort(
    (a, b) => Number(isFolder(b)) - Number(isFolder(a)) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
}
