/** `syncboard completion`: what a shell completes, made of the table of commands. */

import type { Option } from '../shared/command-line/options.ts';
import { type CliCommand, cliCommand } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { languages } from './language/say.ts';

const shells = ['bash', 'zsh'] as const;

/** @param commands all of them: the table has this one, too */
export const completionOf = (commands: () => readonly CliCommand[]): CliCommand =>
  cliCommand(
    'completion',
    'what makes bash or zsh complete commands and options',
    {
      what: 'Writes a script for a shell: source <(syncboard completion bash)',
      parts: shells,
      options: {},
    },
    async (_, { write }, part) => {
      write(part === 'zsh' ? zsh(commands()) : bash(commands()));
      return exitCodes.ok;
    },
  );

const fileValues = new Set(['FILE', 'FOLDER', 'OLD', 'NEW', 'CATALOG']);

/** A case for each command: its options, and those of their values that are known. */
function bash(commands: readonly CliCommand[]): string {
  const names = commands.map(({ words }) => words).join('\\n');
  return `# syncboard: completion for bash
_syncboard() {
  local now="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" own="" files=0 one
  local first="\${COMP_WORDS[1]}" second="\${COMP_WORDS[2]}" command=""
  local names=$'${names}'
  if ((COMP_CWORD > 1)) && grep -qxF -- "$first" <<< "$names"; then command="$first"; fi
  if ((COMP_CWORD > 2)) && grep -qxF -- "$first $second" <<< "$names"; then command="$first $second"; fi
  case "$command" in
${commands.map(caseOf).join('\n')}
    *)
      if ((COMP_CWORD == 1)); then own="$(cut -d' ' -f1 <<< "$names" | sort -u)"
      elif ((COMP_CWORD == 2)); then own="$(sed -n "s/^$first //p" <<< "$names")"; fi ;;
  esac
  COMPREPLY=()
  while IFS= read -r one; do COMPREPLY+=("$one"); done < <(
    compgen -W "$own" -- "$now"
    if ((files)) && [[ "$now" != -* ]]; then compgen -f -- "$now"; fi
  )
}
complete -o filenames -F _syncboard syncboard`;
}

function caseOf(command: CliCommand): string {
  const { words, description } = command;
  const { operands = [], parts = [] } = description;
  const options = optionsOf(command);
  const values = options.flatMap(({ name, isFlag, isFile, values: known }) => {
    if (isFlag) return [];
    if (known.length > 0) return [`        --${name}) own="${known.join(' ')}" ;;`];
    return [`        --${name}) ${isFile ? 'files=1' : ':'} ;;`];
  });
  const all = [...parts, ...options.map(({ name }) => `--${name}`)].join(' ');
  const isFile = operands.some(({ name }) => fileValues.has(name));
  return `    "${words}")
      case "$before" in
${values.join('\n')}
        *) own="${all}"; files=${isFile ? 1 : 0} ;;
      esac ;;`;
}

/** zsh runs the same: it has an emulation of bash's completions. */
function zsh(commands: readonly CliCommand[]): string {
  return `#compdef syncboard
autoload -U +X compinit && compinit -u
autoload -U +X bashcompinit && bashcompinit
${bash(commands)}`;
}

function optionsOf({ description }: CliCommand) {
  const all: [string, Option][] = [
    ...Object.entries(description.options),
    ['lang', { type: 'text', value: 'LANGUAGE', values: languages, help: '' }],
    ['help', { type: 'flag', help: '' }],
  ];
  return all.map(([name, option]) => ({
    name,
    isFlag: option.type === 'flag',
    values: option.type === 'text' ? (option.values ?? []) : [],
    isFile: option.type === 'text' && fileValues.has(option.value),
  }));
}
