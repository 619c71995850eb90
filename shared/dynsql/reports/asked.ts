/** What was asked of a report, in words of its readers. */

import type { Definition, LoadedCondition, LoadedDataset } from '../definition.ts';
import { foldName, sameName } from '../name.ts';
import { listOf, type Members, membersOf, plain, ValueWords } from './asked-value.ts';
import type { Formatter } from './format.ts';
import type { LayoutDocument, TableLayout } from './layout.ts';
import { words } from './words.ts';

export interface Asked {
  /** Of the condition that is the layout's period; undefined: it was not asked. */
  readonly period: string | undefined;
  /** The others, each whole: `Zákazník: Nov*`. */
  readonly conditions: readonly string[];
  readonly top: number | undefined;
  readonly skip: number;
}

/**
 * @param query the body of a query that fits the definition; what is not known here is shown as JSON
 */
export function readAsked(
  query: unknown,
  definition: Definition,
  layout: LayoutDocument,
  formatter: Formatter,
): Asked {
  const told = new Telling(definition, layout, formatter);
  const root = membersOf(query) ?? {};
  told.level(root, definition.root, true);
  const { top, skip } = root;
  return {
    period: told.periods.length === 0 ? undefined : told.periods.join('; '),
    conditions: told.conditions,
    top: typeof top === 'number' ? top : undefined,
    skip: typeof skip === 'number' ? skip : 0,
  };
}

class Telling {
  readonly periods: string[] = [];
  readonly conditions: string[] = [];
  readonly #definition: Definition;
  readonly #layout: LayoutDocument;
  readonly #values: ValueWords;
  readonly #printed: ReadonlySet<string>;

  constructor(definition: Definition, layout: LayoutDocument, formatter: Formatter) {
    this.#definition = definition;
    this.#layout = layout;
    const { timezone } = definition.document;
    this.#values = new ValueWords(timezone, layout.language, formatter);
    this.#printed = new Set(namesOf(layout.table));
  }

  level(body: Members, dataset: LoadedDataset, isRoot = false): void {
    for (const item of allOf(body.where)) {
      const condition = conditionOf(item, dataset);
      if (isRoot && condition !== undefined && this.#isPeriod(condition)) {
        this.periods.push(this.#said(item, condition));
      } else this.conditions.push(this.#told(item, dataset, isRoot));
    }
    for (const item of listOf(body.datasets)) {
      const below = membersOf(item) ?? {};
      const name = typeof below.name === 'string' ? foldName(below.name) : '';
      const child = this.#definition.datasets.get(name);
      // Others are not printed, so that their conditions choose nothing.
      if (child !== undefined && this.#printed.has(name)) this.level(below, child);
    }
  }

  #isPeriod({ document }: LoadedCondition): boolean {
    const { period } = this.#layout;
    return period !== undefined && sameName(period, document.id);
  }

  /** A condition by its name, or what `or`, `and` and `not` make of several. */
  #told(item: unknown, dataset: LoadedDataset, isRoot: boolean): string {
    const { or, and, not, flags } = membersOf(item) ?? {};
    const own = words[this.#layout.language];
    const joined = (list: unknown, word: string) => {
      const texts = listOf(list).map((one) => this.#told(one, dataset, isRoot));
      return `(${texts.join(` ${word} `)})`;
    };
    if (or !== undefined) return joined(or, own.or);
    if (and !== undefined) return joined(and, own.and);
    if (not !== undefined) return `${own.not} ${joined(not, own.and)}`;
    const condition = conditionOf(item, dataset);
    if (condition === undefined) return plain(item);
    const { document } = condition;
    const name = document.description.trim() || document.id;
    const label = isRoot ? name : `${dataset.document.displaylabel || dataset.name}, ${name}`;
    const text = this.#said(item, condition);
    const said = text === '' ? label : `${label}: ${text}`;
    const flagged = listOf(flags).map(plain).join(', ');
    return flagged === '' ? said : `${said} (${flagged})`;
  }

  /** What a condition is asked for. */
  #said(item: unknown, condition: LoadedCondition): string {
    const { value, isnull } = membersOf(item) ?? {};
    const { empty, notEmpty } = words[this.#layout.language];
    if (isnull !== undefined) return isnull === true ? empty : notEmpty;
    return this.#values.of(value, condition);
  }
}

function conditionOf(item: unknown, dataset: LoadedDataset): LoadedCondition | undefined {
  const { id } = membersOf(item) ?? {};
  return typeof id === 'string' ? dataset.conditions.get(foldName(id)) : undefined;
}

/** Conditions that all are fulfilled, `and` taken apart. */
const allOf = (where: unknown): readonly unknown[] =>
  listOf(where).flatMap((item) => {
    const { and } = membersOf(item) ?? {};
    return and === undefined ? [item] : allOf(and);
  });

const namesOf = ({ dataset, details }: TableLayout): string[] => [
  foldName(dataset),
  ...details.flatMap(namesOf),
];
