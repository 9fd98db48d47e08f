/** The two channels of Electron's IPC that are in use: messages of wire.ts, one way each. */
export const TO_HOST = 'spandrel:to-host';
export const TO_PAGE = 'spandrel:to-page';
