import type { HelpCondition } from '../../api/schema.d.ts';
import { say } from '../../text/say.ts';
import { Button } from '../../ui/button.tsx';
import { type Faults, Told } from './faults.tsx';
import { type ConditionForm, type Form, isGroup, type Join, type NodeForm } from './form.ts';
import { blank, formsOf, newKey } from './form-of-body.ts';
import { ValueInput } from './value-input.tsx';

interface ConditionsProps {
  legend: string;
  known: readonly HelpCondition[];
  nodes: readonly NodeForm[];
  faults: Faults;
  /** ABRA Gen joins conditions by AND alone. */
  hasGroups: boolean;
  change(nodes: readonly NodeForm[]): void;
}

const joins = { or: 'queries.anyOf', and: 'queries.allOf', not: 'queries.noneOf' } as const;

const formNames = {
  none: 'queries.formNone',
  one: 'queries.formOne',
  pattern: 'queries.formPattern',
  range: 'queries.formRange',
  list: 'queries.formList',
  boolean: 'queries.formBoolean',
  declared: 'queries.formDeclared',
  'some declared': 'queries.formSomeDeclared',
  isNull: 'queries.formIsNull',
} as const satisfies Record<Form, string>;

/** Conditions that are all fulfilled, or of a group as it says. */
export function Conditions({ legend, known, nodes, faults, hasGroups, change }: ConditionsProps) {
  const able = known.filter(({ forms }) => forms === undefined || forms.length > 0);
  const add = (chosen: string) => {
    if (chosen in joins) {
      change([...nodes, { key: newKey(), join: chosen as Join, nodes: [] }]);
      return;
    }
    const help = able.find(({ id }) => id === chosen);
    if (help === undefined) return;
    const [form = 'one'] = formsOf(help);
    change([...nodes, { key: newKey(), id: chosen, flags: [], ...blank(form) }]);
  };
  return (
    <fieldset class="conditions">
      <legend>{legend}</legend>
      {nodes.map((node, index) => {
        const with_ = (other: NodeForm) => change(nodes.with(index, other));
        const remove = () => change(nodes.toSpliced(index, 1));
        const help = isGroup(node) ? undefined : known.find(({ id }) => id === node.id);
        return (
          <div key={node.key} class={isGroup(node) ? 'group' : 'condition'}>
            {isGroup(node) ? (
              <>
                <Conditions
                  legend={say(joins[node.join])}
                  {...{ known, faults, hasGroups }}
                  nodes={node.nodes}
                  change={(inside) => with_({ ...node, nodes: inside })}
                />
                <Button kind="quiet" onClick={remove}>
                  {say('queries.removeGroup')}
                </Button>
              </>
            ) : (
              help && <Condition {...{ node, help, remove }} change={with_} />
            )}
            <Told list={faults[node.key]} />
          </div>
        );
      })}
      <select
        aria-label={`${say('queries.addCondition')}: ${legend}`}
        value=""
        onChange={(event) => {
          const { value } = event.currentTarget;
          event.currentTarget.value = '';
          add(value);
        }}
      >
        <option value="">{say('queries.addCondition')}</option>
        {able.map(({ id, label }) => (
          <option key={id} value={id}>
            {label ?? id}
          </option>
        ))}
        {hasGroups && (
          <optgroup label={say('queries.groups')}>
            {Object.entries(joins).map(([join, text]) => (
              <option key={join} value={join}>
                {say(text)}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </fieldset>
  );
}

interface ConditionProps {
  node: ConditionForm;
  help: HelpCondition;
  change(node: ConditionForm): void;
  remove(): void;
}

function Condition({ node, help, change, remove }: ConditionProps) {
  const forms = formsOf(help);
  const title = help.label ?? help.id;
  return (
    <fieldset title={help.text}>
      <legend>{title}</legend>
      <div class="line">
        {forms.length > 1 ? (
          <select
            aria-label={`${say('queries.form')}: ${title}`}
            value={node.form}
            onChange={(event) =>
              change({ ...node, ...kept(node, event.currentTarget.value as Form) })
            }
          >
            {forms.map((form) => (
              <option key={form} value={form}>
                {say(formNames[form])}
              </option>
            ))}
          </select>
        ) : (
          <span class="quiet">{say(formNames[node.form])}</span>
        )}
        <ValueInput {...{ node, help, title, change }} />
        <Button kind="quiet" aria-label={`${say('queries.remove')}: ${title}`} onClick={remove}>
          {say('queries.remove')}
        </Button>
      </div>
      {help.flags?.map(({ name, forms: able }) => (
        <label key={name} class="check">
          <input
            type="checkbox"
            checked={node.flags.includes(name)}
            disabled={!able.includes(node.form)}
            onChange={(event) =>
              change({
                ...node,
                flags: event.currentTarget.checked
                  ? [...node.flags, name]
                  : node.flags.filter((one) => one !== name),
              })
            }
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** What was typed stays, as far as the other form has room for it. */
function kept({ values }: ConditionForm, form: Form): Pick<ConditionForm, 'form' | 'values'> {
  const fresh = blank(form);
  const isText = ['one', 'pattern', 'range', 'list'].includes(form);
  if (!isText || values.length === 0) return fresh;
  if (form === 'list') return { form, values };
  return { form, values: fresh.values.map((text, index) => values[index] ?? text) };
}
