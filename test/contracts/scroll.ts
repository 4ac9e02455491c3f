/** What every kind of scroll must do. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Scroll, Sequenced } from '../../src/node/store/scroll.ts';
import type { Entry } from '../../src/shared/entry.ts';
import { reduceEntry } from '../../src/shared/events.ts';

let last = 0;

/** A file as `accept` takes it. */
function someFile(id = (++last).toString(16).padStart(32, '0')) {
  return { id, name: 'a.txt', type: 'txt', host: 'here', time: '2030-01-02T03:04:05Z', bytes: 3 };
}

/**
 * Runs the contract against one implementation.
 * @param open opens the scroll `name` of a webpipe directory for its one owner
 */
export function scrollContract(kind: string, open: (dir: string, name: string) => Promise<Scroll>): void {
  describe(`the ${kind} scroll`, () => {
    const ends: (() => unknown)[] = [];
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end();
    });

    function place(): string {
      const dir = mkdtempSync(join(tmpdir(), 'wp-'));
      ends.push(() => rmSync(dir, { recursive: true, force: true }));
      return dir;
    }

    async function opened(dir = place(), name = 'test'): Promise<{ scroll: Scroll; dir: string }> {
      const scroll = await open(dir, name);
      ends.push(() => scroll.close().catch(() => {}));
      return { scroll, dir };
    }

    test('numbers are 1, 2, 3 and in the order of acceptance', async () => {
      const { scroll } = await opened();
      const made = Array.from({ length: 50 }, () => scroll.accept(someFile()));
      expect(made.map(({ entry }) => entry.n)).toEqual(made.map((_, i) => i + 1));
      await Promise.all(made.map(({ durable }) => durable));
      expect(scroll.entries.map(({ n }) => n)).toEqual(made.map((_, i) => i + 1));
      expect(scroll.seq).toBe(50);
    });

    test('the same id twice is the same entry', async () => {
      const { scroll } = await opened();
      const [one, two] = [scroll.accept(someFile('ab'.repeat(16))), scroll.accept(someFile('ab'.repeat(16)))];
      await Promise.all([one.durable, two.durable]);
      expect(two.entry.n).toBe(1);
      expect(scroll.entries).toHaveLength(1);
      expect(scroll.read(0)).toHaveLength(1);
    });

    test('events make entries what they are, and entries are found by id', async () => {
      const { scroll } = await opened();
      const { entry } = scroll.accept(someFile());
      expect(scroll.entry(entry.id)).toMatchObject({ n: 1, status: 'accepted' });
      await scroll.append({ event: 'failed', n: 1, id: entry.id, error: 'why' });
      expect(scroll.entry(entry.id)).toMatchObject({ status: 'failed', error: 'why' });
      await scroll.append({ event: 'deleted', n: 1, id: entry.id });
      expect(scroll.accept(someFile()).entry.n).toBe(2);
      expect(scroll.entry('00'.repeat(16))).toBeUndefined();
    });

    test('subscribed and read in one turn, nothing is missed and what comes twice bears its number', async () => {
      const { scroll } = await opened();
      const readers: { seen: Map<number, Sequenced>; order: number[] }[] = [];
      for (let i = 0; i < 30; i++) {
        const { entry } = scroll.accept(someFile());
        void scroll.append({ event: 'rendered', n: entry.n, id: entry.id });
        if (i % 10 === 5) {
          const reader = { seen: new Map<number, Sequenced>(), order: [] as number[] };
          const take = (event: Sequenced) => {
            if (!reader.seen.has(event.seq)) reader.order.push(event.seq);
            reader.seen.set(event.seq, event);
          };
          scroll.subscribe(take);
          for (const event of scroll.read(0)) take(event);
          readers.push(reader);
        }
        if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      const { durable } = scroll.accept(someFile());
      await durable;
      for (const { seen, order } of readers) {
        expect(order).toEqual(Array.from({ length: 61 }, (_, i) => i + 1));
        expect([...seen.values()].map(({ event }) => event)).toEqual(scroll.read(0).map(({ event }) => event));
      }
      expect(scroll.read(59).map(({ seq }) => seq)).toEqual([60, 61]);
      expect(scroll.read(61)).toEqual([]);
    });

    test('who does not listen any more hears nothing', async () => {
      const { scroll } = await opened();
      const heard: number[] = [];
      const stop = scroll.subscribe(({ seq }) => heard.push(seq));
      await scroll.accept(someFile()).durable;
      stop();
      await scroll.accept(someFile()).durable;
      expect(heard).toEqual([1]);
    });

    test('growth is told, is in the state, and is no event of its own', async () => {
      const { scroll } = await opened();
      const { entry, durable } = scroll.accept(someFile());
      await durable;
      const heard: Sequenced[] = [];
      scroll.subscribe((event) => heard.push(event));
      scroll.grow(entry.id, 99);
      expect(heard).toMatchObject([{ seq: 1, event: { event: 'grown', bytes: 99 } }]);
      expect(scroll.entry(entry.id)?.bytes).toBe(99);
      expect(scroll.seq).toBe(1);
    });

    test('put moves what lies in the spool and copies anything else, and replaces an earlier page', async () => {
      const { scroll, dir } = await opened();
      for (const folder of [join(dir, 'spool/x'), place()]) {
        const { entry } = scroll.accept(someFile());
        for (const round of ['first', 'second']) {
          const base = join(folder, entry.id);
          mkdirSync(join(base, 'inner'), { recursive: true });
          writeFileSync(join(base, 'inner', `${round}.txt`), round);
          writeFileSync(`${base}.html`, `<p>${round}</p>`);
          const page = await scroll.put(entry.id, `${base}.html`);
          expect(readFileSync(page, 'utf8')).toBe(`<p>${round}</p>`);
          expect(readFileSync(join(page.replace('.html', ''), 'inner', `${round}.txt`), 'utf8')).toBe(round);
          expect(existsSync(`${base}.html`)).toBe(folder !== join(dir, 'spool/x'));
          expect(existsSync(base)).toBe(folder !== join(dir, 'spool/x'));
          rmSync(base, { recursive: true, force: true });
        }
        expect(existsSync(join(dir, 's/test', entry.id, 'inner/first.txt'))).toBe(false);
      }
      await expect(scroll.put('cd'.repeat(16), join(dir, 'nowhere.html'))).rejects.toThrow('ENOENT');
    });

    test('a page whose name has no ending is taken without its neighbours', async () => {
      const { scroll } = await opened();
      const { entry } = scroll.accept(someFile());
      const page = join(place(), 'page');
      writeFileSync(page, 'text');
      expect(readFileSync(await scroll.put(entry.id, page), 'utf8')).toBe('text');
    });

    test('has one owner, until it is given up', async () => {
      const { scroll, dir } = await opened();
      await expect(open(dir, 'test')).rejects.toThrow(`belongs to process ${process.pid}`);
      await opened(dir, 'another');
      await scroll.close();
      const { scroll: again } = await opened(dir);
      expect(again.seq).toBe(0);
    });

    test('opened again it is as it was', async () => {
      const { scroll, dir } = await opened();
      const work: Promise<void>[] = [];
      for (let i = 0; i < 20; i++) {
        const { entry, durable } = scroll.accept({ ...someFile(), title: 'ein Títel ☃' });
        const { n, id } = entry;
        work.push(durable);
        if (i % 3) work.push(scroll.append({ event: 'rendered', n, id, ms: i, ...(i % 2 ? { open: true } : {}) }));
        if (i % 5 === 0) work.push(scroll.append({ event: 'failed', n, id, error: 'two\nlines' }));
      }
      await Promise.all(work);
      const [entries, events, journal] = [[...scroll.entries], scroll.read(0), scroll.journal];
      await scroll.close();
      const { scroll: again } = await opened(dir);
      expect(again.entries).toEqual(entries);
      expect(again.read(0).map(({ seq, event }) => ({ seq, event }))).toEqual(JSON.parse(JSON.stringify(events)));
      expect(again.journal).toBe(journal);
      const replayed = again.read(0).reduce<Entry[]>((made, { event }) => {
        const next = reduceEntry(made[event.n - 1], event);
        if (next) made[event.n - 1] = next;
        return made;
      }, []);
      expect(replayed).toEqual(entries);
      expect(again.accept(someFile()).entry.n).toBe(21);
    });
  });
}
