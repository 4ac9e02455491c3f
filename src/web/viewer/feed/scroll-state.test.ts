import { expect, test } from 'vitest';
import { AT_END, isFollowing, type ScrollEvent, type ScrollState, scrollTransition } from './scroll-state.ts';

const anchor = { n: 3, offset: -20 };
const scrolled = (toEnd: number, distance = 100): ScrollEvent => ({ type: 'scrolled', distance, toEnd });
const away = scrolled(1000);
const cover: ScrollEvent = { type: 'cover', anchor };

function run(...events: ScrollEvent[]): ReturnType<typeof scrollTransition> {
  let result: ReturnType<typeof scrollTransition> = { state: AT_END };
  for (const event of events) result = scrollTransition(result.state, event);
  return result;
}

const stateAfter = (...events: ScrollEvent[]): ScrollState => run(...events).state;

test('the window follows new entries within 40 pixels of the end', () => {
  expect(stateAfter(away)).toEqual({ mode: 'anchored', isFast: false });
  expect(stateAfter(away, scrolled(41))).toMatchObject({ mode: 'anchored' });
  expect(stateAfter(away, scrolled(40))).toMatchObject({ mode: 'following' });
});

test('a distance of less than a pixel is not a scroll', () => {
  expect(stateAfter(scrolled(1000, 0.5))).toEqual(AT_END);
});

test('scrolling is fast until it pauses', () => {
  expect(stateAfter(scrolled(1000, -501))).toEqual({ mode: 'anchored', isFast: true });
  expect(stateAfter(scrolled(1000, -501), { type: 'paused' })).toEqual({ mode: 'anchored', isFast: false });
  expect(stateAfter(scrolled(1000, -501), scrolled(900, 100))).toEqual({ mode: 'anchored', isFast: false });
});

test('going to an entry anchors the window, unless the entry is at the end', () => {
  expect(run({ type: 'go-to', n: 7 })).toEqual({
    state: { mode: 'anchored', isFast: false },
    scrollTo: { n: 7, offset: 10 },
  });
  expect(stateAfter({ type: 'go-to', n: 7 }, { type: 'reached', toEnd: 20 })).toMatchObject({ mode: 'anchored' });
  expect(stateAfter({ type: 'go-to', n: 7 }, { type: 'reached', toEnd: 0 })).toMatchObject({ mode: 'following' });
});

test('going to the end follows', () => {
  expect(run(away, { type: 'go-to-end' })).toEqual({ state: AT_END, scrollTo: 'end' });
});

test('a covered feed does not scroll, and returns to its previous position', () => {
  expect(stateAfter(away, cover, scrolled(0))).toEqual({ mode: 'covered', target: anchor });
  expect(run(away, cover, { type: 'uncover' })).toEqual({
    state: { mode: 'anchored', isFast: false },
    scrollTo: anchor,
  });
  expect(run(cover, { type: 'uncover' })).toEqual({ state: AT_END, scrollTo: 'end' });
});

test('a covered feed scrolls to another target only when it is uncovered', () => {
  const goTo = run(cover, { type: 'go-to', n: 7 });
  expect(goTo).toEqual({ state: { mode: 'covered', target: { n: 7, offset: 10 } } });
  expect(run(cover, { type: 'go-to', n: 7 }, { type: 'uncover' }).scrollTo).toEqual({ n: 7, offset: 10 });
  expect(run(away, cover, { type: 'go-to-end' })).toEqual({ state: { mode: 'covered', target: 'end' } });
});

test('covering twice keeps the first target', () => {
  expect(stateAfter(away, cover, { type: 'cover', anchor: { n: 9, offset: 0 } })).toMatchObject({ target: anchor });
});

test('an empty feed follows new entries', () => {
  expect(stateAfter(away, { type: 'clear' })).toEqual(AT_END);
  expect(stateAfter(away, cover, { type: 'clear' })).toEqual({ mode: 'covered', target: 'end' });
});

test('a covered feed follows if it goes to the end afterwards', () => {
  expect([AT_END, stateAfter(cover), stateAfter(away), stateAfter(away, cover)].map(isFollowing)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
