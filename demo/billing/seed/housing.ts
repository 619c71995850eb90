/** Buildings, and the premises that accounts are for. */

import type { Random } from 'stand-in-kit';
import type { Insert } from './insert.ts';
import { cities, communalKind, premisesKinds, streets, wallMaterials } from './words.ts';

export interface Building {
  address: string;
  floors: number;
  flats: number;
}

export interface Premises {
  id: number;
  square: number;
  communal: boolean;
}

/** Accounts of one building, on average. */
const accountsPerBuilding = 25;

/** Enough buildings for so many accounts, in two neighbouring towns; `keep` writes their rows. */
export function seedBuildings(
  random: Random,
  accounts: number,
  firstId: number,
  keep: Insert | undefined,
): Building[] {
  const firstCity = random.integer(0, cities.length - 2);
  return Array.from({ length: Math.ceil(accounts / accountsPerBuilding) }, (_, index) => {
    const cityIndex = firstCity + (random.chance(0.3) ? 1 : 0);
    const city = cities[cityIndex] ?? cities[0];
    const street = random.pick(streets);
    const house = `${random.integer(1, 160)}${random.pick(['', '', '', 'а', '/1', '/2'])}`;
    const floors = random.pick([1, 2, 2, 3, 5, 5, 5, 9, 9]);
    keep?.('building_structure', {
      building_structure_id: firstId + index,
      city_id: cityIndex + 1,
      street,
      house,
      floors,
      entrances: random.integer(1, 6),
      wall_material: random.pick(wallMaterials),
      built_year: random.integer(1948, 2018),
    });
    return { address: `${city.name}, ул. ${street}, д. ${house}`, floors, flats: 0 };
  });
}

/** One flat in one of the buildings; a communal one is let by the room. */
export function seedPremises(
  insert: Insert,
  random: Random,
  building: Building,
  id: number,
  withRooms: boolean,
): Premises {
  building.flats += 1;
  const communal = withRooms && random.chance(0.05);
  const rooms = communal ? random.integer(3, 5) : random.integer(1, 4);
  const square = rooms * 16 + random.integer(80, 260) / 10;
  insert('premises', {
    premises_id: id,
    address: `${building.address}, кв. ${building.flats}`,
    kind: communal ? communalKind : random.pick(premisesKinds),
    square: square.toFixed(2),
    rooms,
    floor: random.integer(1, building.floors),
  });
  for (let room = 1; communal && room <= rooms; room += 1) {
    insert('room', {
      premises_id: id,
      room_number: String(room),
      square: (random.integer(90, 180) / 10).toFixed(2),
    });
  }
  return { id, square, communal };
}
