import type { Place } from '../../shell/router.ts';
import { QueryList } from './query-list.tsx';
import { QueryView } from './query-view.tsx';

/** What can be asked, or the query that the address names. */
export default function Queries({ place: { path, query } }: { place: Place }) {
  const [connection, definition] = path;
  if (connection === undefined || definition === undefined) {
    return <QueryList connection={connection} search={query.get('search') ?? ''} />;
  }
  const key = `${connection}/${definition}`;
  return <QueryView key={key} {...{ connection, definition, query: query.get('query') ?? '' }} />;
}
