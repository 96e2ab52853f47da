import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { messageFixture, serverFixture, sessionFixture } from './fixtures.js';
import { LiveConnection, type LiveTransport } from './live-connection.js';
import { LiveStore } from './live-store.js';

type Handlers = Parameters<LiveTransport['open']>[0];

function setUp() {
  const store = new LiveStore();
  const close = jest.fn();
  const sockets: Handlers[] = [];
  const poll = jest.fn<LiveTransport['poll']>().mockResolvedValue({ servers: [serverFixture()], sessions: [messageFixture(1, [sessionFixture('a')])] });
  const connection = new LiveConnection(store, {
    open: (handlers) => {
      sockets.push(handlers);
      return close;
    },
    poll,
  });
  return { store, close, sockets, poll, connection };
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('LiveConnection', () => {
  it('reads the fleet at once and is live when the socket stands', async () => {
    const { store, sockets, connection } = setUp();
    connection.start();
    expect(connection.status.state).toBe('connecting');
    sockets[0]!.connected();
    await jest.advanceTimersByTimeAsync(0);
    expect(connection.status.state).toBe('live');
    expect(store.servers).toHaveLength(1);
    connection.stop();
  });

  it('falls back to polling every 10 s after 5 s without a socket, and push resumes silently', async () => {
    const { sockets, poll, connection } = setUp();
    connection.start();
    sockets[0]!.connected();
    await jest.advanceTimersByTimeAsync(0);
    sockets[0]!.closed();
    expect(connection.status.state).toBe('reconnecting');
    await jest.advanceTimersByTimeAsync(4_999);
    expect(poll).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(connection.status.state).toBe('polling');
    expect(poll).toHaveBeenCalledTimes(2);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(poll).toHaveBeenCalledTimes(4);
    sockets[0]!.connected();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(connection.status.state).toBe('live');
    expect(poll).toHaveBeenCalledTimes(5);
    connection.stop();
  });

  it('counts one loss while the socket tries again and again', async () => {
    const { sockets, poll, connection } = setUp();
    connection.start();
    sockets[0]!.connected();
    sockets[0]!.closed();
    await jest.advanceTimersByTimeAsync(3_000);
    sockets[0]!.closed();
    await jest.advanceTimersByTimeAsync(2_000);
    expect(connection.status.state).toBe('polling');
    expect(poll).toHaveBeenCalledTimes(2);
    connection.stop();
  });

  it('polls at the chosen interval without a socket', async () => {
    const { sockets, close, poll, connection } = setUp();
    connection.start();
    connection.setMode(30);
    expect(close).toHaveBeenCalledTimes(1);
    expect(sockets).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(connection.status).toMatchObject({ mode: 30, state: 'polling' });
    expect(poll).toHaveBeenCalledTimes(4);
    connection.stop();
  });

  it('lets go after a minute in a hidden tab and comes back when it is shown', async () => {
    const { sockets, close, connection } = setUp();
    connection.start();
    sockets[0]!.connected();
    connection.setVisible(false);
    await jest.advanceTimersByTimeAsync(59_000);
    expect(close).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(close).toHaveBeenCalledTimes(1);
    connection.setVisible(true);
    expect(sockets).toHaveLength(2);
    connection.stop();
  });

  it('reads the fleet again after a failed read, also while changes are pushed', async () => {
    const { store, sockets, poll, connection } = setUp();
    poll.mockRejectedValueOnce(new Error('too many'));
    connection.start();
    sockets[0]!.connected();
    await jest.advanceTimersByTimeAsync(4_000);
    expect(store.servers).toBeNull();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(store.servers).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(poll).toHaveBeenCalledTimes(2);
    connection.stop();
  });

  it('keeps a failed read until the next success, and what is shown stays', async () => {
    const { store, poll, connection } = setUp();
    const failure = new Error('refused');
    connection.start();
    await jest.advanceTimersByTimeAsync(0);
    poll.mockRejectedValueOnce(failure);
    await connection.refresh();
    expect(connection.status.error).toBe(failure);
    expect(store.servers).toHaveLength(1);
    await connection.refresh();
    expect(connection.status.error).toBeNull();
    connection.stop();
  });

  it('drops an answer that arrives after it was stopped', async () => {
    const { store, connection } = setUp();
    connection.start();
    connection.stop();
    await jest.advanceTimersByTimeAsync(0);
    expect(store.servers).toBeNull();
  });
});
