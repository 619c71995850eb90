/** What the value reader takes for granted of the driver, and that it is in its place. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import sql from 'mssql';
import '../../../shared/database/pools.ts';
import { requireKnownDriver } from '../../../shared/database/wire/driver-version.ts';
import { installValueReader } from '../../../shared/database/wire/value-reader.ts';

const require = createRequire(import.meta.url);
const source = (name: string) => readFileSync(require.resolve(`tedious/lib/${name}.js`), 'utf8');

describe('the driver', () => {
  it('is the known version, which package.json pins', () => {
    const { dependencies } = require('../../../package.json');
    assert.equal(dependencies.tedious, require('tedious/package.json').version);
    requireKnownDriver();
  });

  it('of another version is refused, with the cure', () => {
    assert.throws(() => requireKnownDriver('20.4.0'), {
      message:
        /tedious is version 20\.4\.0, but exact numbers are read by a reader made for 20\.3\.9: run "npm ci"/,
    });
  });

  it('is there once: mssql uses the one that is mended', () => {
    const ofMssql = createRequire(require.resolve('mssql'));
    assert.equal(ofMssql.resolve('tedious'), require.resolve('tedious'));
  });

  it('asks the module of its reader at each value', () => {
    for (const name of ['token/row-token-parser', 'token/returnvalue-token-parser']) {
      assert.match(
        source(name),
        /\(0, _valueParser\.readValue\)\(parser\.buffer, parser\.position/,
      );
    }
    assert.match(
      source('token/nbcrow-token-parser'),
      /extends _rowTokenParser\.ColumnValuesReader/,
    );
  });

  it('reads values nowhere else', () => {
    const users = ['token/row-token-parser', 'token/returnvalue-token-parser'];
    const { readdirSync } = require('node:fs');
    const folder = require.resolve('tedious/lib/tedious.js').replace(/tedious\.js$/, '');
    const found = (readdirSync(folder, { recursive: true }) as string[])
      .filter((name) => name.endsWith('.js') && !name.endsWith('value-parser.js'))
      .filter((name) => /require\("[./]+value-parser"\)/.test(readFileSync(folder + name, 'utf8')));
    assert.deepEqual(found.sort(), users.map((name) => `${name}.js`).sort());
  });

  it('gives way to our reader, which waits for what has not come as the driver does', () => {
    // As the first pool does.
    installValueReader();
    const { readValue } = require('tedious/lib/value-parser.js');
    const { NotEnoughDataError } = require('tedious/lib/token/helpers.js');
    const bytes = Buffer.from([9, 1, 0x4e, 0xf3, 0x30, 0xa6, 0x4b, 0x9b, 0xb6, 0x01]);
    const metadata = { type: { id: 0x6a, name: 'DecimalN' }, precision: 18, scale: 2 };
    assert.deepEqual(
      { ...readValue(bytes, 0, metadata, {}) },
      { value: '1234567890123456.78', offset: 10 },
    );
    for (let length = 0; length < bytes.length; length += 1) {
      assert.throws(
        () => readValue(bytes.subarray(0, length), 0, metadata, {}),
        (error) => error instanceof NotEnoughDataError,
      );
    }
    const int = { type: { id: 0x26, name: 'IntN' } };
    assert.deepEqual(
      { ...readValue(Buffer.from([4, 5, 0, 0, 0]), 0, int, {}) },
      { value: 5, offset: 5 },
    );
  });

  it('hands on types that mssql does not know', () => {
    const request = new sql.Request();
    const own = { type: { name: 'own' } } as unknown as sql.ISqlType;
    request.input('v', own, Buffer.from([1]));
    const { v } = request.parameters;
    assert.deepEqual([v?.type, v?.value], [{ name: 'own' }, Buffer.from([1])]);
  });
});
