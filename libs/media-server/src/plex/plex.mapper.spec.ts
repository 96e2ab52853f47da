import { describe, expect, it } from '@jest/globals';
import { readContainer } from './plex.http.js';
import { mapPlexInfo, mapPlexSections, mapPlexSessions, mapPlexTotal, mapPlexUsers } from './plex.mapper.js';
import { NotificationFilter } from './plex.socket.js';
import { parsePlexXml } from './plex.xml.js';

const answer = (body: unknown, contentType = 'application/json') => ({ status: 200, headers: { 'content-type': contentType }, body: typeof body === 'string' ? body : JSON.stringify(body) });

const player = { address: '192.168.1.30', local: true, machineIdentifier: 'tv', product: 'Plex for Android (TV)', title: 'Living Room', state: 'playing', version: '10.1' };

function row(more: object) {
  return {
    ratingKey: '12',
    sessionKey: '7',
    type: 'movie',
    title: 'Metropolis',
    year: 1927,
    duration: '9180000',
    viewOffset: 60_000,
    User: { id: '1', title: 'ana' },
    Player: player,
    Session: { id: 'abc', bandwidth: 12_000, location: 'lan' },
    Media: [{ bitrate: 8_000, container: 'mkv', height: 1080, Part: [{ decision: 'directplay', Stream: [{ streamType: 1, codec: 'hevc', height: 1080, width: 1920, colorTrc: 'smpte2084' }, { streamType: 2, codec: 'dca', channels: 6, selected: true }] }] }],
    ...more,
  };
}

const sessionsOf = (...rows: object[]) => mapPlexSessions({ size: rows.length, Metadata: rows });

describe('sessions', () => {
  it('map a direct play with numbers that arrive as strings', () => {
    const [session] = sessionsOf(row({}));
    expect(session).toMatchObject({
      vendorId: 'abc',
      userName: 'ana',
      network: 'lan',
      controls: { stop: true, pause: false, seek: false, message: false },
      item: { type: 'movie', title: 'Metropolis', durationMs: 9_180_000 },
      stream: { delivery: 'direct-play', positionMs: 60_000, state: 'playing', bitRateKbps: 8_000, sourceBitRateKbps: 8_000, transcode: null, video: { hdr: 'hdr10' } },
    });
  });

  it('map a conversion: source and target, hardware, speed, what differs as the reason', () => {
    const media = [
      {
        bitrate: 4_000,
        container: 'mp4',
        Part: [
          {
            decision: 'transcode',
            Stream: [
              { streamType: 1, codec: 'h264', decision: 'transcode', height: 720, width: 1280, displayTitle: '4K (HEVC Main 10)' },
              { streamType: 2, codec: 'aac', channels: 2, decision: 'transcode', displayTitle: 'English (DTS 5.1)', selected: '1' },
              { streamType: 3, codec: 'pgs', selected: '1' },
            ],
          },
        ],
      },
    ];
    const transcoding = { videoDecision: 'transcode', audioDecision: 'transcode', subtitleDecision: 'burn', sourceVideoCodec: 'hevc', videoCodec: 'h264', sourceAudioCodec: 'dca', audioCodec: 'aac', audioChannels: 2, height: 720, width: 1280, speed: '1.5', progress: 12.34, throttled: 0, transcodeHwEncoding: 'vaapi', container: 'mp4' };
    const [session] = sessionsOf(row({ Media: media, TranscodeSession: transcoding }));
    expect(session!.stream).toMatchObject({
      delivery: 'transcode',
      bitRateKbps: 4_000,
      sourceBitRateKbps: null,
      video: { sourceCodec: 'hevc', targetCodec: 'h264', sourceHeight: 2160, targetHeight: 720 },
      audio: { sourceCodec: 'dca', targetCodec: 'aac', sourceChannels: 6, targetChannels: 2 },
      subtitle: { burnedIn: true, delivery: 'transcode' },
      transcode: { reasons: ['subtitle', 'video-codec', 'audio-codec'], hardware: 'hardware', speed: 1.5, progressPercent: 12.3, throttled: false },
    });
  });

  it('tell how far the transcoder is, and which half of the work hardware does', () => {
    const stream = (transcoding: object, video = 'transcode') => sessionsOf(row({ TranscodeSession: { videoDecision: video, audioDecision: 'copy', ...transcoding } }))[0]!.stream!;
    // seconds → ms, never beyond the end
    expect([stream({ maxOffsetAvailable: '129.53' }), stream({ maxOffsetAvailable: 99_999 }), stream({ progress: 50 }), stream({ progress: -1 }), stream({ maxOffsetAvailable: 129.53 }, 'copy')].map(({ bufferPositionMs }) => bufferPositionMs)).toEqual([129_530, 9_180_000, 4_590_000, null, 129_530]);
    expect(sessionsOf(row({}))[0]!.stream!.bufferPositionMs).toBeNull();
    const parts = (transcoding: object) => [stream(transcoding).transcode!.hardwareDecode, stream(transcoding).transcode!.hardwareEncode];
    expect([parts({}), parts({ transcodeHwEncoding: 'qsv' }), parts({ transcodeHwDecoding: 'qsv' }), parts({ transcodeHwFullPipeline: '1' })]).toEqual([[false, false], [false, true], [true, false], [true, true]]);
    const sound = sessionsOf(row({ TranscodeSession: { videoDecision: 'copy', audioDecision: 'transcode' } }))[0]!.stream!.transcode!;
    expect([sound.hardwareDecode, sound.hardwareEncode]).toEqual([null, null]);
  });

  it('call a transcoder that only copies a direct stream', () => {
    const [session] = sessionsOf(row({ TranscodeSession: { videoDecision: 'copy', audioDecision: 'copy', container: 'mp4' } }));
    expect(session!.stream).toMatchObject({ delivery: 'direct-stream', container: 'mp4', transcode: null });
  });

  it('tell apart relay, live television, music without a Session, and photos', () => {
    const relay = sessionsOf(row({ Player: { ...player, relayed: '1' } }))[0]!;
    const live = sessionsOf(row({ live: '1', Session: { id: 'x', bandwidth: 10_000_000 }, Media: [{ Part: [{}] }] }))[0]!;
    const music = sessionsOf(row({ type: 'track', grandparentTitle: 'Somebody', Session: undefined }))[0]!;
    const photo = sessionsOf(row({ type: 'photo', duration: undefined, Media: [] }))[0]!;
    expect([relay.network, live.item!.type, live.item!.durationMs, live.stream!.bitRateKbps]).toEqual(['relay', 'live', null, null]);
    expect([music.vendorId, music.controls.stop, music.item!.seriesTitle]).toEqual(['key:7', false, null]);
    expect([photo.item!.durationMs, photo.stream!.video]).toEqual([null, null]);
  });

  it('are none on an idle server, and an error when rows cannot be read', () => {
    expect(mapPlexSessions({ size: 0 })).toEqual([]);
    expect(() => mapPlexSessions({ size: 1, Metadata: [{ title: 'x' }] })).toThrow('form that is not known');
    expect(() => mapPlexSessions({ size: 2 })).toThrow('form that is not known');
  });

  it('degrade on unknown words instead of failing', () => {
    const [session] = sessionsOf(row({ type: 'hologram', Player: { state: 'thinking' }, TranscodeSession: { videoDecision: 'guess', progress: -1, speed: 'fast' } }));
    expect(session).toMatchObject({ item: { type: 'other' }, stream: { state: 'playing', delivery: 'unknown' }, deviceName: null });
  });
});

describe('XML answers', () => {
  it('come out in the shape of JSON', () => {
    const xml = `<?xml version="1.0"?><!-- c --><MediaContainer size="1"><Video ratingKey="1" sessionKey="3" type="episode" title="Tom &amp; &#x4A;" grandparentTitle="S" parentIndex="2" index='5'>
      <Media bitrate="10"><Part decision="directplay"><Stream streamType="1" codec="h264"/></Part></Media><User id="1" title="ana"/><Player state="paused" local="0"/><Session id="s" location="wan"/></Video></MediaContainer>`;
    const [session] = mapPlexSessions(readContainer(answer(xml, 'text/xml')));
    expect(session).toMatchObject({ vendorId: 's', network: 'wan', userName: 'ana', item: { title: 'Tom & J', seasonNumber: 2, episodeNumber: 5 }, stream: { state: 'paused', delivery: 'direct-play' } });
  });

  it('are refused when they are something else, and never expanded', () => {
    expect(parsePlexXml('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')).toBeNull();
    expect(parsePlexXml('<MediaContainer a="&a;"/>')).toEqual({ MediaContainer: { a: '&a;' } });
    expect(() => readContainer(answer('<html><body><h1>401 Unauthorized</h1></body></html>', 'text/html'))).toThrow('web page');
    expect(() => readContainer(answer({ hello: 1 }))).toThrow('form that is not known');
    expect(() => readContainer(answer(''))).toThrow('empty body');
  });
});

describe('identity, libraries, users', () => {
  it('need an id and a version', () => {
    expect(mapPlexInfo({ machineIdentifier: 'm', version: '1.42.2.9', friendlyName: 'Studio', myPlexSubscription: '1' })).toEqual({ id: 'm', version: '1.42.2.9', name: 'Studio', platform: null, hasPass: true });
    expect(() => mapPlexInfo({ version: '1' })).toThrow('did not say who it is');
  });

  it('name sections with the numbers by which they are counted', () => {
    const [movies, shows, other] = mapPlexSections({ Directory: [{ key: '1', type: 'movie', title: 'Films', contentChangedAt: 9, Location: [{ path: '/m' }] }, { key: 2, type: 'show', title: 'Shows' }, { key: '3', type: 'books', title: 'Books' }] });
    expect(movies).toMatchObject({ library: { vendorId: '1', type: 'movies', folders: ['/m'] }, contentChangedAt: '9', counts: { top: 1, children: null } });
    expect(shows).toMatchObject({ library: { vendorId: '2' }, counts: { top: 2, children: 4 } });
    expect(other).toMatchObject({ library: { type: 'other' }, counts: null });
    expect(() => mapPlexSections({ Directory: [{}] })).toThrow('form that is not known');
    expect(mapPlexTotal({ size: 0, totalSize: '1214' })).toBe(1214);
  });

  it('leave out account 0 and know the owner', () => {
    expect(mapPlexUsers({ Account: [{ id: 0, name: '' }, { id: '1', name: 'sam' }, { id: 77, name: '' }] })).toMatchObject([
      { vendorId: '1', name: 'sam', isAdministrator: true },
      { vendorId: '77', name: 'Account 77', isAdministrator: false },
    ]);
  });
});

describe('notifications', () => {
  const playing = (entry: object) => JSON.stringify({ NotificationContainer: { type: 'playing', size: '1', PlaySessionStateNotification: [{ sessionKey: '7', ratingKey: '12', state: 'playing', viewOffset: 10_000, ...entry }] } });

  it('are changes when somebody starts, pauses, jumps, switches or stops, not when a position moves', () => {
    let nowMs = 0;
    const filter = new NotificationFilter({ monotonicMs: () => nowMs });
    const seen = [filter.isChange(playing({}))];
    nowMs += 10_000;
    seen.push(filter.isChange(playing({ viewOffset: 20_000 })), filter.isChange(playing({ viewOffset: 20_000, state: 'paused' })));
    nowMs += 60_000;
    seen.push(filter.isChange(playing({ viewOffset: 20_000, state: 'paused' })), filter.isChange(playing({ viewOffset: 900_000, state: 'paused' })));
    seen.push(filter.isChange(playing({ viewOffset: 900_000, state: 'paused', transcodeSession: 't' })), filter.isChange(playing({ state: 'stopped' })));
    expect(seen).toEqual([true, false, true, false, true, true, true]);
  });

  it('of other kinds and broken ones are ignored', () => {
    const filter = new NotificationFilter({ monotonicMs: () => 0 });
    expect(['{', 'null', '[]', JSON.stringify({ NotificationContainer: { type: 'timeline' } })].map((text) => filter.isChange(text))).toEqual([false, false, false, false]);
    expect(filter.isChange(JSON.stringify({ NotificationContainer: { type: 'transcodeSession.end' } }))).toBe(true);
  });
});
