import type { Random } from 'stand-in-kit';
import { plain } from '../filter/plain.ts';
import { firstNames, goods, legalForms, streets, surnames, towns, trades } from './words.ts';

type Json = Record<string, unknown>;

/** Firms and tradesmen; some known to another system by an external id. */
export function partners(random: Random, count: number): Json[] {
  const codes = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    const surname = random.pick(surnames);
    const person = random.chance(0.3);
    const nazev = person
      ? `${random.pick(firstNames)} ${surname}`
      : `${random.pick(trades)} ${surname} ${random.pick(legalForms)}`;
    const kod = uniqueCode(nazev, codes);
    const [mesto, psc] = random.pick(towns);
    const ic = companyNumber(random);
    const vatPayer = !person || random.chance(0.4);
    return {
      id: random.chance(0.25)
        ? [`code:${kod}`, `ext:lms.customers:${1000 + index}`]
        : `code:${kod}`,
      nazev,
      ulice: `${random.pick(streets)} ${random.integer(1, 1899)}/${random.integer(1, 60)}`,
      mesto,
      psc,
      stat: 'code:CZ',
      ic,
      ...(vatPayer && { dic: `CZ${ic}` }),
      platceDph: String(vatPayer),
      email: `${plain(surname)}${index}@example.cz`,
      tel: `+420 ${random.integer(601, 799)} ${random.integer(100, 999)} ${random.integer(100, 999)}`,
      splatDny: String(random.pick([10, 14, 14, 30])),
      skupFir: random.chance(0.7) ? 'code:ODBĚRATEL' : 'code:DODAVATEL',
      typVztahuK: 'typVztahu.odberDodav',
      // A few were ours once: a listing hides them unless filtrovat-platnost=false.
      ...(random.chance(0.06) && { platiDo: '2022' }),
    };
  });
}

/** The price list: a fixed choice, prices a little different from company to company. */
export function products(random: Random): Json[] {
  const codes = new Set<string>();
  return goods.map(([nazev, price, typSzbDphK, typZasobyK, unit], index) => ({
    id: `code:${uniqueCode(nazev, codes)}`,
    nazev,
    cenaZakl: (price * (0.95 + 0.01 * random.integer(0, 10))).toFixed(2),
    typSzbDphK,
    typZasobyK,
    mj1: `code:${unit}`,
    skladove: String(typZasobyK === 'typZasoby.zbozi'),
    skupZboz: typZasobyK === 'typZasoby.zbozi' ? 'code:ZBOŽÍ' : 'code:SLUŽBY',
    ...(typZasobyK === 'typZasoby.zbozi' && { eanKod: `859${String(4_000_000 + index * 37)}` }),
  }));
}

export const labels: readonly Json[] = [
  { kod: 'VIP', nazev: 'VIP', vsbAdr: 'true', vsbFav: 'true' },
  { kod: 'NOVÝ', nazev: 'Nový zákazník', vsbAdr: 'true', skupVybKlic: 'code:STAV' },
  { kod: 'STÁLÝ', nazev: 'Stálý zákazník', vsbAdr: 'true', skupVybKlic: 'code:STAV' },
];

/** One or two people of each partner. */
export function contacts(random: Random, firms: readonly number[]): Json[] {
  return firms.flatMap((firma) =>
    Array.from({ length: random.integer(1, 2) }, (_, index) => {
      const prijmeni = random.pick(surnames);
      return {
        jmeno: random.pick(firstNames),
        prijmeni,
        funkce: random.pick(['jednatel', 'účetní', 'nákupčí', 'technik']),
        email: `${plain(prijmeni)}@firma${firma}.example.cz`,
        mobil: `+420 ${random.integer(601, 799)} ${random.integer(100, 999)} ${random.integer(100, 999)}`,
        firma,
        primarni: String(index === 0),
        odesilatFak: String(index === 0),
        ...(index === 0 && random.chance(0.2) && { stitky: 'VIP' }),
      };
    }),
  );
}

/** The company's own record. */
export function settings(random: Random): Json {
  const [mesto, psc] = random.pick(towns);
  const ic = companyNumber(random);
  return {
    nazFirmy: `${random.pick(trades)} ${random.pick(surnames)} s.r.o.`,
    ic,
    dic: `CZ${ic}`,
    uliceNazev: random.pick(streets),
    cisPop: String(random.integer(1, 1899)),
    mesto,
    psc,
    stat: 'code:CZ',
    platceDph: 'true',
    typUcJednotkyK: 'typUcJednotky.mala',
    splatDny: '14',
  };
}

function uniqueCode(name: string, taken: Set<string>): string {
  const base = plain(name)
    .replace(/[^a-z0-9]/g, '')
    .toUpperCase()
    .slice(0, 14);
  let code = base;
  for (let count = 2; taken.has(code); count++) code = `${base}${count}`;
  taken.add(code);
  return code;
}

/** Eight digits whose last one is the check digit of a Czech IČO. */
function companyNumber(random: Random): string {
  const digits = String(random.integer(1_000_000, 9_999_999));
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (8 - index), 0);
  return `${digits}${(11 - (sum % 11)) % 10}`;
}

/** The text of a contract, as a file beside it. */
export function contractText(id: number): Record<string, unknown> {
  const text = `Smlouva č. ${id}\nSmluvní strany se dohodly na plnění podle přiloženého ceníku.\n`;
  return {
    nazSoub: `smlouva-${id}.txt`,
    contentType: 'text/plain',
    'content@encoding': 'base64',
    content: Buffer.from(text).toString('base64'),
  };
}
