import { catalog, entityTitle } from '../../live/catalog.ts';
import { go, hrefOf, type Place } from '../../shell/router.ts';
import { say } from '../../text/say.ts';
import { Ages } from './ages.tsx';
import { Entity } from './entity.tsx';
import { Lag } from './lag.tsx';
import { Nights } from './nights.tsx';

/** How it went: nights, ages and lags, or one entity over months: `#/history/{name}`. */
export default function History({ place: { path, query } }: { place: Place }) {
  const [name] = path;
  return (
    <div class="view history">
      <div class="heading">
        <h1>{name === undefined ? say('shell.history') : <bdi>{entityTitle(name)}</bdi>}</h1>
        <span class="grow" />
        <Choice chosen={name} />
      </div>
      {name === undefined ? (
        <>
          <Nights query={query} />
          <Ages />
          <Lag />
        </>
      ) : (
        <Entity key={name} name={name} code={query.get('code') ?? undefined} />
      )}
    </div>
  );
}

function Choice({ chosen = '' }: { chosen: string | undefined }) {
  const { entities = [] } = catalog.value ?? {};
  return (
    <label class="choice">
      <span>{say('history.entity')}</span>
      <select
        value={chosen}
        onInput={({ currentTarget: { value } }) => {
          go(hrefOf('history', value === '' ? [] : [value]));
        }}
      >
        <option value="">{say('history.noEntity')}</option>
        {entities.map(({ name, description }) => (
          <option key={name} value={name}>
            {description || name}
          </option>
        ))}
      </select>
    </label>
  );
}
