import type { HelpCondition } from '../../api/schema.d.ts';
import { say } from '../../text/say.ts';
import type { ConditionForm } from './form.ts';

interface ValueInputProps {
  node: ConditionForm;
  help: HelpCondition;
  /** Of the condition, for whoever does not see where the input stands. */
  title: string;
  change(node: ConditionForm): void;
}

/** Inputs of a condition's value, by how it is given and what kind it is. */
export function ValueInput({ node, help, title, change }: ValueInputProps) {
  const { form, values } = node;
  const set = (index: number, text: string) =>
    change({ ...node, values: values.with(index, text) });
  const one = (index: number, label: string) => (
    <Scalar
      help={help}
      label={`${title}: ${label}`}
      value={values[index] ?? ''}
      change={(text) => set(index, text)}
    />
  );
  switch (form) {
    case 'none':
      return null;
    case 'range':
      return (
        <span class="range">
          {/* Each of the two inputs says it itself. */}
          <span class="quiet" aria-hidden="true">
            {say('queries.from')}
          </span>
          {one(0, say('queries.from'))}
          <span class="quiet" aria-hidden="true">
            {say('queries.to')}
          </span>
          {one(1, say('queries.to'))}
        </span>
      );
    case 'list':
      return (
        <textarea
          rows={3}
          aria-label={`${title}: ${say('queries.values')}`}
          placeholder={say('queries.oneALine')}
          value={values.join('\n')}
          onInput={(event) => change({ ...node, values: event.currentTarget.value.split('\n') })}
        />
      );
    case 'boolean':
      return <YesNo {...{ title, value: values[0] ?? '', change: (text) => set(0, text) }} />;
    case 'isNull':
      return (
        <select
          aria-label={title}
          value={values[0]}
          onChange={(event) => set(0, event.currentTarget.value)}
        >
          <option value="true">{say('queries.empty')}</option>
          <option value="false">{say('queries.notEmpty')}</option>
        </select>
      );
    case 'declared':
      return help.declared === undefined ? (
        one(0, say('queries.value'))
      ) : (
        <select
          aria-label={title}
          value={values[0] ?? ''}
          onChange={(event) => set(0, event.currentTarget.value)}
        >
          <option value="" />
          {help.declared.map(({ value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      );
    case 'some declared':
      return <SomeDeclared {...{ node, help, title, change }} />;
    default:
      return one(0, say('queries.value'));
  }
}

function YesNo({
  title,
  value,
  change,
}: {
  title: string;
  value: string;
  change(text: string): void;
}) {
  return (
    <select
      aria-label={title}
      value={value}
      onChange={(event) => change(event.currentTarget.value)}
    >
      <option value="true">{say('queries.yes')}</option>
      <option value="false">{say('queries.no')}</option>
    </select>
  );
}

function SomeDeclared({ node, help, title, change }: ValueInputProps) {
  const { values } = node;
  if (help.declared === undefined) {
    return (
      <textarea
        rows={3}
        aria-label={`${title}: ${say('queries.values')}`}
        placeholder={say('queries.oneALine')}
        value={values.join('\n')}
        onInput={(event) => change({ ...node, values: event.currentTarget.value.split('\n') })}
      />
    );
  }
  return (
    <span class="some">
      {help.declared.map(({ value, name }) => (
        <label key={value} class="check">
          <input
            type="checkbox"
            checked={values.includes(value)}
            onChange={(event) =>
              change({
                ...node,
                values: event.currentTarget.checked
                  ? [...values, value]
                  : values.filter((one) => one !== value),
              })
            }
          />
          <span>{name}</span>
        </label>
      ))}
    </span>
  );
}

interface ScalarProps {
  help: HelpCondition;
  label: string;
  value: string;
  change(text: string): void;
}

function Scalar({ help, label, value, change }: ScalarProps) {
  const kind = help.value?.kind ?? 'text';
  if (kind === 'boolean') return <YesNo {...{ title: label, value: value || 'true', change }} />;
  const onInput = (event: { currentTarget: HTMLInputElement }) => change(event.currentTarget.value);
  const common = { 'aria-label': label, value, onInput };
  if (kind === 'date') return <DateInput {...{ label, value, change }} />;
  if (kind === 'time') return <input type="time" step={1} {...common} />;
  if (kind === 'number') return <input inputMode="decimal" class="number" {...common} />;
  return <input {...common} {...(help.value?.longest && { maxLength: help.value.longest })} />;
}

/** A day, or with a time the millisecond of it. */
function DateInput({ label, value, change }: Omit<ScalarProps, 'help'>) {
  const hasTime = value.includes('T');
  const [day = ''] = value.split('T');
  return (
    <span class="date">
      <input
        type={hasTime ? 'datetime-local' : 'date'}
        aria-label={label}
        value={value}
        onInput={(event) => change(event.currentTarget.value)}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={hasTime}
          disabled={day === ''}
          aria-label={`${label}: ${say('queries.withTime')}`}
          onChange={() => change(hasTime ? day : `${day}T00:00`)}
        />
        <span>{say('queries.withTime')}</span>
      </label>
    </span>
  );
}
