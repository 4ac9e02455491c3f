import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attachment } from 'postal-mime';
import { imageKind } from '../../node/kit/image/image-size.ts';
import type { RenderOutput } from '../../shared/format.ts';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { size } from '../../shared/kit/text/numbers.ts';

/** More files than that are counted, and not kept. */
const MAX_FILES = 200;

/** An attachment that is kept with the entry. */
export interface Kept {
  /** What the sender calls it: a label. */
  readonly label: string;
  readonly type: string;
  readonly bytes: number;
  readonly url: string;
  readonly isPicture: boolean;
  /** It stands in the text, which calls it by this. */
  readonly contentId?: string;
}

/**
 * Writes attachments into the entry, under names of ours: what a stranger calls a file never becomes a path, and no ending
 * of theirs makes a server take it for a page.
 */
export async function keepAttachments(attachments: readonly Attachment[], output: RenderOutput): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const [i, { content, filename, mimeType, contentId }] of attachments.slice(0, MAX_FILES).entries()) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
    const kind = rasterKind(bytes);
    const name = `attachment-${i + 1}${kind ? `.${kind}` : ''}`;
    await mkdir(output.dir, { recursive: true });
    await writeFile(join(output.dir, name), bytes);
    kept.push({
      label: filename?.slice(0, 200) || `attachment ${i + 1}`,
      type: mimeType.slice(0, 100),
      bytes: bytes.length,
      url: `${output.href}/${name}`,
      isPicture: kind !== undefined,
      ...(contentId && { contentId: contentId.replace(/^<|>$/g, '') }),
    });
  }
  return kept;
}

/** SVG is none: opened by itself it would be a page. */
function rasterKind(bytes: Uint8Array): string | undefined {
  const kind = imageKind(bytes);
  return kind === 'svg' ? undefined : kind;
}

/** The list of attachments: each can be downloaded, pictures are seen. */
export function filesHtml(files: readonly Kept[], all: number): string {
  if (files.length === 0) return '';
  const items = files.map(({ label, type, bytes, url, isPicture }) => {
    const picture = isPicture ? `<img src="${escapeHtml(url)}" alt="">` : '';
    return `<li><a href="${escapeHtml(url)}" download="${escapeHtml(label)}">${picture}${escapeHtml(label)}</a> <span class="note">${escapeHtml(type)}, ${size(bytes)}</span></li>`;
  });
  const left = all > files.length ? `<li class="note">${all - files.length} more are in the mail itself.</li>` : '';
  return `<section><h2>Attachments</h2><ul class="files">${items.join('')}${left}</ul></section>`;
}
