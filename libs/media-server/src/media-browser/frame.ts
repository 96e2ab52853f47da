import { fieldsOf, textOf } from './fields.js';

/**
 * The type of a frame `{MessageType, MessageId, Data}` without reading its data, which may be tens of kilobytes: the
 * type stands first or last. null for a frame that is none.
 */
export function frameType(text: string): string | null {
  const first = /^\s*\{\s*"MessageType"\s*:\s*"(\w{1,64})"/.exec(text.slice(0, 120))?.[1];
  const last = /"MessageType"\s*:\s*"(\w{1,64})"\s*\}\s*$/.exec(text.slice(-120))?.[1];
  return first ?? last ?? textOf(parseFrame(text)['MessageType'], 64);
}

/** The data of a frame; undefined when there is none. @throws SyntaxError never: a frame that is no JSON has no data */
export function frameData(text: string): unknown {
  return parseFrame(text)['Data'];
}

function parseFrame(text: string): Readonly<Record<string, unknown>> {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}
