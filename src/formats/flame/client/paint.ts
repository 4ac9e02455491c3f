import { type FrameBox, frameBoxes, ROW_HEIGHT, rowTop, type View } from './view.ts';

/** Narrowest frame that is drawn, pixels. */
const MIN_WIDTH = 0.4;

/** A canvas to draw on: its size in pixels and its color scheme. */
export interface Surface {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly isDark: boolean;
}

/**
 * Draws the visible rows of a view.
 * @param scrollTop pixels of the graph above the surface
 * @param nameOf the name of a node
 */
export function paintView(surface: Surface, view: View, scrollTop: number, nameOf: (node: number) => string): void {
  const letterWidth = surface.context.measureText('n').width;
  for (let row = 0; row < view.layout.rows.length; row++) {
    const y = rowTop(view, row) - scrollTop;
    if (y <= -ROW_HEIGHT || y >= surface.height) continue;
    for (const box of frameBoxes(view, row, surface.width, MIN_WIDTH)) {
      const { frame } = box;
      const isFaded = view.matches !== undefined && !view.matches.has(frame.node);
      const isSelected = view.selected?.frame === frame && view.selected.row === row;
      paintFrame(surface, box, y, { name: nameOf(frame.node), isFaded, isSelected, letterWidth });
    }
  }
}

interface FrameStyle {
  readonly name: string;
  readonly isFaded: boolean;
  readonly isSelected: boolean;
  readonly letterWidth: number;
}

function paintFrame({ context, isDark }: Surface, { left, width }: FrameBox, y: number, style: FrameStyle): void {
  const { name, isFaded, isSelected, letterWidth } = style;
  context.fillStyle = frameColour(name, isDark, isFaded);
  context.fillRect(left, y, Math.max(width - (width > 3 ? 1 : 0), MIN_WIDTH), ROW_HEIGHT - 1);
  if (isSelected) {
    context.strokeStyle = isDark ? '#fff' : '#000';
    context.lineWidth = 2;
    context.strokeRect(left + 1, y + 1, Math.max(1, width - 3), ROW_HEIGHT - 3);
  }
  const letters = Math.floor((width - 8) / letterWidth);
  if (letters < 3) return;
  context.fillStyle = isFaded ? '#8b929b' : isDark ? '#f2f3f5' : '#1c2024';
  const label = context.measureText(name).width <= width - 8 ? name : `${name.slice(0, letters - 1)}…`;
  context.fillText(label, left + 4, y + ROW_HEIGHT / 2);
}

/** Suffixes of kernel, JIT-compiled and inlined functions, and their hues in degrees. */
const HUES = { '_[k]': 255, '_[j]': 150, '_[i]': 190 } as const;

/** The colour of a frame, derived from its name; functions with one of the suffixes have its hue, others warm ones. */
export function frameColour(name: string, isDark: boolean, isFaded: boolean): string {
  if (isFaded) return isDark ? '#2b3037' : '#eceef1';
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  const hueVariant = (hash >>> 3) % 100;
  const lightnessVariant = (hash >>> 11) % 100;
  const suffix = Object.entries(HUES).find(([text]) => name.endsWith(text));
  const hue = suffix?.[1] ?? 20 + hueVariant * 0.65;
  return isDark
    ? `oklch(${0.42 + lightnessVariant / 1200} 0.09 ${hue})`
    : `oklch(${0.8 + lightnessVariant / 1100} 0.095 ${hue})`;
}
