/** The command line against the app as `npm start` makes it: what an operator does in a day. */

import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { World } from '../../cli/command.ts';
import { cli } from '../cli/run-cli.ts';
import { type OneMachine, oneMachine } from '../support/one-machine.ts';

let machine: OneMachine;
let folder: string;
let environment: NodeJS.ProcessEnv;

before(async () => {
  machine = await oneMachine();
  folder = await mkdtemp(join(tmpdir(), 'cli-'));
  await machine.start();
  environment = {
    SYNCBOARD_URL: machine.url,
    SYNCBOARD_TOKEN: 'demo-token',
    SYNCBOARD_USER: 'Jana',
  };
});
after(async () => {
  await machine.close();
  await rm(folder, { recursive: true });
});

const run = (line: string, more: Partial<World> = {}) =>
  cli(
    line.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [],
    environment,
    folder,
    more,
  );

async function good(line: string, more?: Partial<World>): Promise<string> {
  const { code, out, err } = await run(line, more);
  assert.deepEqual([code, err], [0, ''], `${line}: ${out}`);
  return out;
}

const idIn = (text: string) => /[0-9a-z]{9}-[0-9a-z]{6}/.exec(text)?.[0] ?? assert.fail(text);

describe('runs', () => {
  it('are started, watched to their end, listed and read', async () => {
    const plan = await good(`plan --url ${machine.url} --code 0c10 --name payment --month -1`);
    assert.match(plan, /export:payment:0c10 +dcdb.*\n3 stages.*Nothing was started\.$/s);
    // So long that somebody who looks each second sees it at work, on a busy machine, too.
    const slow = JSON.stringify({ delayMilliseconds: 3_000 });
    const procedure = `${machine.controlUrl}/procedures/crude.sp_load_datasource_payment`;
    assert.ok((await fetch(procedure, { method: 'PUT', body: slow })).ok);
    const told = await good('run --code 0c10 --name payment --month -1 --wait');
    assert.ok((await fetch(procedure, { method: 'DELETE' })).ok);
    const id = idIn(told);
    assert.match(told, /^times: Asia\/Vladivostok$/m);
    assert.match(told, new RegExp(`run ${id}: running`));
    assert.match(told, /\d\d:\d\d:\d\d +\d\/3 {2}\w+: \w+:payment/);
    assert.match(told, new RegExp(`3/3 {2}run ${id}: succeeded$`));
    assert.equal((await machine.run(id)).user, 'Jana');
    const listed = await good('runs --code 0c10 --name payment --limit 1');
    assert.match(listed, new RegExp(`\\n${id}  succeeded  \\S+ \\S+  .* 0c10 +Jana`));
    assert.match(await good(`log ${id} --stage heap:payment`), /heap:payment/);
    const states = (await good(`watch ${id} --json`)).split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(
      states.map(({ state }) => state),
      ['succeeded'],
    );
    assert.equal(JSON.parse(await good('runs --json --limit 1')).runs.length, 1);
    const page = await good('runs --limit 1 --lang cs');
    assert.match(page, /^běh +stav/);
  });

  it('tell what has failed word for word in a pipe', async () => {
    const message = `Violation of a key. ${'The duplicate key value is (desk). '.repeat(12)}End`;
    const procedure = `${machine.controlUrl}/procedures/crude.sp_load_datasource_payment`;
    const failures = { times: 1, number: 2627, message };
    const planned = await fetch(procedure, { method: 'PUT', body: JSON.stringify({ failures }) });
    assert.ok(planned.ok, await planned.text());
    const started = await run('run --code 0c10 --name payment --month -1 --wait');
    assert.equal(started.code, 1, started.err);
    assert.ok(started.out.includes(message), started.out);
    const watched = await run(`watch ${idIn(started.out)}`);
    assert.ok(watched.out.includes(message), watched.out);
  });

  it('of a server that is busy are refused with 3, stand in line, are cancelled and made again', async () => {
    const first = idIn(await good('run --code 0c10 --month -1'));
    const busy = await run('run --code 0c10 --name meter');
    assert.deepEqual([busy.code, busy.out], [3, '']);
    const second = await good('run --code 0c10 --name meter --in-line');
    assert.match(second, /: waiting; 0 before it in line$/);
    assert.match(await good(`cancel ${first}`), new RegExp(`run ${first} is to be cancelled`));
    const ended = await run(`watch ${first}`);
    assert.equal(ended.code, 1);
    assert.match(ended.out, /cancelled\n(.*\n)*What failed is made again by: syncboard retry/);
    assert.equal((await run(`watch ${idIn(second)}`)).code, 0);
    assert.match(await good(`retry ${first} --wait`), /succeeded$/);
    assert.equal((await run(`retry ${idIn(second)}`)).code, 1);
  });

  it('are drawn in a terminal, and left alone by Ctrl-C', async () => {
    const stop = new AbortController();
    let drawn = '';
    const terminal = {
      ...{ columns: 80, rows: 24 },
      write(text: string) {
        drawn += text;
        if (/осталось|ещё не измерялось/.test(text)) stop.abort(new Error('interrupted'));
      },
    };
    const line = 'run --code 0c10 --name payment --month -1 --wait --lang ru';
    const { code, err } = await run(line, { terminal, signal: stop.signal });
    assert.equal(code, 130);
    const id = idIn(drawn);
    assert.equal(err, `Запуск продолжается: syncboard watch ${id}`);
    assert.match(drawn, /всего +\S+ +этапы: \d\/3/);
    assert.equal((await machine.finished(id)).state, 'succeeded');
  });

  it('are written down as JSON, calls of a file among them', async () => {
    await writeFile(join(folder, 'calls.json'), JSON.stringify([{ code: 'stek', name: 'meter' }]));
    const last = JSON.parse(await good('run --calls calls.json --wait --json'));
    assert.deepEqual([last.state, last.stagesTotal], ['succeeded', 3]);
    const wrong = await run('run --code 0c1O --name payment --month 1 --year 2020');
    assert.deepEqual([wrong.code, wrong.err.includes('did you mean 0c10?')], [2, true], wrong.err);
    assert.equal((await run('run --name payment --month 0')).code, 2);
    assert.equal((await run('watch 0-0')).code, 1);
  });
});

describe('what starts and stops by itself', () => {
  it('schedules are written, changed in one thing, switched, listed and removed', async () => {
    const set = 'schedule set night --board nightly --cron "30 2 * * *" --end-by 07:00';
    assert.match(await good(`${set} --dry`), /^night: board: nightly, .*\n(next: .*\n?){5}$/);
    assert.equal(await good('schedules'), 'There is no schedule.');
    await good(set);
    assert.match(
      await good('schedule set night --missed all'),
      /cron: 30 2 \* \* \*.*missed: all.*endBy: 07:00/,
    );
    assert.doesNotMatch(await good('schedule set night --end-by none'), /endBy/);
    assert.match(await good('schedules'), /\nnight +nightly +30 2 \* \* \* +\d{4}-/);
    assert.match(await good('schedule off night'), /It is off/);
    assert.match(await good('schedules'), /\* +off/);
    await good('schedule on night');
    assert.equal((await good('schedule times night --next 3')).split('\n').length, 3);
    assert.equal(await good('schedule remove night'), 'removed: night');
    const gone = await run('schedule on night');
    assert.deepEqual([gone.code, gone.err.includes('There is no schedule night')], [1, true]);
    assert.equal((await run('schedule set night --missed most')).code, 2);
  });

  it('servers are closed, which holds runs up with 3, and opened by their name', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    assert.equal(await good('closures'), 'Nothing is closed.');
    assert.match(
      await good(`close dcdb --until ${until} --reason "new disks"`),
      /^closed: dcdb, until/,
    );
    assert.match(await good('closures'), /^dcdb +until .* +Jana +new disks +[0-9a-f-]{36}$/);
    const refused = await run('run --code 0c10 --name meter');
    assert.deepEqual([refused.code, refused.err.includes('new disks')], [3, true]);
    let told = '';
    while (!told.includes('dcdb, ')) told = await good('overview --lang ru');
    assert.match(told, /закрыто: dcdb, .*(\n.*)*смотреть syncboard closures/);
    const [, mend = assert.fail(told)] =
      /исправить syncboard\s+(open\s+[0-9a-f-]{36})/.exec(told) ?? [];
    assert.equal(typeof JSON.parse(await good('overview --json')).well, 'boolean');
    assert.match(await good(mend), /^open again: /);
    assert.equal(await good('closures'), 'Nothing is closed.');
    assert.equal(await good('events --kind run.slow --lang ru'), 'Таких событий нет.');
    assert.equal((await run('events --severity worst')).code, 2);
    assert.equal((await run('close')).code, 2);
  });

  it('companies are listed, shown, polled and compared', async () => {
    assert.match(await good('companies'), /\nflexi-demo +\w+/);
    assert.match(await good('company poll flexi-demo'), /company show flexi-demo$/);
    const shown = await good('company show flexi-demo');
    assert.match(shown, /^flexi-demo: \w+.*\n {2}server: \d+; version in the journal/);
    assert.match(await good('company reconcile flexi-demo'), /begins/);
    const near = await run('company show flexi-dem');
    assert.equal(near.code, 1);
  });
});

describe('queries', () => {
  it('list definitions, and give JSON and CSV with each digit', async () => {
    const listed = await good('query demodata');
    assert.match(listed, /^[0-9A-Z]{26} {2}\S/);
    const id = '01B4XCTHYNDL3C5P00CA141B44';
    const json = JSON.parse(
      await good(`query demodata ${id} --select Code,Name --where Code=C* --order -Code`),
    );
    const csv = await good(
      `query demodata ${id} --select Code,Name --where Code=C* --order -Code --csv`,
    );
    const [head = '', ...lines] = csv.split('\r\n');
    assert.equal(head, 'CODE,NAME');
    assert.deepEqual(lines.at(-1), '');
    assert.equal(lines.length - 1, json.items.length);
    assert.ok(json.items.length > 0);
    const wrong = await run(`query demodata ${id} --select Cod`);
    assert.deepEqual([wrong.code, /did you mean Code\?/i.test(wrong.err)], [2, true], wrong.err);
    assert.equal((await run('query demodata nothing')).code, 2);
  });
});
