import { answerInvalid } from '../http/vendor-errors.js';
import { booleanOf, fieldsOf, textOf } from './fields.js';
import type { VendorInfo } from './vendor.js';

/**
 * `GET /System/Info` and, with fewer fields, `/System/Info/Public`.
 * @throws AppError VENDOR_ANSWER_INVALID when id or version are missing
 */
export function mapInfo(answer: unknown): VendorInfo {
  const info = fieldsOf(answer);
  const id = textOf(info['Id'], 200);
  const version = textOf(info['Version'], 100);
  if (id === null || version === null) throw answerInvalid('The media server did not say who it is.', { reason: 'shape' });
  return {
    id,
    version,
    name: textOf(info['ServerName'], 200) ?? id,
    // an empty text in current Jellyfins
    platform: textOf(info['OperatingSystemDisplayName'], 200) ?? textOf(info['OperatingSystem'], 200),
    updateAvailable: booleanOf(info['HasUpdateAvailable']),
    canRestart: booleanOf(info['CanSelfRestart']) !== false,
  };
}
