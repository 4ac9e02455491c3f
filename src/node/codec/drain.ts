/** Reads a body to its end and discards it, so that the next record of its stream can be read. */
export async function drain(body: AsyncIterable<Uint8Array> | undefined): Promise<void> {
  if (!body) return;
  for await (const _ of body);
}
