/**
 * Exits 0 where node_modules/ holds what package-lock.json names, whatever the times of the files say, so that the
 * launcher does not install for nothing. Packages for other systems (optional) may be missing.
 */
import { readFileSync, utimesSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const packagesOf = (path) => JSON.parse(readFileSync(new URL(path, root), 'utf8')).packages;
const installed = new URL('node_modules/.package-lock.json', root);
const wanted = packagesOf('package-lock.json');
const present = packagesOf('node_modules/.package-lock.json');
const missing = Object.keys(wanted).some(
  (path) => path && !wanted[path].optional && wanted[path].version !== present[path]?.version,
);
if (missing) process.exit(1);
utimesSync(installed, new Date(), new Date());
