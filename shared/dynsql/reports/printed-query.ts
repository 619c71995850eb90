/** The query behind a printed report. */

import type { CheckedLevel, CheckedQuery } from '../definition.ts';
import { queryFault, requireQuery } from '../language/query.ts';
import { requireRowsOnly } from '../language/rows-only.ts';
import { type Report, reportQuery } from './report.ts';

/**
 * What the report prints, of the rows that were asked for: fields and datasets are the report's,
 * conditions, `top` and `skip` those of `asked`; its keys come after the report's, so that groups
 * stay together. Of `top` rows one more is asked for: it tells whether there are more.
 *
 * @param asked a query of the report's definition
 * @throws QueryFault where it asks for what only rows say
 */
export function printedQuery(report: Report, asked: CheckedQuery): CheckedQuery {
  if (levelsOf(asked.root).some(({ groupedBy }) => groupedBy !== undefined)) {
    const message = 'A report has rows as they are: distinct and groupby cannot be used with it';
    throw queryFault([{ field: 'groupby', message, allowed: 'left out' }]);
  }
  const own = requireQuery(report.definition, reportQuery(report));
  const levels = new Map(
    levelsOf(requireRowsOnly(asked).root).map((level) => [level.dataset, level]),
  );
  const merged = (level: CheckedLevel): CheckedLevel => {
    const { conditions = [], order = [] } = levels.get(level.dataset) ?? {};
    const children = level.children.map(merged);
    return { ...level, conditions, order: [...level.order, ...order], children };
  };
  const top = asked.top === undefined ? undefined : asked.top + 1;
  return { ...asked, root: merged(own.root), top };
}

const levelsOf = (level: CheckedLevel): CheckedLevel[] => [
  level,
  ...level.children.flatMap(levelsOf),
];
