import type { Signal } from '@preact/signals';
import type { Help, HelpDataset } from '../../api/schema.d.ts';
import { reasonOf } from '../../live/act.ts';
import { duration, number } from '../../text/format.ts';
import { say } from '../../text/say.ts';
import { Button } from '../../ui/button.tsx';
import { widthOf } from './cells.ts';
import { isAsked, levelOf, type QueryForm } from './form.ts';
import { Grid } from './grid.tsx';
import { groupsOf } from './groups.ts';
import type { RowPages } from './row-pages.ts';

/** What was asked, and its rows. */
export interface Asked {
  pages: RowPages;
  /** Moves when rows have come. */
  version: Signal<number>;
  /** As it was when it was asked. */
  form: QueryForm;
  body: string;
  tookMs: number;
}

export interface Column {
  key: string;
  title: string;
  datatype: string;
  width: number;
}

/** A dataset as it is shown: its columns, and those of the datasets below it. */
export interface Shown {
  name: string;
  title: string;
  columns: readonly Column[];
  below: readonly Shown[];
}

interface ResultsProps {
  asked: Asked | undefined;
  help: Help;
  isAsking: boolean;
  /** The form is another one by now. */
  isOther: boolean;
}

/** The answer: how many rows, and a table of them that scrolls through all. */
export function Results({ asked, help, isAsking, isOther }: ResultsProps) {
  if (asked === undefined) {
    return (
      <div class="results sheet none" aria-busy={isAsking}>
        <p class="quiet">{say(isAsking ? 'queries.asking' : 'queries.nothingAsked')}</p>
      </div>
    );
  }
  const { pages, version, form, tookMs } = asked;
  // Read, so that it is drawn anew when rows have come.
  void version.value;
  const total = pages.total ?? 0;
  return (
    <div class="results" aria-busy={isAsking}>
      <p class="told">
        <b>{say('queries.rows', { count: total })}</b>
        {tookMs >= 1_000 && <small>{duration(tookMs)}</small>}
        {pages.isCut && <small>{say('queries.cut', { count: number(total) })}</small>}
        {isOther && <small class="other">{say('queries.other')}</small>}
        {pages.failure !== undefined && (
          <span class="refusal">
            {reasonOf(pages.failure)}{' '}
            <Button onClick={() => pages.again()}>{say('shell.again')}</Button>
          </span>
        )}
      </p>
      {total > 0 && (
        <Grid
          key={asked.body}
          {...{ pages, total, version: version.value }}
          shown={shownOf(form, help.dataset)}
        />
      )}
    </div>
  );
}

function shownOf(form: QueryForm, dataset: HelpDataset): Shown {
  const level = levelOf(form, dataset.name);
  const below = dataset.datasets.filter((one) => isAsked(form, one));
  const groups = groupsOf(level, dataset, below);
  const columns = level.fields.flatMap((name) => {
    const field = dataset.fields.find((one) => one.name === name);
    if (field === undefined) return [];
    const { key, label = name, aggregate } = field;
    if (aggregate === undefined || groups === undefined || groups.includes(name)) {
      return { key, title: label, datatype: field.datatype, width: widthOf(field.datatype) };
    }
    const datatype = aggregate === 'count' ? 'dtInteger' : field.datatype;
    const title = `${label}, ${say(`queries.${aggregate}`)}`;
    return { key, title, datatype, width: widthOf(datatype) };
  });
  return {
    name: dataset.name,
    title: dataset.label ?? dataset.name,
    columns,
    below: below.map((one) => shownOf(form, one)),
  };
}
