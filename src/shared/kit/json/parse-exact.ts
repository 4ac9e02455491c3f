/** Parses JSON without losing digits of numbers. */

/** A number that floating point does not hold, as it is written. */
export class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Nesting that is parsed; deeper values throw. */
const MAX_DEPTH = 500;
/** Digits that floating point always holds. */
const EXACT_DIGITS = 15;
/** A number with many digits or an exponent; also what looks like one in a string. */
const UNUSUAL_NUMBER = /-?\d(?:[\d.]{15,}(?:[eE][+-]?\d+)?|[\d.]*[eE][+-]?\d+)/g;
const TOKEN = /[ \t\r\n]*([[\]{}:,]|"(?:[^"\\]|\\.)*"|-?(?:\d[\d.eE+-]*|Infinity)|NaN|true|false|null)/y;

/**
 * Parses a JSON text like `JSON.parse`. Integers that floating point would round become bigints, other such numbers
 * `WrittenNumber`. Also takes NaN, Infinity and -Infinity, which Python writes.
 * @throws SyntaxError if it is not JSON
 */
export function parseExact(text: string): unknown {
  // The engine's parser is much faster, and right where no number has many digits or a large exponent.
  try {
    const value = JSON.parse(text) as unknown;
    if ((text.match(UNUSUAL_NUMBER) ?? []).every(isHeld)) return value;
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
  }
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  #offset = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): unknown {
    const token = this.#next();
    if (token === '{') return this.#object(depth + 1);
    if (token === '[') return this.#list(depth + 1);
    if (token.startsWith('"')) return JSON.parse(token) as unknown;
    if (token === 'NaN') return Number.NaN;
    if (token.endsWith('Infinity')) return token.startsWith('-') ? -Infinity : Infinity;
    return /^-?\d/.test(token) ? numberOf(token) : (JSON.parse(token) as unknown);
  }

  /** Throws unless only white space follows. */
  end(): void {
    if (this.#text.slice(this.#offset).trim() !== '') throw new SyntaxError(`unexpected text at ${this.#offset}`);
  }

  #next(): string {
    TOKEN.lastIndex = this.#offset;
    const token = TOKEN.exec(this.#text)?.[1];
    if (token === undefined) throw new SyntaxError(`unexpected text at ${this.#offset}`);
    this.#offset = TOKEN.lastIndex;
    return token;
  }

  #object(depth: number): Record<string, unknown> {
    if (depth > MAX_DEPTH) throw new SyntaxError('nested too deeply');
    const entries: [string, unknown][] = [];
    let token = this.#next();
    while (token !== '}') {
      const name = JSON.parse(token) as unknown;
      if (typeof name !== 'string' || this.#next() !== ':') throw new SyntaxError(`no key at ${this.#offset}`);
      entries.push([name, this.value(depth)]);
      token = this.#next();
      if (token === ',') {
        token = this.#next();
        if (token === '}') throw new SyntaxError(`no key at ${this.#offset}`);
      } else if (token !== '}') throw new SyntaxError(`no comma at ${this.#offset}`);
    }
    return Object.fromEntries(entries);
  }

  #list(depth: number): unknown[] {
    if (depth > MAX_DEPTH) throw new SyntaxError('nested too deeply');
    const items: unknown[] = [];
    const begin = this.#offset;
    if (this.#next() === ']') return items;
    this.#offset = begin;
    for (;;) {
      items.push(this.value(depth));
      const token = this.#next();
      if (token === ']') return items;
      if (token !== ',') throw new SyntaxError(`no comma at ${this.#offset}`);
    }
  }
}

/** @throws SyntaxError if it is not a number of JSON */
function numberOf(token: string): number | bigint | WrittenNumber {
  const value = JSON.parse(token) as number;
  if (isHeld(token)) return value;
  return /^-?\d+$/.test(token) ? BigInt(token) : new WrittenNumber(token);
}

/** Whether floating point holds a number: it has few digits, or is written as the number nearest to it is. */
function isHeld(token: string): boolean {
  const value = Number(token);
  if (String(value) === token) return true;
  const [digits = ''] = token.replace('-', '').split(/[eE]/);
  const significant = digits.replace('.', '').replace(/^0+/, '');
  return significant.length <= EXACT_DIGITS && Number.isFinite(value) && (value !== 0 || significant === '');
}
