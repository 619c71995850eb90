import { useSignal } from '@preact/signals';
import type { HelpDataset, HelpField } from '../../api/schema.d.ts';
import { say } from '../../text/say.ts';
import { Button } from '../../ui/button.tsx';
import { Conditions } from './conditions.tsx';
import { type Faults, Told } from './faults.tsx';
import { fieldsKey, isAsked, type LevelForm, levelOf, orderKey, type QueryForm } from './form.ts';
import { RowKinds } from './row-kinds.tsx';

interface DatasetPartProps {
  dataset: HelpDataset;
  form: QueryForm;
  faults: Faults;
  isOurs: boolean;
  isRoot?: boolean;
  change(form: QueryForm): void;
}

/** So many fields are looked through without a search. */
const manyFields = 12;

/** A dataset: its fields, conditions and keys, and the datasets below it. */
export function DatasetPart({
  dataset,
  form,
  faults,
  isOurs,
  isRoot = false,
  change,
}: DatasetPartProps) {
  const { name, label, fields, conditions, keys, datasets } = dataset;
  const level = levelOf(form, name);
  const set = (changed: Partial<LevelForm>) =>
    change({ ...form, levels: { ...form.levels, [name]: { ...level, ...changed } } });
  const common = { dataset, level, faults, set };
  const isOpen = isRoot || level.fields.length > 0;
  return (
    <details class="dataset" open={isOpen}>
      <summary>
        <b>{label ?? name}</b>
        <small>
          {label === undefined ? '' : `${name} · `}
          {say('queries.fieldsOf', { chosen: level.fields.length, count: fields.length })}
        </small>
      </summary>
      <Fields {...common} />
      {conditions.length > 0 && (
        <Conditions
          legend={say('queries.conditions')}
          known={conditions}
          nodes={level.where}
          faults={faults}
          hasGroups={isOurs}
          change={(where) => set({ where })}
        />
      )}
      {keys.length > 0 && <Order {...common} />}
      {isOurs && <RowKinds {...common} below={datasets.filter((one) => isAsked(form, one))} />}
      {datasets.map((one) => (
        <DatasetPart key={one.name} {...{ dataset: one, form, faults, isOurs, change }} />
      ))}
    </details>
  );
}

export interface PartProps {
  dataset: HelpDataset;
  level: LevelForm;
  faults: Faults;
  set(changed: Partial<LevelForm>): void;
}

function Fields({ dataset, level, faults, set }: PartProps) {
  const search = useSignal('');
  const { fields, name } = dataset;
  const wanted = search.value.trim().toLowerCase();
  const shown = fields.filter(
    (one) => wanted === '' || `${one.label ?? ''} ${one.name}`.toLowerCase().includes(wanted),
  );
  // Of groups only what they can be equal in, or what says how it adds up.
  const isAble = ({ aggregate, comparable }: HelpField) =>
    level.groupby === undefined || aggregate !== undefined || comparable !== false;
  const names = shown.filter(isAble).map((one) => one.name);
  const hasAll = names.every((one) => level.fields.includes(one));
  const tick = (field: string, isTicked: boolean) => {
    const without = (list: readonly string[]) => list.filter((one) => one !== field);
    if (isTicked) set({ fields: [...level.fields, field] });
    else set({ fields: without(level.fields), groupby: level.groupby && without(level.groupby) });
  };
  const tickAll = () =>
    set({
      fields: hasAll
        ? level.fields.filter((one) => !names.includes(one))
        : [...new Set([...level.fields, ...names])],
    });
  return (
    <fieldset class="fields">
      <legend>{say('queries.fields')}</legend>
      <div class="bar-of-fields">
        {fields.length > manyFields && (
          <input
            type="search"
            aria-label={`${say('queries.findField')}: ${name}`}
            placeholder={say('queries.findField')}
            value={search.value}
            onInput={(event) => {
              search.value = event.currentTarget.value;
            }}
          />
        )}
        <Button kind="quiet" onClick={tickAll} aria-label={`${say('queries.tickAll')}: ${name}`}>
          {say(hasAll ? 'queries.tickNone' : 'queries.tickAll')}
        </Button>
      </div>
      <div class="ticks">
        {shown.map((one) => (
          <label key={one.name} class="check" title={`${one.name}: ${one.type}`}>
            <input
              type="checkbox"
              checked={level.fields.includes(one.name)}
              disabled={!isAble(one) && !level.fields.includes(one.name)}
              onChange={(event) => tick(one.name, event.currentTarget.checked)}
            />
            <span>{one.label ?? one.name}</span>
          </label>
        ))}
      </div>
      <Told list={faults[fieldsKey(name)]} />
    </fieldset>
  );
}

function Order({ dataset: { keys, name }, level, faults, set }: PartProps) {
  const { orderby } = level;
  const rest = keys.filter(({ id }) => orderby.every((one) => one.id !== id));
  const titleOf = (id: string) => keys.find((one) => one.id === id)?.label ?? id;
  return (
    <fieldset class="order">
      <legend>{say('queries.order')}</legend>
      {orderby.map(({ id, isDown }, index) => (
        <div key={id} class="line">
          <span class="what">{titleOf(id)}</span>
          <Button
            aria-label={`${say(isDown ? 'queries.down' : 'queries.up')}: ${titleOf(id)}`}
            onClick={() => set({ orderby: orderby.with(index, { id, isDown: !isDown }) })}
          >
            {say(isDown ? 'queries.down' : 'queries.up')}
          </Button>
          <Button
            kind="quiet"
            aria-label={`${say('queries.remove')}: ${titleOf(id)}`}
            onClick={() => set({ orderby: orderby.toSpliced(index, 1) })}
          >
            {say('queries.remove')}
          </Button>
        </div>
      ))}
      {rest.length > 0 && (
        <select
          aria-label={`${say('queries.addKey')}: ${name}`}
          value=""
          onChange={(event) => {
            const id = event.currentTarget.value;
            event.currentTarget.value = '';
            if (id !== '') set({ orderby: [...orderby, { id, isDown: false }] });
          }}
        >
          <option value="">{say('queries.addKey')}</option>
          {rest.map(({ id, label }) => (
            <option key={id} value={id}>
              {label ?? id}
            </option>
          ))}
        </select>
      )}
      <Told list={faults[orderKey(name)]} />
    </fieldset>
  );
}
