/** Types what documents tell somebody to type, and holds what they show against what is printed. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OneMachine } from '../support/one-machine.ts';
import { type Block, elided, linesFaults, shapeFaults } from './blocks.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const port = (url: string): string => new URL(url).port;

/** By then what a document closes is open again: the days in documents pass. */
const tomorrow = new Date(Date.now() + 86_400_000).toISOString();

/** As it is typed, but to this machine's ports, and of a day that is still to come. */
export function typedOn(machine: OneMachine, text: string): string {
  const sqlPorts = [11433, 11435, 11436, 11437].map((usual, index) => {
    return [`127.0.0.1,${usual}`, `127.0.0.1,${machine.sqlPorts[index]}`] as const;
  });
  const ports = [
    ['127.0.0.1:7071', new URL(machine.url).host],
    ['127.0.0.1:5434', `127.0.0.1:${port(machine.flexibeeUrl)}`],
    ['127.0.0.1:5435', `127.0.0.1:${port(machine.flexibeeControlUrl)}`],
    ['127.0.0.1:8698', `127.0.0.1:${port(machine.abraGenControlUrl)}`],
    ...sqlPorts,
  ] as const;
  return ports
    .reduce((typed, [usual, own]) => typed.replaceAll(usual, own), text)
    .replace(/"until": "[^"]+"/g, `"until": "${tomorrow}"`)
    .replace(/--until \S+/g, `--until ${tomorrow}`);
}

/** What a shell keeps from one block of a document to the next. */
export function keptOf(text: string): string {
  const lines = text.match(/^(?:(?:export )?[A-Za-z_]+=.*|\. \S+)$/gm) ?? [];
  return lines.map((line) => `${line}\n`).join('');
}

/** The scripts of package.json that take paths of where somebody stands. */
const node = 'command node --disable-warning=ExperimentalWarning';
const prelude = `set -euo pipefail
curl() { command curl -sS --fail-with-body --max-time 60 "$@"; }
npx() { ${node} "${join(root, 'cli/syncboard.mjs')}" "\${@:2}"; }
npm() { [ "$2" = sql:run ] && ${node} "${join(root, 'sql/run.ts')}" "\${@:4}"; }
`;

/** In a shell of its own, in `folder`. */
export function typing(
  machine: OneMachine,
  folder: string,
  script: string,
): Promise<{ code: number; out: string; err: string }> {
  const env = {
    ...process.env,
    SYNCBOARD_URL: machine.url,
    SYNCBOARD_TOKEN: 'demo-token',
    SYNCBOARD_USER: 'me',
    LC_ALL: 'C.UTF-8',
  };
  return new Promise((resolve) => {
    const options = { cwd: folder, env, timeout: 300_000 };
    execFile('bash', ['-c', prelude + script], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    );
  });
}

export function assertShown({ shows }: Block, out: string): void {
  if (shows?.language === 'json') {
    const answer = out.slice(out.search(/[{[]/));
    const last = answer.split(/\n(?=[{[])/).at(-1) ?? '';
    assert.deepEqual(shapeFaults(elided(shows.text), JSON.parse(last)), [], out);
  }
  if (shows?.language === 'text') assert.deepEqual(linesFaults(shows.text, out), [], out);
  const [status] = /^HTTP\/1\.1 \d+/.exec(shows?.text ?? '') ?? [];
  if (status !== undefined) assert.ok(out.startsWith(status), out);
}
