import type { Random } from 'stand-in-kit';
import { localDate } from '../time.ts';

type Json = Record<string, unknown>;

/** Ids of what documents refer to. */
interface Known {
  firms: readonly number[];
  stock: readonly number[];
  agreed: readonly number[];
}

const day = 86_400_000;

/** One partner in three has a contract. */
export function contracts(
  random: Random,
  firms: readonly number[],
  stock: readonly number[],
  now: number,
): Json[] {
  return firms
    .filter(() => random.chance(0.34))
    .map((firma) => ({
      nazev: random.pick(['Připojení k internetu', 'Správa sítě', 'Pronájem zařízení']),
      typSml: random.chance(0.8) ? 'code:SLUŽBY' : 'code:NÁJEM',
      stavSml: 'code:PLATNÁ',
      firma,
      smlouvaOd: localDate(now - random.integer(200, 1500) * day),
      frekFakt: '1',
      autoGen: 'true',
    }))
    .map((contract, index) => ({
      ...contract,
      polozkySmlouvy: Array.from({ length: 1 + (index % 3) }, (_, row) => ({
        cenik: stock[(index + row) % stock.length],
        autoGen: 'true',
      })),
    }));
}

/** Half a year of documents in the order of their days. */
export function documents(
  random: Random,
  known: Known,
  now: number,
): { evidence: string; json: Json }[] {
  const count = known.firms.length * 3;
  return Array.from({ length: count }, (_, index) => {
    const datVyst = localDate(now - Math.floor(((count - index) * 180) / count) * day);
    const common = { datVyst, firma: random.pick(known.firms) };
    const lot = random.next();
    if (lot < 0.45)
      return { evidence: 'faktura-vydana', json: issued(random, known, common, index) };
    if (lot < 0.6) return { evidence: 'faktura-prijata', json: received(random, common) };
    if (lot < 0.82) return { evidence: 'banka', json: payment(random, common) };
    if (lot < 0.9) return { evidence: 'pokladni-pohyb', json: cash(random, common) };
    return { evidence: 'objednavka-prijata', json: order(random, common) };
  });
}

function issued(random: Random, { stock, agreed }: Known, common: Json, index: number): Json {
  return {
    ...(random.chance(0.4) && { id: `ext:lms.docs:${2_026_000_000 + index}` }),
    ...common,
    typDokl: 'code:FAKTURA',
    formaUhradyCis: 'code:PREVOD',
    popis: random.pick(['Služby za uplynulý měsíc', 'Dodávka zboží', 'Servisní zásah']),
    ...(agreed.length > 0 && random.chance(0.3) && { smlouva: random.pick(agreed) }),
    ...(random.chance(0.6) && { stavUhrK: 'stavUhr.uhrazeno' }),
    polozkyFaktury: Array.from({ length: random.integer(1, 4) }, () => ({
      cenik: random.pick(stock),
      mnozMj: String(random.integer(1, 12)),
    })),
  };
}

function received(random: Random, common: Json): Json {
  return {
    ...common,
    typDokl: 'code:FAKTURA',
    cisDosle: String(random.integer(20_260_000, 20_269_999)),
    varSym: String(random.integer(1_000_000, 9_999_999)),
    popis: random.pick(['Nákup zboží', 'Energie', 'Nájem kanceláře', 'Telekomunikace']),
    sumZklZakl: String(random.integer(500, 60_000)),
    ...(random.chance(0.7) && { stavUhrK: 'stavUhr.uhrazeno' }),
  };
}

function payment(random: Random, common: Json): Json {
  return {
    ...common,
    typDokl: 'code:STANDARD',
    banka: 'code:BANKOVNÍ ÚČET',
    typPohybuK: random.chance(0.7) ? 'typPohybu.prijem' : 'typPohybu.vydej',
    varSym: String(random.integer(1_000_000, 9_999_999)),
    popis: 'Bankovní převod',
    sumCelkem: String(random.integer(100, 40_000)),
    stavUzivK: 'stavUziv.nactenoEl',
  };
}

function cash(random: Random, common: Json): Json {
  const income = random.chance(0.5);
  return {
    ...common,
    typDokl: income ? 'code:PŘÍJEM' : 'code:VÝDEJ',
    typPohybuK: income ? 'typPohybu.prijem' : 'typPohybu.vydej',
    pokladna: 'code:POKLADNA KČ',
    popis: income ? 'Tržba v hotovosti' : 'Drobný nákup',
    sumZklZakl: String(random.integer(50, 3000)),
  };
}

function order(random: Random, common: Json): Json {
  return {
    ...common,
    typDokl: 'code:OBP',
    cisDosle: `O${random.integer(1000, 9999)}`,
    popis: 'Objednávka zákazníka',
    sumZklZakl: String(random.integer(500, 25_000)),
    stavUzivK: random.pick([
      'stavDoklObch.pripraveno',
      'stavDoklObch.schvaleno',
      'stavDoklObch.hotovo',
    ]),
  };
}
