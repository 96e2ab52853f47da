import { describe, expect, it } from '@jest/globals';
import { AppError } from '@usher/contracts';
import { runInContext } from './context.js';
import { createLogger } from './logger.js';

function capture(scrub?: (line: string) => string) {
  const lines: string[] = [];
  const logger = createLogger({ service: 'test', level: 'info', scrub, destination: { write: (line: string) => void lines.push(line) } });
  return { logger, lines, last: () => JSON.parse(lines.at(-1)!) as Record<string, unknown> };
}

describe('Logger', () => {
  it('writes one JSON line with event, service and server_id', () => {
    const { logger, last } = capture();
    logger.info('server.probed', 'Probed.', { latencyMs: 3 });
    expect(last()).toMatchObject({ level: 'info', service: 'test', event: 'server.probed', server_id: 'fleet', latencyMs: 3, msg: 'Probed.' });
    expect(typeof last()['time']).toBe('string');
  });

  it('takes server and correlation id from the context, also after an await', async () => {
    const { logger, last } = capture();
    await runInContext({ serverId: 's1' }, () =>
      runInContext({ correlationId: 'c1' }, async () => {
        await Promise.resolve();
        logger.warn('x.happened', 'x');
      }),
    );
    expect(last()).toMatchObject({ server_id: 's1', correlation_id: 'c1' });
  });

  it('keeps the level and scrubs the finished line', () => {
    const { logger, lines } = capture((line) => line.replaceAll('hunter2', '[secret]'));
    logger.debug('x.happened', 'not written');
    logger.error('x.failed', 'password hunter2', { error: new AppError('NOT_FOUND', 'no hunter2') });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('hunter2');
    expect(JSON.parse(lines[0]!)).toMatchObject({ error: { code: 'NOT_FOUND', family: 'input' } });
  });
});
