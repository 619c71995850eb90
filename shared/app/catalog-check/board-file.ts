/** A file of a board: its calls against the catalogue as it is now. */

import { basename } from 'node:path';
import { askedBoard } from '../../board/asked-board.ts';
import { allowedBoardName, boardNamePattern } from '../../board/board.ts';
import type { Catalog } from '../../catalog/index.ts';
import { didYouMean } from '../../faults/near-name.ts';
import { periodLimits } from '../../sync/period.ts';
import type { Fault } from './fault.ts';
import { fieldFaults, placeOf } from './located.ts';
import { readValue } from './read-value.ts';
import type { TextFile } from './text-file.ts';

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
  const { value, faults } = readValue(board);
  if (faults.length > 0) return [...named, ...faults];
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
    ...fieldFaults(checked && 'errors' in checked ? checked.errors : [], file, text),
  ];
}
