import { isText } from '../../shared/kit/text/charset.ts';

const LINE = /^(?:#|---(?:\s|$)|\.\.\.\s*$|%YAML |-(?:\s|$)|[\w."'/$<-][^:#{}<>|]{0,80}:(?:\s|$))/;
/** A key with nested content. */
const NEST = /^["'\w./-]+:[ \t]*\n(?:[ \t]+|- )\S/m;

/**
 * Returns `yaml` if all lines at the beginning of a file are YAML and some are nested in a way that other texts are not,
 * as in configuration files and the output of `kubectl get -o yaml`.
 */
export function sniffYaml(head: Uint8Array): string | undefined {
  if (!isText(head)) return undefined;
  const text = new TextDecoder().decode(head).replace(/\r\n/g, '\n');
  // In a long file the last line may be incomplete.
  const lines = text.slice(0, head.length >= 4096 ? text.lastIndexOf('\n') : undefined).split('\n');
  const topLevelLines = lines.filter((line) => /^\S/.test(line));
  if (topLevelLines.length < 2 || !NEST.test(text)) return undefined;
  return topLevelLines.every((line) => LINE.test(line)) ? 'yaml' : undefined;
}
