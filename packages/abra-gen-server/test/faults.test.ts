/** What goes wrong on demand, what is counted, and streams that are left. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { callUrl, invoicesId, login, start } from './fixture.ts';

const path = `dynsql/${invoicesId}/exec`;
const body = { select: ['ID', 'Description'], datasets: { name: 'rows', select: 'Text' } };

describe('ABRA Gen stand-in: faults', () => {
  it('a status for some requests of a kind, then none', async (test) => {
    const { abraGen, call, refusal } = await start(test);
    abraGen.faults.set({ kind: 'exec', after: 1, times: 1, status: 503, retryAfterSeconds: 2 });
    assert.equal((await call('dynsql')).status, 200);
    assert.equal((await call(path, { body })).status, 200);
    const { status, headers } = await call(path, { body });
    assert.equal(status, 503);
    assert.equal(headers.get('retry-after'), '2');
    assert.equal((await call(path, { body })).status, 200);
    abraGen.faults.set({ kind: 'list', status: 500 });
    assert.equal((await refusal('dynsql')).description, 'Chyba serveru 500');
  });

  it('a slow answer, whose client leaves', async (test) => {
    const { abraGen } = await start(test);
    abraGen.faults.set({ delayMilliseconds: 60_000 });
    const asked = get(`${abraGen.url}/demodata/dynsql`).on('error', () => {});
    while (abraGen.requests.underWay === 0) await sleep(1);
    asked.destroy();
    while (abraGen.requests.underWay > 0) await sleep(1);
    assert.equal(abraGen.requests.latest[0]?.status, undefined);
  });

  for (const broken of ['request', 'answer', 'truncated'] as const) {
    it(`a connection that breaks: ${broken}`, async (test) => {
      const { abraGen, call } = await start(test);
      abraGen.faults.set({ times: 1, broken });
      await assert.rejects(call(path, { body }), TypeError);
      assert.equal((await call(path, { body })).status, 200);
    });
  }

  it('half an answer as if it were whole, and garbage', async (test) => {
    const { abraGen, call } = await start(test);
    const { text: whole } = await call(path, { body });
    abraGen.faults.set({ times: 1, broken: 'cut' });
    const cut = await call(path, { body });
    assert.equal(cut.status, 200);
    assert.ok(cut.text.length < whole.length && whole.startsWith(cut.text.slice(0, -2)));
    abraGen.faults.set({ times: 1, broken: 'garbage' });
    const garbage = await call(path, { body });
    assert.equal(garbage.status, 200);
    assert.throws(() => JSON.parse(garbage.text));
  });

  it('counts requests by kind', async (test) => {
    const { abraGen, call } = await start(test);
    await Promise.all([call('dynsql'), call(`dynsql/${invoicesId}`), call('nothing')]);
    await call(path, { body });
    await call(`${path}?report=W400000001`, { body });
    const counts = { list: 1, definition: 1, exec: 1, report: 1, other: 1 };
    assert.deepEqual(abraGen.requests.counts(), counts);
  });

  it('an answer waits for who takes it, and ends with who leaves or with the server', async (test) => {
    const { abraGen } = await start(test, { invoices: 12_000 });
    const begin = async (): Promise<IncomingMessage> => {
      const asked = request(`${abraGen.url}/demodata/${path}`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(login)}` },
      });
      asked.end(JSON.stringify(body));
      const [response] = await once(asked, 'response');
      await once(response, 'readable');
      return response;
    };
    const left = await begin();
    // More than what connections hold is still to come, so the server is in the middle of it.
    assert.equal(abraGen.requests.underWay, 1);
    left.destroy();
    while (abraGen.requests.underWay > 0) await sleep(1);
    assert.equal(abraGen.requests.latest[0]?.status, undefined);
    assert.equal((await callUrl(`${abraGen.url}/demodata/dynsql`)).status, 200);

    const cut = await begin();
    const broken = assert.rejects(text(cut), { code: 'ECONNRESET' });
    await Promise.all([abraGen.close(), abraGen.close()]);
    await broken;
  });
});
