import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CompanyError } from '../../src/company/index.ts';
import { emptyCompany, errorsOf, put } from './support.ts';

test('what is created is reported with number, given id and address', (t) => {
  const company = emptyCompany(t);
  const { status, winstrom } = company.write('adresar', {
    '@version': '1.0',
    adresar: [{ id: ['code:a', 'ext:crm:1'], nazev: 'A' }, { nazev: 'Žižka a syn' }],
  });
  assert.equal(status, 201);
  assert.deepEqual(winstrom, {
    '@version': '1.0',
    success: 'true',
    stats: { created: '2', updated: '0', deleted: '0', skipped: '0', failed: '0' },
    results: [
      { id: '1', 'request-id': 'code:a', ref: '/c/test/adresar/1.json' },
      { id: '2', ref: '/c/test/adresar/2.json' },
    ],
  });
  assert.deepEqual(
    company.dump('adresar').map(({ kod }) => kod),
    ['A', 'ZIZKAASYN'],
  );
});

test('a record is updated by number, code, external id or its address', (t) => {
  const company = emptyCompany(t);
  put(company, 'adresar', { id: ['code:A', 'ext:crm:1'], nazev: 'A', mesto: 'Brno' });
  for (const id of [
    1,
    '1',
    'code:A',
    'code:a',
    'ext:crm:1',
    '[ext:x:9][code:A]',
    ['1', 'ext:new:2'],
  ]) {
    const popis = JSON.stringify(id);
    const { status } = company.write('adresar', { adresar: { id, popis } });
    assert.equal(status, 200, popis);
    assert.equal(company.dump('adresar')[0]?.['popis'], popis);
  }
  const byAddress = company.write('adresar', { adresar: { mesto: '' } }, { ident: 'code:A' });
  assert.equal(byAddress.status, 200);
  const [record] = company.dump('adresar');
  assert.equal(record?.['mesto'], '', 'an empty value clears the field');
  assert.equal(record?.['nazev'], 'A', 'what is not given stays');
  assert.deepEqual(record?.['external-ids'], ['ext:crm:1', 'ext:new:2', 'ext:x:9']);
  put(company, 'adresar', { id: 1, '@removeExternalIds': 'crm' });
  assert.equal(company.resolve('adresar', 'ext:crm:1'), undefined);
  assert.equal(company.resolve('adresar', 'ext:x:9'), 1);
});

test('numbers are never given again', (t) => {
  const company = emptyCompany(t);
  put(company, 'adresar', { nazev: 'A' });
  company.delete('adresar', '1');
  assert.deepEqual(put(company, 'adresar', { nazev: 'B' }), ['2']);
});

test('refusals come in the shape of a real server, and nothing is changed', (t) => {
  const company = emptyCompany(t);
  put(company, 'adresar', { id: 'code:A', nazev: 'A' }, { id: 'code:B', nazev: 'B' });
  const invoice = { typDokl: 'code:FAKTURA' };
  const cases: [evidence: string, record: object, error: object | RegExp][] = [
    [
      'faktura-vydana',
      { typDokl: 'FAKTURA' },
      {
        message: "Je očekáváno číselné ID, ale 'FAKTURA' není číslo",
        for: 'typDokl',
        path: 'faktura-vydana[temporary-id=null].typDokl',
        value: 'FAKTURA',
        code: 'PROP',
      },
    ],
    [
      'faktura-vydana',
      {},
      {
        message: "Pole 'Typ faktury' musí být vyplněno.",
        'message@messageCode': 'validace.notNull',
        for: 'typDokl',
        path: 'faktura-vydana[temporary-id=null].typDokl',
        code: 'INVALID',
      },
    ],
    [
      'faktura-vydana',
      { ...invoice, firma: 'code:NOBODY' },
      /nebyl v datovém zdroji nalezen: adresar#code:NOBODY/,
    ],
    ['faktura-vydana', { ...invoice, datVyst: '2026-02-30' }, /není datum/],
    ['faktura-vydana', { ...invoice, sumCelkem: '1 000' }, /není číslo/],
    ['faktura-vydana', { ...invoice, sumCelkem: {} }, /není jednoduchá hodnota/],
    ['faktura-vydana', { ...invoice, stavUhrK: 'paid' }, /není povolená hodnota/],
    ['faktura-vydana', { ...invoice, bezPolozek: 'ano' }, /true ani false/],
    ['faktura-vydana', { ...invoice, popis: 'x'.repeat(256) }, /nejvýše 255 znaků/],
    ['faktura-vydana', { ...invoice, polozkyFaktury: ['x'] }, /'x' není záznam/],
    ['faktura-vydana', { ...invoice, polozkyFaktury: [{ cenik: 9 }] }, /cenik#9/],
    ['adresar', { id: 99, nazev: 'X' }, /adresar#99/],
    ['adresar', { id: 'A', nazev: 'X' }, /číselné ID/],
    ['adresar', { id: ['code:A', 'code:B'] }, /patří různým záznamům/],
    ['adresar', { id: 'code:A', kod: 'b' }, /Záznam s kódem 'B' již existuje/],
    ['adresar', { id: 'code:A', splatDny: 1.5 }, /není celé číslo/],
    ['adresar', { id: 'code:A', '@update': 'fail' }, /již existuje/],
    ['adresar', { id: 'code:X', '@create': 'fail' }, /neexistuje/],
    ['adresar', { id: 'code:X', '@action': 'delete' }, /nalezen/],
    [
      'adresar',
      { id: 'code:A', '@action': 'burn' },
      /'burn' není v evidenci 'adresar' podporována/,
    ],
  ];
  const before = company.dump('adresar');
  for (const [evidence, record, expected] of cases) {
    const { status, winstrom } = company.write(evidence, { [evidence]: [record] });
    assert.equal(status, 400, JSON.stringify(record));
    assert.equal(winstrom['success'], 'false');
    assert.deepEqual(winstrom['stats'], {
      created: '0',
      updated: '0',
      deleted: '0',
      skipped: '0',
      failed: '1',
    });
    const [error, ...others] = errorsOf(winstrom);
    assert.deepEqual(others, []);
    if (expected instanceof RegExp) assert.match(error?.['message'] ?? '', expected);
    else assert.deepEqual(error, expected);
  }
  assert.deepEqual(company.dump('adresar'), before);
  assert.equal(company.counts()['faktura-vydana'], 0);
});

test('a body that is none is a 400, an unknown evidence or record a 404', (t) => {
  const company = emptyCompany(t);
  const fails = (status: number, work: () => unknown) =>
    assert.throws(work, (error) => error instanceof CompanyError && error.status === status);
  fails(404, () => company.write('nothing', {}));
  fails(404, () => company.delete('adresar', '1'));
  fails(404, () => company.properties('nothing'));
  fails(400, () => company.write('adresar', { nothing: {} }));
  fails(400, () => company.write('adresar', { adresar: ['x'] }));
  fails(400, () => company.write('adresar', { adresar: [{}, {}] }, { ident: '1' }));
  fails(400, () => company.write('faktura-vydana-polozka', { 'faktura-vydana-polozka': {} }));
  assert.equal(company.write('adresar', {}).status, 200);
});

test('one bad record keeps all out, unless atomic is false', (t) => {
  const company = emptyCompany(t);
  const adresar = [{ nazev: 'A' }, { nazev: '' }, { nazev: 'C' }];
  assert.equal(company.write('adresar', { adresar }).status, 400);
  assert.equal(company.counts()['adresar'], 0);
  const { status, winstrom } = company.write('adresar', { '@atomic': 'false', adresar });
  assert.equal(status, 400);
  assert.deepEqual(winstrom['stats'], {
    created: '2',
    updated: '0',
    deleted: '0',
    skipped: '0',
    failed: '1',
  });
  assert.equal(company.counts()['adresar'], 2);
});

test('existing or new records can be passed over, and a filter writes to many', (t) => {
  const company = emptyCompany(t);
  put(
    company,
    'adresar',
    { id: 'code:A', nazev: 'A', mesto: 'Brno' },
    { id: 'code:B', nazev: 'B', mesto: 'Brno' },
    { id: 'code:C', nazev: 'C' },
  );
  const skipped = company.write('adresar', {
    adresar: [
      { id: 'code:A', nazev: 'changed', '@update': 'ignore' },
      { id: 'code:NEW', nazev: 'new', '@create': 'ignore' },
    ],
  });
  assert.deepEqual(skipped.winstrom['stats'], {
    created: '0',
    updated: '0',
    deleted: '0',
    skipped: '2',
    failed: '0',
  });
  const many = company.write('adresar', { adresar: { '@filter': "mesto = 'Brno'", popis: 'x' } });
  assert.equal((many.winstrom['stats'] as Record<string, string>)['updated'], '2');
  const gone = company.write('adresar', {
    adresar: { '@filter': "popis = 'x'", '@action': 'delete' },
  });
  assert.equal((gone.winstrom['stats'] as Record<string, string>)['deleted'], '2');
  assert.deepEqual(
    company.dump('adresar').map(({ kod }) => kod),
    ['C'],
  );
});

test('an invoice is the sum of its items, whatever becomes of them', (t) => {
  const company = emptyCompany(t);
  put(company, 'adresar', {
    id: 'code:A',
    nazev: 'A s.r.o.',
    ic: '27074358',
    mesto: 'Brno',
    splatDny: 30,
  });
  put(company, 'cenik', { id: 'code:ROUTER', nazev: 'Router', cenaZakl: '1000' });
  const [id = ''] = put(company, 'faktura-vydana', {
    typDokl: 'code:FAKTURA',
    firma: 'code:A',
    datVyst: '2026-07-01',
    polozkyFaktury: [
      { id: 'ext:line:1', cenik: 'code:ROUTER', mnozMj: 2 },
      {
        nazev: 'Kniha',
        cenaMj: '112',
        typSzbDphK: 'typSzbDph.dphSniz',
        typCenyDphK: 'typCeny.sDph',
      },
      { nazev: 'Poznámka', typPolozkyK: 'typPolozky.text' },
    ],
  });
  const invoice = () => company.get('faktura-vydana', [id], { relations: ['polozky'] }).records[0];
  const lines = () => invoice()?.['polozkyFaktury'] as Record<string, string>[];
  const sums = () => [
    invoice()?.['sumZklZakl'],
    invoice()?.['sumZklSniz'],
    invoice()?.['sumCelkem'],
  ];
  assert.deepEqual(sums(), ['2000.0', '100.0', '2532.0']);
  const { kod, varSym, nazFirmy, mesto, ic, datSplat, zbyvaUhradit } = invoice() ?? {};
  assert.deepEqual(
    [kod, varSym, nazFirmy, mesto, ic, datSplat, zbyvaUhradit],
    ['VF1-0001/2026', '100012026', 'A s.r.o.', 'Brno', '27074358', '2026-07-31+02:00', '2532.0'],
  );
  assert.deepEqual(
    lines().map((line) => [
      line['cisRad'],
      line['nazev'],
      line['sumCelkem'],
      line['doklFak'],
      line['datVyst'],
    ]),
    [
      ['1', 'Router', '2420.0', 'code:VF1-0001/2026', '2026-07-01+02:00'],
      ['2', 'Kniha', '112.0', 'code:VF1-0001/2026', '2026-07-01+02:00'],
      ['3', 'Poznámka', '', 'code:VF1-0001/2026', '2026-07-01+02:00'],
    ],
  );
  put(company, 'faktura-vydana', {
    id,
    polozkyFaktury: [
      { id: 'ext:line:1', mnozMj: 3 },
      { nazev: 'Nová', cenaMj: 10 },
    ],
  });
  assert.deepEqual(sums(), ['3010.0', '100.0', '3754.1']);
  put(company, 'faktura-vydana', { id, polozkyFaktury: [{ id: '2', '@action': 'delete' }] });
  assert.deepEqual(sums(), ['3010.0', '0.0', '3642.1']);
  put(company, 'faktura-vydana', {
    id,
    'polozkyFaktury@removeAll': 'true',
    polozkyFaktury: [{ id: 'ext:line:1' }],
  });
  assert.deepEqual(
    lines().map((line) => line['id']),
    ['1'],
  );
  put(company, 'faktura-vydana', { id, stavUhrK: 'stavUhr.uhrazenoRucne' });
  assert.equal(invoice()?.['zbyvaUhradit'], '0.0');
  assert.equal(sums()[0], '3000.0', 'the head alone leaves the sums');
  const refused = company.write('adresar', { adresar: { id: 'code:A', '@action': 'delete' } });
  assert.match(
    errorsOf(refused.winstrom)[0]?.['message'] ?? '',
    /odkazuje na něj faktura-vydana#1/,
  );
  assert.equal(company.delete('faktura-vydana', 'code:VF1-0001/2026').status, 200);
  assert.equal(company.counts()['faktura-vydana-polozka'], 0);
});

test('without items the sums follow what is given', (t) => {
  const company = emptyCompany(t);
  const [first, second] = put(
    company,
    'faktura-prijata',
    { typDokl: 'code:FAKTURA', sumZklZakl: '1000', sumZklSniz: 100, sumOsv: 1 },
    { typDokl: 'code:FAKTURA', sumCelkem: '99.9' },
  );
  const { records } = company.get('faktura-prijata', [first ?? '', second ?? '']);
  assert.deepEqual(
    records.map((r) => [r['sumZklCelkem'], r['sumDphCelkem'], r['sumCelkem'], r['kod']]),
    [
      ['1101.0', '222.0', '1323.0', 'PF-0001/2026'],
      ['99.9', '0.0', '99.9', 'PF-0002/2026'],
    ],
  );
});

test('a document can be cancelled', (t) => {
  const company = emptyCompany(t);
  put(company, 'banka', {
    typDokl: 'code:STANDARD',
    banka: 'code:BANKOVNÍ ÚČET',
    typPohybuK: 'typPohybu.prijem',
  });
  put(company, 'banka', { id: 1, '@action': 'storno' });
  assert.equal(company.dump('banka')[0]?.['storno'], 'true');
  assert.equal(company.dump('banka')[0]?.['kod'], 'B+00000001/26');
});

test('a document is due on a day that can be written, however many days its partner has', (t) => {
  const company = emptyCompany(t);
  const due = (splatDny: number, datVyst: string) => {
    const [firma] = put(company, 'adresar', { nazev: `Firma ${splatDny}`, splatDny });
    const [invoice] = put(company, 'faktura-vydana', { typDokl: 'code:FAKTURA', firma, datVyst });
    return String(company.get('faktura-vydana', [invoice ?? '']).records[0]?.['datSplat']).slice(
      0,
      10,
    );
  };
  assert.equal(due(30, '2026-02-28'), '2026-03-30');
  assert.equal(due(14, '9999-12-31'), '9999-12-31');
  assert.equal(due(2_147_483_647, '2026-02-28'), '9999-12-31');
  assert.equal(due(-2_147_483_647, '2026-02-28'), '0001-01-01');
});
