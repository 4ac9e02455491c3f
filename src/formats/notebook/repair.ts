/**
 * The beginning of a notebook that breaks off, up to its last whole cell and closed there; undefined where there is no
 * whole cell. What is behind the cells (the language) is lost.
 */
export function closeNotebook(text: string): string | undefined {
  const closers: string[] = [];
  // Cells lie in a list in the notebook; in format 3 in a list in a sheet in a list.
  const depth = /"worksheets"\s*:/.test(text.slice(0, 4096)) ? 4 : 2;
  let end = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      at = endOfString(text, at);
    } else if (char === '{') closers.push('}');
    else if (char === '[') closers.push(']');
    else if (char === '}' || char === ']') {
      if (closers.pop() !== char) break;
      if (char === '}' && closers.length === depth && closers.at(-1) === ']') end = at + 1;
    }
  }
  return end === 0 ? undefined : text.slice(0, end) + (depth === 4 ? ']}]}' : ']}');
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
