/**
 * Timelines of a recording: lists of `{ at, state }`, ascending by `at` in milliseconds. A state lasts until the next
 * one begins.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** Polls `read` and keeps each state that differs from the one before. */
export function follow(read, areEqual) {
  const timeline = [];
  let isStopped = false;
  const polling = (async () => {
    while (!isStopped) {
      const at = Date.now();
      const state = await read();
      const last = timeline.at(-1);
      if (!last || !areEqual(last.state, state)) timeline.push({ at, state });
      await sleep(20);
    }
  })();
  return {
    lastChange: () => timeline.at(-1)?.at ?? Date.now(),
    /** Runs `action`, waits for the state that follows, and adds `marks` to its entry in the timeline. */
    async change(action, marks = {}) {
      const index = timeline.length;
      await action();
      while (timeline.length === index) await sleep(5);
      Object.assign(timeline[index], marks);
    },
    /** Returns the timeline. */
    async stop() {
      isStopped = true;
      await polling;
      return timeline;
    },
  };
}

/**
 * Drops states that last less than `shortest` ms, such as a page that is still being drawn; the state before lasts
 * longer instead. The first and the last state stay.
 */
export function withoutBriefStates(timeline, shortest) {
  return timeline.filter(({ at }, index) => {
    const next = timeline[index + 1];
    return index === 0 || next === undefined || next.at - at >= shortest;
  });
}

/**
 * Joins what the terminal and the viewer showed into frames `{ terminal, viewer, duration }`, durations in ms.
 * Frames shorter than `shortest` are dropped and longer ones than `longest` cut; the last frame lasts `last`. States of
 * the terminal with `isTyping` all last `typing`.
 */
export function mergeTimelines(terminal, viewer, { typing, shortest, longest, last }) {
  const start = Math.max(terminal[0].at, viewer[0].at);
  const times = [...terminal, ...viewer].map(({ at }) => Math.max(at, start));
  const frames = [...new Set(times)]
    .sort((a, b) => a - b)
    .map((at) => ({ at, terminal: entryAt(terminal, at), viewer: entryAt(viewer, at) }));
  const kept = frames.filter((frame, index) => {
    const next = frames[index + 1];
    return next === undefined || frame.terminal.isTyping || next.at - frame.at >= shortest;
  });
  return kept.map((frame, index) => {
    const next = kept[index + 1];
    const duration = frame.terminal.isTyping ? typing : next ? Math.min(next.at - frame.at, longest) : last;
    return { terminal: frame.terminal.state, viewer: frame.viewer.state, duration };
  });
}

function entryAt(timeline, time) {
  return timeline.findLast(({ at }) => at <= time);
}
