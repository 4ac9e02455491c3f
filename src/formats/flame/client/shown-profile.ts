import { anyCase } from '../../../shared/case.ts';
import { type FlameFacts, type ProfileFacts, weightText } from '../shared/facts.ts';
import { type Frame, matchedWeight } from './layout.ts';

/** A profile and the names that its nodes refer to. */
export interface ShownProfile {
  readonly profile: ProfileFacts;
  readonly names: FlameFacts['names'];
}

/** The name of the function of a node. */
export function nameOf({ profile, names }: ShownProfile, node: number): string {
  return names[profile.nodes[node * 4] ?? 0] || 'all';
}

/** A weight as its share of the total: `12.5 %`. */
export function percentText({ nodes }: ProfileFacts, weight: number): string {
  const share = (100 * weight) / (nodes[2] || 1);
  return `${share === 0 ? 0 : share.toFixed(share < 0.1 ? 3 : 1)} %`;
}

/**
 * The numbers of a frame: its total and self weight. In order of time, a node may have several frames; then the weight of
 * this one comes first.
 */
export function weightsText({ profile }: ShownProfile, { node, width }: Frame): string {
  const total = profile.nodes[node * 4 + 2] ?? 0;
  const self = profile.nodes[node * 4 + 3] ?? 0;
  const text = (weight: number) => `${weightText(weight, profile.unit)}, ${percentText(profile, weight)}`;
  const isPart = Math.abs(width - total) > (profile.nodes[2] ?? 0) / 1e6;
  return `${isPart ? `${weightText(width, profile.unit)} here, ` : ''}${text(total)}; itself ${text(self)}`;
}

export interface SearchResult {
  readonly nodes: ReadonlySet<number>;
  /** Weight of the found nodes, nested ones counted once. */
  readonly weight: number;
}

/** Finds the nodes whose names contain a text, in any case. */
export function findNodes({ profile, names }: ShownProfile, text: string): SearchResult {
  const pattern = anyCase(text);
  const nameMatches = names.map((name) => pattern.test(name));
  const nodes = new Set<number>();
  for (let offset = 0; offset < profile.nodes.length; offset += 4)
    if (nameMatches[profile.nodes[offset] ?? 0]) nodes.add(offset / 4);
  return { nodes, weight: matchedWeight(profile, (name) => nameMatches[name] ?? false) };
}

/** The status line for a search result. */
export function searchResultText({ profile }: ShownProfile, { nodes, weight }: SearchResult): string {
  if (nodes.size === 0) return 'Not found.';
  return `Found: ${weightText(weight, profile.unit)}, ${percentText(profile, weight)} of all.`;
}
