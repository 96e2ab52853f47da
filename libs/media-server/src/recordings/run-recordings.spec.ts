import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findIndexes, runRecordings, vendorOf } from './run-recordings.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'usher-recordings-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function record(rows: readonly [file: string, request: string, status: number, body: string, more?: object][]): Promise<void> {
  await writeFile(join(dir, 'INDEX.json'), JSON.stringify(rows.map(([file, request, status, , more]) => ({ file, kind: 'k', request, status, contentType: 'application/json', ...more }))));
  for (const [file, , , body] of rows) await writeFile(join(dir, file), body);
}

const outcomes = async () => (await runRecordings(dir, 'jellyfin')).map((each) => `${each.file}: ${each.outcome}`);

describe('runRecordings', () => {
  it('gives every answer to the mapper or error rule that would receive it', async () => {
    const frame = (message: object) => JSON.stringify({ t: 0, dir: 'in', message });
    await record([
      ['info.json', 'GET /System/Info/Public', 200, '{"Id":"a","Version":"12.0.0"}'],
      ['camel.json', 'GET /System/Info/Public', 200, '{"id":"a","version":"12.0.0"}'],
      ['sessions.json', 'GET /Sessions?activeWithinSeconds=960', 200, '[{"Id":"s","DeviceId":"d","PlayState":{}}]'],
      ['key-only.json', 'GET /Sessions', 200, '[{"Id":"s","DeviceId":"d","ServerId":"d","PlayState":{}}]'],
      ['users.json', 'GET /Users', 200, '[{"Id":"u","Name":"Nell"}]'],
      ['counts.json', 'GET /Items/Counts', 200, '{"MovieCount":3}'],
      ['refused.txt', 'GET /Users', 401, ''],
      ['loading.html', 'GET /System/Info', 503, 'Jellyfin Server is loading. Please try again shortly.'],
      ['stop.txt', 'POST /Sessions/x/Playing/Stop', 204, ''],
      ['push.jsonl', 'WS /socket', 101, [frame({ MessageType: 'KeepAlive' }), frame({ MessageType: 'Sessions', Data: [] }), '{"t":1,"dir":"out","message":{}}'].join('\n')],
    ]);
    expect((await outcomes()).filter((line) => !line.endsWith(': mapped'))).toEqual([]);
  });

  it('fails where a mapper throws or loses rows, and counts what has no mapper', async () => {
    await record([
      ['html.json', 'GET /Sessions', 200, '<html>'],
      ['lost.json', 'GET /Sessions', 200, '[{"Id":"s","DeviceId":"d"},{"foo":1}]'],
      ['empty.json', 'GET /Library/VirtualFolders', 200, '[{"foo":1}]'],
      ['nocount.json', 'GET /Items/Counts', 200, '{}'],
      ['badframe.jsonl', 'WS /socket', 101, '{"t":0,"dir":"in","message":{"Data":1}}'],
      ['lost-item.json', 'GET /Items', 200, '{"Items":[{"Type":"Movie"}]}'],
      ['lost-task.json', 'GET /ScheduledTasks', 200, '[{"Id":"t","State":"Running"},{"State":"Running"}]'],
      ['no-source.json', 'POST /Items/x/PlaybackInfo', 200, '{"MediaSources":[]}'],
      ['coffee.json', 'GET /Coffee', 200, '[]'],
    ]);
    expect(await outcomes()).toEqual([
      'html.json: failed',
      'lost.json: failed',
      'empty.json: failed',
      'nocount.json: failed',
      'badframe.jsonl: failed',
      'lost-item.json: failed',
      'lost-task.json: failed',
      'no-source.json: failed',
      'coffee.json: without a mapper',
    ]);
  });

  it('reads what no feature needs all the same, with the reason why nothing is made of it', async () => {
    await record([
      ['plugins.json', 'GET /Plugins', 200, '[{"Name":"x","Deep":[[{"A":1e400}]]}]'],
      ['log.txt', 'GET /System/Logs/Log', 200, '[12:00] {started}'],
      ['cut.json', 'GET /Packages', 200, '[{"Name":'],
    ]);
    const outcomes = await runRecordings(dir, 'jellyfin');
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['mapped', 'mapped', 'failed']);
    expect(outcomes[0]!.detail).toMatch(/^read by no feature: /);
  });

  it('fails for a file that is named and missing', async () => {
    await writeFile(join(dir, 'INDEX.json'), '[{"file":"gone.json","request":"GET /Users","status":200}]');
    expect(await outcomes()).toEqual(['gone.json: failed']);
  });

  it('finds folders and their vendors', async () => {
    await mkdir(join(dir, 'jellyfin', 'recorded-12.0'), { recursive: true });
    await writeFile(join(dir, 'jellyfin', 'recorded-12.0', 'INDEX.json'), '[]');
    const [found] = await findIndexes(dir);
    expect(vendorOf(found!)).toBe('jellyfin');
    expect(vendorOf('/recordings/of-nobody')).toBeNull();
  });
});

const shared = process.env['USHER_RECORDINGS_DIR'];
if (shared !== undefined) {
  describe('recordings of real servers', () => {
    it('are all understood', async () => {
      for (const folder of await findIndexes(shared)) {
        const failed = (await runRecordings(folder, vendorOf(folder)!)).filter((each) => each.outcome !== 'mapped');
        expect(failed).toEqual([]);
      }
    });
  });
}
