import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCompany } from '../../src/company/index.ts';
import { emptyCompany, errorsOf, put } from './support.ts';

const further = ['kontakt', 'nastaveni', 'vazba', 'banka-polozka', 'smlouva-polozka'];
const bank = {
  typDokl: 'code:STANDARD',
  banka: 'code:BANKOVNÍ ÚČET',
  typPohybuK: 'typPohybu.prijem',
};

test('the demo company has records of every evidence, each with all its properties', (t) => {
  const company = openCompany({ name: 'demo' });
  t.after(() => company.close());
  const counts = company.counts();
  for (const path of further) {
    assert.ok((counts[path] ?? 0) > 0, path);
    const [record] = company.dump(path);
    for (const { propertyName } of company.properties(path)) {
      if (propertyName !== 'external-ids') assert.ok(propertyName in (record ?? {}), propertyName);
    }
  }
  assert.equal(counts['nastaveni'], 1);
  const evidences = Object.fromEntries(company.evidences().map((each) => [each.path, each]));
  assert.equal(evidences['vazba']?.importStatus, 'DISALLOWED');
  assert.equal(evidences['smlouva-polozka']?.importStatus, 'NOT_DIRECT');
});

test('a select of one value has no list of values, as a real server tells it', (t) => {
  const company = emptyCompany(t);
  const kind = company
    .properties('banka-polozka')
    .find(({ propertyName }) => propertyName === 'typPolozkyK');
  assert.deepEqual(kind?.['values'], {
    value: { '@key': 'typPolozky.ucetni', $: 'Položka pro zaúčtování' },
  });
});

test('a pairing shows what a real server shows of it: no time, no documents', (t) => {
  const company = openCompany({ name: 'demo' });
  t.after(() => company.close());
  const names = company.properties('vazba').map(({ propertyName }) => propertyName);
  assert.deepEqual(names, ['id', 'typVazbyK', 'castka', 'storno', 'external-ids']);
  const [record = {}] = company.dump('vazba');
  assert.deepEqual(Object.keys(record), [
    'id',
    'typVazbyK',
    'typVazbyK@showAs',
    'castka',
    'storno',
  ]);
  assert.throws(() => company.list('vazba', { filter: 'platba = 1' }), /platba/);
});

test('contracts and bank documents have items; each is logged before its document', (t) => {
  const company = emptyCompany(t);
  put(company, 'adresar', { kod: 'A', nazev: 'A' });
  put(company, 'cenik', { kod: 'NET', nazev: 'Připojení', cenaZakl: '330.58' });
  const from = company.globalVersion() + 1;
  put(company, 'smlouva', {
    nazev: 'S',
    typSml: 'code:SLUŽBY',
    firma: 'code:A',
    smlouvaOd: '2026-01-01',
    polozkySmlouvy: [{ cenik: 'code:NET', mnozMj: '2' }],
  });
  put(company, 'banka', {
    ...bank,
    polozkyIntDokladu: [
      { nazev: 'Poplatek', sumZkl: '100' },
      { nazev: 'Služba', sumZkl: '50', typSzbDphK: 'typSzbDph.dphZakl' },
    ],
  });
  const log = company.changes({ start: from, limit: 1000 }).changes;
  const seen = log.map(({ evidence, operation }) => `${evidence} ${operation}`);
  assert.deepEqual(
    seen.filter((line) => !line.startsWith('rocni-rada')),
    [
      'smlouva create',
      'smlouva-polozka create',
      'smlouva update',
      'banka create',
      'banka-polozka create',
      'banka update',
      'banka-polozka create',
      'banka update',
    ],
  );
  const [item] = company.dump('smlouva-polozka');
  assert.deepEqual(
    [item?.['kod'], item?.['cenaMj'], item?.['cenaCelkem'], item?.['smlouva']],
    [
      'NET',
      '330.58',
      '661.16',
      company.dump('smlouva')[0]?.['kod'] && `code:${company.dump('smlouva')[0]?.['kod']}`,
    ],
  );
  const [document] = company.dump('banka');
  assert.deepEqual([document?.['sumOsv'], document?.['sumCelkem']], ['100.0', '160.5']);
  const nested = company.get('smlouva', [1], { relations: ['polozkySmlouvy'] }).records[0];
  assert.equal([nested?.['polozkySmlouvy']].flat().length, 1);
});

test('a payment is paired with an invoice, whole, in part, and undone', (t) => {
  const company = emptyCompany(t);
  const [invoice = ''] = put(company, 'faktura-vydana', {
    typDokl: 'code:FAKTURA',
    sumCelkem: '1000',
  });
  const paying = (castka: string, zbytek?: string) => ({
    ...bank,
    sumCelkem: castka,
    sparovani: {
      uhrazovanaFak: invoice,
      'uhrazovanaFak@type': 'faktura-vydana',
      ...(zbytek && { zbytek }),
    },
  });
  const state = () => {
    const { stavUhrK, zbyvaUhradit } = company.dump('faktura-vydana')[0] ?? {};
    return [stavUhrK, zbyvaUhradit];
  };
  const refused = company.write('banka', { banka: paying('400') });
  assert.match(errorsOf(refused.winstrom)[0]?.['message'] ?? '', /neodpovídá/);
  assert.equal(company.counts()['banka'], 0, 'nothing of a refused write stays');
  const [part = ''] = put(company, 'banka', paying('400', 'castecnaUhrada'));
  assert.deepEqual(state(), ['stavUhr.castUhr', '600.0']);
  put(company, 'faktura-vydana', { id: invoice, popis: 'changed' });
  assert.deepEqual(state(), ['stavUhr.castUhr', '600.0'], 'a write does not forget payments');
  const from = company.globalVersion() + 1;
  put(company, 'banka', paying('600'));
  assert.deepEqual(state(), ['stavUhr.uhrazeno', '0.0']);
  assert.deepEqual(
    company
      .changes({ start: from })
      .changes.slice(2)
      .map(({ evidence, operation }) => `${evidence} ${operation}`),
    ['vazba create', 'faktura-vydana update', 'banka update'],
  );
  assert.throws(() => company.delete('vazba', '1'), /není povolen/);
  assert.equal(company.delete('banka', part).status, 400, 'a paired payment stays');
  put(company, 'banka', { id: part, odparovani: { uhrazovanaFak: invoice } });
  assert.deepEqual(state(), ['stavUhr.castUhr', '400.0']);
  assert.equal(company.delete('banka', part).status, 200);
  assert.equal(company.counts()['vazba'], 1);
});

test('contacts and settings have no code: they are told by number and external id', (t) => {
  const company = emptyCompany(t);
  put(company, 'adresar', { kod: 'A', nazev: 'A' });
  put(company, 'kontakt', { id: 'ext:crm:1', prijmeni: 'Nová', firma: 'code:A' });
  assert.equal(company.resolve('kontakt', 'code:A'), undefined);
  assert.equal(company.resolve('kontakt', 'ext:crm:1'), 1);
  const [change] = company.changes({ evidences: ['kontakt'] }).changes;
  assert.deepEqual(change?.externalIds, ['ext:crm:1']);
  const [record] = company.list('kontakt', {
    filter: "firma = 'code:A'",
    order: ['prijmeni'],
  }).records;
  assert.equal(record?.['firma'], 'code:A');
  put(company, 'nastaveni', { nazFirmy: 'My' });
  assert.equal(company.dump('nastaveni')[0]?.['podvojUcto'], 'true');
});
