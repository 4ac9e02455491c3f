import type { LanguageFn } from 'highlight.js';

/** A language of highlight.js. Its grammar is loaded on demand. */
export interface Language {
  /** Its name as people write it. */
  readonly label: string;
  /** The types of files that are written in it. */
  readonly types: string;
  /** Other words for it: after the fence of a block in Markdown, in a notebook, after `#!`. */
  readonly words?: string;
  /** Languages that may stand inside of it. */
  readonly inside?: readonly string[];
  load(): Promise<{ default: LanguageFn }>;
}

/** All languages, by the name that highlight.js gives them. */
const LANGUAGES: Readonly<Record<string, Language>> = {
  awk: { label: 'Awk', types: 'awk', words: 'gawk mawk', load: () => import('highlight.js/lib/languages/awk') },
  bash: {
    label: 'Shell',
    types: 'sh bash zsh fish ksh',
    words: 'shell dash ash',
    load: () => import('highlight.js/lib/languages/bash'),
  },
  c: { label: 'C', types: 'c h', load: () => import('highlight.js/lib/languages/c') },
  clojure: { label: 'Clojure', types: 'clj cljs', load: () => import('highlight.js/lib/languages/clojure') },
  cmake: { label: 'CMake', types: 'cmake', load: () => import('highlight.js/lib/languages/cmake') },
  cpp: {
    label: 'C++',
    types: 'cc cpp cxx hpp hh hxx',
    words: 'c++',
    load: () => import('highlight.js/lib/languages/cpp'),
  },
  csharp: { label: 'C#', types: 'cs', words: 'c#', load: () => import('highlight.js/lib/languages/csharp') },
  css: { label: 'CSS', types: 'css', load: () => import('highlight.js/lib/languages/css') },
  d: { label: 'D', types: 'd', load: () => import('highlight.js/lib/languages/d') },
  dart: { label: 'Dart', types: 'dart', load: () => import('highlight.js/lib/languages/dart') },
  delphi: { label: 'Pascal', types: 'pas', words: 'pascal', load: () => import('highlight.js/lib/languages/delphi') },
  diff: { label: 'Diff', types: '', words: 'patch', load: () => import('highlight.js/lib/languages/diff') },
  dockerfile: {
    label: 'Dockerfile',
    types: 'dockerfile containerfile',
    words: 'docker',
    load: () => import('highlight.js/lib/languages/dockerfile'),
  },
  dos: { label: 'Batch file', types: 'bat cmd', load: () => import('highlight.js/lib/languages/dos') },
  elixir: { label: 'Elixir', types: 'ex exs', load: () => import('highlight.js/lib/languages/elixir') },
  erlang: { label: 'Erlang', types: 'erl hrl', load: () => import('highlight.js/lib/languages/erlang') },
  fortran: { label: 'Fortran', types: 'f f90 f95 for', load: () => import('highlight.js/lib/languages/fortran') },
  fsharp: { label: 'F#', types: 'fs fsx', words: 'f#', load: () => import('highlight.js/lib/languages/fsharp') },
  go: { label: 'Go', types: 'go', words: 'golang', load: () => import('highlight.js/lib/languages/go') },
  gradle: { label: 'Gradle', types: 'gradle', load: () => import('highlight.js/lib/languages/gradle') },
  graphql: { label: 'GraphQL', types: 'graphql gql', load: () => import('highlight.js/lib/languages/graphql') },
  groovy: { label: 'Groovy', types: 'groovy jenkinsfile', load: () => import('highlight.js/lib/languages/groovy') },
  haskell: { label: 'Haskell', types: 'hs lhs', load: () => import('highlight.js/lib/languages/haskell') },
  ini: { label: 'INI', types: '', words: 'toml cfg', load: () => import('highlight.js/lib/languages/ini') },
  java: { label: 'Java', types: 'java', load: () => import('highlight.js/lib/languages/java') },
  javascript: {
    label: 'JavaScript',
    types: 'js mjs cjs jsx',
    words: 'node nodejs',
    inside: ['xml', 'css'],
    load: () => import('highlight.js/lib/languages/javascript'),
  },
  json: { label: 'JSON', types: '', words: 'jsonc json5', load: () => import('highlight.js/lib/languages/json') },
  julia: { label: 'Julia', types: 'jl', load: () => import('highlight.js/lib/languages/julia') },
  kotlin: { label: 'Kotlin', types: 'kt kts', load: () => import('highlight.js/lib/languages/kotlin') },
  latex: { label: 'TeX', types: 'tex', load: () => import('highlight.js/lib/languages/latex') },
  less: { label: 'Less', types: 'less', load: () => import('highlight.js/lib/languages/less') },
  lisp: { label: 'Lisp', types: 'lisp el', load: () => import('highlight.js/lib/languages/lisp') },
  lua: { label: 'Lua', types: 'lua', words: 'luajit', load: () => import('highlight.js/lib/languages/lua') },
  makefile: {
    label: 'Makefile',
    types: 'mk makefile gnumakefile',
    words: 'make',
    load: () => import('highlight.js/lib/languages/makefile'),
  },
  markdown: { label: 'Markdown', types: '', words: 'md', load: () => import('highlight.js/lib/languages/markdown') },
  matlab: { label: 'MATLAB', types: '', words: 'octave', load: () => import('highlight.js/lib/languages/matlab') },
  nim: { label: 'Nim', types: 'nim', load: () => import('highlight.js/lib/languages/nim') },
  nix: { label: 'Nix', types: 'nix', load: () => import('highlight.js/lib/languages/nix') },
  objectivec: { label: 'Objective-C', types: 'm mm', load: () => import('highlight.js/lib/languages/objectivec') },
  ocaml: { label: 'OCaml', types: 'ml mli', load: () => import('highlight.js/lib/languages/ocaml') },
  perl: { label: 'Perl', types: 'pl pm', load: () => import('highlight.js/lib/languages/perl') },
  php: { label: 'PHP', types: 'php', load: () => import('highlight.js/lib/languages/php') },
  powershell: {
    label: 'PowerShell',
    types: 'ps1',
    words: 'pwsh',
    load: () => import('highlight.js/lib/languages/powershell'),
  },
  protobuf: {
    label: 'Protocol Buffers',
    types: 'proto',
    load: () => import('highlight.js/lib/languages/protobuf'),
  },
  python: {
    label: 'Python',
    types: 'py pyi',
    words: 'python3 python2 ipython ipython3 pypy3',
    load: () => import('highlight.js/lib/languages/python'),
  },
  r: { label: 'R', types: 'r', words: 'rscript', load: () => import('highlight.js/lib/languages/r') },
  ruby: {
    label: 'Ruby',
    types: 'rb gemfile rakefile vagrantfile',
    load: () => import('highlight.js/lib/languages/ruby'),
  },
  rust: { label: 'Rust', types: 'rs', load: () => import('highlight.js/lib/languages/rust') },
  scala: { label: 'Scala', types: 'scala', load: () => import('highlight.js/lib/languages/scala') },
  scheme: { label: 'Scheme', types: 'scm', words: 'guile', load: () => import('highlight.js/lib/languages/scheme') },
  scss: { label: 'SCSS', types: 'scss', load: () => import('highlight.js/lib/languages/scss') },
  shell: {
    label: 'Shell session',
    types: '',
    words: 'console sh-session',
    inside: ['bash'],
    load: () => import('highlight.js/lib/languages/shell'),
  },
  sql: {
    label: 'SQL',
    types: 'sql',
    words: 'postgresql mysql sqlite',
    load: () => import('highlight.js/lib/languages/sql'),
  },
  stan: { label: 'Stan', types: 'stan', load: () => import('highlight.js/lib/languages/stan') },
  swift: { label: 'Swift', types: 'swift', load: () => import('highlight.js/lib/languages/swift') },
  tcl: { label: 'Tcl', types: 'tcl', words: 'tclsh wish', load: () => import('highlight.js/lib/languages/tcl') },
  typescript: {
    label: 'TypeScript',
    types: 'ts mts cts tsx',
    words: 'deno tsc',
    inside: ['xml', 'css'],
    load: () => import('highlight.js/lib/languages/typescript'),
  },
  verilog: { label: 'Verilog', types: 'v sv', load: () => import('highlight.js/lib/languages/verilog') },
  vhdl: { label: 'VHDL', types: 'vhd vhdl', load: () => import('highlight.js/lib/languages/vhdl') },
  vim: { label: 'Vim script', types: 'vim', load: () => import('highlight.js/lib/languages/vim') },
  x86asm: { label: 'Assembly', types: 'asm s', load: () => import('highlight.js/lib/languages/x86asm') },
  xml: {
    label: 'HTML',
    types: 'vue svelte',
    words: 'html xhtml svg',
    inside: ['javascript', 'typescript', 'css', 'scss'],
    load: () => import('highlight.js/lib/languages/xml'),
  },
  yaml: { label: 'YAML', types: '', words: 'yml', load: () => import('highlight.js/lib/languages/yaml') },
};

const split = (words = '') => words.split(' ').filter(Boolean);

/** The types of files that are source code. */
export const CODE_TYPES: readonly string[] = Object.values(LANGUAGES).flatMap(({ types }) => split(types));

const BY_WORD = new Map(
  Object.entries(LANGUAGES).flatMap(([name, { types, words }]) =>
    [name, ...split(types), ...split(words)].map((word) => [word, name] as const),
  ),
);

/** The language that a type, a word after a fence or an interpreter's name means: its name and what is known of it. */
export function languageOf(word: string): (Language & { readonly name: string }) | undefined {
  const name = BY_WORD.get(word.toLowerCase());
  const language = name === undefined ? undefined : LANGUAGES[name];
  return name === undefined || language === undefined ? undefined : { ...language, name };
}
