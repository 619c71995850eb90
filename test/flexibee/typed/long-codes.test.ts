/**
 * A code that is longer than any column was once made for stays whole from the server's answer to the
 * mirror and the typed table: a company at the stand-in, behind a server that lengthens its codes.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startFlexibee } from 'flexibee-server';
import { pageProcedure, sqlMirror } from '../../../shared/flexibee/apply.ts';
import { openCompany } from '../../../shared/flexibee/client.ts';
import { poll } from '../../../shared/flexibee/follow.ts';
import { FlexibeeServers } from '../../../shared/flexibee/servers.ts';
import { sqlTypedBase } from '../../../shared/flexibee/typed/base.ts';
import { noticingMirror, TypedTables } from '../../../shared/flexibee/typed/tables.ts';
import { startAggregateBases } from '../../support/aggregate-bases.ts';
import { startScriptedHttp } from '../../support/scripted-http.ts';
import { soon } from '../../support/storage.ts';
import { newCompany } from '../apply-target.ts';
import { memoryCursors } from '../world.ts';

const short = 'LONGCODE';
const long = `Ž${'k'.repeat(400)}🐎`;

test('a code of 402 characters is whole in the mirror and in the typed table, loaded and changed', async (t) => {
  const flexibee = await startFlexibee();
  const [base = assert.fail()] = await startAggregateBases();
  const http = await startScriptedHttp(async (response, { method, url, body, headers }) => {
    const answer = await fetch(`${flexibee.url}${url}`, {
      method,
      headers: { authorization: headers.authorization ?? '', 'content-type': 'application/json' },
      ...(body !== '' && { body }),
    });
    const text = (await answer.text()).replaceAll(short, long);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
  const servers = new FlexibeeServers();
  t.after(async () => {
    servers.close();
    await http.close();
    await Promise.all([base.close(), flexibee.close()]);
  });
  const code = newCompany();
  const account = { user: 'winstrom', password: 'winstrom' };
  const address = { origin: http.origin, ...account, trustServerCertificate: false };
  const source = openCompany({ code, name: 'demo', address }, servers);
  const evidences = ['adresar'];
  const cursors = memoryCursors();
  const write = (row: Record<string, unknown>) =>
    flexibee.company('demo').write('adresar', { adresar: row });
  const follow = async () => {
    const typed = new TypedTables({
      ...{ company: code, evidences, base: sqlTypedBase(base.databases, 'ab') },
      properties: source.properties.bind(source),
      now: () => new Date(),
      log: () => {},
    });
    const mirror = sqlMirror(base.databases, () => ({ database: 'ab', procedure: pageProcedure }));
    const context = {
      company: { code, evidences, onRegression: 'stop' as const, lateMs: 600_000 },
      ...{ source, typed, mirror: noticingMirror(mirror, typed), cursors: cursors.store },
      returned: new Map(),
      now: () => new Date(),
      changelogIsOn: async () => true,
      sliceMs: 3_600_000,
      log: () => {},
      after: async () => {},
    };
    assert.equal(await poll(context, { waitForLockMs: 0 }, soon()), 'applied');
  };
  const check = async (nazev: string) => {
    const [record] = await base.query(
      `SELECT code, external_ids FROM crude.flexibee_record WHERE company = N'${code}'
       AND evidence = N'adresar' AND JSON_VALUE(payload, '$.nazev') = N'${nazev}'`,
    );
    assert.equal(record?.['code'], long);
    const [row] = await base.query(
      `SELECT kod FROM flexi.adresar_living WHERE company = N'${code}' AND nazev = N'${nazev}'`,
    );
    assert.equal(row?.['kod'], long);
  };
  write({ kod: short, nazev: 'Loaded' });
  await follow();
  await check('Loaded');
  write({ id: `code:${short}`, nazev: 'Changed' });
  await follow();
  await check('Changed');
  const [change] = await base.query(
    `SELECT TOP 1 external_ids FROM crude.flexibee_change WHERE company = N'${code}' ORDER BY version DESC`,
  );
  assert.deepEqual(JSON.parse(String(change?.['external_ids'])), [`code:${long}`]);
});
