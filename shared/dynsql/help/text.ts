/** Help as lines for a terminal. */

import type { Help, HelpCondition, HelpDataset } from './help.ts';
import { filled, type Language, wordsOf } from './words.ts';

/** Names longer than this stand by themselves, what they are about below. */
const widest = 28;

export function helpText(help: Help, language: Language): string {
  const { texts } = wordsOf(language);
  const { name, id, timezone, dataset, reports, examples } = help;
  const lines = [
    `${name} (${id})`,
    ...(timezone === undefined ? [] : [filled(texts.timezone, { timezone })]),
    '',
    ...datasetLines(dataset, texts),
    ...section(
      texts.reports,
      reports?.map((one) => [one.id, `${one.title} (${one.language})`]) ?? [],
    ),
    ...examples.flatMap(({ title, body, rows }) => [
      '',
      `${texts.example}: ${title}`,
      `  POST ${help.links.exec}`,
      `  ${JSON.stringify(body)}`,
      `  GET ${rows}`,
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

type Texts = ReturnType<typeof wordsOf>['texts'];

function datasetLines(dataset: HelpDataset, texts: Texts): string[] {
  const { name, label, fields, unique, conditions, keys, datasets } = dataset;
  const own = [
    titled(name, label),
    ...indented([
      ...section(
        texts.fields,
        fields.map((one) => [one.name, fieldAbout(one, texts)]),
      ),
      ...section(
        texts.conditions,
        conditions.flatMap((one) => conditionRows(one, texts)),
      ),
      ...section(
        texts.keys,
        keys.map((one) => [one.id, one.label ?? '']),
      ),
      ...(unique.length === 0 ? [] : [filled(texts.unique, { fields: unique.join(', ') })]),
      ...datasets.flatMap((one) => ['', ...datasetLines(one, texts)]),
    ]),
  ];
  return own;
}

function fieldAbout({ type, label, aggregate }: HelpDataset['fields'][number], texts: Texts) {
  const about = titled(type, label);
  return aggregate === undefined ? about : `${about} (groupby: ${texts.aggregates[aggregate]})`;
}

function conditionRows({ id, label, text, flags }: HelpCondition, texts: Texts): Row[] {
  const names = flags?.map((one) => one.name).join(', ');
  return [
    [id, titled(text, label)],
    ...(names === undefined ? [] : [['', filled(texts.flags, { names })] as const]),
  ];
}

type Row = readonly [name: string, about: string];

function section(title: string, rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const width = Math.min(widest, Math.max(...rows.map(([name]) => name.length)));
  return [title, ...rows.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`.trimEnd())];
}

const titled = (name: string, label: string | undefined) =>
  label === undefined || label === '' ? name : `${name} – ${label}`;

const indented = (lines: readonly string[]) =>
  lines.map((line) => (line === '' ? '' : `  ${line}`));
