/** A connection of an ABRA Gen server: what it answers is passed on as it comes. */

import type { AbraGenClient } from '../../abra-gen/client.ts';
import type { FairPlaces } from '../../async/fair-places.ts';
import { officeZone } from '../../dynsql/language/loose-condition.ts';
import { answerRows } from '../../dynsql/tables/answer-rows.ts';
import { tablesOf } from '../../dynsql/tables/table.ts';
import type { DynsqlConnection } from './connection.ts';

export function abraGenConnection(
  id: string,
  client: AbraGenClient,
  places: FairPlaces,
): DynsqlConnection {
  return {
    id,
    places,
    list: (signal) => client.list(signal),
    definition: async (asked, signal) => (await client.definition(asked, signal)).text,
    described: async (asked, signal) => {
      const { definition } = await client.definition(asked, signal);
      return { definition, templates: 'elsewhere', reports: undefined };
    },
    answer: ({ definition, body, report }) => ({
      async *make(signal) {
        const answer =
          report === undefined
            ? await client.exec(definition, body, signal)
            : await client.report(definition, body, report, signal);
        // Leaving the loop early destroys the body, which ends the query.
        yield* answer.body as AsyncIterable<Uint8Array>;
      },
      tables: async (signal) => {
        const { query, body: answer } = await client.exec(definition, body, signal);
        const tables = tablesOf(query, officeZone);
        return { name: query.definition.name, tables, rows: answerRows(tables, answer) };
      },
      dry: async (signal) => ({ query: await client.normal(definition, body, signal) }),
    }),
  };
}
