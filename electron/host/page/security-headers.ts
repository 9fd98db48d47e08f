/** Headers of every response: what a page may load and do, and who may have it. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy':
    'accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), magnetometer=(), ' +
    'microphone=(), midi=(), payment=(), serial=(), usb=()',
};

/**
 * The content security policy of a response.
 * @param nonce for the style elements the page makes; where there is none, nothing may be loaded at all
 */
export function contentSecurityPolicy(nonce?: string): string {
  const closed = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  if (nonce === undefined) return closed;
  // 'self' allows WebSockets to the same host and port as well (CSP Level 3, "Does url match expression").
  return (
    `${closed}; script-src 'self'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; ` +
    "connect-src 'self'"
  );
}
