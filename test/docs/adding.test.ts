/**
 * docs/guides/adding.md, from an empty folder to its end: what it tells somebody to type is typed,
 * each `npm start` starts the machine with the settings that were written by then.
 */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { freePorts } from '../support/free-ports.ts';
import { type OneMachine, oneMachine } from '../support/one-machine.ts';
import { blocksOf } from './blocks.ts';
import { assertShown, keptOf, typedOn, typing } from './typing.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const document = 'docs/guides/adding.md';
let machine: OneMachine;
let folder: string;
/** Where the document's own receiver listens. */
let receiver: number;

before(async () => {
  machine = await oneMachine();
  [receiver = 0] = await freePorts(1);
  folder = await mkdtemp(join(tmpdir(), 'syncboard-adding-'));
  await writeFile(join(folder, 'local.settings.json'), typed(JSON.stringify(sample)));
  await symlink(join(root, 'catalog'), join(folder, 'catalog'));
});
after(async () => {
  await machine.close();
  await rm(folder, { recursive: true, force: true });
});

const typed = (text: string) => typedOn(machine, text).replaceAll('7099', String(receiver));

/** What `. own/settings.sh` leaves in the environment. */
async function ownSettings(): Promise<Record<string, string>> {
  const script = '. own/settings.sh && env -0';
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder, env: {} });
  const lines = stdout.split('\0').map((line) => /^([A-Z_]+)=([\s\S]*)$/.exec(line) ?? []);
  return Object.fromEntries(lines.flatMap(([, name, value = '']) => (name ? [[name, value]] : [])));
}

test(document, async (t) => {
  let environment = '';
  for (const block of blocksOf(await readFile(join(root, document), 'utf8'))) {
    const where = `${document}:${block.line}`;
    if (block.notRun !== undefined) {
      t.diagnostic(`${where} is not typed: ${block.notRun}`);
    } else if (/npm start$/m.test(block.text)) {
      await machine.interrupt();
      const { PATH: _path, PWD: _pwd, ...settings } = await ownSettings();
      await machine.start({ DEMO_PACE: '60000', ...settings });
    } else {
      const { code, out, err } = await typing(machine, folder, environment + typed(block.text));
      assert.equal(code, block.endsWith, `${where}\n${block.text}${out}${err}`);
      assertShown(block, out);
      environment += keptOf(typed(block.text));
    }
  }
});
