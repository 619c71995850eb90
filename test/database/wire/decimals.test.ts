/** Decimals of all precisions and scales, thousands of them, both ways: what the server says is what we say. */

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { SqlParameter } from '../../../shared/database/link.ts';
import { runQuery } from '../../../shared/dynsql/run/run-query.ts';
import { decimalText } from '../../../shared/json/decimal.ts';
import { oneLevel, statementOf } from '../../dynsql/run/wire.ts';
import { partOf } from '../../support/some-of.ts';
import { soon } from '../../support/storage.ts';
import { startWorld, type World } from './world.ts';

interface Size {
  precision: number;
  scale: number;
}

/** 779 of them. */
const sizes: Size[] = Array.from({ length: 38 }, (_, index) => index + 1).flatMap((precision) =>
  Array.from({ length: precision + 1 }, (_, scale) => ({ precision, scale })),
);
const each = partOf(13, 1 / 4);

/** As many digits as fit, mostly; the limits, zero and single units always. */
function values({ precision, scale }: Size, count: number): string[] {
  const limit = 10n ** BigInt(precision) - 1n;
  const drawn = fc.sample(
    fc.oneof(
      { weight: 6, arbitrary: fc.bigInt({ min: -limit, max: limit }) },
      fc.constantFrom(limit, -limit, 0n, 1n, -1n),
    ),
    { numRuns: count, seed: precision * 100 + scale },
  );
  return [limit, -limit, ...drawn]
    .slice(0, count)
    .map((units) => decimalText({ units, places: scale }));
}

const all = sizes.flatMap((size) => values(size, each).map((text) => ({ ...size, text })));
const declared = ({ precision, scale }: Size) => `decimal(${precision}, ${scale})`;

function* inParts<T>(items: readonly T[], size: number) {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

describe('decimals of all precisions and scales', () => {
  let world: World;
  before(async () => {
    world = await startWorld();
    await world.query(
      'CREATE TABLE dbo.held (name varchar(10) NOT NULL, nth int NOT NULL, said varchar(60) NOT NULL)',
    );
  });
  after(() => world.close());

  it('are as many as they should be', () => {
    assert.equal(all.length, sizes.length * each);
    assert.equal(new Set(all.map((one) => declared(one))).size, 779);
  });

  it('come out as rows, from literals of the server', async () => {
    for (const part of inParts(all, 200)) {
      const list = part.map(
        (one, at) =>
          `CAST('${one.text}' AS ${declared(one)}) AS v${at}, CONVERT(varchar(60), CAST('${one.text}' AS ${declared(one)})) AS t${at}`,
      );
      const [row] = await world.query(`SELECT ${list.join(', ')}`);
      for (const [at, { text }] of part.entries()) {
        assert.equal(row?.[`v${at}`], text);
        assert.equal(row?.[`t${at}`], text);
      }
    }
  });

  it('go in as parameters of a statement, and come back', async () => {
    for (const part of inParts(all, 200)) {
      const parameters = part.map(
        (one, at): SqlParameter => ({ name: `p${at}`, type: declared(one), value: one.text }),
      );
      const list = part.map(
        (_, at) => `@p${at} AS v${at}, CONVERT(varchar(60), @p${at}) AS t${at}`,
      );
      const [row] = await world.query(`SELECT ${list.join(', ')}`, parameters);
      for (const [at, { text }] of part.entries()) {
        assert.equal(row?.[`v${at}`], text);
        assert.equal(row?.[`t${at}`], text);
      }
    }
  });

  it('go into procedures and out of them; another session reads what came', async () => {
    for (const size of sizes) {
      const name = `d_${size.precision}_${size.scale}`;
      const given = values(size, each);
      const type = declared(size);
      const nths = given.map((_, nth) => nth);
      await world.query(`CREATE PROCEDURE dbo.${name} ${nths
        .map((nth) => `@i${nth} ${type}, @o${nth} ${type} OUTPUT`)
        .join(', ')} AS BEGIN SET NOCOUNT ON;
INSERT INTO dbo.held VALUES ${nths.map((nth) => `('${name}', ${nth}, CONVERT(varchar(60), @i${nth}))`).join(', ')};
SELECT ${nths.map((nth) => `@o${nth} = @i${nth}`).join(', ')};
END`);
      const parameters = given.flatMap((value, nth): SqlParameter[] => [
        { name: `i${nth}`, type, value },
        { name: `o${nth}`, type, value: null, output: true },
      ]);
      const { output } = await world.call(name, parameters);
      assert.deepEqual(
        nths.map((nth) => output[`o${nth}`]),
        given,
        name,
      );
    }
    const rows = await world.query('SELECT name, nth, said FROM dbo.held');
    const said = new Map(rows.map(({ name, nth, said }) => [`${name} ${nth}`, said]));
    assert.equal(said.size, all.length);
    for (const size of sizes) {
      for (const [nth, text] of values(size, each).entries()) {
        assert.equal(said.get(`d_${size.precision}_${size.scale} ${nth}`), text);
      }
    }
  });

  it('are numbers in the JSON of dynsql, with their digits', async () => {
    for (const part of inParts(all, 500)) {
      const columns = part.map((_, at) => ({
        ...{ name: `c${at}`, key: `C${at}`, datatype: 'dtFloat', zone: 'UTC' },
      }));
      const sql = `SELECT ${part.map((one, at) => `CAST('${one.text}' AS ${declared(one)}) AS c${at}`).join(', ')}`;
      const statement = statementOf(sql, [oneLevel(columns)]);
      let json = '';
      for await (const piece of runQuery(statement, world.databases, 'ab', soon())) {
        json += Buffer.from(piece).toString();
      }
      const members = part.map(({ text }, at) => `"C${at}":${text}`).join(',');
      assert.equal(json, `{"name":"MAIN","items":[{${members}}]}`);
    }
  });
});
