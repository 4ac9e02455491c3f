import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderPage } from '../../node/kit/text/testing.ts';
import { splitHtmlLines } from '../../shared/kit/code/lines.ts';
import code from './format.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'webpipe-code-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function pageOf(type: string, text: string): Promise<string> {
  const path = join(dir, 'source');
  await writeFile(path, text);
  return renderPage(code, path, { type });
}

test.each([
  ['#!/bin/sh -e\n', 'sh'],
  ['#!/usr/bin/env python3\n', 'py'],
  ['#! /usr/bin/env -S node --test\n', 'js'],
  ['#!/usr/local/bin/python3.12\n', 'py'],
  ['#!/usr/bin/perl', 'pl'],
  ['#!/usr/bin/env unheard-of\n', undefined],
  ['#!/bin/sh\n\0\0\0\0\0\0', undefined],
  ['# /bin/sh\n', undefined],
  ['a,b\n#!/bin/sh\n', undefined],
])('the first line %j is recognised as %s', (head, type) => {
  expect(code.sniff(new TextEncoder().encode(head))).toBe(type);
});

test('a span over several lines is split into one span per line', () => {
  expect(splitHtmlLines('a<span class="x">b\n\n<span class="y">c</span>d</span>\ne')).toEqual([
    'a<span class="x">b</span>',
    '<span class="x"></span>',
    '<span class="x"><span class="y">c</span>d</span>',
    'e',
  ]);
});

test('.m is Objective-C or MATLAB', async () => {
  expect(await pageOf('m', '#import <Foundation/Foundation.h>\n')).toContain('Objective-C');
  expect(await pageOf('m', 'function y = f(x)\n  y = x;\nend\n')).toContain('MATLAB');
});

test('a large file is shown as plain text', async () => {
  const large = await pageOf('py', 'x = [1, "two", None]\n'.repeat(100_000));
  expect(large).toContain('id="gap"');
  expect(large.length).toBeLessThan(64 * 1024);
  // The text is within its limit, but the HTML exceeds its own.
  const dense = await pageOf('py', '1 '.repeat(30_000).replace(/(.{60})/g, '$1\n'));
  expect(dense).not.toContain('class="code"');
});

test('a long line of a minified file is not highlighted', async () => {
  const page = await pageOf('js', `var x = 1;${'f("a");'.repeat(2000)}\n`);
  expect(page).toContain('class="code"');
  expect(page).not.toContain('class="h-');
});

test('every grammar loads and highlights', async () => {
  for (const type of code.types) expect(await pageOf(type, 'x "y" 1\n/* z */ <a>\n'), type).toContain('class="code"');
});
