import type { ItemSpec, LibrarySpec } from './catalogue.js';
import { DEFAULT_FILE } from './catalogue.js';
import type { MediaFile } from './media.js';

/** Films in the public domain: title, year, minutes. */
export const FILMS: readonly (readonly [title: string, year: number, minutes: number])[] = [
  ['A Trip to the Moon', 1902, 15],
  ['The Cabinet of Dr. Caligari', 1920, 76],
  ['The Kid', 1921, 68],
  ['Nosferatu', 1922, 94],
  ['Safety Last!', 1923, 73],
  ['Sherlock Jr.', 1924, 45],
  ['Battleship Potemkin', 1925, 75],
  ['The Gold Rush', 1925, 95],
  ['The General', 1926, 78],
  ['Metropolis', 1927, 153],
  ['Sunrise', 1927, 94],
  ['The Passion of Joan of Arc', 1928, 82],
  ['Steamboat Bill, Jr.', 1928, 70],
  ['Man with a Movie Camera', 1929, 68],
  ['The Vampire Bat', 1933, 63],
  ['The 39 Steps', 1935, 86],
  ['My Man Godfrey', 1936, 94],
  ['Reefer Madness', 1936, 66],
  ['His Girl Friday', 1940, 92],
  ['Meet John Doe', 1941, 122],
  ['Detour', 1945, 67],
  ['Scarlet Street', 1945, 102],
  ['The Stranger', 1946, 95],
  ['D.O.A.', 1949, 83],
  ['The Hitch-Hiker', 1953, 71],
  ['Beat the Devil', 1953, 89],
  ['House on Haunted Hill', 1959, 75],
  ['The Little Shop of Horrors', 1960, 72],
  ['Carnival of Souls', 1962, 78],
  ['Charade', 1963, 113],
  ['The Last Man on Earth', 1964, 86],
  ['Night of the Living Dead', 1968, 96],
];

/** Invented series: title, first year, minutes of an episode, number of seasons. */
export const SERIES: readonly (readonly [title: string, year: number, minutes: number, seasons: number])[] = [
  ['Harbour Lights', 2019, 48, 4],
  ['The Lamplighters', 2015, 52, 3],
  ['Signal at Marrow Point', 2021, 44, 2],
  ['Low Tide', 2018, 58, 5],
  ['Cartographers', 2022, 41, 2],
  ['The Quiet Carriage', 2016, 29, 6],
  ['Salt and Copper', 2020, 55, 3],
  ['Night Ferry', 2023, 46, 1],
  ['Winterhold', 2017, 61, 4],
  ['Bread for Thursday', 2014, 27, 7],
  ['The Glass Orchard', 2024, 50, 1],
  ['Second Platform', 2012, 43, 5],
];

/** Invented musicians and their records. */
export const ARTISTS: readonly (readonly [artist: string, album: string, tracks: readonly string[]])[] = [
  ['The Rooftop Band', 'Night Shift', ['Ladder', 'Third Floor', 'Antenna', 'Pigeons', 'Last Bus']],
  ['Ines Marrow', 'Paper Boats', ['Delta', 'Oar', 'Low Bridge', 'Estuary']],
  ['Copper Kettle Trio', 'Steam', ['Whistle', 'Cold Tap', 'Sugar', 'Saucer', 'Second Cup', 'Tannin']],
  ['Otto Vane', 'Weathercock', ['North', 'North-East', 'Doldrums']],
];

const EPISODE_WORDS = ['Arrivals', 'The Ledger', 'Undertow', 'A Cold Supper', 'Borrowed Coats', 'The Long Room', 'Ebb', 'What the Tide Kept', 'Return Ticket', 'Ash Wednesday', 'The Second Key', 'Departures'] as const;

const FOUR_K: Partial<MediaFile> = {
  sizeBytes: 38_000_000_000,
  video: { codec: 'hevc', width: 3840, height: 2160, range: 'hdr10', frameRate: 23.976, bitRate: 42_000_000 },
  audio: [{ codec: 'truehd', channels: 8, language: 'eng', bitRate: 4_100_000 }],
  subtitles: [{ codec: 'pgssub', language: 'eng', forced: false }],
};

const SMALL: Partial<MediaFile> = {
  container: 'mp4',
  sizeBytes: 1_400_000_000,
  video: { codec: 'h264', width: 1280, height: 720, range: 'sdr', frameRate: 25, bitRate: 2_600_000 },
  audio: [{ codec: 'aac', channels: 2, language: 'eng', bitRate: 160_000 }],
};

export function film([title, year, minutes]: (typeof FILMS)[number], position: number): ItemSpec {
  const file = position % 5 === 2 ? FOUR_K : position % 4 === 1 ? SMALL : DEFAULT_FILE;
  return { title, year, durationMs: minutes * 60_000, file, providers: { Imdb: `tt${String(10_000 + year * 37 + position).padStart(7, '0')}`, Tmdb: String(500 + position) }, genres: [year < 1930 ? 'Silent' : 'Drama'] };
}

export function series([title, year, minutes, seasons]: (typeof SERIES)[number], position: number): ItemSpec {
  const children = Array.from({ length: seasons }, (_, season) => ({
    title: `Season ${season + 1}`,
    leaves: Array.from({ length: 6 + ((position + season) % 5) }, (__, episode) => EPISODE_WORDS[(episode + season * 3 + position) % EPISODE_WORDS.length]!),
  }));
  const leafProviders = (season: number, number: number) => ({ Tvdb: String(1_000_000 + position * 10_000 + season * 100 + number) });
  return { title, year, durationMs: minutes * 60_000, file: position % 3 === 1 ? SMALL : DEFAULT_FILE, providers: { Tvdb: String(300_000 + position) }, genres: ['Drama'], children, leafProviders };
}

export function artist([title, album, tracks]: (typeof ARTISTS)[number]): ItemSpec {
  return { title, genres: ['Folk'], children: [{ title: album, leaves: tracks }] };
}

/** A small household's libraries. */
export function defaultLibraries(): LibrarySpec[] {
  return [
    { name: 'Movies', type: 'movies', items: FILMS.slice(3, 11).map(film) },
    { name: 'Shows', type: 'shows', items: SERIES.slice(0, 2).map(series) },
    { name: 'Music', type: 'music', items: ARTISTS.slice(0, 1).map(artist) },
  ];
}
