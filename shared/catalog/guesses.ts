/** What a catalogue says rests on a guess; whoever runs it must set these. */

import { pathText } from '../faults/catalog-error.ts';
import type { CatalogData } from './schema.ts';

export interface Guess {
  /** Where it stands, as in a fault: `dataSources[0]`, `pipelines[1].stages[0].overrides[2]`. */
  place: string;
  /** What in that entry must be checked. */
  guess: string;
}

/** In the order of the file. */
export function guessesIn(data: CatalogData): Guess[] {
  const { periods, servers, databases, connections, dataSources, entities, pipelines } = data;
  const lists = { servers, databases, connections, dataSources, entities, pipelines };
  const found: Guess[] =
    periods.guess === undefined ? [] : [{ place: 'periods', guess: periods.guess }];
  const look = (item: { guess?: string | undefined }, ...path: (string | number)[]) => {
    if (item.guess !== undefined) found.push({ place: pathText(path), guess: item.guess });
  };
  for (const [list, items] of Object.entries(lists)) {
    for (const [index, item] of items.entries()) {
      look(item, list, index);
      if (!('overrides' in item)) continue;
      for (const [one, override] of item.overrides.entries()) {
        look(override, list, index, 'overrides', one);
      }
    }
  }
  for (const [index, pipeline] of pipelines.entries()) {
    for (const list of ['stages', 'freshness', 'checks'] as const) {
      for (const [nth, part] of pipeline[list].entries()) {
        look(part, 'pipelines', index, list, nth);
        for (const [one, override] of part.overrides.entries()) {
          look(override, 'pipelines', index, list, nth, 'overrides', one);
        }
      }
    }
  }
  return found;
}
