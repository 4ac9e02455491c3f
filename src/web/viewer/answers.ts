import { type ToFrame, tellFrame } from './messages.ts';

/** So often in a row a page is waited for before it is said not to answer. */
const PATIENCE = 3;

const ASK: ToFrame = { webpipe: 'ask' };

/** Which pages answer when they are asked: one that is at work without end, or has not come yet, does not. */
export interface Answers {
  /** A frame whose page is to be asked. */
  watch(frame: HTMLIFrameElement): void;
  /** The page in the frame has answered. */
  heard(frame: HTMLIFrameElement): void;
  /** Asks the page again, and says whether it has owed an answer for long. To be called every few seconds. */
  ask(frame: HTMLIFrameElement): boolean;
}

interface State {
  /** The page has come whole. It may know nothing of us, as one of a plugin does, and then it never answers. */
  loaded: boolean;
  answers: boolean;
  /** How often it was waited for since it was asked; undefined if it is to be asked. */
  waited: number | undefined;
}

export function createAnswers(): Answers {
  const states = new WeakMap<HTMLIFrameElement, State>();
  return {
    watch(frame) {
      const state: State = { loaded: false, answers: false, waited: undefined };
      states.set(frame, state);
      frame.addEventListener('load', () => {
        // Another page in the same frame may be one that never answers.
        if (state.loaded) state.answers = false;
        state.loaded = true;
        state.waited = undefined;
      });
    },
    heard(frame) {
      const state = states.get(frame);
      if (state) Object.assign(state, { answers: true, waited: undefined });
    },
    ask(frame) {
      const state = states.get(frame);
      if (!state) return false;
      if (state.waited === undefined) {
        state.waited = 0;
        tellFrame(frame, ASK);
        return false;
      }
      state.waited += 1;
      return state.waited >= PATIENCE && (state.answers || !state.loaded);
    },
  };
}
