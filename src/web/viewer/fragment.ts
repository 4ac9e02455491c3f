import { decodePart } from './urls.ts';

/** The parsed fragment of the URL: an entry, by number or id, perhaps alone; or a login code. */
export interface Fragment {
  readonly n?: number;
  readonly id?: string;
  readonly alone?: boolean;
  readonly login?: string;
}

/**
 * Parses `#7`, `#7/alone`, the same with an id, `#login=CODE`, and an entry and a code joined by `&`.
 * @returns an empty object for any other text
 */
export function parseFragment(hash: string): Fragment {
  const both = /^(#[^&]+)&(login=[^&]+)$/.exec(hash);
  if (both) return { ...parseFragment(both[1] ?? ''), ...parseFragment(`#${both[2]}`) };
  const entry = /^#(?:(\d{1,15})|([0-9a-f]{32}))(\/alone)?$/.exec(hash);
  if (entry) return { n: entry[1] ? Number(entry[1]) : undefined, id: entry[2], alone: entry[3] !== undefined };
  const login = /^#login=([^&]+)$/.exec(hash);
  return login?.[1] ? { login: decodePart(login[1]) } : {};
}

/** Finds the login code in pasted text: the link that `wp run` prints, its fragment, or the code alone. */
export function parseLoginCode(pasted: string): string {
  const text = pasted.trim();
  const code = /[#&]login=([^&]*)/.exec(text)?.[1];
  return code === undefined ? text : decodePart(code);
}
