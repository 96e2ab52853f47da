/** A complete answer of a media server. Header names are lower case. */
export interface VendorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function isHtml(response: VendorResponse): boolean {
  return (response.headers['content-type'] ?? '').includes('html') || /^\s*<(!doctype html|html)/i.test(response.body.slice(0, 200));
}
