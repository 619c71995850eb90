import { type Database, quoted } from '../database.ts';
import type { Evidence } from '../evidence/index.ts';

/** Number series: prefix, digits, and how the year is written. */
const series: Readonly<Record<string, (count: number, year: string) => string>> = {
  'faktura-vydana': (count, year) => `VF1-${String(count).padStart(4, '0')}/${year}`,
  'faktura-prijata': (count, year) => `PF-${String(count).padStart(4, '0')}/${year}`,
  'objednavka-prijata': (count, year) => `OBP${String(count).padStart(4, '0')}/${year}`,
  banka: (count, year) => `B+${String(count).padStart(8, '0')}/${year.slice(2)}`,
  'pokladni-pohyb': (count, year) => `P+${String(count).padStart(4, '0')}/${year}`,
  smlouva: (count, year) => `SML${String(count).padStart(4, '0')}/${year}`,
};

/**
 * The next code of the evidence's number series, if it has one.
 * @returns the code and the number of the year's series (an evidence of its own, `rocni-rada`)
 */
export function nextCode(
  db: Database,
  { path }: Evidence,
  date: string,
): { code: string; series: number } | undefined {
  const write = series[path];
  if (write === undefined) return undefined;
  const year = date.slice(0, 4);
  const name = `series ${path} ${year}`;
  for (;;) {
    const count = (db.number('SELECT value FROM meta WHERE name = ?', name) ?? 0) + 1;
    db.run('INSERT OR REPLACE INTO meta VALUES (?, ?)', name, count);
    const code = write(count, year);
    if (db.one(`SELECT 1 FROM ${quoted(path)} WHERE kod = ?`, code) === undefined) {
      return { code, series: 210 + Object.keys(series).indexOf(path) };
    }
  }
}
