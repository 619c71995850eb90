import { say } from '../../../text/say.ts';
import type { Block } from './layout.ts';

interface MatrixHeadProps {
  block: Block;
  /** The header that Tab leads to, if it is one of these. */
  tabColumn: number | undefined;
}

/** Servers, and below each the data sources on it. */
export function MatrixHead({ block: { servers, columns }, tabColumn }: MatrixHeadProps) {
  const tab = (column: number) => (tabColumn === column ? 0 : -1);
  return (
    <thead role="rowgroup">
      <tr role="row">
        <td role="gridcell" class="corner" />
        {servers.map(({ server, from, count }) => (
          <th
            key={from}
            role="columnheader"
            aria-colspan={count}
            style={{ gridColumn: `span ${count}` }}
            data-from={from}
            data-last={from + count - 1}
            title={say('board.chooseServer', { server })}
          >
            <span>{server}</span>
          </th>
        ))}
      </tr>
      <tr role="row">
        <th role="columnheader" data-row={-1} data-column={-1} tabIndex={tab(-1)}>
          <span>{say('board.all')}</span>
        </th>
        {columns.map(({ code, title }, column) => (
          <th
            key={code}
            role="columnheader"
            data-row={-1}
            data-column={column}
            tabIndex={tab(column)}
            title={title}
          >
            <span>{code}</span>
          </th>
        ))}
      </tr>
    </thead>
  );
}
