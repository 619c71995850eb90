import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readHook } from '../../shared/flexibee/hook.ts';
import { changesPage } from '../../shared/flexibee/wire.ts';

const page = (changes: unknown, more: object = {}) => ({
  winstrom: { '@globalVersion': '7', changes, next: 'none', ...more },
});

/** A change, or nearly one. */
const nearly = fc.record(
  {
    '@evidence': fc.constantFrom<unknown>('adresar', '', 1, null),
    '@in-version': fc.constantFrom<unknown>('5', 5, -1, 1.5, 'x', '99999999999999999999', null),
    '@operation': fc.constantFrom<unknown>('create', 'update', 'delete', 'rename', null),
    '@timestamp': fc.constantFrom<unknown>('2026-01-01', null, 5),
    id: fc.constantFrom<unknown>('1', '-1', 3, 1.5, 'x', null),
    'external-ids': fc.constantFrom<unknown>('ext:A', ['ext:A'], [1], null, {}),
  },
  { requiredKeys: [] },
);
const right = fc.constant({ '@evidence': 'a', '@in-version': 4, '@operation': 'create', id: 1 });

test('a hook is taken where the Changes API would be, with the same versions', () => {
  const changes = fc.oneof(
    fc.array(fc.oneof(right, nearly), { maxLength: 3 }),
    nearly,
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(
      changes,
      fc.constantFrom<object>({}, { next: 5 }, { '@globalVersion': 'x' }),
      (given, more) => {
        const body = page(given, more);
        const expected = changesPage.safeParse(body);
        const read = readHook(body);
        assert.equal('hook' in read, expected.success);
        if (!('hook' in read) || !expected.success) return;
        const versions = expected.data.changes.map(({ version }) => version);
        assert.deepEqual(
          read.hook.versions.toSorted((a, b) => a - b),
          versions,
        );
        assert.equal(read.hook.globalVersion, expected.data.globalVersion);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('ten faults are told of a hundred thousand, each with its place', () => {
  const read = readHook(page(Array(100_000).fill({})));
  assert.ok('faults' in read);
  assert.equal(read.faults.length, 10);
  assert.deepEqual(read.faults[0]?.path, ['winstrom', 'changes', 0, '@evidence']);
});

test('ten faults are made of a page of the Changes API, too', () => {
  const { error } = changesPage.safeParse(page(Array(100_000).fill({})));
  assert.ok(error !== undefined && error.issues.length < 20, `${error?.issues.length}`);
});
