/** The shortest string that is listed, characters. */
const MIN_LENGTH = 6;
/** The largest number of strings, and the longest part of a string that is shown. */
const MAX_STRINGS = 200;
const MAX_LENGTH = 200;

/** Finds runs of printable ASCII characters, as strings(1) does. */
export function findStrings(bytes: Uint8Array): string[] {
  const text = new TextDecoder('latin1').decode(bytes);
  const runs = text.match(/[\x20-\x7e]{6,}/g) ?? [];
  return runs
    .filter((run) => run.trim().length >= MIN_LENGTH)
    .slice(0, MAX_STRINGS)
    .map((run) => (run.length > MAX_LENGTH ? `${run.slice(0, MAX_LENGTH)}…` : run));
}
