import { say, type TextName } from '../../text/say.ts';

interface AddChoiceProps {
  /** What it says while nothing is chosen: `Sort by …`. */
  verb: Extract<TextName, 'queries.addKey' | 'queries.groupBy'>;
  /** Of which dataset. */
  dataset: string;
  /** What may be added. */
  choices: readonly { value: string; label: string | undefined }[];
  add(value: string): void;
}

/** A list that adds what is chosen to something, and is a list again. */
export function AddChoice({ verb, dataset, choices, add }: AddChoiceProps) {
  if (choices.length === 0) return null;
  return (
    <select
      aria-label={`${say(verb)}: ${dataset}`}
      value=""
      onChange={(event) => {
        const { value } = event.currentTarget;
        event.currentTarget.value = '';
        if (value !== '') add(value);
      }}
    >
      <option value="">{say(verb)}</option>
      {choices.map(({ value, label }) => (
        <option key={value} value={value}>
          {label ?? value}
        </option>
      ))}
    </select>
  );
}
