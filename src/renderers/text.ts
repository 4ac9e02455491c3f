import type { Renderer } from '../model/renderer.ts';
import { isText } from './text/charset.ts';
import { TEXT_LIMITS, textPage } from './text/page.ts';

const PLAIN =
  'txt text log out err md5 sha1 sha256 sha512 asc pem crt csr tex bib rst org adoc srt vtt nfo lst list lock';
const SETTINGS = 'conf ini cfg cnf properties env service desktop rules editorconfig gitignore';
const CODE =
  'py pyi js mjs cjs jsx ts mts cts tsx c h cc cpp cxx hpp hh hxx rs go java kt kts scala groovy sh bash zsh fish ksh awk sed ' +
  'r sql pl pm rb php lua swift m mm cs fs fsx hs lhs ml mli ex exs erl hrl clj cljs lisp el scm jl nim zig d pas f f90 f95 ' +
  'for asm s v sv vhd vhdl tcl vim ps1 bat cmd css scss sass less vue svelte proto graphql gql tf hcl nix cmake gradle mk ' +
  'diff patch makefile gnumakefile dockerfile containerfile vagrantfile jenkinsfile gemfile rakefile procfile readme license ' +
  'copying changelog authors notice todo';

export default {
  name: 'text',
  about: 'Plain text, logs and source code: small files whole, large ones by their ends, growing ones as they grow',
  types: [PLAIN, SETTINGS, CODE].join(' ').split(' '),
  preview: true,
  live: true,

  sniff: (head) => (isText(head) ? 'txt' : undefined),

  // What a pipe brings is called txt; where it is a terminal's output, it is shown as one would.
  render: (input, output) =>
    textPage(input, output, {
      mode: input.type === 'log' ? 'log' : 'text',
      perhapsTerminal: true,
      limits: TEXT_LIMITS,
    }),
} satisfies Renderer;
