/** Files beside records, and rows under a record's path. */

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { startFlexibee } from '../src/server.ts';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg==',
  'base64',
);

interface Winstrom {
  winstrom: Record<string, Record<string, string>[]>;
  relations: { relation: Record<string, string>[] };
}

async function open(t: TestContext, data: object | false = false) {
  const flexibee = await startFlexibee({ companies: [{ name: 'demo', data }] });
  t.after(() => flexibee.close());
  const ask = async (method: string, path: string, body?: Buffer | object, type?: string) => {
    const isFile = Buffer.isBuffer(body);
    const response = await fetch(`${flexibee.url}${path}`, {
      method,
      headers: {
        authorization: `Basic ${btoa('winstrom:winstrom')}`,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': type ?? 'application/json' }),
      },
      ...(body !== undefined && { body: isFile ? Uint8Array.from(body) : JSON.stringify(body) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const contentType = response.headers.get('content-type') ?? '';
    const json = contentType.startsWith('application/json') ? JSON.parse(`${bytes}`) : {};
    return {
      ...{ status: response.status, type: contentType, bytes, text: `${bytes}` },
      json: json as Winstrom,
    };
  };
  return { ask, company: flexibee.company('demo') };
}

test('a file that is put beside a record comes back as it was', async (t) => {
  const { ask, company } = await open(t);
  company.write('adresar', { adresar: { kod: 'A', nazev: 'Alfa' } });
  const before = company.globalVersion();
  const put = await ask('PUT', '/c/demo/adresar/code:A/prilohy/new/logo.png', png, 'image/png');
  assert.equal(put.status, 201);
  const id = put.json.winstrom['results']?.[0]?.['id'];
  const listed = await ask('GET', '/c/demo/adresar/code:A/prilohy.json');
  assert.deepEqual(
    listed.json.winstrom['priloha']?.map((one) => [one['id'], one['nazSoub']]),
    [[id, 'logo.png']],
  );
  const about = await ask('GET', `/c/demo/adresar/code:A/prilohy/${id}.json?detail=full`);
  const [file = {}] = about.json.winstrom['priloha'] ?? [];
  assert.equal(file['dataHash'], createHash('md5').update(png).digest('hex'));
  assert.deepEqual([file['dataSize'], file['typK']], [`${png.length}`, 'typPrilohy.obrazek']);
  assert.deepEqual(
    [file['content@encoding'], Buffer.from(file['content'] ?? '', 'base64')],
    ['base64', png],
  );
  for (const path of [`adresar/code:A/prilohy/${id}/content`, `priloha/${id}/content`]) {
    const got = await ask('GET', `/c/demo/${path}`);
    assert.deepEqual([got.status, got.type, got.bytes], [200, 'image/png', png]);
  }
  assert.equal((await ask('GET', `/c/demo/priloha/${id}/thumbnail`)).status, 404);
  const changed = company.changes({ start: before + 1 }).changes;
  assert.ok(
    changed.some(({ evidence, operation }) => evidence === 'priloha' && operation === 'create'),
  );
  assert.equal((await ask('DELETE', `/c/demo/adresar/code:A/prilohy/${id}.json`)).status, 200);
  assert.equal((await ask('GET', `/c/demo/priloha/${id}.json`)).status, 404);
});

test('one that comes within a record: made once, then changed in what is said of it only', async (t) => {
  const { ask, company } = await open(t);
  const priloha = {
    id: 'ext:SHOP:1',
    ...{ nazSoub: 'a.html', contentType: 'text/html', typK: 'typPrilohy.ostatni' },
    ...{ 'content@encoding': 'base64', content: Buffer.from('<html>').toString('base64') },
  };
  const body = { winstrom: { adresar: { id: 'code:B', nazev: 'Beta', prilohy: { priloha } } } };
  assert.equal((await ask('PUT', '/c/demo/adresar.json', body)).status, 201);
  const again = { ...priloha, poznam: 'jinak' };
  const more = { winstrom: { adresar: { id: 'code:B', prilohy: { priloha: [again] } } } };
  assert.equal((await ask('PUT', '/c/demo/adresar.json', more)).status, 200);
  const [id] = company.attachments('adresar', 'code:B');
  const [file] = company.get('priloha', [id ?? 0]).records;
  assert.deepEqual([file?.['poznam'], file?.['external-ids']], ['jinak', ['ext:SHOP:1']]);
  assert.equal(company.attachments('adresar', 'code:B').length, 1);
  const content = { winstrom: { priloha: { id, poznam: 'sama' } } };
  assert.equal((await ask('PUT', '/c/demo/priloha.json', content)).status, 200);
  const root = { winstrom: { priloha: { nazSoub: 'x', contentType: 'text/plain', content: '' } } };
  assert.equal((await ask('PUT', '/c/demo/priloha.json', root)).status, 400);
  const listed = await ask('GET', "/c/demo/adresar/(kod = 'B').json?relations=prilohy");
  assert.equal(listed.text.match(/"nazSoub":"([^"]*)"/)?.[1], 'a.html');
  // It dies with its record.
  company.delete('adresar', 'code:B');
  assert.equal(company.counts()['priloha'], 0);
});

test('rows under a record’s path, and what there is of it', async (t) => {
  const { ask, company } = await open(t, {});
  const [contract] = company.dump('smlouva');
  const relations = async (evidence: string) =>
    (await ask('GET', `/c/demo/${evidence}/relations.json`)).json.relations.relation.map(
      ({ url, evidenceType }) => [url, evidenceType],
    );
  assert.deepEqual(await relations('smlouva'), [
    ['polozkySmlouvy', 'SMLOUVA_POLOZKA'],
    ['prilohy', 'PRILOHA'],
  ]);
  assert.deepEqual(await relations('faktura-vydana'), [
    ['polozkyDokladu', 'FAKTURA_OUT_POLOZKA'],
    ['prilohy', 'PRILOHA'],
  ]);
  const path = `/c/demo/smlouva/${contract?.['id']}/polozkySmlouvy.json?limit=0&detail=full`;
  const items = (await ask('GET', path)).json.winstrom['smlouva-polozka'];
  const own = company
    .dump('smlouva-polozka')
    .filter((one) => one['smlouva@ref'] === `/c/demo/smlouva/${contract?.['id']}.json`);
  assert.deepEqual(items, own);
  assert.equal((await ask('GET', `/c/demo/smlouva/${contract?.['id']}/nic.json`)).status, 404);
});

test('a listing as CSV: names, then records, in the encoding that is asked for', async (t) => {
  const { ask, company } = await open(t);
  company.write('adresar', { adresar: { kod: 'C', nazev: 'Žluťoučký "kůň", s.r.o. €' } });
  const whole = await ask(
    'GET',
    '/c/demo/adresar.csv?detail=custom:kod,nazev&filtrovat-platnost=false',
  );
  assert.deepEqual([whole.status, whole.type], [200, 'text/csv;charset=utf-8']);
  const [head, row] = whole.text.split('\r\n');
  assert.equal(head, '"id","kod","nazev"');
  assert.match(row ?? '', /^"\d+","C","Žluťoučký ""kůň"", s.r.o. €"$/);
  const latin = await ask('GET', '/c/demo/adresar.csv?detail=custom:nazev&encoding=iso-8859-2');
  assert.match(new TextDecoder('iso-8859-2').decode(latin.bytes), /Žluťoučký ""kůň"", s.r.o. \?/);
  assert.equal((await ask('GET', '/c/demo/adresar.csv?encoding=ebcdic')).status, 400);
  const none = await ask('GET', "/c/demo/adresar/(kod = 'NIC').csv?detail=custom:kod");
  assert.equal(none.text, '"id","kod"\r\n');
  const one = await ask('GET', '/c/demo/adresar/code:C.csv?detail=custom:kod');
  assert.equal(one.text, `"id","kod"\r\n"${company.resolve('adresar', 'code:C')}","C"\r\n`);
  const refused = await ask('GET', '/c/demo/changes.csv');
  assert.deepEqual([refused.status, refused.json.winstrom['success']], [406, 'false']);
});
