/** Arguments as a model makes them up: mostly by the schema, with names it has seen, and often wrong. */

import fc from 'fast-check';

type Schema = Readonly<Record<string, unknown>>;

/** @param seen for each argument's name, values that it may have read somewhere */
export function randomArguments(
  schema: Schema,
  seen: Readonly<Record<string, readonly unknown[]>>,
): fc.Arbitrary<Record<string, unknown>> {
  const right = argumentOf(schema, seen, '') as fc.Arbitrary<Record<string, unknown>>;
  const names = Object.keys(Object(schema['properties']));
  const slip = fc
    .tuple(right, fc.constantFrom(...names, 'user', 'dry', 'limits'), fc.jsonValue({ maxDepth: 2 }))
    .map(([args, name, value]) => ({ ...args, [name]: value }));
  return fc.oneof({ weight: 3, arbitrary: right }, { weight: 2, arbitrary: slip });
}

function argumentOf(
  schema: Schema,
  seen: Readonly<Record<string, readonly unknown[]>>,
  name: string,
): fc.Arbitrary<unknown> {
  const known = seen[name] ?? [];
  const own = bySchema(schema, seen);
  return known.length === 0
    ? own
    : fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: own });
}

function bySchema(
  schema: Schema,
  seen: Readonly<Record<string, readonly unknown[]>>,
): fc.Arbitrary<unknown> {
  const { anyOf, enum: values, const: only, type, properties, items } = schema;
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((one) => bySchema(one, seen)));
  if (Array.isArray(values)) return fc.constantFrom(...values);
  if (only !== undefined) return fc.constant(only);
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'integer' || type === 'number') {
    const { minimum, maximum } = schema;
    return fc.integer({
      min: numberOr(minimum, -20),
      max: Math.min(numberOr(maximum, 3_000), 3_000),
    });
  }
  if (type === 'array') {
    return fc.array(bySchema(Object(items), seen), { minLength: 1, maxLength: 2 });
  }
  if (type === 'object' && typeof properties === 'object' && properties !== null) {
    const required = Object(schema)['required'] ?? [];
    const members = Object.entries(properties).map(([name, one]) => [
      name,
      argumentOf(one, seen, name),
    ]);
    return fc.record(Object.fromEntries(members), { requiredKeys: required });
  }
  if (type === 'object')
    return fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 1 }), {
      maxKeys: 2,
    });
  return fc.string({ maxLength: 20, unit: 'binary' });
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? Math.max(value, -1e6) : otherwise;
}
