/**
 * Whether the server has all of a file, in the page: a large one is shown before its copy is made. Where the server does
 * not let us ask, we take it that it has.
 */
export async function isComplete(url: string, size: number): Promise<boolean> {
  try {
    const response = await fetch(url, { headers: { Range: 'bytes=0-0' }, cache: 'no-store' });
    const total = /\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1];
    await response.body?.cancel();
    if (response.status === 404) return false;
    return total === undefined || Number(total) >= size;
  } catch {
    return true;
  }
}
