import { answerInvalid, parseJson } from '../http/vendor-errors.js';
import { isHtml, type VendorResponse } from '../http/vendor-response.js';
import { fieldsOf, listOf, textOf, type Fields } from '../media-browser/fields.js';
import { isMetadata, parsePlexXml } from './plex.xml.js';

export interface PlexIdentity {
  readonly clientName: string;
  readonly clientVersion: string;
  readonly deviceId: string;
  readonly token: () => string;
}

/** Sent with every request. The client identifier is stable; the token goes in a header, never into a URL. */
export function plexHeaders(identity: PlexIdentity): Record<string, string> {
  return {
    'x-plex-token': identity.token(),
    'x-plex-client-identifier': identity.deviceId,
    'x-plex-product': identity.clientName,
    'x-plex-version': identity.clientVersion,
    'x-plex-platform': 'Node.js',
    'x-plex-device-name': identity.clientName,
  };
}

/**
 * The `MediaContainer` of an answer, JSON or XML.
 * @throws AppError VENDOR_ANSWER_INVALID for everything else
 */
export function readContainer(response: VendorResponse): Fields {
  const xml = response.body.trimStart().startsWith('<') && !isHtml(response);
  const answer = xml ? parsePlexXml(response.body) : fromOldJson(parseJson(response));
  const container = fieldsOf(answer)['MediaContainer'];
  if (container === null || typeof container !== 'object' || Array.isArray(container)) {
    throw answerInvalid('The media server answered in a form that is not known.', { reason: 'shape' });
  }
  return container as Fields;
}

/** Servers before 1.3 put their rows into `_children` and the name of each into `_elementType`. */
function fromOldJson(answer: unknown): unknown {
  const root = fieldsOf(answer);
  return root['_elementType'] === 'MediaContainer' ? { MediaContainer: unfold(root) } : answer;
}

function unfold(node: Fields): Fields {
  const unfolded: Record<string, unknown> = { ...node };
  for (const child of listOf(node['_children']).map(fieldsOf)) {
    const name = textOf(child['_elementType'], 100) ?? 'Unknown';
    const key = isMetadata(name) ? 'Metadata' : name;
    unfolded[key] = [...listOf(unfolded[key]), unfold(child)];
  }
  return unfolded;
}
