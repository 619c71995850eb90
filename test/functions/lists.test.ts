import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCatalog } from '../../shared/catalog/index.ts';
import { shippedJson } from '../catalog/edited.ts';
import { pipelines, run } from '../support/runs.ts';
import { call, runId, testApp } from './app.ts';

test('/sync_status: the original’s two texts, and JSON with the runs', async () => {
  const app = testApp();
  const idle = await call(app, 'sync_status');
  assert.equal(idle.status, 200);
  assert.equal(idle.text, 'Synchronization is not running.');
  assert.equal(idle.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.equal(idle.headers.get('vary'), 'Accept');
  const active = run(runId, pipelines(['payment']), [{ server: 'src', leaseId: 'hush' }]);
  app.syncs.running = [active];
  const busy = await call(app, 'sync_status', { headers: { accept: '*/*' } });
  assert.equal(busy.text, 'Synchronization is running.');
  const accept = 'application/json';
  const stranger = JSON.parse((await call(app, 'sync_status', { headers: { accept } })).text);
  assert.equal(stranger.runs[0].id, runId);
  assert.equal(stranger.runs[0].user, undefined);
  const headers = { accept, authorization: 'Bearer demo-token' };
  const json = await call(app, 'sync_status', { headers });
  const { id, kind, state, user, codes, createdAt } = active;
  assert.deepEqual(JSON.parse(json.text), {
    closures: [],
    waiting: 0,
    running: true,
    runs: [
      {
        id,
        kind,
        state,
        user,
        codes,
        createdAt,
        progress: {
          stagesDone: 0,
          stagesSkipped: 0,
          stagesTotal: 3,
          running: [],
          estimate: {
            endsAt: null,
            unknownStages: 3,
            text: 'No earlier run to estimate from.',
          },
        },
      },
    ],
  });
});

test('/valid_codes: JSON whatever is asked for, in catalogue order, not escaped', async () => {
  const app = testApp();
  for (const accept of ['*/*', 'text/plain', 'application/json']) {
    const reply = await call(app, 'valid_codes', { headers: { accept } });
    assert.equal(reply.status, 200);
    assert.equal(reply.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.match(reply.text, /[а-я]/);
    const codes = Object.keys(JSON.parse(reply.text));
    assert.deepEqual(codes, Object.keys(app.catalog.codes()));
    assert.ok(['0c01', '2c10', 'all', 'stek', 'zagser'].every((code) => codes.includes(code)));
  }
});

test('/{code}/valid_names: the entities of the source, in the order of a whole sync', async () => {
  const app = testApp();
  for (const code of Object.keys(app.catalog.codes())) {
    const reply = await call(app, 'valid_names', { params: { code } });
    assert.equal(reply.status, 200);
    assert.deepEqual(Object.keys(JSON.parse(reply.text)), app.catalog.entityOrder(code));
  }
});

test('descriptions in several languages are answered in that of whoever asks', async () => {
  const json = Object(shippedJson());
  const payment = json.entities.find(({ name }: { name: string }) => name === 'payment');
  payment.description = { ru: 'Оплата', cs: 'Platby' };
  const flexi = json.dataSources.find(({ code }: { code: string }) => code === 'flexi-demo');
  flexi.description = { cs: 'Ukázka', en: 'Sample' };
  const app = { ...testApp(), catalog: parseCatalog(json) };
  const ask = async (name: string, language: string | undefined, init = {}) => {
    const headers = language === undefined ? {} : { 'accept-language': language };
    const reply = await call(app, name, { ...init, headers });
    assert.match(reply.headers.get('vary') ?? '', /^Accept-Language(, Accept-Encoding)?$/);
    return { json: JSON.parse(reply.text), etag: reply.headers.get('etag') };
  };
  const etags = new Set<string | null>();
  for (const [language, entity, source] of [
    [undefined, 'Оплата', 'Ukázka'],
    ['cs-CZ, en;q=0.5', 'Platby', 'Ukázka'],
    ['de, en', 'Оплата', 'Sample'],
    ['*', 'Оплата', 'Ukázka'],
    ['ru', 'Оплата', 'Ukázka'],
  ] as const) {
    const form = { query: { view: 'form' } };
    const of = { params: { code: 'mo' } };
    const codes = await ask('valid_codes', language);
    assert.equal(codes.json['flexi-demo'], source);
    etags.add(codes.etag);
    const shown = (await ask('valid_codes', language, form)).json.codes;
    assert.equal(
      shown.find((one: { code: string }) => one.code === 'flexi-demo').description,
      source,
    );
    assert.equal((await ask('valid_names', language, of)).json.payment, entity);
    const { names } = (await ask('valid_names', language, { ...of, ...form })).json;
    const isPayment = ({ name }: { name: string }) => name === 'payment';
    assert.equal(names.find(isPayment).description, entity);
    const { entities } = (await ask('catalog', language)).json;
    assert.equal(entities.find(isPayment).description, entity);
  }
  assert.equal(etags.size, 2);
});

test('/{code}/valid_names of an unknown code: 404 with the original’s text', async () => {
  for (const code of ['0c99', '__proto__', 'constructor', '']) {
    const reply = await call(testApp(), 'valid_names', { params: { code } });
    assert.equal(reply.status, 404);
    assert.equal(reply.text, `Invalid code value: ${code}.`);
  }
});

test('/{name}/is_dated: True or False, as text and as JSON', async () => {
  const cases: Array<[name: string, dated: boolean]> = [
    ['payment', true],
    ['turnover_balance_sheet', true],
    ['personal_account', false],
  ];
  for (const [name, dated] of cases) {
    const text = await call(testApp(), 'is_dated', { params: { name } });
    assert.equal(text.text, dated ? 'True' : 'False');
    const headers = { accept: 'application/json' };
    const json = await call(testApp(), 'is_dated', { params: { name }, headers });
    assert.equal(JSON.parse(json.text), dated);
  }
  const unknown = await call(testApp(), 'is_dated', { params: { name: 'hasOwnProperty' } });
  assert.equal(unknown.status, 404);
  assert.equal(unknown.text, 'Invalid name value: hasOwnProperty.');
});

const lists = [
  { name: 'sync_status' },
  { name: 'valid_codes' },
  { name: 'valid_names', params: { code: '0c10' } },
  { name: 'is_dated', params: { name: 'payment' } },
];
for (const { name, ...init } of lists) {
  test(`${name} is open, and needs a token with PROTECT_READS`, async () => {
    assert.equal((await call(testApp(), name, init)).status, 200);
    const app = testApp({ PROTECT_READS: 'true' });
    const refused = await call(app, name, init);
    assert.equal(refused.status, 401);
    assert.equal(refused.text, 'Authorization token is needed.');
    const headers = { authorization: 'Bearer demo-token' };
    assert.equal((await call(app, name, { ...init, headers })).status, 200);
    assert.equal((await call(app, name, { ...init, headers, method: 'HEAD' })).status, 200);
  });
}
