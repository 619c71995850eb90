/**
 * What T-SQL needs and SQLite lacks, as user functions of a connection. Names begin with `ts_`.
 * Types travel as their index. Integers come and go as BigInt, so that 64 bits survive.
 */

import type { DatabaseSync } from 'node:sqlite';
import { errors } from '../errors.ts';
import type { SqlValue } from '../procedure.ts';
import { sortKey } from '../values/collation.ts';
import { convert, decimalOf } from '../values/convert.ts';
import { storedMoment } from '../values/convert-date.ts';
import { formatDate, formatTime, moment, ticksPerSecond } from '../values/datetime.ts';
import {
  compareDecimals,
  type Decimal,
  decimalArithmetic,
  formatDecimal,
  rescale,
} from '../values/decimal.ts';
import { fromStored, type Stored, toStored } from '../values/stored.ts';
import { cutText, textSize } from '../values/text-size.ts';
import { family, isUnicode, type SqlType, typeAt, types } from '../values/types.ts';
import { arithmetic } from './arithmetic.ts';
import type { ScalarFunction } from './definition.ts';
import { jsonText, membersOf, openJson, openJsonMembers, openJsonRows, parseJson } from './json.ts';
import { like } from './like.ts';
import { scalarFunctions } from './table.ts';

/** What user functions and the statement that runs share. */
export interface FunctionState {
  /** Next value and step of the identity column being inserted into. */
  identity: { next: bigint; increment: bigint; last: bigint | null };
  /** Key values last computed for an insert or update, by slot: named in error 2627. */
  notes: SqlValue[];
}

const index = (value: Stored) => Number(value);

/** Text for case-insensitive comparison: trailing blanks don't count. */
export const fold = (value: Stored): Stored =>
  typeof value === 'string' ? value.replace(/ +$/, '').toLowerCase() : value;

function assign(raw: Stored, from: SqlType, to: SqlType, table: Stored, column: Stored): Stored {
  if (raw === null) return null;
  const value = fromStored(raw, from);
  const length = to.length ?? -1;
  if (length !== -1 && from.length !== undefined) {
    const isText = typeof value === 'string';
    const kept = isText ? cutText(value, to) : '';
    const size = value instanceof Uint8Array ? value.length : textSize(String(value), to);
    // Blanks beyond the end are cut without a word.
    const excess = isText ? value.slice(kept.length).trimEnd() !== '' : size > length;
    if (size > length && excess) throw errors.truncated(String(table), String(column), kept);
  }
  return toStored(convert(value, from, to), to);
}

export function registerFunctions(sqlite: DatabaseSync, state: FunctionState): void {
  const add = (name: string, run: (...args: Stored[]) => Stored, deterministic = true) =>
    sqlite.function(
      name,
      { deterministic, varargs: true, useBigIntArguments: true },
      run as (...args: unknown[]) => Stored,
    );

  add('ts_convert', (raw, from, to, style) => {
    if (raw === null) return null;
    const target = typeAt(index(to ?? null));
    const source = typeAt(index(from ?? null));
    return toStored(
      convert(fromStored(raw ?? null, source), source, target, Number(style ?? 0)),
      target,
    );
  });
  add('ts_try_convert', (raw, from, to, style) => {
    const target = typeAt(index(to ?? null));
    const source = typeAt(index(from ?? null));
    try {
      return toStored(
        convert(fromStored(raw ?? null, source), source, target, Number(style ?? 0)),
        target,
      );
    } catch {
      return null;
    }
  });
  add('ts_assign', (raw, from, to, table, column) =>
    assign(
      raw ?? null,
      typeAt(index(from ?? null)),
      typeAt(index(to ?? null)),
      table ?? null,
      column ?? null,
    ),
  );
  add(
    'ts_note',
    (slot, type, raw) => {
      state.notes[Number(slot)] = fromStored(raw ?? null, typeAt(index(type ?? null)));
      return raw ?? null;
    },
    false,
  );
  add(
    'ts_identity',
    () => {
      const { identity } = state;
      identity.last = identity.next;
      identity.next += identity.increment;
      return identity.last;
    },
    false,
  );
  add('ts_arithmetic', (operator, left, right, type) =>
    left === null || right === null
      ? null
      : arithmetic(String(operator), left ?? null, right ?? null, typeAt(index(type ?? null))),
  );
  add('ts_fold', (value) => fold(value ?? null));
  add('ts_sort', (locale, value) =>
    typeof value === 'string' ? sortKey(String(locale), value) : (value ?? null),
  );
  add('ts_decimal_compare', (left, right) =>
    left === null || right === null
      ? null
      : BigInt(compareDecimals(decimalOf(left ?? 0), decimalOf(right ?? 0))),
  );
  add('ts_decimal_key', (value) => (value === null ? null : decimalKey(decimalOf(value ?? 0))));
  add('ts_decimal_of_key', (key, type) =>
    key === null ? null : fromDecimalKey(String(key), typeAt(index(type ?? null)).scale ?? 0),
  );
  for (const [name, exact] of [
    ['ts_like', false],
    ['ts_like_exact', true],
  ] as const) {
    add(name, (value, pattern, mark) =>
      value === null || pattern === null
        ? null
        : BigInt(
            like(
              String(value),
              String(pattern),
              mark === null || mark === undefined ? null : String(mark),
              exact,
            ),
          ),
    );
  }
  add('ts_utc', (value) => (value === null ? null : utcText(String(value))));
  add('ts_openjson', (text, path) => openJson(String(text), String(path ?? '$')));
  add('ts_openjson_members', (text, path, members) =>
    openJsonMembers(String(text), String(path ?? '$'), membersOf(Number(members))),
  );
  add('ts_openjson_rows', (text, path, wrapped) =>
    openJsonRows(String(text), String(path), Number(wrapped) === 1),
  );
  add('ts_split', (text, separator) =>
    JSON.stringify(text === null ? [] : String(text).split(String(separator))),
  );
  add('ts_json_object', (names, nulls, values) =>
    jsonObject(String(names), Number(nulls) === 1, String(values)),
  );
  // A subquery used as a value must not have two rows.
  add('ts_single', (count, value) => {
    if (Number(count) > 1) throw errors.subqueryManyValues();
    return value ?? null;
  });
  add('ts_now', (type) => now(typeAt(index(type ?? null))), false);
  add('ts_raise', (number, message) => {
    throw Object.assign(errors.overflowExpression(''), {
      number: Number(number),
      message: String(message),
    });
  });
  for (const [name, definition] of Object.entries(scalarFunctions))
    addScalar(add, name, definition);
  addAggregates(sqlite);
}

/** Now in UTC (the stand-in's clock shows UTC, as Azure SQL's does). */
export function now(type: SqlType): string {
  const time = Date.now();
  const text = new Date(time).toISOString().slice(0, -1);
  return String(convert(text, types.datetime2, type));
}

function addScalar(
  add: (name: string, run: (...args: Stored[]) => Stored, deterministic?: boolean) => void,
  name: string,
  { parameters, run, nulls, volatile }: ScalarFunction,
): void {
  // Arguments: the index of the result's type, then values; an `any` is followed by its type.
  add(
    `ts_${name.toLowerCase()}`,
    (resultType, ...args) => {
      const result = typeAt(index(resultType ?? null));
      const values: unknown[] = [];
      let next = 0;
      for (let i = 0; next < args.length; i++) {
        const kind = parameters[Math.min(i, parameters.length - 1)];
        const raw = args[next++] ?? null;
        if (raw === null && nulls !== 'passed') return null;
        if (kind === 'any') {
          const type = typeAt(index(args[next++] ?? null));
          values.push(raw === null ? null : fromStored(raw, type), type);
        } else if (raw === null) values.push(null);
        else if (kind === 'int' || kind === 'float') values.push(Number(raw));
        else values.push(raw instanceof Uint8Array ? raw : String(raw));
      }
      // DATEADD and DATETRUNC answer in the type of their date.
      if (name === 'DATEADD' || name === 'DATETRUNC') values.push(result);
      const value = run(...values);
      if (value === null || value === undefined) return null;
      if (family(result) === 'integer') {
        return typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value)));
      }
      if (family(result) === 'decimal') {
        const text =
          typeof value === 'number' ? convert(value, types.float, result) : String(value);
        // What does not fit is an overflow of the function's own (ROUND(748.58, -3)).
        return arithmetic('+', String(text), '0', result);
      }
      return value as Stored;
    },
    !volatile,
  );
}

/** A row of FOR JSON PATH: `a.b` is member b of object a; NULLs are left out unless asked for. */
function jsonObject(names: string, includeNulls: boolean, values: string): string {
  const list = JSON.parse(names) as string[];
  const row = parseJson(values);
  const result: Record<string, unknown> = {};
  list.forEach((name, place) => {
    const value = Array.isArray(row) ? (row[place] ?? null) : null;
    if (value === null && !includeNulls) return;
    const path = name.split('.');
    let target = result;
    for (const step of path.slice(0, -1)) {
      target[step] ??= {};
      target = target[step] as Record<string, unknown>;
    }
    target[path.at(-1) ?? name] = value;
  });
  return jsonText(result as Parameters<typeof jsonText>[0]);
}

/** Decimals as text whose order is that of the numbers, down to 38 digits on either side. */
function decimalKey(value: Decimal): string {
  const { unscaled } = rescale(value, 38);
  const digits = (unscaled < 0n ? 10n ** 80n + unscaled : unscaled).toString().padStart(80, '0');
  return (unscaled < 0n ? '-' : '0') + digits;
}

/** The decimal behind a key, with `scale` digits after the point. */
function fromDecimalKey(key: string, scale: number): string {
  const digits = BigInt(key.slice(1));
  const unscaled = key.startsWith('-') ? digits - 10n ** 80n : digits;
  return formatDecimal(rescale({ unscaled, scale: 38 }, scale));
}

function utcText(value: string): string {
  const when = storedMoment(value);
  const utc = moment(when.day, when.ticks - (when.offset ?? 0) * 60 * ticksPerSecond) ?? when;
  return `${formatDate(utc.day)}T${formatTime(utc.ticks, 7)}`;
}

interface Sum {
  total: Decimal;
  count: number;
}

type AggregateOptions = Parameters<DatabaseSync['aggregate']>[1];

/**
 * Exact sums of decimals, as text: they never throw, because node:sqlite loses what an aggregate
 * throws; whoever takes the text finds the overflow.
 */
function addAggregates(sqlite: DatabaseSync): void {
  const add = (operator: '+' | '-', count: number) => (state: Sum, raw: Stored) => {
    if (raw === null) return state;
    const value = decimalOf(raw);
    const scale = Math.max(state.total.scale, value.scale);
    const total = decimalArithmetic(operator, state.total, value, scale) ?? state.total;
    return { total, count: state.count + count };
  };
  sqlite.aggregate('ts_sum', {
    start: (): Sum => ({ total: { unscaled: 0n, scale: 0 }, count: 0 }),
    step: add('+', 1),
    inverse: add('-', -1),
    result: ({ total, count }: Sum) => (count === 0 ? null : formatDecimal(total)),
    useBigIntArguments: true,
    deterministic: true,
  } as unknown as AggregateOptions);
  for (const [name, root, sample] of [
    ['stdev', true, true],
    ['stdevp', true, false],
    ['var', false, true],
    ['varp', false, false],
  ] as const) {
    sqlite.aggregate(`ts_${name}`, {
      start: () => ({ count: 0, mean: 0, square: 0 }),
      step: (state: { count: number; mean: number; square: number }, value: Stored) => {
        if (value === null) return state;
        const count = state.count + 1;
        const delta = Number(value) - state.mean;
        const mean = state.mean + delta / count;
        return { count, mean, square: state.square + delta * (Number(value) - mean) };
      },
      result: ({ count, square }: { count: number; square: number }) => {
        const divisor = sample ? count - 1 : count;
        if (count === 0 || divisor <= 0) return count > 0 && !sample ? 0 : null;
        return root ? Math.sqrt(square / divisor) : square / divisor;
      },
    } as unknown as AggregateOptions);
  }
}

/** Does text need folding beyond what SQLite's NOCASE does? */
export const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text);
export { isUnicode };
