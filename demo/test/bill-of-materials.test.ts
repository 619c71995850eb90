/** What is told of packages that others have written. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { billOfMaterials, packagesIn, thirdPartyLicences } from '../build/bill-of-materials.ts';
import { auditOf, withoutDigest } from '../check-packages.ts';

const root = new URL('../..', import.meta.url).pathname;
const output = (inputs: Record<string, number>) => ({
  inputs: Object.fromEntries(
    Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }]),
  ),
});
/** As far as it is looked at. */
const metafile = (...inputs: Record<string, number>[]) =>
  ({ outputs: Object.fromEntries(inputs.map((one, at) => [at, output(one)])) }) as never;

test('what is in the outputs is told once, with licence and digest; nothing else is', async () => {
  const packages = await packagesIn(root, [
    metafile(
      { 'node_modules/jose/dist/webapi/index.js': 10, 'node_modules/zod/index.js': 0 },
      { 'node_modules/jose/dist/webapi/lib/b64.js': 5, 'functions/main.ts': 7 },
    ),
    metafile({ 'node_modules/@azure/identity/dist/index.js': 1 }),
  ]);
  assert.deepEqual(
    packages.map(({ name, license }) => [name, license]),
    [
      ['@azure/identity', 'MIT'],
      ['jose', 'MIT'],
    ],
  );
  const bom = JSON.parse(billOfMaterials(packages));
  assert.deepEqual([bom.bomFormat, bom.specVersion], ['CycloneDX', '1.6']);
  const [identity, jose] = bom.components;
  assert.match(identity.purl, /^pkg:npm\/%40azure\/identity@\d+\.\d+\.\d+$/);
  assert.equal(jose.hashes[0].alg, 'SHA-512');
  assert.match(jose.hashes[0].content, /^[0-9a-f]{128}$/);
  const texts = thirdPartyLicences(packages);
  assert.match(texts, /^@azure\/identity \S+ \(MIT\)\n\n/);
  assert.match(texts, /\njose \S+ \(MIT\)\n\n[\s\S]*Permission is hereby granted/);
});

test('a package of which there is no digest is named', () => {
  const packages = {
    '': {},
    'packages/tds-sqlite': {},
    'node_modules/tds-sqlite': { link: true, resolved: 'packages/tds-sqlite' },
    'node_modules/good': { integrity: 'sha512-x' },
    'node_modules/good/node_modules/bad': { resolved: 'somewhere' },
  };
  assert.deepEqual(withoutDigest(packages), ['node_modules/good/node_modules/bad']);
});

test('a registry that cannot be asked is not one that knows of no fault', () => {
  const unasked = [
    '',
    'npm error',
    '{"error":{"summary":""}}',
    '{"message":"404 Not Found"}',
    'null',
  ];
  for (const text of unasked) assert.equal(auditOf(text).asked, false, text);
  assert.deepEqual(auditOf('{"vulnerabilities":{}}'), { asked: true, faults: [] });
  const found = '{"vulnerabilities":{"x":{"severity":"high","range":"<2"}}}';
  assert.deepEqual(auditOf(found), { asked: true, faults: ['x <2: high'] });
});
