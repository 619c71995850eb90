import {
  amount,
  date,
  type Evidence,
  id,
  keys,
  labels,
  logic,
  type Property,
  percent,
  quantity,
  relation,
  select,
  text,
  whole,
} from './property.ts';
import {
  accountingItem,
  bankState,
  itemKind,
  lockState,
  mailState,
  movement,
  orderState,
  pairingKind,
  paymentState,
  priceKind,
  vatRate,
} from './selects.ts';

const head = (typesOf: string, typeLabel: string): Property[] => [
  ...keys,
  text('kod', 'Interní číslo', { maxLength: 20, summary: true, mandatory: true, upperCase: true }),
  date('datVyst', 'Vystaveno', { summary: true, mandatory: true }),
  text('popis', 'Popis', { maxLength: 255, summary: true }),
  text('poznam', 'Poznámka'),
  relation('typDokl', typeLabel, typesOf, { mandatory: true }),
  relation('mena', 'Měna', 'mena', { summary: true }),
  relation('stredisko', 'Středisko', 'stredisko', { maxLength: 20 }),
  text('source', 'Zdroj', { maxLength: 50 }),
  logic('storno', 'Storno', { readOnly: true }),
  select('zamekK', 'Zámek', lockState, { readOnly: true }),
  labels,
];

const partner: Property[] = [
  relation('firma', 'Firma', 'adresar', { maxLength: 20, summary: true }),
  text('nazFirmy', 'Název firmy nebo jméno osoby', { maxLength: 255 }),
  text('ulice', 'Ulice', { maxLength: 255 }),
  text('mesto', 'Město', { maxLength: 255 }),
  text('psc', 'PSČ', { maxLength: 255 }),
  text('ic', 'IČO', { maxLength: 20 }),
  text('dic', 'DIČ', { maxLength: 20 }),
];

const sums: Property[] = [
  amount('sumOsv', 'Osvob., bez DPH [Kč]'),
  amount('sumZklSniz', 'Základ DPH sníž. [Kč]'),
  amount('sumZklZakl', 'Základ DPH zákl. [Kč]'),
  amount('sumDphSniz', 'DPH snížená [Kč]'),
  amount('sumDphZakl', 'DPH základní [Kč]'),
  amount('sumZklCelkem', 'Celkem bez DPH [Kč]', { readOnly: true }),
  amount('sumDphCelkem', 'Celkem DPH [Kč]', { readOnly: true }),
  amount('sumCelkem', 'Celkem [Kč]', { summary: true }),
];

const payable: Property[] = [
  text('varSym', 'Variabilní symbol', { maxLength: 30, mandatory: true }),
  date('duzpPuv', 'Datum zdaň. plnění'),
  date('datSplat', 'Splatnost', { summary: true }),
  date('datUhr', 'Uhrazeno dne', { readOnly: true }),
  amount('zbyvaUhradit', 'Zbývá uhradit [Kč]', { summary: true, readOnly: true }),
  select('stavUhrK', 'Stav úhrady dokladu', paymentState, { summary: true }),
  relation('formaUhradyCis', 'Forma úhrady', 'forma-uhrady'),
];

export const issuedInvoices: Evidence = {
  path: 'faktura-vydana',
  name: 'Vydané faktury',
  type: 'FAKTURA_OUT',
  newestFirst: true,
  children: {
    field: 'polozkyFaktury',
    alias: 'polozkyDokladu',
    url: 'polozkyDokladu',
    evidence: 'faktura-vydana-polozka',
    parent: 'doklFak',
  },
  properties: [
    ...head('typ-faktury-vydane', 'Typ faktury'),
    ...payable,
    ...partner,
    ...sums,
    text('cisObj', 'Číslo objednávky', { maxLength: 2000 }),
    logic('bezPolozek', 'Bezpoložkový doklad'),
    select('stavMailK', 'Stav mailu', mailState),
    relation('smlouva', 'Smlouva', 'smlouva', { maxLength: 20 }),
    logic('podpisPrik', 'Podpis příkazu', { readOnly: true }),
  ],
};

export const issuedInvoiceItems: Evidence = {
  path: 'faktura-vydana-polozka',
  name: 'Položky vydaných faktur a prodejek',
  type: 'FAKTURA_OUT_POLOZKA',
  importStatus: 'NOT_DIRECT',
  properties: [
    ...keys,
    text('kod', 'Označení', { maxLength: 64, summary: true, upperCase: true }),
    text('nazev', 'Název', { maxLength: 255, summary: true }),
    whole('cisRad', 'Pořadí'),
    select('typPolozkyK', 'Typ položky', itemKind, { mandatory: true }),
    quantity('mnozMj', 'Množství', { summary: true }),
    select('typCenyDphK', 'Typ ceny', priceKind),
    select('typSzbDphK', 'Typ sazby DPH', vatRate),
    percent('szbDph', 'DPH [%]'),
    quantity('cenaMj', 'Cena za MJ'),
    percent('slevaPol', 'Sleva položky[%]'),
    amount('sumZkl', 'Základ [Kč]'),
    amount('sumDph', 'DPH [Kč]'),
    amount('sumCelkem', 'Celkem [Kč]', { summary: true }),
    text('poznam', 'Poznámka'),
    date('datVyst', 'Datum vyst.', { summary: true, readOnly: true }),
    relation('mena', 'Měna', 'mena', { summary: true, readOnly: true }),
    relation('cenik', 'Kód z ceníku', 'cenik', { maxLength: 64, summary: true }),
    relation('mj', 'MJ', 'merna-jednotka'),
    relation('doklFak', 'Doklad', 'faktura-vydana', { readOnly: true }),
  ],
};

export const receivedInvoices: Evidence = {
  path: 'faktura-prijata',
  name: 'Přijaté faktury',
  type: 'FAKTURA_IN',
  newestFirst: true,
  properties: [
    ...head('typ-faktury-prijate', 'Typ faktury'),
    ...payable,
    ...partner,
    ...sums,
    text('cisDosle', 'Číslo došlé', { maxLength: 40 }),
    logic('podpisPrik', 'Podpis příkazu', { readOnly: true }),
  ],
};

export const bank: Evidence = {
  path: 'banka',
  name: 'Banka',
  type: 'BANKA',
  newestFirst: true,
  children: {
    field: 'polozkyIntDokladu',
    alias: 'polozkyDokladu',
    url: 'polozkyDokladu',
    evidence: 'banka-polozka',
    parent: 'doklInt',
  },
  properties: [
    ...head('typ-banka', 'Typ dokladu'),
    select('typPohybuK', 'Typ pohybu', movement, { mandatory: true }),
    text('varSym', 'Variabilní symbol', { maxLength: 30 }),
    relation('banka', 'Bank.účet', 'bankovni-ucet', { mandatory: true }),
    text('buc', 'Číslo bank. účtu', { maxLength: 255 }),
    logic('sparovano', 'Spárováno', { readOnly: true }),
    select('stavUzivK', 'Uživatelský stav', bankState),
    ...partner,
    ...sums,
  ],
};

export const bankItems: Evidence = {
  path: 'banka-polozka',
  name: 'Položky banky a vzájemných zápočtů',
  type: 'BANKA_POLOZKA',
  importStatus: 'NOT_DIRECT',
  properties: [
    ...keys,
    text('nazev', 'Název', { maxLength: 255, summary: true }),
    whole('cisRad', 'Pořadí'),
    select('typPolozkyK', 'Typ položky', accountingItem, { mandatory: true }),
    select('typSzbDphK', 'Typ sazby DPH', vatRate),
    percent('szbDph', 'DPH [%]'),
    amount('sumZkl', 'Základ [Kč]'),
    amount('sumDph', 'DPH [Kč]'),
    amount('sumCelkem', 'Celkem [Kč]', { summary: true }),
    text('poznam', 'Poznámka'),
    date('datVyst', 'Datum vyst.', { summary: true, readOnly: true }),
    logic('storno', 'Storno', { readOnly: true }),
    relation('stredisko', 'Středisko', 'stredisko', { maxLength: 20 }),
    relation('mena', 'Měna', 'mena', { summary: true, readOnly: true }),
    relation('doklInt', 'Doklad', 'banka', { readOnly: true }),
    text('source', 'Zdroj', { maxLength: 50 }),
  ],
};

/** What a payment paid. FlexiBee has no time of its last change, and shows nobody the documents. */
export const pairings: Evidence = {
  path: 'vazba',
  name: 'Vazby dokladu',
  type: 'VAZBA_MEZI_DOKLADY',
  importStatus: 'DISALLOWED',
  properties: [
    id,
    select('typVazbyK', 'Typ vazby', pairingKind, { summary: true }),
    amount('castka', 'Spárovaná částka', { summary: true }),
    logic('storno', 'Storno', { summary: true }),
  ],
  own: [relation('platba', 'Platba', 'banka'), relation('faktura', 'Faktura', 'faktura-vydana')],
};

export const cash: Evidence = {
  path: 'pokladni-pohyb',
  name: 'Pokladna',
  type: 'POKLADNI_POHYB',
  newestFirst: true,
  properties: [
    ...head('typ-pokladni-pohyb', 'Typ dokladu'),
    select('typPohybuK', 'Typ pohybu', movement, { mandatory: true }),
    relation('pokladna', 'Pokladna', 'pokladna', { mandatory: true }),
    ...partner,
    ...sums,
  ],
};

export const receivedOrders: Evidence = {
  path: 'objednavka-prijata',
  name: 'Přijaté objednávky',
  type: 'OBJEDNAVKA_IN',
  newestFirst: true,
  properties: [
    ...head('typ-objednavky-prijate', 'Typ dokladu'),
    text('cisDosle', 'Číslo došlé', { maxLength: 40 }),
    date('datTermin', 'Termín'),
    select('stavUzivK', 'Uživatelský stav', orderState),
    ...partner,
    ...sums,
  ],
};
