import type { Envelope } from '../../shared/envelope.ts';
import { messageOf } from '../../shared/errors.ts';
import type { EntryRecord, FileRecord } from '../../shared/records.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { releaseEntry, spoolItemOf } from '../inbox/release.ts';
import { settlesWithin } from '../pipeline/deadline.ts';
import type { StageOutput } from '../pipeline/runner.ts';
import { announceFile } from './announce.ts';
import { type FileAction, type FileEvent, type FileState, initialState, RECOVERED, transition } from './file-state.ts';
import { type Intake, TakenOver } from './intake.ts';
import { labelsOf } from './labels.ts';
import type { Pages } from './pages.ts';
import { type StoredFile, writeEntry } from './stored-file.ts';

/** How long rendering may take before a file without a waiting sender is announced, milliseconds. */
const ANNOUNCE_DELAY = 3000;

/** What a job uses of its stage. */
export interface JobContext {
  readonly inbox: Inbox;
  readonly intake: Intake;
  readonly pages: Pages;
  readonly output: StageOutput;
  readonly warn: (line: string) => void;
}

/** One file in xrender: performs what file-state.ts decides, in order. */
export class FileJob {
  /** Resolves to the file when it is in the inbox; rejects if it cannot be stored. */
  readonly stored: Promise<StoredFile>;
  /** Resolves when the next file of the same sender may be emitted. */
  readonly turnEnded: Promise<void>;
  /** Resolves when the job has ended, however it ended. */
  readonly finished: Promise<void>;
  #context: JobContext;
  #envelope: Envelope<FileRecord>;
  #id: string;
  #state: FileState;
  #actions: Promise<void> = Promise.resolve();
  #error: unknown;
  #preview: EntryRecord | undefined;
  #page: EntryRecord | undefined;
  /** The entry was deleted, so its page is not handed over again. */
  #isDeleted = false;
  #endTurn!: () => void;
  #finish!: () => void;

  private constructor(
    context: JobContext,
    {
      envelope,
      id,
      state,
      stored,
    }: Pick<FileJob, 'stored'> & {
      readonly envelope: Envelope<FileRecord>;
      readonly id: string;
      readonly state: FileState;
    },
    turn: Promise<void>,
  ) {
    this.#context = context;
    this.#envelope = envelope;
    this.#id = id;
    this.#state = state;
    this.stored = stored;
    this.turnEnded = new Promise((resolve) => {
      this.#endTurn = resolve;
    });
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
    stored.then(
      (file) => this.#render(file),
      (error: unknown) => this.#fail(error),
    );
    void turn.then(() => this.#dispatch({ type: 'turn' }));
  }

  /** Stores, renders and hands over a file. @param turn resolves when the files before it have been emitted */
  static start(context: JobContext, envelope: Envelope<FileRecord>, id: string, turn: Promise<void>): FileJob {
    const stored = context.intake.store({ ...envelope, record: { ...envelope.record, id } }, id);
    return new FileJob(context, { envelope, id, stored, state: initialState(envelope.reply !== undefined) }, turn);
  }

  /** Renders and hands over a file that an earlier run has stored. */
  static resume(context: JobContext, file: StoredFile, turn: Promise<void>): FileJob {
    const envelope: Envelope<FileRecord> = { record: { kind: 'file', id: file.id } };
    return new FileJob(context, { envelope, id: file.id, stored: Promise.resolve(file), state: RECOVERED }, turn);
  }

  #dispatch(event: FileEvent): void {
    const { state, actions } = transition(this.#state, event);
    this.#state = state;
    for (const action of actions) {
      this.#actions = this.#actions.then(() => this.#perform(action)).catch((error: unknown) => this.#fail(error));
    }
  }

  #fail(error: unknown): void {
    this.#error = error;
    this.#dispatch({ type: error instanceof TakenOver ? 'known' : 'failed' });
  }

  /** Renders a stored file. It begins at once, whatever the files before this one do. */
  #render(file: StoredFile): void {
    const { inbox, pages } = this.#context;
    const hasPreview = pages.hasPreview(file);
    const isRecovered = this.#state.phase === 'copied';
    if (!isRecovered) this.#dispatch({ type: 'copied', hasPreview });
    const fail = (error: unknown) => this.#fail(error);
    if (hasPreview && this.#envelope.reply)
      pages
        .preview(file)
        .then(async (result) => {
          if (result.ok) this.#preview = await writeEntry(inbox, file, result, 'preview');
          this.#dispatch({ type: 'preview-rendered', isOk: result.ok });
        })
        .catch(fail);
    const rendered = pages.complete(file).then(async (result) => {
      this.#page = await writeEntry(inbox, file, result);
      this.#dispatch({ type: 'page-rendered' });
    });
    rendered.catch(fail);
    if (!this.#envelope.reply && !isRecovered)
      void settlesWithin(rendered, ANNOUNCE_DELAY).then((isInTime) => isInTime || this.#dispatch({ type: 'late' }));
  }

  async #perform(action: FileAction): Promise<void> {
    const { output, warn } = this.#context;
    switch (action) {
      case 'refuse':
        return output.refuse(this.#envelope, this.#error);
      case 'report':
        return warn(messageOf(this.#error));
      case 'point-to-entry':
        return this.#pointToEntry();
      case 'end-turn':
        return this.#endTurn();
      case 'finish':
        this.#endTurn();
        return this.#finish();
      case 'announce':
        return announceFile(output, await this.stored, this.#envelope.reply);
      case 'hand-over-preview':
        return this.#handOver(await this.stored, this.#preview, false);
      case 'hand-over-page': {
        const file = await this.stored;
        const isIncomplete = file.isCopying?.() ?? false;
        await this.#handOver(file, this.#page, isIncomplete);
        return this.#dispatch({ type: 'page-taken', isIncomplete });
      }
      case 'await-copy':
        // Start after the page has been handed over, so that copying does not delay the page.
        await (await this.stored).durable();
        return this.#dispatch({ type: 'copy-complete' });
      case 'hand-over-again': {
        const file = await this.stored;
        return this.#handOver({ ...file, local: { ...file.local, replace: undefined } }, this.#page, false);
      }
    }
  }

  async #handOver({ local }: StoredFile, record: EntryRecord | undefined, copying: boolean): Promise<void> {
    if (!record || this.#isDeleted) return;
    const { inbox, output } = this.#context;
    const answer = await output.handOver({ record, local: copying ? { ...local, copying } : local });
    // A page that is still being rendered is refused in its turn.
    if (answer?.kind !== 'error' || !answer.final || record === this.#preview) return;
    this.#isDeleted = true;
    await releaseEntry(inbox.dir, record.page, local);
  }

  /** The scroll already has the entry. Emit a record with its id; serve answers with its number. */
  async #pointToEntry(): Promise<void> {
    const { inbox, output } = this.#context;
    const { record, reply, local } = this.#envelope;
    // The earlier stage has received the file again and may have written its note again, so remove both.
    await releaseEntry(inbox.dir, undefined, { spoolItem: spoolItemOf(inbox.dir, record.path, local) });
    const entry: EntryRecord = { kind: 'entry', id: this.#id, status: 'accepted', ...labelsOf(record, 'file') };
    await output.emit({ record: entry, reply });
  }
}
