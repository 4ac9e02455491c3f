import type { Envelope } from '../../shared/envelope.ts';
import { drain } from '../codec/drain.ts';
import type { Stage, StageContext } from './stage.ts';

/** Joins several stages into one: each reads what the previous one emits. */
export function compose(...stages: readonly Stage[]): Stage {
  return (input, context) => stages.reduce<AsyncIterable<Envelope>>((stream, stage) => stage(stream, context), input);
}

/** Runs a pipeline to its end and discards its output. */
export async function run(stage: Stage, input: AsyncIterable<Envelope>, context: StageContext): Promise<void> {
  for await (const envelope of stage(input, context)) await drain(envelope.body);
}
