/** The first pieces of HTML that together have at most `limit` characters. */
export function takeWithin(pieces: readonly string[], limit: number): string[] {
  let room = limit;
  const end = pieces.findIndex((piece) => {
    room -= piece.length;
    return room < 0;
  });
  return pieces.slice(0, end < 0 ? undefined : end);
}
