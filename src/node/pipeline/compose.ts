import type { Message, Stage, StageContext } from '../../shared/message.ts';

/** Several stages as one: what the first gives, the next takes. Backpressure is the iterators' own. */
export function compose(...stages: readonly Stage[]): Stage {
  return (input, context) => stages.reduce<AsyncIterable<Message>>((stream, stage) => stage(stream, context), input);
}

/** Runs a pipeline to its end, for its effects. */
export async function run(stage: Stage, input: AsyncIterable<Message>, context: StageContext): Promise<void> {
  for await (const message of stage(input, context)) if (message.body) for await (const _ of message.body);
}
