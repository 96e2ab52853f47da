import { describe, expect, it } from '@jest/globals';
import { classifyJellyfin, jellyfinAuthHeaders } from './jellyfin.http.js';

const answer = (status: number, body = '', headers: Record<string, string> = {}) => ({ status, body, headers });
const path = '/System/Info/Public';

describe('jellyfinAuthHeaders', () => {
  it('is the one form that all versions take, values encoded', () => {
    const identity = { clientName: 'Usher "1"', clientVersion: '0.1', deviceId: 'a b', token: () => 'k&y' };
    expect(jellyfinAuthHeaders(identity)).toEqual({
      authorization: 'MediaBrowser Client="Usher%20%221%22", Device="Usher%20%221%22", DeviceId="a%20b", Version="0.1", Token="k%26y"',
    });
  });
});

describe('the start-up table', () => {
  it.each([
    ['setup server', answer(503, '<!DOCTYPE html><html></html>', { 'content-type': 'text/html', 'retry-after': '005' }), 5_000, 'setup'],
    ['held answer', answer(503, '', { 'retry-after': '005' }), 5_000, 'setup'],
    ['start-up tasks', answer(503, 'Jellyfin Server is loading. Please try again shortly.', { 'content-type': 'text/html' }), 1_000, 'loading'],
    ['some other 503', answer(503, 'busy'), 5_000, 'unknown'],
    ['camelCase', answer(200, '{"id":"a","version":"12.0.0","startupWizardCompleted":false}'), 1_000, 'setup-done'],
  ])('%s', (_name, response, retryAfterMs, phase) => {
    expect(classifyJellyfin({ path }, response, 0)).toMatchObject({ code: 'SERVER_UNREACHABLE', details: { reason: 'starting', retryAfterMs, phase } });
  });

  it('takes a refused playlist for what it is, and every other refusal for one of the key', () => {
    expect(classifyJellyfin({ path: '/Playlists/1cc4/Items' }, answer(403), 0)).toMatchObject({ code: 'VALIDATION_FAILED', details: { field: 'playlistVendorId', httpStatus: 403 } });
    expect(classifyJellyfin({ path: '/Devices' }, answer(403), 0)).toBeNull();
  });

  it.each([
    ['PascalCase', { path }, answer(200, '{"Id":"a","Version":"12.0.0","StartupWizardCompleted":false}')],
    ['camelCase of something else', { path: '/Sessions' }, answer(200, '[{"id":"a"}]')],
    ['an error', { path }, answer(500)],
  ])('%s is no start', (_name, request, response) => {
    expect(classifyJellyfin(request, response, 0)).toBeNull();
  });
});
