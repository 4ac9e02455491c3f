const SHORTEST = 6;
const MOST = 200;

/** The runs of printable ASCII in the bytes, as strings(1) finds them: at most 200, each at most 200 characters. */
export function printable(bytes: Uint8Array): string[] {
  const text = new TextDecoder('latin1').decode(bytes);
  const found = text.match(/[\x20-\x7e]{6,}/g) ?? [];
  return found
    .filter((run) => run.trim().length >= SHORTEST)
    .slice(0, MOST)
    .map((run) => (run.length > 200 ? `${run.slice(0, 200)}…` : run));
}
