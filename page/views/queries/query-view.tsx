import { api } from '../../api/client.ts';
import type { Help } from '../../api/schema.d.ts';
import { useAsked } from '../../live/use-asked.ts';
import { hrefOf } from '../../shell/router.ts';
import { say } from '../../text/say.ts';
import { Editor } from './editor.tsx';

interface QueryViewProps {
  connection: string;
  definition: string;
  /** JSON of the query, as the address has it. */
  query: string;
}

/** One definition: what it can be asked, and the answer. */
export function QueryView({ connection, definition, query }: QueryViewProps) {
  const path = { connection, id: definition };
  const help = useAsked(`help ${connection}/${definition}`, (signal) =>
    api.GET('/{connection}/dynsql/{id}/help', { params: { path }, signal }),
  );
  const all = useAsked('connections', (signal) => api.GET('/dynsql', { signal }));
  const { data, refusal } = help.answer.value;
  const known = all.answer.value.data?.connections.find(({ id }) => id === connection);
  const isThere = data !== undefined && known !== undefined;
  return (
    <div class="view queries one" aria-busy={!isThere && refusal === undefined}>
      <div>
        <p class="crumbs">
          <a href={hrefOf('queries')}>{say('shell.queries')}</a> /{' '}
          <a href={hrefOf('queries', [connection])}>{connection}</a>
        </p>
        {!isThere && <h1>{data?.name ?? definition}</h1>}
        {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
        {isThere && (
          <Editor
            connection={connection}
            isOurs={known.kind === 'database'}
            help={data as Help}
            query={query}
          />
        )}
      </div>
    </div>
  );
}
