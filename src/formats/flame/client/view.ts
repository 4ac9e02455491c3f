import { type Frame, firstAfter, frameAt, type Layout } from './layout.ts';

/** Height of a row, pixels. */
export const ROW_HEIGHT = 18;

export interface FramePosition {
  readonly frame: Frame;
  readonly row: number;
}

/** The part of a layout that the graph shows, and how. */
export interface View {
  readonly layout: Layout;
  /** The visible range, in the layout's unit. */
  readonly from: number;
  readonly to: number;
  /** Whether the outermost frames are at the bottom. */
  readonly upward: boolean;
  /** Nodes that match the search; undefined without a search. */
  readonly matches: ReadonlySet<number> | undefined;
  /** The frame selected by keyboard. */
  readonly selected: FramePosition | undefined;
}

/** A step of the selection: to a callee, to the caller, or to a neighbour in the same row. */
export type Move = 'inward' | 'outward' | 'left' | 'right';

/** A view of a complete layout, without search and selection. */
export function viewOf(layout: Layout, upward: boolean): View {
  return { layout, from: 0, to: layout.width, upward, matches: undefined, selected: undefined };
}

export function isZoomed({ layout, from, to }: View): boolean {
  return from > 0 || to < layout.width;
}

/** The view zoomed to a frame or, without one, the complete layout. */
export function zoomTo(view: View, frame: Frame | undefined): View {
  return frame ? { ...view, from: frame.x, to: frame.x + frame.width } : { ...view, from: 0, to: view.layout.width };
}

/** The move that an arrow key makes, or undefined for another key. */
export function moveOfKey(key: string, upward: boolean): Move | undefined {
  const moves: Readonly<Record<string, Move>> = {
    ArrowLeft: 'left',
    ArrowRight: 'right',
    ArrowUp: upward ? 'inward' : 'outward',
    ArrowDown: upward ? 'outward' : 'inward',
  };
  return moves[key];
}

/** The frame that a move selects, or undefined if there is none. The first move selects the outermost frame. */
export function frameAfterMove({ layout, selected }: View, move: Move): FramePosition | undefined {
  if (!selected) return positionIn(layout, 0, (frames) => frames.find(({ x, width }) => x + width > 0));
  const { frame, row } = selected;
  switch (move) {
    case 'inward':
      return positionIn(layout, row + 1, (frames) => {
        const callee = frames.find(({ x }) => x >= frame.x);
        return callee && callee.x < frame.x + frame.width ? callee : undefined;
      });
    case 'outward': {
      const middle = frame.x + frame.width / 2;
      return positionIn(layout, row - 1, (frames) => frames.find(({ x, width }) => x + width > middle));
    }
    case 'left':
      return positionIn(layout, row, (frames) => frames[frames.indexOf(frame) - 1]);
    case 'right':
      return positionIn(layout, row, (frames) => frames[frames.indexOf(frame) + 1]);
  }
}

function positionIn(
  layout: Layout,
  row: number,
  choose: (frames: readonly Frame[]) => Frame | undefined,
): FramePosition | undefined {
  const frame = choose(layout.rows[row] ?? []);
  return frame && { frame, row };
}

/** Distance of a row from the top of the graph, pixels. */
export function rowTop({ layout, upward }: View, row: number): number {
  return (upward ? layout.rows.length - 1 - row : row) * ROW_HEIGHT;
}

/** The frame at a point of a graph, in pixels from its top left corner. @param width width of the graph, pixels */
export function frameAtPoint(view: View, x: number, y: number, width: number): FramePosition | undefined {
  const rowFromTop = Math.floor(y / ROW_HEIGHT);
  const row = view.upward ? view.layout.rows.length - 1 - rowFromTop : rowFromTop;
  const frame = frameAt(view.layout.rows[row], view.from + (x / width) * (view.to - view.from));
  return frame && { frame, row };
}

/** A frame on the screen: its left edge and width, in pixels, without the part outside of the view. */
export interface FrameBox {
  readonly frame: Frame;
  readonly left: number;
  readonly width: number;
}

/** The visible frames of a row that are at least `minWidth` pixels wide. @param width width of the graph, pixels */
export function frameBoxes({ layout, from, to }: View, row: number, width: number, minWidth: number): FrameBox[] {
  const frames = layout.rows[row] ?? [];
  const scale = width / (to - from || 1);
  const boxes: FrameBox[] = [];
  for (let i = Math.max(0, firstAfter(frames, from) - 1); i < frames.length; i++) {
    const frame = frames[i] as Frame;
    if (frame.x >= to) break;
    const left = Math.max(0, (frame.x - from) * scale);
    const right = Math.min((to - from) * scale, (frame.x + frame.width - from) * scale);
    if (right - left >= minWidth) boxes.push({ frame, left, width: right - left });
  }
  return boxes;
}
