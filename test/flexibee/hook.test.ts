import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { changesJson, changesXml, writeXml } from 'flexibee-server';
import { readHook } from '../../shared/flexibee/hook.ts';
import { changesPage } from '../../shared/flexibee/wire.ts';

const page = (changes: unknown, more: object = {}) => ({
  winstrom: { '@globalVersion': '7', changes, next: 'none', ...more },
});

const read = (text: string) => readHook(Buffer.from(text));

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

test('what the Changes API would answer is read with the same versions, in JSON', () => {
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
        const hook = read(JSON.stringify(body));
        // More is read than the Changes API would be allowed to say: only versions are of use.
        if (!expected.success) return;
        assert.ok(hook !== undefined);
        const versions = expected.data.changes.map(({ version }) => version);
        assert.deepEqual(
          hook.versions.toSorted((a, b) => a - b),
          versions,
        );
        assert.equal(hook.globalVersion, expected.data.globalVersion);
      },
    ),
    { numRuns: 2_000 },
  );
});

const anyVersion = fc.integer({ min: 1, max: 2 ** 50 });
const anyPage = fc.record({
  globalVersion: anyVersion,
  changes: fc.array(
    fc.record({
      evidence: fc.constantFrom('adresar', 'faktura-vydana'),
      version: anyVersion,
      operation: fc.constantFrom('create' as const, 'update' as const, 'delete' as const),
      timestamp: fc.constant('2021-03-12 23:59:55.586215'),
      id: anyVersion,
      // What stands in a text is no version, and may look like one.
      externalIds: fc.array(
        fc.oneof(
          fc.string(),
          fc.constant('ext: in-version="3"'),
          fc.constant('ext:<a in-version="3"/>'),
        ),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 4 },
  ),
});

test('the same page is read from JSON and from XML; at worst XML is not understood', () => {
  fc.assert(
    fc.property(anyPage, (given) => {
      const expected = {
        globalVersion: given.globalVersion,
        versions: given.changes.map(({ version }) => version),
      };
      assert.deepEqual(read(JSON.stringify(changesJson(given))), expected);
      assert.deepEqual(read(writeXml(changesXml(given))), expected);
    }),
    { numRuns: 1_000 },
  );
});

test('XML as it may come: quotes, blanks, a byte order mark, empty elements, no declaration', () => {
  const texts = [
    '\ufeff<?xml version="1.0" encoding="UTF-8"?>\r\n<winstrom version="1.0" globalVersion="8"><adresar in-version="6" operation="create"><id>1</id></adresar><adresar in-version="8" operation="delete"/><next>none</next></winstrom>',
    "<winstrom globalVersion = '8' version='1.0'>\n<adresar operation='create' in-version\n=\n'6'/><adresar in-version='8'></adresar></winstrom>",
    '<!-- <x in-version="5"/> --><winstrom globalVersion="8"><a in-version="6"/><![CDATA[<b in-version="7"/>]]><a in-version="8"/></winstrom>',
  ];
  for (const text of texts) {
    assert.deepEqual(read(text), { globalVersion: 8, versions: [6, 8] }, text);
  }
});

const unreadable = [
  '',
  ' ',
  '{}',
  '[]',
  'null',
  '{"winstrom":{}}',
  '{"winstrom":{"@globalVersion":"x"}}',
  '{"winstrom":{"@globalVersion":"7","changes":[{}]}}',
  '{"winstrom":{"@globalVersion":"7","changes":[{"@in-version":"-1"}]}}',
  '{"winstrom":{"@globalVersion":"7"',
  '['.repeat(100_000),
  '<winstrom version="1.0"/>',
  '<winstrom version="1.0" globalVersion="x"/>',
  '<winstrom globalVersion="7"><adresar in-version="x"/></winstrom>',
  '<winstrom globalVersion="7"><adresar in-version="99999999999999999999"/></winstrom>',
  '<winstrom globalVersion="7"><adresar/></winstrom>',
  '<winstrom globalVersion="7"><adresar in-version="7">',
  '<html globalVersion="7"></html>',
  '\0\ufffd',
];
test('anything else tells nothing more, and costs little', () => {
  const began = performance.now();
  for (const text of unreadable) assert.equal(read(text), undefined, text.slice(0, 60));
  for (const encoding of ['utf16le', 'latin1'] as const) {
    const bytes = Buffer.from('<winstrom globalVersion="7">ě</winstrom>', encoding);
    assert.doesNotThrow(() => readHook(bytes));
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      readHook(bytes);
    }),
    { numRuns: 1_000 },
  );
  // The worst that two megabytes can be: each of these beginnings is looked at once.
  for (const piece of ['<', '<!--', '<![CDATA[', '<a b="', '<a in-version', "<a '"]) {
    readHook(Buffer.from(piece.repeat((2 * 1024 * 1024) / piece.length)));
  }
  assert.ok(performance.now() - began < 20_000, `${performance.now() - began} ms`);
});

test('ten faults are made of a page of the Changes API, however many there are', () => {
  const { error } = changesPage.safeParse(page(Array(100_000).fill({})));
  assert.ok(error !== undefined && error.issues.length < 20, `${error?.issues.length}`);
});
