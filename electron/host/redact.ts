/** Stands where a secret was. */
export const GONE = '[redacted]';

/** `token=…`, `"password":"…"`, `secret: …`; of `key` only `key=…`, as the word is common in sentences. */
const NAMED =
  /\b((?:token|password|passwd|secret)(?:\\?["']\s*[:=]\s*\\?["']|\s*[:=]\s*\\?["']?)|key=)[^\s"'\\,;&<>(){}]{4,}/gi;
const AUTHORIZATION = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi;
/** The password of `scheme://user:password@host`. */
const USER_INFO = /:\/\/([^\s/@:"\\]+):[^\s/@"\\]+@/g;
/** A key file's content, also one that was cut off; it may stand in JSON, so it ends at a quote. */
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?="|$))/g;
/** Longer than a UUID or a commit, so perhaps 256 bits of somebody's; fingerprints of keys are there to be seen. */
const RUN = /\bSHA256:[A-Za-z0-9+/]{43}(?![\w+/])|[\w-]{41,}/g;

/**
 * A text without what looks like a secret, for the log. What it replaces has no quotes and no backslashes, so
 * that JSON stays JSON. It errs on the side of leaving out.
 */
export function redacted(text: string): string {
  return text
    .replace(PRIVATE_KEY, GONE)
    .replace(NAMED, `$1${GONE}`)
    .replace(AUTHORIZATION, `$1 ${GONE}`)
    .replace(USER_INFO, `://$1:${GONE}@`)
    .replace(RUN, (run) => (!run.startsWith('SHA256:') && looksRandom(run) ? GONE : run));
}

/** All hexadecimal, or capitals, small letters and digits mixed: names of files and disks are neither. */
function looksRandom(run: string): boolean {
  return /^[0-9a-f]+$/i.test(run) || (/[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run));
}
