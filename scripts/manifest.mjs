/** The package.json of the published package. */

/**
 * Everything that runs is bundled, so the published package has no dependencies and no scripts.
 * @param {Record<string, unknown>} manifest the package.json of the repository
 */
export function publishedManifest({ private: _, scripts: __, dependencies: ___, devDependencies: ____, ...published }) {
  return published;
}
