import type { ViewerMessage } from '../../shared/feed.ts';

/** Parses a message of a viewer. @returns undefined if it is malformed */
export function parseViewerMessage(text: string): ViewerMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
  const message = value as Readonly<Record<string, unknown>>;
  const isString = (field: string) => typeof message[field] === 'string';
  const isValid =
    (message.kind === 'subscribe' && isString('token') && isString('scroll')) ||
    (message.kind === 'bind' && isString('frame') && isString('id')) ||
    (message.kind === 'spare' && Number.isInteger(message.count));
  return isValid ? (message as unknown as ViewerMessage) : undefined;
}
