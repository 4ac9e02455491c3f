import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ABSENT,
  expectsHeartbeat,
  type FrameEffect,
  type FrameEvent,
  type FrameState,
  occupiesSlot,
  transition,
} from './frame-state.ts';

const accepted = (hasWarmFrame = true): FrameEvent => ({ type: 'near', revision: 0, isRendered: false, hasWarmFrame });
const rendered = (revision = 1): FrameEvent => ({ type: 'near', revision, isRendered: true, hasWarmFrame: true });
const page = (revision = 1, willHaveSlot = true, hasWarmFrame = true): FrameEvent => ({
  type: 'page',
  revision,
  html: 'HTML',
  willHaveSlot,
  hasWarmFrame,
});
const displayable = (height?: number): FrameEvent => ({ type: 'displayable', frame: 'current', height });
const nextDisplayable: FrameEvent = { type: 'displayable', frame: 'next' };
const late: FrameEvent = { type: 'heartbeat', isLate: true };

function run(...events: FrameEvent[]): { state: FrameState; effects: string[] } {
  let state = ABSENT;
  let effects: readonly FrameEffect[] = [];
  for (const event of events) ({ state, effects } = transition(state, event));
  return { state, effects: effects.map(nameOf) };
}

/** An effect in one word, such as `load next` or `set-height expected`. */
function nameOf({ type, ...details }: FrameEffect): string {
  return [type, ...Object.values(details)].join(' ');
}

test('an accepted entry gets a warm frame, and its page is written into it', () => {
  expect(run(accepted())).toEqual({
    state: { phase: 'reserved', revision: 0 },
    effects: ['set-height expected', 'take-warm-frame', 'move-to-slot'],
  });
  expect(run(accepted(), page())).toEqual({
    state: { phase: 'loading', revision: 1, isReplacing: false },
    effects: ['write-page HTML'],
  });
  expect(run(accepted(), page(), rendered()).effects).toEqual([]);
});

test('an accepted entry without a warm frame waits until it is rendered', () => {
  expect(run(accepted(false))).toEqual({ state: ABSENT, effects: ['set-height expected'] });
  expect(run(accepted(false), rendered()).effects).toEqual(['set-height expected', 'load current']);
});

test('a page that does not arrive with its event is loaded in the reserved frame', () => {
  expect(run(accepted(), rendered())).toEqual({
    state: { phase: 'loading', revision: 1, isReplacing: false },
    effects: ['navigate'],
  });
});

test('a page that arrives before its entry has a slot is written at once and placed later', () => {
  expect(run(page())).toEqual({
    state: { phase: 'early', revision: 1 },
    effects: ['take-warm-frame', 'write-page HTML'],
  });
  expect(run(page(), rendered())).toEqual({
    state: { phase: 'loading', revision: 1, isReplacing: false },
    effects: ['set-height expected', 'move-to-slot'],
  });
});

test('an early page that has reported its height is visible as soon as it is placed', () => {
  const { state, effects } = run(page(), displayable(77), rendered());
  expect(state).toMatchObject({ phase: 'shown', revision: 1 });
  expect(effects).toEqual([
    'set-height expected',
    'move-to-slot',
    'reveal',
    'remember-height 77',
    'set-height reported',
    'request-frames',
  ]);
});

test('an early page is given up if its entry gets no slot or another revision', () => {
  expect(run(page(), { type: 'settle' })).toEqual({ state: ABSENT, effects: ['clear'] });
  expect(run(page(), rendered(2)).effects).toEqual(['clear', 'set-height expected', 'load current']);
  expect(run(page(), page(2)).effects).toEqual(['clear', 'take-warm-frame', 'write-page HTML']);
});

test('no frame takes a page whose entry will have no slot, without a warm frame, or if a page is in the slot', () => {
  expect(run(page(1, false)).effects).toEqual([]);
  expect(run(page(1, true, false)).effects).toEqual([]);
  expect(run(rendered(), page(2)).effects).toEqual([]);
  expect(run(rendered(), displayable(), page(2)).effects).toEqual([]);
});

test('a frame becomes visible once, and later reports only change its height', () => {
  expect(run(rendered(), displayable(50)).effects).toEqual([
    'reveal',
    'remember-height 50',
    'set-height reported',
    'request-frames',
  ]);
  expect(run(rendered(), displayable(), displayable(60)).effects).toEqual([
    'remember-height 60',
    'set-height reported',
  ]);
});

test('an empty warm frame is not revealed', () => {
  expect(run(accepted(), displayable(10))).toEqual({ state: { phase: 'reserved', revision: 0 }, effects: [] });
});

test('another revision loads behind the current one and replaces it when it can be shown', () => {
  const replacing = run(rendered(), displayable(), rendered(2));
  expect(replacing).toEqual({
    state: { phase: 'shown', revision: 2, isReplacing: true, isUnresponsive: false },
    effects: ['load next'],
  });
  expect(expectsHeartbeat(replacing.state)).toBe(false);
  expect(run(rendered(), displayable(), rendered(2), rendered(3)).effects).toEqual(['load next']);
  expect(run(rendered(), displayable(), rendered(2), nextDisplayable)).toEqual({
    state: { phase: 'shown', revision: 2, isReplacing: false, isUnresponsive: false },
    effects: ['promote', 'reveal', 'set-height reported', 'request-frames'],
  });
});

test('a revision that replaces a loading one counts as visible when either can be shown', () => {
  expect(run(rendered(), rendered(2), nextDisplayable).effects).toContain('promote');
  expect(run(rendered(), rendered(2), displayable()).state).toMatchObject({ phase: 'shown', isReplacing: true });
});

test('a page that does not respond is reported, until it responds again', () => {
  expect(run(rendered(), displayable(), late).effects).toEqual(['show-notice unresponsive']);
  expect(run(rendered(), displayable(), late, late).effects).toEqual([]);
  expect(run(rendered(), displayable(), late, { type: 'heartbeat', isLate: false }).effects).toEqual(['remove-notice']);
  expect(run(rendered(), displayable(), late, rendered(2), nextDisplayable)).toMatchObject({
    state: { isUnresponsive: false },
    effects: ['promote', 'remove-notice', 'reveal', 'set-height reported', 'request-frames'],
  });
});

test('a stopped page stays stopped while it is evicted and comes near again', () => {
  const stop: FrameEvent[] = [rendered(), displayable(), late, { type: 'stop' }];
  expect(run(...stop)).toEqual({
    state: { phase: 'stopped', revision: 1, isHidden: false },
    effects: ['clear', 'set-height notice', 'show-notice stopped'],
  });
  const hidden = run(...stop, { type: 'discard' });
  expect(hidden).toEqual({ state: { phase: 'stopped', revision: 1, isHidden: true }, effects: ['clear'] });
  expect(occupiesSlot(hidden.state)).toBe(false);
  expect(run(...stop, { type: 'discard' }, rendered()).effects).toEqual(['set-height notice', 'show-notice stopped']);
  expect(run(...stop, rendered()).effects).toEqual([]);
});

test('a stopped page is loaded again on request, and so is its next revision', () => {
  const stop: FrameEvent[] = [rendered(), displayable(), late, { type: 'stop' }];
  expect(run(...stop, { type: 'restart' })).toEqual({ state: ABSENT, effects: ['clear', 'request-frames'] });
  expect(run(...stop, rendered(2))).toEqual({
    state: { phase: 'loading', revision: 2, isReplacing: false },
    effects: ['clear', 'set-height expected', 'load current'],
  });
});

test('after any sequence of events, no frame is left over and none is used before it exists', () => {
  const event: fc.Arbitrary<FrameEvent> = fc.oneof(
    fc.record({
      type: fc.constant('near' as const),
      revision: fc.integer({ min: 0, max: 3 }),
      isRendered: fc.boolean(),
      hasWarmFrame: fc.boolean(),
    }),
    fc.record({
      type: fc.constant('page' as const),
      revision: fc.integer({ min: 1, max: 3 }),
      html: fc.constant('HTML'),
      willHaveSlot: fc.boolean(),
      hasWarmFrame: fc.boolean(),
    }),
    fc.record({
      type: fc.constant('displayable' as const),
      frame: fc.constantFrom('current' as const, 'next' as const),
      height: fc.option(fc.integer(), { nil: undefined }),
    }),
    fc.record({ type: fc.constant('heartbeat' as const), isLate: fc.boolean() }),
    fc.constantFrom<FrameEvent>({ type: 'stop' }, { type: 'restart' }, { type: 'settle' }, { type: 'discard' }),
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 30 }), (events) => {
      let state = ABSENT;
      const frames = { current: false, next: false };
      for (const each of events) {
        const after = transition(state, each);
        state = after.state;
        for (const effect of after.effects) {
          switch (effect.type) {
            case 'take-warm-frame':
              expect(frames.current).toBe(false);
              frames.current = true;
              break;
            case 'load':
              if (effect.frame === 'current') expect(frames.current).toBe(false);
              frames[effect.frame] = true;
              break;
            case 'promote':
              expect(frames.next).toBe(true);
              frames.next = false;
              break;
            case 'clear':
              frames.current = frames.next = false;
              break;
            case 'write-page':
            case 'move-to-slot':
            case 'navigate':
            case 'reveal':
              expect(frames.current).toBe(true);
              break;
            default:
          }
        }
        expect(frames.current).toBe(['reserved', 'early', 'loading', 'shown'].includes(state.phase));
        expect(frames.next).toBe('isReplacing' in state && state.isReplacing);
      }
    }),
  );
});
