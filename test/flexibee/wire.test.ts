import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Change, ChangesPage } from '../../shared/flexibee/types.ts';
import {
  changelogStatus,
  changesPage,
  hooksAnswer,
  recordsAnswer,
  recordsPage,
  refusalIn,
} from '../../shared/flexibee/wire.ts';

const line = {
  '@evidence': 'adresar',
  '@in-version': '7',
  '@operation': 'update',
  '@timestamp': '2021-03-12 23:59:55.586215',
  id: '4435',
  'external-ids': ['code:TEST5'],
};
const read: Change = {
  version: 7,
  evidence: 'adresar',
  id: '4435',
  operation: 'update',
  at: '2021-03-12 23:59:55.586215',
  externalIds: ['code:TEST5'],
};
const page = (members: object) => ({
  winstrom: { '@globalVersion': '8', changes: [line], next: 'none', ...members },
});

const pages: [what: string, wire: unknown, expected: ChangesPage][] = [
  ['as documented', page({}), { globalVersion: 8, changes: [read] }],
  ['the next page', page({ next: '9' }), { globalVersion: 8, changes: [read], next: 9 }],
  ['numbers as numbers', page({ '@globalVersion': 8 }), { globalVersion: 8, changes: [read] }],
  ['one change without its array', page({ changes: line }), { globalVersion: 8, changes: [read] }],
  ['no changes', page({ changes: [] }), { globalVersion: 8, changes: [] }],
  ['changes left out', page({ changes: undefined }), { globalVersion: 8, changes: [] }],
  [
    'an older server',
    page({ changes: [{ ...line, '@timestamp': undefined, 'external-ids': undefined }] }),
    {
      globalVersion: 8,
      changes: [
        { version: 7, evidence: 'adresar', id: '4435', operation: 'update', externalIds: [] },
      ],
    },
  ],
  [
    'one external id without its array, members nobody knows',
    page({ changes: [{ ...line, 'external-ids': 'code:TEST5', '@new': 1 }], '@version': '1.0' }),
    { globalVersion: 8, changes: [read] },
  ],
  [
    'out of order',
    page({ changes: [line, { ...line, '@in-version': '6' }] }),
    { globalVersion: 8, changes: [{ ...read, version: 6 }, read] },
  ],
];
for (const [what, wire, expected] of pages) {
  test(`changes: ${what}`, () => {
    assert.deepEqual(changesPage.parse(JSON.parse(JSON.stringify(wire))), expected);
  });
}

const wrongPages: [what: string, wire: unknown, path: (string | number)[]][] = [
  [
    'no version of the whole',
    page({ '@globalVersion': undefined }),
    ['winstrom', '@globalVersion'],
  ],
  ['no next', page({ next: undefined }), ['winstrom', 'next']],
  ['no evidence', page({ changes: [{ ...line, '@evidence': undefined }] }), at('@evidence')],
  ['a version of words', page({ changes: [{ ...line, '@in-version': 'x' }] }), at('@in-version')],
  [
    'a version too large',
    page({ changes: [{ ...line, '@in-version': '9'.repeat(17) }] }),
    at('@in-version'),
  ],
  ['changes in words', page({ changes: 'none' }), ['winstrom', 'changes', 0]],
  ['something else', { message: 'hello' }, ['winstrom']],
  ['nothing', undefined, []],
];
function at(member: string) {
  return ['winstrom', 'changes', 0, member];
}
for (const [what, wire, path] of wrongPages) {
  test(`not understood, and says where: ${what}`, () => {
    assert.deepEqual(changesPage.safeParse(wire).error?.issues[0]?.path, path);
  });
}

for (const [what, members, odd] of [
  ['an unknown operation', { '@operation': 'rename' }, /^version 7: @operation: /],
  ['no record number', { id: undefined }, /^version 7: id: /],
  ['a code as the record number', { id: 'code:A' }, /^version 7: id: must be a number$/],
  ['external ids of another kind', { 'external-ids': [1] }, /^version 7: external-ids.0: /],
] as const) {
  test(`a line of which evidence and version are understood holds up no other: ${what}`, () => {
    const wire = page({
      changes: [
        { ...line, ...members },
        { ...line, '@in-version': '8' },
      ],
    });
    const [strange, ...others] = changesPage.parse(wire).changes;
    assert.equal(strange?.version, 7);
    assert.equal(strange?.evidence, 'adresar');
    assert.match(strange?.odd ?? '', odd);
    assert.deepEqual(others, [{ ...read, version: 8 }]);
  });
}

test('whatever changes there are, they come through the wire', () => {
  const change = fc.record(
    {
      version: fc.maxSafeNat(),
      evidence: fc.stringMatching(/^[a-z-]{1,20}$/),
      id: fc.maxSafeNat().map(String),
      operation: fc.constantFrom('create', 'update', 'delete'),
      at: fc.constantFrom('2021-03-12 23:59:55.586215', '2019-01-01 00:00:00.0'),
      externalIds: fc.array(fc.string()),
    },
    {
      requiredKeys: ['version', 'evidence', 'id', 'operation', 'externalIds'],
      noNullPrototype: true,
    },
  );
  const generated = fc.record(
    { globalVersion: fc.maxSafeNat(), changes: fc.array(change), next: fc.maxSafeNat() },
    { requiredKeys: ['globalVersion', 'changes'], noNullPrototype: true },
  );
  fc.assert(
    fc.property(generated, fc.boolean(), (given, asNumbers) => {
      const digits = (value: number) => (asNumbers ? value : `${value}`);
      const changes = given.changes.map((one) => ({
        '@evidence': one.evidence,
        '@in-version': digits(one.version),
        '@operation': one.operation,
        ...(one.at && { '@timestamp': one.at }),
        id: asNumbers ? Number(one.id) : one.id,
        ...(one.externalIds.length > 0 && {
          'external-ids': one.externalIds.length === 1 ? one.externalIds[0] : one.externalIds,
        }),
      }));
      const winstrom = {
        '@globalVersion': digits(given.globalVersion),
        changes: changes.length === 1 ? changes[0] : changes,
        next: given.next === undefined ? 'none' : digits(given.next),
      };
      const expected = given.changes.toSorted((a, b) => a.version - b.version);
      assert.deepEqual(changesPage.parse({ winstrom }), { ...given, changes: expected });
    }),
  );
});

test('whatever comes, there is a page or a complaint', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const wire of [value, { winstrom: value }]) {
        assert.equal(typeof changesPage.safeParse(wire).success, 'boolean');
        assert.equal(typeof recordsAnswer('a').safeParse(wire).success, 'boolean');
        assert.ok(['string', 'undefined'].includes(typeof refusalIn(wire)));
      }
    }),
  );
});

const record = {
  id: '1',
  kod: 'A',
  nazev: 'Á',
  'external-ids': ['ext:x:1'],
  polozky: [{ id: '2' }],
};

test('records keep every field, as the very same object', () => {
  const given = { winstrom: { '@version': '1.0', adresar: [record] } };
  const [only, ...none] = recordsAnswer('adresar').parse(given);
  assert.deepEqual(none, []);
  assert.equal(only?.payload, record);
  assert.deepEqual(only, { id: '1', code: 'A', externalIds: ['ext:x:1'], payload: record });
});

test('records without code and external ids, one without its array, numbers as numbers', () => {
  const given = { winstrom: { '@globalVersion': '5', banka: { id: 3, kod: '' } } };
  assert.deepEqual(recordsPage('banka', '0').parse(given), {
    globalVersion: 5,
    records: [{ id: '3', externalIds: [], payload: { id: 3, kod: '' } }],
  });
});

test('an evidence left out is empty only where nothing else is said', () => {
  const answer = recordsAnswer('adresar');
  assert.deepEqual(answer.parse({ winstrom: { '@version': '1.0' } }), []);
  for (const winstrom of [{ success: 'false' }, { banka: [record] }, { message: 'x' }]) {
    assert.deepEqual(answer.safeParse({ winstrom }).error?.issues[0]?.path, [
      'winstrom',
      'adresar',
    ]);
  }
});

test('a wrong record is told by its place', () => {
  const given = { winstrom: { adresar: [record, { kod: 'B' }] } };
  const { error } = recordsAnswer('adresar').safeParse(given);
  assert.deepEqual(error?.issues[0]?.path, ['winstrom', 'adresar', 1, 'id']);
  const notAll = recordsPage('adresar', '0').safeParse(given);
  assert.deepEqual(notAll.error?.issues[0]?.path, ['winstrom', '@globalVersion']);
});

test('the changelog is on or off, in words or as a boolean', () => {
  for (const [said, expected] of [
    ['true', true],
    ['false', false],
    [true, true],
    [false, false],
  ]) {
    assert.equal(changelogStatus.parse({ winstrom: { success: said } }), expected);
  }
  assert.equal(changelogStatus.safeParse({ winstrom: {} }).success, false);
});

test('hooks: an array, one, none', () => {
  const hook = { id: '1', url: 'https://a.example/h', format: 'JSON', penalty: '3' };
  const expected = { id: '1', url: 'https://a.example/h', penalty: 3 };
  assert.deepEqual(hooksAnswer.parse({ winstrom: { hooks: [hook] } }), [expected]);
  assert.deepEqual(hooksAnswer.parse({ winstrom: { hooks: hook } }), [expected]);
  assert.deepEqual(hooksAnswer.parse({ winstrom: {} }), []);
});

const refusals: [body: unknown, said: string | undefined][] = [
  [{ winstrom: { success: 'false', message: 'Ne.' } }, 'Ne.'],
  [{ winstrom: { success: false } }, ''],
  [{ success: 'false', message: 'Ne.' }, 'Ne.'],
  [
    {
      winstrom: {
        success: 'false',
        results: [{ errors: [{ message: 'a', for: 'x' }, { message: 'b' }] }, { id: '1' }],
      },
    },
    'a; b',
  ],
  [{ winstrom: { success: 'false', results: { errors: { message: 'a' } } } }, 'a'],
  [{ winstrom: { success: 'true' } }, undefined],
  [page({}), undefined],
  ['no', undefined],
  [undefined, undefined],
];
for (const [body, said] of refusals) {
  test(`a refusal says: ${said} in ${JSON.stringify(body)}`, () => {
    assert.equal(refusalIn(body), said);
  });
}

/** Captured from a real server; not part of the project. */
const captured = new URL('../../../shared/data/flexibee-webhooks/', import.meta.url);
test('real web hooks are changes pages', { skip: !existsSync(captured) }, () => {
  for (const name of readdirSync(captured, { encoding: 'utf8' })) {
    const { globalVersion, changes, next } = changesPage.parse(
      JSON.parse(readFileSync(new URL(name, captured), 'utf8')),
    );
    assert.equal(next, undefined);
    assert.equal(changes.at(-1)?.version, globalVersion);
    assert.ok(changes.every(({ at }) => at !== undefined));
  }
});

const listing = (members: object) =>
  recordsPage('banka', '3').safeParse({ winstrom: { '@globalVersion': '5', ...members } });

test('a listing tells how many records there are; one that contradicts itself is none', () => {
  assert.equal(listing({ '@rowCount': '9', banka: [{ id: '4' }] }).data?.count, 9);
  assert.equal(listing({ '@rowCount': 0, banka: [] }).data?.count, 0);
  assert.equal(listing({ banka: [{ id: '4' }] }).data?.count, undefined);
  for (const [members, message] of [
    [{ '@rowCount': '9', banka: [] }, /is empty, and @rowCount is 9/],
    [{ banka: [{ id: '3' }] }, /in the order of ids, above 3/],
    [{ banka: [{ id: '5' }, { id: '4' }] }, /in the order of ids/],
    [{ banka: [{ id: '4' }, { id: '4' }] }, /in the order of ids/],
    [{ '@rowCount': 'x', banka: [] }, /must be digits/],
  ] as const) {
    assert.match(listing(members).error?.issues[0]?.message ?? '', message);
  }
});
