import { type Evidence, keys, logic, relation, text, validity } from './property.ts';

const head = [
  ...keys,
  text('kod', 'Zkratka', { maxLength: 20, summary: true, mandatory: true, upperCase: true }),
  text('nazev', 'Název', { maxLength: 255, summary: true, mandatory: true }),
  text('nazevA', 'Název EN', { maxLength: 255 }),
  text('nazevB', 'Název DE', { maxLength: 255 }),
  text('nazevC', 'Název FR', { maxLength: 255 }),
  text('poznam', 'Poznámka'),
  text('popis', 'Popis'),
  ...validity,
];

export const labelGroups: Evidence = {
  path: 'skupina-stitku',
  name: 'Skupiny štítků',
  type: 'SKUPINA_STITKU',
  importStatus: 'NOT_DOCUMENTED',
  validity: true,
  properties: [...head, logic('pouzeJeden', 'Pouze jeden')],
};

/** `vsb…` says of what a label may be; FlexiBee offers it there, and does not keep it out elsewhere. */
export const labelList: Evidence = {
  path: 'stitek',
  name: 'Štítky',
  type: 'STITEK',
  importStatus: 'NOT_DOCUMENTED',
  validity: true,
  properties: [
    ...head,
    logic('vsbAdr', 'Adresář'),
    logic('vsbKatalog', 'Ceník'),
    logic('vsbFav', 'Vydané faktury'),
    logic('vsbFap', 'Přijaté faktury'),
    logic('vsbBan', 'Banka'),
    logic('vsbPok', 'Pokladna'),
    logic('vsbObp', 'Objednávky přijaté'),
    relation('skupVybKlic', 'Skupina štítků', 'skupina-stitku'),
  ],
};
