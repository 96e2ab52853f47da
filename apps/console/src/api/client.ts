import { cacheExchange, createClient, fetchExchange, mapExchange, type Client } from 'urql';
import { graphqlUrl } from './base-path.js';
import { patientFetch } from './patient-fetch.js';
import { problemOf } from './problem.js';

/** The HTTP client. `onSignedOut` is called when an answer says that the sign-in has ended. */
export function createApiClient(onSignedOut: () => void): Client {
  return createClient({
    url: graphqlUrl,
    preferGetMethod: false,
    fetch: patientFetch(),
    fetchOptions: { credentials: 'same-origin' },
    exchanges: [
      cacheExchange,
      mapExchange({
        onError(error) {
          if (problemOf(error).code === 'UNAUTHENTICATED') onSignedOut();
        },
      }),
      fetchExchange,
    ],
  });
}
