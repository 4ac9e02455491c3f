/**
 * Exits with 0 if node_modules/ has the packages in package-lock.json. The launcher runs it to avoid installing again
 * when only the modification times differ. Packages for other systems (optional) may be missing; with `--omit=dev`,
 * linters and test tools may be missing too.
 */
import { readFileSync, utimesSync } from 'node:fs';

const root = new URL('..', import.meta.url);
const packagesOf = (path) => JSON.parse(readFileSync(new URL(path, root), 'utf8')).packages;
const lockOfInstalled = new URL('node_modules/.package-lock.json', root);
const wanted = packagesOf('package-lock.json');
const present = packagesOf('node_modules/.package-lock.json');
const omitDev = process.argv.includes('--omit=dev');
const isMissing = ([path, { version, optional, dev }]) =>
  path && !optional && !(omitDev && dev) && version !== present[path]?.version;
if (Object.entries(wanted).some(isMissing)) process.exit(1);
utimesSync(lockOfInstalled, new Date(), new Date());
