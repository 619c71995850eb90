/** The parts of a workbook (ECMA-376 part 1) beside its sheets. */

import { xmlText } from './xml-text.ts';

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packageRelations = 'http://schemas.openxmlformats.org/package/2006/relationships';
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Places in `cellXfs` below. */
export const styles = {
  head: 1,
  day: 2,
  moment: 3,
  exactMoment: 4,
  time: 5,
  exactTime: 6,
  text: 7,
} as const;

/** Every part that is not named is a sheet, so that it needs not be known how many come. */
const contentTypes = `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="${types}.worksheet+xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${types}.styles+xml"/></Types>`;

const packageParts = `${head}<Relationships xmlns="${packageRelations}"><Relationship Id="rId1" Type="${relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

const cellFormat = (format: number) =>
  `<xf numFmtId="${format}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`;

/** 14 is the day as the reader's country writes it, 49 a text. */
const styleSheet = `${head}<styleSheet xmlns="${main}"><numFmts count="4"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/><numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss.000"/><numFmt numFmtId="166" formatCode="hh:mm:ss"/><numFmt numFmtId="167" formatCode="hh:mm:ss.000"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="8"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>${[14, 164, 165, 166, 167, 49].map(cellFormat).join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;

/** Those that are known before there is a sheet. */
export const firstParts: readonly { path: string; xml: string }[] = [
  { path: '[Content_Types].xml', xml: contentTypes },
  { path: '_rels/.rels', xml: packageParts },
  { path: 'xl/styles.xml', xml: styleSheet },
];

export const sheetPath = (place: number): string => `xl/worksheets/sheet${place + 1}.xml`;

/** Those that name the sheets, in their order. */
export function lastParts(names: readonly string[]): { path: string; xml: string }[] {
  const sheets = names.map((name, place) => {
    const text = xmlText(name).replaceAll('"', '&quot;');
    return `<sheet name="${text}" sheetId="${place + 1}" r:id="rId${place + 1}"/>`;
  });
  const links = names.map((_, place) => {
    const target = `worksheets/sheet${place + 1}.xml`;
    return `<Relationship Id="rId${place + 1}" Type="${relations}/worksheet" Target="${target}"/>`;
  });
  const style = `<Relationship Id="rId${names.length + 1}" Type="${relations}/styles" Target="styles.xml"/>`;
  return [
    {
      path: 'xl/workbook.xml',
      xml: `${head}<workbook xmlns="${main}" xmlns:r="${relations}"><sheets>${sheets.join('')}</sheets></workbook>`,
    },
    {
      path: 'xl/_rels/workbook.xml.rels',
      xml: `${head}<Relationships xmlns="${packageRelations}">${links.join('')}${style}</Relationships>`,
    },
  ];
}

/** A sheet up to its rows: the head stays where it is while one scrolls. @param widths in characters */
export function sheetHead(widths: readonly number[]): string {
  const columns = widths.map((width, at) => {
    return `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`;
  });
  const cols = columns.length === 0 ? '' : `<cols>${columns.join('')}</cols>`;
  return `${head}<worksheet xmlns="${main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>${cols}<sheetData>`;
}

export const sheetEnd = '</sheetData></worksheet>';
