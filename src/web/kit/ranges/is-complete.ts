/**
 * Whether the server has all `size` bytes of a file: the preview of a large file is shown before its copy is complete.
 * True if the server cannot be asked.
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
