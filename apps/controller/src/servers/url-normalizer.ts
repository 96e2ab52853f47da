import { AppError } from '@usher/contracts';

/**
 * The one written form of a media server's address: scheme and host in lower case, no default port, no trailing
 * slash or dot. Two texts of one address become equal, so it is the key by which an import finds a server again.
 * @throws VALIDATION_FAILED with `details.field` = `url`; the message never repeats what stood before an `@`
 */
export function normalizeUrl(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length > 2000) throw refused('url must have at most 2000 characters');
  if (!/^https?:\/\//i.test(trimmed)) throw refused('url must start with http:// or https://');
  if (!URL.canParse(trimmed)) throw refused('url is not an address');
  const url = new URL(trimmed);
  if (url.username !== '' || url.password !== '') throw refused('url must not contain a name or password');
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(trimmed)) throw refused('url must not contain ? or #');
  const host = url.hostname.replace(/\.+$/, '');
  if (host === '') throw refused('url has no host');
  const port = url.port === '' ? '' : `:${url.port}`;
  return `${url.protocol}//${host}${port}${url.pathname.replace(/\/+$/, '')}`;
}

function refused(message: string): AppError {
  return new AppError('VALIDATION_FAILED', message, { field: 'url' });
}
