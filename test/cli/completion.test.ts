/** bash completes, made of the table of commands: one bash, many questions. */

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { commands } from '../../cli/commands.ts';
import { cli } from './run-cli.ts';

it('bash completes commands, options, their values and files', async () => {
  const script = (await cli(['completion', 'bash'])).out;
  const asked: [string, string[] | RegExp][] = [
    ['syncboard bo', ['board', 'boards']],
    ['syncboard board o', ['off', 'on']],
    ['syncboard nothing ', []],
    ['syncboard board run ours --w', ['--wait']],
    ['syncboard run --month ', []],
    ['syncboard schedule set night --missed ', ['all', 'last', 'none']],
    ['syncboard runs --lang ', ['cs', 'en', 'ru']],
    ['syncboard completion ', /bash\nzsh/],
    ['syncboard catalog check package.j', ['package.json']],
    ['syncboard run --calls package.j', ['package.json']],
    ...commands.map(({ words }): [string, RegExp] => [`syncboard ${words} --he`, /^--help$/]),
  ];
  const lines = asked.map(
    ([line]) =>
      `ask ${line
        .split(' ')
        .map((word) => `'${word}'`)
        .join(' ')}`,
  );
  const { stdout, stderr, status } = spawnSync('bash', ['--norc'], {
    input: `${script}
ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _syncboard; printf '%s\\n' "\${COMPREPLY[@]}" | sort; echo ==; }
complete -p syncboard >/dev/null || exit 7
${lines.join('\n')}
`,
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.deepEqual([status, stderr], [0, '']);
  const answers = stdout.split('==\n').map((answer) => answer.trim());
  for (const [index, [line, expected]] of asked.entries()) {
    const answer = answers[index] ?? '';
    if (expected instanceof RegExp) assert.match(answer, expected, line);
    else assert.deepEqual(answer.split('\n').filter(Boolean), expected, line);
  }
  assert.match((await cli(['completion', 'zsh'])).out, /^#compdef syncboard\n.*bashcompinit/s);
});
