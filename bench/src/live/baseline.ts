import { once } from 'node:events';
import { startJellyfin, startPlex, type PlaybackHandle, type Simulator } from '@usher/testing';
import { WebSocket } from 'ws';

/** Time from a simulator's event to its bare frame at a bare client: the part of every latency that is not Usher's. */
export async function measureBareFrames(vendor: 'jellyfin' | 'plex', count: number): Promise<number[]> {
  const simulator = await (vendor === 'jellyfin' ? startJellyfin() : startPlex());
  const playing = Array.from({ length: 10 }, (_, i) => simulator.control.startPlayback({ user: `Viewer ${i}` }));
  const socket = vendor === 'jellyfin' ? await openJellyfin(simulator) : await open(simulator, '/:/websockets/notifications', { 'x-plex-token': simulator.adminKey });
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push(await frameTime(socket, playing[i % playing.length]!, i));
  socket.terminate();
  await simulator.close();
  return times;
}

async function frameTime(socket: WebSocket, playback: PlaybackHandle, round: number): Promise<number> {
  const state = Math.floor(round / 10) % 2 === 0 ? 'paused' : 'playing';
  const before = performance.now();
  const frame = once(socket, 'message');
  if (state === 'paused') playback.pause();
  else playback.resume();
  JSON.parse(String((await frame)[0]));
  return performance.now() - before;
}

async function openJellyfin(simulator: Simulator): Promise<WebSocket> {
  const socket = await open(simulator, '/socket', { authorization: `MediaBrowser Token="${simulator.adminKey}"` });
  const first = new Promise<void>((resolve) => {
    socket.on('message', function onFrame(data) {
      if ((JSON.parse(String(data)) as { MessageType?: string }).MessageType !== 'Sessions') return;
      socket.off('message', onFrame);
      resolve();
    });
  });
  // an interval so long that nothing but changes is pushed
  socket.send(JSON.stringify({ MessageType: 'SessionsStart', Data: '0,3600000' }));
  await first;
  return socket;
}

async function open(simulator: Simulator, path: string, headers: Record<string, string>): Promise<WebSocket> {
  const socket = new WebSocket(`${simulator.url.replace(/^http/, 'ws')}${path}`, { headers });
  await once(socket, 'open');
  return socket;
}
