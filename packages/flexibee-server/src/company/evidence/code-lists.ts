/**
 * Code lists that relations point into. They can be referred to and filtered by, but are no
 * evidences of the stand-in. Ids are unique over all lists, so that one table holds them.
 */
export interface CodeListItem {
  list: string;
  id: number;
  kod: string;
  nazev: string;
}

const lists: Readonly<Record<string, readonly [number, string, string][]>> = {
  mena: [
    [31, 'CZK', 'Česká koruna'],
    [33, 'EUR', 'Euro'],
  ],
  stat: [
    [39, 'CZ', 'Česká republika'],
    [201, 'SK', 'Slovenská republika'],
  ],
  'typ-faktury-vydane': [
    [1001, 'FAKTURA', 'Faktura - daňový doklad'],
    [1002, 'ZALOHA', 'Zálohová faktura'],
  ],
  'typ-faktury-prijate': [[1011, 'FAKTURA', 'Faktura přijatá']],
  'typ-banka': [[1021, 'STANDARD', 'Bankovní doklad']],
  'typ-pokladni-pohyb': [
    [1031, 'PŘÍJEM', 'Příjmový pokladní doklad'],
    [1032, 'VÝDEJ', 'Výdajový pokladní doklad'],
  ],
  'typ-objednavky-prijate': [[1041, 'OBP', 'Objednávka přijatá']],
  'typ-smlouvy': [
    [1051, 'SLUŽBY', 'Smlouva o poskytování služeb'],
    [1052, 'NÁJEM', 'Nájemní smlouva'],
  ],
  'stav-smlouvy': [
    [1061, 'PLATNÁ', 'Platná smlouva'],
    [1062, 'UKONČENÁ', 'Ukončená smlouva'],
  ],
  'bankovni-ucet': [[1071, 'BANKOVNÍ ÚČET', 'Banka']],
  pokladna: [[1081, 'POKLADNA KČ', 'Hlavní pokladna']],
  'forma-uhrady': [
    [1091, 'PREVOD', 'Převodem'],
    [1092, 'HOTOVE', 'Hotově'],
    [1093, 'KARTA', 'Platební kartou'],
  ],
  stredisko: [
    [1101, 'C', 'Centrála'],
    [1102, 'OBCHOD', 'Obchodní oddělení'],
    [1103, 'SERVIS', 'Servis'],
  ],
  'skupina-firem': [
    [1111, 'ODBĚRATEL', 'Odběratelé'],
    [1112, 'DODAVATEL', 'Dodavatelé'],
  ],
  'skupina-zbozi': [
    [1121, 'SLUŽBY', 'Služby'],
    [1122, 'ZBOŽÍ', 'Zboží'],
  ],
  'merna-jednotka': [
    [1131, 'KS', 'Kus'],
    [1132, 'HOD', 'Hodina'],
    [1133, 'M', 'Metr'],
    [1134, 'MES', 'Měsíc'],
  ],
};

export const codeLists: readonly CodeListItem[] = Object.entries(lists).flatMap(([list, items]) =>
  items.map(([id, kod, nazev]) => ({ list, id, kod, nazev })),
);

export const isCodeList = (path: string): boolean => Object.hasOwn(lists, path);
