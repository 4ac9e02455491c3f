/** The contract of `Store`, as tests for any implementation. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { OwnedScroll, ScrollReader, SequencedEvent, Store } from '../../src/node/store/store.ts';
import type { Entry } from '../../src/shared/entry.ts';
import { reduceEntry } from '../../src/shared/events.ts';

/** Storage for the scrolls of one test. */
export interface TestStorage {
  /** Opens the store. It may be opened more than once, as by several processes. */
  open(warn: (line: string) => void): Store;
  /** A directory from which the store may move files. */
  readonly spool: string;
  /** Whether anything stored contains this text. */
  contains(text: string): boolean;
  /** Makes the event with this sequence number unreadable. The scroll must not be open for its owner. */
  damage(scroll: string, seq: number): void;
  remove(): void;
}

let lastId = 0;

/** The file of an entry, as passed to `accept`. */
function someFile(id = (++lastId).toString(16).padStart(32, '0')) {
  return { id, name: 'a.txt', type: 'txt', host: 'here', time: '2030-01-02T03:04:05Z', bytes: 3 };
}

/** Runs the contract against one implementation. */
export function storeContract(kind: string, createStorage: () => TestStorage): void {
  describe(`the ${kind} store`, () => {
    const cleanups: (() => unknown)[] = [];
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    });

    interface Setup {
      readonly storage: TestStorage;
      readonly store: Store;
      /** The warnings that the store has printed. */
      readonly warnings: string[];
    }

    function setUp(): Setup {
      const storage = createStorage();
      cleanups.push(() => storage.remove());
      const warnings: string[] = [];
      return { storage, warnings, store: storage.open((line) => warnings.push(line)) };
    }

    async function openOwner(store: Store, name = 'test'): Promise<OwnedScroll> {
      const scroll = await store.openOwner(name);
      cleanups.push(() => scroll.close().catch(() => {}));
      return scroll;
    }

    async function openReader(store: Store, name = 'test'): Promise<ScrollReader> {
      const scroll = await store.openReader(name);
      if (!scroll) throw new Error(`there is no scroll ${name}`);
      cleanups.push(() => scroll.close());
      return scroll;
    }

    async function setUpOwned(): Promise<Setup & { scroll: OwnedScroll }> {
      const setup = setUp();
      return { ...setup, scroll: await openOwner(setup.store) };
    }

    /** Writes a page and its directory in `folder`. @returns the path of the page */
    function writePage(folder: string, id: string, html = '<p>page</p>', files: Record<string, string> = {}): string {
      const base = join(folder, id);
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(join(base, name, '..'), { recursive: true });
        writeFileSync(join(base, name), text);
      }
      writeFileSync(`${base}.html`, html);
      return `${base}.html`;
    }

    /** Adds an entry with a page and a source file to a scroll. */
    async function addEntry(
      { scroll, storage }: { scroll: OwnedScroll; storage: TestStorage },
      fields: { name?: string; title?: string; content?: string } = {},
    ): Promise<Entry> {
      const { content = 'text', ...labels } = fields;
      const { entry } = scroll.accept({ ...someFile(), ...labels });
      const { n, id } = entry;
      const files = { [`source/${labels.name ?? 'a.txt'}`]: content, 'entry.json': JSON.stringify({ id, ...labels }) };
      const page = await scroll.files.put(id, writePage(storage.spool, id, `<p>${content}</p>`, files));
      await scroll.append({ event: 'rendered', n, id }, page);
      return scroll.entry(id) as Entry;
    }

    async function textOf(file: Awaited<ReturnType<ScrollReader['files']['page']>>, start?: number, end?: number) {
      if (!file) return undefined;
      const pieces: Buffer[] = [];
      for await (const piece of file.read(start, end) as unknown as AsyncIterable<Buffer>) pieces.push(piece);
      return Buffer.concat(pieces).toString('utf8');
    }

    describe('events', () => {
      test('entries are numbered 1, 2, 3 in the order of acceptance', async () => {
        const { scroll } = await setUpOwned();
        const accepted = Array.from({ length: 50 }, () => scroll.accept(someFile()));
        expect(accepted.map(({ entry }) => entry.n)).toEqual(accepted.map((_, i) => i + 1));
        await Promise.all(accepted.map(({ durable }) => durable));
        expect(scroll.entries.map(({ n }) => n)).toEqual(accepted.map((_, i) => i + 1));
        expect(scroll.seq).toBe(50);
      });

      test('the same id twice is the same entry', async () => {
        const { scroll } = await setUpOwned();
        const [one, two] = [scroll.accept(someFile('ab'.repeat(16))), scroll.accept(someFile('ab'.repeat(16)))];
        await Promise.all([one.durable, two.durable]);
        expect(two.entry.n).toBe(1);
        expect(scroll.entries).toHaveLength(1);
        expect(scroll.eventsAfter(0)).toHaveLength(1);
      });

      test('entries have the state that events give them, and are found by id and number', async () => {
        const { scroll } = await setUpOwned();
        const { entry } = scroll.accept(someFile());
        expect(scroll.entry(entry.id)).toMatchObject({ n: 1, status: 'accepted' });
        await scroll.append({ event: 'failed', n: 1, id: entry.id, error: 'why' });
        expect(scroll.entry(entry.id)).toMatchObject({ status: 'failed', error: 'why' });
        expect(scroll.entryAt(1)).toBe(scroll.entry(entry.id));
        expect(scroll.entry('00'.repeat(16))).toBeUndefined();
        expect(scroll.entryAt(2)).toBeUndefined();
      });

      test('a subscriber that reads a snapshot in the same tick misses no event', async () => {
        const { scroll } = await setUpOwned();
        const readers: { received: Map<number, SequencedEvent>; order: number[] }[] = [];
        for (let i = 0; i < 30; i++) {
          const { entry } = scroll.accept(someFile());
          void scroll.append({ event: 'rendered', n: entry.n, id: entry.id });
          if (i % 10 === 5) {
            const reader = { received: new Map<number, SequencedEvent>(), order: [] as number[] };
            const take = (event: SequencedEvent) => {
              if (!reader.received.has(event.seq)) reader.order.push(event.seq);
              reader.received.set(event.seq, event);
            };
            scroll.subscribe(take);
            for (const event of scroll.eventsAfter(0)) take(event);
            readers.push(reader);
          }
          if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        const { durable } = scroll.accept(someFile());
        await durable;
        for (const { received, order } of readers) {
          expect(order).toEqual(Array.from({ length: 61 }, (_, i) => i + 1));
          expect([...received.values()].map(({ event }) => event)).toEqual(
            scroll.eventsAfter(0).map(({ event }) => event),
          );
        }
        expect(scroll.eventsAfter(59).map(({ seq }) => seq)).toEqual([60, 61]);
        expect(scroll.eventsAfter(61)).toEqual([]);
      });

      test('a cancelled subscription gets no more events', async () => {
        const { scroll } = await setUpOwned();
        const received: number[] = [];
        const cancel = scroll.subscribe(({ seq }) => received.push(seq));
        await scroll.accept(someFile()).durable;
        cancel();
        await scroll.accept(someFile()).durable;
        expect(received).toEqual([1]);
      });

      test('growth reaches subscribers and the state, but is not stored', async () => {
        const { scroll } = await setUpOwned();
        const { entry, durable } = scroll.accept(someFile());
        await durable;
        const received: SequencedEvent[] = [];
        scroll.subscribe((event) => received.push(event));
        scroll.grow(entry.id, 99);
        expect(received).toMatchObject([{ seq: 1, event: { event: 'grown', bytes: 99 } }]);
        expect(scroll.entry(entry.id)?.bytes).toBe(99);
        expect(scroll.seq).toBe(1);
      });

      test('a scroll is the same after closing and opening it', async () => {
        const { scroll, store } = await setUpOwned();
        const writes: Promise<void>[] = [];
        for (let i = 0; i < 20; i++) {
          const { entry, durable } = scroll.accept({ ...someFile(), title: 'ein Títel ☃' });
          const { n, id } = entry;
          writes.push(durable);
          if (i % 3) writes.push(scroll.append({ event: 'rendered', n, id, ms: i, ...(i % 2 ? { open: true } : {}) }));
          if (i % 5 === 0) writes.push(scroll.append({ event: 'failed', n, id, error: 'two\nlines' }));
        }
        await Promise.all(writes);
        const [entries, events, journal] = [[...scroll.entries], scroll.eventsAfter(0), scroll.journal];
        await scroll.close();
        const again = await openOwner(store);
        expect(again.entries).toEqual(entries);
        expect(again.eventsAfter(0).map(({ seq, event }) => ({ seq, event }))).toEqual(
          JSON.parse(JSON.stringify(events)),
        );
        expect(again.journal).toBe(journal);
        const replayed = again.eventsAfter(0).reduce<Entry[]>((made, { event }) => {
          const next = reduceEntry(made[event.n - 1], event);
          if (next) made[event.n - 1] = next;
          return made;
        }, []);
        expect(replayed).toEqual(entries);
        expect(again.accept(someFile()).entry.n).toBe(21);
      });
    });

    describe('owners and readers', () => {
      test('a scroll has one owner at a time', async () => {
        const { scroll, store } = await setUpOwned();
        await expect(store.openOwner('test')).rejects.toThrow(`belongs to process ${process.pid}`);
        await openOwner(store, 'another');
        await scroll.close();
        expect((await openOwner(store)).seq).toBe(0);
      });

      test('a reader follows what the owner writes', async () => {
        const { scroll, store } = await setUpOwned();
        expect(await store.openReader('nowhere')).toBeUndefined();
        expect(await store.openReader('../test')).toBeUndefined();
        await scroll.accept(someFile()).durable;
        const reader = await openReader(store);
        expect(reader.entries).toEqual(scroll.entries);
        expect(reader.journal).toBe(scroll.journal);
        const received = new Promise<void>((resolve) => {
          reader.subscribe(({ seq }) => seq === 3 && resolve());
        });
        const { entry } = scroll.accept(someFile());
        await scroll.append({ event: 'rendered', n: 2, id: entry.id });
        await received;
        expect(reader.entries).toEqual(scroll.entries);
        expect(reader.seq).toBe(3);
      });

      test('the list has the most recently changed scroll first, with its number of entries', async () => {
        const { scroll, store, storage } = await setUpOwned();
        expect(await store.list()).toMatchObject([{ name: 'test', entries: 0 }]);
        for (let i = 0; i < 3; i++) await addEntry({ scroll, storage }, { title: 'accepted', name: '"deleted"' });
        const other = await openOwner(store, 'other');
        await other.accept(someFile()).durable;
        expect(await store.list()).toMatchObject([
          { name: 'other', entries: 1 },
          { name: 'test', entries: 3 },
        ]);
        await scroll.delete([2]);
        expect(await store.list()).toMatchObject([
          { name: 'test', entries: 2 },
          { name: 'other', entries: 1 },
        ]);
      });

      test('a scroll without events is removed when its owner closes', async () => {
        const { scroll, store } = await setUpOwned();
        await scroll.close();
        expect(await store.list()).toEqual([]);
      });
    });

    describe('files', () => {
      test('put moves files from the spool, copies others, and replaces an earlier page', async () => {
        const { scroll, storage } = await setUpOwned();
        const elsewhere = mkdtempSync(join(tmpdir(), 'wp-'));
        cleanups.push(() => rmSync(elsewhere, { recursive: true, force: true }));
        for (const folder of [storage.spool, elsewhere]) {
          const { id } = scroll.accept(someFile()).entry;
          for (const round of ['first', 'second']) {
            const path = writePage(folder, id, `<p>${round}</p>`, { [`inner/${round}.txt`]: round });
            const page = await scroll.files.put(id, path);
            expect(page.text(100)).toBe(`<p>${round}</p>`);
            expect(page.text(5)).toBeUndefined();
            expect(await textOf(await scroll.files.page(id))).toBe(`<p>${round}</p>`);
            expect(await textOf(await scroll.files.entryFile(id, ['inner', `${round}.txt`]))).toBe(round);
            expect(existsSync(path)).toBe(folder !== storage.spool);
            expect(existsSync(join(folder, id))).toBe(folder !== storage.spool);
            rmSync(join(folder, id), { recursive: true, force: true });
          }
          expect(await scroll.files.entryFile(id, ['inner', 'first.txt'])).toBeUndefined();
        }
        await expect(scroll.files.put('cd'.repeat(16), join(storage.spool, 'none.html'))).rejects.toThrow('ENOENT');
      });

      test('a page without the extension .html is taken without a directory', async () => {
        const { scroll, storage } = await setUpOwned();
        const { id } = scroll.accept(someFile()).entry;
        writeFileSync(join(storage.spool, 'page'), 'text');
        expect((await scroll.files.put(id, join(storage.spool, 'page'))).text(100)).toBe('text');
      });

      test('readers can read ranges of files, and no file outside of the entry', async () => {
        const setup = await setUpOwned();
        const { id } = await addEntry(setup, { content: '0123456789' });
        const { files } = await openReader(setup.store);
        const file = await files.entryFile(id, ['source', 'a.txt']);
        expect(file).toMatchObject({ name: 'a.txt', size: 10 });
        expect(await textOf(file)).toBe('0123456789');
        expect(await textOf(file, 2, 4)).toBe('234');
        expect(await textOf(file, 8)).toBe('89');
        for (const path of [
          [],
          ['source'],
          ['source', 'b.txt'],
          ['..', 'scroll.ndjson'],
          ['source/a.txt'],
          ['', 'source', 'a.txt'],
        ])
          expect(await files.entryFile(id, path), path.join()).toBeUndefined();
        expect(await files.page('00'.repeat(16))).toBeUndefined();
        expect(await files.asset(['..', 'scroll.ndjson'])).toBeUndefined();
      });

      test('shared files are stored once under their name', async () => {
        const { scroll, storage } = await setUpOwned();
        writeFileSync(join(storage.spool, 'x.js'), 'code');
        for (let i = 0; i < 2; i++)
          await scroll.files.putShared('assets/x.0a1b2c3d.js', { path: join(storage.spool, 'x.js') });
        await scroll.files.putShared('index.html', { text: 'the viewer' });
        const file = await scroll.files.asset(['x.0a1b2c3d.js']);
        expect(await textOf(file)).toBe('code');
        expect(existsSync(join(storage.spool, 'x.js'))).toBe(true);
        expect(storage.contains('the viewer')).toBe(true);
      });
    });

    describe('deletion', () => {
      test('removes the files, the name, the title and the error of an entry, and nothing else', async () => {
        const setup = await setUpOwned();
        const { scroll, storage } = setup;
        const other = await addEntry(setup, { name: 'other.txt', content: 'other content' });
        const secrets = { name: 'secretname.txt', title: 'secrettitle', content: 'secretcontent' };
        const { n, id } = await addEntry(setup, secrets);
        await scroll.append({ event: 'changed', n, id, title: 'secretchange' });
        await scroll.append({ event: 'failed', n, id, error: 'secreterror' });
        expect(storage.contains('secret')).toBe(true);
        const received: SequencedEvent[] = [];
        scroll.subscribe((event) => received.push(event));
        await scroll.delete([n]);
        expect(storage.contains('secret')).toBe(false);
        expect(received).toMatchObject([{ seq: 7, event: { event: 'deleted', n, id } }]);
        expect(scroll.entryAt(n)).toMatchObject({ n, id, deleted: true, name: '' });
        expect(JSON.stringify([scroll.entries, scroll.eventsAfter(0)])).not.toContain('secret');
        expect(await scroll.files.page(id)).toBeUndefined();
        expect(await scroll.files.entryFile(id, ['source', secrets.name])).toBeUndefined();
        expect(await textOf(await scroll.files.page(other.id))).toBe('<p>other content</p>');
        expect(scroll.entryAt(other.n)).toEqual(other);
      });

      test('keeps sequence numbers, the identity of the journal and the numbers of entries', async () => {
        const setup = await setUpOwned();
        const { scroll, store } = setup;
        for (let i = 0; i < 3; i++) await addEntry(setup);
        const before = scroll.eventsAfter(0).map(({ seq, event: { event, n } }) => ({ seq, event, n }));
        const { journal } = scroll;
        await scroll.delete([3]);
        await scroll.close();
        const again = await openOwner(store);
        expect(again.journal).toBe(journal);
        expect(again.eventsAfter(0).map(({ seq, event: { event, n } }) => ({ seq, event, n }))).toEqual([
          ...before,
          { seq: 7, event: 'deleted', n: 3 },
        ]);
        expect(again.entryAt(3)).toMatchObject({ deleted: true, name: '' });
        expect(again.accept(someFile()).entry.n).toBe(4);
      });

      test('reaches readers, which drop the content of the entry', async () => {
        const setup = await setUpOwned();
        await addEntry(setup, { name: 'secret.txt' });
        const reader = await openReader(setup.store);
        const received = new Promise<void>((resolve) => {
          reader.subscribe(({ event }) => event.event === 'deleted' && resolve());
        });
        await setup.scroll.delete([1]);
        await received;
        expect(reader.entryAt(1)).toMatchObject({ deleted: true });
        expect(JSON.stringify([reader.entries, reader.eventsAfter(0)])).not.toContain('secret');
      });

      test('is final: the entry accepts neither events nor pages, and its id creates no new entry', async () => {
        const setup = await setUpOwned();
        const { scroll, storage } = setup;
        const { n, id } = await addEntry(setup);
        await scroll.delete([n]);
        await expect(scroll.delete([n])).rejects.toThrow('entry 1 was deleted');
        await expect(scroll.delete([9])).rejects.toThrow('there is no entry 9');
        await expect(scroll.append({ event: 'rendered', n, id })).rejects.toThrow('entry 1 was deleted');
        await expect(scroll.files.put(id, writePage(storage.spool, id, 'secret'))).rejects.toThrow(
          'entry 1 was deleted',
        );
        expect(scroll.accept(someFile(id)).entry).toMatchObject({ n: 1, deleted: true });
        scroll.grow(id, 5);
        expect(scroll.seq).toBe(3);
        expect(await scroll.files.page(id)).toBeUndefined();
      });

      test('of several entries deletes none if one cannot be deleted', async () => {
        const setup = await setUpOwned();
        for (let i = 0; i < 3; i++) await addEntry(setup);
        await setup.scroll.delete([2]);
        const { seq } = setup.scroll;
        await expect(setup.scroll.delete([1, 2])).rejects.toThrow('entry 2 was deleted');
        await expect(setup.scroll.delete([3, 9])).rejects.toThrow('there is no entry 9');
        expect(setup.scroll.seq).toBe(seq);
      });

      test('waits for a page that is being put', async () => {
        const setup = await setUpOwned();
        const { scroll, storage } = setup;
        const { n, id } = scroll.accept(someFile()).entry;
        const elsewhere = mkdtempSync(join(tmpdir(), 'wp-'));
        cleanups.push(() => rmSync(elsewhere, { recursive: true, force: true }));
        const put = scroll.files.put(id, writePage(elsewhere, id, 'secretpage', { 'source/a.txt': 'secretcontent' }));
        const outcomes = await Promise.allSettled([put, scroll.delete([n])]);
        expect(outcomes[1].status).toBe('fulfilled');
        expect(storage.contains('secret')).toBe(false);
      });

      test('several deletions at the same time leave nothing', async () => {
        const setup = await setUpOwned();
        for (let i = 0; i < 10; i++) await addEntry(setup, { name: `secret${i}.txt`, title: 'secret' });
        await Promise.all([[1, 2, 2], [3], [5, 8], [9]].map((numbers) => setup.scroll.delete(numbers)));
        expect(setup.scroll.entries.filter(({ deleted }) => !deleted).map(({ n }) => n)).toEqual([4, 6, 7, 10]);
        for (const n of [0, 1, 2, 4, 7, 8]) expect(setup.storage.contains(`secret${n}.txt`)).toBe(false);
      });
    });

    describe('damage', () => {
      test('loses the event but not the scroll, and is reported once in one line', async () => {
        const setup = await setUpOwned();
        const { scroll, store, storage, warnings } = setup;
        for (let i = 0; i < 3; i++) await scroll.accept(someFile()).durable;
        for (const { n, id } of [...scroll.entries]) await scroll.append({ event: 'rendered', n, id });
        const { journal } = scroll;
        await scroll.close();
        storage.damage('test', 5);
        const reader = await openReader(store);
        expect(reader.entries.map(({ status }) => status)).toEqual(['ok', 'accepted', 'ok']);
        const [warning] = warnings.splice(0);
        expect(warning).toMatch(/^scroll test: line 5 of the journal is damaged; \S/);
        const again = await openOwner(store);
        expect(again.entries.map(({ status }) => status)).toEqual(['ok', 'accepted', 'ok']);
        expect(again.eventsAfter(3).map(({ seq }) => seq)).toEqual([4, 6]);
        expect(again.seq).toBe(6);
        // Viewers that know the old journal must start again.
        expect(again.journal).not.toBe(journal);
        expect(again.journal).toBe(reader.journal);
        expect(warnings.splice(0)).toEqual([
          expect.stringMatching(/^scroll test: line 5 of the journal is damaged; \S/),
        ]);
        await again.append({ event: 'rendered', n: 2, id: again.entryAt(2)?.id ?? '' });
        await again.close();
        const last = await openOwner(store);
        expect(last.entries.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
        expect(last.seq).toBe(7);
        expect(warnings).toEqual([]);
      });

      test('does not cause a number to be used twice', async () => {
        const { scroll, store, storage } = await setUpOwned();
        for (let i = 0; i < 3; i++) await scroll.accept(someFile()).durable;
        await scroll.close();
        storage.damage('test', 3);
        const again = await openOwner(store);
        expect(again.entries.map(({ n }) => n)).toEqual([1, 2]);
        await again.close();
        const last = await openOwner(store);
        expect(last.accept(someFile()).entry.n).toBeGreaterThanOrEqual(4);
        expect((await store.list())[0]?.entries).toBe(3);
      });

      test('to the event that accepted an entry does not lose the entry', async () => {
        const setup = await setUpOwned();
        await addEntry(setup, { name: 'first.txt' });
        const { id } = await addEntry(setup, { name: 'second.txt', content: 'still there' });
        await setup.scroll.close();
        setup.storage.damage('test', 3);
        const again = await openOwner(setup.store);
        expect(again.entry(id)).toMatchObject({ name: 'second.txt', status: 'ok' });
        expect(await textOf(await again.files.page(id))).toBe('<p>still there</p>');
      });

      test('to an event does not prevent the later deletion of its entry', async () => {
        const setup = await setUpOwned();
        const { n, id } = await addEntry(setup);
        await setup.scroll.append({ event: 'failed', n, id, error: 'secreterror' });
        await setup.scroll.close();
        setup.storage.damage('test', 3);
        const again = await openOwner(setup.store);
        await again.delete([n]);
        expect(setup.storage.contains('secret')).toBe(false);
        expect(setup.storage.contains('a.txt')).toBe(false);
      });
    });
  });
}
