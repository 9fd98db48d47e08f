import { copyText } from '../components/copy-button.tsx';
import { toastDone, toastFailed } from '../stores/toast.ts';

/** Put what identifies an object into the clipboard, and say so. @param what `Serial of xa0` */
export async function copyIdentity(what: string, text: string): Promise<void> {
  if (await copyText(text)) toastDone(`${what} copied: ${text}`);
  else toastFailed(`${what} was not copied`, new Error(`The browser did not allow it. It is: ${text}`));
}
