import { describe, expect, it } from '@jest/globals';
import { startEmby, startJellyfin, startPlex } from '@usher/testing';
import { benchOf } from './simulator-bench.js';

describe.each([
  ['Emby', startEmby],
  ['Jellyfin', startJellyfin],
  ['Plex', startPlex],
] as const)('a repeated probe of %s', (_name, start) => {
  it('costs one call, and the whole again when another version answers', async () => {
    const simulator = await start();
    const { server } = benchOf(simulator);
    const profile = await server.probe();
    const whole = simulator.requests.length;
    await expect(server.probe()).resolves.toEqual(profile);
    expect(simulator.requests.length - whole).toBe(1);
    simulator.control.setVersion(`${simulator.control.state.version}9`);
    const before = simulator.requests.length;
    await server.probe();
    expect(simulator.requests.length - before).toBe(whole);
    await server.close();
    await simulator.close();
  });
});
