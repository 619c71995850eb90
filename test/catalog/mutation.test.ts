import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { type Catalog, CatalogError, parseCatalog } from '../../shared/catalog/index.ts';
import { partOf } from '../support/some-of.ts';
import { edit, type Json, pathsOf, shippedJson, stepsOf, valueAt } from './edited.ts';

const paths = pathsOf(shippedJson());
const values = paths.map((path) => valueAt(shippedJson(), path));
const anyPath = fc.constantFrom(...paths.slice(1));
const keys = fc.oneof(
  fc.string(),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'a: b', 'dateed', 'next', 'overrides'),
);

/** Changes a JSON value in place. */
type Mutation = (json: Json) => void;

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  anyPath.map(
    (path): Mutation =>
      (json) =>
        edit(json, path, undefined),
  ),
  fc.tuple(anyPath, fc.jsonValue()).map(
    ([path, value]): Mutation =>
      (json) =>
        edit(json, path, value as Json),
  ),
  // What stands in one place put in another: references that lead astray, lists in the wrong list.
  fc.tuple(anyPath, fc.constantFrom(...values)).map(
    ([path, value]): Mutation =>
      (json) =>
        edit(json, path, structuredClone(value)),
  ),
  fc.tuple(anyPath, keys, fc.jsonValue()).map(
    ([path, key, value]): Mutation =>
      (json) =>
        edit(json, [...path, key], value as Json),
  ),
  fc.tuple(anyPath, fc.nat(), fc.string({ maxLength: 1 })).map(
    ([path, at, letter]): Mutation =>
      (json) => {
        const value = valueAt(json, path);
        if (typeof value !== 'string') return;
        const index = at % (value.length + 1);
        edit(json, path, value.slice(0, index) + letter + value.slice(index + 1));
      },
  ),
);

/** A path at the start of a fault: what it names exists, or is missing from what exists. */
function checkFault(json: Json, fault: string): void {
  const path = /^((?:\.?[\w-]+|\[\d+\]|\["(?:[^"\\]|\\.)*"\])+|\(root\)): ./.exec(fault)?.[1];
  assert.ok(path !== undefined, fault);
  const steps = path === '(root)' ? [] : stepsOf(path);
  const parent = valueAt(json, steps.slice(0, -1));
  assert.ok(typeof parent === 'object' && parent !== null, fault);
  if (valueAt(json, steps) === undefined) assert.match(fault, /: missing/);
}

/** Every entity of every source resolves to one procedure a stage. */
function checkCatalog(catalog: Catalog, json: Json): void {
  const period = { month: 7, year: 2019 };
  const servers = valueAt(json, ['servers']) as { id: string }[];
  for (const code of Object.keys(catalog.codes())) {
    assert.ok(catalog.entityOrder(code).length > 0);
    for (const name of catalog.entityOrder(code)) {
      const stages = catalog.stages({ name, code, period });
      assert.equal(new Set(stages.map(({ stage }) => stage)).size, stages.length);
      for (const { procedure, parameters, server } of stages) {
        for (const part of [procedure.schema, procedure.name]) assert.match(part, /^.{1,128}$/su);
        assert.ok(servers.some(({ id }) => id === server));
        for (const { type, value } of parameters) {
          const length = Number(/char\((\d+)\)/.exec(type)?.[1] ?? Number.POSITIVE_INFINITY);
          if (typeof value === 'string') assert.ok(value.length <= length, `${value} in ${type}`);
          else assert.match(type, /int$/);
        }
      }
      const queries = catalog.freshness({ name, code });
      assert.equal(new Set(queries.map(({ place }) => place)).size, queries.length);
      for (const { sql } of queries) assert.doesNotMatch(sql, /\{(entity|sourceName)\}/);
    }
  }
}

it('a catalogue changed at random is either usable or its faults name places in it', () => {
  let usable = 0;
  let refused = 0;
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      const json = shippedJson();
      for (const mutate of mutations) mutate(json);
      try {
        checkCatalog(parseCatalog(json), json);
        usable++;
      } catch (error) {
        if (!(error instanceof CatalogError)) throw error;
        refused++;
        assert.ok(error.faults.length > 0);
        assert.equal(new Set(error.faults).size, error.faults.length);
        for (const fault of error.faults) checkFault(json, fault);
      }
    }),
    { numRuns: partOf(300, 1 / 2) },
  );
  assert.ok(usable > 10 && refused > 10, `usable ${usable}, refused ${refused}`);
});

it('anything at all is refused with faults', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      assert.throws(() => parseCatalog(value), CatalogError);
    }),
  );
});
