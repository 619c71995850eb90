/** The values of FlexiBee's select fields, key to Czech text. */

export const vatRate = {
  'typSzbDph.dphOsv': 'osvobozeno',
  'typSzbDph.dphSniz': 'snížená',
  'typSzbDph.dphSniz2': '2. snížená',
  'typSzbDph.dphZakl': 'základní',
};

export const priceKind = { 'typCeny.bezDph': 'bez DPH', 'typCeny.sDph': 'včetně DPH' };

export const movement = { 'typPohybu.prijem': 'Příjem', 'typPohybu.vydej': 'Výdej' };

export const paymentState = {
  'stavUhr.castUhr': 'Částečně uhrazeno',
  'stavUhr.uhrazeno': 'Uhrazeno',
  'stavUhr.uhrazenoRucne': 'Uhrazeno (ručně)',
};

export const mailState = {
  'stavMail.neodesilat': 'Neodesílat',
  'stavMail.odeslat': 'Odeslat',
  'stavMail.odeslano': 'Odesláno',
};

export const relationship = {
  'typVztahu.odberDodav': 'Odběr./Dodav.',
  'typVztahu.odberatel': 'Odběratel',
  'typVztahu.dodavatel': 'Dodavatel',
  'typVztahu.vyrobce': 'Výrobce',
  'typVztahu.vsechno': 'Všechno',
};

export const stockKind = {
  'typZasoby.zbozi': 'Zboží',
  'typZasoby.material': 'Materiál',
  'typZasoby.vyrobek': 'Výrobek',
  'typZasoby.sluzba': 'Služba',
  'typZasoby.poplatek': 'Poplatek',
};

export const itemKind = {
  'typPolozky.obecny': 'Položka s cenou a množstvím',
  'typPolozky.katalog': 'Položka z ceníku',
  'typPolozky.ucetni': 'Položka pro zaúčtování',
  'typPolozky.text': 'Textový řádek',
};

export const accountingItem = { 'typPolozky.ucetni': itemKind['typPolozky.ucetni'] };

export const pairingKind = {
  'typVazbyDokl.uhrada': 'Úhrada',
  'typVazbyDokl.uhradaKR': 'Úhrada kurzového rozdílu',
  'typVazbyDokl.KR': 'Kurzový rozdíl',
  'typVazbyDokl.ZB': 'Zbytek',
  'typVazbyDokl.PP': 'Přeplatek',
};

export const invoicingTime = {
  'zpusobFakt.dopredu': 'Fakturovat dopředu',
  'zpusobFakt.zpetne': 'Fakturovat zpětně',
};

export const unitSize = {
  'typUcJednotky.mikro': 'Mikro účetní jednotka',
  'typUcJednotky.mala': 'Malá účetní jednotka',
  'typUcJednotky.velka': 'Velká účetní jednotka',
};

export const lockState = {
  'zamek.otevreno': 'Otevřeno',
  'zamek.prohlednuto': 'Prohlédnuto',
  'zamek.polozamceno': 'Zamknuto mimo účetní',
  'zamek.zamceno': 'Zamknuto',
};

export const orderState = {
  'stavDoklObch.nespec': 'Nespecifikováno',
  'stavDoklObch.pripraveno': 'Připraveno',
  'stavDoklObch.schvaleno': 'Schváleno',
  'stavDoklObch.castVydano': 'Částečně vydáno/přijato',
  'stavDoklObch.vydano': 'Vydáno/přijato',
  'stavDoklObch.castHotovo': 'Částečně hotovo',
  'stavDoklObch.hotovo': 'Hotovo',
  'stavDoklObch.storno': 'Storno',
};

export const bankState = {
  'stavUziv.bezPrikazu': 'Bez příkazu',
  'stavUziv.nactenoEl': 'Načteno elektronicky',
  'stavUziv.zauctovano': 'Zaúčtováno do pokladny',
};

export const attachmentKind = {
  'typPrilohy.logo': 'Logo',
  'typPrilohy.podRaz': 'Podpis a razítko',
  'typPrilohy.obrazek': 'Obrázková příloha',
  'typPrilohy.odkaz': 'URL odkaz na internet nebo soubor',
  'typPrilohy.ostatni': 'Blíže neurčený typ přílohy',
};
