import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { imageSize } from '../../src/node/kit/image/image-size.ts';
import { entriesOf, entryNumbers, has, launcher, run } from '../client/client.ts';
import { sourceOf } from '../support/disk.ts';
import { type Ended, root, type Server, start, startServer, tempDir, until, within } from '../support/wp.ts';

/** The system's Python, which has the distribution's packages. */
const python = '/usr/bin/python3';
const isMissing = (name: string) => !existsSync(`/usr/lib/python3/dist-packages/${name}/__init__.py`);
const module = join(root, 'clients/python');

const bin = tempDir();
const files = tempDir();
const temporary = tempDir();
let server: Server;

beforeAll(async () => {
  server = await startServer();
  symlinkSync(launcher, join(bin, 'wp'));
  writeFileSync(join(files, 'données 1.csv'), 'a,b\n1,2\n');
  mkdirSync(join(files, 'logs'));
});

/** The environment for Python: `wp` is on PATH, and temporary files have their own directory. */
const options = (env: Readonly<Record<string, string>> = {}, input?: string) => ({
  dir: server.dir,
  cwd: files,
  input,
  env: {
    PATH: `${bin}:/usr/bin:/bin`,
    PYTHONPATH: module,
    PYTHONDONTWRITEBYTECODE: '1',
    MPLBACKEND: 'module://webpipe',
    TMPDIR: temporary,
    ...env,
  },
});

const py = (script: string, env?: Readonly<Record<string, string>>, input?: string): Promise<Ended> =>
  run([python, '-c', script], options(env, input));

interface ShownEntry {
  readonly name: string;
  readonly type: string;
  readonly title: string | undefined;
  readonly content: Buffer;
}

/** The entries whose URLs were printed, when they are rendered. */
async function entriesShownBy(result: Ended): Promise<ShownEntry[]> {
  expect(result, result.stderr).toMatchObject({ code: 0 });
  const found: ShownEntry[] = [];
  for (const n of entryNumbers(result.stdout)) {
    const entry = await until(`entry ${n}`, async () => {
      const current = (await entriesOf(server)).get(n);
      return current && !['accepted', 'open'].includes(current.status) && current;
    });
    expect(entry).toMatchObject({ status: 'ok' });
    const { name, type, title } = entry;
    found.push({
      name,
      type,
      title,
      content: type === 'dir' ? Buffer.of() : sourceOf(server.dir, server.scroll, entry.id),
    });
  }
  return found;
}

/** Runs a script whose lines each show something, and prints the URLs. */
const showAll = async (setup: string, lines: readonly string[]) =>
  entriesShownBy(
    await py(`${setup}\nimport webpipe\n${lines.map((line) => `print(webpipe.show(${line}))`).join('\n')}`),
  );

describe.skipIf(!existsSync(python))('python', () => {
  afterAll(() => expect(readdirSync(temporary)).toEqual([]));

  test('import loads no other library; the version is that of webpipe', async () => {
    const others = '{"matplotlib", "numpy", "pandas", "PIL", "IPython"}';
    const result = await py(`import sys, webpipe; print(sorted(${others} & set(sys.modules)), webpipe.__version__)`);
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(result).toMatchObject({ code: 0, stderr: '', stdout: `[] ${version}\n` });
  });

  test('shows text, bytes, JSON, paths, and notebook representations', async () => {
    const setup = `
import datetime, pathlib
class Html:
    def _repr_html_(self): return "<p>é</p>"
    def _repr_svg_(self): return "<svg xmlns='http://www.w3.org/2000/svg'/>", {"isolated": True}
class Bundle:
    def _repr_mimebundle_(self, include=None, exclude=None): return {"image/png": "iVBORw0KGgo="}, {}
class Nothing:
    def _repr_html_(self): raise NotImplementedError
    def __repr__(self): return "nothing"
    def __getattr__(self, name): return lambda *_: name
`;
    const [text, path, markdown, bytes, typed, json, oddName, file, folder, html, svg, bundle, nothing, number, har] =
      await showAll(setup, [
        '"données 1.csv é\\n"',
        'pathlib.Path("données 1.csv")',
        '"# Title", type="md"',
        'b"\\x89PNG\\r\\n\\x1a\\n...."',
        'bytearray(b"a;b"), type="csv"',
        '{"é": [1, None, 2.5], "day": datetime.date(2026, 3, 1), "at": pathlib.Path("/x")}',
        '{"nan": float("nan"), (1, 2): {3}}',
        'open("données 1.csv")',
        'pathlib.Path("logs")',
        'Html()',
        'Html(), type="svg"',
        'Bundle()',
        'Nothing()',
        '42',
        '{"log": {}}, type="har"',
      ]);
    expect(text).toMatchObject({ name: 'text.txt', type: 'txt', title: undefined });
    expect(text?.content.toString()).toBe('données 1.csv é\n');
    expect(path).toMatchObject({ name: 'données 1.csv', type: 'csv' });
    expect(markdown).toMatchObject({ name: 'text.md', type: 'md' });
    expect(bytes).toMatchObject({ name: 'data', type: 'png' });
    expect(typed).toMatchObject({ name: 'data.csv', type: 'csv' });
    expect(typed?.content.toString()).toBe('a;b');
    expect(json).toMatchObject({ name: 'dict.json', type: 'json' });
    expect(JSON.parse(String(json?.content))).toEqual({ é: [1, null, 2.5], day: '2026-03-01', at: '/x' });
    expect(oddName).toMatchObject({ name: 'dict.txt', type: 'txt' });
    expect(oddName?.content.toString()).toBe("{'nan': nan, (1, 2): {3}}");
    expect(file).toMatchObject({ name: 'données 1.csv', type: 'csv' });
    expect(file?.content.toString()).toBe('a,b\n1,2\n');
    expect(folder).toMatchObject({ name: 'logs', type: 'dir' });
    expect(html).toMatchObject({ name: 'Html.html', type: 'html' });
    expect(html?.content.toString()).toMatch(/^<!doctype html>.*\n<p>é<\/p>$/);
    expect(svg).toMatchObject({ name: 'Html.svg', type: 'svg' });
    expect(svg?.content.toString()).toBe("<svg xmlns='http://www.w3.org/2000/svg'/>");
    expect(bundle).toMatchObject({ name: 'Bundle.png', type: 'png' });
    expect(bundle?.content.toString('hex')).toBe('89504e470d0a1a0a');
    expect(nothing?.content.toString()).toBe('nothing');
    expect(number).toMatchObject({ name: 'int.txt', type: 'txt' });
    expect(har).toMatchObject({ name: 'dict.har', type: 'har', content: Buffer.from('{"log": {}}') });
  });

  test('shows open files: completely if they are on disk or in memory, else the remaining content as a stream', async () => {
    const [memory, written, nameless, pipe, rest] = await entriesShownBy(
      await py(
        `
import io, subprocess, sys, tempfile, webpipe
memory = io.BytesIO(); memory.write(b"in memory"); print(webpipe.show(memory))
with open("written.log", "w") as file:
    file.write("written"); print(webpipe.show(file))
with tempfile.TemporaryFile("w+") as file:
    file.write("nameless"); print(webpipe.show(file, title="temporary"))
with subprocess.Popen(["printf", r"a\\377"], stdout=subprocess.PIPE) as process:
    print(webpipe.show(process.stdout, type="log"))
sys.stdin.readline(); print(webpipe.show(sys.stdin)); assert sys.stdin.read() == ""
`,
        {},
        'first\nthe rest\n',
      ),
    );
    expect(memory?.content.toString()).toBe('in memory');
    expect(written).toMatchObject({ name: 'written.log', type: 'log', content: Buffer.from('written') });
    expect(nameless).toMatchObject({ title: 'temporary', content: Buffer.from('nameless') });
    expect(pipe).toMatchObject({ name: 'stdin.log', type: 'log', content: Buffer.from('a\xff', 'latin1') });
    expect(rest).toMatchObject({ type: 'txt', content: Buffer.from('the rest\n') });
  });

  test.each<Record<string, string>>([{}, { LC_ALL: 'C', PYTHONUTF8: '0', PYTHONCOERCECLOCALE: '0' }])(
    'titles are preserved %o',
    async (env) => {
      const titles = ['two  spaces', 'it\'s "so"', 'é€😀', 'two\nlines', '-x', '--', '$(id) `id` \\', '{"a": 1}'];
      const script =
        'import json, sys, webpipe\nfor title in json.load(sys.stdin.buffer): print(webpipe.show("x", title=title))';
      expect((await entriesShownBy(await py(script, env, JSON.stringify(titles)))).map(({ title }) => title)).toEqual(
        titles,
      );
    },
  );

  test('a failure raises an Error that says what to do', async () => {
    const script = (what: string) => `
import webpipe, pathlib
try: ${what}
except webpipe.Error as error: print(error)
`;
    const errorOf = async (what: string, env?: Record<string, string>) => {
      const result = await py(script(what), env);
      expect(result).toMatchObject({ code: 0, stderr: '' });
      return result.stdout;
    };
    expect(await errorOf('webpipe.show(pathlib.Path("nothing.png"))')).toBe(
      'wp: show: nothing.png: no such file; check its name\n',
    );
    const alone = tempDir();
    const hint = `wp: show: no webpipe is running for ${alone}; start one with "wp run", or use "wp show --start"\n`;
    expect(await errorOf('webpipe.show("x")', { WEBPIPE_DIR: alone })).toBe(hint);
    expect(await errorOf('webpipe.open()', { WEBPIPE_DIR: alone })).toBe(hint);
    expect(await errorOf('webpipe.show("x")', { PATH: alone })).toBe(
      'webpipe: show: neither "wp" nor "wp-stub" is on PATH; install one of them, or set WEBPIPE_COMMAND to its path\n',
    );
    expect(await errorOf('webpipe.show("x")', { WEBPIPE_COMMAND: '/nowhere/wp' })).toBe(
      'webpipe: show: /nowhere/wp cannot be run (No such file or directory); set WEBPIPE_COMMAND to the path of wp or wp-stub\n',
    );
    expect(await errorOf('webpipe.open()', { WEBPIPE_COMMAND: '/nowhere/wp' })).toMatch(
      /^webpipe: show: .* cannot be run/,
    );
    expect(await errorOf('webpipe.show("x")', { WEBPIPE_COMMAND: 'false' })).toBe(
      'webpipe: show: false exited with status 1 and printed no URL; try it in a terminal\n',
    );
  });

  test('WEBPIPE_COMMAND is a command line; in Python the command is a path or a list', async () => {
    const dir = join(tempDir(), 'a b');
    mkdirSync(dir);
    symlinkSync(launcher, join(dir, 'wp'));
    const PATH = '/usr/bin:/bin';
    const path = join(dir, 'wp');
    const ways = await entriesShownBy(
      await py(
        `
import os, webpipe
print(webpipe.show("1"))
os.environ["WEBPIPE_COMMAND"] = "env A=1 '${path}'"
print(webpipe.show("2"))
webpipe.command = ["env", "${path}"]
print(webpipe.show("3"))
`,
        { PATH, WEBPIPE_COMMAND: path },
      ),
    );
    expect(ways.map(({ content }) => content.toString())).toEqual(['1', '2', '3']);
  });

  test('the command does not read the standard input of the program', async () => {
    const script = `
import sys, webpipe
webpipe.command = ["sh", "-c", "cat; echo http://u"]
print(webpipe.show("x"), sys.stdin.read())
`;
    expect(await py(script, {}, 'mine')).toMatchObject({ code: 0, stdout: 'http://u mine\n' });
  });

  test.skipIf(!has('nc'))('works with only the stub', async () => {
    const dir = tempDir();
    symlinkSync(join(root, 'clients/sh/wp-stub'), join(dir, 'wp-stub'));
    for (const tool of ['nc', 'od', 'perl']) if (has(tool)) symlinkSync(`/usr/bin/${tool}`, join(dir, tool));
    const [text, stream] = await entriesShownBy(
      await py(
        `
import webpipe
print(webpipe.show("by the stub", title="é \\"q\\"", type="md"))
with webpipe.open(title="stream") as file:
    print("streamed", file=file)
print(file.url)
`,
        { PATH: dir },
      ),
    );
    expect(text).toMatchObject({ type: 'md', title: 'é "q"', content: Buffer.from('by the stub') });
    expect(stream).toMatchObject({ title: 'stream', content: Buffer.from('streamed\n') });
  });

  test('a stream is live, and Ctrl-C does not close it', async () => {
    const script = `
import time, webpipe
with webpipe.open(title="live") as file:
    print(file.url, flush=True)
    print("first", file=file)
    try: time.sleep(60)
    except KeyboardInterrupt: file.write("last words")
`;
    const program = start(python, ['-c', script], options());
    const n = await until('the URL', () => entryNumbers(program.stdout())[0]);
    await until('the first line', async () => {
      const entry = (await entriesOf(server)).get(n);
      return entry?.status === 'open' && entry.bytes === 6;
    });
    process.kill(-program.pid, 'SIGINT'); // to the process group, as a terminal does
    const [stream] = await entriesShownBy(await within(program.ended, 'the end'));
    expect(stream).toMatchObject({ title: 'live', content: Buffer.from('first\nlast words') });
  });

  test('a stream ends when it is closed, also if a process was forked, or with the program', async () => {
    const [forked, mixed, remaining] = await entriesShownBy(
      await py(`
import multiprocessing, subprocess, time, webpipe
with webpipe.open() as file:
    print("x" * 100000, file=file)
    other = multiprocessing.get_context("fork").Process(target=time.sleep, args=(60,))
    other.start()
print(file.url)
other.kill(); other.join()
with webpipe.open(type="ansi") as file:
    print("é", file=file)
    subprocess.run(["echo", "from another"], stdout=file)
    file.buffer.write(b"\\xff")
print(file.url)
left = webpipe.open()
left.write("no end")
print(left.url)
`),
    );
    expect(forked?.content).toHaveLength(100001);
    expect(mixed).toMatchObject({ type: 'ansi', content: Buffer.from('\xc3\xa9\nfrom another\n\xff', 'latin1') });
    expect(remaining?.content.toString()).toBe('no end');
  });

  test('a broken stream raises the message of the command, but does not hide another exception', async () => {
    const script = (body: string) => `
import webpipe
webpipe.command = ["sh", "-c", "echo http://u; read line; echo 'wp: show: broken; look' >&2; exit 1"]
with webpipe.open() as file:
    ${body}
`;
    const broken = await py(script('for _ in range(100000): print("x" * 100, file=file)'));
    expect(broken.stderr).toMatch(/^webpipe\.Error: wp: show: broken; look$/m);
    const other = await py(script('print(1 / 0)'));
    expect(other.stderr.trimEnd()).toMatch(/ZeroDivisionError: division by zero$/);
  });

  test('Ctrl-C during show() leaves no process and no file; standard input may be closed', async () => {
    const slow = ['sh', '-c', 'echo $$ >pid; exec sleep 60'];
    const script = `
import os, signal, threading, time, webpipe
def interrupt():
    while not os.path.exists("pid") or not os.path.getsize("pid"): time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)
webpipe.command = ${JSON.stringify(slow)}
threading.Thread(target=interrupt).start()
try: webpipe.show("x")
except KeyboardInterrupt: print("interrupted", os.path.exists(f"/proc/{open('pid').read().strip()}"))
webpipe.command = None
os.close(0)
print(webpipe.show("y"))
with webpipe.open() as file: file.write("z")
print(file.url)
`;
    const result = await py(script);
    expect(result.stdout).toMatch(/^interrupted False\n/);
    expect((await entriesShownBy(result)).map(({ content }) => content.toString())).toEqual(['y', 'z']);
  });

  describe.skipIf(isMissing('matplotlib'))('matplotlib', () => {
    /**
     * Runs a script in which `report(what)` prints what has been shown since its last call, and which figures are open.
     * @returns the reports (titles of the shown figures, numbers of the open figures) and all shown entries
     */
    const figures = async (body: string) => {
      const notes = join(tempDir(), 'notes');
      const script = `
import json, webpipe
import matplotlib.pyplot as plt
def report(what):
    with open("${notes}", "a+") as notes:
        notes.seek(0); print(json.dumps([what, notes.read(), plt.get_fignums()])); notes.truncate(0)
${body}`;
      const result = await py(script, { WEBPIPE_COMMAND: `sh -c 'wp "$@" | tee -a ${notes}' sh` });
      expect(result, result.stderr).toMatchObject({ code: 0 });
      const reports: [string, (string | undefined)[], number[]][] = [];
      const all: ShownEntry[] = [];
      for (const line of result.stdout.trimEnd().split('\n')) {
        const [what, urls, open] = JSON.parse(line) as [string, string, number[]];
        const now = await entriesShownBy({ ...result, stdout: urls });
        reports.push([what, now.map(({ title }) => title), open]);
        all.push(...now);
      }
      return { reports, all };
    };

    test('show() shows each open figure once and closes it', async () => {
      const { reports, all } = await figures(`
plt.plot([1, 2, 3]); plt.title("One\\nof two lines"); plt.show(); report("one")
plt.show(); report("none")
plt.figure("Named"); plt.plot([1, 2]); plt.savefig("saved.png")
plt.figure(figsize=(4, 3), dpi=50); plt.plot([2, 1]); plt.suptitle("Above"); plt.title("Below"); plt.show(); report("two")
plt.plot([1]); fig = plt.gcf(); plt.show(); fig.gca().set_xlabel("more"); fig.show(); report("fig.show()")
plt.rcParams["savefig.format"] = "svg"; plt.figure(); plt.plot([1]); plt.show(); report("svg")
`);
      expect(reports).toEqual([
        ['one', ['One of two lines'], []],
        ['none', [], []],
        ['two', ['Named', 'Above'], []],
        ['fig.show()', ['Figure 1', 'Figure 1'], []],
        ['svg', ['Figure 1'], []],
      ]);
      const [one, , small, , , svg] = all;
      expect(one).toMatchObject({ name: 'figure.png', type: 'png', title: 'One of two lines' });
      // The size of its window, without the margin.
      const { width = 0, height = 0 } = imageSize(one?.content ?? Buffer.of()) ?? {};
      expect(width).toBeGreaterThan(500);
      expect(width).toBeLessThan(640);
      expect(height).toBeGreaterThan(380);
      expect(height).toBeLessThan(480);
      expect(imageSize(small?.content ?? Buffer.of())?.width).toBeLessThanOrEqual(200);
      expect(svg).toMatchObject({ name: 'figure.svg', type: 'svg' });
      expect(svg?.content.toString()).toMatch(/<svg[\s\S]*<\/svg>\s*$/);
    });

    test('an open figure is shown again if it has changed', async () => {
      const { reports } = await figures(`
fig, ax = plt.subplots(); ax.plot([1, 2]); plt.show(block=False); plt.show(block=False); report("once")
ax.set_title("New"); plt.savefig("saved.png"); plt.show(block=False); report("changed")
ax.set_title("Newer"); plt.pause(0.01); plt.pause(0.01); report("pause")
webpipe.show(fig); report("always"); plt.show(); report("unchanged, closed")
plt.ion(); plt.plot([1]); plt.draw(); report("interactive"); plt.show(); plt.show(); report("interactive show")
plt.ioff(); plt.rcParams["savefig.format"] = "svg"; plt.show(block=False); plt.show(); report("svg")
`);
      expect(reports).toEqual([
        ['once', ['Figure 1'], [1]],
        ['changed', ['New'], [1]],
        ['pause', ['Newer'], [1]],
        ['always', ['Newer'], [1]],
        ['unchanged, closed', [], []],
        ['interactive', [], [1]],
        ['interactive show', ['Figure 1'], [1]],
        ['svg', ['Figure 1'], []],
      ]);
    });

    test('a figure that cannot be shown stays open; one that is never shown is lost', async () => {
      const { reports, all } = await figures(`
plt.figure(); plt.figure()
webpipe.command = "false"
try: plt.show()
except webpipe.Error: report("failed")
webpipe.command = None
plt.show(); report("again")
plt.plot([1])
`);
      expect(reports).toEqual([
        ['failed', [], [1, 2]],
        ['again', ['Figure 1', 'Figure 2'], []],
      ]);
      expect(all).toHaveLength(2);
    });

    test('shows figures, their parts, and arrays as images, with any backend', async () => {
      const setup = `
import matplotlib; matplotlib.use("agg")
import matplotlib.pyplot as plt, numpy
from matplotlib.figure import Figure
from PIL import Image
fig, axes = plt.subplots(1, 2, figsize=(4, 2)); axes[0].set_title("Left")
inside = plt.figure().subfigures(1, 2)[0].subplots()
alone = Figure(); alone.subplots().set_title("Alone")
colours = numpy.zeros((2, 3, 3), "uint8"); colours[:] = (1, 128, 255)
`;
      const [figure, grid, line, sub, own, jpg, rgb, floats, grey, image, cmyk, table] = await showAll(setup, [
        'fig, title="Mine", type="svg"',
        'axes',
        'axes[1].plot([1, 2])',
        'inside',
        'alone',
        'Image.new("RGBA", (4, 5)), type="jpg"',
        'colours',
        'numpy.full((4, 5, 4), 0.5)',
        'numpy.arange(6).reshape(2, 3) > 2, type="png"',
        'Image.fromarray(colours)',
        'Image.new("CMYK", (6, 7))',
        'numpy.arange(6).reshape(2, 3)',
      ]);
      expect(figure).toMatchObject({ name: 'figure.svg', type: 'svg', title: 'Mine' });
      expect([grid, line, sub, own].map((one) => one?.title)).toEqual(['Left', 'Left', 'Figure 2', 'Alone']);
      expect(jpg).toMatchObject({ name: 'image.jpg', type: 'jpg' });
      expect(rgb).toMatchObject({ name: 'ndarray.png', type: 'png' });
      const sizes = [jpg, rgb, floats, grey, image, cmyk].map((entry) => imageSize(entry?.content ?? Buffer.of()));
      expect(sizes).toEqual(
        [
          [4, 5],
          [3, 2],
          [5, 4],
          [3, 2],
          [3, 2],
          [6, 7],
        ].map(([width, height]) => expect.objectContaining({ width, height })),
      );
      expect(table).toMatchObject({ name: 'ndarray.csv', type: 'csv', content: Buffer.from('0,1,2\n3,4,5\n') });
      // The images made of the arrays have their values.
      for (const [index, one] of [rgb, floats, grey].entries())
        writeFileSync(join(files, `${index}.png`), one?.content ?? '');
      const read = await py(`
from PIL import Image
print([list(Image.open(f"{n}.png").getdata())[-1] for n in range(3)])`);
      expect(read.stdout).toBe('[(1, 128, 255), (128, 128, 128, 128), 255]\n');
    });

    test.skipIf(isMissing('IPython'))(
      'in IPython and interactive mode a changed figure is shown after its cell',
      async () => {
        const cells = `import matplotlib.pyplot as plt, webpipe
plt.ion()
fig = plt.figure("Cells")
plt.plot([1, 2]); plt.xlabel("x")
1
plt.plot([2, 1]); plt.show()
webpipe.command = "false"; plt.plot([3])
`;
        const before = (await entriesOf(server)).size;
        const result = await run(
          [python, '-m', 'IPython', '--no-banner', '--simple-prompt', '--no-confirm-exit', '--quick'],
          options({ IPYTHONDIR: tempDir() }, cells),
        );
        expect(result.code).toBe(0);
        const entries = [...(await entriesOf(server)).values()].filter(({ n }) => n > before);
        expect(entries.map(({ title }) => title)).toEqual(['Cells', 'Cells']);
        expect(result.stdout + result.stderr).toContain('webpipe: show: false exited with status 1');
      },
    );
  });

  test.skipIf(isMissing('pandas'))('pandas tables include their index, unless it only numbers the rows', async () => {
    const setup = `
import pandas
frame = pandas.DataFrame({"x": [1, 2.5, None], "name": ["a,b", 'q"', "é\\nx"]})
wide = pandas.DataFrame([[1, 2]], columns=pandas.MultiIndex.from_tuples([("a", "x"), ("b", "")]))
`;
    const [plain, indexed, named, series, above, tsv, html] = await showAll(setup, [
      'frame, title="Results"',
      'frame[1:]',
      'frame.set_index("name")',
      'pandas.Series([3, 1], index=["k", "l"])',
      'wide',
      'frame, type="tsv"',
      'frame, type="html"',
    ]);
    expect(plain).toMatchObject({ name: 'DataFrame.csv', type: 'csv', title: 'Results' });
    const text = [plain, indexed, named, series, above, tsv].map((entry) => entry?.content.toString());
    expect(text).toEqual([
      'x,name\n1.0,"a,b"\n2.5,"q"""\n,"é\nx"\n',
      'index,x,name\n1,2.5,"q"""\n2,,"é\nx"\n',
      'name,x\n"a,b",1.0\n"q""",2.5\n"é\nx",\n',
      'index,value\nk,3\nl,1\n',
      'a x,b\n1,2\n',
      'x\tname\n1.0\ta,b\n2.5\t"q"""\n\t"é\nx"\n',
    ]);
    expect(html).toMatchObject({ name: 'DataFrame.html', type: 'html' });
    expect(html?.content.toString()).toContain('<td>q"</td>');
  });
});
