import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCompany, errorsOf, found, put } from './support.ts';

const invoice = { typDokl: 'code:FAKTURA', sumCelkem: '100' };

test('actions beside the records are meant for each of them', (t) => {
  const company = emptyCompany(t);
  const [first = '', second = ''] = put(company, 'faktura-vydana', invoice, invoice);
  const sent = company.write('faktura-vydana', {
    'faktura-vydana': [{ id: first }, { id: second }],
    'faktura-vydana@action': 'storno',
  });
  assert.equal(sent.status, 200);
  assert.deepEqual(
    company.dump('faktura-vydana').map(({ storno }) => storno),
    ['true', 'true'],
  );
  company.write('faktura-vydana', {
    'faktura-vydana': { '@action': 'delete' },
    'faktura-vydana@filter': `id = ${first}`,
  });
  assert.equal(company.counts()['faktura-vydana'], 1, 'deleted by filter');
});

for (const [action, member, value] of [
  ['storno', 'storno', 'true'],
  ['lock', 'zamekK', 'zamek.zamceno'],
  ['lock-for-ucetni', 'zamekK', 'zamek.polozamceno'],
  ['unlock', 'zamekK', 'zamek.otevreno'],
  ['sign-for-payment', 'podpisPrik', 'true'],
  ['unsign-for-payment', 'podpisPrik', 'false'],
] as const) {
  test(`${action} of an invoice`, (t) => {
    const company = emptyCompany(t);
    const [id = ''] = put(company, 'faktura-vydana', invoice);
    const { winstrom } = company.write('faktura-vydana', {
      'faktura-vydana': { id },
      'faktura-vydana@action': action,
    });
    assert.deepEqual(
      [winstrom['success'], company.dump('faktura-vydana')[0]?.[member]],
      ['true', value],
    );
    assert.equal(company.changes().changes.at(-1)?.operation, 'update');
  });
}

test('a locked record is neither changed nor deleted until it is unlocked', (t) => {
  const company = emptyCompany(t);
  const [id = ''] = put(company, 'faktura-vydana', invoice);
  put(company, 'faktura-vydana', { id, '@action': 'lock' });
  for (const change of [{ popis: 'x' }, { '@action': 'delete' }, { '@action': 'storno' }]) {
    const { status, winstrom } = company.write('faktura-vydana', {
      'faktura-vydana': { id, ...change },
    });
    assert.equal(status, 400);
    assert.match(errorsOf(winstrom)[0]?.['message'] ?? '', /zamčen/);
  }
  put(company, 'faktura-vydana', { id, '@action': 'unlock' });
  put(company, 'faktura-vydana', { id, popis: 'x' });
});

test('an action that an evidence does not have, or of a record that is not there, is refused', (t) => {
  const company = emptyCompany(t);
  put(company, 'adresar', { kod: 'A', nazev: 'A' });
  const cases: [object, RegExp][] = [
    [{ id: 'code:A', '@action': 'storno' }, /'storno' není/],
    [{ id: 'code:A', '@action': 'lock' }, /'lock' není/],
    [{ id: 'code:B', '@action': 'storno' }, /nalezen/],
  ];
  for (const [record, expected] of cases) {
    const { status, winstrom } = company.write('adresar', { adresar: record });
    assert.equal(status, 400);
    assert.match(errorsOf(winstrom)[0]?.['message'] ?? '', expected);
  }
});

test('labels are added, replaced and removed; of a group that allows one the last stays', (t) => {
  const company = emptyCompany(t);
  put(company, 'skupina-stitku', { kod: 'STAV', nazev: 'Stav', pouzeJeden: 'true' });
  put(
    company,
    'stitek',
    { kod: 'VIP', nazev: 'VIP', vsbAdr: 'true' },
    { kod: 'NOVY', nazev: 'Nový', skupVybKlic: 'code:STAV' },
    { kod: 'STARY', nazev: 'Starý', skupVybKlic: 'code:STAV' },
  );
  put(company, 'adresar', { kod: 'A', nazev: 'A' }, { kod: 'B', nazev: 'B', stitky: 'NOVY' });
  const steps: [object, string][] = [
    [{ stitky: 'VIP' }, 'VIP'],
    [{ stitky: 'code:NOVY,VIP' }, 'VIP, NOVY'],
    [{ stitky: ['STARY'] }, 'VIP, STARY'],
    [{ stitky: '' }, 'VIP, STARY'],
    [{ 'stitky@removeAll': 'true', stitky: { NOVY: 'NOVY' } }, 'NOVY'],
    [{ 'stitky@removeAll': 'true' }, ''],
    [{ stitky: 'VIP' }, 'VIP'],
  ];
  for (const [members, expected] of steps) {
    put(company, 'adresar', { id: 'code:A', ...members });
    assert.equal(company.dump('adresar')[0]?.['stitky'], expected, JSON.stringify(members));
  }
  assert.deepEqual(found(company, 'adresar', "stitky = 'code:VIP'"), ['A']);
  assert.deepEqual(found(company, 'adresar', "stitky = 'NOVY' or stitky = 'VIP'"), ['A', 'B']);
  const { status, winstrom } = company.write('adresar', {
    adresar: { id: 'code:A', stitky: 'NENI' },
  });
  assert.equal(status, 400);
  assert.match(errorsOf(winstrom)[0]?.['message'] ?? '', /stitek#code:NENI/);
});
