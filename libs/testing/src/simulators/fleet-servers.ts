import type { ServerKind } from '@usher/contracts';
import type { LibrarySpec } from './base/catalogue.js';
import { artist, ARTISTS, film, FILMS, series, SERIES } from './base/titles.js';

/** One server of the demo fleet. */
export interface FleetServerSpec {
  readonly externalKey: string;
  readonly alias: string;
  readonly kind: ServerKind;
  readonly version: string;
  readonly role?: 'primary' | 'linked';
  readonly tags: readonly string[];
  readonly region: string;
  readonly location: { readonly label: string; readonly lat: number; readonly lon: number };
  /** How much of the stock of titles it has, 0 to 1. */
  readonly size: number;
  /** People who watch there now and then. */
  readonly viewers: number;
  /** Goes away for some seconds, again and again. */
  readonly flaps?: boolean;
}

const HARBOUR = { label: 'Gothenburg', lat: 57.71, lon: 11.97 };
const HOME = { label: 'Malmö', lat: 55.6, lon: 13.0 };
const AWAY = { label: 'Åre', lat: 63.4, lon: 13.08 };
const CITY = { label: 'Copenhagen', lat: 55.68, lon: 12.57 };

/** The six servers that everybody sees first. */
const SIX: readonly FleetServerSpec[] = [
  { externalKey: 'demo-attic', alias: 'Attic', kind: 'jellyfin', version: '12.0.0', role: 'primary', tags: ['home', '4k'], region: 'north', location: HOME, size: 1, viewers: 9 },
  { externalKey: 'demo-basement', alias: 'Basement', kind: 'emby', version: '4.9.1.90', tags: ['home'], region: 'north', location: HOME, size: 0.8, viewers: 7 },
  { externalKey: 'demo-studio', alias: 'Studio', kind: 'plex', version: '1.42.2.10156', tags: ['city', '4k'], region: 'south', location: CITY, size: 0.6, viewers: 6 },
  { externalKey: 'demo-cabin', alias: 'Cabin', kind: 'jellyfin', version: '10.11.11', tags: ['away'], region: 'far-north', location: AWAY, size: 0.3, viewers: 2 },
  { externalKey: 'demo-office', alias: 'Office', kind: 'emby', version: '4.8.11.0', tags: ['city'], region: 'south', location: CITY, size: 0.4, viewers: 3 },
  { externalKey: 'demo-harbor', alias: 'Harbor', kind: 'plex', version: '1.41.6.9685', tags: ['away'], region: 'west', location: HARBOUR, size: 0.25, viewers: 2, flaps: true },
];

const KINDS = ['jellyfin', 'emby', 'plex'] as const;
const VERSIONS = { jellyfin: '10.11.11', emby: '4.9.1.90', plex: '1.42.2.10156' } as const;

/** The first `count` servers; after the six, annexes of all vendors in turn. */
export function fleetServers(count: number): FleetServerSpec[] {
  const annexes = Array.from({ length: Math.max(0, count - SIX.length) }, (_, position): FleetServerSpec => {
    const number = String(position + 1).padStart(2, '0');
    const kind = KINDS[position % KINDS.length]!;
    return {
      externalKey: `demo-annex-${number}`,
      alias: `Annex ${number}`,
      kind,
      version: VERSIONS[kind],
      tags: ['annex'],
      region: position % 2 === 0 ? 'north' : 'south',
      location: position % 2 === 0 ? HOME : CITY,
      size: 0.2 + (position % 5) * 0.1,
      viewers: 1 + (position % 4),
    };
  });
  return [...SIX, ...annexes].slice(0, count);
}

/** A share of the stock, never less than one title of each kind. */
export function fleetLibraries({ size }: Pick<FleetServerSpec, 'size'>): LibrarySpec[] {
  const share = <T>(all: readonly T[]): readonly T[] => all.slice(0, Math.max(1, Math.round(all.length * size)));
  return [
    { name: 'Movies', type: 'movies', items: share(FILMS).map(film) },
    { name: 'Shows', type: 'shows', items: share(SERIES).map(series) },
    ...(size >= 0.4 ? [{ name: 'Music', type: 'music' as const, items: share(ARTISTS).map(artist) }] : []),
  ];
}
