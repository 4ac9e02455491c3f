import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attachment } from 'postal-mime';
import { imageKind } from '../../node/kit/image/image-size.ts';
import type { RenderOutput } from '../../shared/format.ts';
import { escapeHtml } from '../../shared/kit/page/shell.ts';
import { size } from '../../shared/kit/text/numbers.ts';

/** Largest number of attachments that are written; further ones are only counted. */
const MAX_FILES = 200;

/** An attachment that was written into the entry. */
export interface SavedAttachment {
  /** The file name given by the sender; only shown, never used as a path. */
  readonly label: string;
  readonly type: string;
  readonly bytes: number;
  readonly url: string;
  readonly isPicture: boolean;
  /** The id by which the HTML of the mail refers to it (`cid:`). */
  readonly contentId?: string;
}

/**
 * Writes attachments into the entry under generated names, because the sender's names could be paths or have extensions
 * that a web server would serve as a page.
 */
export async function saveAttachments(
  attachments: readonly Attachment[],
  output: RenderOutput,
): Promise<SavedAttachment[]> {
  const saved: SavedAttachment[] = [];
  for (const [i, { content, filename, mimeType, contentId }] of attachments.slice(0, MAX_FILES).entries()) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
    const kind = rasterKind(bytes);
    const name = `attachment-${i + 1}${kind ? `.${kind}` : ''}`;
    await mkdir(output.dir, { recursive: true });
    await writeFile(join(output.dir, name), bytes);
    saved.push({
      label: filename?.slice(0, 200) || `attachment ${i + 1}`,
      type: mimeType.slice(0, 100),
      bytes: bytes.length,
      url: `${output.href}/${name}`,
      isPicture: kind !== undefined,
      ...(contentId && { contentId: contentId.replace(/^<|>$/g, '') }),
    });
  }
  return saved;
}

/** The format of a raster image. SVG does not count: opened directly, it could run scripts. */
function rasterKind(bytes: Uint8Array): string | undefined {
  const kind = imageKind(bytes);
  return kind === 'svg' ? undefined : kind;
}

/** The list of attachments as download links, pictures with a preview. */
export function filesHtml(files: readonly SavedAttachment[], totalCount: number): string {
  if (files.length === 0) return '';
  const items = files.map(({ label, type, bytes, url, isPicture }) => {
    const picture = isPicture ? `<img src="${escapeHtml(url)}" alt="">` : '';
    return `<li><a href="${escapeHtml(url)}" download="${escapeHtml(label)}">${picture}${escapeHtml(label)}</a> <span class="note">${escapeHtml(type)}, ${size(bytes)}</span></li>`;
  });
  const moreNote =
    totalCount > files.length
      ? `<li class="note">${totalCount - files.length} more are in the original mail.</li>`
      : '';
  return `<section><h2>Attachments</h2><ul class="files">${items.join('')}${moreNote}</ul></section>`;
}
