/**
 * Cuts an incomplete notebook after its last complete cell and closes its brackets. Returns undefined if no cell is
 * complete. The metadata after the cells is lost.
 */
export function closeNotebook(text: string): string | undefined {
  const closers: string[] = [];
  // Cells are in a list of the notebook or, in format 3, in a list of a sheet in a list.
  const depth = /"worksheets"\s*:/.test(text.slice(0, 4096)) ? 4 : 2;
  let end = 0;
  for (let offset = 0; offset < text.length; offset++) {
    const char = text[offset];
    if (char === '"') {
      offset = endOfString(text, offset);
    } else if (char === '{') closers.push('}');
    else if (char === '[') closers.push(']');
    else if (char === '}' || char === ']') {
      if (closers.pop() !== char) break;
      if (char === '}' && closers.length === depth && closers.at(-1) === ']') end = offset + 1;
    }
  }
  return end === 0 ? undefined : text.slice(0, end) + (depth === 4 ? ']}]}' : ']}');
}

function endOfString(text: string, start: number): number {
  for (let offset = start + 1; offset < text.length; offset++) {
    if (text[offset] === '\\') offset++;
    else if (text[offset] === '"') return offset;
  }
  return text.length;
}
