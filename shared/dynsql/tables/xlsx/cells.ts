/** Cells of a sheet (ECMA-376 part 1, 18.3.1.4): values with the types that a spreadsheet has. */

import { wallClock } from '../../../time/zone.ts';
import { textOf } from '../cell-text.ts';
import type { Cell, TableColumn } from '../table.ts';
import { styles } from './parts.ts';
import { xmlText } from './xml-text.ts';

/** What a cell is: its attributes and content, behind its place. Undefined: there is none. */
export type WriteCell = (cell: Cell) => string | undefined;

/** Excel keeps so many digits of a number. */
const mostDigits = 15;
/** UTF-16 units of a cell's text. */
export const longestText = 32_767;

const dayMs = 86_400_000;
/** Serial numbers are days since then; Excel and LibreOffice disagree about dates before March 1900. */
const epoch = Date.UTC(1899, 11, 30);
const firstDate = Date.UTC(1900, 2, 1);
const lastDate = Date.UTC(9999, 11, 31) + dayMs;

/** How values of one column are written; made once a column, called once a row. */
export function cellWriter({ datatype, zone }: TableColumn): WriteCell {
  const timed = timeWriter(datatype.toLowerCase(), zone);
  return (cell) => {
    if (typeof cell === 'number') return `><v>${cell}</v></c>`;
    if (cell === 'null') return undefined;
    if (cell.startsWith('"')) {
      const text = textOf(cell);
      return timed?.(text) ?? textCell(text);
    }
    if (cell === 'true') return ' t="b"><v>1</v></c>';
    return cell === 'false' ? ' t="b"><v>0</v></c>' : numberCell(cell);
  };
}

/** With more digits than a spreadsheet keeps it is a text, so that none is lost. */
function numberCell(json: string): string {
  const isShort = json.length <= mostDigits;
  return isShort || digitsOf(json) <= mostDigits ? `><v>${json}</v></c>` : textCell(json);
}

/** Significant ones: without zeros in front, nor those at the end of a fraction. */
function digitsOf(json: string): number {
  const [mantissa = ''] = json.split(/e/i);
  const isFraction = mantissa.includes('.');
  const digits = (isFraction ? mantissa.replace(/0+$/, '') : mantissa).replaceAll(/[-.]/g, '');
  return digits.replace(/^0+/, '').length;
}

/** What a spreadsheet would take for something else if somebody typed it. */
const typedOtherwise = /^[\s]*[-+=@.\d]/;

/** A text is never a formula; one that looks like anything else stays a text when it is edited. */
export function textCell(text: string): string {
  const style = typedOtherwise.test(text) ? ` s="${styles.text}"` : '';
  const space = /^\s|\s$|\n/.test(text) ? ' xml:space="preserve"' : '';
  return `${style} t="inlineStr"><is><t${space}>${xmlText(fitting(text))}</t></is></c>`;
}

/** What does not fit is left out, and told at its end. */
function fitting(text: string): string {
  if (text.length <= longestText) return text;
  const told = ` … (${text.length} characters, a cell has ${longestText})`;
  return text.slice(0, longestText - told.length).replace(/[\ud800-\udbff]$/, '') + told;
}

type TimeWriter = (text: string) => string | undefined;

/** Undefined for what is no time; one that a spreadsheet does not have is a text by the same clock. */
function timeWriter(datatype: string, zone: string): TimeWriter | undefined {
  switch (datatype) {
    case 'dtdate':
      return (text) => {
        const wall = wallOf(text, zone);
        if (wall === undefined) return undefined;
        return dateCell(wall, wall % dayMs === 0 ? styles.day : clockStyle(wall));
      };
    case 'dtdatetime':
    case 'dttimestamp':
      return (text) => {
        const wall = wallOf(text, zone);
        return wall === undefined ? undefined : dateCell(wall, clockStyle(wall));
      };
    case 'dttime':
      return timeOfDay;
    default:
      return undefined;
  }
}

const clockStyle = (wall: number): number =>
  wall % 1000 === 0 ? styles.moment : styles.exactMoment;

/** Undefined after the last date, of which the text as it came is kept. */
function dateCell(wall: number, style: number): string | undefined {
  if (wall >= lastDate) return undefined;
  if (wall < firstDate) return textCell(clockText(wall, style));
  return ` s="${style}"><v>${(wall - epoch) / dayMs}</v></c>`;
}

/** As the cells around it are shown: the same clock, no offset. */
function clockText(wall: number, style: number): string {
  const [date = '', time = ''] = new Date(wall).toISOString().replace('Z', '').split('T');
  if (style === styles.day) return date;
  return `${date} ${style === styles.moment ? time.slice(0, 8) : time}`;
}

const day = /^\d{4}-\d\d-\d\d$/;
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$/;

/** What the zone's clock shows, as if it were UTC; days have no zone. */
function wallOf(text: string, zone: string): number | undefined {
  if (day.test(text)) return Date.parse(text);
  const found = moment.exec(text);
  if (found === null) return undefined;
  const hasOffset = found[1] !== undefined;
  const time = Date.parse(hasOffset ? text : `${text}Z`);
  if (Number.isNaN(time)) return undefined;
  return hasOffset ? wallClock(time, zone) : time;
}

/** A part of a day. */
function timeOfDay(text: string): string | undefined {
  if (!/^\d\d:\d\d:\d\d(\.\d+)?$/.test(text)) return undefined;
  const time = Date.parse(`1970-01-01T${text}Z`);
  if (Number.isNaN(time)) return undefined;
  return ` s="${time % 1000 === 0 ? styles.time : styles.exactTime}"><v>${time / dayMs}</v></c>`;
}
