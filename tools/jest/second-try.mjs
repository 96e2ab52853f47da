import { jest } from '@jest/globals';

// Tests with processes, brokers and browsers: on a shared machine one that failed is tried once more, and the log
// shows the first failure. At a desk there is no second try: what is unsteady shall be seen and mended.
if (process.env.CI) jest.retryTimes(1, { logErrorsBeforeRetry: true });
