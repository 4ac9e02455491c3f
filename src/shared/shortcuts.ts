/** The action of a keyboard shortcut of the viewer. */
export type Action = 'next' | 'previous' | 'first' | 'last' | 'filter' | 'alone' | 'help' | 'escape';

/**
 * The keyboard shortcuts, by `KeyboardEvent.key`. They work in the viewer and, because the page in a frame forwards
 * them, while a frame has the focus.
 */
const SHORTCUTS: Readonly<Record<string, Action>> = {
  j: 'next',
  k: 'previous',
  g: 'first',
  G: 'last',
  '/': 'filter',
  o: 'alone',
  Escape: 'escape',
  '?': 'help',
};

/** The action of a key, or undefined if the key is not a shortcut. */
export function actionOf(key: string): Action | undefined {
  return Object.hasOwn(SHORTCUTS, key) ? SHORTCUTS[key] : undefined;
}

/** The key of an action. */
export function keyOf(action: Action): string {
  return Object.keys(SHORTCUTS).find((key) => SHORTCUTS[key] === action) ?? '';
}

/** Whether a key press can be a shortcut: it has no modifier except Shift and has not been handled. */
export function isPlainKey(event: {
  readonly defaultPrevented: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}): boolean {
  return !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.altKey;
}
