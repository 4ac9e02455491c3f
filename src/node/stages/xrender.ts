import type { Envelope } from '../../shared/envelope.ts';
import { WpError } from '../../shared/errors.ts';
import type { FileRecord } from '../../shared/records.ts';
import { drain } from '../codec/drain.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { randomId } from '../pipeline/ids.ts';
import { createStage, type Handlers, type StageOutput } from '../pipeline/runner.ts';
import type { Stage, StageContext } from '../pipeline/stage.ts';
import { announceFile } from './announce.ts';
import { Chooser } from './choose.ts';
import { FileJob, type JobContext } from './file-job.ts';
import { Intake } from './intake.ts';
import { Pages } from './pages.ts';
import type { Pool } from './pool.ts';
import { type RecoveredFile, recoverFiles } from './recovery.ts';
import { Rendering } from './rendering.ts';
import { writeEntry } from './stored-file.ts';
import { Streams } from './streams.ts';

/** How long a file whose sender waits delays later files of other senders, milliseconds. */
const MAX_DELAY = 500;
/** Files from a pipe in progress at a time. */
const IN_FLIGHT = 256;

/**
 * Renders files to entries. Each file is copied to the inbox, so that the original may change or be deleted; announced
 * with status `accepted` if a sender waits for an answer or rendering takes long; and emitted as an entry when it is
 * rendered. The files of a sender are emitted in order. Files that an earlier run left in the inbox are emitted first.
 */
export function xrender(inbox: Inbox, pool: Pool): Stage {
  return createStage({ start: 'at-once', maxDelay: MAX_DELAY, inFlight: IN_FLIGHT }, (output, context) =>
    createHandlers(inbox, pool, output, context),
  );
}

function createHandlers(inbox: Inbox, pool: Pool, output: StageOutput, context: StageContext): Handlers {
  const chooser = new Chooser(inbox.dir);
  const rendering = new Rendering(pool, inbox, context.signal);
  const streams = new Streams({ inbox, rendering, chooser, output, signal: context.signal });
  const job: JobContext = {
    inbox,
    intake: new Intake(inbox, chooser),
    pages: new Pages(inbox, rendering),
    output,
    warn: context.warn,
  };
  /** The files that have been accepted and not handed over, by id. */
  const jobs = new Map<string, FileJob>();

  /** Registers a job until it has finished. Resolves when the next file of the sender may be emitted. */
  const track = (id: string, started: FileJob): Promise<void> => {
    jobs.set(id, started);
    output.background(
      started.finished.then(() => {
        if (jobs.get(id) === started) jobs.delete(id);
      }),
    );
    return started.turnEnded;
  };

  const accept = async (envelope: Envelope<FileRecord>, id: string, turn: Promise<void>): Promise<void> => {
    const earlier = jobs.get(id);
    if (!earlier) return track(id, FileJob.start(job, envelope, id, turn));
    await turn;
    const file = await earlier.stored.catch(() => undefined);
    // The earlier attempt was incomplete.
    if (!file) return accept(envelope, id, Promise.resolve());
    await drain(envelope.body);
    if (envelope.reply) await announceFile(output, file, envelope.reply);
  };

  /** Emits one recovered file. @param turn resolves when the recovered files before it have been emitted */
  const recover = (leftover: RecoveredFile, turn: Promise<void>): Promise<void> => {
    switch (leftover.state) {
      case 'complete':
        return track(leftover.file.id, FileJob.resume(job, leftover.file, turn));
      case 'repeatable':
        return accept(leftover.envelope, leftover.envelope.record.id ?? '', turn);
      case 'lost':
        return turn.then(async () => {
          const { file } = leftover;
          const error = 'webpipe ended before it had received this; show it again';
          const record = await writeEntry(inbox, file, { ok: false, ms: 0, error });
          await output.emit({ record, local: file.local });
          await inbox.forget(file.id);
        });
    }
  };

  return {
    async recover() {
      let turn = Promise.resolve();
      for (const leftover of await recoverFiles(inbox, chooser)) {
        turn = recover(leftover, turn);
        output.background(turn);
      }
    },
    async file(envelope, turn) {
      const id = envelope.record.id ?? randomId();
      if (!envelope.record.open) return accept(envelope, id, turn);
      // The job ends with the stream, but later files must not wait that long.
      output.background(streams.open(envelope, id).catch((error: unknown) => output.refuse(envelope, error)));
    },
    async entry({ record, local, reply, sender }) {
      await output.emit({ record, local, reply, sender });
    },
    async more(envelope) {
      const { record, body, local, sender, refuseStream } = envelope;
      if (streams.has(record.id)) return streams.append(record.id, body, refuseStream);
      if (!body) await output.emit({ record, local, sender, refuseStream });
    },
    async end(envelope) {
      const { record, body, reply, sender } = envelope;
      if (record.id !== undefined && streams.has(record.id)) {
        await drain(body);
        return streams.end(record.id, reply);
      }
      if (body) throw new WpError('xrender', `there is no open file ${record.id}`);
      await output.emit({ record, reply, sender });
    },
  };
}
