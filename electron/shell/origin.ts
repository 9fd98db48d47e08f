/** The one origin pages of the app have; nothing else is ever loaded. */
export const APP_SCHEME = 'app';
export const APP_ORIGIN = 'app://spandrel';
export const START_URL = 'app://spandrel/';

/** Whether a URL is of our pages. It is parsed: `app://spandrel.evil/` and `app://x@spandrel/` are not. */
export function isAppUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, host, username, password } = new URL(text);
  return protocol === `${APP_SCHEME}:` && host === 'spandrel' && username === '' && password === '';
}
