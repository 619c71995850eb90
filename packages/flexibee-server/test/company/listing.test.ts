import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Company, CompanyError, listQuery, openCompany } from '../../src/company/index.ts';
import { emptyCompany, noon, put } from './support.ts';

function demo(t: TestContext): Company {
  const company = openCompany({ name: 'demo', now: () => new Date(noon) });
  t.after(() => company.close());
  return company;
}

const ids = (company: Company, evidence: string, parameters: string) =>
  company
    .list(evidence, listQuery(new URLSearchParams(parameters)))
    .records.map(({ id }) => Number(id));

test('the same seed and day give the same believable company', (t) => {
  const company = demo(t);
  const again = demo(t);
  const other = openCompany({ name: 'demo', now: () => new Date(noon), data: { seed: 2 } });
  t.after(() => other.close());
  assert.equal(company.evidences().length, 17);
  for (const { path } of company.evidences()) {
    const records = company.dump(path);
    assert.ok(records.length > 0, path);
    assert.deepEqual(records, again.dump(path), path);
    assert.equal(new Set(records.map(({ id }) => id)).size, records.length);
  }
  assert.notDeepEqual(company.dump('adresar'), other.dump('adresar'));
  assert.ok(company.dump('adresar').some((r) => (r['external-ids'] ?? []).length > 0));
  assert.match(String(company.dump('faktura-vydana')[0]?.['kod']), /^VF1-0001\/2026$/);
  for (const { ic } of company.dump('adresar')) {
    const digits = [...String(ic)].map(Number);
    const sum = digits.slice(0, 7).reduce((total, digit, index) => total + digit * (8 - index), 0);
    assert.equal(digits[7], (11 - (sum % 11)) % 10, `IČO ${ic}`);
  }
});

test('a listing has 20 records unless told otherwise, and counts on request', (t) => {
  const company = demo(t);
  const count = company.counts()['banka'] ?? 0;
  assert.ok(count > 20);
  assert.equal(ids(company, 'banka', '').length, 20);
  assert.equal(ids(company, 'banka', 'limit=0').length, count);
  assert.deepEqual(ids(company, 'banka', 'limit=3&start=2&order=id'), [3, 4, 5]);
  assert.deepEqual(ids(company, 'banka', 'start=1000'), []);
  const { rowCount, globalVersion } = company.list('banka', {
    limit: 1,
    rowCount: true,
    filter: 'id > 2',
  });
  assert.equal(rowCount, count - 2);
  assert.equal(globalVersion, company.globalVersion());
  assert.equal(company.list('banka').rowCount, undefined);
});

test('@A is descending and @D ascending; documents begin with the newest', (t) => {
  const company = emptyCompany(t);
  put(
    company,
    'adresar',
    { kod: 'A', nazev: 'x', skupFir: 'code:ODBĚRATEL' },
    { kod: 'B', nazev: 'y', skupFir: 'code:DODAVATEL' },
    { kod: 'C', nazev: 'x', skupFir: 'code:DODAVATEL' },
  );
  const invoice = { typDokl: 'code:FAKTURA' };
  put(
    company,
    'faktura-vydana',
    { ...invoice, datVyst: '2026-01-01' },
    { ...invoice, datVyst: '2026-03-01' },
    { ...invoice, datVyst: '2026-03-01' },
  );
  const orders: [string, number[]][] = [
    ['', [1, 2, 3]],
    ['order=id@A', [3, 2, 1]],
    ['order=id@D', [1, 2, 3]],
    ['order=nazev@A', [2, 1, 3]],
    ['order=nazev&order=kod@A', [3, 1, 2]],
    ['order=skupFir', [2, 3, 1]],
    ['order=skupFir.nazev@A', [1, 2, 3]],
    ['sort=id&dir=DESC', [3, 2, 1]],
    ['sort=id&dir=ASC', [1, 2, 3]],
  ];
  for (const [parameters, expected] of orders) {
    assert.deepEqual(ids(company, 'adresar', parameters), expected, parameters);
  }
  assert.deepEqual(ids(company, 'faktura-vydana', ''), [2, 3, 1]);
  assert.deepEqual(ids(company, 'faktura-vydana', 'order=id'), [1, 2, 3]);
  for (const wrong of [
    'order=foo',
    'order=nazev@X',
    'order=nazev.kod',
    'order=skupFir.foo',
    'order=',
    'limit=-1',
    'limit=x',
    'start=1.5',
    'detail=most',
    'detail=custom:a(b',
  ]) {
    assert.throws(() => ids(company, 'adresar', wrong), CompanyError, wrong);
  }
});

test('values are written as a real server writes them', (t) => {
  const company = emptyCompany(t);
  put(company, 'adresar', {
    id: ['code:NOVAK', 'ext:crm:7'],
    nazev: 'Jan Novák',
    datZaloz: '2026-01-31',
    limitFak: 10,
    platceDph: true,
    splatDny: '14',
  });
  put(company, 'smlouva', {
    typSml: 'code:NÁJEM',
    nazev: 'S',
    firma: 'code:NOVAK',
    smlouvaOd: '2026-07-01',
  });
  const [partner] = company.dump('adresar');
  assert.equal(partner?.['id'], '1');
  assert.equal(partner?.['lastUpdate'], '2026-07-15T12:00:00.000+02:00');
  assert.equal(partner?.['datZaloz'], '2026-01-31+01:00');
  assert.equal(partner?.['limitFak'], '10.0');
  assert.equal(partner?.['splatDny'], '14');
  assert.equal(partner?.['platceDph'], 'true');
  assert.equal(partner?.['typVztahuK'], 'typVztahu.odberDodav');
  assert.equal(partner?.['typVztahuK@showAs'], 'Odběr./Dodav.');
  assert.deepEqual(partner?.['external-ids'], ['ext:crm:7']);
  assert.equal(partner?.['ulice'], '');
  assert.equal(partner?.['stredisko'], '');
  assert.equal(partner?.['stredisko@ref'], undefined);
  const [contract] = company.dump('smlouva');
  assert.equal(contract?.['firma'], 'code:NOVAK');
  assert.equal(contract?.['firma@ref'], '/c/test/adresar/1.json');
  assert.equal(contract?.['firma@showAs'], 'NOVAK: Jan Novák');
  assert.equal(contract?.['typSml@showAs'], 'NÁJEM: Nájemní smlouva');
  assert.equal(contract?.['smlouvaOd'], '2026-07-01+02:00');
});

test('details: id, summary, full, custom', (t) => {
  const company = demo(t);
  const [id = ''] = put(company, 'faktura-vydana', {
    id: 'ext:shop:1',
    typDokl: 'code:FAKTURA',
    firma: 1,
    polozkyFaktury: [{ cenik: 1 }],
  });
  const fields = (parameters: string) =>
    Object.keys(
      company.get('faktura-vydana', [id], listQuery(new URLSearchParams(parameters))).records[0] ??
        {},
    );
  assert.deepEqual(fields('detail=id'), ['id', 'external-ids']);
  assert.deepEqual(fields('detail=id&no-ext-ids=true'), ['id']);
  assert.deepEqual(fields('detail=custom:kod,nothing, firma&no-ext-ids=true'), [
    'id',
    'kod',
    'firma',
    'firma@ref',
    'firma@showAs',
  ]);
  const [plain = ''] = put(company, 'faktura-vydana', { typDokl: 'code:FAKTURA' });
  const [without] = company.get('faktura-vydana', [plain], { detail: 'id' }).records;
  assert.deepEqual(without, { id: plain }, 'no external ids, no member');
  const full = fields('');
  assert.ok(full.includes('varSym') && !full.includes('polozkyFaktury'));
  assert.ok(fields('detail=full&relations=polozky').includes('polozkyFaktury'));
  assert.ok(!fields('detail=summary').includes('varSym'));
  const custom = { detail: 'custom:kod,polozkyFaktury(nazev,cenik)', externalIds: false };
  const [invoice] = company.get('faktura-vydana', [id], custom).records;
  const [line] = (invoice?.['polozkyFaktury'] ?? []) as Record<string, string>[];
  assert.deepEqual(Object.keys(line ?? {}), ['id', 'nazev', 'cenik', 'cenik@ref', 'cenik@showAs']);
});

test('records that are not valid this year are listed only on request', (t) => {
  const company = emptyCompany(t);
  put(
    company,
    'adresar',
    { nazev: 'now' },
    { nazev: 'past', platiDo: 2025 },
    { nazev: 'future', platiOd: '2027' },
  );
  assert.deepEqual(ids(company, 'adresar', ''), [1]);
  assert.deepEqual(ids(company, 'adresar', 'filtrovat-platnost=true'), [1]);
  assert.deepEqual(ids(company, 'adresar', 'filtrovat-platnost=false'), [1, 2, 3]);
  assert.equal(company.list('adresar', { filter: 'id in (1,2,3)', rowCount: true }).rowCount, 1);
  assert.equal(company.get('adresar', [1, 2, 3]).records.length, 3);
  assert.equal(company.dump('adresar').length, 3);
});

test('identifiers of all kinds lead to the number', (t) => {
  const company = emptyCompany(t);
  put(company, 'adresar', {
    id: ['code:A/B 100%', 'ext:sys:č/1'],
    nazev: 'A',
    ic: '27074358',
    dic: 'CZ27074358',
  });
  put(company, 'cenik', { id: 'code:X', nazev: 'X', eanKod: '8594000000123', kodPlu: '4020' });
  const cases: [string, string, number | undefined][] = [
    ['adresar', '1', 1],
    ['adresar', '2', undefined],
    ['adresar', '-1', undefined],
    ['adresar', 'code:A/B 100%', 1],
    ['adresar', 'code:a/b 100%', 1],
    ['adresar', 'code%3AA%2FB%20100%25', 1],
    ['adresar', 'ext:sys:č/1', 1],
    ['adresar', 'ext%3Asys%3A%C4%8D%2F1', 1],
    ['adresar', 'ext:sys:2', undefined],
    ['adresar', 'in:27074358', 1],
    ['adresar', 'vatid:CZ27074358', 1],
    ['adresar', '[ext:sys:2][code:A/B 100%]', 1],
    ['adresar', 'code:', undefined],
    ['cenik', 'ean:8594000000123', 1],
    ['cenik', 'plu:4020', 1],
  ];
  for (const [evidence, ident, id] of cases)
    assert.equal(company.resolve(evidence, ident), id, ident);
  for (const wrong of ['A', '', 'xyz:1', '1.5', '%']) {
    assert.throws(() => company.resolve('adresar', wrong), CompanyError, wrong);
  }
  const { records } = company.get('adresar', [1, 'code:NOBODY', 99, 'in:27074358'], {
    detail: 'id',
  });
  assert.deepEqual(
    records.map(({ id }) => id),
    ['1', '1'],
    'what is missing is left out',
  );
  assert.deepEqual(company.get('adresar', []).records, []);
});

test('properties say of each field what a real server says', (t) => {
  const company = emptyCompany(t);
  const all = company.properties('faktura-vydana');
  const kod = all.find(({ propertyName }) => propertyName === 'kod');
  assert.deepEqual(
    [
      kod?.name,
      kod?.type,
      kod?.['maxLength'],
      kod?.['mandatory'],
      kod?.['isWritable'],
      kod?.['inSummary'],
    ],
    ['Interní číslo', 'string', '20', 'true', 'true', 'true'],
  );
  const firma = all.find(({ propertyName }) => propertyName === 'firma');
  assert.deepEqual([firma?.['fkEvidencePath'], firma?.['fkEvidenceType']], ['adresar', 'ADRESAR']);
  for (const { path } of company.evidences()) {
    const names = company.properties(path).map(({ propertyName }) => propertyName);
    assert.equal(names.at(-1), 'external-ids');
    assert.equal(new Set(names).size, names.length, path);
  }
});

test('a filter in a URL parameter is ignored, in a body it counts', () => {
  assert.equal(listQuery([['filter', 'id = 1']]).filter, undefined);
  assert.deepEqual(
    listQuery(
      Object.entries({ filter: 'id = 1', order: ['id', 'kod'], limit: '5', 'no-ext-ids': true }),
      'body',
    ),
    { filter: 'id = 1', order: ['id', 'kod'], limit: 5, externalIds: false },
  );
});

test('a company needs a name', () => {
  for (const name of ['', 'a/b', '..', 'a b'])
    assert.throws(() => openCompany({ name }), RangeError);
});
