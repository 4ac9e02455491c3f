import { arrayOf, numberOf, objectOf, textOf } from '../../node/kit/json/coerce.ts';
import { firstOf } from '../../shared/kit/text/numbers.ts';
import { baseName, MAX_PROFILES, type Profile, type Profiles, unitOf } from './shared/profile.ts';
import { createTree, MAX_DEPTH, type StackTree } from './shared/stack-tree.ts';

/** Reads speedscope's format, which py-spy and others write too: https://www.speedscope.app/file-format-schema.json */
export function readSpeedscope(json: unknown): Profiles {
  const file = objectOf(json);
  const frames = arrayOf(objectOf(file.shared).frames).map((frame) => {
    const { name, file: path, line } = objectOf(frame);
    const location =
      typeof path === 'string' ? ` ${baseName(path)}${numberOf(line) > 0 ? `:${numberOf(line)}` : ''}` : '';
    return `${textOf(name) || '(anonymous)'}${location}`;
  });
  const allProfiles = arrayOf(file.profiles).map(objectOf);
  const profiles = allProfiles.slice(0, MAX_PROFILES).map((profile, i): Profile => {
    const tree = createTree();
    if (profile.type === 'evented') readEvents(tree, profile, frames);
    else readSamples(tree, profile, frames);
    return {
      name: textOf(profile.name) || `profile ${i + 1}`,
      unit: unitOf(textOf(profile.unit)),
      stacks: tree.result(),
    };
  });
  const notes = allProfiles.length > MAX_PROFILES ? [firstOf(MAX_PROFILES, allProfiles.length, 'profile')] : [];
  return { format: 'speedscope', profiles, notes };
}

function readSamples(tree: StackTree, profile: Readonly<Record<string, unknown>>, frames: readonly string[]): void {
  const lane = tree.lane(0);
  const weights = arrayOf(profile.weights);
  arrayOf(profile.samples).forEach((sample, i) => {
    let node = 0;
    for (const frame of arrayOf(sample).slice(0, MAX_DEPTH)) node = tree.child(node, tree.name(nameOf(frames, frame)));
    tree.add(node, weights.length > 0 ? Math.max(0, numberOf(weights[i])) : 1, lane);
    tree.prune();
  });
}

function readEvents(tree: StackTree, profile: Readonly<Record<string, unknown>>, frames: readonly string[]): void {
  const lane = tree.lane(0);
  const open: number[] = [];
  let lastTime = numberOf(profile.startValue);
  for (const event of arrayOf(profile.events)) {
    const { type, frame, at } = objectOf(event);
    const time = Math.max(lastTime, numberOf(at, lastTime));
    // Look the nodes up again: pruning may have changed their numbers.
    let node = 0;
    for (const step of open) node = tree.child(node, tree.name(nameOf(frames, step)));
    if (time > lastTime) tree.add(node, time - lastTime, lane);
    lastTime = time;
    if (type === 'C') open.pop();
    else if (open.length < MAX_DEPTH) open.push(numberOf(frame, -1));
    tree.prune();
  }
}

function nameOf(frames: readonly string[], frame: unknown): string {
  return frames[numberOf(frame, -1)] ?? '[unknown]';
}
