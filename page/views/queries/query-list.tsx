import { api } from '../../api/client.ts';
import type { ConnectionName, DefinitionName } from '../../api/schema.d.ts';
import { useAsked } from '../../live/use-asked.ts';
import { hrefOf, refine } from '../../shell/router.ts';
import { say } from '../../text/say.ts';
import { Button } from '../../ui/button.tsx';
import { forget, saved } from './saved.ts';

/** Connections with their definitions, found by name; and the queries that were saved. */
export function QueryList({
  connection,
  search,
}: {
  connection: string | undefined;
  search: string;
}) {
  const { answer } = useAsked('connections', (signal) => api.GET('/dynsql', { signal }));
  const { data, refusal } = answer.value;
  const connections = data?.connections.filter(
    ({ id }) => connection === undefined || id === connection,
  );
  return (
    <div class="view queries" aria-busy={data === undefined && refusal === undefined}>
      <div class="heading">
        <h1>{say('shell.queries')}</h1>
        <span class="grow" />
        <input
          type="search"
          class="find"
          aria-label={say('queries.find')}
          placeholder={say('queries.find')}
          value={search}
          onInput={(event) => refine({ search: event.currentTarget.value })}
        />
      </div>
      {refusal !== undefined && <p class="refusal">{refusal.message}</p>}
      {connections?.length === 0 && (
        <p class="quiet">
          {connection === undefined
            ? say('queries.noConnections')
            : say('queries.noSuchConnection', { name: connection })}
        </p>
      )}
      <SavedQueries search={search} />
      {connections?.map((one) => (
        <Definitions key={one.id} connection={one} search={search} />
      ))}
    </div>
  );
}

const fits = (search: string, ...texts: readonly string[]) =>
  texts.some((text) => text.toLowerCase().includes(search.trim().toLowerCase()));

function SavedQueries({ search }: { search: string }) {
  const found = saved.value.filter(({ name, title }) => fits(search, name, title));
  if (found.length === 0) return null;
  return (
    <section>
      <div class="heading">
        <h2>{say('queries.saved')}</h2>
        <small>{say('queries.savedMore')}</small>
      </div>
      <ul class="sheet choices">
        {found.map((one) => {
          const { name, connection, definition, title, body } = one;
          const href = hrefOf('queries', [connection, definition], { query: JSON.stringify(body) });
          return (
            <li key={`${connection} ${definition} ${name}`}>
              <a href={href}>{name}</a>
              <span class="quiet">{title}</span>
              <Button
                kind="quiet"
                aria-label={`${say('queries.forget')}: ${name}`}
                onClick={() => forget(one)}
              >
                {say('queries.forget')}
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Definitions({ connection, search }: { connection: ConnectionName; search: string }) {
  const { id, description } = connection;
  const { answer, again } = useAsked(`definitions ${id}`, (signal) =>
    api.GET('/{connection}/dynsql', { params: { path: { connection: id } }, signal }),
  );
  const { data, refusal } = answer.value;
  const found = data?.filter((one) => fits(search, one.name, one.id));
  return (
    <section aria-busy={data === undefined && refusal === undefined}>
      <div class="heading">
        <h2>{description ?? id}</h2>
        <small>{description === undefined ? '' : id}</small>
      </div>
      {refusal !== undefined && (
        <p class="refusal">
          {refusal.message} <Button onClick={again}>{say('shell.again')}</Button>
        </p>
      )}
      {data === undefined && refusal === undefined && <p class="quiet">{say('queries.asking')}</p>}
      {found?.length === 0 && <p class="quiet">{say('queries.noneFound')}</p>}
      {found !== undefined && found.length > 0 && (
        <ul class="sheet choices">
          {found.map((one) => (
            <Choice key={one.id} connection={id} definition={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Choice({ connection, definition }: { connection: string; definition: DefinitionName }) {
  const { id, name } = definition;
  return (
    <li>
      <a href={hrefOf('queries', [connection, id])}>{name}</a>
      <code>{id}</code>
    </li>
  );
}
