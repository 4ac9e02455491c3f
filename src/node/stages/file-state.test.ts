import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FileAction, type FileEvent, type FileState, initialState, RECOVERED, transition } from './file-state.ts';

/** The state and the actions after these events. */
function after(state: FileState, ...events: FileEvent[]): { phase: FileState['phase']; actions: FileAction[] } {
  const actions: FileAction[] = [];
  let current = state;
  for (const event of events) {
    const next = transition(current, event);
    current = next.state;
    actions.push(...next.actions);
  }
  return { phase: current.phase, actions };
}

const copied: FileEvent = { type: 'copied', hasPreview: false };
const copiedWithPreview: FileEvent = { type: 'copied', hasPreview: true };
const turn: FileEvent = { type: 'turn' };
const late: FileEvent = { type: 'late' };
const preview: FileEvent = { type: 'preview-rendered', isOk: true };
const page: FileEvent = { type: 'page-rendered' };
const taken: FileEvent = { type: 'page-taken', isIncomplete: false };
const takenIncomplete: FileEvent = { type: 'page-taken', isIncomplete: true };
const complete: FileEvent = { type: 'copy-complete' };
const failed: FileEvent = { type: 'failed' };

const awaited = initialState(true);
const piped = initialState(false);

test('a file whose sender waits is announced in order, before it is rendered', () => {
  expect(after(awaited, turn, copied)).toEqual({ phase: 'announced', actions: ['announce', 'end-turn'] });
  expect(after(awaited, copied, page)).toEqual({ phase: 'copied', actions: [] });
  expect(after(awaited, copied, page, turn)).toEqual({
    phase: 'rendered',
    actions: ['announce', 'end-turn', 'hand-over-page'],
  });
});

test('a file from a pipe is handed over in order when it is rendered, without being announced', () => {
  expect(after(piped, copied, turn)).toEqual({ phase: 'copied', actions: [] });
  expect(after(piped, copied, turn, page)).toEqual({ phase: 'rendered', actions: ['hand-over-page'] });
  expect(after(piped, copied, page, turn, taken, complete)).toEqual({
    phase: 'handed-over',
    actions: ['hand-over-page', 'await-copy', 'finish'],
  });
});

test('a file from a pipe that takes long to render is announced, and the next file overtakes it', () => {
  expect(after(piped, copied, turn, late)).toEqual({ phase: 'announced', actions: ['announce', 'end-turn'] });
  expect(after(piped, copied, late).actions).toEqual([]);
  expect(after(piped, copied, late, turn, page).actions).toEqual(['announce', 'end-turn', 'hand-over-page']);
});

test('the preview is handed over before the page, whichever is rendered first', () => {
  const handedOver = ['announce', 'end-turn', 'hand-over-preview', 'hand-over-page'];
  expect(after(awaited, turn, copiedWithPreview, preview)).toMatchObject({ phase: 'previewed' });
  expect(after(awaited, turn, copiedWithPreview, preview, page).actions).toEqual(handedOver);
  expect(after(awaited, turn, copiedWithPreview, page, preview).actions).toEqual(handedOver);
  expect(after(awaited, copiedWithPreview, preview, page, turn).actions).toEqual(handedOver);
});

test('a preview that fails is dropped, and a file from a pipe has none', () => {
  const isFailed: FileEvent = { type: 'preview-rendered', isOk: false };
  expect(after(awaited, turn, copiedWithPreview, isFailed, page).actions).toEqual([
    'announce',
    'end-turn',
    'hand-over-page',
  ]);
  expect(after(piped, turn, copiedWithPreview, page).actions).toEqual(['hand-over-page']);
});

test('a page with an incomplete original is handed over again when the copy is complete', () => {
  expect(after(awaited, turn, copied, page, takenIncomplete)).toMatchObject({ phase: 'copying' });
  expect(after(awaited, turn, copied, page, takenIncomplete, complete)).toEqual({
    phase: 'handed-over',
    actions: ['announce', 'end-turn', 'hand-over-page', 'await-copy', 'hand-over-again', 'finish'],
  });
});

test('a file that cannot be stored is refused; one that fails later is reported', () => {
  expect(after(awaited, failed)).toEqual({ phase: 'refused', actions: ['refuse', 'finish'] });
  expect(after(awaited, copied, failed)).toEqual({ phase: 'refused', actions: ['refuse', 'finish'] });
  expect(after(awaited, turn, copied, failed)).toEqual({
    phase: 'refused',
    actions: ['announce', 'end-turn', 'report', 'finish'],
  });
  expect(after(awaited, failed, failed, turn, copied).actions).toEqual(['refuse', 'finish']);
});

test('the next stage answers for an entry that it already has', () => {
  expect(after(awaited, { type: 'known' })).toEqual({ phase: 'handed-over', actions: ['point-to-entry', 'finish'] });
});

test('a file of an earlier run is announced in order and handed over', () => {
  expect(after(RECOVERED, page, turn, taken, complete)).toEqual({
    phase: 'handed-over',
    actions: ['announce', 'end-turn', 'hand-over-page', 'await-copy', 'finish'],
  });
});

test('for any sequence of events, a file finishes once and is announced and handed over at most once', () => {
  const event = fc.constantFrom<FileEvent>(
    copied,
    copiedWithPreview,
    turn,
    late,
    preview,
    { type: 'preview-rendered', isOk: false },
    page,
    taken,
    takenIncomplete,
    complete,
    failed,
    { type: 'known' },
  );
  fc.assert(
    fc.property(fc.constantFrom(awaited, piped, RECOVERED), fc.array(event, { maxLength: 30 }), (state, events) => {
      const { phase, actions } = after(state, ...events);
      const count = (action: FileAction) => actions.filter((one) => one === action).length;
      for (const action of new Set(actions)) expect(count(action), action).toBe(1);
      const isOver = phase === 'handed-over' || phase === 'refused';
      expect(count('finish')).toBe(isOver ? 1 : 0);
      if (isOver) expect(actions.at(-1)).toBe('finish');
      const page = actions.indexOf('hand-over-page');
      if (count('hand-over-preview') > 0 && page >= 0) expect(actions.indexOf('hand-over-preview')).toBeLessThan(page);
    }),
  );
});
