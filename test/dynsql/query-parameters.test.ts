/** Queries as parameters of an address: what body they become, and how its faults are told. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requireQuery } from '../../shared/dynsql/language/query.ts';
import { QueryFault } from '../../shared/dynsql/language/query-faults.ts';
import { queryOfParameters } from '../../shared/dynsql/language/query-parameters.ts';
import { shippedDynsql } from '../../shared/dynsql/language/shipped-dynsql.ts';

const { definitions } = shippedDynsql();
const accounts = definitions.find(({ id }) => id === 'AB01SYNCBOARDACCOUNTS00001');
const invoices = definitions.find(({ id }) => id === 'AB04SYNCBOARDINVOICES00001');
if (accounts === undefined || invoices === undefined) throw new Error('they are shipped');

const read = (address: string, definition = accounts) =>
  queryOfParameters(definition, new URLSearchParams(address));

test('parameters become the body that a POST would have', () => {
  const cases: [address: string, body: object][] = [
    ['select=account_number', { select: ['account_number'] }],
    ['select=+a,+b,,', { select: ['a', 'b'] }],
    ['select=', {}],
    ['select=a&report=W400000001&pretty', { select: ['a'] }],
    ['top=10&skip=5', { top: 10, skip: 5 }],
    [
      'next=true&top=10&count=TRUE&distinct=false',
      { next: true, top: 10, count: true, distinct: false },
    ],
    ['next=bmV4dA&count=1&distinct=', { next: 'bmV4dA', count: '1', distinct: '' }],
    ['select=a&groupby=', { select: ['a'], groupby: [] }],
    ['groupby=a,readings.b', { groupby: ['a'], datasets: [{ name: 'readings', groupby: ['b'] }] }],
    ['top=ten&skip=-1', { top: 'ten', skip: '-1' }],
    [
      'orderby=-Name,Code,readings.-x,-readings.y',
      {
        orderby: [
          { id: 'Name', ordering: 'desc' },
          { id: 'Code', ordering: 'asc' },
        ],
        datasets: [
          {
            name: 'readings',
            orderby: [
              { id: '-x', ordering: 'asc' },
              { id: 'y', ordering: 'desc' },
            ],
          },
        ],
      },
    ],
    [
      'select=a,meters.b,METERS.readings.c,Meters.d,payments.e',
      {
        select: ['a'],
        datasets: [
          { name: 'meters', select: ['b', 'd'], datasets: [{ name: 'readings', select: ['c'] }] },
          { name: 'payments', select: ['e'] },
        ],
      },
    ],
    [
      'where.owner_name=*%D0%BE%D0%B2*&flags.OWNER_NAME=CaseInsensitive,x',
      { where: [{ id: 'owner_name', value: '*ов*', flags: ['CaseInsensitive', 'x'] }] },
    ],
    ['flags.a=b&where.A=c', { where: [{ id: 'a', flags: ['b'], value: 'c' }] }],
    ['where.a=', { where: [{ id: 'a' }] }],
    ['where.a=""', { where: [{ id: 'a', value: '' }] }],
    ['where.a=["CZ", 1]', { where: [{ id: 'a', value: ['CZ', 1] }] }],
    ['where.a="[x"', { where: [{ id: 'a', value: '[x' }] }],
    ['where.a=CZ,SK', { where: [{ id: 'a', value: 'CZ,SK' }] }],
    ['where.a=[12345678901234.1234]', { where: [{ id: 'a', value: ['12345678901234.1234'] }] }],
    ['where.readings.a=1', { datasets: [{ name: 'readings', where: [{ id: 'a', value: '1' }] }] }],
    // Conditions as a body has them, beside others.
    [
      'where={"or":[{"id":"a","value":1},{"not":{"id":"b"}}]}&where.a=2',
      {
        where: [{ or: [{ id: 'a', value: 1 }, { not: { id: 'b' } }] }, { id: 'a', value: '2' }],
      },
    ],
    [
      'where.a=2&where=[{"id":"a","isNull":true},{"id":"c"}]&flags.a=x&where.b=',
      {
        where: [
          { id: 'a', value: '2', flags: ['x'] },
          { id: 'a', isNull: true },
          { id: 'c' },
          { id: 'b' },
        ],
      },
    ],
    [
      'select=a&where.meters.READINGS={"or":[{"id":"period","value":12345678901234567890}]}',
      {
        select: ['a'],
        datasets: [
          {
            name: 'meters',
            datasets: [
              {
                name: 'READINGS',
                where: [{ or: [{ id: 'period', value: '12345678901234567890' }] }],
              },
            ],
          },
        ],
      },
    ],
    ['where=', {}],
    // Text, whatever it looks like, unless the condition takes something else.
    ['where.account_number=007', { where: [{ id: 'account_number', value: '007' }] }],
    ['where.account_number=true', { where: [{ id: 'account_number', value: 'true' }] }],
    ['where.is_closed=True', { where: [{ id: 'is_closed', value: true }] }],
    ['where.opened_on=43770', { where: [{ id: 'opened_on', value: 43770 }] }],
    // A + is a blank in an address.
    [
      'where.opened_on=2019-11-01T10:00+02:00',
      { where: [{ id: 'opened_on', value: '2019-11-01T10:00+02:00' }] },
    ],
    [
      'where.opened_on=["2019-11-01T10:00:00.5+02:00", "2019-11-02 10:00"]',
      { where: [{ id: 'opened_on', value: ['2019-11-01T10:00:00.5+02:00', '2019-11-02 10:00'] }] },
    ],
    ['where.opened_on=2019-11-01', { where: [{ id: 'opened_on', value: '2019-11-01' }] }],
  ];
  for (const [address, body] of cases) assert.deepEqual(read(address).body, body, address);
});

test('a condition with a dot in its id is found before a dataset is looked for', () => {
  const [root] = [...accounts.root.conditions.values()];
  assert.ok(root);
  const conditions = new Map(accounts.root.conditions).set('A.B', root);
  const dotted = { ...accounts, root: { ...accounts.root, conditions } };
  assert.deepEqual(read('where.a.b=1', dotted).body, { where: [{ id: 'a.b', value: '1' }] });
});

test('faults name the parameter, and which of its values', () => {
  const cases: [address: string, fields: string[], message: RegExp][] = [
    ['', ['select'], /^select is needed$/],
    ['select=acount_number', ['select'], /^select: "acount_number" is no field of MAIN \(did you/],
    ['select=a.b', ['select'], /^select: "a" is no dataset below MAIN/],
    ['select=payments.x', ['select'], /^select: "x" is no field of PAYMENTS/],
    ['select=account_number&orderby=-x', ['orderby'], /^orderby: "x" is no key of MAIN/],
    ['select=account_number&top=ten', ['top'], /^top must be a whole number from 1 to/],
    ['select=account_number&groupby=x', ['groupby'], /^groupby: "x" is no field of MAIN/],
    ['select=account_number&where=x', ['where'], /^where must be JSON: a condition as a body has/],
    ['select=account_number&where={"or":[', ['where'], /^where must be JSON: a condition as/],
    ['select=account_number&where="x"', ['where'], /^where must be an object with id, value/],
    [
      'select=account_number&where={"or":[{"id":"residents","value":"x"},{"id":"y"}]}',
      ['where.or[0].value', 'where.or[1].id'],
      /^where.or\[0\].value must be a whole number/,
    ],
    [
      'select=account_number&where.residents=1&where=[{"id":"residents"},{"id":"y"}]',
      ['where[0].value', 'where[1].id'],
      /^where\[0\].value is needed/,
    ],
    [
      'select=account_number&where.meters=[{"not":{"id":"y"}}]',
      ['where.meters[0].not.id', 'select'],
      /^where.meters\[0\].not.id: "y" is no condition of METERS/,
    ],
    ['where.meters=1&select=account_number', ['where.meters'], /^where.meters: "meters" is no/],
    [
      'select=account_number&where.residents={"form":1}',
      ['where.residents.form'],
      /^where.residents.form: is no key here \(did you mean from\?\)/,
    ],
    [
      'select=account_number&where.residents={"in":[1,"x"],"to":"y"}',
      ['where.residents.in[1]', 'where.residents.to'],
      /^where.residents.in\[1\] must be a whole number/,
    ],
    [
      'select=account_number&where.residents={"from":1,"from":2}',
      ['where.residents'],
      /^where.residents: has a key twice in one object/,
    ],
    ['select=account_number&count=1', ['count'], /^count must be true or false/],
    ['select=account_number&distinct=x', ['distinct'], /^distinct must be true or false/],
    ['select=account_number&where.x=1', ['where.x'], /^where.x: "x" is no condition of MAIN/],
    [
      'select=account_number&where.opened_on=["2010-01-01","x"]',
      ['where.opened_on[1]'],
      /^where.opened_on\[1\] must be a date/,
    ],
    [
      'select=account_number&where.opened_on=x&flags.owner_name=y&where.owner_name=1',
      ['where.opened_on', 'flags.owner_name[0]'],
      /^where.opened_on must be a date/,
    ],
    ['select=account_number&where.readings.x=1', ['select', 'where.readings.x'], /^select is/],
    ['where.a=[1&where.b="', ['where.a', 'where.b'], /^where.a must be JSON where it begins with/],
    ['where.a=1&where.A=2', ['where.A'], /^where.A is the same parameter as where.a$/],
  ];
  for (const [address, fields, message] of cases) {
    let fault: unknown;
    try {
      const { body, named } = read(address);
      try {
        requireQuery(accounts, body);
      } catch (error) {
        fault = named(error);
      }
    } catch (error) {
      fault = error;
    }
    assert.ok(fault instanceof QueryFault, address);
    const told = fault.errors.map(({ field }) => field);
    assert.deepEqual(told.toSorted(), fields.toSorted(), address);
    const first = fault.errors.find(({ field }) => field === fields[0]);
    assert.match(first?.message ?? '', message, address);
    assert.ok(fault.message.includes(first?.message ?? '?'), address);
  }
});

test('what is no fault of a query stays what it is', () => {
  const error = new Error('gone');
  assert.equal(read('select=a').named(error), error);
  const unknown = new QueryFault('unknown', 'There is no report', []);
  assert.equal(read('select=a').named(unknown), unknown);
});
