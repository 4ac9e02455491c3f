import { isText } from '../../shared/kit/text/charset.ts';

const LINE = /^(?:#|---(?:\s|$)|\.\.\.\s*$|%YAML |-(?:\s|$)|[\w."'/$<-][^:#{}<>|]{0,80}:(?:\s|$))/;
/** A key with something below it. */
const NEST = /^["'\w./-]+:[ \t]*\n(?:[ \t]+|- )\S/m;

/**
 * `yaml`, if all lines of the first bytes of a file are YAML's, and some are nested as those of no other text are:
 * what settings and clusters print (`kubectl get -o yaml`).
 */
export function sniffYaml(head: Uint8Array): string | undefined {
  if (!isText(head)) return undefined;
  const text = new TextDecoder().decode(head).replace(/\r\n/g, '\n');
  // Of a long file the last line is cut.
  const lines = text.slice(0, head.length >= 4096 ? text.lastIndexOf('\n') : undefined).split('\n');
  const top = lines.filter((line) => /^\S/.test(line));
  if (top.length < 2 || !NEST.test(text)) return undefined;
  return top.every((line) => LINE.test(line)) ? 'yaml' : undefined;
}
