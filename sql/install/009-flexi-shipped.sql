-- What the shipped definitions of dynsql ask of the typed tables (catalog/dynsql/flexibee-*.json): there
-- from the start, as columns that the companies' own properties then widen. Kinds and lengths are
-- FlexiBee's.
SET QUOTED_IDENTIFIER ON;
SET ANSI_NULLS ON;
GO
EXEC flexi.sp_shape_evidence N'', N'faktura-vydana', N'Vydané faktury', N'[
  {"name": "lastUpdate", "type": "datetime", "title": "Poslední změna"},
  {"name": "kod", "type": "string", "maxLength": 20, "title": "Interní číslo"},
  {"name": "varSym", "type": "string", "maxLength": 30, "title": "Variabilní symbol"},
  {"name": "popis", "type": "string", "maxLength": 255, "title": "Popis"},
  {"name": "datVyst", "type": "date", "title": "Vystaveno"},
  {"name": "datSplat", "type": "date", "title": "Splatnost"},
  {"name": "sumCelkem", "type": "numeric", "digits": 15, "decimal": 2, "title": "Celkem [Kč]"},
  {"name": "zbyvaUhradit", "type": "numeric", "digits": 15, "decimal": 2, "title": "Zbývá uhradit [Kč]"},
  {"name": "mena", "type": "relation", "target": "mena", "title": "Měna"},
  {"name": "stavUhrK", "type": "select", "maxLength": 50, "title": "Stav úhrady dokladu"},
  {"name": "storno", "type": "logic", "title": "Storno"},
  {"name": "firma", "type": "relation", "maxLength": 20, "target": "adresar", "title": "Firma"},
  {"name": "nazFirmy", "type": "string", "maxLength": 255, "title": "Název firmy nebo jméno osoby"}
]';
GO
EXEC flexi.sp_shape_evidence N'', N'adresar', N'Adresy firem', N'[
  {"name": "lastUpdate", "type": "datetime", "title": "Poslední změna"},
  {"name": "kod", "type": "string", "maxLength": 20, "title": "Zkratka"},
  {"name": "ic", "type": "string", "maxLength": 20, "title": "IČO"},
  {"name": "nazev", "type": "string", "maxLength": 255, "title": "Název"},
  {"name": "ulice", "type": "string", "maxLength": 255, "title": "Ulice"},
  {"name": "mesto", "type": "string", "maxLength": 255, "title": "Město"},
  {"name": "psc", "type": "string", "maxLength": 255, "title": "PSČ"},
  {"name": "stat", "type": "relation", "maxLength": 3, "target": "stat", "title": "Stát"},
  {"name": "tel", "type": "string", "maxLength": 255, "title": "Telefon"},
  {"name": "email", "type": "string", "maxLength": 255, "title": "E-mail"},
  {"name": "dic", "type": "string", "maxLength": 20, "title": "DIČ"},
  {"name": "platceDph", "type": "logic", "title": "Plátce DPH"}
]';
GO
EXEC flexi.sp_shape_evidence N'', N'faktura-prijata', N'Přijaté faktury', N'[
  {"name": "lastUpdate", "type": "datetime", "title": "Poslední změna"},
  {"name": "kod", "type": "string", "maxLength": 20, "title": "Interní číslo"},
  {"name": "varSym", "type": "string", "maxLength": 30, "title": "Variabilní symbol"},
  {"name": "cisDosle", "type": "string", "maxLength": 40, "title": "Číslo došlé"},
  {"name": "popis", "type": "string", "maxLength": 255, "title": "Popis"},
  {"name": "datVyst", "type": "date", "title": "Vystaveno"},
  {"name": "datSplat", "type": "date", "title": "Splatnost"},
  {"name": "sumCelkem", "type": "numeric", "digits": 15, "decimal": 2, "title": "Celkem [Kč]"},
  {"name": "zbyvaUhradit", "type": "numeric", "digits": 15, "decimal": 2, "title": "Zbývá uhradit [Kč]"},
  {"name": "mena", "type": "relation", "target": "mena", "title": "Měna"},
  {"name": "stavUhrK", "type": "select", "maxLength": 50, "title": "Stav úhrady dokladu"},
  {"name": "storno", "type": "logic", "title": "Storno"},
  {"name": "firma", "type": "relation", "maxLength": 20, "target": "adresar", "title": "Firma"},
  {"name": "nazFirmy", "type": "string", "maxLength": 255, "title": "Název firmy nebo jméno osoby"}
]';
GO
EXEC flexi.sp_shape_evidence N'', N'cenik', N'Ceník', N'[
  {"name": "lastUpdate", "type": "datetime", "title": "Poslední změna"},
  {"name": "kod", "type": "string", "maxLength": 64, "title": "Kód/zkratka"},
  {"name": "nazev", "type": "string", "maxLength": 255, "title": "Název"},
  {"name": "eanKod", "type": "string", "maxLength": 20, "title": "EAN"},
  {"name": "cenaZakl", "type": "numeric", "digits": 19, "decimal": 6, "title": "Prodejní cena"},
  {"name": "cenaZaklBezDph", "type": "numeric", "digits": 19, "decimal": 6, "title": "Prodejní cena bez DPH"},
  {"name": "nakupCena", "type": "numeric", "digits": 19, "decimal": 6, "title": "Nákupní cena"},
  {"name": "mj1", "type": "relation", "target": "merna-jednotka", "title": "MJ"},
  {"name": "skupZboz", "type": "relation", "target": "skupina-zbozi", "title": "Skupina zboží"},
  {"name": "skladove", "type": "logic", "title": "Skladové"}
]';
GO
EXEC flexi.sp_shape_evidence N'', N'faktura-vydana-polozka', N'Položky vydaných faktur a prodejek', N'[
  {"name": "lastUpdate", "type": "datetime", "title": "Poslední změna"},
  {"name": "kod", "type": "string", "maxLength": 64, "title": "Označení"},
  {"name": "doklFak", "type": "relation", "target": "faktura-vydana", "title": "Doklad"},
  {"name": "cisRad", "type": "integer", "title": "Pořadí"},
  {"name": "nazev", "type": "string", "maxLength": 255, "title": "Název"},
  {"name": "mnozMj", "type": "numeric", "digits": 19, "decimal": 6, "title": "Množství"},
  {"name": "cenaMj", "type": "numeric", "digits": 19, "decimal": 6, "title": "Cena za MJ"},
  {"name": "szbDph", "type": "numeric", "digits": 6, "decimal": 2, "title": "DPH [%]"},
  {"name": "sumZkl", "type": "numeric", "digits": 15, "decimal": 2, "title": "Základ [Kč]"},
  {"name": "sumDph", "type": "numeric", "digits": 15, "decimal": 2, "title": "DPH [Kč]"},
  {"name": "sumCelkem", "type": "numeric", "digits": 15, "decimal": 2, "title": "Celkem [Kč]"},
  {"name": "cenik", "type": "relation", "maxLength": 64, "target": "cenik", "title": "Kód z ceníku"}
]';
GO
EXEC flexi.sp_shape_evidence N'', N'banka', N'Banka', N'[
  {"name": "lastUpdate", "type": "datetime", "title": "Poslední změna"},
  {"name": "kod", "type": "string", "maxLength": 20, "title": "Interní číslo"},
  {"name": "varSym", "type": "string", "maxLength": 30, "title": "Variabilní symbol"},
  {"name": "popis", "type": "string", "maxLength": 255, "title": "Popis"},
  {"name": "datVyst", "type": "date", "title": "Vystaveno"},
  {"name": "typPohybuK", "type": "select", "maxLength": 50, "title": "Typ pohybu"},
  {"name": "sumCelkem", "type": "numeric", "digits": 15, "decimal": 2, "title": "Celkem [Kč]"},
  {"name": "mena", "type": "relation", "target": "mena", "title": "Měna"},
  {"name": "storno", "type": "logic", "title": "Storno"},
  {"name": "banka", "type": "relation", "target": "bankovni-ucet", "title": "Bank.účet"},
  {"name": "sparovano", "type": "logic", "title": "Spárováno"},
  {"name": "firma", "type": "relation", "maxLength": 20, "target": "adresar", "title": "Firma"},
  {"name": "nazFirmy", "type": "string", "maxLength": 255, "title": "Název firmy nebo jméno osoby"}
]';
GO
EXEC flexi.sp_shape_evidence N'', N'pokladni-pohyb', N'Pokladna', N'[
  {"name": "lastUpdate", "type": "datetime", "title": "Poslední změna"},
  {"name": "kod", "type": "string", "maxLength": 20, "title": "Interní číslo"},
  {"name": "popis", "type": "string", "maxLength": 255, "title": "Popis"},
  {"name": "datVyst", "type": "date", "title": "Vystaveno"},
  {"name": "typPohybuK", "type": "select", "maxLength": 50, "title": "Typ pohybu"},
  {"name": "sumCelkem", "type": "numeric", "digits": 15, "decimal": 2, "title": "Celkem [Kč]"},
  {"name": "mena", "type": "relation", "target": "mena", "title": "Měna"},
  {"name": "storno", "type": "logic", "title": "Storno"},
  {"name": "pokladna", "type": "relation", "target": "pokladna", "title": "Pokladna"},
  {"name": "firma", "type": "relation", "maxLength": 20, "target": "adresar", "title": "Firma"},
  {"name": "nazFirmy", "type": "string", "maxLength": 255, "title": "Název firmy nebo jméno osoby"}
]';
GO
EXEC flexi.sp_shape_evidence N'', N'smlouva', N'Odběratelské smlouvy', N'[
  {"name": "lastUpdate", "type": "datetime", "title": "Poslední změna"},
  {"name": "kod", "type": "string", "maxLength": 20, "title": "Číslo smlouvy"},
  {"name": "nazev", "type": "string", "maxLength": 255, "title": "Název"},
  {"name": "smlouvaOd", "type": "date", "title": "Platnost od"},
  {"name": "smlouvaDo", "type": "date", "title": "Platnost do"},
  {"name": "datumPodepsani", "type": "date", "title": "Datum podepsání"},
  {"name": "varSym", "type": "string", "maxLength": 30, "title": "Variabilní symbol"},
  {"name": "autoGen", "type": "logic", "title": "Automaticky generovat"},
  {"name": "firma", "type": "relation", "target": "adresar", "title": "Firma"}
]';
GO
EXEC flexi.sp_shape_evidence N'', N'objednavka-prijata', N'Přijaté objednávky', N'[
  {"name": "lastUpdate", "type": "datetime", "title": "Poslední změna"},
  {"name": "kod", "type": "string", "maxLength": 20, "title": "Interní číslo"},
  {"name": "cisDosle", "type": "string", "maxLength": 40, "title": "Číslo došlé"},
  {"name": "popis", "type": "string", "maxLength": 255, "title": "Popis"},
  {"name": "datVyst", "type": "date", "title": "Vystaveno"},
  {"name": "datTermin", "type": "date", "title": "Termín"},
  {"name": "stavUzivK", "type": "select", "maxLength": 50, "title": "Uživatelský stav"},
  {"name": "sumCelkem", "type": "numeric", "digits": 15, "decimal": 2, "title": "Celkem [Kč]"},
  {"name": "mena", "type": "relation", "target": "mena", "title": "Měna"},
  {"name": "storno", "type": "logic", "title": "Storno"},
  {"name": "firma", "type": "relation", "maxLength": 20, "target": "adresar", "title": "Firma"},
  {"name": "nazFirmy", "type": "string", "maxLength": 255, "title": "Název firmy nebo jméno osoby"}
]';
GO
EXEC flexi.sp_shape_evidence N'', N'kontakt', N'Kontakty', N'[
  {"name": "lastUpdate", "type": "datetime", "title": "Poslední změna"},
  {"name": "prijmeni", "type": "string", "maxLength": 255, "title": "Příjmení"},
  {"name": "jmeno", "type": "string", "maxLength": 255, "title": "Jméno"},
  {"name": "titul", "type": "string", "maxLength": 255, "title": "Titul"},
  {"name": "funkce", "type": "string", "maxLength": 255, "title": "Funkce"},
  {"name": "email", "type": "string", "maxLength": 255, "title": "E-mail"},
  {"name": "tel", "type": "string", "maxLength": 255, "title": "Telefon"},
  {"name": "mobil", "type": "string", "maxLength": 255, "title": "Mobil"},
  {"name": "primarni", "type": "logic", "title": "Primární kontakt"},
  {"name": "odesilatFak", "type": "logic", "title": "Odesílat faktury"},
  {"name": "firma", "type": "relation", "maxLength": 20, "target": "adresar", "title": "Firma"}
]';
GO
EXEC flexi.sp_shape_evidence N'', N'nastaveni', N'Nastavení', N'[
  {"name": "lastUpdate", "type": "datetime", "title": "Poslední změna"},
  {"name": "platiOdData", "type": "date", "title": "Změny budou platné od data"},
  {"name": "nazFirmy", "type": "string", "maxLength": 255, "title": "Jméno"},
  {"name": "ic", "type": "string", "maxLength": 20, "title": "IČ, DIČ"},
  {"name": "dic", "type": "string", "maxLength": 20, "title": "DIČ"},
  {"name": "uliceNazev", "type": "string", "maxLength": 255, "title": "Ulice"},
  {"name": "mesto", "type": "string", "maxLength": 255, "title": "Město"},
  {"name": "psc", "type": "string", "maxLength": 255, "title": "PSČ"},
  {"name": "platceDph", "type": "logic", "title": "Plátce DPH"},
  {"name": "mena", "type": "relation", "target": "mena", "title": "Domácí měna"}
]';
GO
EXEC flexi.sp_shape_evidence N'', N'vazba', N'Vazby dokladu', N'[
  {"name": "typVazbyK", "type": "select", "maxLength": 50, "title": "Typ vazby"},
  {"name": "castka", "type": "numeric", "digits": 15, "decimal": 2, "title": "Spárovaná částka"},
  {"name": "storno", "type": "logic", "title": "Storno"}
]';
GO
EXEC flexi.sp_shape_evidence N'', N'smlouva-polozka', N'Položky smluv', N'[
  {"name": "lastUpdate", "type": "datetime", "title": "Poslední změna"},
  {"name": "kod", "type": "string", "maxLength": 64, "title": "Označení"},
  {"name": "nazev", "type": "string", "maxLength": 255, "title": "Název"},
  {"name": "cisRad", "type": "integer", "title": "Pořadí"},
  {"name": "platiOdData", "type": "date", "title": "Platnost od"},
  {"name": "platiDoData", "type": "date", "title": "Platnost do"},
  {"name": "cenaMj", "type": "numeric", "digits": 19, "decimal": 6, "title": "Cena za MJ"},
  {"name": "mnozMj", "type": "numeric", "digits": 19, "decimal": 6, "title": "Množství"},
  {"name": "cenaCelkem", "type": "numeric", "digits": 15, "decimal": 2, "title": "Cena celkem"},
  {"name": "autoGen", "type": "logic", "title": "Generovat položku faktury"},
  {"name": "smlouva", "type": "relation", "target": "smlouva", "title": "Smlouva"},
  {"name": "cenik", "type": "relation", "target": "cenik", "title": "Kód z ceníku"}
]';
GO
EXEC flexi.sp_shape_evidence N'', N'banka-polozka', N'Položky banky a vzájemných zápočtů', N'[
  {"name": "lastUpdate", "type": "datetime", "title": "Poslední změna"},
  {"name": "nazev", "type": "string", "maxLength": 255, "title": "Název"},
  {"name": "cisRad", "type": "integer", "title": "Pořadí"},
  {"name": "szbDph", "type": "numeric", "digits": 6, "decimal": 2, "title": "DPH [%]"},
  {"name": "sumZkl", "type": "numeric", "digits": 15, "decimal": 2, "title": "Základ [Kč]"},
  {"name": "sumDph", "type": "numeric", "digits": 15, "decimal": 2, "title": "DPH [Kč]"},
  {"name": "sumCelkem", "type": "numeric", "digits": 15, "decimal": 2, "title": "Celkem [Kč]"},
  {"name": "datVyst", "type": "date", "title": "Datum vyst."},
  {"name": "storno", "type": "logic", "title": "Storno"},
  {"name": "mena", "type": "relation", "target": "mena", "title": "Měna"},
  {"name": "doklInt", "type": "relation", "target": "banka", "title": "Doklad"}
]';
GO
