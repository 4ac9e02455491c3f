import { type Frame, firstAfter, frameAt, type Layout } from './layout.ts';

/** Height of a row, pixels. */
const ROW = 18;
/** A narrower frame is not drawn. */
const THIN = 0.4;

/** What the picture is to show. */
export interface Scene {
  readonly layout: Layout;
  /** The part that can be seen, in the layout's unit. */
  from: number;
  to: number;
  /** The outermost frames at the bottom. */
  upward: boolean;
  /** Frames whose name is looked for; none where nothing is. */
  readonly found: ReadonlySet<number> | undefined;
  /** The frame that was chosen by keyboard, and its row. */
  chosen: { readonly frame: Frame; readonly row: number } | undefined;
  name(node: number): string;
}

export interface Picture {
  draw(scene: Scene): void;
  /** The frame at a place of the window, if there is one. */
  at(x: number, y: number): { readonly frame: Frame; readonly row: number } | undefined;
  /** Brings a row into view. */
  reveal(row: number): void;
}

/** A canvas inside of a scrolling element, which draws what can be seen of any number of rows. */
export function createPicture(element: HTMLElement): Picture {
  const canvas = document.createElement('canvas');
  const sizer = document.createElement('div');
  sizer.append(canvas);
  element.append(sizer);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  let scene: Scene | undefined;
  let asked = 0;

  const rows = (): number => scene?.layout.rows.length ?? 0;
  const rowAt = (y: number): number => (scene?.upward ? rows() - 1 - Math.floor(y / ROW) : Math.floor(y / ROW));
  const top = (row: number): number => (scene?.upward ? rows() - 1 - row : row) * ROW - element.scrollTop;

  function paint(): void {
    asked = 0;
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
    const letter = context.measureText('n').width;
    const scale = width / (scene.to - scene.from || 1);
    scene.layout.rows.forEach((row, number) => {
      const y = top(number);
      if (y > -ROW && y < height) paintRow(context, row, number, y, scale, letter);
    });
  }

  function paintRow(
    context: CanvasRenderingContext2D,
    row: readonly Frame[],
    number: number,
    y: number,
    scale: number,
    letter: number,
  ): void {
    const { from, to, found, chosen, name } = scene as Scene;
    for (let i = Math.max(0, firstAfter(row, from) - 1); i < row.length; i++) {
      const frame = row[i] as Frame;
      if (frame.x >= to) break;
      const left = Math.max(0, (frame.x - from) * scale);
      const width = Math.min((to - from) * scale, (frame.x + frame.width - from) * scale) - left;
      if (width < THIN) continue;
      const label = name(frame.node);
      const faded = found !== undefined && !found.has(frame.node);
      context.fillStyle = colour(label, dark.matches, faded);
      context.fillRect(left, y, Math.max(width - (width > 3 ? 1 : 0), THIN), ROW - 1);
      if (chosen?.frame === frame && chosen.row === number) {
        context.strokeStyle = dark.matches ? '#fff' : '#000';
        context.lineWidth = 2;
        context.strokeRect(left + 1, y + 1, Math.max(1, width - 3), ROW - 3);
      }
      const letters = Math.floor((width - 8) / letter);
      if (letters < 3) continue;
      context.fillStyle = dark.matches ? (faded ? '#8b929b' : '#f2f3f5') : faded ? '#8b929b' : '#1c2024';
      const text = context.measureText(label).width <= width - 8 ? label : `${label.slice(0, letters - 1)}…`;
      context.fillText(text, left + 4, y + ROW / 2);
    }
  }

  const ask = (): void => {
    if (asked === 0) asked = requestAnimationFrame(paint);
  };
  element.addEventListener('scroll', ask);
  dark.addEventListener('change', ask);
  new ResizeObserver(ask).observe(element);

  return {
    draw(next) {
      const turned = scene?.upward !== next.upward || scene?.layout !== next.layout;
      scene = next;
      sizer.style.height = `${rows() * ROW}px`;
      if (turned) element.scrollTop = next.upward ? element.scrollHeight : 0;
      ask();
    },
    at(x, y) {
      if (!scene) return undefined;
      const box = element.getBoundingClientRect();
      const row = rowAt(y - box.top - element.clientTop + element.scrollTop);
      const place = scene.from + ((x - box.left - element.clientLeft) / element.clientWidth) * (scene.to - scene.from);
      const frame = frameAt(scene.layout.rows[row], place);
      return frame && { frame, row };
    },
    reveal(row) {
      const y = top(row);
      if (y < 0) element.scrollTop += y;
      else if (y + ROW > element.clientHeight) element.scrollTop += y + ROW - element.clientHeight;
    },
  };
}

/** The same name has the same colour always. Kernel, compiled and inlined functions have hues of their own, by their endings. */
function colour(name: string, dark: boolean, faded: boolean): string {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  const [a, b] = [(hash >>> 3) % 100, (hash >>> 11) % 100];
  if (faded) return dark ? '#2b3037' : '#eceef1';
  const hue = name.endsWith('_[k]') ? 255 : name.endsWith('_[j]') ? 150 : name.endsWith('_[i]') ? 190 : 20 + a * 0.65;
  return dark ? `oklch(${0.42 + b / 1200} 0.09 ${hue})` : `oklch(${0.8 + b / 1100} 0.095 ${hue})`;
}
