import { FingerprintText } from '../../../shared/model/trust.ts';

/** What a key looks like; nobody's. */
export const KEY_EXAMPLE = 'SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDsyTNYh8V3MfDmW0k';

export type TypedKey =
  | { readonly kind: 'none' }
  | { readonly kind: 'wrong'; readonly message: string }
  | { readonly kind: 'key'; readonly fingerprint: string };

/** Reads a key as it was pasted, perhaps with words around it as "spandrel trust list" prints. */
export function readKey(typed: string): TypedKey {
  const text = typed.trim();
  if (text === '') return { kind: 'none' };
  const word = text.split(/\s+/).find((part) => part.startsWith('SHA256:')) ?? text;
  if (FingerprintText.safeParse(word).success) return { kind: 'key', fingerprint: word };
  const why = word.startsWith('SHA256:')
    ? `This key has ${word.length - 'SHA256:'.length} characters after SHA256:, not 43`
    : 'This is no key';
  return { kind: 'wrong', message: `${why}; for example ${KEY_EXAMPLE}` };
}
