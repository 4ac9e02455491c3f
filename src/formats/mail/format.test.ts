import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectLinear } from '../../../test/support/growth.ts';
import mail from './format.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'webpipe-mail-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function pageOf(text: string): Promise<string> {
  const path = join(dir, 'mail');
  await writeFile(path, text);
  let page = '';
  await mail.render(
    { path, name: 'mail', type: 'eml', host: 'h', bytes: text.length, open: false, source: 'id/source/mail' },
    {
      dir,
      href: 'id',
      asset: (name) => name,
      page: async (html) => {
        page = html;
      },
    },
  );
  return page;
}

test.each([
  ['Return-Path: <a@b>\r\nReceived: from x\r\n\tby y\r\nFrom: a@b\r\nSubject: s\r\n\r\nText', 'eml'],
  ['From: a@b\nTo: c@d\nSubject: s\n\nText', 'eml'],
  ['Subject: only this\n\nText', undefined],
  ['From: a@b\nTo: c@d\na line that is no header\nSubject: s\n\nText', undefined],
  ['name: From\nSubject: s\nFrom: a\nTo: b\n', undefined],
  ['From,To,Subject\na,b,c\n', undefined],
])('the first bytes %j are recognised as %s', (head, type) => {
  expect(mail.sniff(new TextEncoder().encode(head))).toBe(type);
});

test("an attachment's name is never used as a path", async () => {
  const page = await pageOf(
    'From: a@b\nSubject: s\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nText\n--x\nContent-Disposition: attachment; filename="../../../etc/passwd"\n\nbytes\n--x--\n',
  );
  expect(page).toContain('href="id/attachment-1" download="../../../etc/passwd"');
  expect(await readFile(join(dir, 'attachment-1'), 'utf8')).toBe('bytes\n');
});

test('an incomplete mail is shown as far as it goes', async () => {
  const page = await pageOf(
    'From: a@b\nSubject: s\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html\n\n<p>Hello <b>wor',
  );
  expect(page).toMatch(/<p>Hello <b>wor\s*<\/b><\/p>/);
});

test('large HTML, many recipients and deep nesting are limited', async () => {
  const head = 'From: a@b\nSubject: s\n';
  const html = await pageOf(`${head}Content-Type: text/html\n\n${'<div>'.repeat(200_000)}`);
  expect(html).toContain('too large to be shown');
  const people = Array.from({ length: 1000 }, (_, i) => `p${i}@example.org`).join(', ');
  expect(await pageOf(`${head}To: ${people}\n\nText`)).toContain('and 950 more');
  const nested = `${head}${Array.from({ length: 1000 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`).join('')}`;
  expect(await pageOf(nested)).toMatch(/class="bad">[^<]*nesting/i);
});

test('long subjects, nested mails and many lines are limited', async () => {
  expect((await pageOf(`From: a@b\nSubject: a\n${' b\n'.repeat(100_000)}\nText`)).length).toBeLessThan(100_000);
  await expectLinear(10_000, (count) => pageOf(`From: a@b\n${'Content-Type: message/rfc822\n\n'.repeat(count)}Text`));
  const lines = await pageOf(
    `From: a@b\nContent-Type: x/y\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment\n\n${'QUFB\n'.repeat(1_000_000)}`,
  );
  expect(lines).toContain('The beginning of a mail');
});
