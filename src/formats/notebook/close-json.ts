/**
 * Cuts an incomplete notebook after its last complete cell and closes the open brackets. Returns undefined if no cell
 * is complete. Metadata after the cells is not included.
 */
export function closeNotebook(text: string): string | undefined {
  /** The closing brackets of the open objects and lists. */
  const closers: string[] = [];
  // The list of cells is in the notebook or, in format 3, in an object in the list `worksheets`.
  const depth = /"worksheets"\s*:/.test(text.slice(0, 4096)) ? 4 : 2;
  let end = 0;
  for (let offset = 0; offset < text.length; offset++) {
    const character = text[offset];
    if (character === '"') offset = endOfString(text, offset);
    else if (character === '{') closers.push('}');
    else if (character === '[') closers.push(']');
    else if (character === '}' || character === ']') {
      if (closers.pop() !== character) break;
      if (character === '}' && closers.length === depth && closers.at(-1) === ']') end = offset + 1;
    }
  }
  return end === 0 ? undefined : text.slice(0, end) + (depth === 4 ? ']}]}' : ']}');
}

/** The offset of the quote that ends the string whose first quote is at `start`. */
function endOfString(text: string, start: number): number {
  for (let offset = start + 1; offset < text.length; offset++) {
    if (text[offset] === '\\') offset++;
    else if (text[offset] === '"') return offset;
  }
  return text.length;
}
