import { describe, expect, it } from '@jest/globals';
import { runChecks } from '../health/health.js';
import { listen, sendJson } from './listener.js';

describe('listen', () => {
  it('serves on a free port and stops', async () => {
    const listener = await listen({ bind: '127.0.0.1', port: 0, handle: (_request, response) => sendJson(response, 200, { ok: true }) });
    expect(await (await fetch(listener.url)).json()).toEqual({ ok: true });
    await expect(listen({ bind: '127.0.0.1', port: listener.port, handle: () => undefined })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await listener.close();
    await expect(fetch(listener.url)).rejects.toThrow();
  });
});

describe('runChecks', () => {
  it('is ready only when every check is fine and names the failing one', async () => {
    const report = await runChecks({ database: async () => undefined, bus: () => Promise.reject(new Error('down')) });
    expect(report).toEqual({ ready: false, checks: { database: { ok: true }, bus: { ok: false, detail: 'down' } } });
  });
});
