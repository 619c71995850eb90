/** The shape of a report's layout (`catalog/reports/*.json`): how the rows of a query are printed. */

import { z } from 'zod';
import { unsuitable } from '../../faults/catalog-error.ts';
import { expects, fields, filledList, list, matching, oneOf } from '../../faults/field.ts';
import { isZone } from '../../time/zone.ts';
import { characterName, missingIn } from './fonts.ts';
import { templateFault } from './layout-template.ts';
import { imagePattern, readLogo } from './logo.ts';
import { printable } from './wrap.ts';

/** Number, date and own texts of a report are written as in this language. */
const languages = ['cs', 'ru', 'en'] as const;
/** `month`: the month and the year of a date, in words. */
const formats = ['text', 'integer', 'decimal', 'date', 'datetime', 'month', 'boolean'] as const;
const alignments = ['left', 'center', 'right'] as const;
const aggregates = ['sum', 'count', 'avg'] as const;
const comparisons = ['<', '<=', '=', '<>', '>=', '>'] as const;

const text = (what: string, longest: number) =>
  z
    .string(expects(what, `use text of 1 to ${longest} characters`))
    .regex(/\S/, expects(what, `use text of 1 to ${longest} characters`))
    .max(longest, expects(what, `use text of 1 to ${longest} characters`))
    .superRefine((value, context) => {
      const missing = missingIn(printable(value).replaceAll('\n', ' '));
      if (missing === undefined) return;
      const message = `has ${characterName(missing)}, which the font of reports does not have`;
      context.addIssue({ code: 'custom', message: `${message}; write it in other letters` });
    });

const fieldName = text('a field', 128);
const name = (what: string) => text(what, 128);

const flag = z.boolean(expects('a flag', 'use true or false'));

function between(smallest: number, largest: number, what: string) {
  const wrong = expects(what, `use a number of millimetres from ${smallest} to ${largest}`);
  return z.number(wrong).min(smallest, wrong).max(largest, wrong);
}

const placesUse = expects('a number of decimal places', 'use a whole number from 0 to 6');

const column = fields('a column', {
  field: fieldName,
  caption: text('a caption', 120),
  /** In millimetres; what does not fit is wrapped, of numbers and dates made smaller. */
  width: between(8, 400, 'a width'),
  /** Without it numbers are on the right, all else on the left. */
  align: oneOf('an alignment', alignments).optional(),
  format: oneOf('a format', formats).default('text'),
  /** Of decimal. */
  places: z.int(placesUse).min(0, placesUse).max(6, placesUse).optional(),
  /** Of boolean; without it yes and no of the language. */
  texts: fields('the texts of a boolean', {
    true: text('a text', 40),
    false: text('a text', 40),
  }).optional(),
  /** Added up at the end of each group and of the table: short for `"aggregate": "sum"`. */
  sum: flag.default(false),
  /** What stands at the end of each group and of the table. `count` and `avg` leave out NULL. */
  aggregate: oneOf('an aggregate', aggregates).optional(),
  /** The field with the currency of this column's amounts, each of which has a total of its own. */
  currency: fieldName.optional(),
});

const compared = z.union([z.string().max(200), z.number(), z.boolean()], {
  error: (issue) =>
    unsuitable(
      issue.input,
      'a value',
      'use text of at most 200 characters, a number, true or false',
    ),
});

const comparison = fields('a comparison', {
  field: fieldName,
  is: oneOf('a comparison', comparisons),
  /** Of a date also `today`, by the clock of the readers. NULL compares with nothing. */
  value: compared,
});

/** How rows look in which all of `when` is so. */
const highlight = fields('a highlight', {
  when: filledList(comparison, 'the comparisons'),
  /** The fields whose cells look so; without it all of the row's. */
  columns: filledList(fieldName, 'the fields of columns').optional(),
  bold: flag.default(false),
  /** `#rrggbb`, of the letters and of the area behind them. */
  color: matching(/^#[0-9a-fA-F]{6}$/, 'a color', 'use #rrggbb, such as #b00020').optional(),
  fill: matching(/^#[0-9a-fA-F]{6}$/, 'a color', 'use #rrggbb, such as #fff3cd').optional(),
});

/** Text with fields of a row: `Источник {DataSource}, {Period:month}`. */
const template = text('a text', 200).superRefine((value, context) => {
  const fault = templateFault(value);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

const group = fields('a group', {
  /** Rows next to each other in which all of these are the same. */
  fields: filledList(fieldName, 'the fields'),
  header: template,
  /** Before the sums at the group's end; without it there are none. */
  footer: template.optional(),
});

const order = fields('a key of an order', {
  id: name('the id of a key'),
  ordering: oneOf('an ordering', ['asc', 'desc']).default('asc'),
});

const tableShape = {
  dataset: name('the name of a dataset'),
  /** Keys of the definition, before those that a query asks for, so that groups stay together. */
  orderby: list(order, 'keys').default([]),
  columns: filledList(column, 'the columns'),
  /** From the outermost to the innermost. */
  groups: list(group, 'groups').default([]),
  /** Each that fits counts; of two that say the same, the later one. */
  highlights: list(highlight, 'highlights').default([]),
  /** Before the sums at the table's end; without it there are none. */
  total: template.optional(),
};

/** Datasets one below the other as deep as the definition goes. */
export interface TableLayout {
  readonly dataset: string;
  readonly orderby: readonly z.infer<typeof order>[];
  readonly columns: readonly ColumnLayout[];
  readonly groups: readonly GroupLayout[];
  readonly highlights: readonly HighlightLayout[];
  readonly total?: string | undefined;
  readonly details: readonly TableLayout[];
}
type TableInput = z.input<z.ZodObject<typeof tableShape>> & { details?: TableInput[] | undefined };

const table: z.ZodType<TableLayout, TableInput> = fields('a table', {
  ...tableShape,
  /** Datasets whose rows are printed below the row that they belong to. */
  get details() {
    return list(table, 'tables').default([]);
  },
});

/**
 * Of a page: `{title}`, `{company}`, `{period}`, `{user}`, `{printed}` (when), `{page}` and, at the
 * end of the text, `{pages}`.
 */
const pageText = text('a text', 200).superRefine((value, context) => {
  const known = ['title', 'company', 'period', 'user', 'printed', 'page', 'pages'];
  const fault = templateFault(value, known);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  else if (/\{pages\}./.test(value)) {
    context.addIssue({
      code: 'custom',
      message: '{pages} with text after it; put {pages} at the end of the text',
    });
  }
});
const band = fields('a line of a page', {
  left: pageText.optional(),
  center: pageText.optional(),
  right: pageText.optional(),
});

const page = fields('a page', {
  size: oneOf('a size of paper', ['A3', 'A4', 'A5']).default('A4'),
  orientation: oneOf('an orientation', ['portrait', 'landscape']).default('portrait'),
  /** In millimetres, on all four sides. */
  margin: between(5, 40, 'a margin').default(12),
});

const imageUse = 'use data:image/png;base64,… or data:image/jpeg;base64,…';
const longestImage = 400_000;

const logo = fields('a logo', {
  /** PNG without transparency, or JPEG. */
  image: matching(imagePattern, 'an image', imageUse)
    .max(longestImage, { error: `longer than ${longestImage} characters; use a smaller image` })
    .superRefine((value, context) => {
      const read = imagePattern.test(value) ? readLogo(value) : undefined;
      if (typeof read === 'string') context.addIssue({ code: 'custom', message: read });
    }),
  /** In millimetres. */
  height: between(5, 40, 'a height').default(12),
  /** For who does not see it. */
  alt: text('a text', 120),
});

const mostSignatures = 4;

const zoneUse = 'use an IANA name, such as Europe/Moscow';

export const layoutSchema = fields('a layout', {
  id: matching(
    /^[A-Z0-9]{10}$/,
    'the id of a report',
    'use 10 characters of 0-9 and A-Z, such as W400000001',
  ),
  title: text('a title', 120),
  /** Id of the definition whose rows are printed. */
  definition: matching(
    /^[0-9A-Z]{26}$/,
    'the id of a definition',
    'use 26 characters of 0-9 and A-Z',
  ),
  language: oneOf('a language', languages),
  /** Of its readers, by whose clock moments are shown; without it that of the definition. */
  timezone: z
    .string(expects('a time zone', zoneUse))
    .refine(isZone, expects('a time zone', zoneUse))
    .optional(),
  /** Whose figures these are, in the head. */
  company: text('a company', 120).optional(),
  /** At the top right of the first page. */
  logo: logo.optional(),
  /** Id of the root's condition whose dates are the report's period, in the head. */
  period: name('the id of a condition').optional(),
  page: page.default({ size: 'A4', orientation: 'portrait', margin: 12 }),
  header: band.default({}),
  /** Without it `page n of m` in the language, in the middle. */
  footer: band.optional(),
  table,
  /** Whose signatures are asked for, each below a line at the end. */
  signatures: list(text('a text', 60), 'texts')
    .max(mostSignatures, { error: `too many; use up to ${mostSignatures}` })
    .default([]),
});

export type LayoutDocument = z.infer<typeof layoutSchema>;
export type ColumnLayout = z.infer<typeof column>;
export type GroupLayout = z.infer<typeof group>;
export type HighlightLayout = z.infer<typeof highlight>;
export type Comparison = z.infer<typeof comparison>;
export type Aggregate = (typeof aggregates)[number];
export type PageBand = z.infer<typeof band>;
export type Language = (typeof languages)[number];
export type Format = (typeof formats)[number];
export type Alignment = (typeof alignments)[number];
