import { get } from 'node:http';

export interface Visit {
  readonly status: number;
  readonly location: string;
}

/** People who open links, each from an address of their own: what one address may ask for is limited. */
export class Visitors {
  private made = 1;

  visit(url: string): Promise<Visit> {
    this.made += 1;
    const localAddress = `127.0.${Math.floor(this.made / 250)}.${(this.made % 250) + 1}`;
    return new Promise((resolve, reject) => {
      const request = get(url, { localAddress, headers: { 'user-agent': 'Mozilla/5.0' } }, (response) => {
        response.resume();
        response.once('end', () => resolve({ status: response.statusCode!, location: response.headers.location ?? '' }));
      });
      request.once('error', reject);
    });
  }
}
