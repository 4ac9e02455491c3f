/** The number of updates that run at once within one screen frame. Further ones are combined into one at its end. */
const IMMEDIATE_UPDATES = 4;
/** The length of a screen frame, milliseconds. */
const SCREEN_FRAME = 16;
/** The delay of updates that are not urgent, milliseconds. */
const DELAY = 50;

/** Decides when changes are shown: usually at once, and combined if many arrive within a short time. */
export interface UpdateScheduler {
  /** Updates at once. */
  now(): void;
  /** Updates at once, or at the end of the screen frame if there were many updates in it. */
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
