/** The longest prefix of `pieces` whose total length is at most `limit` characters. */
export function takeWithin(pieces: readonly string[], limit: number): string[] {
  let remaining = limit;
  const end = pieces.findIndex((piece) => {
    remaining -= piece.length;
    return remaining < 0;
  });
  return pieces.slice(0, end < 0 ? undefined : end);
}
