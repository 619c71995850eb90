/** A database of ours, asked and printed by what the app has been given. */

import type { FairPlaces } from '../../async/fair-places.ts';
import type { Databases } from '../../database/databases.ts';
import type { Definition, Statement } from '../../dynsql/definition.ts';
import type { DynsqlCatalog } from '../../dynsql/language/dynsql-catalog.ts';
import { requireQuery } from '../../dynsql/language/query.ts';
import { QueryFault } from '../../dynsql/language/query-faults.ts';
import { requireRowsOnly } from '../../dynsql/language/rows-only.ts';
import { printedQuery } from '../../dynsql/reports/printed-query.ts';
import type { Report } from '../../dynsql/reports/report.ts';
import { items, runQuery } from '../../dynsql/run/run-query.ts';
import { tableRows } from '../../dynsql/run/table-rows.ts';
import { buildStatement } from '../../dynsql/sql/statements.ts';
import { tablesOf } from '../../dynsql/tables/table.ts';
import { norAny, oneOf } from '../../faults/one-of.ts';
import { show } from '../../faults/show.ts';
import type { DynsqlConnection } from './connection.ts';
import { OfferedDefinitions } from './offered-definitions.ts';

export interface OwnConnectionDependencies {
  /** Of the database. */
  places(): FairPlaces;
  dynsql: DynsqlCatalog;
  databases: Databases;
  now(): Date;
}

/** @param database its id in the catalogue */
export function ownConnection(
  id: string,
  database: string,
  { dynsql, databases, places, now }: OwnConnectionDependencies,
): DynsqlConnection {
  const offered = new OfferedDefinitions(dynsql, databases, database);
  return {
    id,
    get places() {
      return places();
    },
    list: async (signal) => {
      const list = await offered.list(signal);
      return list.map((known) => ({ id: known.id, name: known.name }));
    },
    definition: async (asked, signal) => {
      const definitions = await offered.list(signal);
      return JSON.stringify(definitionOf({ definitions }, asked).document);
    },
    described: async (asked, signal) => {
      const definition = definitionOf({ definitions: await offered.list(signal) }, asked);
      const reports = reportsOf(dynsql, definition).map(({ layout: { id, title, language } }) => {
        return { id, title, language };
      });
      return { definition, templates: 'needed', reports };
    },
    answer({ definition, body, report: reportId, user }) {
      if (reportId === undefined) {
        const asked = requireQuery(definitionOf(dynsql, definition), body);
        const statement = buildStatement(asked);
        return {
          make: (signal) => runQuery(statement, databases, database, signal),
          tables: async (signal) => ({
            name: requireRowsOnly(asked).definition.name,
            tables: tablesOf(asked),
            rows: tableRows(statement, databases, database, signal),
          }),
          dry: dryOf(statement),
        };
      }
      // The report has datasets of its own, in place of the query's.
      const asked = requireQuery(definitionOf(dynsql, definition), body);
      const report = reportOf(dynsql, reportId, asked.definition);
      const statement = buildStatement(printedQuery(report, asked));
      return {
        tables: () => Promise.reject(new RangeError('A report has pages')),
        dry: dryOf(statement),
        async *make(signal) {
          // Reading the library that makes PDFs takes longer than the rest of the app.
          const { printReport } = await import('../../dynsql/reports/print-report.ts');
          const rows = items(statement, databases, database, signal);
          yield* printReport(report, rows, { printed: now(), user, query: body }, signal);
        },
      };
    },
  };
}

const dryOf =
  ({ sql, parameters, levels }: Statement) =>
  async () => ({ statements: [{ dataset: levels[0]?.dataset ?? '', sql, parameters }] });

function definitionOf({ definitions }: Pick<DynsqlCatalog, 'definitions'>, id: string): Definition {
  const found = definitions.find((definition) => definition.id === id.toUpperCase());
  if (found !== undefined) return found;
  const ids = definitions.map((one) => one.id);
  throw notFound('id', `There is no definition ${show(id)}${norAny(ids)}.`, id, ids);
}

const reportsOf = ({ reports }: DynsqlCatalog, definition: Definition) =>
  reports.filter((report) => report.definition === definition);

function reportOf(dynsql: DynsqlCatalog, id: string, definition: Definition): Report {
  const reports = reportsOf(dynsql, definition);
  const found = reports.find(({ layout }) => layout.id === id.toUpperCase());
  if (found !== undefined) return found;
  const ids = reports.map(({ layout }) => layout.id);
  const message = `There is no report ${show(id)} of ${definition.name}${norAny(ids)}.`;
  throw notFound('report', message, id, ids);
}

function notFound(
  field: string,
  message: string,
  value: string,
  known: readonly string[],
): QueryFault {
  const allowed = oneOf(known);
  return new QueryFault('unknown', message, [{ field, message, value: show(value), allowed }]);
}
