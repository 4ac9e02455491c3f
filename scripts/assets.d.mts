export function assetEntries(root: string): Promise<Record<string, string>>;
