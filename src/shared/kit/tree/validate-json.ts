/** The first syntax error of a JSON text. */
export interface Fault {
  readonly offset: number;
  readonly reason: string;
  /** `end`: the text is incomplete. `more`: something follows a complete value. */
  readonly kind?: 'end' | 'more';
}

export interface Validation {
  readonly fault?: Fault;
  /** The nesting depth of arrays and objects. */
  readonly depth: number;
}

const STATES = { VALUE: 0, VALUE_OR_CLOSE: 1, KEY: 2, KEY_OR_CLOSE: 3, COLON: 4, AFTER: 5 } as const;
type State = (typeof STATES)[keyof typeof STATES];
const { VALUE, VALUE_OR_CLOSE, KEY, KEY_OR_CLOSE, COLON, AFTER } = STATES;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Checks whether UTF-8 bytes are one JSON value as in RFC 8259. Uses no recursion, so the depth is unlimited. */
export function validate(bytes: Uint8Array, from = 0, to = bytes.length): Validation {
  let stack = new Uint8Array(64);
  let depth = 0;
  let deepest = 0;
  let state: State = VALUE;
  let at = from;
  const fail = (reason: string, kind?: Fault['kind'], offset = at): Validation => ({
    fault: { offset, reason, kind },
    depth: deepest,
  });

  for (;;) {
    at = skipSpace(bytes, at, to);
    if (at >= to) break;
    const byte = bytes[at] ?? 0;
    const inObject = depth > 0 && stack[depth - 1] === OPEN_OBJECT;
    if (state === AFTER) {
      if (depth === 0) return fail('something follows the value', 'more');
      if (byte === COMMA) {
        state = inObject ? KEY : VALUE;
        at++;
      } else if (byte === (inObject ? CLOSE_OBJECT : CLOSE_ARRAY)) {
        depth--;
        at++;
      } else return fail(`expected a comma or ${inObject ? '}' : ']'}`);
    } else if (state === COLON) {
      if (byte !== 0x3a) return fail('expected a colon after the key');
      state = VALUE;
      at++;
    } else if (state === KEY || state === KEY_OR_CLOSE) {
      if (byte === CLOSE_OBJECT) {
        if (state === KEY) return fail('a comma before }');
        depth--;
        state = AFTER;
        at++;
      } else {
        if (byte !== QUOTE) return fail('expected a key in double quotes');
        const end = checkString(bytes, at, to);
        if (typeof end !== 'number') return { fault: end, depth: deepest };
        at = end;
        state = COLON;
      }
    } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (depth === stack.length) {
        const larger = new Uint8Array(depth * 2);
        larger.set(stack);
        stack = larger;
      }
      stack[depth++] = byte;
      if (depth > deepest) deepest = depth;
      state = byte === OPEN_OBJECT ? KEY_OR_CLOSE : VALUE_OR_CLOSE;
      at++;
    } else if (byte === CLOSE_ARRAY && state === VALUE_OR_CLOSE) {
      depth--;
      state = AFTER;
      at++;
    } else {
      const end = byte === QUOTE ? checkString(bytes, at, to) : checkScalar(bytes, at, to);
      if (typeof end !== 'number') return { fault: end, depth: deepest };
      at = end;
      state = AFTER;
    }
  }
  if (state !== AFTER || depth > 0)
    return fail(depth === 0 ? 'there is no value' : 'it ends before it is complete', 'end');
  return { depth: deepest };
}

/** The offset of the next byte that is not white space. */
export function skipSpace(bytes: Uint8Array, from: number, to = bytes.length): number {
  let at = from;
  for (; at < to; at++) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
  }
  return at;
}

function checkString(bytes: Uint8Array, from: number, to: number): number | Fault {
  for (let at = from + 1; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20)
      return {
        offset: at,
        reason: byte === 10 ? 'a string goes over the end of its line' : 'a control character in a string',
      };
    if (byte !== 0x5c) continue;
    const letter = String.fromCharCode(bytes[++at] ?? 0);
    if (at >= to) break;
    if (letter === 'u') {
      for (let i = 1; i <= 4; i++) {
        if (at + i >= to) return { offset: to, reason: 'it ends inside a string', kind: 'end' };
        if (!/[0-9a-fA-F]/.test(String.fromCharCode(bytes[at + i] ?? 0)))
          return { offset: at + i, reason: '\\u takes four hex digits' };
      }
      at += 4;
    } else if (!'"\\/bfnrt'.includes(letter)) return { offset: at, reason: `\\${letter} is not an escape` };
  }
  return { offset: to, reason: 'it ends inside a string', kind: 'end' };
}

function checkScalar(bytes: Uint8Array, from: number, to: number): number | Fault {
  for (const word of ['true', 'false', 'null']) {
    if (bytes[from] !== word.charCodeAt(0)) continue;
    for (let i = 1; i < word.length; i++) {
      if (from + i >= to) return { offset: to, reason: `it ends inside ${word}`, kind: 'end' };
      if (bytes[from + i] !== word.charCodeAt(i)) return { offset: from, reason: `expected ${word}` };
    }
    return from + word.length;
  }
  return checkNumber(bytes, from, to);
}

function checkNumber(bytes: Uint8Array, from: number, to: number): number | Fault {
  let at = from;
  const digits = () => {
    const start = at;
    while (at < to && (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39) at++;
    return at - start;
  };
  const missing = (): Fault =>
    at >= to
      ? { offset: to, reason: 'it ends inside a number', kind: 'end' }
      : { offset: at, reason: 'expected a digit' };
  if (bytes[at] === 0x2d) at++;
  const leading = bytes[at];
  const whole = digits();
  if (whole === 0) return at > from ? missing() : { offset: from, reason: unexpected(bytes, from) };
  if (leading === 0x30 && whole > 1) return { offset: from, reason: 'a number with a zero before it' };
  if (bytes[at] === 0x2e && at < to) {
    at++;
    if (digits() === 0) return missing();
  }
  if (at < to && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
    at++;
    if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
    if (digits() === 0) return missing();
  }
  return at;
}

function unexpected(bytes: Uint8Array, at: number): string {
  const byte = bytes[at] ?? 0;
  if (byte === 0x27) return 'strings take double quotes';
  if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) return `expected a value before ${String.fromCharCode(byte)}`;
  if (byte === 0x2f) return 'JSON has no comments';
  const word = /^[A-Za-z]+/.exec(new TextDecoder().decode(bytes.subarray(at, at + 20)))?.[0];
  return word ? `${word} is not a value` : 'expected a value';
}
