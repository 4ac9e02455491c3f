import type { Profile as Decoded } from 'pprof-format';
import { count } from '../../shared/kit/text/numbers.ts';
import { baseName, MAX_PROFILES, type Profile, type Profiles, unitOf } from './shared/profile.ts';
import { createTree, MAX_DEPTH } from './shared/stack-tree.ts';

/**
 * Reads an uncompressed pprof profile (`profile.proto` of google/pprof), as written by Go, Rust, C++, Node and others.
 * Returns one profile per sample type.
 * @throws Error if the bytes are not such a message
 */
export async function readPprof(bytes: Uint8Array): Promise<Profiles> {
  const { Profile: Message } = await import('pprof-format');
  let message: Decoded;
  try {
    message = Message.decode(bytes);
  } catch (cause) {
    throw new Error('this is not a pprof profile, or it is incomplete', { cause });
  }
  const text = (index: number | bigint | undefined) => message.stringTable.strings[Number(index ?? 0)] ?? '';
  const functions = new Map(message.function.map((entry) => [Number(entry.id), entry]));
  const mappings = new Map(message.mapping.map((entry) => [Number(entry.id), baseName(text(entry.filename))]));
  /** The frames at an address, the outermost first: a function and the functions inlined into it. */
  const frames = new Map(
    message.location.map((location) => {
      const names = location.line.map(({ functionId, line }) => {
        const found = functions.get(Number(functionId));
        const file = baseName(text(found?.filename));
        const name = text(found?.name) || text(found?.systemName) || '(anonymous)';
        return `${name}${file ? ` ${file}${Number(found?.startLine || line) > 0 ? `:${Number(found?.startLine || line)}` : ''}` : ''}`;
      });
      const address = mappings.get(Number(location.mappingId)) || `0x${Number(location.address).toString(16)}`;
      return [Number(location.id), names.length > 0 ? names.reverse() : [`[${address}]`]] as const;
    }),
  );
  let negative = 0;
  const types = message.sampleType.slice(0, MAX_PROFILES);
  const profiles = types.map(({ type, unit }, i): Profile => {
    const tree = createTree();
    for (const sample of message.sample) {
      const weight = Number(sample.value[i] ?? 0);
      // The difference of two profiles contains negative values, which a flame graph cannot show.
      if (weight < 0) negative++;
      if (!(weight > 0)) continue;
      let [node, depth] = [0, 0];
      for (const id of [...sample.locationId].reverse()) {
        for (const name of frames.get(Number(id)) ?? ['[unknown]']) {
          if (depth++ < MAX_DEPTH) node = tree.child(node, tree.name(name));
        }
      }
      tree.add(node, weight);
      tree.prune();
    }
    return { name: text(type) || `value ${i + 1}`, unit: unitOf(text(unit)), stacks: tree.result() };
  });
  if (profiles.length === 0) throw new Error('this is not a pprof profile, or it is incomplete: it has no sample type');
  // Put the sample type first that pprof shows by default.
  const defaultType = text(message.defaultSampleType) || (types.length > 1 ? text(types.at(-1)?.type) : '');
  profiles.sort((a, b) => Number(b.name === defaultType) - Number(a.name === defaultType));
  const note = `Negative values, as in the difference of two profiles, are left out: ${count(negative)}.`;
  return { format: 'pprof', profiles, notes: negative > 0 ? [note] : [] };
}
