import { type Frame, firstAfter, frameAt, type Layout } from './layout.ts';

/** Height of a row, pixels. */
const ROW = 18;
/** Narrowest frame that is drawn, pixels. */
const MIN_WIDTH = 0.4;

/** What the graph shows. */
export interface Scene {
  readonly layout: Layout;
  /** The visible range, in the layout's unit. */
  from: number;
  to: number;
  /** Whether the outermost frames are at the bottom. */
  upward: boolean;
  /** Nodes that match the search; undefined without a search. */
  readonly matches: ReadonlySet<number> | undefined;
  /** The frame selected by keyboard, and its row. */
  selected: { readonly frame: Frame; readonly row: number } | undefined;
  name(node: number): string;
}

export interface GraphCanvas {
  draw(scene: Scene): void;
  /** The frame at a point of the window (client coordinates). */
  frameAtPoint(x: number, y: number): { readonly frame: Frame; readonly row: number } | undefined;
  /** Scrolls a row into view. */
  reveal(row: number): void;
}

/** A canvas in a scrolling element that draws only the visible rows. */
export function createGraphCanvas(element: HTMLElement): GraphCanvas {
  const canvas = document.createElement('canvas');
  const sizer = document.createElement('div');
  sizer.append(canvas);
  element.append(sizer);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  let scene: Scene | undefined;
  let animationFrame = 0;

  const rows = (): number => scene?.layout.rows.length ?? 0;
  const rowAt = (y: number): number => (scene?.upward ? rows() - 1 - Math.floor(y / ROW) : Math.floor(y / ROW));
  const rowTop = (row: number): number => (scene?.upward ? rows() - 1 - row : row) * ROW - element.scrollTop;

  function paint(): void {
    animationFrame = 0;
    if (!scene) return;
    const [width, height] = [element.clientWidth, Math.min(rows() * ROW, element.clientHeight || Infinity)];
    const ratio = devicePixelRatio;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.cssText = `width:${width}px;height:${height}px`;
    const context = canvas.getContext('2d');
    if (!context) return;
    context.scale(ratio, ratio);
    context.font = `12px ${getComputedStyle(element).fontFamily}`;
    context.textBaseline = 'middle';
    const letterWidth = context.measureText('n').width;
    const scale = width / (scene.to - scene.from || 1);
    scene.layout.rows.forEach((row, rowIndex) => {
      const y = rowTop(rowIndex);
      if (y > -ROW && y < height) paintRow(context, row, rowIndex, y, scale, letterWidth);
    });
  }

  function paintRow(
    context: CanvasRenderingContext2D,
    row: readonly Frame[],
    rowIndex: number,
    y: number,
    scale: number,
    letterWidth: number,
  ): void {
    const { from, to, matches: found, selected: chosen, name } = scene as Scene;
    for (let i = Math.max(0, firstAfter(row, from) - 1); i < row.length; i++) {
      const frame = row[i] as Frame;
      if (frame.x >= to) break;
      const left = Math.max(0, (frame.x - from) * scale);
      const width = Math.min((to - from) * scale, (frame.x + frame.width - from) * scale) - left;
      if (width < MIN_WIDTH) continue;
      const label = name(frame.node);
      const faded = found !== undefined && !found.has(frame.node);
      context.fillStyle = colour(label, dark.matches, faded);
      context.fillRect(left, y, Math.max(width - (width > 3 ? 1 : 0), MIN_WIDTH), ROW - 1);
      if (chosen?.frame === frame && chosen.row === rowIndex) {
        context.strokeStyle = dark.matches ? '#fff' : '#000';
        context.lineWidth = 2;
        context.strokeRect(left + 1, y + 1, Math.max(1, width - 3), ROW - 3);
      }
      const letters = Math.floor((width - 8) / letterWidth);
      if (letters < 3) continue;
      context.fillStyle = dark.matches ? (faded ? '#8b929b' : '#f2f3f5') : faded ? '#8b929b' : '#1c2024';
      const text = context.measureText(label).width <= width - 8 ? label : `${label.slice(0, letters - 1)}…`;
      context.fillText(text, left + 4, y + ROW / 2);
    }
  }

  const requestPaint = (): void => {
    if (animationFrame === 0) animationFrame = requestAnimationFrame(paint);
  };
  element.addEventListener('scroll', requestPaint);
  dark.addEventListener('change', requestPaint);
  new ResizeObserver(requestPaint).observe(element);

  return {
    draw(next) {
      const isNewLayout = scene?.upward !== next.upward || scene?.layout !== next.layout;
      scene = next;
      sizer.style.height = `${rows() * ROW}px`;
      if (isNewLayout) element.scrollTop = next.upward ? element.scrollHeight : 0;
      requestPaint();
    },
    frameAtPoint(x, y) {
      if (!scene) return undefined;
      const box = element.getBoundingClientRect();
      const row = rowAt(y - box.top - element.clientTop + element.scrollTop);
      const position =
        scene.from + ((x - box.left - element.clientLeft) / element.clientWidth) * (scene.to - scene.from);
      const frame = frameAt(scene.layout.rows[row], position);
      return frame && { frame, row };
    },
    reveal(row) {
      const y = rowTop(row);
      if (y < 0) element.scrollTop += y;
      else if (y + ROW > element.clientHeight) element.scrollTop += y + ROW - element.clientHeight;
    },
  };
}

/** A colour derived from the name. Kernel, JIT and inlined functions, told by their suffixes, have hues of their own. */
function colour(name: string, dark: boolean, faded: boolean): string {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  const [a, b] = [(hash >>> 3) % 100, (hash >>> 11) % 100];
  if (faded) return dark ? '#2b3037' : '#eceef1';
  const hue = name.endsWith('_[k]') ? 255 : name.endsWith('_[j]') ? 150 : name.endsWith('_[i]') ? 190 : 20 + a * 0.65;
  return dark ? `oklch(${0.42 + b / 1200} 0.09 ${hue})` : `oklch(${0.8 + b / 1100} 0.095 ${hue})`;
}
