/** Texts that a report has of its own, in the languages of its readers. */

import type { Language } from './layout.ts';

/** `{…}` stands for what is filled in. */
interface Words {
  readonly yes: string;
  readonly no: string;
  readonly footer: string;
  readonly noRows: string;
  readonly company: string;
  readonly period: string;
  /** Of a report whose period nobody has limited. */
  readonly unlimited: string;
  readonly conditions: string;
  readonly rows: string;
  /** What `top` and `skip` of a query say: at most `{top}`, after the first `{skip}`. */
  readonly top: string;
  readonly skip: string;
  readonly printed: string;
  /** Where there were more rows than `top`. */
  readonly cut: string;
  /** Below the rows of a page, and above those of the next one; `{caption}` names what is summed. */
  readonly carriedForward: string;
  readonly broughtForward: string;
  readonly count: string;
  readonly average: string;
  /** Before the codes that stand in place of characters. */
  readonly missing: string;
  /** More values than a condition shows. */
  readonly more: string;
  /** Of a range with one end. */
  readonly from: string;
  readonly to: string;
  /** Between conditions, or a list and a range, and before conditions that are not all fulfilled. */
  readonly or: string;
  readonly and: string;
  readonly not: string;
  /** Of a condition for rows without a value, or with one. */
  readonly empty: string;
  readonly notEmpty: string;
}

export const words: Readonly<Record<Language, Words>> = {
  cs: {
    yes: 'ano',
    no: 'ne',
    footer: 'strana {page} z {pages}',
    noRows: 'Žádné záznamy',
    company: 'Firma',
    period: 'Období',
    unlimited: 'bez omezení',
    conditions: 'Podmínky',
    rows: 'Záznamy',
    top: 'nejvýše {top}',
    skip: 'bez prvních {skip}',
    printed: 'Vytištěno',
    cut: 'Vytištěno jen prvních {top} záznamů. Další tu nejsou a v součtech chybějí.',
    carriedForward: 'K převodu: {caption}',
    broughtForward: 'Převod: {caption}',
    count: 'počet',
    average: 'průměr',
    missing: 'Znaky, které písmo nemá, jsou vytištěny jako kódy',
    more: 'a další ({count})',
    from: 'od',
    to: 'do',
    or: 'nebo',
    and: 'a',
    not: 'neplatí',
    empty: 'nevyplněno',
    notEmpty: 'vyplněno',
  },
  ru: {
    yes: 'да',
    no: 'нет',
    footer: 'страница {page} из {pages}',
    noRows: 'Нет записей',
    company: 'Организация',
    period: 'Период',
    unlimited: 'без ограничения',
    conditions: 'Условия',
    rows: 'Записи',
    top: 'не более {top}',
    skip: 'без первых {skip}',
    printed: 'Напечатано',
    cut: 'Напечатаны только первые записи: {top}. Остальных здесь нет, и в итоги они не входят.',
    carriedForward: 'К переносу: {caption}',
    broughtForward: 'Перенос: {caption}',
    count: 'кол-во',
    average: 'среднее',
    missing: 'Вместо знаков, которых нет в шрифте, напечатаны их коды',
    more: 'и другие ({count})',
    from: 'с',
    to: 'по',
    or: 'или',
    and: 'и',
    not: 'неверно',
    empty: 'не заполнено',
    notEmpty: 'заполнено',
  },
  en: {
    yes: 'yes',
    no: 'no',
    footer: 'page {page} of {pages}',
    noRows: 'No records',
    company: 'Company',
    period: 'Period',
    unlimited: 'not limited',
    conditions: 'Conditions',
    rows: 'Records',
    top: 'at most {top}',
    skip: 'without the first {skip}',
    printed: 'Printed',
    cut: 'Only the first {top} records are printed. There are more, which the totals leave out.',
    carriedForward: 'Carried forward: {caption}',
    broughtForward: 'Brought forward: {caption}',
    count: 'count',
    average: 'average',
    missing: 'Characters that the font does not have are printed as codes',
    more: 'and others ({count})',
    from: 'from',
    to: 'to',
    or: 'or',
    and: 'and',
    not: 'not',
    empty: 'empty',
    notEmpty: 'not empty',
  },
};
