import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { entriesOf, entryNumbers, has, launcher, run } from '../client/client.ts';
import { sourceOf } from '../support/disk.ts';
import { type Ended, root, type Server, startServer, tempDir } from '../support/wp.ts';

const folder = join(root, 'clients/r');
const sourced = `source("${folder}/webpipe.R")`;
const ggplot2 = existsSync('/usr/lib/R/site-library/ggplot2/DESCRIPTION');

interface ShownEntry {
  readonly type: string;
  readonly title: string | undefined;
  readonly name: string;
  readonly content: Buffer;
}

describe.skipIf(!has('R'))('R', () => {
  let server: Server;
  const tempFolder = tempDir();
  const env = { WEBPIPE_COMMAND: launcher, LC_ALL: 'C.UTF-8' };

  beforeAll(async () => {
    server = await startServer();
  });

  /** Runs lines of R as a script. `more` are additional environment variables. */
  async function script(lines: string, more: Record<string, string> = {}, cwd = tempDir()): Promise<Ended> {
    const file = join(tempDir(), 'script.R');
    writeFileSync(file, `options(webpipe.verbose = TRUE)\n${lines}\n`);
    return run(['Rscript', '--vanilla', file], { dir: server.dir, cwd, env: { ...env, ...more } });
  }

  /** Enters lines at the prompt of R. */
  function prompt(lines: string): Promise<Ended> {
    const command = ['R', '--interactive', '--no-readline', '--vanilla', '--quiet'];
    return run(command, { dir: server.dir, cwd: tempDir(), env, input: `${lines}\n` });
  }

  /** The entries whose addresses are in an output. */
  async function entriesShownBy({ stdout, stderr }: Ended): Promise<ShownEntry[]> {
    const entries = await entriesOf(server);
    return entryNumbers(stderr + stdout).map((n) => {
      const entry = entries.get(n);
      if (!entry) throw new Error(`there is no entry ${n}`);
      const { type, title, name, id } = entry;
      return { type, title, name, content: sourceOf(server.dir, server.scroll, id) };
    });
  }

  const titles = (shown: readonly ShownEntry[]) => shown.map(({ title }) => title);

  const same = (a: ShownEntry | undefined, b: ShownEntry | undefined) => !!a && !!b && a.content.equals(b.content);

  /** The width and height of a PNG, in pixels. */
  function size({ content }: ShownEntry): [number, number] {
    expect(content.toString('latin1', 1, 4)).toBe('PNG');
    return [content.readUInt32BE(16), content.readUInt32BE(20)];
  }

  describe.each(['library', 'source'])('loaded by %s()', (way) => {
    const library = join(tempFolder, 'library');
    const load = way === 'source' ? sourced : `library(webpipe, lib.loc = "${library}")`;

    beforeAll(async () => {
      if (way === 'source') return;
      mkdirSync(library);
      const install = ['R', 'CMD', 'INSTALL', '--no-test-load', '-l', library, join(folder, 'webpipe')];
      expect(await run(install, { dir: tempFolder, env })).toMatchObject({ code: 0 });
    });

    test('plots, tables, models and text are shown with the right type', async () => {
      const cwd = tempDir();
      const result = await script(
        `${load}
        url <- web.plot(cars)
        stopifnot(is.character(url), grepl("^http://localhost", url), is.null(dev.list()))
        web.hist(c(1, 2, 2, 3), breaks = 3, title = "three")
        web.png(hist, c(1, 2, 2, 3))
        web.svg(plot, cars)
        web.pdf({ plot(1); plot(2) })
        web.show(head(mtcars[1:2], 2))
        web.show(data.frame(n = c(100000, NA), s = c("a,\\"b\\"", "\\u00e9")))
        web.show(lm(dist ~ speed, cars))
        web.show(c("one", "zwei \\u00e9", NA))
        web.show("# Title", type = "md")
        web.show(list(a = 1))
        web.show.mine <- function(x, ...) web.show("my own", title = "mine")
        web.show(structure(1, class = "mine"))`,
        {},
        cwd,
      );
      expect(result).toMatchObject({ code: 0, stdout: '' });
      const shown = await entriesShownBy(result);
      expect(shown.map(({ type, title }) => [type, title])).toEqual([
        ['Rplot.png', 'plot(cars)'],
        ['Rplot.png', 'three'],
        ['Rplot.png', 'hist(c(1, 2, 2, 3))'],
        ['svg', 'plot(cars)'],
        ['pdf', 'plot(1); plot(2)'],
        ['csv', 'head(mtcars[1:2], 2)'],
        ['csv', 'data.frame(n = c(1e+05, NA), s = c("a,\\"b\\"", "é"))'],
        ['txt', 'lm(dist ~ speed, cars)'],
        ['txt', 'c("one", "zwei é", NA)'],
        ['md', '"# Title"'],
        ['txt', 'list(a = 1)'],
        ['txt', 'mine'],
      ]);
      const [plot, , , svg, pdf, ...values] = shown;
      expect(size(plot!)).toEqual([1600, 800]);
      expect(plot?.name).toBe('plot-cars.Rplot.png');
      expect(svg?.content.toString()).toContain('<svg');
      expect(pdf?.content.toString('latin1')).toMatch(/^%PDF-[\s\S]*\/Count 2/);
      const [rows, quotes, model, lines, , list, ownData] = values.map(({ content }) => content.toString());
      expect(rows).toBe('"rowname","mpg","cyl"\n"Mazda RX4",21,6\n"Mazda RX4 Wag",21,6\n');
      expect(quotes).toBe('"n","s"\n100000,"a,""b"""\nNA,"é"\n');
      expect(model).toMatch(/^Call:\nlm[\s\S]*Multiple R-squared: {2}0.6511/);
      expect(lines).toBe('one\nzwei é\nNA\n');
      expect(list).toBe('List of 1\n $ a: num 1\n');
      expect(ownData).toBe('my own\n');
      expect(existsSync(join(cwd, 'Rplots.pdf'))).toBe(false);
    });

    test('ordinary plots are shown automatically', async () => {
      const result = await script(
        `${load}\noptions(device = web.device)\nplot(1)\nlines(1:2)\nfor (i in 1:2) barplot(i)`,
      );
      expect(result).toMatchObject({ code: 0, stdout: '' });
      expect(titles(await entriesShownBy(result))).toEqual(['plot(1); lines(1:2)', 'barplot(i)', 'barplot(i)']);
    });
  });

  describe('plots', () => {
    test('of functions, expressions and objects use the variables of the caller', async () => {
      const result = await script(`${sourced}
        local({
          d <- data.frame(a = 1:10, g = rep(1:2, 5))
          plot <- function(x, ...) if (is.data.frame(x)) barplot(x$a, ...) else graphics::plot(x, ...)
          web.png(boxplot, a ~ g, data = d)
          web.png({ graphics::plot(d$a); lines(d$a) })
          web.plot(d, main = "mine")
          web.png(function() hist(d$a))
          web.png(density(d$a))
          web.png(curve, expr = sin(x), 0, 10)
          web.png(function(k) plot(d$a * k), k = 2)
        })
        plots <- function(...) web.plot(..., title = c("two", "words"))
        plots(cars)
        web.plot(hist(c(1, 2, 2), plot = FALSE))
        do.call(web.plot, list(cars))
        pdf(NULL)
        dev.control("enable")
        plot(cars)
        recorded <- recordPlot()
        invisible(dev.off())
        web.show(recorded)`);
      expect(result).toMatchObject({ code: 0, stdout: '' });
      const shown = await entriesShownBy(result);
      expect(titles(shown)).toEqual([
        'boxplot(a ~ g, data = d)',
        'graphics::plot(d$a); lines(d$a)',
        'plot(d, main = "mine")',
        'hist(d$a)',
        'density(d$a)',
        'curve(expr = sin(x), 0, 10)',
        'plot(d$a * k)',
        'two words',
        'plot(hist(c(1, 2, 2), plot = FALSE))',
        'plot(<data.frame>)',
        'recorded',
      ]);
      for (const one of shown) expect(size(one)).toEqual([1600, 800]);
      expect(same(shown[9], shown[7])).toBe(true);
    });

    test('have the requested size, and one entry per page', async () => {
      const result = await script(`${sourced}
        options(webpipe.png.args = list(width = 400, height = 300, res = 72))
        web.plot(1)
        web.plot(1, png.args = list(width = 500))
        web.png(function() for (i in 1:3) plot(i), title = "pages")
        web.svg(plot, 1, svg.args = list(width = 4, height = 3))
        web.device(height = 5)
        plot(1)`);
      const shown = await entriesShownBy(result);
      expect(titles(shown.slice(2, 5))).toEqual(['pages (1 of 3)', 'pages (2 of 3)', 'pages (3 of 3)']);
      const [svg] = shown.splice(5, 1);
      expect(svg?.content.toString()).toMatch(/width="288(pt)?" height="216(pt)?"/);
      expect(shown.map(size)).toEqual([
        [400, 300],
        [500, 300],
        [400, 300],
        [400, 300],
        [400, 300],
        [400, 360],
      ]);
    });

    test.skipIf(!ggplot2)('of ggplot2, lattice and grid', async () => {
      const result = await script(`${sourced}
        library(ggplot2)
        p <- ggplot(cars, aes(speed, dist)) + geom_point()
        web.show(p)
        web.png(p)
        web.plot(p)
        web.show(lattice::xyplot(dist ~ speed, cars))
        web.show(ggplotGrob(p))
        web.show(tibble::tibble(a = 1:2, l = list(1:2, NULL)))
        print.drawn <- function(x, ...) { cat("said\\n"); plot(1) }
        web.show(structure(1, class = "drawn"), title = "both")
        web.device()
        p
        for (k in 1:2) print(p + ggtitle(k))`);
      expect(result.code).toBe(0);
      const shown = await entriesShownBy(result);
      expect(shown.map(({ type, title }) => [type, title])).toEqual([
        ['Rplot.png', 'p'],
        ['Rplot.png', 'p'],
        ['Rplot.png', 'plot(p)'],
        ['Rplot.png', 'lattice::xyplot(dist ~ speed, cars)'],
        ['Rplot.png', 'ggplotGrob(p)'],
        ['csv', 'tibble::tibble(a = 1:2, l = list(1:2, NULL))'],
        ['txt', 'both'],
        ['Rplot.png', 'both'],
        ['Rplot.png', 'p'],
        ['Rplot.png', 'p + ggtitle(k)'],
        ['Rplot.png', 'p + ggtitle(k)'],
      ]);
      const [first, second, third, , , tibble, message] = shown;
      for (const one of [second, third, shown[8]]) expect(same(one, first)).toBe(true);
      expect(tibble?.content.toString()).toBe('"a","l"\n1,"1, 2"\n2,NA\n');
      expect(message?.content.toString()).toBe('said\n');
    });
  });

  test('tables of all kinds', async () => {
    const result = await script(`${sourced}
      web.show(table(g = c(3, 4, 4), c("x", "y", "y")))
      web.show(table(a = c("x", "y", "y")))
      web.show(matrix(1:4, 2, dimnames = list(NULL, c("a", "b"))))
      web.show(cars[cars$speed > 24, ])
      web.show(data.frame(d = as.Date("2026-03-01"), f = factor("\\u00fc"), l = I(list(1:2)))[c("d", "f")])
      web.show(summary(cars))
      web.show(data.frame())
      stopifnot(length(web.file(character())) == 0)
      web.show(anova(lm(dist ~ speed, cars)))`);
    expect(result).toMatchObject({ code: 0, stdout: '' });
    const shown = await entriesShownBy(result);
    expect(shown.map(({ type }) => type)).toEqual(['csv', 'csv', 'csv', 'csv', 'csv', 'txt', 'txt', 'txt']);
    expect(shown.slice(0, 5).map(({ content }) => content.toString())).toEqual([
      '"g","Var2=x","Var2=y"\n"3",1,0\n"4",0,2\n',
      '"a","Freq"\n"x",1\n"y",2\n',
      '"a","b"\n1,3\n2,4\n',
      '"speed","dist"\n25,85\n',
      '"d","f"\n2026-03-01,"ü"\n',
    ]);
  });

  test.each(['C.UTF-8', 'C'])('names and titles are preserved (%s)', async (locale) => {
    const cwd = tempDir();
    const name = `it's é \n "$(id)" 'two'.csv`;
    writeFileSync(join(cwd, name), 'a,b\n1,2\n');
    writeFileSync(join(cwd, '-x.txt'), 'x');
    const result = await script(
      `${sourced}
      web.file("it's \\u00e9 \\n \\"$(id)\\" 'two'.csv")
      web.file(c("-x.txt", "-x.txt"), type = "log", title = "\\u20ac '\\n\\" \`id\` $HOME \\\\")
      web.show(c(a = "\\u00e9"), title = "\\u00e9")
      web.show(setNames(data.frame("\\u00e9"), "\\u00fc"), title = "-t")
      web.plot(1, title = "\\u00e9 \\n 'x'")`,
      { LC_ALL: locale },
      cwd,
    );
    expect(result).toMatchObject({ code: 0, stdout: '' });
    expect(entryNumbers(result.stderr).length).toBe(result.stderr.trimEnd().split('\n').length);
    const shown = await entriesShownBy(result);
    const hostile = '€ \'\n" `id` $HOME \\';
    expect(shown.map(({ type, title }) => [type, title])).toEqual([
      ['csv', undefined],
      ['log', hostile],
      ['log', hostile],
      ['txt', 'é'],
      ['csv', '-t'],
      ['Rplot.png', "é \n 'x'"],
    ]);
    expect(shown[0]?.name).toBe(name);
    expect(shown[3]?.content.toString()).toBe('é\n');
    expect(shown[4]?.content.toString()).toBe('"ü"\n"é"\n');
  });

  test('failures are R errors, and leave no device and no file', async () => {
    const result = await script(`${sourced}
      pdf(NULL); pdf(NULL); invisible(dev.set(2))
      tried <- function(expr) cat(conditionMessage(tryCatch(expr, error = identity)), "\\n")
      tried(web.png({ plot(1); stop("my own") }))
      tried(web.png(function() NULL))
      tried(web.pdf(NULL))
      tried(web.plot(1, png.args = list(width = -1)))
      tried(web.file("nothing"))
      web.png({ plot(1); dev.off() })
      options(webpipe.command = "/nowhere/wp")
      tried(web.show(1))
      options(webpipe.command = c("sh", "-c", "echo no >&2; exit 7"))
      tried(web.show(1))
      options(webpipe.command = NULL)
      Sys.setenv(WEBPIPE_COMMAND = "", PATH = "/nowhere")
      tried(web.show(1))
      tried(web.device())
      cat(class(tryCatch(web.show(1), error = identity)), "\\n")
      cat(dev.cur(), dev.list(), list.files(tempdir()), "\\n")`);
    expect(result.code).toBe(0);
    const nothing = 'nothing was drawn; give it a function or an expression that plots';
    const nowhere =
      'neither wp nor wp-stub is on the PATH; install one of them, or set ' +
      'options(webpipe.command = "...") or WEBPIPE_COMMAND to its path';
    expect(result.stdout.split(' \n')).toEqual([
      'my own',
      `webpipe: web.png: ${nothing}`,
      `webpipe: web.pdf: ${nothing}`,
      expect.stringMatching(/^webpipe: web.png: R cannot draw here: .*; check /),
      'webpipe: show: nothing: no such file; check its name',
      expect.stringMatching(/^webpipe: show: \/nowhere\/wp exited with status 127\n.*not found/),
      'webpipe: show: sh exited with status 7\nno',
      `webpipe: ${nowhere}`,
      `webpipe: ${nowhere}`,
      'webpipe_error error condition',
      '2 2 3 ',
      '',
    ]);
  });

  describe('the device', () => {
    test('shows the page after each line at the prompt', async () => {
      const result = await prompt(`${sourced}
web.device()
plot(cars)
x <- 1
lines(cars)
{ plot(cars); lines(cars) }
par(mfrow = c(1, 2)); for (i in 1:2) plot(i)
grid::grid.newpage(); grid::grid.circle()
draw <- function(n) { plot(n); plot(n + 1); web.plot(n) }
par(mfrow = c(1, 1)); draw(2)
invisible(lapply(1:2, function(i) pie(i)))
plot(1, main = "last")
dev.off()
plot(2)`);
      expect(result.code).toBe(0);
      expect(result.stderr).not.toContain('Warning');
      const shown = await entriesShownBy({ ...result, stdout: '' });
      expect(titles(shown)).toEqual([
        'plot(cars)',
        'plot(cars); lines(cars)',
        'plot(cars)',
        'plot(i)',
        'grid::grid.newpage(); grid::grid.circle()',
        'draw(2)',
        'plot(n)',
        'draw(2)',
        'pie(i)',
        'pie(i)',
        'plot(1, main = "last")',
      ]);
      expect(same(shown[2], shown[1])).toBe(true);
      expect(same(shown[1], shown[0])).toBe(false);
    });

    test('loses no page if other devices are opened and closed, and restores the current device', async () => {
      const result = await script(`${sourced}
        pdf(NULL); pdf(NULL); invisible(dev.set(2))
        web.device()
        { plot(1); invisible(dev.off()); png("own.png", type = "cairo"); plot(2); invisible(dev.off()) }
        { web.device(); plot(3); pdf(NULL); plot(4); invisible(dev.off()); invisible(dev.set(4)) }
        source(textConnection("plot(5)"))
        web.device.off()
        web.device.off()
        invisible(TRUE)
        cat(dev.cur(), dev.list(), length(getHook("plot.new")), length(getTaskCallbackNames()), list.files(tempdir()), "")`);
      expect(result).toMatchObject({ code: 0, stdout: '2 2 3 0 0  ' });
      expect(titles(await entriesShownBy(result))).toEqual(['plot(1)', 'plot(3)', 'plot(5)']);
    });

    test.each([
      ['an error', 'stop("bad")', 1],
      ['quit()', 'q(status = 3, runLast = FALSE)', 3],
    ])('shows the last page if %s ends a script', async (_, end, code) => {
      const result = await script(`${sourced}\nweb.device()\nplot(1)\n{ plot(2); ${end} }`);
      expect(result.code).toBe(code);
      expect(titles(await entriesShownBy(result))).toEqual(['plot(1)', 'plot(2)']);
    });

    test('keeps images that cannot be shown until they can be shown', async () => {
      const result = await script(
        `options(warn = 2)
        ${sourced}
        web.device()
        for (i in 1:2) plot(i)
        Sys.setenv(WEBPIPE_DIR = "${server.dir}")
        hist(1:3)
        web.device.off()
        Sys.setenv(WEBPIPE_DIR = "/nowhere")
        plot(3)
        invisible(dev.off())
        web.device()
        plot(4)`,
        { WEBPIPE_DIR: '/nowhere' },
      );
      expect(result.code).toBe(0);
      expect(titles(await entriesShownBy(result))).toEqual(['plot(i)', 'plot(i)', 'hist(1:3)']);
      const warnings = result.stderr.split('\n').filter((line) => /^Warning|^\d+ image/.test(line));
      const warning =
        'Warning: webpipe: show: no webpipe is running for /nowhere; start one with "wp run", or use "wp show --start"';
      expect(warnings).toEqual([warning, '1 image will be shown with the next one', warning, '1 image not shown']);
    });

    test('can be set up in ~/.Rprofile', async () => {
      const home = tempDir();
      writeFileSync(join(home, '.Rprofile'), `${sourced}\noptions(device = web.device, webpipe.verbose = TRUE)\n`);
      writeFileSync(join(home, 'script.R'), 'plot(1)\ndev.new(width = 5, height = 5)\nplot(2)\n');
      const R = ['R', '--no-save', '--quiet', '-f', 'script.R'];
      const result = await run(R, { dir: server.dir, cwd: home, env: { ...env, R_PROFILE_USER: '.Rprofile' } });
      expect(result.code).toBe(0);
      expect(titles(await entriesShownBy({ ...result, stdout: '' }))).toEqual(['plot(1)', 'plot(2)']);
      expect(existsSync(join(home, 'Rplots.pdf'))).toBe(false);
    });
  });

  test.skipIf(!has('nc'))('works with wp-stub, which does not read the standard input of R', async () => {
    const tools = tempDir();
    symlinkSync(join(root, 'clients/sh/wp-stub'), join(tools, 'wp-stub'));
    for (const tool of ['nc', 'od']) symlinkSync(`/usr/bin/${tool}`, join(tools, tool));
    const input = `Sys.unsetenv("WEBPIPE_COMMAND")
Sys.setenv(PATH = "${tools}")
${sourced}
options(webpipe.verbose = TRUE)
web.show("by the stub", title = "é 'x'")
web.plot(1)
web.device()
plot(2)
`;
    const R = ['R', '--vanilla', '--no-echo'];
    const result = await run(R, { dir: server.dir, cwd: tempDir(), env, input });
    expect(result).toMatchObject({ code: 0, stdout: '' });
    const shown = await entriesShownBy(result);
    expect(titles(shown)).toEqual(["é 'x'", 'plot(1)', 'plot(2)']);
    expect(shown[0]?.content.toString()).toBe('by the stub\n');
  });

  test.skipIf(!ggplot2)('the examples of the README work', async () => {
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    const blocks = [...readme.matchAll(/^```r\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
    const cwd = tempDir();
    writeFileSync(join(cwd, 'report.html'), '<p>done');
    const lines = blocks.join('').replaceAll('source("~/webpipe.R")', '');
    const html = 'web.show(structure("<b>x</b>", class = "html"), title = "own")';
    const result = await script(`${sourced}\nlibrary(ggplot2)\n${lines}\n${html}\nplot(1)`, {}, cwd);
    expect(result.code).toBe(0);
    const shown = await entriesShownBy(result);
    const types = shown.map(({ type }) => type);
    const pictures = Array(4).fill('Rplot.png');
    const values = ['svg', 'csv', 'txt', 'Rplot.png', 'md', 'txt', 'html'];
    expect(types).toEqual([...pictures, ...values, ...pictures, 'html', 'Rplot.png']);
  });

  test('the sourced file defines nothing in the workspace, and can be sourced again', async () => {
    const result = await script(`${sourced}\n${sourced}
      cat(ls(), sum(search() == "webpipe"), "", sep = "")
      rm(list = ls())
      cat(ls("webpipe"))`);
    const namespace = readFileSync(join(folder, 'webpipe/NAMESPACE'), 'utf8');
    const exported = [...namespace.matchAll(/^export\((.*)\)$/gm)].map(([, name]) => name);
    expect(result.stdout).toBe(`1${exported.join(' ')}`);
  });
});
