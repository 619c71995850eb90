/**
 * What documents tell somebody to type is typed, on a machine as `npm start` makes it; what they
 * show of an answer is held against it. Blocks that cannot be typed here say why, in a comment.
 */

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { type OneMachine, oneMachine } from '../support/one-machine.ts';
import { someOf } from '../support/some-of.ts';
import { blocksOf } from './blocks.ts';
import { assertShown, keptOf, typedOn, typing } from './typing.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const documents = [
  'docs/api.md',
  'docs/board.md',
  'docs/cli.md',
  'docs/dynsql.md',
  'docs/events.md',
  'docs/overview.md',
  'docs/sql-server.md',
  'docs/guides/administrator.md',
  'docs/guides/operator.md',
  'docs/guides/from-the-wrapper.md',
  'docs/guides/frontend.md',
  'docs/guides/data-owner.md',
  'packages/abra-gen-server/README.md',
  'packages/flexibee-server/README.md',
];

let machine: OneMachine;
let folder: string;
/** Of a run that has failed, and of one that has succeeded: documents have made-up ids. */
let failed: string;
let succeeded: string;

before(async () => {
  machine = await oneMachine();
  folder = await mkdtemp(join(tmpdir(), 'syncboard-docs-'));
  await machine.start({ DEMO_PACE: '60000' });
  await writeFile(join(folder, 'local.settings.json'), typedOn(machine, JSON.stringify(sample)));
  await writeFile(join(folder, 'const.py'), "OURS = 'payment'\n");
  await writeFile(
    join(folder, 'board.py'),
    "sync_entity('payment', '0c10', 7, 2019, run=True)  # 3 min\nsync_entity('meter', '0c10')\n",
  );
  succeeded = await started({ name: 'meter' });
  assert.equal((await machine.finished(succeeded)).state, 'succeeded');
});
after(async () => {
  await machine.close();
  await rm(folder, { recursive: true, force: true });
});

async function started(call: { name: string; month?: number; year?: number }): Promise<string> {
  const body = { user: 'me', code: '0c10', ...call };
  const { status, text, headers } = await machine.post('/entity_sync', body);
  assert.equal(status, 202, text);
  return headers.get('location')?.split('/').at(-1) ?? '';
}

/** What documents on failures speak of: payments of 0c10 have failed, and not succeeded since. */
async function failPayments(): Promise<void> {
  const procedure = `${machine.controlUrl}/procedures/crude.sp_load_datasource_payment`;
  const failures = { times: 1, number: 8134 };
  const planned = await fetch(procedure, { method: 'PUT', body: JSON.stringify({ failures }) });
  assert.ok(planned.ok, await planned.text());
  failed = await started({ name: 'payment', month: 7, year: 2019 });
  assert.equal((await machine.finished(failed)).state, 'failed');
}

/** Nothing runs or waits, nothing is closed: a block begins as somebody would who reads it first. */
async function calm(): Promise<void> {
  const closures = JSON.parse((await machine.get('/closures')).text).closures as { id: string }[];
  const headers = { authorization: 'Bearer demo-token' };
  for (const { id } of closures) {
    await machine.request(`/closures/${id}`, { method: 'DELETE', headers });
  }
  const { text } = await machine.get('/runs?state=waiting,queued,running');
  for (const { id } of JSON.parse(text).runs as { id: string }[]) await machine.finished(id);
}

/** As it is typed, but to this machine's runs, too. */
const typed = (text: string): string =>
  typedOn(machine, text)
    .replaceAll('zd38m9z2l-b5hscz', succeeded)
    .replaceAll('zd38mbk0e-cx1q7t', failed);

for (const document of ['README.md', ...someOf(documents, 1 / 4)]) {
  test(document, async (t) => {
    const blocks = blocksOf(await readFile(join(root, document), 'utf8'));
    let environment = '';
    for (const block of blocks) {
      const where = `${document}:${block.line}`;
      if (block.notRun !== undefined) {
        t.diagnostic(`${where} is not typed: ${block.notRun}`);
        continue;
      }
      await calm();
      if (/acknowledgements|zd38mbk0e/.test(block.text)) await failPayments();
      const { code, out, err } = await typing(machine, folder, environment + typed(block.text));
      assert.equal(code, block.endsWith, `${where}\n${block.text}${out}${err}`);
      assertShown(block, out);
      environment += keptOf(block.text);
    }
  });
}
