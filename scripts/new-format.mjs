/**
 * Makes the skeleton of a format: `npm run new-format NAME [TYPE…]`.
 *
 * Writes src/formats/NAME/format.ts and a golden case that fails until the format renders the expected page. TYPE is a
 * file name extension; without one, NAME is.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from './generate.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

function fail(problem, advice) {
  process.stderr.write(`new-format: ${problem}; ${advice}\n`);
  process.exit(1);
}

const [name, ...others] = process.argv.slice(2);
const types = others.length > 0 ? others : [name];
if (!name || !/^[a-z][a-z0-9-]*$/.test(name)) fail(`"${name ?? ''}" is no name of a format`, 'use a-z, 0-9 and "-"');
const wrong = types.find((type) => !/^[\w.+-]+$/.test(type));
if (wrong !== undefined) fail(`"${wrong}" is no type`, 'give a file name extension without its dot');
const folder = join(root, 'src/formats', name);
if (existsSync(folder)) fail(`src/formats/${name} exists`, 'choose another name');

const format = `import { readEnds } from '../../node/kit/text/file-ends.ts';
import type { Format } from '../../shared/format.ts';
import { page } from '../../shared/kit/page/shell.ts';
import { decode, detectCharset, textHtml } from '../../shared/kit/text/charset.ts';
import { size } from '../../shared/kit/text/numbers.ts';

/** Bytes that the preview reads. */
const HEAD_BYTES = 64 * 1024;

export default {
  name: '${name}',
  about: 'describe it in one line, for \`wp types\`',
  types: [${types.map((type) => `'${type}'`).join(', ')}],
  searchText: 'source',
  preview: true,

  async render(input, output) {
    const { head } = readEnds(input.path, { whole: HEAD_BYTES, head: HEAD_BYTES, tail: 0 });
    const text = decode(head, detectCharset(head).charset);
    await output.page(
      page({
        title: input.title ?? input.name,
        body: \`<div class="bar"><span class="note">\${size(input.bytes)}</span></div><pre>\\n\${textHtml(text)}</pre>\`,
      }),
    );
  },
} satisfies Format;
`;

const golden = join(folder, 'golden', types[0], 'first');
await mkdir(golden, { recursive: true });
await writeFile(join(folder, 'format.ts'), format);
await writeFile(join(golden, `input.${types[0]}`), 'replace this by a small file of this kind\n');
await writeFile(join(golden, 'expected.html'), 'not rendered yet\n');
try {
  await generate();
} catch (error) {
  process.stderr.write(`new-format: ${error.message}; mend that, then run: node scripts/generate.mjs\n`);
  process.exitCode = 1;
}
process.stdout.write(`src/formats/${name}/format.ts                     what it recognises, and its page
src/formats/${name}/golden/${types[0]}/first/    an input and the page it has to give

Next:
    npm test -- golden                        fails: the expected page is not written yet
    npm run page src/formats/${name}/golden/${types[0]}/first/input.${types[0]}
    UPDATE_GOLDEN=1 npm test -- golden        writes the pages; read the difference before you commit it
`);
