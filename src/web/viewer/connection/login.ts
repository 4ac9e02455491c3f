const STORAGE_KEY = 'webpipe.token';

/** The token that this browser has stored for this server, if any. */
export function storedToken(): string | undefined {
  return localStorage.getItem(STORAGE_KEY) ?? undefined;
}

/** Calls `onStored` when another window of this browser has logged in. */
export function onTokenStored(onStored: () => void): void {
  addEventListener('storage', (event) => {
    if (event.key === STORAGE_KEY && event.newValue) onStored();
  });
}

/**
 * Requests a token from the server, with a one-time code or as the user who runs the server, and stores it.
 * Returns undefined if the server refuses. Throws if the server cannot be reached.
 */
export async function login(code?: string): Promise<string | undefined> {
  const response = await fetch('/api/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(code === undefined ? {} : { code }),
  });
  if (!response.ok) {
    if (response.status >= 500) throw new Error(`the server answers ${response.status}`);
    return undefined;
  }
  const answer: unknown = await response.json();
  const token = typeof answer === 'object' && answer !== null && 'token' in answer ? answer.token : undefined;
  if (typeof token !== 'string') return undefined;
  localStorage.setItem(STORAGE_KEY, token);
  return token;
}

/**
 * Obtains a token: with the login code if there is one, else from storage, else as the user who runs the server.
 * @returns undefined if the server refuses
 * @throws if the server cannot be reached
 */
export async function obtainToken(code: string | undefined): Promise<string | undefined> {
  return (code === undefined ? undefined : await login(code)) ?? storedToken() ?? (await login());
}
