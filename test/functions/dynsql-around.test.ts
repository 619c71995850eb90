/** What is asked by GET of both kinds of connections: rows, help, schemas; only the host is missing. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startConnections, type TestConnections } from '../support/dynsql-connections.ts';
import { call, post, type Reply, type TestApp, testApp } from './app.ts';

const countries = '01B4XCTHYNDL3C5P00CA141B44';
const invoices = '40SBPEINEFD13ACM03KIU0CLP4';
const both = ['ab', 'demodata'];

let running: TestConnections;
let app: TestApp;
before(async () => {
  running = await startConnections();
  app = { ...testApp(), dynsql: running.connections };
});
after(() => running.close());

const token = { authorization: 'Bearer demo-token' };

function get(
  name: string,
  params: Record<string, string>,
  address = '',
  init: { method?: string; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const { method = 'GET', headers } = init;
  const query = Object.fromEntries(new URLSearchParams(address));
  return call(app, name, { method, params, query, headers: { ...token, ...headers } });
}

const rows = (connection: string, id: string, address: string, init = {}) =>
  get('dynsql_rows', { connection, id }, address, init);

const exec = (connection: string, id: string, body: unknown) =>
  post(app, 'dynsql_exec', body, token, { params: { connection, id } });

const faults = ({ text }: Reply) =>
  JSON.parse(text).errors.map(({ field }: { field: string }) => field);

for (const connection of both) {
  test(`${connection}: rows by GET are those of the same body by POST`, async () => {
    const cases: [id: string, address: string, body: object][] = [
      [
        countries,
        'select=Code,Name&where.Code=C*&orderby=-Name',
        {
          select: ['Code', 'Name'],
          where: { id: 'Code', value: 'C*' },
          orderby: { id: 'Name', ordering: 'desc' },
        },
      ],
      [
        countries,
        'select=Code,HISTORY.EUMember&where.Code=["CZ","SK"]&orderby=Code',
        {
          select: ['Code'],
          where: { id: 'Code', value: ['CZ', 'SK'] },
          orderby: { id: 'Code' },
          datasets: { name: 'HISTORY', select: ['EUMember'] },
        },
      ],
      ...(connection === 'ab'
        ? [
            [
              countries,
              'select=Code&orderby=Code&top=2&skip=1',
              { select: 'Code', orderby: { id: 'Code' }, top: 2, skip: 1 },
            ] as [string, string, object],
          ]
        : [
            [
              invoices,
              'select=ID&where.SimplifiedVATDocument=true&where.OrdNumber=[3,5]&where.TradeType=3;9&where.description=*A*&flags.Description=CaseInsensitive&orderby=-DocDate,OrdNumber&select=ROWS.BATCHES.qunit',
              {
                select: ['ID'],
                where: [
                  { id: 'SimplifiedVATDocument', value: true },
                  { id: 'OrdNumber', value: [3, 5] },
                  { id: 'TradeType', value: '3;9' },
                  { id: 'description', value: '*A*', flags: 'CaseInsensitive' },
                ],
                orderby: [{ id: 'DocDate', ordering: 'desc' }, { id: 'OrdNumber' }],
                datasets: { name: 'batches', select: 'qunit' },
              },
            ] as [string, string, object],
          ]),
    ];
    for (const [id, given, body] of cases) {
      // A parameter that is there twice stands for both, in this test.
      const address = new URLSearchParams();
      for (const [name, value] of new URLSearchParams(given)) {
        address.set(name, [address.get(name), value].filter(Boolean).join(','));
      }
      const byGet = await rows(connection, id, String(address));
      assert.equal(byGet.status, 200, byGet.text);
      assert.equal(byGet.headers.get('content-type'), 'application/json');
      const byPost = await exec(connection, id, body);
      assert.equal(byPost.status, 200, byPost.text);
      assert.ok(JSON.parse(byPost.text).items.length > 0, given);
      assert.equal(byGet.text, byPost.text, given);
    }
  });

  test(`${connection}: faults of an address name its parameters`, async () => {
    const reply = await rows(
      connection,
      countries,
      'select=Cod,HISTORY.Nam&where.Kod=1&where.Code=["CZ",{"a":1}]&orderby=-Nam',
    );
    assert.equal(reply.status, 400, reply.text);
    const named = ['orderby', 'select', 'select', 'where.Code[1]', 'where.Kod'];
    assert.deepEqual(faults(reply).sort(), named);
    assert.match(reply.text, /did you mean Code\?/);
    const twice = await rows(connection, countries, 'select=Code&where.Code=["CZ"');
    assert.deepEqual([twice.status, faults(twice)], [400, ['where.Code']]);
    const other = await rows(connection, countries, 'select=Code&wher.Code=CZ');
    assert.equal(other.status, 400);
    assert.match(other.text, /Unknown query parameter: wher\.Code/);
    const none = await rows(connection, countries.replace('4', '5'), 'select=Code');
    assert.equal(none.status, 404);
  });

  test(`${connection}: HEAD asks for no rows, and a token is needed as everywhere`, async () => {
    const head = await rows(connection, countries, 'select=Code', { method: 'HEAD' });
    assert.deepEqual([head.status, head.text], [200, '']);
    assert.equal(head.headers.get('content-type'), 'application/json');
    const wrong = { headers: { authorization: 'Bearer wrong' } };
    assert.equal((await rows(connection, countries, 'select=Code', wrong)).status, 401);
    const csv = { headers: { accept: 'image/png' } };
    assert.equal((await rows(connection, countries, 'select=Code', csv)).status, 406);
  });
}

test('what would run is told by GET as by POST', async () => {
  const byGet = await rows('ab', countries, 'select=Code&where.Code=CZ&dry=true');
  const { statements } = JSON.parse(byGet.text);
  assert.match(statements[0].sql, /SELECT/);
  assert.match(JSON.stringify(statements[0].parameters), /CZ/);
});

test('a file of a query may name its schema', async () => {
  const body = {
    $schema: './query.schema.json',
    select: 'Code',
    where: { id: 'Code', value: 'CZ' },
  };
  for (const connection of both) {
    const reply = await exec(connection, countries, body);
    assert.equal(reply.status, 200, reply.text);
  }
});

const ofHelp = (reply: Reply) => JSON.parse(reply.text);

for (const connection of both) {
  test(`${connection}: help tells what can be asked, and its examples can`, async () => {
    const reply = await get('dynsql_help', { connection, id: countries.toLowerCase() });
    assert.equal(reply.status, 200, reply.text);
    const { dataset, examples, links, reports } = ofHelp(reply);
    assert.equal(dataset.name, 'MAIN');
    assert.deepEqual(
      dataset.datasets.map(({ name }: { name: string }) => name),
      ['HISTORY'],
    );
    assert.deepEqual(reports, connection === 'ab' ? [] : undefined);
    assert.equal(links.schema, `/${connection}/dynsql/${countries}/schema`);
    assert.ok(examples.length >= 2, reply.text);
    for (const { body, rows: address } of examples) {
      const byPost = await exec(connection, countries, body);
      assert.equal(byPost.status, 200, byPost.text);
      const [path, query] = address.split('?');
      assert.equal(path, `/${connection}/dynsql/${countries}/rows`);
      const byGet = await rows(connection, countries, query);
      assert.equal(byGet.text, byPost.text, address);
    }
  });

  test(`${connection}: help is in the reader's language, as JSON or as text`, async () => {
    const params = { connection, id: countries };
    const seen = new Set<string>();
    for (const [asked, language] of [
      ['cs-CZ, en;q=0.5', 'cs'],
      ['ru', 'ru'],
      ['de', 'en'],
    ] as const) {
      const headers = { 'accept-language': asked };
      const inJson = await get('dynsql_help', params, '', { headers });
      assert.equal(inJson.headers.get('content-language'), language);
      seen.add(ofHelp(inJson).examples[0].title);
      const text = await get('dynsql_help', params, '', {
        headers: { ...headers, accept: 'text/plain' },
      });
      assert.match(text.headers.get('content-type') ?? '', /^text\/plain/);
      assert.match(text.text, /^Země \(01B4XCTHYNDL3C5P00CA141B44\)\n/);
    }
    assert.equal(seen.size, 3);
  });

  test(`${connection}: a definition with the profile help is help`, async () => {
    const params = { connection, id: countries };
    const help = await get('dynsql_help', params);
    for (const [accept, isHelp] of [
      ['application/json; profile=help', true],
      ['application/json;profile="help";q=0.9, */*;q=0.1', true],
      ['application/json; profile=other', false],
      ['application/json;profile=help;q=0.5, application/json', false],
      ['*/*', false],
    ] as const) {
      const reply = await get('dynsql_definition', params, '', { headers: { accept } });
      assert.equal(reply.status, 200);
      assert.equal(reply.text === help.text, isHelp, accept);
      assert.equal(/profile=help/.test(reply.headers.get('content-type') ?? ''), isHelp);
    }
  });

  test(`${connection}: what has not changed is a 304`, async () => {
    const params = { connection, id: countries };
    const names = ['dynsql_definitions', 'dynsql_definition', 'dynsql_help', 'dynsql_schema'];
    for (const name of names) {
      const first = await get(name, params);
      const etag = first.headers.get('etag') ?? '';
      assert.match(etag, /^W\/"/, name);
      const again = await get(name, params, '', { headers: { 'if-none-match': etag } });
      assert.deepEqual([again.status, again.text], [304, ''], name);
      const other = await get(name, params, '', { headers: { 'if-none-match': 'W/"x"' } });
      assert.deepEqual([other.status, other.text], [200, first.text], name);
    }
    const headers = { 'accept-language': 'cs' };
    const english = await get('dynsql_help', params);
    const czech = await get('dynsql_help', params, '', { headers });
    assert.notEqual(czech.headers.get('etag'), english.headers.get('etag'));
  });

  test(`${connection}: what there is not has no help, and whoever may not ask is told nothing`, async () => {
    const nowhere = { connection, id: countries.replace('4', '5') };
    const wrong = { headers: { authorization: 'Bearer wrong' } };
    for (const name of ['dynsql_help', 'dynsql_schema', 'dynsql_reports']) {
      assert.equal((await get(name, nowhere)).status, 404, name);
      assert.equal((await get(name, { connection, id: countries }, '', wrong)).status, 401, name);
    }
  });
}

test('reports are listed where they are known', async () => {
  const turnover = 'AB03SYNCBOARDTURNOVER00001';
  const reply = await get('dynsql_reports', { connection: 'ab', id: turnover });
  const ids = JSON.parse(reply.text).map(({ id }: { id: string }) => id);
  assert.deepEqual(ids, ['W400000001', 'W400000002']);
  const help = ofHelp(await get('dynsql_help', { connection: 'ab', id: turnover }));
  assert.deepEqual(help.reports, JSON.parse(reply.text));
  const none = await get('dynsql_reports', { connection: 'demodata', id: invoices });
  assert.equal(none.status, 404);
  assert.match(none.text, /ABRA Gen, which does not tell its reports/);
});
