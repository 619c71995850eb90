/** Faults of a catalogue in words: where, what is there, what is allowed. */

import { didYouMean } from './near-name.ts';

/** Keys and indexes from the top of the file: `['dataSources', 3, 'database']`. */
export type Path = readonly PropertyKey[];

/** A catalogue that cannot be used. `faults` holds one line for every fault that was found. */
export class CatalogError extends Error {
  readonly faults: string[];

  /** `from` names the file or blob the catalogue came from. */
  constructor(faults: string[], from = 'the catalogue') {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super(`${from} has ${count}:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
    this.name = 'CatalogError';
    this.faults = faults;
  }
}

/** `dataSources[3].database`; a key that is no plain word is quoted: `["a b"]`. */
export function pathText(path: Path): string {
  const text = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(String(step))
      ? `.${String(step)}`
      : `[${JSON.stringify(step)}]`;
  });
  return text.join('').replace(/^\./, '') || '(root)';
}

/** One line of `CatalogError.faults`. */
export const faultAt = (path: Path, text: string): string => `${pathText(path)}: ${text}`;

const pathPattern =
  /^(\(root\)|(?:\.?[A-Za-z_][A-Za-z0-9_-]*|\[\d+\]|\["(?:[^"\\]|\\.)*"\])+): ([\s\S]*)$/;

/** What `faultAt` put together, the path as `pathText` has it; undefined: the line has no path. */
export function faultParts(line: string): { path: string; text: string } | undefined {
  const [, path, text] = pathPattern.exec(line) ?? [];
  return path === undefined || text === undefined ? undefined : { path, text };
}

/** A value as a fault shows it, on one line and never at length. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…"` : text;
}

/** `"hcss" is not a database; use one of hcs, stek (did you mean hcs?)`, or `missing; …`. */
export function unsuitable(value: unknown, what: string, use: string): string {
  return value === undefined ? `missing; ${use}` : `${shown(value)} is not ${what}; ${use}`;
}

/** The same for a value that must be one of `names`. */
export function notOneOf(value: unknown, what: string, names: readonly string[]): string {
  if (names.length === 0) return unsuitable(value, what, 'there is none');
  const use = `use ${names.length > 1 ? 'one of ' : ''}${names.join(', ')}`;
  return unsuitable(value, what, use) + didYouMean(value, names);
}
