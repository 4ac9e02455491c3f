/** Random JSON documents, as a tree and as Python's `json` reads them. */
import { expect, test } from 'vitest';
import { openDocument } from '../../src/shared/kit/tree/json-document.ts';
import { openJson } from '../../src/shared/kit/tree/open-json.ts';
import { has } from '../client/client.ts';
import { jsonDocument } from './documents.ts';
import { leavesOf, pythonLeaves } from './leaves.ts';
import { randomCount, randomFrom, randomSeed } from './random.ts';
import { recordResult } from './report.ts';

const READ = `
class Number(str): pass
class Pairs(list): pass
read = lambda text: json.loads(text, object_pairs_hook=Pairs, parse_int=Number, parse_float=Number, parse_constant=Number)
def leaves(value, path, out):
    if isinstance(value, Number): out.append([path, 'number', str(value)])
    elif isinstance(value, Pairs):
        out.append([path, 'object', len(value)])
        for key, item in value: leaves(item, path + [key], out)
    elif isinstance(value, list):
        out.append([path, 'array', len(value)])
        for i, item in enumerate(value): leaves(item, path + [str(i)], out)
    elif isinstance(value, str): out.append([path, 'string', value])
    else: out.append([path, 'word', json.dumps(value)])
    return out
`;

test.skipIf(!has('python3'))('random documents are shown as Python reads them', () => {
  const random = randomFrom(randomSeed);
  const texts = Array.from({ length: randomCount }, () => jsonDocument(random));
  const expected = pythonLeaves(READ, texts);
  for (const [i, text] of texts.entries()) {
    const { document, problem } = openJson(new TextEncoder().encode(text), false);
    const hint = `CONFORMANCE_SEED=${randomSeed}, document ${i}: ${text}`;
    expect(problem, hint).toBeUndefined();
    expect(leavesOf(document), hint).toEqual(expected[i]);
  }
  recordResult({
    suite: 'random-json',
    source: `random documents, compared with Python's json`,
    right: texts.length,
    refused: 0,
    wrong: 0,
    wrongCases: [],
  });
});

test.skipIf(!has('python3'))('random lines are shown as Python reads them', () => {
  const random = randomFrom(randomSeed);
  const texts = Array.from({ length: randomCount }, () => jsonDocument(random, 0));
  const document = openDocument(new TextEncoder().encode(texts.join(random.pick(['\n', '\r\n', '\n\n']))), true);
  const expected = pythonLeaves(READ, texts);
  const rows = document.children(document.root, 0, texts.length);
  expect(rows).toHaveLength(texts.length);
  for (const [i, row] of rows.entries())
    expect(leavesOf(document, row), `CONFORMANCE_SEED=${randomSeed}, line ${i}`).toEqual(expected[i]);
});
