import { expect, test } from 'vitest';
import { renderers } from './index.ts';
import notebook from './notebook.ts';

test.each([
  ['{\n "cells": [\n  {\n   "cell_type": "code",', 'ipynb'],
  ['{"metadata": {}, "nbformat": 4, "cells": []}', 'ipynb'],
  ['{"cells": [1, 2, 3]}', undefined],
  ['{"a": {"cells": [], "nbformat": 4}}', undefined],
  ['cells: nbformat', undefined],
])('the first bytes %j are of %s', (head, type) => {
  expect(notebook.sniff(new TextEncoder().encode(head))).toBe(type);
});

test('it is asked before json, which takes all that is JSON', () => {
  const names = renderers.map((renderer) => renderer.name);
  expect(names.indexOf('ipynb')).toBeLessThan(names.indexOf('json'));
});
