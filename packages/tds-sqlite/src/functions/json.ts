/** JSON as T-SQL sees it: numbers keep their text, paths are lax or strict. */

import { errors } from '../errors.ts';

/** A number with the digits it was written with. */
class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toJSON(): number {
    return Number(this.text);
  }
}

type Json = null | boolean | string | NumberText | Json[] | { [key: string]: Json };
type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

let lastText: string | undefined;
let lastValue: Json = null;

/** @throws 13609 when the text is not JSON */
export function parseJson(text: string): Json {
  if (text === lastText) return lastValue;
  const keepDigits: Reviver = (_, value, context) =>
    typeof value === 'number' ? new NumberText(context?.source ?? String(value)) : value;
  try {
    const value = JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown) as Json;
    lastText = text;
    lastValue = value;
    return value;
  } catch (error) {
    throw invalid(text, error);
  }
}

let lastChecked: string | undefined;

/** Like `parseJson`, many times faster for whoever does not need the value. */
function checkJson(text: string): void {
  if (text === lastChecked) return;
  try {
    JSON.parse(text);
    lastChecked = text;
  } catch (error) {
    throw invalid(text, error);
  }
}

function invalid(text: string, error: unknown): Error {
  const position = Number(/position (\d+)/.exec(String(error))?.[1] ?? text.length);
  return errors.invalidJson(text[position] ?? '.', position);
}

export interface JsonPath {
  strict: boolean;
  append: boolean;
  steps: (string | number)[];
}

const paths = new Map<string, JsonPath>();

/** @throws 13607 for a malformed path */
export function parsePath(text: string): JsonPath {
  const existing = paths.get(text);
  if (existing) return existing;
  const mode = /^\s*(append\s+)?(?:(lax|strict)\b)?\s*/i.exec(text);
  let position = mode?.[0].length ?? 0;
  if (text[position] !== '$') throw errors.jsonPath(text[position] ?? '.', position);
  position++;
  const steps: (string | number)[] = [];
  const step = /\.(?:"((?:[^"\\]|\\.)*)"|([\p{L}_$][\p{L}\p{Nd}_$]*))|\[(\d+)\]/uy;
  while (position < text.length) {
    step.lastIndex = position;
    const match = step.exec(text);
    if (!match) throw errors.jsonPath(text[position] ?? '.', position);
    if (match[3] !== undefined) steps.push(Number(match[3]));
    else steps.push(match[2] ?? (JSON.parse(`"${match[1]}"`) as string));
    position = step.lastIndex;
  }
  const path = {
    strict: mode?.[2]?.toLowerCase() === 'strict',
    append: mode?.[1] !== undefined,
    steps,
  };
  if (paths.size > 1000) paths.clear();
  paths.set(text, path);
  return path;
}

/** Undefined where nothing is there. @throws 13608 in strict mode */
export function walk(value: Json, path: JsonPath): Json | undefined {
  let current: Json | undefined = value;
  for (const step of path.steps) {
    if (typeof step === 'number') current = Array.isArray(current) ? current[step] : undefined;
    else current = isObject(current) && Object.hasOwn(current, step) ? current[step] : undefined;
    if (current === undefined) break;
  }
  if (current === undefined && path.strict) throw errors.jsonStrict();
  return current;
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof NumberText);

const isScalar = (value: Json | undefined) => !Array.isArray(value) && !isObject(value);

export function jsonText(value: Json): string {
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`;
  if (isObject(value)) {
    return `{${Object.entries(value)
      .map(([key, member]) => `${JSON.stringify(key)}:${jsonText(member)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

function scalarText(value: Json): string | null {
  if (value === null) return null;
  return typeof value === 'string' ? value : jsonText(value);
}

let lastPlainText: string | undefined;
let lastPlain: unknown;

/**
 * The text at a path; undefined where there is none, or anything else. Without care for the digits
 * of numbers JSON is read many times faster, and most values of records are texts.
 */
function plainText(text: string, { steps }: JsonPath): string | undefined {
  if (text !== lastPlainText) {
    try {
      lastPlain = JSON.parse(text);
    } catch (error) {
      throw invalid(text, error);
    }
    lastPlainText = text;
  }
  let current = lastPlain;
  for (const step of steps) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return;
    if (Array.isArray(current) !== (typeof step === 'number')) return;
    current = (current as Record<string | number, unknown>)[step];
  }
  return typeof current === 'string' ? current : undefined;
}

export function jsonValue(text: string, path: string): string | null {
  const parsed = parsePath(path);
  const plain = plainText(text, parsed);
  if (plain !== undefined) return plain.length > 4000 ? null : plain;
  const found = walk(parseJson(text), parsed);
  if (found === undefined || !isScalar(found)) {
    if (parsed.strict) throw errors.jsonStrict();
    return null;
  }
  const result = scalarText(found);
  // JSON_VALUE is nvarchar(4000): longer is NULL in lax mode.
  return result !== null && result.length > 4000 ? null : result;
}

export function jsonQuery(text: string, path: string): string | null {
  const parsed = parsePath(path);
  const found = walk(parseJson(text), parsed);
  if (found === undefined || isScalar(found)) {
    if (parsed.strict) throw errors.jsonStrict();
    return null;
  }
  return jsonText(found);
}

export function isJson(text: string): boolean {
  if (!/^[ \t\r\n]*[[{]/.test(text)) return false;
  try {
    checkJson(text);
    return true;
  } catch {
    return false;
  }
}

/** `value` null deletes the member (lax). Text that stands for JSON comes with `isRaw`. */
export function jsonModify(
  text: string,
  path: string,
  value: string | number | boolean | null,
  isRaw: boolean,
): string {
  const root = structuredCopy(parseJson(text));
  const { steps, append } = parsePath(path);
  const last = steps.at(-1);
  const parent = walk(root, {
    strict: false,
    append: false,
    steps: append ? steps : steps.slice(0, -1),
  });
  const fresh: Json =
    isRaw && typeof value === 'string'
      ? parseJson(value)
      : typeof value === 'number'
        ? new NumberText(String(value))
        : value;
  if (append) {
    if (Array.isArray(parent)) parent.push(fresh);
  } else if (typeof last === 'number' && Array.isArray(parent)) parent[last] = fresh;
  else if (typeof last === 'string' && isObject(parent)) {
    if (value === null) delete parent[last];
    else parent[last] = fresh;
  }
  return jsonText(root);
}

function structuredCopy(value: Json): Json {
  if (Array.isArray(value)) return value.map(structuredCopy);
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, structuredCopy(member)]),
    );
  return value;
}

/** OPENJSON's numbers for kinds of values. */
function kindNumber(value: Json): number {
  if (value === null) return 0;
  if (typeof value === 'string') return 1;
  if (value instanceof NumberText) return 2;
  if (typeof value === 'boolean') return 3;
  return Array.isArray(value) ? 4 : 5;
}

/** Rows of OPENJSON without WITH: a JSON array of [key, value, type]. */
export function openJson(text: string, path: string): string {
  const found = walk(parseJson(text), parsePath(path));
  if (found === undefined || isScalar(found)) return '[]';
  const entries: [string, Json][] = Array.isArray(found)
    ? found.map((value, index) => [String(index), value])
    : Object.entries(found as { [key: string]: Json });
  return JSON.stringify(
    entries.map(([key, value]) => [
      key,
      isScalar(value) ? scalarText(value) : jsonText(value),
      kindNumber(value),
    ]),
  );
}

/**
 * What OPENJSON WITH makes rows of, as a JSON array. A document of megabytes is only checked: SQLite
 * takes it apart.
 *
 * @param wrapped each in an array of its own, so that numbers keep their digits
 */
export function openJsonRows(text: string, path: string, wrapped: boolean): string {
  const parsed = parsePath(path);
  if (parsed.steps.length === 0 && !wrapped) {
    if (isJson(text)) return text.trimStart().startsWith('[') ? text : `[${text}]`;
  }
  const found = walk(parseJson(text), parsed);
  if (found === undefined || isScalar(found)) return '[]';
  const rows = Array.isArray(found) ? found : [found];
  return jsonText(wrapped ? rows.map((row) => [row]) : rows);
}

/** A column of OPENJSON WITH: where its value is in a row, and whether that may only be JSON itself. */
export interface MemberPath {
  steps: (string | number)[];
  strict: boolean;
  asJson: boolean;
}

const memberLists: (readonly MemberPath[])[] = [];
const memberNumbers = new Map<string, number>();

/** A number for them, by which SQLite's statements know them: shorter to hand over for each row. */
export function numberOfMembers(members: readonly MemberPath[]): number {
  const text = JSON.stringify(members);
  const known = memberNumbers.get(text);
  if (known !== undefined) return known;
  memberLists.push(members);
  memberNumbers.set(text, memberLists.length - 1);
  return memberLists.length - 1;
}

export const membersOf = (number: number): readonly MemberPath[] => memberLists[number] ?? [];

/**
 * Rows of OPENJSON WITH as a JSON array of arrays, a text or null for each column: of documents that
 * are values of rows, each small, where looking every member up by itself would take longest.
 */
export function openJsonMembers(
  text: string,
  path: string,
  members: readonly MemberPath[],
): string {
  const plain = plainRow(text, path, members);
  if (plain !== undefined) return plain;
  const found = walk(parseJson(text), parsePath(path));
  if (found === undefined || isScalar(found)) return '[]';
  const rows = Array.isArray(found) ? found : [found];
  return JSON.stringify(
    rows.map((row) =>
      members.map((member) => {
        const value = walk(row, { ...member, append: false });
        if (value === undefined || isScalar(value) === member.asJson) return null;
        return member.asJson ? jsonText(value) : scalarText(value);
      }),
    ),
  );
}

/** Of an object whose wanted members are texts, as most are: read without care for digits. */
function plainRow(text: string, path: string, members: readonly MemberPath[]): string | undefined {
  if (path !== '$') return undefined;
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch (error) {
    throw invalid(text, error);
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return undefined;
  const values: (string | null)[] = [];
  for (const { steps, strict, asJson } of members) {
    const [step] = steps;
    if (strict || asJson || steps.length !== 1 || typeof step !== 'string') return undefined;
    const value = Object.hasOwn(row, step) ? (row as Record<string, unknown>)[step] : null;
    if (typeof value !== 'string' && value !== null) return undefined;
    values.push(value);
  }
  return JSON.stringify([values]);
}
