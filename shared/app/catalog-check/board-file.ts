/** A file of a board: its calls against the catalogue as it is now. */

import { basename } from 'node:path';
import { askedBoard } from '../../board/asked-board.ts';
import { allowedBoardName, boardNamePattern } from '../../board/board.ts';
import type { Catalog } from '../../catalog/index.ts';
import { CatalogError } from '../../faults/catalog-error.ts';
import { parseJsonText } from '../../faults/json-text.ts';
import { didYouMean } from '../../faults/near-name.ts';
import { withoutSchema } from '../../json/without-schema.ts';
import { periodLimits } from '../../sync/period.ts';
import type { Fault } from './fault.ts';
import { locatedFault, placeOf } from './located.ts';
import { type TextFile, textOf } from './text-file.ts';

const members = ['description', 'calls'];

/** @param catalog undefined: it has faults of its own, and what the calls name is not looked at */
export function boardFaults(board: TextFile, catalog: Catalog | undefined): Fault[] {
  const { file, text } = board;
  const name = basename(file).replace(/\.json$/i, '');
  const named: Fault[] = boardNamePattern.test(name)
    ? []
    : [
        {
          severity: 'fault',
          file,
          text: `"${name}" is no name of a board; use ${allowedBoardName}`,
        },
      ];
  let value: unknown;
  try {
    value = withoutSchema(parseJsonText(textOf(board)));
  } catch (error) {
    if (!(error instanceof CatalogError)) throw error;
    return [...named, ...error.faults.map((line) => locatedFault(line, file, text))];
  }
  const at = (path: string, what: string): Fault => {
    return { severity: 'fault', file, ...placeOf(path, text), path, text: what };
  };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [...named, at('(root)', `no board; use an object with ${members.join(' and ')}`)];
  }
  const unknown = Object.keys(value).filter((key) => !members.includes(key));
  const body = value as Record<string, unknown>;
  const checked = catalog && askedBoard(body, catalog, periodLimits(catalog.periods, new Date()));
  return [
    ...named,
    ...unknown.map((key) =>
      at(key, `not a key of a board; use ${members.join(', ')}${didYouMean(key, members)}`),
    ),
    ...(checked && 'errors' in checked ? checked.errors : []).map(({ field, message, allowed }) => {
      const what = message.startsWith(`${field} `) ? message.slice(field.length + 1) : message;
      return at(field, what.includes(allowed) ? what : `${what}; use ${allowed}`);
    }),
  ];
}
