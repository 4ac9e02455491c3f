/** The package.json of the published package. */

/**
 * The fields to remove: everything is bundled, so the package needs no dependencies, and the scripts work in a clone
 * only.
 */
const UNPUBLISHED = new Set(['private', 'scripts', 'dependencies', 'devDependencies']);

/**
 * @param {Record<string, unknown>} manifest the package.json of the repository
 * @returns {Record<string, unknown>} the one to publish
 */
export function publishedManifest(manifest) {
  return Object.fromEntries(Object.entries(manifest).filter(([name]) => !UNPUBLISHED.has(name)));
}
