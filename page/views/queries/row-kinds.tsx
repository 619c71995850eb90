import type { HelpDataset } from '../../api/schema.d.ts';
import { say } from '../../text/say.ts';
import { Button } from '../../ui/button.tsx';
import type { PartProps } from './dataset-part.tsx';
import { Told } from './faults.tsx';
import { type LevelForm, rowsKey } from './form.ts';
import { groupsOf, neededGroups } from './groups.ts';

interface RowKindsProps extends PartProps {
  /** Datasets below that are asked for. */
  below: readonly HelpDataset[];
}

/** Which rows of a dataset are one: each by itself, those that are equal, or groups. */
export function RowKinds({ dataset, level, below, faults, set }: RowKindsProps) {
  const { name, fields } = dataset;
  const groups = groupsOf(level, dataset, below);
  const kind = groups !== undefined ? 'grouped' : level.distinct ? 'distinct' : 'each';
  const canGroup = groups !== undefined || fields.some(({ aggregate }) => aggregate !== undefined);
  return (
    <fieldset class="rows">
      <legend>{say('queries.rowKinds')}</legend>
      <select
        aria-label={`${say('queries.rowKinds')}: ${name}`}
        value={kind}
        onChange={({ currentTarget: { value } }) =>
          set({ distinct: value === 'distinct', groupby: value === 'grouped' ? [] : undefined })
        }
      >
        <option value="each">{say('queries.eachRow')}</option>
        <option value="distinct">{say('queries.distinct')}</option>
        {canGroup && <option value="grouped">{say('queries.grouped')}</option>}
      </select>
      {groups !== undefined && <Groups {...{ dataset, level, below, set, groups }} />}
      <Told list={faults[rowsKey(name)]} />
    </fieldset>
  );
}

interface GroupsProps extends Pick<RowKindsProps, 'dataset' | 'level' | 'below' | 'set'> {
  groups: readonly string[];
}

/** What they are equal in. What is selected besides says by itself how it adds up. */
function Groups({ dataset, level, below, set, groups }: GroupsProps) {
  const { fields } = dataset;
  const chosen = level.groupby ?? [];
  /** What does not add up is not selected then, either. */
  const without = (name: string): LevelForm => {
    const addsUp = fields.find((one) => one.name === name)?.aggregate !== undefined;
    const isOther = (one: string) => one !== name;
    return {
      ...level,
      fields: addsUp ? level.fields : level.fields.filter(isOther),
      groupby: chosen.filter(isOther),
    };
  };
  const isNeeded = (name: string) => neededGroups(without(name), dataset, below).includes(name);
  const rest = fields.filter((one) => one.comparable !== false && !groups.includes(one.name));
  const titleOf = (name: string) => fields.find((one) => one.name === name)?.label ?? name;
  return (
    <>
      <p class="quiet">{say(groups.length === 0 ? 'queries.oneOfAll' : 'queries.oneOfEach')}</p>
      {groups.map((name) => (
        <div key={name} class="line">
          <span class="what">{titleOf(name)}</span>
          {!isNeeded(name) && (
            <Button
              kind="quiet"
              aria-label={`${say('queries.remove')}: ${titleOf(name)}`}
              onClick={() => set(without(name))}
            >
              {say('queries.remove')}
            </Button>
          )}
        </div>
      ))}
      {rest.length > 0 && (
        <select
          aria-label={`${say('queries.groupBy')}: ${dataset.name}`}
          value=""
          onChange={(event) => {
            const { value } = event.currentTarget;
            event.currentTarget.value = '';
            if (value === '') return;
            // Whoever groups by something wants to see it.
            const isSelected = level.fields.includes(value);
            set({
              groupby: [...chosen, value],
              fields: isSelected ? level.fields : [...level.fields, value],
            });
          }}
        >
          <option value="">{say('queries.groupBy')}</option>
          {rest.map(({ name, label }) => (
            <option key={name} value={name}>
              {label ?? name}
            </option>
          ))}
        </select>
      )}
    </>
  );
}
