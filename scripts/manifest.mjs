/** The package.json of the published package. */

/** Everything that runs is bundled, so the published package has no dependencies; its scripts are for a clone. */
const UNPUBLISHED = new Set(['private', 'scripts', 'dependencies', 'devDependencies']);

/**
 * @param {Record<string, unknown>} manifest the package.json of the repository
 * @returns {Record<string, unknown>} the one to publish
 */
export function publishedManifest(manifest) {
  return Object.fromEntries(Object.entries(manifest).filter(([name]) => !UNPUBLISHED.has(name)));
}
