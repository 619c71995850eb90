import type { Random } from 'stand-in-kit';
import { localDate } from '../time.ts';
import type { JsonRecord } from '../types.ts';

type Json = Record<string, unknown>;

const bank = { typDokl: 'code:STANDARD', banka: 'code:BANKOVNÍ ÚČET' };

/** Bank documents that are accounted by item: fees, interest. One for ten partners. */
export function bankItems(random: Random, firms: readonly number[], now: number): Json[] {
  return Array.from({ length: Math.ceil(firms.length / 10) }, (_, index) => ({
    ...bank,
    typPohybuK: 'typPohybu.vydej',
    popis: 'Poplatky banky',
    datVyst: localDate(now),
    varSym: String(random.integer(1_000_000, 9_999_999)),
    polozkyIntDokladu: ['Vedení účtu', 'Odeslané platby', 'Výpis poštou']
      .slice(0, 1 + (index % 3))
      .map((nazev) => ({ nazev, sumZkl: String(random.integer(5, 300)) })),
  }));
}

/** Half of the open invoices are paid, one in five of them in part: each payment is paired. */
export function payments(random: Random, open: readonly JsonRecord[], now: number): Json[] {
  return open
    .filter(() => random.chance(0.5))
    .map((invoice) => {
      const left = Number(invoice['zbyvaUhradit']);
      const part = random.chance(0.2);
      return {
        ...bank,
        typPohybuK: 'typPohybu.prijem',
        popis: 'Úhrada faktury',
        datVyst: localDate(now),
        ...(invoice['firma'] !== '' && { firma: invoice['firma'] }),
        varSym: invoice['varSym'],
        sumCelkem: (part ? left / 2 : left).toFixed(2),
        stavUzivK: 'stavUziv.nactenoEl',
        sparovani: {
          uhrazovanaFak: invoice['id'],
          'uhrazovanaFak@type': 'faktura-vydana',
          zbytek: part ? 'castecnaUhrada' : 'ne',
        },
      };
    });
}
