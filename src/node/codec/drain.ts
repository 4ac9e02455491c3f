/** Reads a body to its end and forgets it, so that what follows in its stream can come. */
export async function drain(body: AsyncIterable<Uint8Array> | undefined): Promise<void> {
  if (!body) return;
  for await (const _ of body);
}
