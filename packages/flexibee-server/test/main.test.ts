/** The stand-in as a process: starts, answers, keeps its data, ends in time. */

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { endsWhen, ready, standInForks } from 'stand-in-kit/testing/stand-in-process';
import { callUrl } from './fixture.ts';

it('has the demo company, ends when told or left, and keeps what was written', async (test) => {
  const fork = await standInForks(test, {
    main: import.meta.resolve('../src/main.ts'),
    settings: { FLEXIBEE_PORT: '0', FLEXIBEE_CONTROL_PORT: '0' },
  });
  const company = (port: number) => `http://127.0.0.1:${port}/c/demo`;
  const first = fork();
  const { port, controlPort } = await ready(first);
  const body = { winstrom: { adresar: { kod: 'TRVALY', nazev: 'Trvalý' } } };
  const written = await callUrl(`${company(port)}/adresar.json`, { method: 'POST', body });
  assert.equal(written.status, 201);
  const { json } = await callUrl(`http://127.0.0.1:${controlPort}/companies/demo`);
  for (const [evidence, count] of Object.entries(json['records'] as Record<string, number>)) {
    assert.ok(count > 0, evidence);
  }
  await endsWhen(first, 'told');

  const second = fork();
  const kept = `${company((await ready(second)).port)}/adresar/code:TRVALY.json`;
  assert.equal((await callUrl(kept)).status, 303);
  await endsWhen(second, 'left');
});
