/** The query language beyond the printed examples, and what it refuses. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { storedDay } from '../src/dates.ts';
import { type AbraGen, startAbraGen } from '../src/server.ts';
import { countriesId, type Fixture, fixtureOf, type Item, invoicesId } from './fixture.ts';

let abraGen: AbraGen;
let fixture: Fixture;
before(async () => {
  abraGen = await startAbraGen({ invoices: 600 });
  fixture = fixtureOf(abraGen);
});
after(() => abraGen.close());

const column = (items: readonly Item[], name: string) => items.map((item) => item[name]);

/** Ids of the invoices that a condition finds, and those that SQL finds. */
async function assertFinds(where: unknown, sql: string, ...parameters: (string | number)[]) {
  const { items } = await fixture.exec(invoicesId, { select: 'ID', where });
  const expected = abraGen.database
    .prepare(`SELECT ID FROM IssuedInvoices WHERE ${sql} ORDER BY rowid`)
    .all(...parameters);
  assert.ok(expected.length > 0, `no invoice with ${sql}`);
  assert.deepEqual(column(items, 'ID'), column(expected as Item[], 'ID'));
}

describe('values of conditions', () => {
  const first = storedDay(2020, 10, 15);
  const cases: [unknown, string, ...(string | number)[]][] = [
    [{ id: 'Description', value: 'hello' }, "Description = 'hello'"],
    [{ id: 'Description', value: '*hello*' }, "Description GLOB '*hello*'"],
    [
      { id: 'Description', value: 'HELLO*', flags: 'caseinsensitive' },
      "lower(Description) GLOB 'hello*'",
    ],
    [{ id: 'SimplifiedVATDocument', value: false }, "SimplifiedVATDocument = 'N'"],
    [{ id: 'TradeType', value: '3;9' }, 'TradeType IN (3, 9)'],
    [{ id: 'TradeType', value: '5' }, 'TradeType = 5'],
    [{ id: 'IntrastatCompleteKind', value: '2' }, 'IntrastatCompleteKind = 2'],
    [{ ID: 'ESLCompleteKind' }, 'ESLCompleteKind = 0'],
    [{ id: 'Rows' }, 'ID IN (SELECT Parent_ID FROM IssuedInvoices2)'],
    [{ id: 'Rows', flags: 'WithDocumentsWithoutRows' }, '1=1'],
    [{ id: 'OrdNumber', value: 5 }, 'OrdNumber = 5'],
    [{ id: 'OrdNumber', value: [3, 5] }, 'OrdNumber BETWEEN 3 AND 5'],
    [{ id: 'Amount', value: [100.5, 2000] }, 'Amount BETWEEN 100.5 AND 2000'],
    [
      { id: 'DocDate', value: ['2020-10-15', '2020-10-31'] },
      'DocDate$DATE BETWEEN ? AND ?',
      first,
      first + 16,
    ],
    [{ id: 'DocDate', value: [first, first] }, 'DocDate$DATE = ?', first],
    [
      { id: 'DocDate', value: ['2020-10-14T22:00:00.000Z', '2020-10-15T00:00:00'] },
      'DocDate$DATE = ?',
      first,
    ],
    [
      { id: 'CreatedAt', value: [first, first] },
      'CreatedAt$DATE >= ? AND CreatedAt$DATE < ?',
      first,
      first + 1,
    ],
    [
      { id: 'CreatedAt', value: ['2020-06-01T06:00:00Z', '2020-10-15T14:00:00+02:00'] },
      'CreatedAt$DATE BETWEEN ? AND ?',
      storedDay(2020, 6, 1) + 8 / 24,
      first + 14 / 24,
    ],
    [
      [
        { id: 'TradeType', value: '3' },
        { id: 'ESLCompleteKind', value: [] },
      ],
      'TradeType = 3 AND ESLCompleteKind = 0',
    ],
  ];
  for (const [where, sql, ...parameters] of cases) {
    it(JSON.stringify(where), () => assertFinds(where, sql, ...parameters));
  }

  it('of countries: stored booleans, codes by pattern or list', async () => {
    const codes = async (where: unknown) =>
      column((await fixture.exec(countriesId, { select: 'code', where })).items, 'CODE');
    assert.deepEqual(await codes({ id: 'hidden', value: 'A' }), ['CS']);
    assert.deepEqual(await codes({ id: 'Code', value: 'C*' }), ['CZ', 'CH', 'CS']);
    assert.deepEqual(await codes({ id: 'Code', value: ['SK', 'CZ'] }), ['CZ', 'SK']);
    assert.deepEqual(await codes({ id: 'EUMember', value: false }), ['GB', 'CH', 'US', 'CS']);
  });
});

describe('order, fields and datasets', () => {
  it('sorts names the Czech way', async () => {
    const { items } = await fixture.exec(countriesId, {
      select: ['Name'],
      orderby: { id: 'name' },
    });
    const names = column(items, 'NAME') as string[];
    assert.deepEqual(names, names.toSorted(new Intl.Collator('cs').compare));
    assert.ok(names.indexOf('Chorvatsko') > names.indexOf('Česká republika'));
  });

  it('sorts by several keys, and by a key of several columns', async () => {
    const { items } = await fixture.exec(countriesId, {
      select: ['Currency_Code', 'NumCode'],
      orderby: [{ id: 'Currency', ordering: 'DESC' }, { id: 'NumCode' }],
    });
    const pairs = items.map((item) => [item['CURRENCY_CODE'], item['NUMCODE']] as const);
    // CHF comes after HUF: in Czech ch is a letter.
    const { compare } = new Intl.Collator('cs');
    const sorted = pairs.toSorted(
      ([one, a], [other, b]) => compare(String(other), String(one)) || Number(a) - Number(b),
    );
    assert.deepEqual(pairs, sorted);
  });

  it('gives booleans, dates, numbers and nothing as JSON has them', async () => {
    const { items } = await fixture.exec(countriesId, {
      select: ['Hidden', 'EUMember', 'EUDate$DATE', 'NumCode', 'Currency_DocVATRounding'],
      where: { id: 'Code', value: ['SK', 'CH'] },
    });
    const [slovakia, switzerland] = items;
    assert.deepEqual(slovakia, {
      HIDDEN: false,
      EUMEMBER: true,
      EUDATE$DATE: '2004-04-30T22:00:00.000Z',
      NUMCODE: 703,
      CURRENCY_DOCVATROUNDING: 2,
    });
    assert.equal(switzerland?.['EUDATE$DATE'], null);
  });

  it('the history, in the order of its dates', async () => {
    const { items } = await fixture.exec(countriesId, {
      select: 'Code',
      where: { id: 'Code', value: 'SK' },
      datasets: { name: 'history', select: ['DateOfChange$DATE', 'Country_ID'] },
    });
    const [history] = items[0]?.datasets ?? [];
    assert.equal(history?.name, 'HISTORY');
    assert.deepEqual(column(history.items, 'DATEOFCHANGE$DATE'), [
      '1992-12-31T23:00:00.000Z',
      '2004-04-30T22:00:00.000Z',
      '2008-12-31T23:00:00.000Z',
    ]);
  });

  it('a nested dataset has conditions and an order of its own, and what is below it', async () => {
    const { items } = await fixture.exec(invoicesId, {
      where: { id: 'ID', value: '2E00000101' },
      datasets: {
        name: 'rows',
        select: ['PosIndex', 'Text'],
        where: { id: 'Text', value: '*č*', flags: ['CaseInsensitive'] },
        orderby: { id: 'PosIndex', ordering: 'desc' },
        datasets: { name: 'batches', select: 'StoreBatch_Name' },
      },
    });
    assert.deepEqual(items, [
      {
        datasets: [
          {
            name: 'ROWS',
            items: [
              {
                POSINDEX: 3,
                TEXT: 'Čerpadlo oběhové',
                datasets: [{ name: 'BATCHES', items: [{ STOREBATCH_NAME: 'Z100-2020' }] }],
              },
            ],
          },
        ],
      },
    ]);
  });

  it('every field and key of every definition can be asked for', async () => {
    const list = JSON.parse((await fixture.call('dynsql')).text) as { id: string }[];
    for (const { id } of list) {
      const definition = JSON.parse((await fixture.call(`dynsql/${id}`)).text) as {
        datasets: { name: string; fields: { fieldname: string }[] }[];
        keys: { id: string; dataset: string }[];
      };
      const asked = definition.datasets.map(({ name, fields }) => ({
        name,
        select: fields.map(({ fieldname }) => fieldname),
        orderby: definition.keys
          .filter(({ dataset }) => dataset === name)
          .map((key) => ({ id: key.id })),
      }));
      const [main, ...datasets] = asked;
      const { items } = await fixture.exec(id, {
        select: main?.select,
        orderby: main?.orderby,
        datasets,
      });
      const upper = main?.select.map((name) => name.toUpperCase());
      assert.deepEqual(
        Object.keys(items[0] ?? {}).filter((name) => name !== 'datasets'),
        upper,
      );
    }
  });
});

describe('refusals', () => {
  const query = (body: unknown) => fixture.refusal(`dynsql/${invoicesId}/exec`, { body });
  const where = (condition: object) => ({ select: 'ID', where: condition });
  const cases: [unknown, RegExp][] = [
    ['{', /není JSON/],
    [[], /očekáván objekt, nalezeno \[\]/],
    [{ select: 'OrdNumer' }, /Položka datasetu MAIN "OrdNumer" neexistuje/],
    [{ select: ['ID'], limit: 5 }, /neznámá vlastnost 'limit'/],
    [{ select: 'ID', SELECT: 'ID' }, /'select' je uvedena vícekrát/],
    [where({ id: 'Nic' }), /Podmínka datasetu MAIN "Nic" neexistuje/],
    [where({ id: 'Firm_ID' }), /alespoň jednu hodnotu/],
    [where({ id: 'Firm_ID', value: 5 }), /Podmínka Firm_ID má textovou hodnotu/],
    [where({ id: 'SimplifiedVATDocument', value: 'true' }), /true nebo false/],
    [where({ id: 'TradeType', value: '3;4' }), /hodnoty z 1;2;3;5;9/],
    [where({ id: 'IntrastatCompleteKind', value: '0;1' }), /jednu hodnotu z 0;1;2/],
    [where({ id: 'ESLCompleteKind', value: 'x' }), /hodnotu nemá/],
    [where({ id: 'DocDate', value: '2020-10-15' }), /právě dvě hodnoty/],
    [where({ id: 'DocDate', value: ['2020-02-30', '2020-03-01'] }), /ISO 8601/],
    [where({ id: 'Description', value: ['a', 'b'] }), /právě jednu hodnotu, zadáno 2/],
    [where({ id: 'OrdNumber', value: [1, 2, 3] }), /jednu hodnotu nebo dvě/],
    [where({ id: 'Rows', flags: ['Nic'] }), /flag 'Nic' nezná/],
    [{ select: 'ID', orderby: { id: 'Nic' } }, /Třídicí klíč datasetu MAIN "Nic" neexistuje/],
    [{ select: 'ID', orderby: { id: 'DocDate', ordering: 'up' } }, /asc nebo desc/],
    [{ datasets: { name: 'HISTORY' } }, /Dataset podřízený datasetu MAIN "HISTORY" neexistuje/],
    [{ datasets: [{ name: 'rows' }, { name: 'ROWS' }] }, /ROWS je v dotazu uveden vícekrát/],
  ];
  for (const [body, description] of cases) {
    it(JSON.stringify(body), async () => {
      const refusal = await query(body);
      assert.equal(refusal.status, 400);
      assert.match(refusal.description, description);
    });
  }

  it('values never become SQL', async () => {
    const value = "x' OR '1'='1";
    for (const id of ['ID', 'Description']) {
      assert.deepEqual((await fixture.exec(invoicesId, where({ id, value }))).items, []);
    }
  });

  const exec = `dynsql/${invoicesId}/exec`;
  const body = { select: 'ID' };
  const others: [string, Parameters<Fixture['refusal']>[1], number][] = [
    ['dynsql', { login: false }, 401],
    ['dynsql', { login: 'Supervisor:wrong' }, 401],
    ['dynsql', { login: 'nobody:supervisor' }, 401],
    ['../elsewhere/dynsql', {}, 404],
    ['issuedinvoices', {}, 404],
    ['dynsql/0000000000000000000000000A', {}, 404],
    ['dynsql/0000000000000000000000000A/exec', { body }, 404],
    [`dynsql/${invoicesId}/run`, { body }, 404],
    ['dynsql', { method: 'DELETE' }, 405],
    [exec, {}, 405],
    [exec, { body, headers: { accept: 'text/html' } }, 406],
    [`${exec}?report=W400000001`, { body }, 406],
    [`${exec}?report=W400000002`, { body, headers: { accept: 'application/pdf' } }, 404],
    [
      `dynsql/${countriesId}/exec?report=W400000001`,
      { body, headers: { accept: 'application/pdf' } },
      404,
    ],
  ];
  for (const [path, request, status] of others) {
    it(`${status} for ${path} with ${JSON.stringify(request)}`, async () => {
      assert.equal((await fixture.refusal(path, request)).status, status);
    });
  }

  it('asks for Basic authentication', async () => {
    const { headers } = await fixture.call('dynsql', { login: false });
    assert.equal(headers.get('www-authenticate'), 'Basic realm="ABRA Gen"');
  });
});
