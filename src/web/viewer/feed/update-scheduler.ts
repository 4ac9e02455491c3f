/** So many changes are shown the moment they come; what comes on top of that in one frame of the screen, together. */
const AT_ONCE = 4;
const FRAME = 16;
/** What nobody waits for. */
const LATER = 50;

/** When to show what has changed: at once where that is what the reader waits for, seldom where very much comes. */
export interface Pace {
  now(): void;
  soon(): void;
  later(): void;
}

export function createPace(show: () => void): Pace {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lately = 0;
  const now = (): void => {
    clearTimeout(timer);
    timer = undefined;
    show();
  };
  return {
    now,
    soon() {
      if (lately >= AT_ONCE) {
        timer ??= setTimeout(now, FRAME);
        return;
      }
      if (lately === 0) {
        setTimeout(() => {
          lately = 0;
        }, FRAME);
      }
      lately += 1;
      now();
    },
    later() {
      timer ??= setTimeout(now, LATER);
    },
  };
}
