/** Something in an archive or a directory. */
export interface Member {
  /** Its name with those of the folders around it, between slashes: a label, whatever it says. */
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'special';
  readonly size: number;
  /** Bytes it takes in the archive, where that is known. */
  readonly packed?: number;
  /** As it is to be shown. */
  readonly time?: string;
  readonly mode?: number;
  /** Where a link leads. */
  readonly target?: string;
  /** URL of its contents, from the page. */
  readonly href?: string;
  /** What a look inside shows: a picture, or the beginning of a text. Without it the page's script finds out. */
  readonly look?: 'picture' | 'text' | 'beginning';
}

/** A folder or a file as a row of a listing. */
export interface MemberRow {
  readonly name: string;
  readonly level: number;
  readonly member?: Member;
  /** What a folder has in it, at any depth. */
  readonly files: number;
  readonly size: number;
  readonly folder: boolean;
  /** How many of its own are not shown. */
  readonly unlisted: number;
}

interface TreeNode {
  readonly name: string;
  member?: Member;
  readonly children: Map<string, TreeNode>;
  files: number;
  size: number;
}

/** Deeper folders are written as one name. */
const MAX_DEPTH = 40;

/**
 * Members as a tree of rows: folders first, then files, by name. Where there are more than `most`, the upper levels
 * come first, so that all of them is seen before all of one.
 */
export function rowsOf(members: readonly Member[], most: number): MemberRow[] {
  const root = emptyNode('');
  for (const member of members) insertMember(root, member);
  const shown = topLevels(root, most);
  const rows: MemberRow[] = [];
  const write = (parent: TreeNode, level: number) => {
    for (const child of sortedChildren(parent)) {
      if (!shown.has(child)) continue;
      const { name, member, files, size } = child;
      const left = [...child.children.values()].filter((next) => !shown.has(next)).length;
      rows.push({ name, level, ...(member && { member }), files, size, folder: isFolder(child), unlisted: left });
      write(child, level + 1);
    }
  };
  write(root, 0);
  return rows;
}

/** The first `most` nodes, level by level. */
function topLevels(root: TreeNode, most: number): Set<TreeNode> {
  const shown = new Set<TreeNode>();
  for (let level = [root]; level.length > 0 && shown.size < most; ) {
    const next: TreeNode[] = [];
    for (const parent of level) {
      for (const child of sortedChildren(parent)) {
        if (shown.size >= most) return shown;
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
    // Of two with the same name the later counts, when it is unpacked; both are told.
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
