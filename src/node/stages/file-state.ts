/**
 * The states of a file in xrender, from its arrival until its entry has been handed over, as one pure function. The
 * driver (file-job.ts) reports events and performs actions, one after the other.
 *
 *     receiving -> copied -> announced -> previewed -> rendered -> copying -> handed-over
 *
 * A file whose sender waits for an answer is announced (it gets its number) as soon as it is its turn. Any other is
 * only announced if rendering takes long, so that in a pipe an entry is one line.
 */
export type FileState =
  /** Its content is being received or copied. */
  | { readonly phase: 'receiving'; readonly isAwaited: boolean; readonly hasTurn: boolean }
  /** It is in the inbox and has not been announced. */
  | ({ readonly phase: 'copied'; readonly isAwaited: boolean; readonly hasTurn: boolean } & RenderProgress)
  /** It has been announced, and the next stage has no page yet. */
  | ({ readonly phase: 'announced' } & RenderProgress)
  /** The next stage has the preview. */
  | { readonly phase: 'previewed' }
  /** The page is being handed over. */
  | { readonly phase: 'rendered' }
  /** The next stage has the page. The original may still be being copied. */
  | { readonly phase: 'copying'; readonly isIncomplete: boolean }
  /** Done. */
  | { readonly phase: 'handed-over' }
  /** It could not be stored, or not be handed over. */
  | { readonly phase: 'refused' };

/** Pages that are rendered but not handed over yet. */
interface RenderProgress {
  /** `none`: there is no preview, or it failed. */
  readonly preview: 'none' | 'pending' | 'rendered';
  readonly isPageRendered: boolean;
}

export type FileEvent =
  /** The copy is in the inbox. */
  | { readonly type: 'copied'; readonly hasPreview: boolean }
  /** The file was sent again after its entry had been handed over. */
  | { readonly type: 'known' }
  /** The files before it have been emitted. */
  | { readonly type: 'turn' }
  /** Rendering takes longer than ANNOUNCE_DELAY, so the file is announced without a page. */
  | { readonly type: 'late' }
  | { readonly type: 'preview-rendered'; readonly isOk: boolean }
  | { readonly type: 'page-rendered' }
  /** The next stage has the page. `isIncomplete`: it was handed over with an incomplete original. */
  | { readonly type: 'page-taken'; readonly isIncomplete: boolean }
  /** The copy is on disk. */
  | { readonly type: 'copy-complete' }
  /** Storing or handing over failed. (A rendering that fails is a page with an error.) */
  | { readonly type: 'failed' };

export type FileAction =
  /** Tell the next stage that the file is accepted. */
  | 'announce'
  /** Let the next file of this sender be emitted. */
  | 'end-turn'
  | 'hand-over-preview'
  | 'hand-over-page'
  | 'await-copy'
  /** Hand the same page over once more, now with a complete original. */
  | 'hand-over-again'
  /** Let the next stage answer for the entry it has. */
  | 'point-to-entry'
  /** Answer with the error. */
  | 'refuse'
  /** Print the error: the sender has its answer already. */
  | 'report'
  /** Forget the file. Ends its turn too. */
  | 'finish';

export interface Transition {
  readonly state: FileState;
  readonly actions: readonly FileAction[];
}

/** @param isAwaited the sender waits for an answer */
export function initialState(isAwaited: boolean): FileState {
  return { phase: 'receiving', isAwaited, hasTurn: false };
}

/** The state of a complete file from an earlier run: announced at once, without a preview. */
export const RECOVERED: FileState = {
  phase: 'copied',
  isAwaited: true,
  hasTurn: false,
  preview: 'none',
  isPageRendered: false,
};

/** Returns the next state and the actions to perform. An event that does not apply to a state changes nothing. */
export function transition(state: FileState, event: FileEvent): Transition {
  if (event.type === 'failed') return fail(state);
  switch (state.phase) {
    case 'receiving':
      return receiving(state, event);
    case 'copied':
      return copied(state, event);
    case 'announced':
      return announced({ ...state, ...progress(state, event) }, []);
    case 'previewed':
      return event.type === 'page-rendered'
        ? { state: { phase: 'rendered' }, actions: ['hand-over-page'] }
        : unchanged(state);
    case 'rendered':
      return event.type === 'page-taken'
        ? { state: { phase: 'copying', isIncomplete: event.isIncomplete }, actions: ['await-copy'] }
        : unchanged(state);
    case 'copying':
      return event.type === 'copy-complete'
        ? { state: { phase: 'handed-over' }, actions: state.isIncomplete ? ['hand-over-again', 'finish'] : ['finish'] }
        : unchanged(state);
    case 'handed-over':
    case 'refused':
      return unchanged(state);
  }
}

function unchanged(state: FileState): Transition {
  return { state, actions: [] };
}

function fail(state: FileState): Transition {
  if (state.phase === 'handed-over' || state.phase === 'refused') return unchanged(state);
  const isAnswered = state.phase !== 'receiving' && state.phase !== 'copied';
  return { state: { phase: 'refused' }, actions: [isAnswered ? 'report' : 'refuse', 'finish'] };
}

function receiving(state: FileState & { phase: 'receiving' }, event: FileEvent): Transition {
  const { isAwaited, hasTurn } = state;
  switch (event.type) {
    case 'turn':
      return unchanged({ ...state, hasTurn: true });
    case 'known':
      return { state: { phase: 'handed-over' }, actions: ['point-to-entry', 'finish'] };
    case 'copied': {
      // In a pipe an entry is one line, so there is no preview.
      const preview = isAwaited && event.hasPreview ? 'pending' : 'none';
      return emitIfDue({ phase: 'copied', isAwaited, hasTurn, preview, isPageRendered: false });
    }
    default:
      return unchanged(state);
  }
}

function copied(state: FileState & { phase: 'copied' }, event: FileEvent): Transition {
  if (event.type === 'turn') return emitIfDue({ ...state, hasTurn: true });
  // From here on, treat it like a file whose sender waits.
  if (event.type === 'late') return emitIfDue({ ...state, isAwaited: true });
  return emitIfDue({ ...state, ...progress(state, event) });
}

/** Announces a file, or hands over its page, if it is its turn. */
function emitIfDue(state: FileState & { phase: 'copied' }): Transition {
  const { isAwaited, hasTurn, preview, isPageRendered } = state;
  if (hasTurn && isAwaited) return announced({ phase: 'announced', preview, isPageRendered }, ['announce', 'end-turn']);
  if (hasTurn && isPageRendered) return { state: { phase: 'rendered' }, actions: ['hand-over-page'] };
  return unchanged(state);
}

/** Hands over the rendered pages of an announced file: first the preview, if there is one. */
function announced(state: FileState & { phase: 'announced' }, actions: readonly FileAction[]): Transition {
  const { preview, isPageRendered } = state;
  if (preview === 'pending') return { state, actions };
  const handOverRendered: readonly FileAction[] = preview === 'rendered' ? [...actions, 'hand-over-preview'] : actions;
  if (isPageRendered) return { state: { phase: 'rendered' }, actions: [...handOverRendered, 'hand-over-page'] };
  return { state: preview === 'rendered' ? { phase: 'previewed' } : state, actions: handOverRendered };
}

function progress({ preview, isPageRendered }: RenderProgress, event: FileEvent): RenderProgress {
  if (event.type === 'preview-rendered') return { preview: event.isOk ? 'rendered' : 'none', isPageRendered };
  return { preview, isPageRendered: isPageRendered || event.type === 'page-rendered' };
}
