import { describe, expect, it } from '@jest/globals';
import type { IndexedType } from '@usher/contracts';
import { namespaceOf, readIds } from './provider-ids.js';

describe('provider ids', () => {
  it.each<[name: string, type: IndexedType, guids: string[], ids: string[]]>([
    ['keys in any case', 'movie', ['Imdb://tt0078748', 'IMDB://TT0078748', 'Tmdb://348'], ['imdb:tt0078748', 'tmdb:movie:348']],
    ['kinds apart: a film and a series may have one number', 'series', ['Tmdb://1399', 'Tvdb://121361'], ['tmdb:tv:1399', 'tvdb:series:121361']],
    ['episodes', 'episode', ['Tvdb://3254641', 'imdb://tt1480055'], ['imdb:tt1480055', 'tvdb:episode:3254641']],
    ['Plex as it is now', 'movie', ['plex://movie/5d7768258718ba001e311845', 'imdb://tt0078748', 'tmdb://348', 'tvdb://246'], ['imdb:tt0078748', 'plex:5d7768258718ba001e311845', 'tmdb:movie:348', 'tvdb:movie:246']],
    ["Plex's old film agents", 'movie', ['com.plexapp.agents.imdb://tt0123456?lang=en', 'com.plexapp.agents.themoviedb://603?lang=de'], ['imdb:tt0123456', 'tmdb:movie:603']],
    ["Plex's old series agent", 'series', ['com.plexapp.agents.thetvdb://81189?lang=en'], ['tvdb:series:81189']],
    ['an old episode guid holds the id of its series only', 'episode', ['com.plexapp.agents.thetvdb://81189/1/2?lang=en'], []],
    ['hama', 'series', ['com.plexapp.agents.hama://anidb-4563?lang=en', 'com.plexapp.agents.hama://tvdb2-81797?lang=en'], ['anidb:4563', 'tvdb:series:81797']],
    ['hama episodes', 'episode', ['com.plexapp.agents.hama://anidb-4563/1/2?lang=en'], []],
    ['nfo agents', 'movie', ['tv.plex.agents.nfo.movies://imdb-tt0111161'], ['imdb:tt0111161']],
    ['no agent at all', 'movie', ['local://4711', 'tv.plex.agents.none://abc', 'com.plexapp.agents.none://x'], []],
    ['junk', 'movie', ['Imdb://tt0000000', 'Imdb://0078748', 'Tmdb://0', 'Tmdb://', 'Tmdb://abc', 'Tvdb://-1', 'nonsense'], []],
    ['what many titles share', 'movie', ['TmdbCollection://8091', 'TvdbSlug://alien', 'Official Website://x'], []],
    ['the album and the artist of a track are not the track', 'track', ['MusicBrainzAlbum://8c0f0a4e-7d0f-4f0a-9d5e-0d7f0d4a1b2c', 'MusicBrainzArtist://8c0f0a4e-7d0f-4f0a-9d5e-0d7f0d4a1b2c', 'MusicBrainzTrack://11111111-7d0f-4f0a-9d5e-0d7f0d4a1b2c'], ['mb:track:11111111-7d0f-4f0a-9d5e-0d7f0d4a1b2c']],
    ['albums', 'album', ['MusicBrainzAlbum://8C0F0A4E-7D0F-4F0A-9D5E-0D7F0D4A1B2C', 'MusicBrainzReleaseGroup://8c0f0a4e-7d0f-4f0a-9d5e-0d7f0d4a1b2c'], ['mb:release:8c0f0a4e-7d0f-4f0a-9d5e-0d7f0d4a1b2c']],
    ['others by name', 'series', ['TvMaze://82', 'Wikidata://Q23572', 'Kitsu://0'], ['tvmaze:82', 'wikidata:q23572']],
  ])('reads %s', (_name, type, guids, ids) => {
    expect(readIds(type, guids)).toEqual(ids);
  });

  it('tells the namespace of an id', () => {
    expect(readIds('movie', ['Tmdb://348', 'Imdb://tt0078748']).map(namespaceOf)).toEqual(['imdb', 'tmdb:movie']);
  });
});
