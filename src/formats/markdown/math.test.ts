import { expect, test } from 'vitest';
import { parse } from './parse.ts';

const html = (text: string) => parse(text).html({ files: new Set(), source: 'id/source' });

test.each([
  ['$x$', 1],
  ['a $x+1$, b', 1],
  ['$`x_y`$', 1],
  ['$$x$$', 1],
  ['> $$\n> x\n> $$', 1],
  ['```math\nx\n```', 1],
  ['- $a$ and $b$', 2],
  ['$5 and $6', 0],
  ['US$5 and $x', 0],
  ['$ x $', 0],
  ['`$x$`', 0],
  ['\\$x\\$', 0],
  ['$x\n\ny$', 0],
  ['a$b$c', 0],
  ['```\n$x$\n```', 0],
  ['$$\nnever closed', 0],
])('%j has %i formulas', async (text, count) => {
  expect((await html(text)).split('class="katex"').length - 1).toBe(count);
});

test('sanitising the HTML of a document preserves formulas', async () => {
  const page = await html('<b onclick="alert(1)">b</b> $x < y$ $\\text{<script>alert(1)</script>}$');
  expect(page).toContain('<span class="mrel">&lt;</span>');
  expect(page).not.toMatch(/<script|onclick/);
});

test('an invalid or endless formula is shown as source', async () => {
  expect(await html('$\\frac{a$')).toContain('<code>$\\frac{a$</code>');
  expect(await html('$\\def\\a{\\a\\a}\\a$')).not.toContain('class="katex"');
});

test('the HTML of many formulas is limited', async () => {
  const page = await html('$\\sum_{i=0}^n \\frac{a_i}{b_i}$ '.repeat(5000));
  expect(page.length).toBeLessThan(600_000);
});
