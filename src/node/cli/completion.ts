import type { Command, Option } from 'commander';
import { formats } from '../../formats/index.ts';

/** The words that the scripts complete, taken from the definitions of the commands. */
interface Words {
  readonly commands: readonly { readonly name: string; readonly about: string; readonly options: readonly Option[] }[];
  readonly types: readonly string[];
}

/** The supported shells, with the function that makes the script of each. */
export const shells = { bash, zsh, fish } as const;

/**
 * Makes the script that completes the command line of `program` in a shell. The script never runs wp: it contains the commands,
 * options and types, reads the scrolls from the directory, and leaves files to the shell.
 */
export async function completionScript(program: Command, shell: keyof typeof shells): Promise<string> {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    about: command.description(),
    options: command.options,
  }));
  const types = [...new Set(formats.flatMap((renderer) => renderer.types))].sort();
  return shells[shell]({ commands, types });
}

function flagsOf(options: readonly Option[]): string[] {
  return [...options.flatMap(({ short, long }) => [long, short]).filter((flag) => flag !== undefined), '--help'];
}

/** Quotes a word for the shell with single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function cases(words: Words, indent: string): string {
  return words.commands
    .map(({ name, options }) => `${indent}${name}) flags=${quoted(flagsOf(options).join(' '))} ;;`)
    .join('\n');
}

/** Shell code for bash and zsh that prints the scrolls of the directory, one per line. */
const SCROLLS = `for scroll in "\${WEBPIPE_DIR:-$HOME/webpipe}"/s/*/; do
    [ -d "$scroll" ] && scroll=\${scroll%/} && printf '%s\\n' "\${scroll##*/}"
  done`;

/** Completes by the command on the line; `-o default` completes file names if the script returns nothing. */
function bash(words: Words): string {
  return `# wp: completion for bash
_wp_scrolls() {
  local scroll
  ${SCROLLS}
}
_wp() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command= position=0 flags= words= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      -*) ;;
      *) if [ "$command" ]; then position=$((position + 1)); else command=\${COMP_WORDS[i]}; fi ;;
    esac
  done
  case $command in
${cases(words, '    ')}
  esac
  COMPREPLY=()
  case $prev in
    -t | --type) words=${quoted(words.types.join(' '))} ;;
    --dir | --title | --*-port) return ;;
    *)
      case $command:$cur in
        :*) words=${quoted(words.commands.map(({ name }) => name).join(' '))} ;;
        *:-*) words=$flags ;;
        as:* | show-as:*) [ "$position" = 0 ] || return; words=${quoted(words.types.join(' '))} ;;
        help:*) words=${quoted(words.commands.map(({ name }) => name).join(' '))} ;;
        completion:*) words='bash zsh fish' ;;
        ls:* | run:* | start:*) words=$(_wp_scrolls) ;;
        open:* | rm:*) compopt -o nospace 2>/dev/null; words=$(_wp_scrolls | sed 's/$/#/') ;;
        *) return ;;
      esac
      ;;
  esac
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _wp wp
`;
}

function zsh(words: Words): string {
  const described = (pairs: readonly (readonly [string, string])[]) =>
    pairs.map(([word, about]) => quoted(`${word.replaceAll(':', '\\:')}:${about}`)).join(' ');
  const options = words.commands
    .map(({ name, options }) => {
      const pairs = options.flatMap(({ short, long, description }) =>
        [long, short].filter((flag) => flag !== undefined).map((flag) => [flag, description] as const),
      );
      return `    ${name}) flags=(${described([...pairs, ['--help', 'describe this command']])}) ;;`;
    })
    .join('\n');
  return `#compdef wp
# wp: completion for zsh
_wp_scrolls() {
  local scroll
  ${SCROLLS}
}
_wp() {
  local command= position=0 word
  local -a flags commands types scrolls
  commands=(${described(words.commands.map(({ name, about }) => [name, about]))})
  types=(${words.types.map(quoted).join(' ')})
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case $word in
      -*) ;;
      *) if [[ -n $command ]]; then ((position++)); else command=$word; fi ;;
    esac
  done
  case $command in
${options}
  esac
  case $words[CURRENT-1] in
    -t|--type) compadd -a types; return ;;
    --dir) _files -/; return ;;
    --title|--*-port) return ;;
  esac
  case $command:$words[CURRENT] in
    :*|help:*) _describe command commands ;;
    *:-*) _describe option flags ;;
    as:*|show-as:*) if ((position)); then _files; else compadd -a types; fi ;;
    completion:*) compadd bash zsh fish ;;
    ls:*|run:*|start:*) scrolls=(\${(f)"$(_wp_scrolls)"}); compadd -a scrolls ;;
    open:*|rm:*) scrolls=(\${(f)"$(_wp_scrolls)"}); compadd -S '#' -a scrolls ;;
    *) _files ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _wp "$@"; else compdef _wp wp; fi
`;
}

function fish(words: Words): string {
  const ifCommand = (...names: string[]) => quoted(`__fish_seen_subcommand_from ${names.join(' ')}`);
  const names = words.commands.map(({ name }) => name);
  const types = quoted(words.types.join(' '));
  const lines = [
    '# wp: completion for fish',
    'function __wp_scrolls',
    '  set -l dir $WEBPIPE_DIR',
    '  test -n "$dir"; or set dir ~/webpipe',
    '  for scroll in $dir/s/*/',
    '    basename $scroll',
    '  end',
    'end',
    '# whether the first argument of the command is being completed',
    'function __wp_is_first_argument',
    "  test (count (string match -v -- '-*' (commandline -opc))) = 2",
    'end',
    ...words.commands.map(
      ({ name, about }) => `complete -c wp -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
    ),
    `complete -c wp -n ${ifCommand('help')} -f -a ${quoted(names.join(' '))}`,
    `complete -c wp -n ${ifCommand('completion')} -f -a 'bash zsh fish'`,
    `complete -c wp -n ${ifCommand('ls', 'run', 'start')} -f -a '(__wp_scrolls)'`,
    `complete -c wp -n ${ifCommand('open', 'rm')} -f -a '(__wp_scrolls)#'`,
    `complete -c wp -n '__fish_seen_subcommand_from as show-as; and __wp_is_first_argument' -f -a ${types}`,
  ];
  for (const { name, options } of words.commands) {
    for (const { short, long, description, required } of options) {
      const flag = `${short ? ` -s ${short.slice(1)}` : ''}${long ? ` -l ${long.slice(2)}` : ''}`;
      const value = !required ? '' : long === '--type' ? ` -x -a ${types}` : long === '--dir' ? ' -r' : ' -x';
      lines.push(`complete -c wp -n ${ifCommand(name)}${flag}${value} -d ${quoted(description)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
