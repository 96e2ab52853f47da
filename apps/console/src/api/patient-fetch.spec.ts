import { describe, expect, it } from '@jest/globals';
import { patientFetch } from './patient-fetch.js';

const refusal = (retryAfterMs?: number) => new Response(JSON.stringify({ errors: [{ extensions: { code: 'RATE_LIMITED', details: { retryAfterMs } } }] }), { status: 429 });
const QUESTION = { body: JSON.stringify({ query: 'query Fleet { servers { id } }' }) };

async function ask(answers: Response[], init: RequestInit = QUESTION) {
  const pauses: number[] = [];
  let sent = 0;
  const response = await patientFetch(async () => answers[sent++]!, async (ms) => void pauses.push(ms))('/graphql', init);
  return { status: response.status, pauses, sent };
}

describe('a question that came too early', () => {
  it('is asked again after the time that the controller names', async () => {
    expect(await ask([refusal(1_000), refusal(50), new Response('{}')])).toEqual({ status: 200, pauses: [1_000, 50], sent: 3 });
  });

  it('is given up after four tries, and at once when the wait is long or not told', async () => {
    expect(await ask([1, 2, 3, 4, 5].map(() => refusal(100)))).toEqual({ status: 429, pauses: [100, 100, 100], sent: 4 });
    expect(await ask([refusal(90_000)])).toEqual({ status: 429, pauses: [], sent: 1 });
    expect(await ask([refusal()])).toEqual({ status: 429, pauses: [], sent: 1 });
    expect(await ask([new Response('busy', { status: 429 })])).toEqual({ status: 429, pauses: [], sent: 1 });
  });

  it('is no order: those are sent once', async () => {
    for (const query of ['mutation Stop { stop }', 'fragment F on Session {\n  id\n}\n\nmutation Stop {\n  stop {\n    ...F\n  }\n}']) {
      expect(await ask([refusal(100)], { body: JSON.stringify({ query }) })).toMatchObject({ status: 429, sent: 1 });
    }
  });

  it('is left alone when it was answered', async () => {
    expect(await ask([new Response('{}', { status: 503 })])).toEqual({ status: 503, pauses: [], sent: 1 });
  });
});
