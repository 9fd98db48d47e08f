/** Hosts of the documentation our pages link to; a browser is opened for nothing else. */
const DOCUMENTATION_HOSTS: ReadonlySet<string> = new Set(['www.dragonflybsd.org', 'man.dragonflybsd.org']);

/**
 * The URL to hand to the system's browser, in the form the parser gives it.
 * @returns null where it is not an https: link to our documentation
 */
export function documentationUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const plain = url.username === '' && url.password === '' && url.port === '';
  return url.protocol === 'https:' && plain && DOCUMENTATION_HOSTS.has(url.hostname) ? url.href : null;
}
