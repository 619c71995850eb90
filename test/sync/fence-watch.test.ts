/** A frozen process keeps its server's fence: the session is ended from outside, or told. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { procedureRunner } from '../../shared/app/runners/procedure-runner.ts';
import { killSession } from '../../shared/database/lock-holder.ts';
import { freezeWithFence, startServer } from '../support/frozen-fence.ts';
import { stage } from '../support/runs.ts';
import { soon } from '../support/storage.ts';

type Server = Awaited<ReturnType<typeof startServer>>;

const watch = { everyMs: 100, restMs: 500 };

/** Waits for the fence, and tells `heard` each sentence. */
function waitFor({ databases }: Server, heard: (text: string) => void, signal = soon()) {
  const runner = procedureRunner(databases, undefined, watch);
  return runner.open(stage('crude:a', 'ab'), 'waiting-run', signal, heard);
}

test('a frozen process that holds the fence: its session is killed, and the run is told', async (t) => {
  const server = await startServer(t);
  await freezeWithFence(t, server.connectionString);
  const told: string[] = [];
  const slot = await waitFor(server, (text) => told.push(text));
  await slot.close();
  assert.equal(told.length, 1, told.join());
  assert.match(
    told[0] ?? '',
    /^The session \d+ of .* \(frozen-run\), whose client does nothing any more, held syncboard\/procedure\/ab and was killed\.$/,
  );
});

type Refusal = [title: string, refuse: (server: Server) => Promise<void>, text: RegExp];
const refusals: Refusal[] = [
  [
    'KILL is refused',
    ({ control }) => control('PUT', '/server', { denied: ['ALTER ANY CONNECTION'] }),
    /^The session (\d+) of .* \(frozen-run\), whose client does nothing any more, holds syncboard\/procedure\/ab\. It could not be killed \(error 6102\): ALTER ANY CONNECTION is missing; an administrator may run KILL \1\.$/,
  ],
  [
    'KILL fails for another reason',
    ({ control }) =>
      control('PUT', '/statements', { contains: 'KILL', failures: { times: 1e6, number: 6115 } }),
    /It could not be killed \(error 6115\); an administrator may run KILL \d+\.$/,
  ],
  [
    'the views are refused',
    ({ control }) => control('PUT', '/server', { denied: ['VIEW SERVER STATE'] }),
    /^Waiting for syncboard\/procedure\/ab\. Who holds it cannot be seen \(error 300\): VIEW SERVER STATE is missing; an administrator finds the session in sys\.dm_tran_locks\.$/,
  ],
  [
    'the views fail with 297 alone',
    ({ control }) => control('PUT', '/statements', refusing(297)),
    /cannot be seen \(error 297\): VIEW SERVER STATE is missing;/,
  ],
  [
    'the views fail for another reason',
    ({ control }) => control('PUT', '/statements', refusing(8645)),
    /cannot be seen \(error 8645\); an administrator/,
  ],
];

const refusing = (number: number) => ({
  contains: 'dm_tran_locks',
  failures: { times: 1e6, number },
});

for (const [title, refuse, text] of refusals) {
  test(`${title}: the run is told once what an administrator can do, and goes on waiting`, async (t) => {
    const server = await startServer(t);
    await freezeWithFence(t, server.connectionString);
    await refuse(server);
    const told: string[] = [];
    const heard = Promise.withResolvers<void>();
    const leaving = new AbortController();
    const waiting = waitFor(
      server,
      (sentence) => {
        told.push(sentence);
        heard.resolve();
      },
      leaving.signal,
    );
    await heard.promise;
    // Several looks later it has not been told again.
    await new Promise((resolve) => setTimeout(resolve, 5 * watch.everyMs));
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0] ?? '', text);
    leaving.abort();
    await assert.rejects(waiting);
  });
}

test('a session that has done something since it was seen is not killed, and not told as killed', async (t) => {
  const { databases } = await startServer(t);
  const session = await databases.session('ab', soon());
  const [row] = await session.query('SELECT @@SPID AS spid', [], soon());
  const spid = Number(row?.['spid']);
  const seen = { session: spid, ended: '2019-07-31T10:00:00' };
  const outcome = await killSession(databases, 'ab', seen, soon());
  const rows = await session.query('SELECT 1 AS one', [], soon());
  session.destroy();
  assert.equal(outcome, 'gone');
  assert.equal(rows.length, 1);
  assert.equal(await killSession(databases, 'ab', { ...seen, session: 31_999 }, soon()), 'gone');
});
