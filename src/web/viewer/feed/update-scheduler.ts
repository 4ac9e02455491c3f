/** So many updates happen at once within one screen frame; further ones wait for its end and are combined. */
const IMMEDIATE_UPDATES = 4;
const SCREEN_FRAME = 16;
/** The delay of updates that are not urgent, milliseconds. */
const DELAY = 50;

/** Decides when changes are shown: at once as a rule, and combined where very many arrive. */
export interface UpdateScheduler {
  /** Updates at once. */
  now(): void;
  /** Updates at once, or within a screen frame if there were many updates. */
  soon(): void;
  /** Updates within 50 milliseconds. */
  later(): void;
}

export function createUpdateScheduler(update: () => void): UpdateScheduler {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Updates by `soon` in the current screen frame. */
  let recentUpdates = 0;

  const now = (): void => {
    clearTimeout(timer);
    timer = undefined;
    update();
  };

  return {
    now,
    soon() {
      if (recentUpdates >= IMMEDIATE_UPDATES) {
        timer ??= setTimeout(now, SCREEN_FRAME);
        return;
      }
      if (recentUpdates === 0) {
        setTimeout(() => {
          recentUpdates = 0;
        }, SCREEN_FRAME);
      }
      recentUpdates += 1;
      now();
    },
    later() {
      timer ??= setTimeout(now, DELAY);
    },
  };
}
