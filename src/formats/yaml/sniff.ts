import { isText } from '../../shared/kit/text/charset.ts';

/** A line of YAML that is not indented: a comment, marker, directive, item or key. */
const LINE = /^(?:#|---(?:\s|$)|\.\.\.\s*$|%YAML |-(?:\s|$)|[\w."'/$<-][^:#{}<>|]{0,80}:(?:\s|$))/;
/** A key with nested content on the next line. */
const NESTED_KEY = /^["'\w./-]+:[ \t]*\n(?:[ \t]+|- )\S/m;

/**
 * Returns `yaml` if all lines at the beginning of a file that are not indented are YAML, and a key has nested content.
 * Other texts rarely have both; configuration files and the output of `kubectl get -o yaml` do.
 */
export function sniffYaml(head: Uint8Array): string | undefined {
  if (!isText(head)) return undefined;
  const text = new TextDecoder().decode(head).replace(/\r\n/g, '\n');
  // In a long file the last line may be incomplete.
  const lines = text.slice(0, head.length >= 4096 ? text.lastIndexOf('\n') : undefined).split('\n');
  const topLevelLines = lines.filter((line) => /^\S/.test(line));
  if (topLevelLines.length < 2 || !NESTED_KEY.test(text)) return undefined;
  return topLevelLines.every((line) => LINE.test(line)) ? 'yaml' : undefined;
}
