import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { catalog } from '../../../live/catalog.ts';
import { overview } from '../../../live/overview.ts';
import { hrefOf, refine } from '../../../shell/router.ts';
import { say } from '../../../text/say.ts';
import { type FilterName, type Filters, stateChoices } from './filters.ts';

/** Time for the next letter before it is looked for. */
const typedMs = 350;

export function FilterForm({ filters }: { filters: Filters }) {
  const { codes = [], entities = [] } = catalog.value ?? {};
  const boards = [...new Set(overview.value?.schedules.map(({ board }) => board))];
  return (
    <search aria-label={say('runs.find')}>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <Choice name="state" filters={filters} all={say('runs.anyState')}>
          {stateChoices.map(([name, value]) => [value, say(`runs.${name}`)])}
        </Choice>
        <Choice name="code" filters={filters} all={say('runs.anySource')}>
          {codes.map(({ code, description }) => [code, `${code} · ${description}`])}
        </Choice>
        <Choice name="name" filters={filters} all={say('runs.anyEntity')}>
          {entities.map(({ name, description }) => [name, description])}
        </Choice>
        <Typed name="user" filters={filters} />
        <Typed name="board" filters={filters} list={boards} />
        <Typed name="from" filters={filters} />
        <Typed name="to" filters={filters} />
        {Object.keys(filters).length > 0 && (
          <a class="button quiet" href={hrefOf('runs')}>
            {say('runs.clear')}
          </a>
        )}
      </form>
    </search>
  );
}

interface ChoiceProps {
  name: FilterName;
  filters: Filters;
  all: string;
  children: readonly (readonly [value: string, text: string])[];
}

function Choice({ name, filters, all, children }: ChoiceProps) {
  const value = filters[name] ?? '';
  // Of a shared address, which may name several, or what the catalogue no longer has.
  const isOther = value !== '' && !children.some(([one]) => one === value);
  return (
    <label>
      <span>{say(`runs.by_${name}`)}</span>
      <select
        value={value}
        onInput={({ currentTarget }) => refine({ [name]: currentTarget.value })}
      >
        <option value="">{all}</option>
        {isOther && <option value={value}>{value}</option>}
        {children.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TypedProps {
  name: FilterName;
  filters: Filters;
  list?: readonly string[];
}

function Typed({ name, filters, list = [] }: TypedProps) {
  const given = filters[name] ?? '';
  const typed = useSignal(given);
  useEffect(() => {
    typed.value = given;
  }, [given]);
  useEffect(() => {
    if (typed.value.trim() === given) return;
    const timer = setTimeout(() => refine({ [name]: typed.value.trim() }), typedMs);
    return () => clearTimeout(timer);
  }, [typed.value]);
  const isDay = name === 'from' || name === 'to';
  return (
    <label>
      <span>{say(`runs.by_${name}`)}</span>
      <input
        // A shared address may have a time, which a field of days does not show.
        type={isDay && /^(\d{4}-\d{2}-\d{2})?$/.test(given) ? 'date' : 'text'}
        value={typed.value}
        autocomplete="off"
        {...(list.length > 0 && { list: `runs-${name}` })}
        onInput={({ currentTarget }) => {
          typed.value = currentTarget.value;
        }}
      />
      {list.length > 0 && (
        <datalist id={`runs-${name}`}>
          {list.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </label>
  );
}
